from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onrecord.events import counts
from onrecord.language import Annotated
from onrecord.records import Count

Tell = Callable[[str], tuple[Count, ...]]


@pytest.fixture(scope="session")
def tell(annotate: Callable[..., Annotated]) -> Tell:
    def told(text: str) -> tuple[Count, ...]:
        annotated = annotate(text)
        return tuple(c for sentence in annotated.sentences for c in counts.of_sentence(annotated, sentence))

    return told


def short(found: tuple[Count, ...]) -> list[tuple[str, int | None]]:
    return [(count.what, count.quantity.number) for count in found if not count.part]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # verbs, active and passive
        ("The blast killed six people.", [("killed", 6)]),
        ("Twelve miners were killed near Tarn.", [("killed", 12)]),
        ("A shell hit the ferry, killing four of her crew and injuring five.", [("killed", 4), ("injured", 5)]),
        ("Rebels killed six dockers and wounded 20.", [("killed", 6), ("injured", 20)]),
        ("Nine people died in the fire.", [("killed", 9)]),
        ("Twelve rebels killed five soldiers.", [("killed", 5)]),
        ("Forty lives were lost.", [("killed", 40)]),
        # given up, without a numeral
        ("The shunter who has been missing since Monday must now be presumed dead.", [("presumed_dead", 1)]),
        ("Five railwaymen were killed and a sixth is presumed dead.", [("killed", 5), ("presumed_dead", 1)]),
        ("Four miners were killed. The third was from Tarn, the fourth from Vell.", [("killed", 4)]),
        ("The guard is feared dead.", [("presumed_dead", 1)]),
        ("The project is presumed dead.", []),
        ("Two sailors are presumed dead.", [("presumed_dead", 2)]),
        # without a numeral
        ("One docker was killed and another was wounded.", [("killed", 1), ("injured", 1)]),
        ("Both were killed at the gate.", [("killed", 2)]),
        ("Both of them were questioned.", []),
        ("Two boys are in intensive care.", [("injured", 2)]),
        ("Two boys are in the care of an aunt.", []),
        ("He was pronounced dead with several wounds.", []),
        # states
        ("The bomb left 12 dead.", [("killed", 12)]),
        ("Seven crew are reported injured; there are no fatalities.", [("injured", 7), ("killed", 0)]),
        ("Two dead and 15 wounded in Ostmark blast", [("killed", 2), ("injured", 15)]),
        (
            "Two sailors are reported dead and five injured; one is missing.",
            [("killed", 2), ("injured", 5), ("missing", 1)],
        ),
        ("Seven people are feared dead.", [("presumed_dead", 7)]),
        ("Four sailors killed as drone hits tanker", [("killed", 4)]),
        # tolls
        ("The toll rose to 31.", [("killed", 31)]),
        ("The death toll stands at 31, with 12 missing.", [("killed", 31), ("missing", 12)]),
        (
            "The clinic put the number of dead at 40 and the number of injured at 112.",
            [("killed", 40), ("injured", 112)],
        ),
        ("A body was found, which brings the number of officers killed to eight.", [("killed", 8)]),
        ("The number of injured is unchanged at five.", [("injured", 5)]),
        # people taken, freed, moved
        ("Gunmen abducted 12 students from a school.", [("abducted", 12)]),
        ("Police detained 31 people.", [("detained", 31)]),
        ("The army captured 14 fighters.", [("captured", 14)]),
        ("The group freed nine hostages.", [("freed", 9)]),
        ("The ministry deployed 300 troops to the border.", [("troops", 300)]),
        ("The ferry, carrying 80 people, sank.", [("aboard", 80)]),
        ("All three on board were killed.", [("killed", 3)]),
        ("All five men aboard died when the boat was hit.", [("killed", 5)]),
        # things
        ("Drones hit two tankers in the gulf.", [("vessels", 2)]),
        ("The militia fired 30 rockets at the base.", [("rounds", 30)]),
        ("Three strikes were carried out.", [("strikes", 3)]),
        # one by an article, sums
        ("A man was shot dead on Friday.", [("killed", 1)]),
        ("The attack killed a woman and her two sons.", [("killed", 3)]),
        ("Four nurses and two drivers were killed.", [("killed", 6)]),
        ("A mother and her baby were killed.", [("killed", 2)]),
        ("A bomber killed himself and nine others.", [("killed", 9)]),
        # nobody
        ("No one was killed.", [("killed", 0)]),
        ("None of the crew was wounded.", [("injured", 0)]),
        ("No casualties were reported.", [("injured", 0), ("killed", 0)]),
        ("There were no deaths.", [("killed", 0)]),
    ],
)
def test_what_is_counted(text: str, expected: list[tuple[str, int | None]], tell: Tell) -> None:
    assert sorted(short(tell(text))) == sorted(expected)


