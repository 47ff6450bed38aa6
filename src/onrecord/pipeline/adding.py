"""Sources → stories → readings → ledger."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from onrecord.engines import Engine, Local, reader_name
from onrecord.ledger import Ledger, inputs, read, write
from onrecord.pipeline.deriving import derive_if_old
from onrecord.pipeline.withdrawing import withdraw
from onrecord.records import Intake, Reading, Rejection, Story
from onrecord.settings import ReadOptions
from onrecord.stories import Gathered, Held, OnlineOptions

BATCH = 64
"""How many inputs are looked up, read and committed at a time: what an interruption can cost."""
SECONDS = 10.0
"""How long inputs are waited for that are to be committed together."""

Progress = Callable[[str, int], None]
"""Told what is being done, and how many inputs it has been done to since the last call."""


def silent(_stage: str, _count: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class AddOptions:
    """How to add. now: the time that goes into the books; workers: processes, 0 for one each core; profile: the
    codebook that turns worded numbers into bounds; online: how the web is asked, None where it is not; engine: what takes apart, reads
    and finds copies, None for this machine.
    """

    now: datetime
    read: ReadOptions = field(default_factory=ReadOptions)
    workers: int = 0
    profile: str = "joint"
    progress: Progress = silent
    online: OnlineOptions | None = None
    engine: Engine | None = None


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of the inputs. offered = held + the sum of states; every input is in exactly one of them. withdrawn: claims,
    events and totals that are rejected since a publisher took the item back. edited: stories that are a later version of a text,
    each behind the one before. left: inputs that are not in the books, since the machines failed them: offered again, they are new.
    """

    offered: int
    held: int
    states: dict[str, int]
    unread: int
    refused: tuple[Intake, ...]
    incidents: int
    plans: int
    withdrawn: int = 0
    edited: tuple[tuple[str, str], ...] = ()
    left: tuple[str, ...] = ()


def add(ledger: Ledger, sources: Sequence[str], options: AddOptions) -> AddReport:
    """Captures, reads, groups and merges. What the ledger holds already is passed over, so the same call after an
    interruption goes on where it stopped.

    Raises WrongUse for a source that is not there, TryLater where the ledger cannot be written now.
    """
    offered, held, unread, states = 0, 0, 0, Counter[str]()
    refused: list[Intake] = []
    came: set[str] = set()
    left: list[str] = []
    with ExitStack() as held_open:
        engine = held_open.enter_context(options.engine or Local(options.workers))
        inputs = engine.gather(sources, options.read, _online(ledger, options.online), partial(_known, ledger))
        for offers in _batches(held_open.enter_context(closing(inputs)), engine.batch or BATCH):
            offered += len(offers)
            batch = [item for item in offers if isinstance(item, Intake)]
            held += len(offers) - len(batch)
            new = _shrunk(ledger, _not_held(ledger, batch))
            done, readings, later = _read_batch(ledger, engine, new)
            left += later
            stored = write.store(ledger, done, readings, options.now)
            held += len(batch) - len(stored) - len(later)
            states.update(item.state for item in stored)
            came.update(item.story.id for item in stored if item.story and item.how)
            # Without what they hold: a folder of large files that cannot be used would fill the memory
            refused.extend(replace(item, capture=None, story=None) for item in stored if item.state != "ok")
            unread += sum(not reading.claims and bool(reading.rejections) for reading in readings)
            options.progress("read", len(offers))
        options.progress("merge", 0)
        withdrawn = withdraw(ledger, options.profile, options.now)
        derived = derive_if_old(ledger, options.profile, options.now, engine.pairs)
    return AddReport(
        offered=offered,
        held=held,
        states=dict(states),
        unread=unread,
        refused=tuple(refused),
        incidents=len(derived.incidents),
        plans=len(derived.plans),
        withdrawn=withdrawn,
        edited=read.before(ledger, came),
        left=tuple(left),
    )


def check(
    sources: Sequence[str], options: ReadOptions, online: OnlineOptions | None = None, engine: Engine | None = None
) -> Iterator[Intake]:
    """The inputs of all sources, none of them read yet. Raises WrongUse, at once, for a source that is not there, or is none for
    the engine.
    """
    gathered = (engine or Local()).gather(sources, options, online, lambda _: ())
    return (item for item in gathered if isinstance(item, Intake))


