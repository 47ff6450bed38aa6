"""Whether a ledger is as it was written, and says what follows from it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from onrecord.errors import TryLater
from onrecord.ledger import Ledger, checkpoints, claims, read, verifying, write
from onrecord.ledger.checkpoints import Checkpoint
from onrecord.ledger.findings import Finding, tolerated
from onrecord.pipeline import deriving, viewing

_TRIES = 3


def verify(ledger: Ledger, profile: str = "joint", checkpoint: Checkpoint | None = None) -> Iterator[Finding]:
    """Every place where the ledger is not as it was written, does not follow from its facts, or has lost what it had when
    the checkpoint was taken; and, as remarks, what is worth knowing besides.

    Raises TryLater where another program holds the ledger.
    """
    sound = True
    with ledger.reading() as connection:
        for finding in verifying.verify(connection):
            sound = sound and finding.remark
            yield finding
        if checkpoint is not None:
            for finding in tolerated("log", checkpoints.compare(connection, checkpoint)):
                sound = False
                yield finding
        if sound:
            yield from tolerated("claim", claims.differing(connection))
            yield from tolerated("derived rows", _derived(connection, profile, checkpoint))
        else:
            yield Finding("derived rows", "", "not checked: facts that they follow from are damaged", remark=True)


def _derived(connection: sa.Connection, profile: str, checkpoint: Checkpoint | None) -> Iterator[Finding]:
    """Derived rows that are not what follows from the facts."""
    state = deriving.state_of(connection, profile)
    if read.derived_from(connection) != state:
        what = "are older than the facts, or made by other rules; they are made anew when they are next looked at"
        yield Finding("derived rows", "", what, remark=True)
        return
    facts = read.facts(connection)
    found = deriving.made(facts.reads, profile, facts.decisions, facts.campaigns)
    named = deriving.under_names(found, facts.decisions, read.names(connection))
    for act in named.acts:
        yield Finding("name", act.name, f"should have been {act.act} by now: onrecord rebuild does it")
    sound = not named.acts
    for table, rows in write.derived_rows(named.derived):
        for finding in tolerated(table.name, _differing(connection, table, rows)):
            sound = False
            yield finding
    if sound and checkpoint is not None and checkpoint.state == state:
        content = viewing.content(viewing.shown(connection))
        if content != checkpoint.content:
            yield Finding("derived rows", "", f"the content is {content}, and by the checkpoint {checkpoint.content}")


def _differing(connection: sa.Connection, table: sa.Table, rows: list[dict[str, object]]) -> Iterator[Finding]:
    (key,) = table.primary_key.columns
    due: dict[Any, dict[str, object]] = {row[key.name]: row for row in rows}
    for row in connection.execute(sa.select(table).execution_options(yield_per=100)).mappings():
        if due.pop(row[key.name], None) != dict(row):
            yield Finding(table.name, str(row[key.name]), "is not what follows from the facts: run onrecord rebuild")
    for missing in due:
        yield Finding(table.name, str(missing), "follows from the facts and is not there: run onrecord rebuild")


def checkpoint(ledger: Ledger, now: datetime, profile: str = "joint") -> Checkpoint:
    """What the ledger says now, derived anew where that is due.

    Raises TryLater where it cannot be written now, or others go on writing it.
    """
    for _ in range(_TRIES):
        deriving.derive_if_old(ledger, profile, now)
        with ledger.reading() as connection:
            if deriving.is_new(connection, profile):
                content = viewing.content(viewing.shown(connection))
                return checkpoints.taken(connection, deriving.state_of(connection, profile), content, now)
    raise TryLater(f"{ledger.place}: is being written all the time; take the checkpoint when that is done")
