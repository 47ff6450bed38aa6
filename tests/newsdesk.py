"""Stories with readings by hand, as two readers give them, and a ledger that holds them: no model is asked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from invented import NOW, intake, span
from invented import story as told
from onrecord import families, pipeline
from onrecord.ledger import Ledger, open_ledger, write
from onrecord.pipeline import Judgement, Outcome, rereading
from onrecord.records import (
    Claim,
    Count,
    Event,
    EventKind,
    Incident,
    Mention,
    Party,
    Plan,
    Published,
    Quantity,
    Reading,
    Rejection,
    Source,
    Span,
    Status,
    Story,
    Tally,
    When,
    Where,
)

FIRST, SECOND = "first reader", "second reader"


@dataclass(frozen=True)
class Act:
    """A clause of a story, and what a reader finds in it. trigger: the word that names the act."""

    words: str
    trigger: str
    kind: EventKind = "shelling"
    status: Status = "happened"
    day: int | None = None
    place: str | None = None
    killed: int | None = None
    actor: str | None = None
    source: str | None = "Harbour Authority"


def page(number: int, *sentences: str, day: int = 1, **changed: Any) -> Story:
    """A story of those sentences, published on a day of April."""
    start = datetime(2031, 4, day, tzinfo=UTC)
    fields: dict[str, Any] = {
        "outlet": ("Varn Courier", "Ostrey Post", "Sunnmark Mail")[number % 3],
        "headline": f"News of the coast {number}",
        "published": Published(start, start + timedelta(days=1), "day", "given"),
    }
    return told(number, "\n\n".join(sentences), **{**fields, **changed})


def read_as(story: Story, acts: Iterable[Act], reader: str = FIRST, tallies: Sequence[tuple[str, int]] = ()) -> Reading:
    """The reading that finds those acts in a story, and those totals of killed."""
    claims: list[Claim] = []
    events: list[Event] = []
    for n, act in enumerate(acts, 1):
        clause = span(story, act.words)
        teller = Source("named_body", act.source) if act.source else Source("narrator", None)
        form, stance = ("indirect", "asserts") if act.source else ("narration", "asserts")
        claims.append(Claim(f"{story.id}-c{n}", (clause,), None, teller, form, stance))  # type: ignore[arg-type]
        events.append(_event(story, n, act, clause, claims[-1].id))
    totals = tuple(
        Tally(f"{story.id}-t{n}", "killed", Quantity(number), None, None, None, None, span(story, words))
        for n, (words, number) in enumerate(tallies, 1)
    )
    seen = families.fingerprint(story)
    return Reading(
        story.id, reader, tuple(claims), (), tuple(events), totals, (), seen.signature, seen.quotes, seen.facts
    )


def _event(story: Story, n: int, act: Act, clause: Span, claim: str) -> Event:
    at = clause.start + act.words.index(act.trigger)
    trigger = Span(story.id, clause.part, at, at + len(act.trigger), act.trigger)
    when = date(2031, 4, act.day) if act.day else None
    days = When(when, when, "day", clause) if when else None
    where = Where(act.place, None, "Quelland", None, None, "unknown", clause) if act.place else None
    who = Party(act.actor, clause) if act.actor else None
    counts = (Count("killed", Quantity(act.killed), clause),) if act.killed is not None else ()
    mention = Mention(clause, trigger, act.status, act.kind, claim, who, None, None, days, where, counts)
    return Event(
        f"{story.id}-e{n}", act.kind, act.status, who, None, None, days, where, counts, (claim,), (mention,)
    )  # fmt: skip


QUAY = "Shells hit the quay at Varnholm on April 1 and six people died"
DEPOT = "A drone struck the depot at Ostrey on April 3 and two guards died"
FERRY = "Gunmen seized the ferry at Tolle Roads on April 5"
WARNED = "The Tern Brigade threatened to attack Sunnmark"
BOTH = "Rockets hit the mill and divers mined the lock at Brackwater on April 7"
BRIDGE = "A bomb broke the bridge at Kelm Point on April 9 and four people died"

quay = Act(QUAY, "hit", day=1, place="Varnholm", killed=6)
depot = Act(DEPOT, "struck", "drone_strike", day=3, place="Ostrey", killed=2)
ferry = Act(FERRY, "seized", "seizure", day=5, place="Tolle Roads", source="Coast Guard")
warned = Act(WARNED, "attack", "other", "threatened", place="Sunnmark", actor="Tern Brigade", source="Tern Brigade")
mill = Act(BOTH, "hit", "missile_strike", day=7, place="Brackwater")
lock = Act(BOTH, "mined", "bombing", day=7, place="Brackwater")
bridge = Act(BRIDGE, "broke", "bombing", day=9, place="Kelm Point", killed=4, source=None)


@dataclass(frozen=True)
class Sheet:
    """A story with what each of two readers finds in it."""

    story: Story
    first: Reading
    second: Reading

    def by(self, reader: str) -> Reading:
        """The reading of one of them."""
        return self.first if reader == FIRST else self.second


def sheet(story: Story, first: Sequence[Act], second: Sequence[Act] | None = None, **more: Any) -> Sheet:
    """A story as two readers read it; alike unless the second finds other acts."""
    again = first if second is None else second
    return Sheet(story, read_as(story, first, FIRST, **more), read_as(story, again, SECOND, **more))


def sheets() -> list[Sheet]:
    """Eight stories. To the second reader a number is another, a clause is shorter, an act is gone, one is new."""
    shorter = replace(quay, words=QUAY.removesuffix(" and six people died"), killed=None)
    corrected = QUAY.replace("six", "eight")
    foreign = page(7, "Granaten trafen am Montag die Werft von Kelm Point, sagte die Hafenbehörde.", language="de")
    empty = Reading(foreign.id, FIRST, (), (), (), (), (Rejection(foreign.id, "the language is de", 76),))
    return [
        sheet(page(1, QUAY + ".", WARNED + ".", url="https://varn.example/quay"), [quay, warned]),
        sheet(page(2, "Overnight " + QUAY + ".", day=2), [quay], [shorter]),
        sheet(page(3, DEPOT + ".", BOTH + ".", day=8), [depot, mill, lock], [replace(depot, killed=3), mill, lock]),
        sheet(page(4, DEPOT + ".", BOTH + ".", day=9), [depot, mill, lock], [depot, lock]),
        sheet(page(5, FERRY + ".", BRIDGE + ".", day=10), [ferry], [ferry, bridge]),
        sheet(
            page(6, corrected + ".", WARNED + ".", day=3, url="https://varn.example/quay"),
            [replace(quay, words=corrected, killed=8), warned],
            [warned, replace(quay, words=corrected, killed=8)],
        ),
        Sheet(foreign, empty, replace(empty, reader=SECOND)),
        sheet(
            page(8, "Attacks have killed 12 people since the spring.", BRIDGE + ".", day=11),
            [bridge],
            tallies=[("killed 12 people", 12)],
        ),
    ]


def store(ledger: Ledger, held: Iterable[Sheet], reader: str = FIRST) -> None:
    """Puts stories into a ledger, as that reader reads them."""
    held = list(held)
    items = [intake(one.story, f"{one.story.id}.txt") for one in held]
    write.store(ledger, items, [one.by(reader) for one in held], NOW)


def rows(ledger: Ledger) -> list[Incident | Plan]:
    """All incidents, then all plans."""
    found = pipeline.view(ledger, now=NOW).derived
    return [*found.incidents, *found.plans]


def row_with(ledger: Ledger, event: str) -> Incident | Plan:
    """The incident or plan that holds an event."""
    return next(row for row in rows(ledger) if event in row.events)


def incident_with(ledger: Ledger, event: str) -> Incident:
    """The same, where it is an incident."""
    found = row_with(ledger, event)
    assert isinstance(found, Incident)
    return found


def say(ledger: Ledger, verdict: str, target: str, by: str = "Ann Ode", **more: Any) -> Outcome:
    """A decision, as a person makes it."""
    return pipeline.decide(ledger, Judgement(verdict, target, by, **more), NOW)


class ByHand:
    """An engine that gives the readings that were written for its stories, in place of a model."""

    sheets: tuple[Sheet, ...] = ()
    reader = SECOND
    stop_after: int | None = None
    fails: frozenset[str] = frozenset()

    def __init__(self, _workers: int = 0) -> None:
        self._left = self.stop_after

    def __enter__(self) -> "ByHand":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read(self, stories: Iterable[Story]) -> Iterator[tuple[Story, Reading | Rejection]]:
        """Each story with its reading."""
        by_id = {one.story.id: one for one in self.sheets}
        for story in stories:
            if self._left == 0:
                raise KeyboardInterrupt
            self._left = self._left and self._left - 1
            if story.id in self.fails:
                yield story, Rejection(story.id, "the reader failed: no idea", len(story.text))
            else:
                yield story, by_id[story.id].by(self.reader)


def install(
    patch: pytest.MonkeyPatch,
    held: Iterable[Sheet],
    reader: str = SECOND,
    stop_after: int | None = None,
    fails: Iterable[str] = (),
) -> None:
    """Installs a reader that `pipeline.reread` then reads with. stop_after: interrupted after so many stories."""
    made = {"sheets": tuple(held), "reader": reader, "stop_after": stop_after, "fails": frozenset(fails)}
    patch.setattr(rereading, "Local", type("Reading", (ByHand,), made))
    patch.setattr(rereading, "reader_name", lambda: reader)


def opened(folder: Path, name: str = "held") -> Ledger:
    """A new ledger, or the one that is there. A new one is a copy of an empty one: making its tables takes longer."""
    path = folder / f"{name}.db"
    if not path.exists():
        path.write_bytes(_empty())
    return open_ledger(str(path))


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "empty.db")
        open_ledger(str(path), create=True).close()
        return path.read_bytes()
