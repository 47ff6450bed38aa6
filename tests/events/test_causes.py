"""Days, dead and acts of sentences that tell what became of people, and only name the act."""

from datetime import UTC, date, datetime

import pytest

from onrecord import claims
from onrecord.events import build
from onrecord.records import Published

TUESDAY = Published(datetime(2031, 5, 6, tzinfo=UTC), datetime(2031, 5, 6, 23, 59, tzinfo=UTC), "day", "given")


@pytest.fixture(scope="session")
def done(annotate):
    """The events of a text that are told as done."""

    def found(text):
        annotated = annotate(text, published=TUESDAY)
        events = build(annotated, claims.find(annotated).claims).events
        return [event for event in events if event.status in {"happened", "ongoing"} and not event.background]

    return found


def day_of(event):
    return event.when.start if event.when is not None else None


def dead(event):
    """Numbers of dead, and whether each is a share of others."""
    return [(count.quantity.number, count.part) for count in event.counts if count.what == "killed"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Four people were killed and six hurt when shells fell on Hask, a village on the river, on Monday, the district police said.", 5),
        ("At least nine people were killed when a drone hit a bus in Tavrin, a suburb of the capital, on Sunday, the health ministry said.", 4),
        ("Two nurses were killed and a driver was injured after gunmen opened fire on an ambulance near Belsk, a town on the border, late on Saturday, the Red Crescent said.", 3),
        ("Five people died and 14 were injured as mortar rounds came down on Kessa, a fishing village, on Monday morning, the mayor said.", 5),
        ("Nine people were killed and two hurt after a car bomb exploded in Sellin, a suburb of Tarn, on Friday, police said.", 2),
        ("Six people died in the attack on the mosque in Lunz on Sunday.", 4),
    ],
)  # fmt: skip
def test_a_day_before_the_word_of_saying_is_that_of_the_act(done, text, day):
    (event,) = done(text)
    assert day_of(event) == date(2031, 5, day)


@pytest.mark.parametrize(
    "text",
    [
        "The health ministry said on Monday that shells had killed nine people in Orsel.",
        "Shells killed nine people in Orsel, the health ministry said on Monday.",
    ],
)
def test_a_day_behind_the_word_of_saying_is_not(done, text):
    (event,) = done(text)
    assert day_of(event) is None


@pytest.mark.parametrize(
    ("text", "day", "killed"),
    [
        ("Two of the bus passengers wounded in Friday's ambush died on Sunday, the ministry said, raising the dead to nine.", 2, [(2, True), (9, False)]),
        ("A third person wounded in Wednesday's strike on Tarn died in hospital on Sunday, doctors said.", 30, [(1, True)]),
        ("Three pupils have died of burns they suffered in the rocket attack on Port Amar on 30 April, doctors said on Monday.", 30, [(3, True)]),
        ("An eleventh person, shot in last Tuesday's raid on Corva, died in hospital on Sunday, his family said.", 29, [(1, True)]),
        ("Two soldiers injured when a bomb went off in Lunz on 2 May succumbed to their wounds on Monday, the army said.", 2, [(2, True)]),
        ("A nurse hurt in the earlier drone strike on the clinic at Selm died on Monday morning, the governor said.", None, [(1, True)]),
        ("Two of the dockers burned in the earlier attack on the quay died on Saturday and Sunday, the hospital said.", None, [(2, True)]),
        ("The death toll from Saturday's bombing of the Hotel Corso rose to 17 on Tuesday, the interior ministry said.", 3, [(17, False)]),
        ("A 30-year-old man who was shot outside a bar in Mirov on Saturday died on Sunday, police said.", 3, [(1, False)]),
        ("Nine people died in Friday's ambush at Duna, the army said.", 2, [(9, False)]),
    ],
)  # fmt: skip
def test_later_deaths_belong_to_the_act_they_refer_back_to(done, text, day, killed):
    (event,) = done(text)
    told = day_of(event)
    assert (told.day if told is not None else None, dead(event)) == (day, killed)


