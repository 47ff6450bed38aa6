from dataclasses import replace

import pytest

from onrecord.incidents import of_total

STRIKE = {"day": "2031-05-04", "place": "Port Amary", "target": "fuel jetty"}


def only(merged):
    (incident,) = merged.incidents
    return incident


def test_ten_copies_count_once(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(**STRIKE))
    for number in range(10):
        relation = ("reprint", "rewrite", "excerpt")[number % 3]
        room.story(f"c{number}", f"Copy {number}", "2031-05-06", desk.act(**STRIKE), relation=relation, origin="a")
    incident = only(room.merge())
    assert len(incident.stories) == 11
    assert (incident.reports, incident.sources) == (("Gull Wire",), ("Port Authority",))


def test_ten_outlets_with_one_spokesman_are_ten_reports_of_one_source(room, desk):
    spokesman = desk.say("Cdr. Ivo Tann", kind="named_person", affiliation="Gull Front")
    for number in range(9):
        room.story(f"o{number}", f"Outlet {number}", "2031-05-05", desk.act(says=(spokesman,), **STRIKE))
    room.story("p", "Outlet 9", "2031-05-05", desk.act(says=(desk.say("Gull Front"),), **STRIKE))
    incident = only(room.merge())
    assert len(incident.reports) == 10
    assert incident.sources == ("Gull Front",)


def test_an_outlet_that_reports_twice_is_one_report(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(**STRIKE))
    room.story("b", "Gull Wire", "2031-05-06", desk.act(**STRIKE), relation="follow-up", origin="a")
    assert only(room.merge()).reports == ("Gull Wire",)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"source": None}, id="narrator"),
        pytest.param({"source": "Verany Navy", "stance": "denies"}, id="denial"),
        pytest.param({"source": "Verany Navy", "stance": "rejects"}, id="rejection"),
        pytest.param({"source": "Verany Navy", "stance": "warns"}, id="warning"),
        pytest.param({"source": "Verany Navy", "stance": "declines to comment"}, id="refusal"),
    ],
)
def test_what_says_nothing_of_the_incident_adds_no_report(room, desk, more):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(**STRIKE))
    room.story("b", "Amary Post", "2031-05-05", desk.act(says=(desk.say(**more),), **STRIKE))
    incident = only(room.merge())
    assert incident.stories == ("a", "b")
    assert (incident.reports, incident.sources) == (("Gull Wire",), ("Port Authority",))


def test_background_and_roundups_add_none(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(**STRIKE))
    room.story("b", "Amary Post", "2032-05-05", desk.act(background=True, **STRIKE))
    room.story("c", "Quay Radio", "2031-06-05", desk.act(**STRIKE), relation="roundup")
    incident = only(room.merge())
    assert incident.stories == ("a", "c", "b")
    assert incident.reports == ("Gull Wire",)


def test_the_ghost_behind_rewrites_counts_once_with_its_sources(room, desk):
    officials = desk.say("three harbour officials", kind="anonymous")
    room.story(
        "a", "Buzzly", "2031-05-05", desk.act(says=(officials,), **STRIKE), relation="rewrite", ghost="Channel Six"
    )
    room.story(
        "b", "Lampion", "2031-05-06", desk.act(says=(officials,), **STRIKE), relation="rewrite", ghost="Channel Six"
    )
    room.story("c", "Gull Wire", "2031-05-06", desk.act(**STRIKE))
    incident = only(room.merge())
    assert incident.reports == ("ghost: Channel Six", "Gull Wire")
    assert incident.sources == ("three harbour officials", "Port Authority")


def test_a_source_that_a_rewrite_renamed_is_none(room, desk):
    true = desk.say("three harbour officials", kind="anonymous")
    made_up = desk.say("dozens of navy insiders", kind="anonymous")
    room.story("a", "Lampion", "2031-05-05", desk.act(says=(true,), **STRIKE), relation="rewrite", ghost="Channel Six")
    room.story(
        "b", "Buzzly", "2031-05-06", desk.act(says=(made_up,), **STRIKE), relation="rewrite", ghost="Channel Six"
    )
    room.changed("b", "a", "attribution", "three harbour officials", "dozens of navy insiders")
    assert only(room.merge()).sources == ("three harbour officials",)


@pytest.mark.parametrize(
    ("one", "other", "number"),
    [
        pytest.param({"source": "Interior Ministry"}, {"source": "Verany Interior Ministry"}, 1, id="longer name"),
        pytest.param({"source": "Interior Ministry"}, {"source": "Defence Ministry"}, 2, id="two ministries"),
        pytest.param(
            {"source": "Adm. Tova Rell", "kind": "named_person"}, {"source": "Rell", "kind": "named_person"}, 1, id="last name"
        ),
        pytest.param(
            {"source": "Ana Moss", "kind": "named_person", "affiliation": "Coast Guard"}, {"source": "Coast Guard"}, 1, id="speaks for"
        ),
        pytest.param(
            {"source": "a crane driver", "kind": "witness"}, {"source": "a night watchman", "kind": "witness"}, 2, id="two witnesses"
        ),
        pytest.param(
            {"source": "two dockers", "kind": "witness"}, {"source": "one of two dockers", "kind": "witness"}, 1, id="one of them"
        ),
        pytest.param(
            {"source": "two dockers on the quay", "kind": "witness"}, {"source": "two dockers", "kind": "witness"}, 1, id="shorter"
        ),
        pytest.param({"source": "a draft order", "kind": "document"}, {"source": "Coast Guard"}, 2, id="a paper is no body"),
        pytest.param({"source": "Coast Guard statement", "kind": "document"}, {"source": "Coast Guard"}, 1, id="its statement"),
        pytest.param({"source": "Coast Guard records", "kind": "document"}, {"source": "Coast Guard"}, 2, id="its records"),
        pytest.param({"source": "posts", "kind": "document"}, {"source": "Coast Guard"}, 1, id="somebody's posts"),
    ],
)  # fmt: skip
def test_who_is_one_source(room, desk, one, other, number):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(says=(desk.say(**one), desk.say(**other)), **STRIKE))
    assert len(only(room.merge()).sources) == number


