"""A ledger → another, empty one, on whatever database."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from onrecord.errors import BadLedger
from onrecord.ledger import Ledger, chain, moving, read
from onrecord.pipeline.deriving import derive, rebuild
from onrecord.pipeline.viewing import content, shown, view


@dataclass(frozen=True, slots=True)
class MoveReport:
    """What was moved. facts: rows of facts by table; head: the number and the hash of the last entry of the log, on both
    sides; content: the content hash, on both sides.
    """

    facts: dict[str, int]
    head: tuple[int, str]
    content: str


def move(source: Ledger, target: Ledger, now: datetime, profile: str = "joint") -> MoveReport:
    """Copies every fact with its number, and the accounts, all or nothing, and derives the rest anew; the source is only read.

    Raises WrongUse where the target holds facts already, BadLedger where it does not come out the same, TryLater where
    either cannot be used now.
    """
    with source.reading() as from_, target.writing() as to:
        moving.refuse_unless_empty(target.place, to)
        facts = moving.copy_facts(target.place, from_, to)
        moving.copy_people(from_, to)
        head, sent = chain.head(from_), _content(from_, profile)
    rebuild(target, profile, now)
    arrived = content(view(target, profile, now))
    if arrived != sent:
        raise BadLedger(
            f"{target.place}: holds every fact, but what is derived from them differs ({arrived} here, {sent} in"
            f" {source.place}); keep the old ledger and report this"
        )
    return MoveReport(facts, head, sent)


def _content(connection: sa.Connection, profile: str) -> str:
    """The content hash of a ledger that is only read, even where what it has derived is old."""
    facts = read.facts(connection)
    return content(shown(connection, derive(facts.reads, profile, facts.decisions, facts.campaigns)))
