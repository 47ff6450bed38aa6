"""Who a source is, as a reader would file it: (text, [(kind, name, number)] of its claims in order)."""

from collections.abc import Callable

import pytest

from onrecord.claims import Found

Read = Callable[..., Found]
Filed = tuple[str, str | None, int | None]


def filed(found: Found) -> list[Filed]:
    return [(c.source.kind, c.source.name, c.source.count.number if c.source.count else None) for c in found.claims]


NAMES = [
    # a hyphen, "&" and "of the" lie within names
    (
        "Ana Velt-Orm, a spokeswoman for the presidency, said the ship sank. Velt-Orm said two men drowned.",
        [("named_person", "Ana Velt-Orm", 1), ("named_person", "Ana Velt-Orm", 1)],
    ),
    ("The road company, Vessmer & Holt, said the bridge was gone.", [("named_body", "Vessmer & Holt", None)]),
    (
        "The Sons of the Delta said the ship sank. The group said two men drowned.",
        [("named_body", "Sons of the Delta", None), ("named_body", "Sons of the Delta", None)],
    ),
    # a rank keeps its arm, a staff is no general
    ("Fleet Admiral Tova Rell said the ship sank.", [("named_person", "Fleet Admiral Tova Rell", 1)]),
    ("The General Staff in Varn said the ship sank.", [("named_body", "Varn General Staff", None)]),
    # no article and one word by itself afterwards: a person, whatever the labels say
    (
        "Hakon Drill was on the quay on Monday. Drill said the ship sank.",
        [("named_person", "Hakon Drill", 1)],
    ),
    # a country by one word is none
    ("Tarquen denies that it sent a boat.", [("named_body", "Tarquen", None)]),
]

ROLES = [
    ("The premier said the ship sank.", [("named_person", "premier", 1)]),
    ("A minister said the ship sank.", [("anonymous", "a minister", 1)]),
    (
        "Prime Minister Tova Rell said the ship sank. The premier said two men drowned. Her office said they had not.",
        [
            ("named_person", "Tova Rell", 1),
            ("named_person", "Tova Rell", 1),
            ("named_body", "Prime Minister's Office", None),
        ],
    ),
    (
        "The group's self-styled general, Boma Ikpen, said the bridge was gone.",
        [("named_person", "Boma Ikpen", 1)],
    ),
    ("The governor of Tarn province, Ana Torvik, said the ship sank.", [("named_person", "Ana Torvik", 1)]),
    (
        "A masked man who gave his name as Commander Zorrek said the bridge was theirs.",
        [("named_person", "Commander Zorrek", 1)],
    ),
    (
        "Prosecutors said the ship sank. Two prosecutors said it had not.",
        [("named_body", "prosecutors", None), ("anonymous", "two prosecutors", 2)],
    ),
    ("A rights group said the ship sank.", [("named_body", "rights group", None)]),
]

BODIES = [
    ("The foreign ministry of Norvenna said the ship sank.", [("named_body", "Norvenna foreign ministry", None)]),
    ("The neighbouring republic of Halvane said the ship sank.", [("named_body", "Halvane", None)]),
    ("The charity Bread and Salt said the ship sank.", [("named_body", "Bread and Salt", None)]),
    ("The Civil Guard said the ship sank.", [("named_body", "Civil Guard", None)]),
    ("The Civil Guard said the ship sank off Spain.", [("named_body", "Guardia Civil", None)]),
    ("The quarrymen's union said the ship sank.", [("named_body", "quarrymen's union", None)]),
    ("The army's press office said the ship sank.", [("named_body", "army", None)]),
    ("Naval headquarters said that the ship sank.", [("named_body", "navy", None)]),
    ("The prime minister's office said the ship sank.", [("named_body", "Prime Minister's Office", None)]),
    ("A spokeswoman for the general staff said the ship sank.", [("named_body", "general staff", None)]),
    ("The navy sank a boat, its spokesman wrote.", [("named_body", "navy", None)]),
    ("Duty rosters showed that no guard was there.", [("document", "duty rosters", None)]),
    ("The Varn Weekly Anchor said the ship sank.", [("outlet", "Varn Weekly Anchor", None)]),
    ("The Quill-Ledger reported that the ship sank.", [("outlet", "Quill-Ledger", None)]),
    ("The Chronicle reported that the ship sank.", [("outlet", "Chronicle", None)]),
    # the armed group that the story names
    (
        "Gunmen of the Red Shore Movement held the ship. Her crew were well, the rebels said.",
        [("named_body", "Red Shore Movement", None)],
    ),
    # whose words a statement holds
    (
        "The National Police said five men were held. Two officers were hurt, the statement said.",
        [("named_body", "National Police", None), ("named_body", "National Police", None)],
    ),
]

