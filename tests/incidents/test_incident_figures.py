import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onrecord.incidents import merge
from onrecord.records import Bounds, Quantity

STRIKE = {"day": "2031-05-04", "place": "Port Amary", "target": "fuel jetty"}
DOCTOR = {"source": "Dr. Lena Fauth", "kind": "named_person"}


def only(merged):
    (incident,) = merged.incidents
    return incident


def told(room, desk, *days):
    """One story a day, each with what its sources say; the first is an original, the others follow it up."""
    for number, says in enumerate(days):
        relation = "follow-up" if number else "original"
        room.story(
            f"s{number}", "Gull Wire", f"2031-05-{5 + number:02}", desk.act(says=says, **STRIKE), relation=relation
        )
    return only(room.merge())


def test_unknown_is_not_zero(room, desk):
    incident = told(room, desk, (desk.say("Port Authority"),))
    assert (incident.killed, incident.injured) == (Bounds(None, None, None), Bounds(None, None, None))


def test_nobody_is_zero(room, desk):
    assert told(room, desk, (desk.say("Port Authority", killed=0),)).killed == Bounds(0, 0, 0)


def test_low_and_high_span_all_sources_and_best_is_the_most_direct(room, desk):
    says = (desk.say("Verany Army", killed=9), desk.say("Gull Front", killed=17), desk.say(**DOCTOR, killed=14))
    assert told(room, desk, says).killed == Bounds(9, 14, 17)


def test_who_did_it_is_the_least_direct(room, desk):
    says = (desk.say("Mill Company", killed=4), desk.say("Verany Army", killed=9))
    room.story("a", "Gull Wire", "2031-05-05", desk.act(says=says, actor="Verany Army", **STRIKE))
    assert only(room.merge()).killed == Bounds(4, 4, 9)


def test_a_correction_withdraws_the_figure(room, desk):
    incident = told(room, desk, (desk.say("Harbour Company", killed=4),), (desk.say("Harbour Company", killed=2),))
    assert incident.killed == Bounds(2, 2, 2)
    assert [(s.bounds.best, s.credible) for s in incident.statements if s.field == "killed"] == [(4, False), (2, True)]


def test_of_injured_only_a_correction_withdraws(room, desk):
    fewer = told(room, desk, (desk.say("Harbour Company", injured=20),), (desk.say("Harbour Company", injured=18),))
    assert fewer.injured == Bounds(18, 18, 20)


def test_a_corrected_number_of_injured(room, desk):
    after = desk.say("Harbour Company", injured=18, stance="corrects")
    assert told(room, desk, (desk.say("Harbour Company", injured=20),), (after,)).injured == Bounds(18, 18, 18)


def test_an_outlet_takes_back_what_another_source_contradicts(room, desk):
    first = (desk.say("Harbour Company", killed=4), desk.say("Coast Guard", killed=2))
    assert told(room, desk, first, (desk.say(None, killed=2),)).killed == Bounds(2, 2, 2)


def test_a_rising_toll_keeps_its_first_number_as_low(room, desk):
    incident = told(room, desk, (desk.say("Harbour Company", killed=6),), (desk.say("Harbour Company", killed=8),))
    assert incident.killed == Bounds(6, 8, 8)


def test_two_more_dead_are_no_total(room, desk):
    later = (desk.say(**DOCTOR, killed=2), desk.say(None, killed=8))
    assert told(room, desk, (desk.say("Harbour Company", killed=6),), later).killed == Bounds(6, 8, 8)


@pytest.mark.parametrize(("later", "expected"), [(1, Bounds(6, 6, 6)), (2, Bounds(6, 8, 8))])
def test_what_two_later_reports_tell_in_plain_narration_is_the_toll(room, desk, later, expected):
    days = [(desk.say("Harbour Company", killed=6),)] + [(desk.say(None, killed=8),)] * later
    assert told(room, desk, *days).killed == expected


def test_presumed_dead_count_in_high_only(room, desk):
    says = (desk.say("Harbour Company", killed=2), desk.say("Harbour Company", presumed_dead=1))
    assert told(room, desk, says).killed == Bounds(2, 2, 3)


@pytest.mark.parametrize(("words", "high"), [("one is missing", 2), ("one is missing and presumed dead", 3)])
def test_the_missing_are_dead_only_where_the_words_presume_it(room, desk, words, high):
    says = (desk.say("Harbour Company", killed=2), desk.say("Harbour Company", missing=1, words=words))
    assert told(room, desk, says).killed == Bounds(2, 2, high)


