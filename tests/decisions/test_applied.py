"""Each verdict on each kind of target, and what a decision does when the reading under it is another."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from invented import NOW, masthead
from newsdesk import (
    BOTH,
    DEPOT,
    FERRY,
    QUAY,
    SECOND,
    WARNED,
    Act,
    depot,
    ferry,
    lock,
    mill,
    page,
    quay,
    read_as,
    warned,
)
from onrecord.decisions import apply
from onrecord.decisions.applied import Applied, added_id
from onrecord.decisions.shown import Target, shown
from onrecord.records import Decision, Event, Read, Reading, Rejection, Span, Story

PAGE = page(1, QUAY + ".", BOTH + ".", WARNED + ".", "Attacks have killed 12 people since the spring.")
ACTS = (quay, mill, lock, warned)
TOTAL = [("killed 12 people", 12)]
READ = read_as(PAGE, ACTS, tallies=TOTAL)
CLAIM, EVENT, TALLY = READ.claims[0], READ.events[0], READ.tallies[0]


def of(reading: Reading, told: Story = PAGE) -> Read:
    return Read(masthead(told), reading)


def act_of(event: Event) -> tuple[Span, ...]:
    return (event.mentions[0].trigger,)


def anchors_of(target: Target) -> tuple[Span, ...]:
    if isinstance(target, Event):
        return act_of(target)
    return target.content if hasattr(target, "content") else (target.span,) if hasattr(target, "span") else ()  # type: ignore[union-attr]


def decide(verdict: str, target: Target, n: int = 1, **more: object) -> Decision:
    kind = {"Masthead": "story"}.get(type(target).__name__, type(target).__name__.lower())
    fields = {"anchors": anchors_of(target), "basis": shown(target), **more}
    return Decision(f"de-{n}", verdict, target.id, kind, "Ann", NOW, "", **fields)  # type: ignore[arg-type]


def add(words: tuple[Span, ...], field: str, value: str | None = None, n: int = 1) -> Decision:
    return Decision(f"de-{n}", "add", words[0].story, "story", "Ann", NOW, "", field, value, words=words, anchors=words)  # type: ignore[arg-type]


def only(applied: Applied) -> Reading:
    return applied.reads[0].reading


def states(applied: Applied) -> dict[str, str]:
    return {standing.decision: standing.state for standing in applied.standings}


SETS = [
    (masthead(PAGE), "outlet", "Ostrey Post"), (masthead(PAGE), "published", "2031-04-09"), (CLAIM, "source", "Mayor"),
    (CLAIM, "source_kind", "witness"), (CLAIM, "stance", "denies"), (CLAIM, "told", "Ostrey Post"),
    (EVENT, "kind", "raid"), (EVENT, "status", "denied"), (EVENT, "date", "2031-04-07"), (EVENT, "place", "Ostrey"),
    (EVENT, "country", "Sarkland"), (EVENT, "actor", "Tern Brigade"), (EVENT, "target", "dockers"),
    (EVENT, "killed", "9"), (EVENT, "injured", "4"), (TALLY, "unit", "injured"), (TALLY, "count", "15"),
    (TALLY, "scope", "this spring"), (TALLY, "since", "2031-01-01"), (TALLY, "as_of", "2031-04-01"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "field", "value"), SETS)
def test_what_is_set_is_shown_and_the_rest_is_left(target: Target, field: str, value: str) -> None:
    applied = apply([of(READ)], [decide("set", target, field=field, value=value)])
    read = applied.reads[0]
    everything = {t.id: t for t in (read.story, *read.reading.claims, *read.reading.events, *read.reading.tallies)}
    now, was = dict(shown(everything[target.id])), dict(shown(target))
    if field == "published":
        value += "T00:00:00+00:00"
    if field == "place":
        was["country"] = None  # It comes with the place, and no gazetteer holds an invented one
    assert now == {**was, field: value}
    for other in (masthead(PAGE), *READ.claims, *READ.events, *READ.tallies):
        if other.id != target.id:
            assert everything[other.id] == other
    assert states(applied) == {"de-1": "carried"}


@pytest.mark.parametrize(
    ("target", "field"), [(t, f) for t, f, _ in SETS if f in ("source", "date", "place", "killed", "actor", "scope")]
)
def test_unknown_can_be_set_and_is_not_zero(target: Target, field: str) -> None:
    read = apply([of(READ)], [decide("set", target, field=field, value="unknown")]).reads[0].reading
    everything = {t.id: t for t in (*read.claims, *read.events, *read.tallies)}
    assert dict(shown(everything[target.id]))[field] is None


def test_a_country_can_be_set_where_no_place_was_read() -> None:
    nowhere = read_as(PAGE, [replace(quay, place=None)])
    applied = apply([of(nowhere)], [decide("set", nowhere.events[0], field="country", value="Quelland")])
    assert dict(shown(only(applied).events[0]))["country"] == "Quelland"
    unknown = apply([of(nowhere)], [decide("set", nowhere.events[0], field="country", value="unknown")])
    assert only(unknown).events[0].where is None


@pytest.mark.parametrize("target", [CLAIM, EVENT, TALLY])
def test_what_is_rejected_is_gone_and_what_is_confirmed_stays(target: Target) -> None:
    def left(verdict: str) -> set[str]:
        read = only(apply([of(READ)], [decide(verdict, target)]))
        return {t.id for t in (*read.claims, *read.events, *read.tallies)}

    assert left("confirm") - left("reject") == {target.id}
    assert left("reject") < left("confirm")


def test_an_event_that_is_no_incident_is_gone() -> None:
    assert EVENT not in only(apply([of(READ)], [decide("not_an_incident", EVENT)])).events


def test_an_event_rests_no_longer_on_a_claim_that_was_rejected() -> None:
    event = only(apply([of(READ)], [decide("reject", CLAIM)])).events[0]
    assert event.claims == ()
    assert [m.claim for m in event.mentions] == [None]


def test_a_later_word_on_the_same_holds_and_on_another_field_both_do() -> None:
    first = decide("set", EVENT, 1, field="killed", value="7")
    other = decide("set", EVENT, 2, field="kind", value="raid")
    last = decide("set", EVENT, 3, field="killed", value="9")
    applied = apply([of(READ)], [first, other, last])
    values = dict(shown(only(applied).events[0]))
    assert (values["killed"], values["kind"]) == ("9", "raid")
    assert states(applied) == {"de-1": "superseded", "de-2": "carried", "de-3": "carried"}
    assert "de-3" in next(s.note for s in applied.standings if s.decision == "de-1")


@pytest.mark.parametrize("fields", [("place", "country"), ("country", "place")])
def test_a_country_and_a_place_hold_beside_each_other_in_either_order(fields: tuple[str, str]) -> None:
    values = {"place": "Ostrey", "country": "Sarkland"}
    decided = [decide("set", EVENT, n, field=field, value=values[field]) for n, field in enumerate(fields)]
    now = dict(shown(only(apply([of(READ)], decided)).events[0]))
    assert {field: now[field] for field in fields} == values


def test_nothing_that_was_read_is_changed_by_it() -> None:
    held = of(READ)
    applied = apply([held], [decide("set", EVENT, field="killed", value="9")])
    assert held == of(read_as(PAGE, ACTS, tallies=TOTAL))
    assert applied.own["de-1"] == EVENT


# ---- when the reading is another


def other(acts: Sequence[Act]) -> Read:
    return of(read_as(PAGE, acts, SECOND, tallies=TOTAL))


@pytest.mark.parametrize(
    ("verdict", "more", "state", "held"),
    [
        ("reject", {}, "needs_look", False),
        ("confirm", {}, "needs_look", False),
        ("not_an_incident", {}, "needs_look", True),
        ("set", {"field": "killed", "value": "9"}, "needs_look", True),
        ("set", {"field": "kind", "value": "raid"}, "carried", True),
    ],
)
def test_where_the_readers_value_changed_a_judgement_falls_and_a_statement_stays(
    verdict: str, more: dict[str, str], state: str, held: bool
) -> None:
    changed = other([replace(quay, killed=7), mill, lock, warned])
    applied = apply([changed], [decide(verdict, EVENT, **more)])
    assert states(applied) == {"de-1": state}
    (standing,) = applied.standings
    assert ("killed was 6 and is 7" in standing.note) is (state == "needs_look")
    now = {event.id: event for event in only(applied).events}
    if verdict in ("reject", "not_an_incident"):
        assert (EVENT.id not in now) is held
    elif "value" in more:
        assert dict(shown(now[EVENT.id]))[more["field"]] == more["value"]


def test_a_target_that_has_another_number_is_found_by_its_words() -> None:
    shuffled = other([warned, lock, mill, quay])
    applied = apply([shuffled], [decide("set", EVENT, field="killed", value="9")])
    assert states(applied) == {"de-1": "carried"}
    assert [dict(shown(event))["killed"] for event in only(applied).events] == [None, None, None, "9"]


def test_of_two_acts_in_one_clause_the_right_one_is_set() -> None:
    mined = READ.events[2]
    for acts in ((quay, lock, mill), (lock, mill), (mill, lock)):
        applied = apply([other(acts)], [decide("set", mined, field="killed", value="3")])
        found = {e.mentions[0].trigger.text: dict(shown(e))["killed"] for e in only(applied).events[-2:]}
        assert found["mined"] == "3"
        assert found.get("hit") is None
        assert states(applied) == {"de-1": "carried"}


def test_what_is_set_on_an_act_that_is_gone_does_not_pass_to_its_neighbour_in_the_clause() -> None:
    hit = READ.events[1]
    applied = apply([other([quay, lock])], [decide("set", hit, field="killed", value="3")])
    assert states(applied) == {"de-1": "orphaned"}
    assert dict(shown(only(applied).events[1]))["killed"] is None


@pytest.mark.parametrize(("verdict", "left"), [("reject", 4), ("confirm", 4), ("not_an_incident", 3)])
def test_an_act_of_that_kind_that_is_named_by_other_words_needs_a_look(verdict: str, left: int) -> None:
    died = replace(quay, trigger="died")
    applied = apply([other([died, mill, lock, warned])], [decide(verdict, EVENT)])
    assert states(applied) == {"de-1": "needs_look"}
    assert "named by “hit” and is by “died”" in applied.standings[0].note
    assert len(only(applied).events) == left


def test_what_is_found_no_longer_is_orphaned_with_its_words() -> None:
    applied = apply([other([warned])], [decide("set", EVENT, field="killed", value="9"), decide("confirm", CLAIM, 2)])
    assert states(applied) == {"de-1": "orphaned", "de-2": "orphaned"}
    assert all("“hit”" in s.note or QUAY in s.note for s in applied.standings)
    assert only(applied) == other([warned]).reading


def test_a_story_that_is_not_held_orphans_what_was_decided_on_it() -> None:
    elsewhere = page(2, FERRY + ".")
    decided = [
        decide("set", masthead(PAGE), 1, field="outlet", value="Ostrey Post"), decide("reject", EVENT, 2),
        add(act_of(EVENT), "event", n=3), replace(decide("confirm", EVENT, 4), kind="incident"),
    ]  # fmt: skip
    applied = apply([of(read_as(elsewhere, [ferry]), elsewhere)], decided)
    assert states(applied) == {f"de-{n}": "orphaned" for n in range(1, 5)}
    assert applied.rulings == ()


# ---- what people add


FOREIGN = page(7, "Granaten trafen am Montag die Werft von Kelm Point.", language="de")
SEEN = Span(FOREIGN.id, "text", 9, 15, "trafen")


@pytest.mark.parametrize("field", ["claim", "event", "incident"])
def test_what_a_person_saw_in_a_story_that_no_reader_reads_is_there(field: str) -> None:
    empty = Reading(FOREIGN.id, "first", (), (), (), (), (Rejection(FOREIGN.id, "the language is de", 50),))
    decision = add((SEEN,), field, "Werftleitung" if field == "claim" else "shelling")
    applied = apply([of(empty, FOREIGN)], [decision])
    read = only(applied)
    assert states(applied) == {"de-1": "carried"}
    assert [standing.target for standing in applied.standings] == [added_id(decision)]
    if field == "claim":
        (claim,) = read.claims
        assert (claim.id, claim.content, claim.source.name) == (added_id(decision), (SEEN,), "Werftleitung")
    else:
        (event,) = read.events
        assert (event.id, event.kind, event.status) == (added_id(decision), "shelling", "happened")
        assert event.mentions[0].trigger == SEEN
    assert [r.verdict for r in applied.rulings] == (["add"] if field == "incident" else [])


def test_what_was_added_can_be_set_and_rejected_like_what_was_read() -> None:
    seen = add((Span(PAGE.id, "text", 10, 13, QUAY[10:13]),), "event", "raid")
    held = only(apply([of(READ)], [seen]))
    new = held.events[-1]
    assert new.claims == (CLAIM.id,)
    set_ = decide("set", new, 2, field="killed", value="2")
    assert dict(shown(only(apply([of(READ)], [seen, set_])).events[-1]))["killed"] == "2"
    assert only(apply([of(READ)], [seen, decide("reject", new, 2)])).events == READ.events


# ---- decisions on incidents


def on_incident(verdict: str, anchors: tuple[Span, ...], n: int = 9, **more: object) -> Decision:
    return Decision(f"de-{n}", verdict, "in-1", "incident", "Ann", NOW, "", anchors=anchors, **more)  # type: ignore[arg-type]


def test_an_incident_is_found_by_the_acts_that_it_held() -> None:
    (ruling,) = apply([of(READ)], [on_incident("confirm", act_of(READ.events[2]))]).rulings
    assert ruling.events == (READ.events[2].id,)


def test_a_decision_on_an_incident_whose_event_was_rejected_does_not_pass_to_its_neighbour() -> None:
    hit, mined = READ.events[1], READ.events[2]
    ruled = on_incident("set", act_of(mined), field="killed", value="3")
    applied = apply([of(READ)], [decide("reject", mined), ruled])
    assert [e.id for e in only(applied).events if e.id == hit.id] == [hit.id]
    assert applied.rulings == ()
    assert states(applied)["de-9"] == "orphaned"


def test_a_decision_on_an_incident_in_words_that_were_added_anew_means_what_is_there() -> None:
    mined = READ.events[2]
    again = add(act_of(mined), "incident", "raid", n=2)
    ruled = on_incident("confirm", act_of(mined))
    applied = apply([of(READ)], [decide("reject", mined), again, ruled])
    assert [r.events for r in applied.rulings if r.verdict == "confirm"] == [(added_id(again),)]


def test_words_split_off_the_events_that_they_name() -> None:
    (clause,) = READ.claims[2].content
    split = on_incident("split", (*act_of(READ.events[1]), *act_of(READ.events[2])), words=act_of(READ.events[2]))
    (ruling,) = apply([of(READ)], [split]).rulings
    assert (ruling.events, ruling.alone) == ((READ.events[1].id, READ.events[2].id), (READ.events[2].id,))
    (ruling,) = apply([of(READ)], [replace(split, words=(clause,))]).rulings
    assert ruling.alone == ruling.events


def test_a_merge_needs_both_and_is_orphaned_without_one() -> None:
    told = page(2, DEPOT + ".")
    two = [of(READ), of(read_as(told, [depot]), told)]
    into = act_of(two[1].reading.events[0])
    merge = on_incident("merge", act_of(EVENT), into="in-2", into_anchors=into)
    (ruling,) = apply(two, [merge]).rulings
    assert (ruling.events, ruling.into) == ((EVENT.id,), (two[1].reading.events[0].id,))
    assert states(apply(two[:1], [merge])) == {"de-9": "orphaned"}


def test_rulings_stand_in_the_order_in_which_they_were_decided() -> None:
    decided = [
        on_incident("confirm", act_of(EVENT), 1),
        add(act_of(EVENT), "incident", n=2),
        on_incident("reject", act_of(EVENT), 3),
    ]
    assert [r.decision for r in apply([of(READ)], decided).rulings] == ["de-1", "de-2", "de-3"]
