"""Alpha against what the literature reckons by hand; what is left out, and why there sometimes is none."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from invented import NOW
from onrecord.exports import agreement
from onrecord.exports.agreement import Level, alpha, percent
from onrecord.exports.sheets import as_csv
from onrecord.records import Coding, Round


def units(*coders: Sequence[Any]) -> list[dict[str, Any]]:
    """A line a coder, None for a gap → units."""
    return [{str(n): said for n, said in enumerate(column) if said is not None} for column in zip(*coders, strict=True)]


# Krippendorff, Computing Krippendorff's Alpha-Reliability: binary, nominal, and four coders with gaps
BINARY = units([0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0])
NOMINAL = units("aabbdcccedda", "babbbccceddd")
GAPS = units(
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
)


@pytest.mark.parametrize(
    ("table", "level", "value"),
    [
        (BINARY, "nominal", 0.095),
        (NOMINAL, "nominal", 0.692),
        (GAPS, "nominal", 0.743),
        (GAPS, "ordinal", 0.815),
        (GAPS, "interval", 0.849),
        (GAPS, "ratio", 0.797),
        # By hand. (a, a) and (a, b): half of the pairs differ, and 2 * 3 * 1 / (4 * 3), a half, would by chance
        (units("aa", "ab"), "nominal", 0.0),
        (units("ab", "ab"), "nominal", 1.0),
        # (a, b) and (b, a): all differ, and 2 * 2 * 2 / (4 * 3) would by chance: 1 - 1 / (2 / 3)
        (units("ab", "ba"), "nominal", -0.5),
        # (1, 2) and (3, 3): squares of 1, 0 within; 1, 4, 4, 1, 1, 0 among all six pairs: 1 - (1 / 2) / (11 / 6)
        (units([1, 3], [2, 3]), "interval", 1 - (1 / 2) / (11 / 6)),
        # (0, 0) and (2, 2): within none, and none against none is none
        (units([0, 2], [0, 2]), "ratio", 1.0),
        # (0, 0) and (1, 3): within ((1 - 3) / 4)^2 = 1/4 of one pair of two; of all six 0, 1, 1, 1, 1, 1/4
        (units([0, 1], [0, 3]), "ratio", 1 - (1 / 8) / (4.25 / 6)),
    ],
)
def test_alpha_is_what_was_reckoned_by_hand(table: list[dict[str, Any]], level: Level, value: float) -> None:
    found, why = alpha(table, level)
    assert why == ""
    assert found == pytest.approx(value, abs=0.0005)


def test_neither_units_of_one_coder_nor_the_order_matter() -> None:
    more = [*GAPS, {"0": 5}, {"3": 1}, {}]
    assert alpha(more, "nominal")[0] == pytest.approx(alpha(GAPS, "nominal")[0])


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ([], "no target has answers of two coders"),
        (units("ab", [None, None]), "no target has answers of two coders"),
        (units("aaa", "aaa"), "all answers are the same"),
        (units("aab", ["a", "a", None]), "all answers are the same"),
    ],
)
def test_where_alpha_is_undefined_there_is_none_and_a_reason(table: list[dict[str, Any]], why: str) -> None:
    found, said = alpha(table, "nominal")
    assert found is None
    assert said.startswith(why)


def test_percent_agreement_is_of_pairs() -> None:
    assert percent(BINARY) == pytest.approx(60)
    # Three pairs a unit: (a, a, a) 3, (a, b, b) 1, (b, b, b) 3 of 9
    assert percent(units("aab", "abb", "abb")) == pytest.approx(700 / 9)
    assert percent(units("ab", [None, None])) is None


FIELDS = ("kind", "status", "date", "place", "killed")


def coded(target: str, by: str, **said: str) -> Coding:
    answers = {"kind": "shelling", "status": "happened", "date": "2031-05-01", "place": "Kelm", "killed": "3", **said}
    return Coding(f"co-{target}-{by}", "ro-1", target, by, NOW, tuple((f, answers[f]) for f in FIELDS))


def round_(*targets: str) -> Round:
    return Round("ro-1", "First", "incident", FIELDS, targets, (), "lead", NOW)


CODED = [
    coded("in-1", "ada"), coded("in-1", "brin", kind="raid", place="kelm "),
    coded("in-2", "ada", killed="unknown"), coded("in-2", "brin", killed="3-4-6"),
    coded("in-3", "ada", date="2031-05-03", killed="12"), coded("in-3", "brin", date="2031-05-05/2031-05-06", killed="at least 12"),
    coded("in-4", "brin", kind="bombing"),
]  # fmt: skip


def by_field(found: agreement.Agreement) -> Mapping[str, agreement.Agreed]:
    return {one.field: one for one in found.fields}


def test_each_field_has_the_level_that_fits_it() -> None:
    found = by_field(agreement.agreement(round_("in-1", "in-2", "in-3", "in-4", "in-5"), CODED))
    assert {name: one.level for name, one in found.items()} == {
        "kind": "nominal", "status": "nominal", "place": "nominal", "date": "interval", "killed": "ratio"
    }  # fmt: skip


def test_a_round() -> None:
    made = agreement.agreement(round_("in-1", "in-2", "in-3", "in-4", "in-5"), CODED)
    found = by_field(made)
    assert made.coders == (("ada", 3), ("brin", 4))
    assert made.single == (("in-4", "brin"),)
    assert made.untouched == ("in-5",)
    assert (found["kind"].several, found["kind"].single) == (3, 1)
    # Answers: s r, s s, s s, of in-4 nothing: 1 - (2 / 6) / (2 * 5 * 1 / (6 * 5))
    assert found["kind"].alpha == pytest.approx(0.0)
    assert found["kind"].percent == pytest.approx(200 / 3)
    assert found["place"].alpha is None
    assert found["place"].why.startswith("all answers are the same")
    assert found["place"].percent == 100
    # Days 1 1, 1 1, 3 5: within 4 of three pairs; by chance 4 * 4 + 4 * 16 + 4 of fifteen
    assert found["date"].alpha == pytest.approx(1 - (4 / 3) / (84 / 15))
    # 3 3 and 12 12, best figures; the unknown is left out, and no pair is left of in-2
    assert found["killed"].alpha == pytest.approx(1.0)
    assert found["killed"].left_out == 1
    assert found["killed"].percent == pytest.approx(100 / 3)


def test_differences_are_told_with_both_answers_and_who_gave_them() -> None:
    made = agreement.agreement(round_("in-1", "in-2", "in-3", "in-4", "in-5"), CODED)
    assert [(one.target, one.field) for one in made.differing] == [
        ("in-1", "kind"), ("in-2", "killed"), ("in-3", "date"), ("in-3", "killed")
    ]  # fmt: skip
    assert made.differing[0].answers == (("ada", "shelling"), ("brin", "raid"))
    assert made.differing[1].answers == (("ada", "unknown"), ("brin", "3-4-6"))


def test_a_file_has_every_field_and_every_difference() -> None:
    made = agreement.agreement(round_("in-1", "in-2", "in-3", "in-4", "in-5"), CODED)
    told = list(csv.DictReader(io.StringIO(as_csv(list(agreement.COLUMNS), agreement.rows(made)))))
    assert [one["field"] for one in told[:5]] == list(FIELDS)
    assert told[3]["alpha"] == ""
    assert told[3]["why_no_alpha"]
    assert {(one["target"], one["coder"], one["answer"]) for one in told[5:7]} == {
        ("in-1", "ada", "shelling"), ("in-1", "brin", "raid")
    }  # fmt: skip


def test_a_round_without_answers() -> None:
    made = agreement.agreement(round_("in-1"), [])
    assert all(one.alpha is None and one.percent is None for one in made.fields)
    assert made.untouched == ("in-1",)
