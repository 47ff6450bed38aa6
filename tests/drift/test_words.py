"""The closed lists mean the same in the records, in the table that the codebook is made from, and to everyone else."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import pytest

from onrecord import records
from onrecord.wording import kinds

TYPES = {
    "status": records.Status,
    "source_kind": records.SourceKind,
    "form": records.Form,
    "stance": records.Stance,
    "event_kind": records.EventKind,
    "relation": records.Relation,
    "credit_relation": records.CreditRelation,
    "mutation_field": records.MutationField,
    "verdict": records.VerdictWord,
    "grade": records.GradeWord,
    "revision": records.RevisionWhy,
}
LISTS = {
    "count_of": records.CountOf,
    "tally_unit": records.TallyUnit,
    "input_state": records.InputState,
    "date_precision": records.DatePrecision,
    "place_precision": records.PlacePrecision,
    "decision": records.DecisionVerdict,
}
PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "vocabulary.toml"


def table() -> dict[str, Any]:
    return tomllib.loads(files("onrecord.wording").joinpath("tables", "vocabulary.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", TYPES)
def test_a_type_holds_the_words_of_its_list(name: str) -> None:
    assert list(get_args(TYPES[name])) == list(table()[name])


@pytest.mark.parametrize("name", LISTS)
def test_a_type_without_meanings_holds_them_too(name: str) -> None:
    assert set(get_args(LISTS[name])) == set(table()["lists"][name])


def test_every_word_has_a_meaning() -> None:
    assert all(meaning for name in TYPES for meaning in table()[name].values())


def test_every_kind_has_its_codes() -> None:
    assert {kind.name for kind in kinds.all_kinds()} == set(get_args(records.EventKind))


if PUBLISHED.exists():
    # Not part of the project: no test where it does not lie beside the checkout

    def test_the_published_lists_are_ours() -> None:
        published = tomllib.loads(PUBLISHED.read_text("utf-8"))
        ours = table()
        known = [name for name in TYPES if name in published]
        assert {name: set(published[name]) for name in known} == {name: set(ours[name]) for name in known}
        assert published["lists"] == ours["lists"]
