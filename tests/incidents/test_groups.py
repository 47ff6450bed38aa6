"""Which events are one, in the order in which people decided."""

from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.incidents.groups import Decided, decided
from onrecord.records import Grouping, Ruling

GROUPINGS = [
    Grouping("gr-1", True, ("a", "b", "c"), ("same day",)), Grouping("gr-2", True, ("d",), ()),
    Grouping("gr-3", False, ("p", "q"), ()),
]  # fmt: skip


def ruling(n: int, verdict: str, events: str, into: str = "", alone: str = "", field: str | None = None) -> Ruling:
    return Ruling(f"de-{n}", verdict, tuple(events), tuple(into), tuple(alone), field)  # type: ignore[arg-type]


def sets(found: Decided) -> set[str]:
    """The events of each group that is shown, as a word."""
    return {"".join(sorted(g.events)) for g in found.groups if g.events and g.out is None}


def borne(found: Decided, n: int) -> str | None:
    """The events of the group that a ruling bears on."""
    place, _ = found.bears[f"de-{n}"]
    return None if place is None else "".join(sorted(found.groups[place].events))


def test_without_decisions_the_machine_is_right() -> None:
    assert sets(decided(GROUPINGS, [])) == {"abc", "d", "pq"}


def test_a_merge_makes_one_of_two_and_an_incident_of_a_plan_that_it_joins() -> None:
    found = decided(GROUPINGS, [ruling(1, "merge", "pq", "abc")])
    assert sets(found) == {"abcpq", "d"}
    assert next(g for g in found.groups if "p" in g.events).happened
    into_plan = decided(GROUPINGS, [ruling(1, "merge", "d", "pq")])
    assert next(g for g in into_plan.groups if "p" in g.events).happened


def test_a_split_takes_off_what_was_selected_and_knows_the_rest() -> None:
    found = decided(GROUPINGS, [ruling(1, "split", "abc", alone="c")])
    assert sets(found) == {"ab", "c", "d", "pq"}
    assert borne(found, 1) == "ab"
    part = next(g for g in found.groups if g.events == {"c"})
    assert part.parted is not None
    assert found.groups[part.parted].events == {"a", "b"}


def test_a_split_that_leaves_nothing_has_no_effect_and_says_why() -> None:
    for alone in ("abc", "d", ""):
        found = decided(GROUPINGS, [ruling(1, "split", "abc", alone=alone)])
        assert sets(found) == {"abc", "d", "pq"}
        assert found.bears["de-1"][1] == "there is nothing left to split off"


def test_a_part_of_a_part_knows_its_own_rest() -> None:
    found = decided(GROUPINGS, [ruling(1, "split", "abc", alone="bc"), ruling(2, "split", "bc", alone="c")])
    assert sets(found) == {"a", "b", "c", "d", "pq"}
    parts = {"".join(g.events): g.parted for g in found.groups if g.parted is not None}
    assert {part: found.groups[rest].events for part, rest in parts.items()} == {"b": {"a"}, "c": {"b"}}


def test_the_rest_of_a_part_is_where_it_was_merged() -> None:
    found = decided(GROUPINGS, [ruling(1, "split", "abc", alone="c"), ruling(2, "merge", "ab", "d")])
    part = next(g for g in found.groups if g.events == {"c"})
    assert part.parted is not None
    assert found.groups[part.parted].events == set("abd")
    back = decided(GROUPINGS, [ruling(1, "split", "abc", alone="c"), ruling(2, "merge", "ab", "c")])
    assert next(g for g in back.groups if "c" in g.events).parted is None


def test_what_was_decided_before_a_merge_bears_on_what_came_of_it() -> None:
    found = decided(GROUPINGS, [ruling(1, "set", "d", field="killed"), ruling(2, "merge", "d", "abc")])
    assert borne(found, 1) == "abcd"
    group = next(g for g in found.groups if "d" in g.events)
    assert [r.decision for r in group.set] == ["de-1"]
    assert group.decisions == ["de-1", "de-2"]


def test_of_two_values_the_later_holds_whichever_was_merged_into_which() -> None:
    both = [ruling(1, "set", "abc", field="killed"), ruling(2, "set", "d", field="killed")]
    for events, into in (("d", "abc"), ("abc", "d")):
        found = decided(GROUPINGS, [*both, ruling(3, "merge", events, into)])
        assert [r.decision for r in next(g for g in found.groups if "d" in g.events).set] == ["de-1", "de-2"]


def test_merging_what_is_one_already_changes_nothing() -> None:
    assert sets(decided(GROUPINGS, [ruling(1, "merge", "ab", "c")])) == {"abc", "d", "pq"}


def test_what_was_taken_out_is_no_incident_and_a_confirmation_leaves_it() -> None:
    for verdict in ("reject", "not_an_incident"):
        assert sets(decided(GROUPINGS, [ruling(1, verdict, "d")])) == {"abc", "pq"}
    assert sets(decided(GROUPINGS, [ruling(1, "confirm", "d")])) == {"abc", "d", "pq"}


def test_what_a_person_added_stands_alone_until_a_person_merges_it() -> None:
    added = decided([Grouping("gr-1", True, ("a", "x"), ())], [ruling(1, "add", "x")])
    assert sets(added) == {"a", "x"}
    assert sets(
        decided([Grouping("gr-1", True, ("a",), ())], [ruling(1, "add", "x"), ruling(2, "merge", "x", "a")])
    ) == {"ax"}


def test_a_ruling_goes_where_most_of_its_events_are() -> None:
    split = ruling(1, "split", "abc", alone="c")
    assert borne(decided(GROUPINGS, [split, ruling(2, "confirm", "abc")]), 2) == "ab"
    assert borne(decided(GROUPINGS, [split, ruling(2, "confirm", "c")]), 2) == "c"
    assert borne(decided(GROUPINGS, [ruling(1, "confirm", "z")]), 1) is None


EVENTS = "abcdpq"
RULINGS = st.builds(
    lambda verdict, events, into, alone: (verdict, events, into, alone),
    st.sampled_from(["merge", "split", "add", "set", "confirm", "reject", "not_an_incident"]),
    st.text(EVENTS, min_size=1, max_size=3),
    st.text(EVENTS, min_size=1, max_size=2),
    st.text(EVENTS, max_size=2),
)


@settings(deadline=None)
@given(st.lists(RULINGS, max_size=8))
def test_whatever_people_decide_every_event_is_in_one_group(asked: list[tuple[str, str, str, str]]) -> None:
    rulings = [
        ruling(n, verdict, events[:1] if verdict == "add" else events, into, alone)
        for n, (verdict, events, into, alone) in enumerate(asked)
    ]
    found = decided(GROUPINGS, rulings)
    assert sorted(event for group in found.groups for event in group.events) == sorted(EVENTS)
    assert set(found.bears) == {r.decision for r in rulings}
    for group in found.groups:
        assert group.parted is None or found.groups[group.parted].moved is None
        assert not (group.moved is not None and group.events)
