"""Many inputs of all sorts of which one in a hundred is bad: each is named, and nothing else suffers (N11)."""

import gzip
import io
import json
import random
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from figures import Seen
from invented import NOW
from onrecord import pipeline, stories
from onrecord.ledger import inputs, open_ledger
from onrecord.pipeline import AddOptions
from onrecord.records import Intake
from onrecord.settings import ReadOptions

_TOWNS = ("Kelm Point", "Varnholm", "Brenik", "Marrow Quay", "Tessel", "Orrin Ford")


def words(number: int) -> str:
    town = _TOWNS[number % len(_TOWNS)]
    return (
        f"Shells hit the depot number {number} at {town} on Monday, killing {number % 7 + 1} guards, the Harbour Authority "
        f"of Ostmark said. Nobody has claimed the attack, and the ferry to {town} did not sail on that day."
    )


def page(number: int) -> bytes:
    told = "".join(f"<p>{words(number)} It was report {part} of the day.</p>" for part in range(3))
    return f"<html><head><title>Depot {number}</title></head><body><article>{told}</article></body></html>".encode()


def text(number: int) -> bytes:
    return f"Depot {number} hit\n\n{words(number)}\n".encode()


def row(number: int) -> bytes:
    return json.dumps({"id": f"r{number}", "text": words(number), "published": "2031-05-05"}).encode()


def packed(number: int) -> bytes:
    return gzip.compress(text(number), mtime=0)


def zipped(number: int) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr(f"depot-{number}.html", page(number))
    return body.getvalue()


def item(number: int) -> bytes:
    return json.dumps({"maintext": words(number), "source_domain": "courier.example", "url": None}).encode()


def mail(number: int) -> bytes:
    told = "\n\n".join(f"{words(number)} It was report {part} of the day." for part in range(3))
    return f"From: desk@courier.example\nSubject: Depot {number}\nMessage-ID: <{number}@courier.example>\n\n{told}\n".encode()


def feed(number: int) -> bytes:
    told = f"{words(number)} " * 3
    entry = f"<item><title>Depot {number}</title><description>{told}</description></item>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Courier</title>{entry}</channel></rss>'.encode()


KINDS: dict[str, Callable[[int], bytes]] = {
    "html": page, "txt": text, "json": item, "txt.gz": packed, "zip": zipped, "eml": mail, "rss": feed,
}  # fmt: skip

POISON: dict[str, Callable[[int], bytes]] = {
    "html": lambda n: b"<div>" * 30_000 + b"\x00",
    "txt": lambda n: bytes(range(256)) * 40,
    "json": lambda n: b"[" * 50_000,
    "txt.gz": lambda n: gzip.compress(bytes(30_000_000), mtime=0),
    "zip": lambda n: zipped(n)[:-30],
    "eml": lambda n: b"From: a@x.example\nSubject: b\n\n",
    "rss": lambda n: (
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>'
    ),
}


def written(folder: Path, count: int) -> set[str]:
    """Writes so many inputs, half of them rows of one file; the names of those that are bad."""
    chance = random.Random(11)
    bad = set(chance.sample(range(count), count // 100))
    names = set()
    lines = []
    for number in range(count):
        if number % 2:
            lines.append(b'{"text": "torn' if number in bad else row(number))
            if number in bad:
                names.add(f"rows.jsonl:{len(lines)}")
            continue
        kind = tuple(KINDS)[number // 2 % len(KINDS)]
        name = f"{number // 1000:02}/depot-{number}.{kind}"
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes((POISON if number in bad else KINDS)[kind](number))
        if number in bad:
            names.add(name)
    (folder / "rows.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    return names


def shown(source: str, folder: Path) -> str:
    return Path(source.partition("#")[0]).relative_to(folder).as_posix()


def test_one_in_a_hundred_is_bad(tmp_path: Path, seen: Seen) -> None:
    """Into the ledger: the report, the books and the sources agree."""
    folder = tmp_path / "in"
    folder.mkdir()
    bad = written(folder, 100)
    ledger = open_ledger(str(tmp_path / "l.db"), create=True)
    report = pipeline.add(ledger, [str(folder)], AddOptions(NOW))
    books = list(inputs.intake(ledger))
    ledger.close()
    assert (report.offered, report.held, sum(report.states.values()), len(books)) == (100, 0, 100, 100)
    assert {shown(line.source, folder) for line in books if line.state != "ok"} == bad
    assert all(line.reason for line in books if line.state != "ok")
    seen(inputs=100, ok=report.states["ok"], named=len(bad))


@pytest.mark.slow
def test_ten_thousand_inputs(tmp_path: Path, seen: Seen) -> None:
    bad = written(tmp_path, 10_000)
    states = Counter[str]()
    named = set()
    for one in stories.gather([str(tmp_path)], ReadOptions()):
        assert isinstance(one, Intake)
        states[one.state] += 1
        if one.state != "ok":
            assert one.rejections
            named.add(shown(one.source, tmp_path))
    assert states.total() == 10_000
    assert states["ok"] == 9_900
    assert named == bad
    seen(inputs=10_000, ok=states["ok"], named=len(named))
