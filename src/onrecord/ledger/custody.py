"""What a ledger can hand over of one story: the bytes it came in, how they came, and the log that vouches for both."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from onrecord.ledger import chain, schema
from onrecord.ledger.opening import Ledger

LOG = ("seq", "fact", "row", "digest", "at", "hash")


@dataclass(frozen=True, slots=True)
class Custody:
    """What vouches for some stories. inputs: of each time that one of them came, its row of the books, the kind of its capture,
    the row of the story, what was refused of it, and the number of its entry in the log; captures: the bytes, by their SHA-256;
    log: every entry, in order, as `LOG` names its columns.
    """

    inputs: tuple[Mapping[str, Any], ...]
    captures: Mapping[str, bytes]
    log: tuple[tuple[Any, ...], ...]


def of_stories(ledger: Ledger, stories: Iterable[str]) -> Custody:
    """What vouches for those stories, as plain values: times as text, in UTC."""
    wanted = sorted(set(stories))
    with ledger.reading() as connection:
        entries = connection.execute(sa.select(*(schema.log.c[name] for name in LOG)).order_by(schema.log.c.seq)).all()
        numbers = {entry.row: entry.seq for entry in entries if entry.fact == "intake"}
        inputs, names = [], set()
        for row, media, told, refused in chain.arrived(connection, wanted):
            inputs.append(
                {
                    "entry": numbers[row["seq"]],
                    "row": _plain(row),
                    "media": media,
                    "story": _plain(told or {}),
                    "refused": [_plain(one) for one in refused],
                }
            )
            names.add(row["capture"])
        table = schema.capture
        query = sa.select(table.c.sha256, table.c.body).where(table.c.sha256.in_(names - {None}))
        captures = {name: bytes(body) for name, body in connection.execute(query)}
    return Custody(tuple(inputs), captures, tuple(tuple(map(chain.plain, entry)) for entry in entries))


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: chain.plain(value) for name, value in row.items()}
