import itertools

import numpy as np
import pytest

from onrecord.language.decoding import CUE_FIRST, CUE_MOVES, best_path, runs, worth


def value(path, scores, moves, first, last):
    steps = sum(moves[a, b] for a, b in itertools.pairwise(path))
    return first[path[0]] + last[path[-1]] + steps + sum(scores[at, tag] for at, tag in enumerate(path))


@pytest.mark.parametrize("seed", range(20))
def test_no_path_is_better_than_the_best(seed):
    chance = np.random.default_rng(seed)
    moves, first, last = chance.normal(size=(3, 3)), chance.normal(size=3), chance.normal(size=3)
    scores, lengths = chance.normal(size=(3, 5, 3)), np.array([5, 3, 1])
    found = best_path(scores, lengths, moves, first, last)
    for row, length in enumerate(lengths):
        best = max(
            itertools.product(range(3), repeat=int(length)), key=lambda p: value(p, scores[row], moves, first, last)
        )
        assert tuple(found[row, :length]) == best
        assert not found[row, length:].any()


@pytest.mark.parametrize("seed", range(40))
def test_no_path_is_better_than_the_best_where_tags_are_only_barred(seed):
    chance = np.random.default_rng(seed)
    lift = np.array([2.0 * (seed % 2), 0.0, 0.0])
    scores, lengths, last = chance.normal(size=(2, 4, 3)) + lift, np.array([4, 2]), np.zeros(3)
    found = best_path(scores, lengths, CUE_MOVES, CUE_FIRST, last)
    for row, length in enumerate(lengths):
        best = max(
            itertools.product(range(3), repeat=int(length)),
            key=lambda p: value(p, scores[row], CUE_MOVES, CUE_FIRST, last),
        )
        assert tuple(found[row, :length]) == best
        assert not found[row, length:].any()


def test_a_row_reads_the_same_alone_and_beside_others():
    chance = np.random.default_rng(7)
    scores, moves, zero = chance.normal(size=(4, 9, 5)), chance.normal(size=(5, 5)), np.zeros(5)
    together = best_path(scores, np.array([9, 4, 7, 2]), moves, zero, zero)
    for row, length in enumerate((9, 4, 7, 2)):
        alone = best_path(scores[row : row + 1, :length], np.array([length]), moves, zero, zero)
        assert together[row, :length].tolist() == alone[0].tolist()


def test_nothing_has_no_path():
    assert best_path(np.zeros((0, 4, 3)), np.array([]), np.zeros((3, 3)), np.zeros(3), np.zeros(3)).shape == (0, 4)


def test_runs_begin_and_go_on():
    assert runs(np.array([0, 1, 2, 1, 0, 3, 4, 2, 1]), 1) == [(1, 3), (3, 4), (8, 9)]
    assert runs(np.array([0, 1, 2, 1, 0, 3, 4]), 3) == [(5, 7)]


@pytest.mark.parametrize("seed", range(10))
def test_a_path_is_worth_what_its_steps_add_up_to(seed):
    chance = np.random.default_rng(seed)
    moves, first, last = chance.normal(size=(3, 3)), chance.normal(size=3), chance.normal(size=3)
    scores, lengths = chance.normal(size=(3, 5, 3)), np.array([5, 3, 1])
    tags = best_path(scores, lengths, moves, first, last)
    summed = worth(scores, lengths, tags, moves, first, last)
    for row, length in enumerate(lengths):
        assert summed[row] == pytest.approx(value(tuple(tags[row, :length]), scores[row], moves, first, last))
