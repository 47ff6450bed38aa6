"""All that a ledger says at one moment, laid out for looking things up."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from onrecord import incidents
from onrecord.exports import judged
from onrecord.exports.private import Private
from onrecord.exports.private import Row as Cells
from onrecord.pipeline import View
from onrecord.records import (
    Claim,
    Decision,
    Derivation,
    Event,
    Family,
    Incident,
    Movement,
    Mutation,
    Plan,
    Read,
    Revision,
    Standing,
    Tally,
    Verdict,
    When,
)

Row = Incident | Plan
Finding = Claim | Event | Tally


_LOOKED_AT = ("place", "mutations", "mutated", "standings", "standing", "_steps", "signed", "filtered", "triage")
_PARTS = ("derivations", "mutations")
_RESTS = {
    "place": ("reads",),
    "private": ("reads",),
    "mutations": ("mutations",),
    "_steps": ("reads", "derivations"),
}
"""What is worked out once for a board, with the parts of a view that it rests on."""


class Board:
    """A view with its records by id. Nothing in it changes: the next moment has a board of its own.

    state: a name for the moment: equal names, equal content.
    """

    def __init__(self, view: View, state: str, before: "Board | None" = None) -> None:
        self.view = view
        self.state = state
        if before is not None:
            self._take(before)
        derived = view.derived
        self.reads: dict[str, Read] = {read.story.id: read for read in view.reads}
        self._named: dict[str, Read] = {}
        for read in view.reads:
            known = self._named.get(read.story.name or "")
            if read.story.name and (known is None or known.story.version <= read.story.version):
                self._named[read.story.name] = read
        self.incidents = {one.id: one for one in derived.incidents}
        self.plans = {one.id: one for one in derived.plans}
        self.families = {one.id: one for one in derived.families}
        self.derivations: dict[str, Derivation] = {one.story: one for one in derived.derivations}
        self.verdicts: dict[str, Verdict] = {one.tally: one for one in derived.verdicts}
        self.decisions: dict[str, Decision] = {one.id: one for one in view.decisions}
        self.family_of: dict[str, Family] = {story: one for one in derived.families for story in one.stories}
        self.home: dict[str, Row] = {event: row for row in self.rows() for event in row.events}
        self.reviews = judged.reviews(view)

    def _take(self, before: "Board") -> None:
        """Takes from the board of before what rests on nothing that is another now."""
        was, now = before.view, self.view
        same = {name for name in _PARTS if getattr(was.derived, name) is getattr(now.derived, name)}
        if was.reads is now.reads:
            same.add("reads")
        for name, rests in _RESTS.items():
            if name in before.__dict__ and same.issuperset(rests):
                self.__dict__[name] = before.__dict__[name]

    def parts(self) -> Iterator[object]:
        """Works out, one after the other, what most pages look at."""
        for name in _LOOKED_AT:
            yield getattr(self, name)

    def rows(self) -> Iterator[Row]:
        """All incidents, then all plans."""
        yield from self.view.derived.incidents
        yield from self.view.derived.plans

    def read(self, name: str) -> Read | None:
        """The story of that id, or the latest version of that name."""
        return self.reads.get(name) or self._named.get(name)

    def row(self, id_: str) -> Row | None:
        """The incident or plan of that id, or the one that it was merged into."""
        return self.incidents.get(id_) or self.plans.get(id_) or self._led(id_)

    def _led(self, id_: str) -> Row | None:
        if not any(name.name == id_ for name in self.view.names):
            return None
        name = incidents.resolve(id_, self.view.names)
        return self.incidents.get(name) or self.plans.get(name)

    def ended(self, id_: str) -> bool:
        """Whether an incident or plan of that name was here, and is no more."""
        return any(name.name == id_ for name in self.view.names) and self.row(id_) is None

    def finding(self, id_: str) -> tuple[Read, Finding] | None:
        """The claim, event or tally of that id, with its story."""
        read = self.reads.get(id_.rpartition("-")[0])
        if read is None:
            return None
        reading = read.reading
        findings: Iterator[Finding] = iter((*reading.claims, *reading.events, *reading.tallies))
        return next(((read, one) for one in findings if one.id == id_), None)

    def called(self, story: str) -> str:
        """How a story is called on a page: by its outlet, else by the source's own id for it."""
        read = self.reads.get(story)
        return (read.story.outlet or read.story.name or story) if read else story

    def events(self, row: Row) -> list[tuple[Read, Event]]:
        """The events of an incident or plan, each with its story, in the order of publication."""
        wanted = set(row.events)
        stories = sorted((self.reads[s] for s in row.stories if s in self.reads), key=lambda r: self.place[r.story.id])
        return [(read, event) for read in stories for event in read.reading.events if event.id in wanted]

    @cached_property
    def filtered(self) -> dict[str, Cells]:
        """The cells of every incident and plan that filters ask for, by id."""
        return {row.id: self._cells(row) for row in self.rows()}

    @cached_property
    def filtered_openly(self) -> dict[str, Cells]:
        """The same without the names of private persons: who only reads learns nothing by asking for one."""
        return {id_: self.private.withheld(row) for id_, row in self.filtered.items()}

    def _cells(self, row: Row) -> Cells:
        days = row.when if isinstance(row, Incident) else self._told(row)
        return {
            "first_day": days.start.isoformat() if days and days.start else None,
            "last_day": days.end.isoformat() if days and days.end else None,
            "place": row.where.name if row.where else None,
            "country": row.where.country if row.where else None,
            "actor": row.actor,
            "kind": row.kind,
            "status": row.status,
            "campaigns": "; ".join(row.campaigns),
            "outlets": "; ".join(self.reads[s].story.outlet or "" for s in row.stories if s in self.reads),
        }

    def _told(self, plan: Plan) -> When | None:
        """The first day for which its events are told."""
        found = (self.finding(id_) for id_ in plan.events)
        return next((f[1].when for f in found if f and isinstance(f[1], Event) and f[1].when), None)

    @cached_property
    def place(self) -> dict[str, int]:
        """The place of every story in the order of publication."""
        return {read.story.id: n for n, read in enumerate(self.view.reads)}

    @cached_property
    def mutations(self) -> dict[str, list[Mutation]]:
        """What each story says otherwise than its origin."""
        found: defaultdict[str, list[Mutation]] = defaultdict(list)
        for one in self.view.derived.mutations:
            found[one.story].append(one)
        return dict(found)

    @cached_property
    def mutated(self) -> dict[str, list[Mutation]]:
        """What was changed on the way of what is told of each incident and plan, by its id."""
        found: defaultdict[str, list[Mutation]] = defaultdict(list)
        for story, changes in self.mutations.items():
            events = self.reads[story].reading.events if story in self.reads else ()
            for change in changes:
                rows = {self.home[e.id].id for e in events if e.id in self.home and _tells(e, change)}
                for id_ in rows:
                    found[id_].append(change)
        return dict(found)

    @cached_property
    def standings(self) -> dict[str, list[Standing]]:
        """How decisions stand, by what they bear on now."""
        found: defaultdict[str, list[Standing]] = defaultdict(list)
        for one in self.view.derived.standings:
            if one.target is not None:
                found[one.target].append(one)
        return dict(found)

    @cached_property
    def standing(self) -> dict[str, Standing]:
        """How each decision stands, by its id."""
        return {one.decision: one for one in self.view.derived.standings}

    @cached_property
    def signed(self) -> dict[str, frozenset[str]]:
        """Who has confirmed each incident and plan as it stands now."""
        return judged.signed(self.view)

    def history(self, incident: Incident) -> tuple[Revision, ...]:
        """What an incident said, at first and after every change."""
        stories = [story for story in incident.stories if story in self.reads]
        families = incidents.Families(
            (),
            tuple(self.derivations[story] for story in stories if story in self.derivations),
            tuple(change for story in stories for change in self.mutations.get(story, ())),
        )
        told = incidents.tellings([self.reads[story] for story in stories], families)
        return incidents.Desk(told, self.view.derived.speakers, self.view.profile).history(incident)

    @cached_property
    def _steps(self) -> incidents.Steps:
        return incidents.Steps(self.view.reads, self.view.derived.derivations)

    def movement(self, tally: str) -> Movement | None:
        """How far a total moved since the one before it in its series."""
        return self._steps.movement(tally, self.verdicts)

    @cached_property
    def triage(self) -> dict[str, str]:
        """How each story stands to the watch."""
        return judged.triage(self.view)

    @cached_property
    def private(self) -> Private:
        """The names that are hidden from those who only read."""
        return Private(self.view)


def _tells(event: Event, change: Mutation) -> bool:
    """Whether the changed words stand where the event is told."""
    span = change.now_span
    return span is not None and any(
        m.span.part == span.part and m.span.start <= span.start and span.end <= m.span.end for m in event.mentions
    )
