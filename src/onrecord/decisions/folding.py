"""Which decisions are in force: all that none has undone."""

from collections.abc import Mapping, Sequence

from onrecord.decisions.shown import Target, shown
from onrecord.records import Decision, Standing

JUDGES_A_FINDING = ("confirm", "reject")
"""The verdicts that bear on one finding of the reader's, and on no other that takes its place."""


def in_force(decisions: Sequence[Decision]) -> tuple[list[Decision], list[Standing]]:
    """The decisions that nobody undid, in their order, without those that undo; and how the others stand.

    A decision to undo can be undone itself: what it had undone is in force again.
    """
    undone: dict[str, Decision] = {}
    for decision in reversed(decisions):
        if decision.verdict == "undo" and decision.id not in undone:
            undone[decision.target] = decision
    out = [
        Standing(d.id, "undone", None, f"{d.id} was undone by {undone[d.id].id}.") for d in decisions if d.id in undone
    ]
    undoing = [
        Standing(d.id, "carried", d.target, f"{d.target} stays undone.")
        for d in decisions
        if d.verdict == "undo" and d.id not in undone
    ]
    return [d for d in decisions if d.id not in undone and d.verdict != "undo"], [*out, *undoing]


def settled(decision: Decision, now: Target | None, target: str | None) -> Standing:
    """How a decision stands: now is what it was made on, as the reader has it today; None where it is not found."""
    if now is None:
        words = " … ".join(span.text for span in decision.anchors) or decision.target
        return Standing(decision.id, "orphaned", None, f"What it was made on is no longer found: “{words}”")
    changed = differences(decision, now)
    if not changed:
        return Standing(decision.id, "carried", target, "")
    told = "; ".join(
        f"{field} was {was or 'unknown'} and is {is_ or 'unknown'}" for field, (was, is_) in changed.items()
    )
    held = "it is not in force" if decision.verdict in JUDGES_A_FINDING else "it stays in force"
    return Standing(decision.id, "needs_look", target, f"Since it was made, {told}: {held} until somebody looks.")


def falls_away(decision: Decision, now: Target) -> bool:
    """Whether a decision is no longer in force: one that judges a finding of the reader's bears on that finding alone. What
    a person states of the world stays true whatever a reader finds.
    """
    return decision.verdict in JUDGES_A_FINDING and bool(differences(decision, now))


def differences(decision: Decision, now: Target) -> Mapping[str, tuple[str | None, str | None]]:
    """The values that are others than when the decision was made: of the field that it sets, else of all."""
    was = dict(decision.basis)
    return {
        field: (was[field], value)
        for field, value in shown(now)
        if field in was and value != was[field] and (decision.verdict != "set" or field == decision.field)
    }
