"""Whether a ledger is sound: the chain computed anew from the rows, and the current readings from the log."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from onrecord.ledger import Ledger, chain, schema


def check(ledger: Ledger) -> tuple[int, str]:
    """The head of the log; asserts that the file is whole, that every fact has one entry with its
    digest, that every entry follows from the one before, and that the current readings follow from the log.
    """
    with ledger.reading() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
        digests = {
            ("intake", row["seq"]): chain.intake_digest(row, media, story, why)
            for row, media, story, why in chain.arrived(connection)
        }
        facts: dict[tuple[str, int], dict[str, Any]] = {}
        for table in schema.CHAINED:
            if table is not schema.intake:
                for row in connection.execute(sa.select(table)).mappings():
                    facts[table.name, row["seq"]] = dict(row)
        digests |= {fact: chain.row_digest(row) for fact, row in facts.items()}
        entries = list(connection.execute(sa.select(schema.log).order_by(schema.log.c.seq)).mappings())
        current = {row.story: row.reading for row in connection.execute(sa.select(schema.current))}
    previous, follows = chain.START, dict[str, int]()
    for number, entry in enumerate(entries, 1):
        fact = entry["fact"], entry["row"]
        assert entry["seq"] == number
        assert entry["digest"] == digests.pop(fact), fact
        previous = chain.entry_hash(previous, entry)
        assert entry["hash"] == previous
        if entry["fact"] == "reading":
            follows.setdefault(facts[fact]["story"], entry["row"])
        if entry["fact"] == "switch":
            _switch(facts, entries[:number], facts[fact], follows)
    assert not digests, "every fact has an entry"
    assert current == follows
    return len(entries), previous


def _switch(
    facts: dict[tuple[str, int], dict[str, Any]], so_far: Sequence[Any], switch: dict[str, Any], follows: dict[str, int]
) -> None:
    chosen = json.loads(switch["stories"]) if switch["stories"] else None
    for entry in so_far:
        if entry["fact"] == "reading":
            row = facts["reading", entry["row"]]
            if row["reader"] == switch["reader"] and (chosen is None or row["story"] in chosen):
                follows[row["story"]] = entry["row"]


def rows(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """All facts, and which readings are current."""
    with ledger.reading() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            ]
            for table in (*schema.FACTS, schema.current)
        }
