"""What of a ledger is published, and on which day did something last bear on it? All of it from facts, none from the clock."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date

from onrecord import incidents
from onrecord.exports import filters
from onrecord.pipeline import View
from onrecord.records import Decision, Derived, Incident, Plan


def within(view: View, campaign: str | None) -> View:
    """The part of a ledger that belongs to a campaign: its incidents and plans, and the stories that tell of them. None is all of it.

    Raises WrongUse for a campaign that there is not.
    """
    if campaign is None:
        return view
    filters.check(view, filters.Filter(campaign=campaign))
    derived = view.derived
    happened = tuple(one for one in derived.incidents if campaign in one.campaigns)
    plans = tuple(one for one in derived.plans if campaign in one.campaigns)
    both: list[Incident | Plan] = [*happened, *plans]
    stories = {story for row in both for story in row.stories}
    reads = tuple(read for read in view.reads if read.story.id in stories)
    tallies = {tally.id for read in reads for tally in read.reading.tallies}
    rows = {row.id for row in both}
    names = {name for name, _, into in incidents.ends(view.names) if name in rows or into in rows}
    return replace(
        view,
        reads=reads,
        derived=Derived(
            families=tuple(
                replace(family, stories=kept)
                for family in derived.families
                if (kept := tuple(story for story in family.stories if story in stories))
            ),
            derivations=tuple(one for one in derived.derivations if one.story in stories),
            mutations=tuple(one for one in derived.mutations if one.story in stories),
            incidents=tuple(replace(one, campaigns=(campaign,)) for one in happened),
            plans=tuple(replace(one, campaigns=(campaign,)) for one in plans),
            verdicts=tuple(one for one in derived.verdicts if one.tally in tallies),
            speakers=derived.speakers,
            standings=derived.standings,
        ),
        campaigns=tuple(one for one in view.campaigns if one.name == campaign),
        names=tuple(one for one in view.names if one.name in names),
    )


def updated(view: View) -> dict[str, date]:
    """For each incident and plan, by its id, the latest day on which a story that tells of it was published, or somebody decided on
    it, on an event or a claim in it or on such a story. What has no such day is left out.
    """
    published = {read.story.id: day for read in view.reads if (day := read.story.published.day)}
    rows: list[Incident | Plan] = [*view.derived.incidents, *view.derived.plans]
    days = {row.id: [published[story] for story in row.stories if story in published] for row in rows}
    for target, day in _decided(view, _parts(view, rows)):
        days[target].append(day)
    return {id_: max(found) for id_, found in days.items() if found}


def latest(view: View, days: Mapping[str, date]) -> date | None:
    """The latest day of all. days: those of incidents and plans, by `updated`; None where nothing has a day."""
    published = (read.story.published.day for read in view.reads)
    return max((day for day in (*days.values(), *published) if day), default=None)


def _parts(view: View, rows: Iterable[Incident | Plan]) -> dict[str, set[str]]:
    """The incidents and plans that each id bears on: their own, and those of their stories, events, and the claims of these."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    homes: dict[str, str] = {}
    for row in rows:
        homes |= dict.fromkeys(row.events, row.id)
        for part in (row.id, *row.stories, *row.events):
            found[part].add(row.id)
    for read in view.reads:
        for event in read.reading.events:
            for claim in event.claims if event.id in homes else ():
                found[claim].add(homes[event.id])
    for name, state, into in incidents.ends(view.names):
        if state == "redirected" and into is not None and into in found:
            found[name] |= found[into]
    return found


def _decided(view: View, parts: Mapping[str, set[str]]) -> Iterable[tuple[str, date]]:
    """Each incident or plan that a decision bears on, with the day of the decision; what is undone is one that changed on that day."""
    by_id = {one.id: one for one in view.decisions}
    bears = {one.decision: one.target for one in view.derived.standings}
    for one in view.decisions:
        undone = by_id.get(one.target) if one.verdict == "undo" else None
        for target in _targets(undone or one, bears):
            for row in parts.get(target, ()):
                yield row, one.at.astimezone(UTC).date()


def _targets(decision: Decision, bears: Mapping[str, str | None]) -> set[str]:
    return {one for one in (decision.target, decision.into, bears.get(decision.id)) if one}
