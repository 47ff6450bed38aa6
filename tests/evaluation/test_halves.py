"""Learning on one half and measuring on the other."""

import math

import numpy as np
import pytest

from evaluation import halves
from evaluation.likely import learn
from onrecord.incidents.subjects import PARTS


def test_a_story_is_in_the_half_of_its_incident():
    assert [halves.half(str(n)) for n in range(8)] == [halves.half(str(n)) for n in range(8)]
    assert {halves.half(str(n)) for n in range(30)} == {0, 1}


def test_agreement_is_whole_where_labels_are_the_gold_under_other_names():
    gold = {"a": "1", "b": "1", "c": "2", "d": "3"}
    assert halves.agreement({"a": "x", "b": "x", "c": "y", "d": "z"}, gold) == (1.0, 1.0)


def test_agreement_by_hand():
    """Two of three are together, and a fourth with the third: precision 3/4, recall (2/3 + 2/3 + 1/3 + 1) / 4; one pair of three, of two."""
    gold = {"a": "1", "b": "1", "c": "1", "d": "2"}
    b3, link = halves.agreement({"a": "x", "b": "x", "c": "y", "d": "y"}, gold)
    precision, recall = 3 / 4, (2 / 3 + 2 / 3 + 1 / 3 + 1) / 4
    assert b3 == pytest.approx(2 * precision * recall / (precision + recall))
    assert link == pytest.approx(2 * 1 / (2 + 3))


def taught(part: str, values: list[float], same: list[bool]) -> tuple[np.ndarray, object]:
    parts = np.full((len(values), len(PARTS)), math.nan)
    parts[:, PARTS.index(part)] = values
    return parts, learn(parts, np.array(same))


def test_what_goes_with_one_event_speaks_for_it():
    parts, by = taught("words", [0.1, 0.2, 0.3, 0.7, 0.8, 0.9] * 20, [False, False, False, True, True, True] * 20)
    chances = by.chances(parts)
    assert max(chances[0:3]) < 0.5 < min(chances[3:6])


@pytest.mark.parametrize(("part", "falls"), [("words", False), ("day", True)])
def test_no_part_turns_whatever_the_pairs_say(part, falls):
    """The pairs here say that agreement speaks against one event: then it says nothing, and never the reverse."""
    values = [n / 10 for n in range(10)] * 10 if part == "words" else [float(n) for n in range(10)] * 10
    _, by = taught(part, values, [(value < 0.5) != falls if part == "words" else value > 5 for value in values])
    worth = by.worth[PARTS.index(part)].tolist()
    assert worth[0] == 0.0
    assert worth[1:] == sorted(worth[1:], reverse=falls)
