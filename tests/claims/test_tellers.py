"""Who tells, where the words make it hard to see: (text, content, kind, name)."""

from collections.abc import Callable

import pytest

from onrecord.claims import Found

Read = Callable[..., Found]

APPOSED = [
    (
        "The shell came in from the hills and burst against the mill, Ana Torvik, a spokeswoman for Ostmark Lines, told reporters.",
        "The shell came in from the hills and burst against the mill",
        "named_person",
        "Ana Torvik",
    ),
    (
        "The front would answer a siege with rockets, Idris Torvik, its spokesman, repeated.",
        "The front would answer a siege with rockets",
        "named_person",
        "Idris Torvik",
    ),
]


@pytest.mark.parametrize(("text", "content", "kind", "name"), APPOSED)
def test_a_teller_joined_to_what_is_told(text: str, content: str, kind: str, name: str, read: Read) -> None:
    (claim,) = read(text).claims
    assert (claim.content[0].text, claim.source.kind, claim.source.name) == (content, kind, name)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Our own figure is 46 killed in nine raids.", "outlet"),
        ("We make it four strikes and 46 dead since May.", "outlet"),
        ("A bomb killed 46 people in Ilvesta.", "narrator"),
    ],
)
def test_an_outlet_that_counts_itself(text: str, kind: str, read: Read) -> None:
    (claim,) = read(text).claims
    assert (claim.source.kind, claim.source.name) == (kind, "Varn Courier" if kind == "outlet" else None)


def test_a_monitoring_group_tells_its_own_bulletin(read: Read) -> None:
    (claim,) = read("One device exploded at the police station of Ilvesta.", "Varn Monitoring Group").claims
    assert (claim.source.kind, claim.source.name) == ("named_body", "Varn Monitoring Group")


def test_a_body_given_once_goes_with_the_person_everywhere(read: Read) -> None:
    found = read(
        "Ana Torvik, a spokeswoman for Ostmark Lines, said two sailors were killed.\n\n"
        "A third was missing, Torvik said. Ana Torvik added that the ship was sinking."
    )
    assert {(c.source.name, c.source.affiliation) for c in found.claims} == {("Ana Torvik", "Ostmark Lines")}


def test_relatives_are_witnesses_and_not_filed_by_what_they_did(read: Read) -> None:
    (claim,) = read("A signalman who watched from the roof said the train had burned for an hour.").claims
    assert (claim.source.kind, claim.source.name) == ("witness", "a signalman")


def test_an_outlet_that_shares_a_word_with_bodies(read: Read) -> None:
    (claim,) = read("Two officers told Ostmark Inquiry that helicopters had fired rockets at the camp.").claims
    assert claim.source.told == "Ostmark Inquiry"


def test_an_outlet_without_a_name_is_no_credit(read: Read) -> None:
    assert read("A newspaper in Varn said that a brigade was getting ready to cross the pass.").credits == ()
