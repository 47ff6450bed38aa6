"""Whole stories, each with what a careful reader notes: (content, kind, name, stance)."""

from collections.abc import Callable

import pytest

from onrecord.claims import Found
from onrecord.records import Claim

Read = Callable[..., Found]

PLAIN = [
    (
        "Two boats were hit near Ilvesta, the Interior Ministry said on Monday.",
        ("Two boats were hit near Ilvesta", "named_body", "Interior Ministry", "asserts"),
    ),
    (
        "Marek Tolan, the harbour master, said that two boats were missing.",
        ("that two boats were missing", "named_person", "Marek Tolan", "asserts"),
    ),
    (
        '"The road is closed. Nobody may pass," said Gen. Marek Tolan, who commands the garrison.',
        ('"The road is closed. Nobody may pass,"', "named_person", "Gen. Marek Tolan", "asserts"),
    ),
    (
        "According to two residents of Ilvesta, the shelling lasted an hour.",
        ("the shelling lasted an hour", "witness", "two residents of Ilvesta", "asserts"),
    ),
    (
        "The dead, according to the Health Ministry, numbered 17.",
        ("The dead numbered 17", "named_body", "Health Ministry", "asserts"),
    ),
    (
        "Three officials with knowledge of the plan said a raid was being prepared.",
        ("a raid was being prepared", "anonymous", "three officials with knowledge of the plan", "asserts"),
    ),
    (
        "The Veranian army denied the report.",
        ("the report", "named_body", "Veranian army", "denies"),
    ),
    (
        "The Interior Ministry declined to comment.",
        ("The Interior Ministry declined to comment", "named_body", "Interior Ministry", "declines to comment"),
    ),
    (
        "The Red Shore Front claimed responsibility for the attack.",
        (
            "The Red Shore Front claimed responsibility for the attack",
            "named_body",
            "Red Shore Front",
            "claims responsibility",
        ),
    ),
    (
        "Rebels are said to have left the town.",
        ("Rebels to have left the town", "anonymous", None, "asserts"),
    ),
    (
        "A bomb killed four people in Ilvesta in 1998.",
        ("A bomb killed four people in Ilvesta in 1998", "narrator", None, "asserts"),
    ),
    (
        "A navy spokesman said the ship was safe.",
        ("the ship was safe", "named_body", "navy", "asserts"),
    ),
    (
        "The pilot was asleep, he was told, but a report by the Harbour Board said that both men were awake.",
        ("that both men were awake", "named_body", "Harbour Board", "asserts"),
    ),
]


def words(claim: Claim) -> str:
    return " ".join(span.text for span in claim.content)


@pytest.mark.parametrize(("text", "expected"), PLAIN)
def test_one_claim(text: str, expected: tuple[str, str, str | None, str], read: Read) -> None:
    claims = [(words(c), c.source.kind, c.source.name, c.stance) for c in read(text).claims]
    assert expected in claims


PLAIN += [
    (
        "The ship was hit, the Prosecutor's Office said.",
        ("The ship was hit", "named_body", "Prosecutor's Office", "asserts"),
    ),
    (
        "By the Harbour Board's count, 23 people died in March.",
        ("23 people died in March", "named_body", "Harbour Board", "asserts"),
    ),
    (
        "Dozens of residents said the school had been hit.",
        ("the school had been hit", "witness", "dozens of residents", "asserts"),
    ),
    (
        "The navy could not be reached for comment.",
        ("The navy could not be reached for comment", "named_body", "navy", "declines to comment"),
    ),
    (
        "Anna Velt said in an interview last week that the ship had been hit.",
        ("that the ship had been hit", "named_person", "Anna Velt", "asserts"),
    ),
    (
        "The ship, as Anna Velt reported, had been hit.",
        ("The ship had been hit", "named_person", "Anna Velt", "asserts"),
    ),
    (
        "The police counted nine dead in Ilvesta.",
        ("The police counted nine dead in Ilvesta", "named_body", "police", "asserts"),
    ),
]

NO_CLAIM = [
    "The harbour is five miles wide.",
    "He refused to leave the quay.",
    "Nobody said anything.",
    "The station reported for duty at nine.",
]


