from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from onrecord.events import build
from onrecord.language import Annotated
from onrecord.records import Claim, Published, Source, Span, Tally

THURSDAY = Published(datetime(2031, 5, 8, tzinfo=UTC), datetime(2031, 5, 8, tzinfo=UTC), "day", "given")
Tell = Callable[[str], tuple[Tally, ...]]


@pytest.fixture(scope="session")
def tell(annotate: Callable[..., Annotated]) -> Tell:
    def told(text: str) -> tuple[Tally, ...]:
        return build(annotate(text, "", THURSDAY), ()).tallies

    return told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fifteen strikes have killed 64 people since March.", [("strikes", 15), ("killed", 64)]),
        ("The raids have left at least 71 people dead.", [("killed", 71)]),
        ("Nine attacks by the Red Front since the beginning of the month have wounded 30.", [("attacks", 9), ("injured", 30)]),
        ("So far this year 40 people have been abducted.", [("abducted", 40)]),
        ("In all, 18 vessels have been hit since March.", [("vessels", 18)]),
        ("Some 2,380 people have been detained since 2 March.", [("detained", 2380)]),
        ("Verania has extradited 55 men since January.", [("extradited", 55)]),
        ("The dead on all sides number 24.", [("killed", 24)]),
        ("Twenty-two people were killed in April.", [("killed", 22)]),
        ("Fifteen strikes have killed 64 people since March. The ministry puts the figure at 70.",
         [("strikes", 15), ("killed", 64), ("killed", 70)]),
        ("It was the seventh boat hit since March.", [("vessels", 7)]),
        ("Police received 61 bodies in April.", [("bodies_found", 61)]),
        ("Tuesday's strike killed 11 people, bringing the death toll from the campaign to 64, the ministry said.", [("killed", 64)]),
        ("Tuesday's strike killed 11 people, bringing the number of dead to 64.", [("killed", 64)]),
        ("The last strike, on May 2, took the number of people killed to 64.", [("killed", 64)]),
        ("It takes the number of Verani attacks on the port to nine since 3 March.", [("attacks", 9)]),
        ("In eight weeks Verania has carried out 15 strikes and killed 64 people.", [("strikes", 15), ("killed", 64)]),
        ("Verani strikes have now killed 64 people in Sorland.", [("killed", 64)]),
        ("The conflict has claimed 312 lives since it began in 2029.", [("killed", 312)]),
        ("The toll of eight weeks of shelling stands at 96 dead and 240 wounded.", [("killed", 96), ("injured", 240)]),
        ("Two months of raids have killed 64 people and sunk 15 boats.", [("killed", 64), ("vessels", 15)]),
        ("The town has been shelled 34 times since 2030.", [("attacks", 34)]),
        ("The strike, the 15th of the campaign, killed four.", [("strikes", 15)]),
        ("The raid was the seventh by the army since January.", [("strikes", 7)]),
        ("Between March 1 and April 30, 17 attacks were recorded, with 29 dead.", [("attacks", 17), ("killed", 29)]),
        ("The two sides have between them lost 53 people.", [("killed", 53)]),
        ("Officials say 37 people have been killed so far; rights groups count 41.", [("killed", 37), ("killed", 41)]),
        ("Officials say 37 people have been killed since March. The Lamp Centre's list has 41 names.",
         [("killed", 37), ("killed", 41)]),
        ("Some 1,140 people have been detained since March. In April it was 980.", [("detained", 1140), ("detained", 980)]),
        ("The institute received 207 bodies from January to April, 48 of them in March.", [("bodies_found", 207), ("bodies_found", 48)]),
        ("Verania has carried out 15 strikes since March. They have killed 64 people.", [("strikes", 15), ("killed", 64)]),
        ("Forty-six people have been killed since March. Nine of the dead fell to the security forces.", [("killed", 46), ("killed", 9)]),
        ("A total of 12 civilian sites have been hit since 16 March.", [("sites", 12)]),
        ("A total of nine bridges have been destroyed since April.", [("sites", 9)]),
        ('Verani raids have killed 18 people since March. "Three attacks, and not one soldier among the dead," the minister said.',
         [("killed", 18), ("attacks", 3)]),
        ("The monitors have recorded five attacks by both sides since May 1. At least 15 people have died in them.",
         [("attacks", 5), ("killed", 15)]),
        ("Verani attacks have claimed 18 lives since March, counting the two bargemen who are presumed dead.",
         [("killed_or_presumed_dead", 18)]),
        ("Forty people have died since March 3, including 11 who drowned.", [("killed", 40)]),
        ("Sorland has blown up 14 boats since January.", [("vessels", 14)]),
    ],
)  # fmt: skip
def test_running_totals(text: str, expected: list[tuple[str, int]], tell: Tell) -> None:
    assert [(t.unit, t.quantity.number) for t in tell(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "A drone hit a depot in Vellin, killing four men.",
        "The toll of the blast rose to 31.",
        "The attack killed four men, in the first strike on the town since the truce.",
        "In 2009 a bomb killed 31 people at the pier.",
        "That attack has now cost four lives.",
        "Police have kept two boats in the strait since March.",
        "Two missiles struck the quay.",
        "Two of the wounded died in the night, bringing the number of dead to 14.",
        "His body was found on Monday, which brings the number of officers killed to eight.",
        "The death toll from Friday's two attacks stands at 14.",
        "Since the attack, 12 people have died in hospital.",
        "Families have been saying since Thursday that four boys were taken away by soldiers.",
        "The blast left 31 dead, the worst single toll of the war.",
        "The ministry said its forces had destroyed six drones and two boats overnight.",
        "Three strikes hit the port in one night, killing six people.",
    ],
)
def test_what_is_no_total(text: str, tell: Tell) -> None:
    assert tell(text) == ()


