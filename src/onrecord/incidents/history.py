"""How an incident came to say what it says: the rules of today on what was published up to each day."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from onrecord.incidents import rows, words
from onrecord.incidents.figures import Figure
from onrecord.incidents.grades import withdrawn
from onrecord.incidents.stances import NARRATOR, table
from onrecord.incidents.told import Telling
from onrecord.incidents.voices import Cast
from onrecord.records import Bounds, Incident, Revision, RevisionField, RevisionWhy, Statement
from onrecord.wording.gazetteer import fold


def figure(bounds: Bounds) -> str | None:
    """A figure in words: its best, else the bound that is known; None where nothing is."""
    if bounds.best is not None:
        return str(bounds.best)
    if bounds.low is not None:
        return f"at least {bounds.low}"
    return f"at most {bounds.high}" if bounds.high is not None else None


def responsibility(incident: Incident) -> str | None:
    """Who claims the act and who denies it ("claimed by A; denied by B"); None where no party does."""
    verbs = {"claims": "claimed by", "denies": "denied by"}
    said = {(s.value, s.source) for s in incident.statements if s.field == "responsibility" and s.value in verbs}
    return "; ".join(f"{verbs[value]} {source}" for value, source in sorted(said)) or None


FIELDS: dict[RevisionField, Callable[[Incident], str | None]] = {
    "date": lambda one: one.when.start.isoformat() if one.when is not None and one.when.start is not None else None,
    "place": lambda one: one.where.name if one.where is not None else None,
    "actor": lambda one: one.actor,
    "killed": lambda one: figure(one.killed),
    "injured": lambda one: figure(one.injured),
    "responsibility": responsibility,
    "status": lambda one: "withdrawn" if withdrawn(one) else one.status,
}
"""What is followed, each with its value in words."""


@dataclass(frozen=True, slots=True)
class _Stage:
    """An incident as it was on a day. day: None where it is that of all stories, undated ones too; told: what had been
    published; leads: the figure that is best of each field that counts people.
    """

    day: date | None
    told: Sequence[Telling]
    incident: Incident
    leads: Mapping[str, Figure | None]

    def behind(self, field: RevisionField, value: str | None) -> Statement | None:
        """The statement of this day that a new value rests on: one that says it, or that takes something back."""
        lead = self.leads.get(field)
        fresh = {telling.story.id for telling in self.told if telling.latest == self.day}

        def fits(one: Statement) -> tuple[bool, ...]:
            leads = lead is not None and one.span == lead.span
            said = one.value == value or (field == "actor" and value is not None and words.one_party(one.value, value))
            return leads, one.field == field and said, one.field == field, one.source != NARRATOR

        fields = (field, "responsibility", "status") if field == "actor" else (field, "status")
        about = [s for s in self.incident.statements if s.story in fresh and s.field in fields]
        return max(about, key=fits, default=None)


def revisions(told: Sequence[Telling], known: Cast, profile: str, now: Incident) -> tuple[Revision, ...]:
    """What each of `FIELDS` said, at first and after every change; the last entry of a field is what the incident says.

    told: the tellings of the incident, in any order. It is made anew of what had been published by each day, so that no other
    rule is at work than the one that makes it today; what has no date comes last, under no day. now: the incident as it
    stands; what people set on it comes behind.
    """
    found: list[Revision] = []
    last: _Stage | None = None
    stages = list(_stages(told, known, profile))
    told_as = {
        field: worded(field, [value_of(stage.incident) for stage in stages]) for field, value_of in FIELDS.items()
    }
    for number, stage in enumerate(stages):
        for field, values in told_as.items():
            was, value = values[number - 1] if last is not None else None, values[number]
            if value != was:
                said = stage.behind(field, value)
                why = _why(field, value, last, stage)
                source, story, span = (said.source, said.story, said.span) if said is not None else (None, None, None)
                found.append(Revision(field, was, value, stage.day, source, story, span, why))
        last = stage
    return (*found, *_decided(last.incident, now)) if last is not None else ()


def worded(field: RevisionField, values: Sequence[str | None]) -> list[str | None]:
    """What a field said on each day; a party stands under the wording that it came to have, since another one changes nothing."""
    found: list[str | None] = []
    for value in reversed(values):
        later = found[-1] if found else None
        same = field == "actor" and value is not None and later is not None and words.one_party(value, later)
        found.append(later if same else value)
    return found[::-1]


def _stages(told: Sequence[Telling], known: Cast, profile: str) -> Iterator[_Stage]:
    """The incident on each day on which something was published, from the first that told of it as done."""
    ordered = sorted(told, key=lambda telling: telling.order)
    days = sorted({telling.latest for telling in ordered if telling.latest is not None})
    undated = any(telling.latest is None for telling in ordered)
    for day in (*days, *((None,) if undated else ())):
        until = [t for t in ordered if day is None or (t.latest is not None and t.latest <= day)]
        if any(telling.mode == "done" for telling in until):
            made, harm = rows.made(until, (), known, profile)
            yield _Stage(day, until, made, harm.leads)


def _why(field: RevisionField, value: str | None, last: _Stage | None, stage: _Stage) -> RevisionWhy:
    """Why a value changed; of figures, from the one that best was and the one that it is."""
    if last is None:
        return "first report"
    earlier, later = last.leads.get(field), stage.leads.get(field)
    if value == "withdrawn" or (earlier is not None and later is None):
        return "retraction"
    if earlier is None or later is None:
        return "new report"
    if any(s.span == earlier.span and s.field == field and not s.credible for s in stage.incident.statements):
        return "correction"
    if field == "killed" and later.point > earlier.point and (later.source == earlier.source or _rises(later)):
        return "later deaths"
    return "more direct source" if later.direct > earlier.direct else "new report"


def _rises(figure: Figure) -> bool:
    """Whether the words of a figure tell that the dead have become more."""
    clauses = (m.span for m in figure.telling.event.mentions if m.span.part == figure.span.part)
    held = next((span.text for span in clauses if span.start <= figure.span.start < span.end), "")
    return any(f" {words} " in f" {fold(held)} " for words in table()["rising"]["words"])


def _decided(made: Incident, now: Incident) -> Iterator[Revision]:
    """What people set, under the ids of their decisions."""
    for field, value_of in FIELDS.items():
        was, value = value_of(made), value_of(now)
        sets = [s.source for s in now.statements if s.field == field and not s.story]
        if value != was and sets:
            yield Revision(field, was, value, None, sets[-1], None, None, "decision")