def test_presumed_dead_who_are_found_are_not_counted_twice(room, desk):
    first = (desk.say("Harbour Company", killed=7), desk.say("Harbour Company", presumed_dead=1))
    assert told(room, desk, first, (desk.say("Harbour Company", killed=8),)).killed == Bounds(7, 8, 8)


def test_at_least_has_no_high_until_somebody_gives_one(room, desk):
    least = desk.say("Harbour Company", killed=Quantity(38, None, "at_least"))
    assert told(room, desk, (least,)).killed == Bounds(38, 38, None)
    room.story("z", "Amary Post", "2031-05-09", desk.act(says=(desk.say(**DOCTOR, killed=41),), **STRIKE))
    assert only(room.merge()).killed == Bounds(38, 41, 41)


def test_the_narrator_counts_only_where_no_source_does(room, desk):
    assert told(room, desk, (desk.say(None, killed=5),)).killed == Bounds(5, 5, 5)


def test_the_narrators_number_stands_behind_a_sources(room, desk):
    says = (desk.say(None, killed=5), desk.say("Harbour Company", killed=4))
    assert told(room, desk, says).killed == Bounds(4, 4, 4)


def test_what_a_witness_saw_is_no_total(room, desk):
    says = (desk.say("Harbour Company", killed=6), desk.say("a docker", kind="witness", killed=2))
    assert told(room, desk, says).killed == Bounds(6, 6, 6)


def test_changed_numbers_of_copies_do_not_count(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(says=(desk.say("Harbour Company", killed=4),), **STRIKE))
    copied = desk.act(says=(desk.say("Harbour Company", killed=14),), **STRIKE)
    room.story("b", "Buzzly", "2031-05-06", copied, relation="rewrite", origin="a")
    room.changed("b", "a", "killed", "4", "14")
    incident = only(room.merge())
    assert incident.killed == Bounds(4, 4, 4)
    assert [(s.bounds.best, s.credible) for s in incident.statements if s.field == "killed"] == [(4, True), (14, False)]


def test_an_undated_figure_is_never_the_latest(room, desk):
    for name, day, number in (("a", "2031-05-05", 6), ("b", None, 9), ("c", "2031-05-07", 7)):
        room.story(name, "Gull Wire", day, desk.act(says=(desk.say("Harbour Company", injured=number),), **STRIKE))
    assert only(room.merge()).injured == Bounds(6, 7, 9)


def test_statements_lead_back_to_the_words(room, desk):
    incident = told(room, desk, (desk.say("Harbour Company", killed=4, words="four dockers died"),))
    (statement,) = [s for s in incident.statements if s.field == "killed"]
    assert (statement.source, statement.story) == ("Harbour Company", "s0")
    assert statement.span.text.startswith("four dockers died")


@pytest.mark.parametrize(("number", "best"), [(6, None), (None, None)])
def test_rewrite_has_no_figure_of_its_own(room, desk, number, best):
    """A number that only a rewrite has, and not the report that it rewrites, counts for nothing."""
    room.story("a", "Gull Wire", "2031-05-05", desk.act("naval_strike", "2031-05-04", "Port Amary", target="barge"))
    says = (desk.say(None, killed=number),) if number else (desk.say(None),)
    room.story("b", "Amary Post", "2031-05-06", desk.act("naval_strike", "2031-05-04", "Port Amary", says, target="barge"), relation="rewrite", origin="a")  # fmt: skip
    (found,) = room.merge().incidents
    assert found.stories == ("a", "b")
    assert found.killed.best == best


def test_two_not_four_takes_back_what_an_unnamed_source_gave(room, desk):
    first = (desk.say("the ship's manager", kind="anonymous", killed=4),)
    later = (desk.say("Brayport Lines", killed=2, words="two sailors, not four, were killed"),)
    assert told(room, desk, first, later).killed == Bounds(2, 2, 2)


def test_not_four_is_no_correction_of_another_named_source(room, desk):
    later = (desk.say("Verany Army", killed=2, words="two fighters, not four, were killed"),)
    assert told(room, desk, (desk.say("Gull Front", killed=4),), later).killed == Bounds(2, 2, 4)


def test_one_man_told_of_later_is_no_new_total(room, desk):
    later = Quantity(1)
    says = (desk.say("Gull Front", killed=later, words="a man who died in a car"),)
    assert told(room, desk, (desk.say("Gull Front", killed=9),), says).killed == Bounds(9, 9, 9)


def test_one_suspect_in_so_many_words_is_a_total(room, desk):
    says = (desk.say("Gull Front", killed=1, words="one man died"),)
    assert told(room, desk, (desk.say("Gull Front", killed=9),), says).killed == Bounds(1, 1, 1)


