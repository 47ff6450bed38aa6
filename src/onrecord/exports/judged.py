"""What people decided, as rows and sentences: decisions with their standing, campaigns, what became of names."""

from collections import defaultdict
from collections.abc import Iterator
from typing import get_args

from onrecord import incidents
from onrecord.decisions import shown
from onrecord.errors import WrongUse
from onrecord.exports.private import Row
from onrecord.pipeline import Outcome, View
from onrecord.records import Decision, Incident, Plan, Read, Standing, StandingState


def decisions(view: View, state: str | None = None) -> list[Row]:
    """Every decision in the order in which they were made; those that stand so, or all. Raises WrongUse for a word that is
    none of the states.
    """
    if state is not None and state not in get_args(StandingState):
        raise WrongUse(f"--state {state}: is not one of {', '.join(get_args(StandingState))}")
    standings = {standing.decision: standing for standing in view.derived.standings}
    whole: list[Row] = [
        {**exported(one, standings.get(one.id)), "by": one.by, "at": one.at.isoformat()} for one in view.decisions
    ]
    return [row for row in whole if state in (None, row["state"])]


def exported(decision: Decision, standing: Standing | None) -> Row:
    """A decision as it leaves a ledger: without who decided, and when."""
    return {
        "id": decision.id,
        "verdict": decision.verdict,
        "target": decision.target,
        "target_kind": decision.kind,
        "field": decision.field,
        "value": decision.value,
        "into": decision.into,
        "words": " … ".join(span.text for span in decision.words) or None,
        "reason": decision.reason or None,
        "was": dict(decision.seen).get(decision.field or ""),
        "state": standing.state if standing else None,
        "bears_on": standing.target if standing else None,
        "note": (standing.note or None) if standing else None,
    }


def names(view: View) -> Iterator[Row]:
    """What became of the name of each incident and plan."""
    for name, state, into in incidents.ends(view.names):
        yield {"name": name, "state": state, "into": into}


def campaigns(view: View) -> Iterator[Row]:
    """The campaigns, with what belongs to each."""
    for campaign in view.campaigns:
        held = [one for one in view.derived.incidents if campaign.name in one.campaigns]
        plans = [one for one in view.derived.plans if campaign.name in one.campaigns]
        killed = [one.killed for one in held if one.killed.best is not None]
        told: list[Incident | Plan] = [*held, *plans]
        yield {
            "name": campaign.name,
            "start": str(campaign.start) if campaign.start else None,
            "end": str(campaign.end) if campaign.end else None,
            "places": "; ".join(campaign.places) or None,
            "actors": "; ".join(campaign.actors) or None,
            "kinds": "; ".join(campaign.kinds) or None,
            "incidents": len(held),
            "killed": sum(bounds.best or 0 for bounds in killed) if killed else None,
            "plans": len(plans),
            "stories": len({story for one in told for story in one.stories}),
        }


def triage(view: View) -> dict[str, str]:
    """How each story stands to the watch, by its id: "relevant" (it tells of an incident or plan that belongs), "outside"
    (of none that belongs to a campaign), "no event" (of none at all), "not read".
    """
    told: defaultdict[str, list[bool]] = defaultdict(list)
    rows: list[Incident | Plan] = [*view.derived.incidents, *view.derived.plans]
    for row in rows:
        for story in row.stories:
            told[story].append(bool(row.campaigns) or not view.campaigns)
    return {read.story.id: _standing(read, told.get(read.story.id)) for read in view.reads}


def _standing(read: Read, told: list[bool] | None) -> str:
    if told:
        return "relevant" if any(told) else "outside"
    reading = read.reading
    nothing = not reading.claims and not reading.events
    return "not read" if nothing and any(r.lost and r.span is None for r in reading.rejections) else "no event"


def reviews(view: View) -> dict[str, str]:
    """What people have done about each target, by its id: "needs another look", "decided" or "confirmed"."""
    by_id = {decision.id: decision for decision in view.decisions}
    found: dict[str, set[str]] = defaultdict(set)
    for standing in view.derived.standings:
        if standing.target is not None and standing.state in ("carried", "needs_look"):
            verdict = by_id[standing.decision].verdict
            found[standing.target].add(standing.state if standing.state == "needs_look" else verdict)
    return {
        target: "needs another look" if "needs_look" in what else "confirmed" if what == {"confirm"} else "decided"
        for target, what in found.items()
    }


def signed(view: View) -> dict[str, frozenset[str]]:
    """Who has confirmed each incident and plan as it stands now, by its id: a confirmation of other values does not count."""
    by_id = {decision.id: decision for decision in view.decisions}
    both: list[Incident | Plan] = [*view.derived.incidents, *view.derived.plans]
    rows = {row.id: row for row in both}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for standing in view.derived.standings:
        made = by_id[standing.decision]
        row = rows.get(standing.target or "")
        if made.verdict == "confirm" and standing.state == "carried" and row is not None and made.seen == shown(row):
            found[row.id].add(made.by)
    return {target: frozenset(by) for target, by in found.items()}


def outcome(made: Outcome) -> Row:
    """A decision just made, as a row."""
    decision, standing = made.decision, made.standing
    return {
        "decision": decision.id,
        "verdict": decision.verdict,
        "target": decision.target,
        "asked": decision.asked,
        "bears_on": standing.target,
        "state": standing.state,
        "note": standing.note or None,
        "again": made.again,
    }


def sentence(made: Outcome) -> str:
    """A decision just made, in a line or two."""
    decision, standing = made.decision, made.standing
    said = {
        "set": f"{decision.field} of {decision.target} is {decision.value}",
        "merge": f"{decision.target} goes into {decision.into}",
        "add": f"{decision.field} added: {standing.target}",
        "split": f"split off from {decision.target}",
        "undo": f"{decision.target} is undone",
        "not_an_incident": f"{decision.target} is no incident",
    }.get(decision.verdict, f"{decision.target}: {decision.verdict}")
    lines = [f"{decision.id}: {said}{' (made before, under the same key)' if made.again else ''}"]
    if decision.asked is not None:
        lines.append(f"  {decision.asked} leads to {decision.target} now")
    if standing.note:
        lines.append(f"  {standing.note}")
    return "\n".join(lines)
