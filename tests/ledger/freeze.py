"""Makes the frozen ledger of the newest schema, once, before that schema is released: python tests/ledger/freeze.py

Afterwards the file stays as it is; the ledger of an older schema is made by the program of its day.
"""

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from frozen import DATA, revision
from invented import NOW, intake, reading, rows, story
from onrecord import pipeline
from onrecord.ledger import open_ledger, people, read, write
from onrecord.pipeline import AddOptions, Answers, Judgement, Opening
from onrecord.records import Books, Campaign

PAGE = (
    "<html><head><title>Quay shelled</title></head><body><article><h1>Quay shelled</h1><p>Shells hit the quay at Kelm "
    "Point on May 3, killing two dockers, the Harbour Authority said.</p></article></body></html>"
)


def sources(folder: Path) -> None:
    """A page, copies, two versions of one text, and inputs that cannot be used."""
    found = rows(5)
    found[4]["url"] = "https://courier.example/quay"
    text = found[4]["text"].replace("killing at least six", "killing seven")
    found.append({**found[4], "text": text, "published": "2031-05-09"})
    lines = [*map(json.dumps, found), '{"id": "r9", "headline": "No text"}', "not json"]
    folder.mkdir()
    (folder / "stories.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "quay.html").write_text(PAGE, "utf-8")
    (folder / "empty.txt").write_bytes(b"\x00\x01\x02")


def make(place: str) -> None:
    """A ledger with a fact of every kind, in the working folder."""
    ledger = open_ledger(place, create=True)
    pipeline.add(ledger, ["src/quay.html"], AddOptions(NOW, workers=1))
    pipeline.add(ledger, ["src"], AddOptions(NOW + timedelta(minutes=5), workers=1))
    later = NOW + timedelta(hours=1)
    told = story(77, url="https://courier.example/77")
    came = {"final_url": "https://courier.example/77", "fetched_at": "2031-05-02T08:00:00+00:00", "status": "200"}
    fetched = replace(intake(told, "https://courier.example/77"), how=came, books=Books(120, 100, {"menu": 15}, 5))
    write.store(ledger, [fetched], [reading(told)], later)
    one, two, *_ = pipeline.view(ledger, now=later).derived.incidents
    corrected = Judgement("set", one.id, "Ada Holm", "the authority corrected itself", "killed", "4", key="k-1")
    first = pipeline.decide(ledger, corrected, later)
    pipeline.decide(ledger, Judgement("confirm", two.id, "Ada Holm"), later)
    pipeline.decide(ledger, Judgement("merge", two.id, "Brin Oake", "one raid", into=one.id), later)
    pipeline.decide(ledger, Judgement("undo", first.decision.id, "Brin Oake", "too early"), later)
    watch = Campaign("Depots", date(2031, 5, 1), None, ("Varnholm", "Kelm Point"))
    pipeline.start_campaigns(ledger, [watch], later)
    opening = Opening("Spring", "Ada Holm", "incident", ("kind", "killed"), (one.id,), 1, 5, ("Brin Oake", "Cy Tarn"))
    round_ = pipeline.open_round(ledger, opening, later)
    for by, killed in (("Brin Oake", "4"), ("Cy Tarn", "at least 4")):
        said = {"kind": "shelling", "killed": killed}
        pipeline.code(ledger, Answers(round_.id, round_.targets[0], by, said, "by the words", key=f"of {by}"), later)
    pipeline.close_round(ledger, round_.id, "Ada Holm", later)
    with ledger.reading() as connection:
        readings = {one.story.id: one.reading for one in read.reads(connection)}
    some = sorted(readings)[:3]
    second = [replace(readings[id_], reader="a second hand", tallies=(), facts=readings[id_].facts[:1]) for id_ in some]
    write.store(ledger, [], second, later)
    with ledger.writing() as connection:
        write.switch(connection, "a second hand", some[:2], later)
    admin = people.add(ledger, "Ada Holm", "admin", "no hash", later)
    people.sign_in(ledger, admin.id, "held by a browser", later)
    people.give_token(ledger, admin.id, "held by a program", people.Wanted("backups", "reader", 30), later)
    pipeline.rebuild(ledger, "joint", later)
    found = list(pipeline.verify(ledger))
    if found:
        raise SystemExit("\n".join(map(str, found)))
    ledger.close()


def dumped(connection: sqlite3.Connection) -> Iterator[str]:
    """The ledger as text. An index of words is written as what makes it: its own tables are no text, and Python's dump of one cannot be
    read back.
    """
    made = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'").fetchall()
    own = tuple(
        start + quote + name for name, _ in made for start in ("CREATE TABLE ", "INSERT INTO ") for quote in ("'", '"')
    )
    *lines, commit = connection.iterdump()
    yield from (line for line in lines if not line.startswith(own) and not _of_schema(line))
    for name, sql in made:
        yield f"{sql};"
        yield f"INSERT INTO {name}({name}) VALUES ('rebuild');"
    yield commit


def _of_schema(line: str) -> bool:
    return line.startswith(("PRAGMA writable_schema", "INSERT INTO sqlite_master"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        sources(Path("src"))
        make("held.db")
        with closing(sqlite3.connect("held.db")) as connection:
            (DATA / f"{revision(Path('held.db'))}.sql").write_text("\n".join(dumped(connection)) + "\n", "utf-8")
        os.chdir("/")
