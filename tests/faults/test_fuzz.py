"""B11: bytes that went wrong, for every reader of inputs. Here a few of each form; `python -m evaluation.fuzz` goes on for minutes."""

import io
import os
import signal
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from evaluation import changes, fuzz, seeds, sound
from figures import Seen
from onrecord.records import Books, Furniture, Intake, Rejection
from onrecord.settings import ReadOptions
from onrecord.stories.compose import capture, refused
from onrecord.stories.documents import Document
from onrecord.stories.parsing import parse

_FORMS = sorted(seeds.MAKERS)


@pytest.mark.parametrize("form", _FORMS)
def test_bytes_that_went_wrong_have_a_state(form: str, seen: Seen) -> None:
    inputs = {"pages": 8, "parquets": 5}.get(form, 25)
    made = Counter[str]()
    for number in range(1, inputs + 1):
        found, counts = fuzz.tried(form, fuzz.case(11, form, number))
        seen(inputs=1, finds=len(found))
        assert not found, (number, found)
        made += counts
    assert made.total() >= inputs


@pytest.mark.parametrize("form", _FORMS)
def test_seeds_are_read(form: str) -> None:
    """What is changed has to be of use before, or nothing is tried but the refusal of what is none."""
    made = Counter[str]()
    for number in range(4 if form == "parquets" else 12):
        found, counts = fuzz.tried(form, seeds.MAKERS[form](number))
        assert not found
        made += counts
    assert made["ok"] + made["other"] > made["refused"]
    assert not made["failed"]


_PIECES = st.one_of(st.sampled_from(changes.TOKENS), st.binary(max_size=12))


@settings(max_examples=150)
@given(
    form=st.sampled_from([form for form in _FORMS if form not in ("pages", "parquets")]),
    pieces=st.lists(_PIECES, max_size=25),
    whole=st.booleans(),
)
def test_pieces_of_every_format_have_a_state(form: str, pieces: list[bytes], whole: bool) -> None:
    """By themselves, or within an input of the form."""
    seed = seeds.MAKERS[form](len(pieces)) if whole else b""
    middle = len(seed) // 2
    found, counts = fuzz.tried(form, seed[:middle] + b"".join(pieces) + seed[middle:])
    assert not found
    assert counts.total()


def _unnamed() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a", "words")
    # The name's length is that of nothing, and the bytes of the name stand where the list has its remark
    at = made.getvalue().index(b"PK\x01\x02")
    body = bytearray(made.getvalue())
    body[at + 28], body[at + 32] = 0, 1
    return bytes(body)


_FIELD = b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: https://x.example/\x00\r\nWARC-Date: \x00\r\nContent-Type: text/plain\r\n"
_ANSWER = b"HTTP/1.1 200 OK\r\nX: \x00\r\nContent-Type: text/html\r\n\r\n<p>Shells fell.</p>"


@pytest.mark.parametrize(
    ("form", "body", "said"),
    [
        ("zips", _unnamed(), "its name is empty"),
        ("warcs", _FIELD + b"Content-Length: 5\r\n\r\nwords\r\n\r\n", ""),
        ("warcs", b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n%b\r\n\r\n" % (len(_ANSWER), _ANSWER), ""),
        ("feeds", b"<rss><channel><item><title>&#xd800; &</title></item></channel></rss>", "its parser gives up"),
        ("feeds", b"<rss><channel><title>&#%b; &</title><item><link>https://x.example</link></item></channel></rss>" % (b"9" * 5000), ""),
        ("feeds", b"<rss><channel><item><gml:pos>1 2</gml:pos> &</item></channel></rss>", "its parser gives up"),
        ("exports", b'{"uri": "x", "pubstatus": "a\\ud800", "type": "text", "body_text": "Shells fell."}', "its status is"),
        ("exports", b'{"uri": "x", "pubstatus": "usable", "embargoed": "\\u0000", "type": "text", "body_text": "Shells fell."}', "was not to be published"),
        ("rows", b'{"\\ud800": 1, "\\ud800": 2}', "is in it twice"),
        ("pages", b"<iframe>[html><body><p>" + b"The council of Brenik counted the shells. " * 5, "What the page states of itself"),
        ("pdfs", seeds.pdf(1).replace(b"startxref\n", b"startxref\n9999999999999999999999"), "is no PDF that can be read"),
        ("mail", b"Subject: x\nFrom: y\nContent-Type: text/html; charset=undefined\n\n<p>\xff", "no sentences"),
        ("mail", b"Subject: x\nFrom: y\nContent-Type: text/plain; charset=\"a\x00b\"\n\n" + b"Shells fell \xff\xfe beside the quay on Monday. " * 9, ""),
    ],
)  # fmt: skip
def test_what_was_found_stays_mended(form: str, body: bytes, said: str) -> None:
    assert fuzz.tried(form, body)[0] == []
    if said:
        items = list(fuzz.READERS[form](Document("fuzz", body)))
        assert said in " ".join(note.reason for item in items if isinstance(item, Intake) for note in item.rejections)


def test_lines_of_what_is_no_text_cost_no_guess() -> None:
    lines = b"\n".join(
        bytes((n * step) % 245 + 11 for step in range(1, 90)).replace(b"\n", b"") for n in range(1, 2000)
    )
    start = time.process_time()
    items = list(fuzz.READERS["rows"](Document("fuzz", lines)))
    assert time.process_time() - start < 1.5, "a tenth of a second here; a guess for each line takes three"
    assert {item.state for item in items if isinstance(item, Intake)} == {"refused"}


def test_the_same_number_is_the_same_input() -> None:
    assert fuzz.case(3, "feeds", 5) == fuzz.case(3, "feeds", 5)
    assert len({fuzz.case(3, form, 5) for form in fuzz.FORMS}) == len(fuzz.FORMS)
    assert all(len(fuzz.case(3, "pages", number)) <= changes.MOST for number in range(40))


# ---- that it finds what it looks for

_TOLD = (
    b"<html><body><p>"
    + b"The council of Brenik counted the shells that fell beside the quay. " * 5
    + b"</p></body></html>"
)
(_SOUND,) = parse(Document("fuzz", _TOLD), ReadOptions())
assert _SOUND.story is not None
assert _SOUND.capture is not None


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (replace(_SOUND, state="refused"), "has a story"),
        (replace(_SOUND, story=None), "no story"),
        (replace(_SOUND, state="partial"), "says of nothing lost"),
        (replace(_SOUND, rejections=(Rejection("x", "Some of it is lost.", 3),)), "ok and has lost"),
        (replace(_SOUND, capture=replace(_SOUND.capture, sha256="0" * 64)), "hash"),
        (replace(_SOUND, story=replace(_SOUND.story, text="Shells \ud800 fell")), "half a character"),
        (replace(_SOUND, story=replace(_SOUND.story, headline="\x00")), "NUL"),
        (replace(_SOUND, story=replace(_SOUND.story, furniture=(Furniture("byline", 5, 10_000),))), "furniture"),
        (replace(_SOUND, books=Books(10, 5, {"links": 4}, 2)), "balance"),
        (replace(_SOUND, state="lost"), "its state"),  # type: ignore[arg-type]
        (refused("fuzz", ""), "says nothing"),
        (replace(refused("fuzz", "Nothing."), rejections=()), "no reason names it"),
        (replace(refused("fuzz", "It is none."), state="failed"), "not kept"),
        (Document("fuzz", b" "), "no bytes"),
        (Document("elsewhere", b"x"), "where it is from"),
    ],
)  # fmt: skip
def test_unsound_items_are_complained_of(item: Intake | Document, said: str) -> None:
    assert any(said in words for words in sound.complaints([item], "fuzz"))