def test_who_claims_an_act_speaks_for_its_doer(room, desk):
    claimed = desk.say("Ivo Tann", kind="named_person", stance="claims responsibility")
    room.story("a", "Gull Wire", "2031-05-05", desk.act(says=(claimed,), actor="Gull Front", **STRIKE))
    room.story("b", "Amary Post", "2031-05-05", desk.act(says=(desk.say("Gull Front"),), **STRIKE))
    incident = only(room.merge())
    assert (incident.sources, incident.actor) == (("Gull Front",), "Gull Front")


@pytest.mark.parametrize(
    ("claimants", "actor"), [(("Gull Front",), "Gull Front"), (("Gull Front", "Salt League"), None)]
)
def test_one_claim_of_responsibility_names_the_doer(room, desk, claimants, actor):
    says = tuple(desk.say(name, stance="claims responsibility") for name in claimants)
    room.story("a", "Gull Wire", "2031-05-05", desk.act(says=says, **STRIKE))
    assert only(room.merge()).actor == actor


def test_what_nobody_knows_who_said_is_a_source_where_it_is_the_only_one(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(says=(desk.say("posts", kind="document"),), **STRIKE))
    incident = only(room.merge())
    assert (incident.reports, incident.sources) == (("Gull Wire",), ("posts",))


def test_the_spokesman_of_the_militia_speaks_for_the_one_whose_act_he_tells(room, desk):
    spokesman = desk.say("Ivo Tann", kind="named_person", affiliation="militia")
    room.story("a", "Gull Wire", "2031-05-05", desk.act(says=(spokesman,), actor="Gull Front", **STRIKE))
    room.story("b", "Amary Post", "2031-05-05", desk.act(says=(desk.say("Gull Front"),), **STRIKE))
    assert only(room.merge()).sources == ("Gull Front",)


@pytest.mark.parametrize("words", ["Reports of a strike on the", "there was talk of a raid on the"])
def test_who_speaks_of_reports_does_not_say_that_it_was_done(room, desk, words):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(**STRIKE))
    heard = desk.say("Mara Voss", kind="named_person", words=words)
    room.story("b", "Amary Post", "2031-05-05", desk.act(says=(heard,), **STRIKE))
    room.trigger_behind("b", words.partition(" of ")[0] + " of ")
    assert only(room.merge()).reports == ("Gull Wire",)


def test_what_a_source_says_did_not_happen_supports_nothing(room, desk):
    says = (desk.say("Port Authority"), desk.say("Coast Guard", words="no patrol went in"))
    room.story("a", "Gull Wire", "2031-05-05", desk.act(says=says, **STRIKE))
    room.negate("a", 1)
    assert only(room.merge()).sources == ("Port Authority",)


def test_a_running_total_is_of_no_single_act(room, desk):
    total = desk.say("Salt League", words="nine raids since the spring")
    room.story("a", "Gull Wire", "2031-05-05", desk.act(says=(desk.say("Port Authority"), total), **STRIKE))
    room.total_in("a", 1)
    assert only(room.merge()).sources == ("Port Authority",)


def test_what_the_headline_alone_tells_of_is_what_the_sources_speak_of(room, desk):
    act = desk.act(says=(desk.say("Coast Guard"),), **STRIKE)
    room.story("a", "Gull Wire", "2031-05-05", act)
    room.told_in_headline("a")
    assert only(room.merge()).sources == ("Coast Guard",)


def test_a_total_that_is_printed_again_has_the_sources_of_the_first_reports(room, desk):
    total = desk.total("killed", 31, scope="Gull Front")
    for name, outlet, relation, who in [
        ("a", "Gull Wire", "original", "Port Authority"),
        ("b", "Amary Post", "original", "Port Authority"),
        ("c", "Buzzly", "reprint", "Coast Guard"),
    ]:
        room.story(
            name,
            outlet,
            "2031-05-05",
            desk.act(says=(desk.say(who),), **STRIKE),
            relation=relation,
            origin="a" if relation == "reprint" else None,
            totals=(total,),
        )
    room.story("d", "Quay Radio", "2031-05-05", totals=(desk.total("killed", 30, scope="Gull Front"),))
    reads = [
        replace(
            read,
            reading=replace(
                read.reading, tallies=tuple(replace(t, claim=f"{read.story.id}-c0") for t in read.reading.tallies)
            ),
        )
        for read in room.reads
    ]
    stories, behind = of_total(reads[0].reading.tallies[0], reads, room.families, ())
    assert stories == ("a", "b", "c")
    assert (behind.reports, behind.sources) == (("Gull Wire", "Amary Post"), ("Port Authority",))


def test_a_total_that_the_narrator_states_rests_on_nobody(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", totals=(desk.total("killed", 31),))
    stories, behind = of_total(room.reads[0].reading.tallies[0], room.reads, room.families, ())
    assert (stories, behind.reports, behind.sources) == (("a",), (), ())