@pytest.mark.parametrize("text", NO_CLAIM)
def test_no_claim(text: str, read: Read) -> None:
    assert read(text).claims == ()


SOURCES = [
    # a short name stands for the full one, with its rank
    ("Gen. Anna Velt said the ship sank. Velt said two men drowned.", ["Gen. Anna Velt", "Gen. Anna Velt"]),
    # a pronoun stands for the speaker before
    ("Anna Velt said the ship sank. She said two men drowned.", ["Anna Velt", "Anna Velt"]),
    ("The Harbour Board said the ship sank. It said two men drowned.", ["Harbour Board", "Harbour Board"]),
    # a second quotation in the paragraph is the same speaker's
    ('"We saw the ship sink," Anna Velt said. "Two men drowned in front of us."', ["Anna Velt", "Anna Velt"]),
    # two groups of one story stay two, and "the officials" are the nearest
    (
        "Two officials said the ship sank.\n\nFour diplomats said it had not. The officials said it was old.",
        ["two officials", "four diplomats", "two officials"],
    ),
    (
        "Three officials said a raid was near. One of them said it was days away.",
        ["three officials", "one of three officials"],
    ),
    # a spokesman with a name is a person, one without is his body
    (
        "Idris Vorn, a spokesman for the Red Shore Front, said the ship sank. The front said it was old.",
        ["Idris Vorn", "Red Shore Front"],
    ),
    # an office is not filed with the name, a rank is
    ("Interior Minister Anna Velt said the ship sank.", ["Anna Velt"]),
]


@pytest.mark.parametrize(("text", "expected"), SOURCES)
def test_names_as_filed(text: str, expected: list[str], read: Read) -> None:
    assert [claim.source.name for claim in read(text).claims] == expected


def test_two_answers_give_none(read: Read) -> None:
    found = read(
        "Anna Velt and the town were at odds. Rosa Tolan said Anna Velt left, Petra Orm said she stayed. She said it was over."
    )
    last = found.claims[-1]
    assert last.source.name is None
    assert any("two answers fit" in rejection.reason for rejection in found.rejections)


def test_a_quotation_over_paragraphs_has_one_source(read: Read) -> None:
    text = '"The quay is gone," said Anna Velt. "We heard a plane.\n\n"Then the roof came down on the boats."'
    claims = read(text).claims
    assert [claim.source.name for claim in claims] == ["Anna Velt"] * 3
    assert words(claims[2]) == '"Then the roof came down on the boats."'


def test_evidence_lies_where_it_says(read: Read) -> None:
    text = "  Two boats were hit, Anna Velt told reporters.\n\n“They sank,” she said. “Both of them did.”\n"
    for claim in read(text).claims:
        for span in (*claim.content, claim.cue, claim.source.span):
            assert span is not None
            assert text[span.start : span.end] == span.text


def test_ids_count_in_the_order_of_the_text(read: Read) -> None:
    claims = read("A bomb killed two men. Police said a third died. Anna Velt said more would follow.").claims
    assert [claim.id for claim in claims] == ["st-0-c1", "st-0-c2", "st-0-c3"]
    starts = [claim.content[0].start for claim in claims]
    assert starts == sorted(starts)


FORMS = [
    ('"Two men drowned in the bay," Anna Velt said.', "direct"),
    ("Two men drowned, Anna Velt said.", "indirect"),
    ('Two men drowned "in front of us", Anna Velt said.', "mixed"),
    ("A bomb killed two men.", "narration"),
]


@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_form(text: str, expected: str, read: Read) -> None:
    assert [claim.form for claim in read(text).claims] == [expected]


def test_terms_of_anonymity_follow_their_source(read: Read) -> None:
    found = read("Two officials said a raid was near. They asked not to be named because the plan is secret.")
    assert found.claims[0].source.terms == "asked not to be named"


def test_told_is_carried_to_later_claims(read: Read) -> None:
    found = read("A raid was near, two officials told the Ostmark Post. The officials said it was days away.")
    assert [claim.source.told for claim in found.claims] == ["Ostmark Post", "Ostmark Post"]


