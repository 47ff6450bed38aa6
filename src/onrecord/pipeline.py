"""The one path: sources → stories → readings → ledger → what is derived from them.

Everything that changes a ledger goes through here. The clock is read by the callers and passed down as `now`.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain, islice

from onrecord import families, incidents, stories
from onrecord.engines import Local, reader_name
from onrecord.ledger import Ledger, read, write
from onrecord.records import Derived, Intake, Read, Reading, Rejection, Story
from onrecord.settings import ReadOptions

BATCH = 64
"""How many inputs are looked up, read and committed at a time: what an interruption can cost."""

Progress = Callable[[str, int], None]
"""Told what is being done, and how many inputs it has been done to since the last call."""


def silent(_stage: str, _count: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class AddOptions:
    """How to add. now: the time that goes into the books; workers: processes, 0 for one each core; profile: the
    codebook that turns worded numbers into bounds.
    """

    now: datetime
    read: ReadOptions = field(default_factory=ReadOptions)
    workers: int = 0
    profile: str = "joint"
    progress: Progress = silent


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of the inputs. offered = held + the sum of states; every input is in exactly one of them."""

    offered: int
    held: int
    states: dict[str, int]
    unread: int
    refused: tuple[Intake, ...]
    incidents: int
    plans: int


def add(ledger: Ledger, sources: Sequence[str], options: AddOptions) -> AddReport:
    """Captures, reads, groups and merges. What the ledger holds already is passed over, so the same call after an
    interruption goes on where it stopped.

    Raises WrongUse for a source that is not there, TryLater where the ledger cannot be written now.
    """
    offered, held, unread, states = 0, 0, 0, Counter[str]()
    refused: list[Intake] = []
    inputs = check(sources, options.read)
    with Local(options.workers) as engine:
        for batch in _batches(inputs):
            offered += len(batch)
            new = _not_held(ledger, batch)
            done, readings = _read_batch(ledger, engine, new)
            stored = write.store(ledger, done, readings, options.now)
            held += len(batch) - len(stored)
            states.update(item.state for item in stored)
            # Without what they hold: a folder of large files that cannot be used would fill the memory
            refused.extend(replace(item, capture=None, story=None) for item in stored if item.state != "ok")
            unread += sum(not reading.claims and bool(reading.rejections) for reading in readings)
            options.progress("read", len(batch))
    options.progress("merge", 0)
    derived = derive_if_old(ledger, options.profile)
    return AddReport(
        offered=offered,
        held=held,
        states=dict(states),
        unread=unread,
        refused=tuple(refused),
        incidents=len(derived.incidents),
        plans=len(derived.plans),
    )


def check(sources: Sequence[str], options: ReadOptions) -> Iterator[Intake]:
    """The inputs of all sources, none of them read yet. Raises WrongUse, at once, for a source that is not there."""
    return chain.from_iterable([stories.read(source, options) for source in sources])


def _batches(inputs: Iterable[Intake]) -> Iterator[list[Intake]]:
    source = iter(inputs)
    while batch := list(islice(source, BATCH)):
        yield batch


def _not_held(ledger: Ledger, batch: list[Intake]) -> list[Intake]:
    keyed = {write.intake_key(item): item for item in batch}
    held = read.held_keys(ledger, keyed)
    return [item for key, item in keyed.items() if key not in held]


def _read_batch(ledger: Ledger, engine: Local, items: list[Intake]) -> tuple[list[Intake], list[Reading]]:
    """The inputs with their final state, and the readings of those whose stories nobody has read yet."""
    texts = {item.story.id: item.story for item in items if item.story}
    known = read.read_by(ledger, texts, reader_name())
    todo = [story for id_, story in texts.items() if id_ not in known]
    readings: list[Reading] = []
    lost = {id_: _losses(reading) for id_, reading in known.items()}
    failed: dict[str, Rejection] = {}
    for story, outcome in engine.read(todo):
        if isinstance(outcome, Rejection):
            failed[story.id] = outcome
        else:
            readings.append(outcome)
            lost[story.id] = _losses(outcome)
    return [_settled(item, lost, failed) for item in items], readings


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


def derive(reads: Sequence[Read], profile: str) -> Derived:
    """Everything that follows from readings: families, incidents, verdicts. Pure; the order does not matter."""
    grouped = families.group(reads)
    found = incidents.merge(
        reads,
        incidents.Families(grouped.families, grouped.derivations, grouped.mutations),
        profile=profile,
    )
    return Derived(
        families=grouped.families,
        derivations=grouped.derivations,
        mutations=grouped.mutations,
        incidents=found.incidents,
        plans=found.plans,
        verdicts=found.verdicts,
    )


def derive_if_old(ledger: Ledger, profile: str) -> Derived:
    """What the ledger's readings give, made anew only where other readings have become current since it was made, or
    the profile or the rules of this program differ.
    """
    if read.derived_state(ledger) == _derivation(read.readings_state(ledger), profile):
        return read.derived(ledger)
    return rebuild(ledger, profile)


def rebuild(ledger: Ledger, profile: str = "joint") -> Derived:
    """Drops everything derived and makes it again from the current readings."""
    state, reads = read.reads_of(ledger)
    derived = derive(reads, profile)
    write.replace_derived(ledger, derived, _derivation(state, profile))
    return derived


def _derivation(state: str, profile: str) -> str:
    """A name for what is derived: from which readings, by which profile and rules."""
    return f"{profile} {reader_name()} {state}"


def read_only(
    sources: Sequence[str], options: ReadOptions, workers: int = 0
) -> Iterator[tuple[Intake, Reading | Rejection | None]]:
    """Reads without a ledger: each input with its reading, with the reason why the reader failed, or with None where
    there was no story to read.
    """
    inputs = check(sources, options)
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


@dataclass(frozen=True, slots=True)
class View:
    """All that a ledger says at one moment: each story with its current reading, and what follows from them.

    Stories stand in the order of publication, incidents in that of their days, families in that of their first story;
    what has no date stands last, and what is equal in the order of ids.
    """

    reads: tuple[Read, ...]
    derived: Derived


def view(ledger: Ledger, profile: str = "joint") -> View:
    """The ledger as it stands, derived anew if readings have come since."""
    derived = derive_if_old(ledger, profile)
    return arranged(read.reads(ledger), derived)


def arranged(reads: Sequence[Read], derived: Derived) -> View:
    """Readings, and what was derived from them, in the order of a view."""
    published = {r.story.id: _moment(r.story.published.start) for r in reads}
    return View(
        tuple(sorted(reads, key=lambda r: (published[r.story.id], r.story.id))),
        Derived(
            families=tuple(
                sorted(derived.families, key=lambda f: (min((published[s] for s in f.stories), default=""), f.id))
            ),
            derivations=tuple(sorted(derived.derivations, key=lambda d: (published[d.story], d.story))),
            # Within a story as its derivation gave them, which is the order of its text
            mutations=tuple(sorted(derived.mutations, key=lambda m: (published[m.story], m.story))),
            incidents=tuple(sorted(derived.incidents, key=lambda i: (_moment(i.when.start if i.when else None), i.id))),
            plans=tuple(
                sorted(derived.plans, key=lambda p: (min((published[s] for s in p.stories), default=""), p.id))
            ),
            verdicts=tuple(sorted(derived.verdicts, key=lambda v: v.tally)),
        ),
    )


def _moment(start: date | None) -> str:
    return start.isoformat() if start else "9999"
