from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from onrecord.events import arguments, mentions
from onrecord.events.arguments import Told
from onrecord.language import Annotated
from onrecord.records import Mention, Published

THURSDAY = Published(datetime(2031, 5, 8, tzinfo=UTC), datetime(2031, 5, 8, tzinfo=UTC), "day", "given")
Tell = Callable[..., list[Told]]


@pytest.fixture(scope="session")
def tell(annotate: Callable[..., Annotated]) -> Tell:
    def told(text: str, headline: str = "", published: Published = THURSDAY) -> list[Told]:
        annotated = annotate(text, headline, published)
        found = mentions.find(annotated, ())
        return list(arguments.fill(annotated, found, arguments.around(annotated)))

    return told


def first(found: list[Told]) -> Mention:
    return found[0].mention


@pytest.mark.parametrize(
    ("text", "actor", "target"),
    [
        ("The Red Front attacked an army convoy.", "Red Front", "army convoy"),
        ("A police post was attacked by rebels of the Red Front.", "Red Front", "police post"),
        ("Shells struck a market in Tarn.", None, "market"),
        ("The raid by the Red Front on a barracks lasted an hour.", "Red Front", "barracks"),
    ],
)
def test_actor_and_target(text: str, actor: str | None, target: str | None, tell: Tell) -> None:
    mention = first(tell(text))
    assert (mention.actor.name if mention.actor else None) == actor
    assert (mention.target.name if mention.target else None) == target


def test_the_hedge_of_an_actor_is_kept(tell: Tell) -> None:
    mention = first(tell("Suspected members of the Red Front attacked a convoy."))
    assert mention.actor is not None
    assert mention.actor.hedge == "Suspected"
    assert "uspected" not in mention.actor.name


@pytest.mark.parametrize(
    ("text", "instrument"),
    [
        ("A drone hit the depot.", "drone"),
        ("Rebels attacked the post with rockets.", "rocket"),
        ("A car bomb killed two men.", "car bomb"),
    ],
)
def test_instrument(text: str, instrument: str, tell: Tell) -> None:
    assert first(tell(text)).instrument == instrument


@pytest.mark.parametrize(
    ("text", "name", "precision"),
    [
        ("A drone hit a depot in Vellin.", "Vellin", "unknown"),
        ("A drone hit a depot near Vellin.", "Vellin", "near"),
        ("A drone hit a tanker off the coast of Vellin.", "Vellin", "sea"),
        ("Police raided houses in the Vellin sector.", "Vellin", "unknown"),
        ("Shells hit the Vellin prison.", "Vellin prison", "unknown"),
        ("A bomb exploded in Lyon, France.", "Lyon", "exact"),
    ],
)
def test_place(text: str, name: str, precision: str, tell: Tell) -> None:
    where = first(tell(text)).where
    assert where is not None
    assert (where.name, where.precision) == (name, precision)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A man was shot dead in north Vellin on Monday, police said.", "Vellin"),
        ("Shells hit a market in east Port Amary on Friday, killing three people.", "Port Amary"),
        ("Three people were shot at a north Port Amary community center on Friday.", "Port Amary"),
        ("A drone struck a depot in North Vellin on Monday.", "North Vellin"),
        ("A man stood outside a bar in Vellin when someone in a dark SUV got out and shot at him.", "Vellin"),
    ],
)
def test_neither_a_part_of_a_town_nor_what_people_ride_in_is_a_place(text: str, name: str, tell: Tell) -> None:
    where = first(tell(text)).where
    assert where is not None
    assert where.name == name


def test_a_place_behind_a_comma_is_the_container(tell: Tell) -> None:
    where = first(tell("A bomb exploded in Vellin, Verania.")).where
    assert where is not None
    assert (where.name, where.container, where.lat) == ("Vellin", "Verania", None)


@pytest.mark.parametrize(
    ("text", "name", "container", "precision"),
    [
        ("Police in Lyon were called at dawn. A bomb exploded in Ferrand Street.", "Ferrand Street", "Lyon", "near"),
        ("A bomb exploded at the Ferrand Hotel in the west of Lyon.", "Ferrand Hotel", "Lyon", "near"),
        ("A bomb exploded in Ferrand Street, Lyon.", "Ferrand Street", "Lyon", "near"),
        ("A bomb exploded in Ferrand Street.", "Ferrand Street", None, "unknown"),
        ("Police in Lyon were called at dawn. A bomb exploded in Vellin.", "Vellin", None, "unknown"),
    ],
)
def test_streets_and_houses_lie_in_the_town_named_beside_them(
    text: str, name: str, container: str | None, precision: str, tell: Tell
) -> None:
    where = first(tell(text)).where
    assert where is not None
    assert (where.name, where.container, where.precision) == (name, container, precision)
    assert (where.lat is None) == (container is None)


