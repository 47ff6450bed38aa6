"""Whether the chain over all facts of a ledger holds: computed anew from the rows, entry by entry."""

from typing import Any

import sqlalchemy as sa

from onrecord.ledger import Ledger, chain, schema


def check(ledger: Ledger) -> tuple[int, str]:
    """The head of the log, once every fact was found to have its entry and every entry its fact and its place."""
    with ledger.reading() as connection:
        facts: dict[tuple[str, int], str] = {
            ("intake", row["seq"]): chain.intake_digest(row, media, story, why)
            for row, media, story, why in chain.arrived(connection)
        }
        for table in schema.CHAINED:
            if table is not schema.intake:
                for row in connection.execute(sa.select(table)).mappings():
                    facts[table.name, row["seq"]] = chain.row_digest(dict(row))
        previous, entries = chain.START, list[dict[str, Any]]()
        log = connection.execute(sa.select(schema.log).order_by(schema.log.c.seq)).mappings()
        for number, entry in enumerate(log, 1):
            assert entry["seq"] == number, "no entry is missing"
            assert entry["hash"] == chain.entry_hash(previous, entry), f"entry {number} follows the one before"
            previous = entry["hash"]
            entries.append(dict(entry))
        assert {(entry["fact"], entry["row"]): entry["digest"] for entry in entries} == facts
        assert len(entries) == len(facts)
        return chain.head(connection)


def rows(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """All facts, and which readings are current."""
    with ledger.reading() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            ]
            for table in (*schema.FACTS, schema.current)
        }