@pytest.mark.parametrize(
    "text",
    [
        "A 25-year-old man spoke to reporters.",
        "The shell fell 12 km from the town.",
        "The raid began at 6 a.m. on 3 May 2031.",
        "Repairs will cost $12 million.",
        "Twelve of the wounded were flown out.",
        "The talks lasted 11 hours.",
        "It was the bloodiest day in 20 years.",
        "Burners seized nine rifles.",
        "Orla Venn, 41, was there.",
        "Nobody knows how many were killed.",
        "A driver and her son were not injured.",
        "A mother whose child was killed spoke to reporters.",
    ],
)
def test_what_is_no_count(text: str, tell: Tell) -> None:
    assert short(tell(text)) == []


@pytest.mark.parametrize(
    ("text", "what", "number"),
    [
        ("Twelve people were killed, among them four children.", "killed", 4),
        ("The blast killed six people, including two children.", "killed", 2),
        ("The boat had a crew of 11, two of whom died.", "killed", 2),
        ("Six dockers died and another three died in hospital.", "killed", 3),
        ("One of the wounded died on Monday.", "killed", 1),
        ("Four died in the mill, the mayor said. The fifth was a girl of nine.", "killed", 4),
    ],
)
def test_a_share_is_marked(text: str, what: str, number: int, tell: Tell) -> None:
    assert [(c.what, c.quantity.number) for c in tell(text) if c.part] == [(what, number)]


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("Police killed two attackers.", "attackers"),
        ("Five members of the Red Front were killed.", "members of the Red Front"),
        ("Six people were killed.", None),
        ("The bomb left 12 dead.", None),
    ],
)
def test_of_whom(text: str, whom: str | None, tell: Tell) -> None:
    assert [count.of for count in tell(text)] == [whom]


def test_modifiers_and_vague_words_are_kept(tell: Tell) -> None:
    least, vague = (*tell("At least 12 people were killed."), *tell("Dozens of people were wounded."))
    assert (least.quantity.modifier, least.quantity.number) == ("at_least", 12)
    assert (vague.what, vague.quantity.vague) == ("injured", "dozens")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(2, 1800), verb=st.sampled_from(["killed", "wounded", "detained", "abducted"]))
def test_the_number_lies_in_the_span(number: int, verb: str, tell: Tell) -> None:
    text = f"Officials in Tarn said {number} people were {verb} on the coast road."
    (count,) = tell(text)
    assert count.quantity.number == number
    assert str(number) in count.span.text
    assert text[count.span.start : count.span.end] == count.span.text


def test_offsets_are_those_of_the_story(tell: Tell) -> None:
    text = "Nothing happened on Monday.\n\nOn Tuesday a mine killed three men."
    (count,) = tell(text)
    assert text[count.span.start : count.span.end] == "three men"


def test_a_place_is_not_who_was_killed(tell: Tell) -> None:
    assert [(c.what, c.of) for c in tell("A car bomb killed three outside the police station in Tarn.")] == [
        ("killed", None)
    ]


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("Fisherman killed near Cape Dorn", [("killed", 1)]),
        ("Man and woman shot dead in Vellin", [("killed", 2)]),
        ("The captain was killed, says the port", []),
        ("Three fishermen killed near Cape Dorn", [("killed", 3)]),
    ],
)
def test_headlines_leave_articles_out(
    headline: str, expected: list[tuple[str, int]], annotate: Callable[..., Annotated]
) -> None:
    annotated = annotate("The sea was calm.", headline)
    first = next(s for s in annotated.sentences if s.part == "headline")
    assert short(counts.of_sentence(annotated, first)) == expected