@pytest.mark.parametrize(
    "text",
    [
        "A bomb exploded, the ministry said in Vellin.",
        "Verania attacked a convoy.",
    ],
)
def test_where_somebody_spoke_or_who_acts_is_no_place(text: str, tell: Tell) -> None:
    assert first(tell(text)).where is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("A drone hit a depot on Tuesday.", date(2031, 5, 6)),
        ("A drone hit a depot on 3 May.", date(2031, 5, 3)),
        ("A drone hit a depot on Tuesday, the army said on Thursday.", date(2031, 5, 6)),
        ("A car stolen in Vellin on Monday blew up on Wednesday.", date(2031, 5, 7)),
    ],
)
def test_time(text: str, day: date, tell: Tell) -> None:
    when = first(tell(text)).when
    assert when is not None
    assert (when.start, when.end) == (day, day)


def test_the_day_of_the_statement_is_no_time(tell: Tell) -> None:
    assert first(tell("The army said on Thursday that a drone hit a depot.")).when is None


def test_without_an_anchor_a_weekday_stays_words(annotate: Callable[..., Annotated]) -> None:
    annotated = annotate("A drone hit a depot on Tuesday.")
    (told,) = arguments.fill(annotated, mentions.find(annotated, ()), arguments.around(annotated))
    assert told.mention.when is not None
    assert (told.mention.when.start, told.mention.when.end) == (None, None)
    assert told.mention.when.span is not None
    assert "Tuesday" in told.mention.when.span.text


def test_counts_lie_at_the_mention_that_holds_them(tell: Tell) -> None:
    found = tell("A drone hit a depot in Vellin, killing four men. The toll later rose to six.")
    numbers = [c.quantity.number for t in found for c in t.mention.counts]
    assert numbers == [4, 6]


def test_a_second_act_is_new(tell: Tell) -> None:
    found = tell("Drones hit a depot in Vellin. A second attack followed in Tarn. The attack lasted an hour.")
    assert [t.new for t in found] == [False, True, False]


@pytest.mark.parametrize(
    "text",
    [
        "A shell hit the quay at Vellin. Two of the dockers died on Tuesday.",
        "A bulk carrier was hit by one uncrewed aerial vehicle off Vellin.",
    ],
)
def test_who_dies_and_what_is_flown_did_not_do_it(text: str, tell: Tell) -> None:
    assert [t.mention.actor for t in tell(text) if t.mention.actor] == []


def test_a_label_before_a_headline_is_no_name(tell: Tell) -> None:
    found = tell("Nothing else is known.", "EXCLUSIVE-Verania bombed Red Front camp in Vellin")
    assert [t.mention.actor.name for t in found if t.mention.actor] == ["Verania"]


def actors_of(found: list[Told]) -> list[str]:
    return [t.mention.actor.name for t in found if t.mention.actor]


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("A patrol boat of the Veranian navy sank a barge off Port Ellin.", "Veranian navy"),
        ("Verania massed troops. Veranian jets bombed a camp in Tarn.", "Verania"),
        ("Verania's gunboats shelled a village near Tarn.", "Verania"),
        ("Syrian warplanes bombed a camp in Tarn.", "Syrian Arab Army"),
        ("Thousands of rebel fighters attacked the barracks in Tarn.", "rebel fighters"),
        ("The fearsome Red Brigade attacked a convoy.", "Red Brigade"),
        ("Gunmen in two cars attacked a convoy.", "Gunmen"),
        ("The Veranian army moved in. The army shelled a village near Tarn.", "Veranian army"),
        ("The Red Coast Front spoke on Monday. Fighters of the front attacked a police post.", "Red Coast Front"),
        ("The Red Coast Front spoke. The Northern Front did not. The front attacked a police post.", "front"),
    ],
)
def test_an_actor_is_filed_as_the_body_that_the_story_names(text: str, actor: str, tell: Tell) -> None:
    assert actors_of(tell(text))[-1:] == [actor]