GROUPS = [
    (
        "Two current officials and one former official said the ship sank. The former official said two men drowned.",
        [("anonymous", "two current officials and one former official", 3), ("anonymous", "one former official", 1)],
    ),
    (
        'Six residents said the ship sank. "It was like rain," said one, a net-maker in her sixties.',
        [("witness", "six residents", 6), ("witness", "a net-maker in her sixties", 1)],
    ),
    (
        "He had been lying at Varn Hospital since Monday, a nurse there said.",
        [("anonymous", "a nurse at Varn Hospital", 1)],
    ),
    (
        "A Norvennan official who took part in the talks in Tarn said they had failed.",
        [("anonymous", "a Norvennan official who took part", 1)],
    ),
    ("The prisoners' wives said the ship sank.", [("witness", "prisoners' wives", None)]),
    (
        "A Norvennan general, two majors and a pilot said the ship sank.",
        [("anonymous", "a Norvennan general, two majors and a pilot", 4)],
    ),
    ("Half a dozen diplomats said the ship sank.", [("anonymous", "half a dozen diplomats", 6)]),
]


@pytest.mark.parametrize(("text", "expected"), [*NAMES, *ROLES, *BODIES, *GROUPS])
def test_filed_as_a_reader_would(text: str, expected: list[Filed], read: Read) -> None:
    told = [source for source in filed(read(text)) if source[0] != "narrator"]
    assert told == expected


LATER = [
    (
        "Norvenna's defence minister said there was no plan.\n\nHakon Drill was on the quay. Drill said it was nonsense.",
        [("named_person", "Hakon Drill", 1), ("named_person", "Hakon Drill", 1)],
    ),
    (
        "A cable was cut on Monday, its operator said.\n\nThe Ondra Cable Company runs two lines across the strait.",
        [("named_body", "Ondra Cable Company", None)],
    ),
    # the next paragraph's subject has a role of its own: it is somebody else
    (
        "Norvenna's defence minister said there was no plan to storm the ship.\n\nHakon Drill, a retired pilot, was not so sure.",
        [("named_person", "Norvenna's defence minister", 1)],
    ),
]


@pytest.mark.parametrize(("text", "expected"), LATER)
def test_a_name_that_comes_behind_the_role(text: str, expected: list[Filed], read: Read) -> None:
    assert filed(read(text)) == expected


def test_on_whose_word_an_outlet_reports(read: Read) -> None:
    found = read(
        "Soldiers would land in April, Channel Nine said. The broadcaster had spoken to three officials whom it did not name.",
        outlet="Varn Courier",
    )
    first = found.claims[0].source
    assert (first.kind, first.name, first.told) == ("anonymous", "three officials", "Nine News")


def test_two_groups_of_one_outlet_are_none(read: Read) -> None:
    found = read(
        "Soldiers would land in April, Gullwing Radio said. Gullwing Radio had spoken to three officials. "
        "Gullwing Radio had spoken to two diplomats."
    )
    assert found.claims[0].source.kind == "outlet"


def test_a_pronoun_tells_the_gender_once(read: Read) -> None:
    found = read(
        "Capt. Odal Fenn said the ship sank. He said two men drowned.\n\n"
        "The inquiry's chairwoman said the court was open. She said it would sit on Monday."
    )
    assert found.claims[-1].source.name == "the inquiry's chairwoman"


def test_the_same_agency_is_no_newspaper(read: Read) -> None:
    found = read(
        "The ship sank, two sailors told Gullwing Press. The owners were silent, a clerk told the Ostmark Herald. "
        "Two men drowned, three officials told the same agency."
    )
    assert found.claims[-1].source.told == "Gullwing Press"


def test_two_ministers_are_not_one(read: Read) -> None:
    found = read(
        "Foreign Minister Elias Thorn said there was no blockade.\n\n"
        "The town was quiet, the defence minister of Norvenna said.\n\nThe port is open.\n\n"
        "Two ministers were at odds. The minister said it was over."
    )
    assert found.claims[-1].source.name != "Elias Thorn"


def test_an_outlet_named_later(read: Read) -> None:
    found = read(
        "Soldiers will land in April, a television station said.\n\nOstmark Radio gave no source for its report."
    )
    assert found.claims[0].source.name == "Ostmark Radio"


def test_an_outlet_with_a_body_s_word_reports_on_the_word_of_others(read: Read) -> None:
    found = read("Ostmark Inquiry reported in March that helicopters had rocketed a camp, on the word of two officers.")
    first = found.claims[0].source
    assert (first.kind, first.name, first.told) == ("anonymous", "two officers", "Ostmark Inquiry")


def test_an_outlet_that_stands_by_its_report_speaks_for_itself(read: Read) -> None:
    found = read(
        "Soldiers would land in April, Ostmark Radio said. The report rested on three officials whom it did not name. "
        "Ostmark Radio said that it stood by every word."
    )
    kinds = [c.source.kind for c in found.claims if c.source.kind != "narrator"]
    assert (kinds[0], kinds[-1]) == ("anonymous", "outlet")
