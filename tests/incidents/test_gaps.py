"""Which incidents would close the gap between a total and the ledger, and what an outlet counts."""

import pytest

from onrecord.records import Quantity


@pytest.fixture
def war(room, desk):
    """Attacks by the Gull Front (3, and 5 more of whom one is only presumed dead), by Verany (10, or 14), and one after the total (6)."""
    for number, (day, place, dead, actor, more) in enumerate((
        ("04", "Port Amary", 3, "Gull Front", ()),
        ("09", "Cape Dorn", 5, "Gull Front", (desk.say("Coroner", presumed_dead=1),)),
        ("12", "Tell Orrin", 10, "Verany", (desk.say("Relief Office", killed=14),)),
        ("24", "Sable Bay", 6, "Gull Front", ()),
    )):  # fmt: skip
        said = desk.say("Mayor", killed=dead)
        says = (said, *more) if place == "Cape Dorn" else (*more, said)
        room.story(
            f"s{number}",
            "Gull Wire",
            f"2031-05-{day}",
            desk.act("drone_strike", f"2031-05-{day}", place, says, actor=actor),
        )
    return room


def found(room, desk, unit, count, outlet="Amary Post", day="2031-05-14", **more):
    room.story(f"z{count}", outlet, day, totals=(desk.total(unit, count, **more),))
    merged = room.merge()
    (verdict,) = [one for one in merged.verdicts if one.tally.startswith(f"z{count}-")]
    places = {one.id: one.where.name for one in merged.incidents}
    return verdict, tuple(places[one] for one in verdict.explains)


FRONT = {"scope": "attacks by the Gull Front"}


@pytest.mark.parametrize(
    ("count", "more", "word", "closing", "why"),
    [
        pytest.param(8, {"day": "2031-05-12", "scope": "all parties"}, "short", ("Tell Orrin",), "too late to be counted in", id="told on the day"),
        pytest.param(24, {"as_of": "2031-05-14", "day": "2031-05-25"}, "over", ("Sable Bay",), "after the last day", id="after its last day"),
        pytest.param(19, {}, "over", ("Cape Dorn",), "presumed dead", id="with those presumed dead"),
        pytest.param(18, FRONT, "over", ("Tell Orrin",), "outside of its scope", id="the other side's"),
        pytest.param(15, FRONT | {"since": "2031-05-05", "day": "2031-05-30"}, "over", (), "", id="nothing comes to just that"),
        pytest.param(14, {"since": "2031-05-05"}, "short", (), "", id="nor to that"),
        pytest.param(18, {}, "consistent", (), "", id="no gap"),
    ],
)  # fmt: skip
def test_what_closes_a_gap_is_named_in_plain_words(war, desk, count, more, word, closing, why):
    verdict, explains = found(war, desk, "killed", count, **more)
    assert (verdict.word, explains) == (word, closing)
    assert why in verdict.reason
    assert all(place in verdict.reason for place in explains)
    assert not any(one in verdict.reason for one in verdict.explains), "names of incidents may change, reasons not"


def test_one_strike_too_many_is_the_one_of_another_kind(war, desk):
    war.story("b", "Gull Wire", "2031-05-10", desk.act("bombing", "2031-05-10", "Amary Roads", actor="Gull Front"))
    verdict, explains = found(war, desk, "strikes", 3, **FRONT)
    assert (verdict.word, verdict.off_by, explains) == ("over", 1, ("Amary Roads",))


@pytest.mark.parametrize(
    ("totals", "counts_presumed"),
    [
        pytest.param(((6, "2031-05-10"), (9, "2031-05-11")), True, id="two totals fit only with the presumed dead"),
        pytest.param(((9, "2031-05-11"),), False, id="one is not enough"),
        pytest.param(((9, "2031-05-11"), (8, "2031-05-12")), False, id="as many fit without"),
    ],
)
def test_what_an_outlet_counts_follows_from_all_of_its_totals(war, desk, totals, counts_presumed):
    for count, day in totals:
        since = "2031-05-05" if count == 6 else None
        war.story(f"y{count}", "Tide Gazette", day, totals=(desk.total("killed", count, since=since, **FRONT),))
    held = {one.tally: one for one in war.merge().verdicts}
    verdict = held["y9-t0"]
    assert verdict.word == ("consistent" if counts_presumed else "over")
    assert ("Tide Gazette counts those presumed dead among the killed" in verdict.reason) is counts_presumed


def test_an_open_total_takes_no_act_without_a_day_in(war, desk):
    war.story(
        "u", "Gull Wire", "2031-05-11", desk.act("drone_strike", None, "Amary Roads", (desk.say("Mayor", killed=9),))
    )
    verdict, _ = found(war, desk, "killed", Quantity(25, None, "at_least"))
    assert verdict.word == "over"


@pytest.mark.parametrize(("count", "word"), [(18, "consistent"), (27, "consistent"), (20, "over"), (14, "short")])
def test_what_is_told_of_in_passing_alone_counts_only_where_it_makes_the_total_up(war, desk, count, word):
    war.story(
        "u", "Gull Wire", "2031-05-11", desk.act("shooting", "2031-05-10", "Amary Roads", (desk.say(None, killed=9),))
    )
    verdict, _ = found(war, desk, "killed", count, scope="all parties")
    assert verdict.word == word
