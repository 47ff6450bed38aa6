"""A ledger with a fact of every kind in it, made without reading anything: what is damaged, copied and moved in tests."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from invented import NOW, intake, reading, span, story
from onrecord import pipeline
from onrecord.ledger import open_ledger, schema, write
from onrecord.pipeline import Answers, Judgement, Opening
from onrecord.records import Campaign, Rejection

LATER = NOW + timedelta(hours=1)
SECOND = "second hand"


def keep(path: Path, count: int = 12) -> Path:
    """Makes the ledger, as one file."""
    told = [story(n, url=f"https://courier.example/{n // 2}") for n in range(count)]
    items = [intake(one, f"tale-{n}.txt") for n, one in enumerate(told)]
    items += [
        intake(None, "noise.bin", [Rejection("noise.bin", "holds no text", 9), Rejection("noise.bin", "is short", 0)]),
        intake(told[-1], "again.txt", [Rejection("again.txt", "was cut", 7, span(told[-1], "hit"))]),
    ]
    ledger = open_ledger(str(path), create=True)
    write.store(ledger, items, [reading(one) for one in told], NOW)
    pipeline.start_campaigns(ledger, [Campaign("Varnholm", places=("Varnholm",)), Campaign("Kelm")], NOW)
    pipeline.end_campaign(ledger, "Kelm", NOW)
    incident = pipeline.view(ledger, now=NOW).derived.incidents[0]
    first = pipeline.decide(ledger, Judgement("set", incident.id, "Ada Holm", "they said so", "killed", "7"), LATER)
    pipeline.decide(ledger, Judgement("confirm", incident.id, "Brin Oake", key="once"), LATER)
    pipeline.decide(ledger, Judgement("undo", first.decision.id, "Brin Oake", "too early"), LATER)
    opening = Opening(
        "Spring", "Ada Holm", "incident", ("kind", "place"), (incident.id,), coders=("Brin Oake", "Cy Tarn")
    )
    round_ = pipeline.open_round(ledger, opening, LATER)
    for by, place in (("Brin Oake", "Varnholm"), ("Cy Tarn", "Kelm")):
        said = {"kind": "shelling", "place": place}
        pipeline.code(ledger, Answers(round_.id, incident.id, by, said, "by the words", key=f"of {by}"), LATER)
    pipeline.close_round(ledger, round_.id, "Ada Holm", LATER)
    write.store(ledger, [], [reading(one, SECOND) for one in told[:8]], LATER)
    with ledger.writing() as connection:
        write.switch(connection, SECOND, [one.id for one in told[:4]], LATER)
    pipeline.rebuild(ledger, "joint", LATER)
    ledger.close()
    return path


@contextmanager
def unguarded(path: Path) -> Iterator[sqlite3.Connection]:
    """The database, with its guards set aside: what somebody does who can write the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, made in guards:
            connection.execute(made)


def held(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all facts as they are stored, byte for byte. Raises sqlite3.Error where they cannot be read."""
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        tables = [table.name for table in schema.FACTS]
        return {name: connection.execute(f"SELECT rowid, * FROM {name} NOT INDEXED").fetchall() for name in tables}