def test_sound_ones_are_not() -> None:
    assert list(sound.complaints([_SOUND], "fuzz")) == []
    assert list(sound.complaints([], "fuzz")) == ["it ended in nothing at all"]


def _raises(document: Document) -> Iterator[Intake]:
    raise KeyError(document.source)


def test_a_find_is_written_and_replayed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(fuzz.READERS, "rows", _raises)  # type: ignore[arg-type]
    body = fuzz.case(4, "rows", 1)
    run = fuzz.Run(4, tmp_path)
    for number in range(1, 7):
        run.add("rows", number, (*fuzz.tried("rows", fuzz.case(4, "rows", number)), 0.0))
    assert not run.is_clean
    assert list(run.seen["rows"].finds) == ["KeyError in test_fuzz._raises"]
    assert len(list(tmp_path.glob("*.bin"))) == 3
    assert (tmp_path / "rows-4-1.bin").read_bytes() == body
    console = Console(file=io.StringIO())
    assert fuzz.replay(tmp_path / "rows-4-1.json", console) == 1
    fuzz.report(run, console)
    assert "KeyError" in console.file.getvalue()  # type: ignore[attr-defined]
    monkeypatch.undo()
    assert fuzz.replay(tmp_path / "rows-4-1.bin", console) == 0


def test_an_exception_that_a_reader_names_is_listed_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Intake:
        raise ZeroDivisionError

    unforeseen: list[str] = []
    monkeypatch.setattr("onrecord.stories.rows.failed", fuzz.noting(unforeseen))
    monkeypatch.setattr("onrecord.stories.rows._row", broken)
    found, counts = fuzz.tried("rows", b'{"text": "Shells fell."}\n', unforeseen)
    assert counts == {"failed": 1}
    assert [(find.kind, find.named) for find in found] == [
        ("ZeroDivisionError in rows._guarded, test_fuzz.broken", True)
    ]


def misbehave(line: Connection, seed: int) -> None:
    """A process that stands for one that reads."""
    line.send(None)
    form, number = line.recv()
    if form == "sleeps":
        time.sleep(60)
    if form == "computes":
        os.kill(os.getpid(), signal.SIGXCPU)
    os._exit(number)


@pytest.mark.slow
def test_a_process_that_hangs_or_dies_is_a_find() -> None:
    reader = fuzz.Reader(1, misbehave, 0.5)
    try:
        ((slow,), _, took) = reader.ask("sleeps", 1)
        assert slow.kind == "no answer comes within 0.5 seconds"
        assert 0.5 <= took < 30
    finally:
        reader.end()
    reader = fuzz.Reader(1, misbehave)
    try:
        ((dead,), _, _) = reader.ask("dies", 3)
        assert dead.kind == "its process dies (status 3)"
        ((long,), _, _) = reader.ask("computes", 1)
        assert long.kind == "it takes longer than 20 seconds"
    finally:
        reader.end()


def test_a_capture_that_many_refusals_share_is_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = capture("fuzz", "text/plain", b"words")
    items = [refused("fuzz", "It is torn.", 1, whole) for _ in range(50)]
    asked: list[object] = []
    monkeypatch.setattr(sound, "_of_capture", lambda of: asked.append(of) or iter(()))
    assert list(sound.complaints(items, "fuzz")) == []
    assert len(asked) == 1