@pytest.mark.parametrize(
    "text",
    [
        "The ministry corrected its figure for Friday's raid on Duna: five people died, not seven, it said on Monday.",
        "The army gave a new figure for Friday's raid on Sellin: five men died there.",
    ],
)
def test_the_dead_of_an_act_that_is_only_named_are_its_own(done, text):
    (event,) = done(text)
    assert (event.kind, day_of(event), dead(event)) == ("raid", date(2031, 5, 2), [(5, False)])


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Soldiers stormed a farm outside Duna on Sunday. The police count five dead in the raid; the union counts nine there.", [5, 9]),
        ("The army said six soldiers were killed in the ambush at Korva on Sunday. The rebels say 15.", [6, 15]),
        ("Eleven villagers died when jets bombed Sarn on Sunday, the mayor said. The air force puts it at four.", [11, 4]),
        ("A car bomb in Mirov killed nine people on Sunday, police said. The hospital lists eleven.", [9, 11]),
        ("Police shot dead four men in Puerto Alba on Saturday, the ministry said. The morgue lists seven.", [4, 7]),
        ("In eight attacks since March 24 people have been killed, the ministry said. The monitors count 31.", []),
        ('Troops raided a farm at Vell on Friday and killed five men. "I signed eight death certificates," the doctor said.', [5, 8]),
        ("A drone killed three people in Lunz on Sunday. The council has twelve members.", [3]),
        ("A drone killed three people in Lunz on Sunday. The bridge has four lanes.", [3]),
    ],
)  # fmt: skip
def test_a_bare_number_counts_what_was_counted_before(done, text, numbers):
    assert [number for event in done(text) for number, _ in dead(event)] == numbers


@pytest.mark.parametrize(
    ("text", "killed"),
    [
        ("Shells killed six people in Orsel on Monday.\n\nShells hit a school that was empty, a bakery and a row of houses on Weir Street. Four died in the bakery.", [(6, False), (4, True)]),
        ("Nine people were killed in an air raid on Tavrin on Sunday.\n\nBombs fell on a market, a mosque and two houses. Three children were killed in the mosque.", [(9, False), (3, True)]),
        ("A drone attack on the port of Vorle killed seven people on Saturday.\n\nDrones struck a fuel tank and a canteen. Five dockers died in the canteen.", [(7, False), (5, True)]),
        ("Gunmen attacked Duna on Friday and killed eleven people.\n\nThey fired on a church. Seven people were shot dead in the church.", [(11, False), (7, True)]),
        ("Rockets fell on Belsk on Sunday, killing eight people.\n\nAnother struck a bus stop on Mill Road, where five people died.", [(8, False), (5, False)]),
        ("Shells killed six people in Orsel on Monday, the mayor said. The army says four died in the bakery.", [(6, False), (4, False)]),
        ("A bomb went off in a mosque in Lunz on Friday. Nine people were killed in the mosque.", [(9, False)]),
    ],
)  # fmt: skip
def test_details_of_an_act_are_no_second_one(done, text, killed):
    (event,) = done(text)
    assert dead(event) == killed


@pytest.mark.parametrize(
    "text",
    [
        "A rocket from 30 metres in the last minute of the derby gave Dinamo Tarn the cup on Sunday.",
        "United bombarded the Rovers goal on Saturday and struck twice in three minutes.",
        "Vasko fired a rocket from 30 metres in the last minute to settle the derby on Sunday.",
        "An attack down the left won City the match in Belsk on Sunday.",
        "Fans of Dinamo attacked the visitors' coach with flares before Sunday's derby.",
    ],
)
def test_a_game_is_no_act(done, text):
    assert done(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "A bomb exploded at a football match in Tarn on Sunday, killing nine people.",
        "Gunmen opened fire on fans after the cup final in Mirov on Saturday, killing four.",
        "A rocket hit a football pitch in Tel Asra on Sunday during a match, and eleven children died, the mayor said.",
    ],
)
def test_an_act_at_a_game_is_one(done, text):
    assert len(done(text)) == 1


def test_several_raids_of_one_night_are_told_of_as_one(done):
    (event,) = done("Warplanes carried out three raids on the outskirts of Qasira overnight, the governor said.")
    assert (event.kind, event.where.name) == ("air_strike", "Qasira")


def test_a_semicolon_parts_two_acts(done):
    taken, freed = done(
        "Eleven miners were abducted by armed men on Thursday; nine were freed on Sunday, the company said."
    )
    assert (taken.kind, day_of(taken), freed.kind, day_of(freed)) == ("abduction", date(2031, 5, 1), "release", date(2031, 5, 4))  # fmt: skip


def test_the_dead_right_behind_an_abduction_are_its_own(done):
    (event,) = done(
        "Kidnappers abducted 14 schoolgirls from a school at Tamba on Friday night. Two guards were killed."
    )
    assert (event.kind, dead(event)) == ("abduction", [(2, False)])


def test_a_mine_under_a_jeep_is_an_act_of_its_own(done):
    text = "Rockets hit a market in Belmar on Monday evening, killing 11 people. On Saturday three soldiers died when their jeep ran over a mine on the Sorn road."
    rockets, mine = done(text)
    assert (rockets.kind, dead(rockets), mine.kind, dead(mine)) == ("missile_strike", [(11, False)], "bombing", [(3, False)])  # fmt: skip