@pytest.mark.parametrize(
    ("text", "since", "as_of"),
    [
        ("Fifteen strikes have killed 64 people since 4 March.", date(2031, 3, 4), date(2031, 5, 8)),
        ("Strikes have killed 64 people since the beginning of the month.", date(2031, 5, 1), date(2031, 5, 8)),
        ("The raids have killed 64 people.", None, date(2031, 5, 8)),
        ("Twenty-two people were killed in April.", date(2031, 4, 1), date(2031, 4, 30)),
        (
            "More than 100 people have been killed since fighting broke out in March.",
            date(2031, 3, 1),
            date(2031, 5, 8),
        ),
        ("At least 46 people have been killed since the riot of January 18.", date(2031, 1, 18), date(2031, 5, 8)),
        ("As of May 4, 15 strikes had killed 64 people.", None, date(2031, 5, 4)),
        ("By the end of April the strikes had killed 52 people.", None, date(2031, 4, 30)),
        ("Between March 1 and April 30, 17 attacks killed 29 people.", date(2031, 3, 1), date(2031, 4, 30)),
    ],
)
def test_period(text: str, since: date | None, as_of: date, tell: Tell) -> None:
    assert {(t.since, t.as_of) for t in tell(text)} == {(since, as_of)}


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("The Red Front fights on. Nine attacks by the front have killed 30 people since March.", "attacks by the Red Front"),
        ("Verani strikes on Sorland soil have killed 64 people since March.", "Verani strikes on Sorland soil"),
        ("The Red Front has carried out nine attacks since March.", "attacks by the Red Front"),
        ("The Red Front was behind nine attacks since March.", "attacks by the Red Front"),
        ("Twelve people have been killed on Sorland soil since March.", "attacks on Sorland soil"),
        ("The Red Front attacked the port again on Friday. The attacks have killed 30 people since March.", "attacks by The Red Front"),
        ("More than 100 people have been killed on both sides since March.", "all parties"),
        ("The Red Front has killed seven people since May 2.", "attacks by the Red Front"),
        ("The army has killed seven people in Skarn since May 2.", "attacks by the army in Skarn"),
        ("Verani shells and rockets have killed nine people since March.", "Verani attacks"),
        ("Verani drones have killed nine people in Sorland since March.", "Verani attacks in Sorland"),
        ("Fever and hunger have killed 40 people since March.", None),
        ("By the Herald's count 30 people have been killed in nine attacks since March.", None),
        ("Nine strikes have killed 30 people since March.", None),
    ],
)  # fmt: skip
def test_scope_is_whose_acts_are_counted(text: str, scope: str | None, tell: Tell) -> None:
    assert {(t.scope or "").lower() for t in tell(text)} == {(scope or "").lower()}


