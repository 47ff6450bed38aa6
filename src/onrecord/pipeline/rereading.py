"""Stories that are held → readings by the reader that is installed, current all at once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from onrecord.engines import Local, reader_name
from onrecord.errors import WrongUse
from onrecord.ledger import Ledger, read, write
from onrecord.pipeline import deriving
from onrecord.pipeline.adding import BATCH, Progress, silent
from onrecord.records import Reading, Rejection, Story


@dataclass(frozen=True, slots=True)
class RereadOptions:
    """How to read anew. stories: ids or names; empty for all. reader: an earlier reader to go back to; None reads with
    the one installed. now, workers, profile, progress: as in `AddOptions`.
    """

    now: datetime
    stories: tuple[str, ...] = ()
    reader: str | None = None
    workers: int = 0
    profile: str = "joint"
    progress: Progress = silent


@dataclass(frozen=True, slots=True)
class RereadReport:
    """What became of it. read: stories read now; failed: those on which the reader failed, which keep the reading they
    had; switched: how many have another current reading; in_use: how many current readings are of which reader; standings: how many decisions stand how.
    """

    reader: str
    read: int
    failed: tuple[Rejection, ...]
    switched: int
    in_use: dict[str, int] = field(default_factory=dict)
    standings: dict[str, int] = field(default_factory=dict)


def reread(ledger: Ledger, options: RereadOptions) -> RereadReport:
    """Reads stories anew, and makes the new readings current in one transaction when all are there: until then
    everybody sees the old ones. What an interrupted run has read is not read again.

    Raises WrongUse for a story or a reader that is not there, TryLater where the ledger cannot be written now.
    """
    reader = options.reader or reader_name()
    with ledger.reading() as connection:
        chosen = [_id(read.story_in(connection, name), name) for name in options.stories]
        if options.reader is not None and options.reader not in (known := read.readers_of_all(connection)):
            raise WrongUse(f"--reader {options.reader}: has read nothing here; known are {', '.join(known) or 'none'}")
        todo = read.unread_by(connection, reader) if options.reader is None else []
    todo = [id_ for id_ in todo if not chosen or id_ in chosen]
    done, failed = 0, list[Rejection]()
    if todo:
        with Local(options.workers) as engine:
            readings: list[Reading] = []
            for _, outcome in engine.read(_stories(ledger, todo)):
                if isinstance(outcome, Rejection):
                    failed.append(outcome)
                else:
                    readings.append(outcome)
                options.progress("read", 1)
                if len(readings) >= BATCH:
                    done += _kept(ledger, readings, options.now)
            done += _kept(ledger, readings, options.now)
    options.progress("merge", 0)
    with ledger.writing() as connection:
        switched = write.switch(connection, reader, chosen or None, options.now)
        if not deriving.is_new(connection, options.profile):
            deriving.rebuild_within(connection, options.profile, options.now)
        standings = Counter[str](standing.state for standing in read.standings(connection))
        in_use = read.readers(connection)
    return RereadReport(reader, done, tuple(failed), switched, in_use, dict(standings))


def _id(story: Story | None, name: str) -> str:
    if story is None:
        raise WrongUse(f"{name}: no story of that id or name is held")
    return story.id


def _stories(ledger: Ledger, ids: Sequence[str]) -> Iterator[Story]:
    source = iter(ids)
    while some := list(islice(source, BATCH)):
        yield from read.stories_of(ledger, some)


def _kept(ledger: Ledger, readings: list[Reading], now: datetime) -> int:
    count = len(readings)
    write.store(ledger, [], readings, now)
    readings.clear()
    return count