def _online(ledger: Ledger, online: OnlineOptions | None) -> OnlineOptions | None:
    """How the web is asked, knowing what the ledger holds of it."""

    def held(url: str) -> Held | None:
        copy = inputs.copy_of(ledger, url)
        return None if copy is None else Held(copy.at, copy.etag, copy.modified)

    return None if online is None else replace(online, held=held)


def _known(ledger: Ledger, ids: Sequence[str]) -> set[str]:
    """Those of some stories that this reader has read already."""
    return read.were_read_by(ledger, ids, reader_name())


def _batches(inputs: Iterable[Gathered], most: int) -> Iterator[list[Gathered]]:
    """So many inputs, or as many as came within some seconds: what comes slowly is kept as soon."""
    batch: list[Gathered] = []
    begun = time.monotonic()
    for item in inputs:
        begun = begun if batch else time.monotonic()
        batch.append(item)
        if len(batch) == most or time.monotonic() - begun > SECONDS:
            yield batch
            batch = []
    if batch:
        yield batch


def _not_held(ledger: Ledger, batch: list[Intake]) -> list[Intake]:
    keyed = {write.intake_key(item): item for item in batch}
    held = read.held_keys(ledger, keyed)
    return [item for key, item in keyed.items() if key not in held]


def _shrunk(ledger: Ledger, items: list[Intake]) -> list[Intake]:
    """The inputs, with a note on each page that says much less than the copy at hand: nobody corrects half a story away."""
    fetched = {item.source for item in items if item.story and "fetched_at" in item.how}
    lengths = inputs.lengths_of(ledger, fetched) if fetched else {}
    return [_noted(item, lengths.get(item.source, 0)) for item in items]


def _noted(item: Intake, before: int) -> Intake:
    now = len(item.story.text) if item.story else before
    if 2 * now >= before:
        return item
    reason = f"{item.source} says less than half of what it said before: {now:,} characters of {before:,}. A paywall, or a page cut short."
    return replace(item, state="partial", rejections=(*item.rejections, Rejection(item.source, reason, before - now)))


def _read_batch(ledger: Ledger, engine: Engine, items: list[Intake]) -> tuple[list[Intake], list[Reading], list[str]]:
    """The inputs with their final state, the readings of those whose stories nobody has read yet, and the sources of inputs that
    could not be read now.
    """
    texts = {item.story.id: item.story for item in items if item.story}
    known = read.read_by(ledger, texts, reader_name())
    todo = [story for id_, story in texts.items() if id_ not in known]
    readings: list[Reading] = []
    lost = {id_: _losses(reading) for id_, reading in known.items()}
    failed: dict[str, Rejection] = {}
    later: set[str] = set()
    for story, outcome in engine.read(todo):
        if outcome is None:
            later.add(story.id)
        elif isinstance(outcome, Rejection):
            failed[story.id] = outcome
        else:
            readings.append(outcome)
            lost[story.id] = _losses(outcome)
    left = [item.source for item in items if item.story and item.story.id in later]
    done = [_settled(item, lost, failed) for item in items if not item.story or item.story.id not in later]
    return done, readings, left


def _losses(reading: Reading) -> tuple[Rejection, ...]:
    """What was not read at all. A clause that was read and gave no answer lies in the reading, with its span."""
    return tuple(rejection for rejection in reading.rejections if rejection.lost and rejection.span is None)


def _settled(item: Intake, lost: dict[str, tuple[Rejection, ...]], failed: dict[str, Rejection]) -> Intake:
    """An input with what its reading adds to its state: a text read in part is partial, a reader's failure is failed."""
    if item.story is None:
        return item
    if item.story.id in failed:
        return replace(item, state="failed", rejections=(*item.rejections, failed[item.story.id]))
    more = lost.get(item.story.id, ())
    if not more:
        return item
    return replace(item, state="partial", rejections=(*item.rejections, *more))


def read_only(
    sources: Sequence[str], options: ReadOptions, workers: int = 0, online: OnlineOptions | None = None
) -> Iterator[tuple[Intake, Reading | Rejection | None]]:
    """Reads without a ledger: each input with its reading, with the reason why the reader failed, or with None where
    there was no story to read.
    """
    inputs = check(sources, options, online)
    waiting: deque[Intake] = deque()

    def offered() -> Iterator[Story]:
        for item in inputs:
            waiting.append(item)
            if item.story:
                yield item.story

    with Local(workers) as engine:
        for _, outcome in engine.read(offered()):
            while (item := waiting.popleft()).story is None:
                yield item, None
            yield item, outcome
    for item in waiting:
        yield item, None
