"""Decisions are only added: which of them hold follows from all of them."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from invented import NOW, reading, story
from onrecord.decisions.folding import falls_away, in_force, settled
from onrecord.decisions.shown import shown
from onrecord.records import Decision, Standing

TOLD = story()
CLAIM = reading(TOLD).claims[0]


def decision(id_: str, verdict: str = "confirm", target: str = CLAIM.id, **more: object) -> Decision:
    kind = "decision" if verdict == "undo" else "claim"
    fields = {"anchors": CLAIM.content, "basis": shown(CLAIM), **more}
    return Decision(f"de-{id_}", verdict, target, kind, "Ann", NOW, "", **fields)  # type: ignore[arg-type]


def states(standings: Sequence[Standing]) -> dict[str, str]:
    return {standing.decision: standing.state for standing in standings}


def test_what_nobody_undid_is_in_force_in_its_order() -> None:
    one, two = decision("1"), decision("2", "reject")
    assert in_force([one, two]) == ([one, two], [])


def test_an_undo_takes_its_decision_out_and_says_so() -> None:
    held, standings = in_force([decision("1"), decision("2"), decision("3", "undo", "de-1")])
    assert [d.id for d in held] == ["de-2"]
    assert states(standings) == {"de-1": "undone", "de-3": "carried"}
    assert standings[0].note == "de-1 was undone by de-3."


def test_an_undo_can_be_undone_and_that_too_and_so_on() -> None:
    decided = [decision("1")]
    for n in range(2, 9):
        decided.append(decision(str(n), "undo", f"de-{n - 1}"))
        held, standings = in_force(decided)
        assert [d.id for d in held] == (["de-1"] if n % 2 else [])
        assert {id_ for id_, state in states(standings).items() if state == "undone"} == {
            f"de-{m}" for m in range(n - 1, 0, -2)
        }


def test_what_was_restored_can_be_undone_again() -> None:
    decided = [
        decision("1"),
        decision("2", "undo", "de-1"),
        decision("3", "undo", "de-2"),
        decision("4", "undo", "de-1"),
    ]
    assert in_force(decided)[0] == []
    assert states(in_force(decided)[1])["de-1"] == "undone"


@settings(deadline=None)
@given(st.lists(st.integers(0, 6), max_size=10))
def test_every_decision_is_in_force_or_said_to_be_undone_or_undoes(targets: list[int]) -> None:
    decided = [decision(str(n)) for n in range(7)]
    decided += [decision(str(n), "undo", decided[target].id) for n, target in enumerate(targets, 7)]
    held, standings = in_force(decided)
    found = states(standings)
    for one in decided:
        assert (one in held) + (found.get(one.id) is not None) == 1
    undoing = {d.target for d in decided if d.verdict == "undo" and found[d.id] == "carried"}
    assert undoing == {id_ for id_, state in found.items() if state == "undone"}


def test_a_judgement_of_a_finding_falls_away_with_it_and_a_statement_stays() -> None:
    other = replace(CLAIM, stance="denies")
    for verdict, falls in {"confirm": True, "reject": True, "not_an_incident": False, "merge": False}.items():
        one = decision("1", verdict)
        assert not falls_away(one, CLAIM)
        assert falls_away(one, other) is falls
        standing = settled(one, other, CLAIM.id)
        assert standing.state == "needs_look"
        assert "stance was asserts and is denies" in standing.note
        assert ("not in force" in standing.note) is falls


def test_what_is_set_looks_at_its_own_field_only() -> None:
    one = decision("1", "set", field="stance", value="warns")
    assert settled(one, replace(CLAIM, source=replace(CLAIM.source, name="Mayor")), CLAIM.id).state == "carried"
    standing = settled(one, replace(CLAIM, stance="denies"), CLAIM.id)
    assert standing.state == "needs_look"
    assert not falls_away(one, replace(CLAIM, stance="denies"))


def test_what_is_found_no_longer_keeps_its_words() -> None:
    standing = settled(decision("1"), None, None)
    assert (standing.state, standing.target) == ("orphaned", None)
    assert CLAIM.content[0].text in standing.note