def test_told_is_never_the_own_outlet(read: Read) -> None:
    found = read("A raid was near, two officials told the Courier.")
    assert [claim.source.told for claim in found.claims] == [None]
    assert found.credits == ()


def test_a_body_that_publishes_for_itself_is_the_source(read: Read) -> None:
    found = read("A bomb killed two men near the quay.", outlet="Ilvesta Rescue Centre")
    assert [(c.source.kind, c.source.name) for c in found.claims] == [("named_body", "Ilvesta Rescue Centre")]


def test_the_same_story_gives_the_same_answer(read: Read) -> None:
    text = "Anna Velt said two boats sank. She said men drowned. The Harbour Board denied it."
    assert read(text) == read(text)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "said said said", '"', "“ ”", "According to.", "By the account of", ", he said ,"]
)
def test_odd_text_does_no_harm(text: str, read: Read) -> None:
    found = read(text)
    assert all(claim.content for claim in found.claims)


def sources(found: Found) -> list[tuple[str, str | None, int | None, str | None]]:
    return [
        (c.source.kind, c.source.name, c.source.count.number if c.source.count else None, c.source.told)
        for c in found.claims
    ]


def test_whom_a_group_spoke_to_is_no_part_of_its_name(read: Read) -> None:
    found = read("A landing is being weighed, according to four people with knowledge of it who spoke to Ostmark News.")
    assert sources(found) == [("anonymous", "four people with knowledge of it", 4, "Ostmark News")]
    assert [(c.outlet, c.relation) for c in found.credits] == [("Ostmark News", "told")]


def test_two_groups_that_speak_together_are_one_source_and_the_next_subject_is_none(read: Read) -> None:
    found = read(
        "According to two current officials and a former official, an immediate landing in Tarn is not planned."
    )
    assert sources(found) == [("anonymous", "two current officials and a former official", 3, None)]
    assert [words(c) for c in found.claims] == ["an immediate landing in Tarn is not planned"]


@pytest.mark.parametrize("office", ["Minister of Defence", "Secretary of War"])
def test_the_portfolio_is_no_part_of_a_name(office: str, read: Read) -> None:
    (source,) = sources(read(f"{office} Tova Rell confirmed that the raid killed three men."))
    assert source == ("named_person", "Tova Rell", 1, None)


def test_two_bodies_that_are_silent_are_two_claims(read: Read) -> None:
    found = read("The White House and Department of Coastal Security did not respond to questions about the strike.")
    assert [s[1] for s in sources(found)] == ["White House", "Department of Coastal Security"]


def test_who_was_sent_elsewhere_is_who_asked(read: Read) -> None:
    found = read("The army referred the Ostmark Mail to the palace when asked about the strike.")
    assert [(c.stance, c.source.name, c.source.told) for c in found.claims] == [
        ("declines to comment", "army", "Ostmark Mail")
    ]


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("Officials suggested that the raid would be the last.", "asserts"),
        ("Officials suggested that the raid should be the last.", "calls for"),
        ("The minister urged the army to halt the strikes.", "calls for"),
        ("Mayor Ysolde Brenn called for an end to the shelling.", "calls for"),
        ('Mayor Ysolde Brenn called the shelling of Tarn Haven "a crime without a name".', "asserts"),
    ],
)
def test_to_suggest_is_to_tell_or_to_ask(text: str, stance: str, read: Read) -> None:
    assert [c.stance for c in read(text).claims] == [stance]


@pytest.mark.parametrize(
    ("second", "who"),
    [
        ("Jets would first knock out the radar.", "two officials"),
        ("Boats had been gathered in Tarn.", "two officials"),
        ("Jets bombed the radar on Friday.", None),
        ("Would jets bomb the radar?", None),
    ],
)
def test_the_tense_of_reported_speech_goes_on_with_the_source(second: str, who: str | None, read: Read) -> None:
    found = read(f"A landing is being prepared, two officials said. {second}")
    assert [c.source.name for c in found.claims if words(c) == second.rstrip(".?")] == (
        [who] if second.endswith(".") else []
    )


def test_a_rank_written_short_ends_no_sentence(read: Read) -> None:
    assert ("named_person", "Cdr. Tova Rell", 1, None) in sources(read("Cdr. Tova Rell said the boat had been hit."))