def test_a_number_in_the_headline_does_not_make_a_zero_a_part(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(says=(desk.say("Port Authority", injured=0), desk.say(None, injured=2)), **STRIKE))  # fmt: skip
    assert only(room.merge()).injured.best == 2
    fresh = type(room)()
    fresh.story("a", "Gull Wire", "2031-05-05", desk.act(says=(desk.say(None, injured=2),), **STRIKE))
    fresh.told_in_headline("a")
    fresh.story("b", "Amary Post", "2031-05-05", desk.act(says=(desk.say("Port Authority", injured=0),), **STRIKE))
    assert only(fresh.merge()).injured == Bounds(0, 0, 0)


def test_no_losses_of_ones_own_are_no_figure_of_the_act(room, desk):
    says = (desk.say("Verany Navy", killed=0, words="there are no losses to report on our side"),)
    assert told(room, desk, says).killed == Bounds(None, None, None)


@pytest.mark.parametrize(("who", "low"), [("two security officials", 4), ("a neighbour", 9)])
def test_an_unnamed_official_gives_a_figure_and_an_onlooker_a_glimpse(room, desk, who, low):
    says = (desk.say(**DOCTOR, killed=9), desk.say(who, kind="anonymous", killed=4))
    assert told(room, desk, says).killed == Bounds(low, 9, 9)


def test_dozens_leave_open_how_many(room, desk):
    vague = desk.say("Coast Guard", injured=Quantity(None, vague="dozens"))
    assert told(room, desk, (vague,)).injured == Bounds(24, None, None)


def test_any_number_stands_before_an_open_one(room, desk):
    says = (desk.say(**DOCTOR, injured=Quantity(None, vague="dozens")), desk.say("Coast Guard", injured=31))
    assert told(room, desk, says).injured == Bounds(24, 31, 31)


# ---- codebooks


def by(room, profile):
    return only(merge(room.reads, room.families, profile=profile)).killed


@pytest.fixture
def conflict(room, desk):
    """A ministry that first said 3 and then 5, a front that says 17, and a doctor who counted 14 bodies."""
    told(
        room,
        desk,
        (desk.say("Interior Ministry", killed=3), desk.say("Gull Front", killed=17)),
        (desk.say("Interior Ministry", killed=5), desk.say(**DOCTOR, killed=14)),
    )
    return room


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("joint", Bounds(3, 14, 17)),  # everything credible; best is the doctor's
        ("acled", Bounds(5, 5, 17)),  # the most conservative of what each source holds to
        ("ucdp", Bounds(5, 14, 17)),  # the most reliable, between what each source holds to
        ("airwars", Bounds(5, None, 17)),  # a range and no best
    ],
)
def test_each_codebook_makes_its_own_of_figures_that_differ(conflict, profile, expected):
    assert by(conflict, profile) == expected


def test_the_most_conservative_figure_is_revised_upward_by_its_own_source(room, desk):
    told(room, desk, (desk.say("Harbour Company", killed=6),), (desk.say("Harbour Company", killed=8),))
    assert (by(room, "acled"), by(room, "joint")) == (Bounds(8, 8, 8), Bounds(6, 8, 8))


def test_fighters_are_no_civilians(room, desk):
    says = (desk.say("Verany Army", killed=9, words="nine fighters died"), desk.say("Gull Front", killed=17, words="17 villagers died"))  # fmt: skip
    incident = told(room, desk, says)
    assert incident.killed == Bounds(9, 17, 17)
    assert by(room, "airwars") == Bounds(17, None, 17)
    counted = only(merge(room.reads, room.families, profile="airwars")).statements
    assert [(s.bounds.best, s.credible) for s in counted if s.field == "killed"] == [(9, False), (17, True)]


def test_vague_words_are_as_each_codebook_has_them(room, desk):
    told(room, desk, (desk.say("Coast Guard", killed=Quantity(None, vague="tens")),))
    assert [by(room, p).low for p in ("joint", "acled", "ucdp", "airwars")] == [20, 10, 20, 20]
    assert [by(room, p).best for p in ("joint", "acled", "ucdp", "airwars")] == [None, 10, 20, None]


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from([None, "at_least", "more_than", "up_to", "about"])),
        min_size=1,
        max_size=5,
    )
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_low_best_and_high_are_in_order(room, desk, numbers):
    says = tuple(
        desk.say(f"Body {n}", killed=Quantity(number, modifier=modifier))
        for n, (number, modifier) in enumerate(numbers)
    )
    fresh = type(room)()
    fresh.story("a", "Gull Wire", "2031-05-05", desk.act(says=says, **STRIKE))
    killed = only(fresh.merge()).killed
    known = [n for n in (killed.low, killed.best, killed.high) if n is not None]
    assert known == sorted(known)
