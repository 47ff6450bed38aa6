"""Which places of a story tell of an event."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onrecord.events import build, judged, mentions
from onrecord.language import Annotated
from onrecord.records import Claim, Published, Source, Span


@pytest.fixture(autouse=True)
def words_alone(monkeypatch):
    """Here the words are tested; what the network makes of them is tested beside it."""
    monkeypatch.setattr(judged, "likeliest", lambda told, annotated, trigger: told)


DATED = Published(datetime(2031, 5, 4, tzinfo=UTC), datetime(2031, 5, 5, tzinfo=UTC), "day", "given")


def told(annotated, claims=()):
    return [(m.status, m.kind, m.span.text) for m in mentions.find(annotated, tuple(claims))]


# (story, [(status, kind, span)])
STORIES = [
    (
        "A drone hit the ferry Alda, killing four people and injuring five.",
        [("happened", "drone_strike", "A drone hit the ferry Alda, killing four people and injuring five")],
    ),
    (
        "Rebels torched the village of Ostra and abducted nine schoolgirls.",
        [
            ("happened", "other", "Rebels torched the village of Ostra"),
            ("happened", "abduction", "abducted nine schoolgirls"),
        ],
    ),
    (
        "Jets bombed a depot near Tolen on Monday. Nobody was hurt. Eighteen wounded remain in hospital.",
        [
            ("happened", "air_strike", "Jets bombed a depot near Tolen on Monday"),
            ("happened", "air_strike", "Nobody was hurt"),
            ("happened", "air_strike", "Eighteen wounded remain in hospital"),
        ],
    ),
    (
        "Soldiers raided a farm. Neighbours condemned the raid.",
        [("happened", "raid", "Soldiers raided a farm")],
    ),
    ("Two fishermen drowned. The dead were brothers from Lorvan.", []),
    ("Two fishermen fell ill. Both died in hospital in Lorvan.", []),
    ("The bakers' union called a strike. Prices hit a record.", []),
    (
        "The army is preparing to raid the depot. Marines would land at night, and jets could bomb the radar.",
        [
            ("planned", "raid", "The army is preparing to raid the depot"),
            ("planned", "ground_mission", "Marines would land at night"),
            ("possible", "air_strike", "jets could bomb the radar"),
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), STORIES)
def test_stories(annotate, text, expected):
    assert told(annotate(text)) == expected


def test_evidence(annotate):
    text = "Rain fell. Gunmen ambushed a convoy near Ostra, and two officers died."
    (mention,) = mentions.find(annotate(text), ())
    assert text[mention.span.start : mention.span.end] == mention.span.text
    assert text[mention.trigger.start : mention.trigger.end] == mention.trigger.text == "ambushed"
    assert mention.span.start <= mention.trigger.start < mention.trigger.end <= mention.span.end
    assert (mention.actor, mention.counts, mention.claim) == (None, (), None)


def test_headline(annotate):
    found = mentions.find(
        annotate("Rockets struck the quay on Monday.", "Rockets hit quay; navy to deploy frigates"), ()
    )
    assert [(m.span.part, m.status, m.kind) for m in found] == [
        ("headline", "happened", "missile_strike"),
        ("headline", "planned", "deployment"),
        ("text", "happened", "missile_strike"),
    ]


BACKGROUND = [
    ("In 1994 a car bomb killed 20 people here.", True),
    ("A car bomb killed 20 people here four years ago.", True),
    ("A car bomb killed 20 people here on Monday.", False),
    ("A car bomb killed 20 people here on May 3, 2031.", False),
]


@pytest.mark.parametrize(("text", "expected"), BACKGROUND)
def test_background(annotate, text, expected):
    found = mentions.find(annotate(text, published=DATED), ())
    assert [m.background for m in found] == [expected]


def test_background_lends_no_kind(annotate):
    text = "A drone hit the quay on Monday. In 1994 a car bomb killed 20 people here. Two dockers were wounded."
    assert [m.kind for m in mentions.find(annotate(text, published=DATED), ())] == [
        "drone_strike",
        "bombing",
        "drone_strike",
    ]


def claim(text, words, stance="asserts", kind="named_body", name="Ostmark Ministry", cue=None):
    def span(part):
        return Span("st-1", "text", text.index(part), text.index(part) + len(part), part)

    return Claim("st-1-c1", (span(words),), span(cue) if cue else None, Source(kind, name), "indirect", stance)


def test_clipped_to_the_claim(annotate):
    text = "Shells hit the market at noon, killing three people, the Ostmark Ministry said."
    content = "Shells hit the market at noon, killing three people"
    (mention,) = mentions.find(annotate(text), (claim(text, content, cue="said"),))
    assert (mention.span.text, mention.claim) == (content, "st-1-c1")


SPOKEN = [
    ("denies", "named_body", [("denied", "shelling")]),
    ("claims responsibility", "named_body", [("happened", "shelling")]),
    ("threatens", "named_body", [("threatened", "threat")]),
    ("warns", "named_body", [("possible", "shelling")]),
    ("asserts", "witness", [("happened", "shelling")]),
    ("asserts", "named_body", [("happened", "shelling")]),
    ("asserts", "outlet", []),
    ("declines to comment", "named_body", []),
]


@pytest.mark.parametrize(("stance", "kind", "expected"), SPOKEN)
def test_claims_that_name_no_act(annotate, stance, kind, expected):
    text = "Artillery shelled the town of Tolen. It was quite another thing, they said."
    found = mentions.find(annotate(text), (claim(text, "It was quite another thing", stance, kind),))
    assert [(m.status, m.kind) for m in found[1:]] == expected


def test_running_totals_and_questions_are_none(annotate):
    text = "A mine killed two men. Forty people have been killed in six attacks since May 1. Asked whether he had fired on them, he left."
    assert [m.span.text for m in mentions.find(annotate(text), ())] == ["A mine killed two men"]


ASIDES = [
    "A mine killed two men. Who planted the mine?",
    "A mine killed two men. The ministry would not discuss the operation.",
    "A mine killed two men. The army declined to confirm the attack.",
]


@pytest.mark.parametrize("text", ASIDES)
def test_questions_and_refusals_are_none(annotate, text):
    assert [m.span.text for m in mentions.find(annotate(text), ())] == ["A mine killed two men"]


def test_massacre_takes_the_kind_that_follows(annotate):
    found = mentions.find(annotate("Helicopters bombed the market at noon.", "Massacre at the market"), ())
    assert [m.kind for m in found] == ["air_strike", "air_strike"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from([text for text, _ in STORIES] + ["", "!", "killed", "“We", "strike;", "\n"]), max_size=4)
)
def test_spans_are_evidence_and_in_order(annotate, parts):
    text = " ".join(parts)
    found = mentions.find(annotate(text), ())
    assert all(text[m.span.start : m.span.end] == m.span.text and m.span.text for m in found)
    assert all(text[m.trigger.start : m.trigger.end] == m.trigger.text for m in found)
    assert [m.span.start for m in found] == sorted(m.span.start for m in found)


@pytest.mark.parametrize("noise", ["a", " ", "1", ",", "A", "since "])
def test_asides_are_linear(noise):
    import time

    from onrecord.events import asides

    text = noise * (100_000 // len(noise))
    start = time.process_time()
    for pattern in (asides._YEAR, asides._LONG_AGO, asides._TOTAL):
        pattern.search(text)
    assert time.process_time() - start < 0.5


def said(text: str, words: str, **source: Any) -> Claim:
    start = text.index(words)
    content = Span("st-1", "text", start, start + len(words), words)
    return Claim(
        "st-1-c1", (content,), None, Source(**{"kind": "anonymous", "name": "a guard"} | source), "indirect", "asserts"
    )


@pytest.mark.parametrize(
    ("text", "words", "status"),
    [
        ("A drone hit the depot at Vellin. The doors had been open, a guard said.", "The doors had been open", "happened"),
        ("Verania plans to raid Vellin. The boats are being painted, a guard said.", "The boats are being painted", "planned"),
        ("A drone hit the depot at Vellin. Nobody was on the roof, a guard said.", "Nobody was on the roof", "happened"),
    ],
)  # fmt: skip
def test_what_a_source_says_behind_an_act_tells_more_of_it(
    text: str, words: str, status: str, annotate: Callable[..., Annotated]
) -> None:
    built = build(annotate(text), (said(text, words),))
    assert [(len(e.mentions), e.mentions[-1].status, e.claims) for e in built.events] == [(2, status, ("st-1-c1",))]


@pytest.mark.parametrize(
    ("text", "words", "source"),
    [
        ("A drone hit the depot at Vellin. The market may suffer, a guard said.", "The market may suffer", {}),
        ("A drone hit the depot at Vellin. The film was long, the Vellin Post wrote.", "The film was long", {"kind": "outlet"}),
        ("The doors had been open, a guard said. The film was long.", "The doors had been open", {}),
    ],
)  # fmt: skip
def test_what_may_be_or_stands_alone_does_not(
    text: str, words: str, source: dict[str, Any], annotate: Callable[..., Annotated]
) -> None:
    built = build(annotate(text), (said(text, words, **source),))
    assert [e.claims for e in built.events if e.claims] == []


def test_verbs_joined_over_another_tell_of_two_acts(annotate: Callable[..., Annotated]) -> None:
    text = "Verania moved 300 troops to the border, doubled its guards and extradited 55 men."
    assert [m.kind for m in mentions.find(annotate(text), ())] == ["deployment", "extradition"]


def test_a_weapon_tells_the_kind_better_than_an_operation(annotate: Callable[..., Annotated]) -> None:
    text = "The campaign has targeted operations in Keleth, using drone strikes against boats. The latest attack came on Sunday."
    assert [m.kind for m in mentions.find(annotate(text), ())] == ["drone_strike", "drone_strike"]


@pytest.mark.parametrize(
    ("text", "words", "source", "expected"),
    [
        # whoever speaks for an act denies what it is not to have been; who saw it tells what it left
        (
            "A shell hit the mill at Vellin. No house has been touched, the army said.",
            "No house has been touched",
            {"kind": "named_body"},
            [("denied", "shelling")],
        ),
        # of what is denied or to come the network has to hear something
        (
            "A drone hit the depot at Vellin. He had not slept, the minister said.",
            "He had not slept",
            {"kind": "named_person"},
            [],
        ),
        (
            "Verania plans to raid Vellin. His wife comes from there, the minister said.",
            "His wife comes from there",
            {"kind": "named_person"},
            [],
        ),
        (
            "A shell hit the mill at Vellin. You do not forget it, a nurse said.",
            "You do not forget it",
            {"kind": "witness"},
            [],
        ),
        (
            "Pirates hijacked the tanker Alda. The crew are still aboard, the owner said.",
            "The crew are still aboard",
            {"kind": "named_body"},
            [("ongoing", "abduction")],
        ),
    ],
)
def test_claims_that_tell_more_of_an_act(
    text: str, words: str, source: dict[str, Any], expected: list[tuple[str, str]], annotate: Callable[..., Annotated]
) -> None:
    found = mentions.find(annotate(text), (said(text, words, **source),))
    assert [(m.status, m.kind) for m in found if m.claim is not None] == expected


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Commandos are preparing a raid to free the crew.", ["ground_mission"]),
        ("The army will send a brigade over the border into Ostmark.", ["ground_mission"]),
        (
            "A drone burned the jetty at Tarn, two days after missiles struck the quay. The earlier attack killed six men.",
            ["drone_strike", "missile_strike"],
        ),
        ("Army shells fell on Vellin. Its guns killed four men.", ["shelling", "shelling"]),
        ("Eleven marines died and two were taken prisoner in a fight off the Sunken Bank.", ["armed_clash"]),
        ("Gunmen kidnapped two nurses at the clinic.", ["abduction"]),
    ],
)
def test_kinds_of_what_is_told_of(text: str, kinds: list[str], annotate: Callable[..., Annotated]) -> None:
    assert [m.kind for m in mentions.find(annotate(text), ())] == kinds


def test_an_items_dead_are_not_of_the_item_before(annotate: Callable[..., Annotated]) -> None:
    text = (
        "VELLIN. A drone hit the mill on May 1.\n\n"
        "TARN. The bread van went up on May 2, and three people died.\n\n"
        "OSTRA. A missile hit the quay on May 3."
    )
    assert [m.kind for m in mentions.find(annotate(text), ())] == ["drone_strike", "other", "missile_strike"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Three drones were destroyed by air defence units over Vellin on Tuesday.", "interception"),
        ("A missile destroyed an air defence unit near Vellin on Tuesday.", "missile_strike"),
    ],
)
def test_what_air_defence_destroys_is_intercepted(text: str, kind: str, annotate: Callable[..., Annotated]) -> None:
    assert [m.kind for m in mentions.find(annotate(text), ())] == [kind]