@pytest.mark.parametrize(
    "text",
    [
        "No one was hurt when a drone hit a depot.",
        "A horror hit the town of Tarn when shells fell on its market.",
        "His men attacked a convoy.",
        "Drones of an unknown make hit a depot.",
        "A barge was hit by one uncrewed aerial vehicle 4 NM west of Port Ellin.",
        "A frigate fired on a tanker off Port Ellin.",
        "A felled pine hit the convoy in Tarn as shells fell.",
    ],
)
def test_nobody_things_and_those_known_by_a_pronoun_are_no_actors(text: str, tell: Tell) -> None:
    assert actors_of(tell(text)) == []


def test_a_town_is_no_actor(tell: Tell) -> None:
    assert actors_of(tell("Aleppo attacked a convoy.")) == []


@pytest.mark.parametrize(
    ("headline", "target"),
    [("Missile hits quay; six dockers injured", "dockers"), ("Weapons barge sunk on Lake Ellin", "Weapons barge")],
)
def test_a_headline_leaves_out_the_were_of_a_passive(headline: str, target: str, tell: Tell) -> None:
    found = tell("A missile hit the fuel quay.", headline)
    assert actors_of(found) == []
    assert target in [t.mention.target.name for t in found if t.mention.target]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Shells killed four people in Tarn.", None),
        ("A bomb killed at least 29 Veranian soldiers in Tarn.", "Veranian soldiers"),
        ("Rebels fired two rockets at a market in Tarn.", "market"),
        ("Rebels attacked a convoy and took credit.", "convoy"),
        ("Nobody was hurt when the bomb exploded.", None),
        ("A bomb hurt their children in Tarn.", None),
        ("A missile hit the bulk carrier Anna Rell.", "bulk carrier Anna Rell"),
        ("Fifty-eight soldiers were killed in the ambush.", "soldiers"),
    ],
)
def test_a_target_is_what_was_hit_without_its_number(text: str, target: str | None, tell: Tell) -> None:
    mention = first(tell(text))
    assert (mention.target.name if mention.target else None) == target


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The blast in Tarn wounded six men, who died at a hospital in Vellin.", "Tarn"),
        ("The attack struck Red Front units east of Vellin.", "Vellin"),
    ],
)
def test_where_the_hurt_are_brought_is_not_where_it_was(text: str, name: str, tell: Tell) -> None:
    where = first(tell(text)).where
    assert where is not None
    assert where.name == name


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        pytest.param("A Dravian drone struck a mill at Harn on Sunday.", "Dravian", id="a nation that nothing else names"),
        pytest.param("A Keranian drone struck a mill at Harn, and Kerania said nothing.", "Kerania", id="by the story's own name"),
        pytest.param("Dravian saboteurs blew up the bridge at Harn.", "Dravian saboteurs", id="saboteurs"),
        pytest.param("Four men were killed in a police raid on a house in Harn.", "police", id="the raid that they died in"),
        pytest.param("Four men were killed in raids on a house in Harn.", None, id="a raid of nobody's"),
        pytest.param("Urban drones struck a mill at Harn.", None, id="a plain word that opens a sentence"),
    ],
)  # fmt: skip
def test_whose_weapon_or_raid_it_was(text: str, actor: str | None, tell: Tell) -> None:
    mention = first(tell(text))
    assert (mention.actor.name if mention.actor else None) == actor


def test_who_returns_fire_did_not_do_what_it_answers(tell: Tell) -> None:
    told = tell("Shells fell on the market of Harn and killed nine. Dravian guns returned fire.")
    assert all(one.mention.actor is None for one in told)


@pytest.mark.parametrize(
    ("text", "name", "container"),
    [
        (
            "Shells fell on the Quessian village of Dunmere on Sunday. They hit the market of Orrin, in Quessia, on Monday.",
            "Dunmere",
            "Quessia",
        ),
        ("A missile struck the market in the Dravian city of Ostrel.", "Ostrel", "Dravian"),
        ("Shells fell on Dunmere, in Quessia, on Sunday.", "Dunmere", "Quessia"),
        ("Jets bombed the town of Telmar in Oskary on Sunday.", "Telmar", "Oskary"),
        ("A drone struck the Hadrow power station before dawn.", "Hadrow", None),
        ("Jets bombed a camp in the hills above Telmar on Sunday.", "Telmar", None),
    ],
)
def test_a_town_lies_in_the_land_that_it_is_told_to_be_of(
    text: str, name: str, container: str | None, tell: Tell
) -> None:
    where = first(tell(text)).where
    assert where is not None
    assert (where.name, where.container) == (name, container)


def test_the_same_evening_brings_in_another_act(tell: Tell) -> None:
    told = tell(
        "Shells killed two men at Harn on Sunday. On the same evening drones attacked the customs house at Tarn."
    )
    assert [one.new for one in told] == [False, True]