def test_a_total_of_the_headline_that_the_text_has_is_the_texts(annotate: Callable[..., Annotated]) -> None:
    told = annotate(
        "Fifteen strikes have killed 64 people since March.", "Strikes have killed 64 people since March", THURSDAY
    )
    assert [(t.unit, t.span.part) for t in build(told, ()).tallies] == [("strikes", "text"), ("killed", "text")]


def test_a_total_is_no_count_of_an_event(annotate: Callable[..., Annotated]) -> None:
    built = build(
        annotate(
            "A drone hit a depot, killing four men. Nine strikes have killed 30 people since March.", "", THURSDAY
        ),
        (),
    )
    assert [c.quantity.number for e in built.events for c in e.counts if c.what == "killed"] == [4]


def test_the_claim_that_holds_it_is_named(annotate: Callable[..., Annotated]) -> None:
    text = "Nine strikes have killed 30 people since March, the ministry said."
    content = Span("st-1", "text", 0, 48, text[:48])
    claim = Claim("st-1-c1", (content,), None, Source("named_body", "ministry"), "indirect", "asserts")
    built = build(annotate(text, "", THURSDAY), (claim,))
    assert {t.claim for t in built.tallies} == {"st-1-c1"}
    assert [t.id for t in built.tallies] == ["st-1-t1", "st-1-t2"]


@pytest.mark.parametrize(
    ("text", "scopes", "sinces"),
    [
        pytest.param(
            "Two Verani strikes on Sorland soil since the middle of April have left eight people dead. "
            "On the other bank a dozen people have died in two Sorlandian attacks.",
            {"Verani strikes on Sorland soil", "Sorlandian attacks"}, {date(2031, 4, 11), None}, id="each side its own",
        ),
        pytest.param(
            "Two strikes on the Verani side since early May have killed ten people. "
            "On the other side of the river four people have died in one attack.",
            {"strikes on the Verani side", "Verani attacks"}, {date(2031, 5, 1), None}, id="the other side by the one before",
        ),
        pytest.param(
            "Verani strikes have killed ten people since April 9. Sorlandian fire has killed 12 people since the beginning of that month.",
            {"Verani strikes", "Sorlandian fire"}, {date(2031, 4, 9), date(2031, 4, 1)}, id="that month's beginning",
        ),
        pytest.param(
            "The enemy has attacked Sorland territory four times since the beginning of May and killed 22 people.",
            {"attacks by The enemy on Sorland territory"}, {date(2031, 5, 1)}, id="what was hit so many times",
        ),
    ],
)  # fmt: skip
def test_a_total_of_another_side_has_its_own_scope_and_period(
    text: str, scopes: set[str], sinces: set[date | None], tell: Tell
) -> None:
    told = tell(text)
    assert {(t.scope or "").lower() for t in told} == {scope.lower() for scope in scopes}
    assert {t.since for t in told} == sinces


def test_a_headline_tells_several_things_between_its_semicolons(annotate: Callable[..., Annotated]) -> None:
    headline = "Five killed in shelling of Tarn; 54 people killed since March, says ministry"
    told = annotate("Dravian guns shelled the town of Tarn on Sunday.", headline, THURSDAY)
    assert [t.quantity.number for t in build(told, ()).tallies] == [54]
