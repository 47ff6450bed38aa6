"""Which parties are named, and which two wordings are one party."""

import pytest

from onrecord.incidents.words import is_name, one_party


@pytest.mark.parametrize(
    "party", ["the Red Front", "Verani gunners", "Farolas", "Solenzan navy", "Osterra's coast guard of Linn"]
)
def test_a_name(party):
    assert is_name(party)


@pytest.mark.parametrize(
    "party", ["Gunmen", "Two of the dockers", "Armed men", "the army", "Civilian guards", "Soldiers", "pirates", ""]
)
def test_what_somebody_is_names_nobody(party):
    assert not is_name(party)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Solenzan navy", "navy", True),
        ("Red Front", "the Front", True),
        ("Solenza Navy", "Solenzan navy", True),
        ("Solenzan navy", "Cordayan navy", False),
        ("Red Front", "Verani gunners", False),
    ],
)
def test_wordings_of_one_party(one, other, same):
    assert one_party(one, other) is one_party(other, one) is same
