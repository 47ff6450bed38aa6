"""Pairs of stories: what speaks for it that they are of one event, and what hangs together by that."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.incidents.bags import Bag, alone, rarity
from onrecord.incidents.links import Link, Weights, together, weights
from onrecord.incidents.subjects import PARTS

A, B = np.array([0, 0, 0]), np.array([1, 2, 3])


def bagged(sets, most):
    bag = Bag(most)
    bag.change((), sets)
    return bag.among(range(len(sets)))


def test_words_that_both_have_count_by_their_rarity_and_nothing_is_known_of_none():
    sets = [["gull", "quay"], ["gull", "quay"], ["gull", "boat"], []]
    bag = bagged(sets, 1.0)
    same, some, none = bag.cosine(A, B)
    assert same == pytest.approx(1.0)
    assert 0 < some < same
    assert math.isnan(none)
    assert bag.shared(A, B)[0] > bag.shared(A, B)[1]
    assert alone(sets).both(A, B)[:2].tolist() == [2, 1]


def test_a_word_that_too_many_have_says_nothing():
    sets = [["the", f"word{n // 2}"] for n in range(100)]
    bag = bagged(sets, 0.3)
    assert bag.cosine(np.array([0, 0]), np.array([1, 2])).tolist() == [1.0, 0.0]


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))
def test_what_more_have_is_never_rarer(few, more, of):
    few, more = sorted((few, more))
    of = max(of, more)
    assert 0 <= rarity(more, of) <= rarity(few, of) <= 1024


def test_rarity_seldom_changes_where_one_more_comes():
    assert len({rarity(n, 5000) for n in range(1, 5000)}) <= 13


def test_an_unknown_part_says_nothing():
    by = weights()
    unknown = np.full((1, len(PARTS)), math.nan)
    assert by.odds(unknown).tolist() == [by.bias]


def test_the_weights_that_ship_have_every_part_and_never_turn():
    by = weights()
    falling = {"told apart", "day", "likely day", "distance", "region"}
    for name, edges, worth in zip(PARTS, by.edges, by.worth, strict=True):
        assert list(edges) == sorted(set(edges.tolist()))
        assert len(worth) == len(edges) + 2
        assert worth[0] == 0.0
        if name not in {"killed", "injured", "outlet"}:
            steps = worth[1:].tolist()
            assert steps == sorted(steps, reverse=name in falling), name


def test_steps_end_at_their_edge():
    by = Weights((np.array([1.0, 2.0]),), (np.array([0.0, 1.0, 2.0, 3.0]),), 0.5)
    assert by.odds(np.array([[1.0], [1.5], [2.0], [9.0], [math.nan]])).tolist() == [1.5, 2.5, 2.5, 3.5, 0.5]


def test_two_that_a_third_links_are_one_where_the_average_says_so():
    links = [Link(0, 1, 0.9), Link(1, 2, 0.9)]
    assert together(3, links, 0.4) == [[0, 1, 2]]
    assert together(3, links, 0.5) == [[0, 1], [2]]


def test_a_chain_of_likely_pairs_does_not_join_its_ends():
    chain = [Link(n, n + 1, 0.8) for n in range(8)]
    groups = together(9, chain, 0.5)
    assert max(map(len, groups)) <= 3
    assert sorted(n for group in groups for n in group) == list(range(9))


def test_the_likeliest_come_together_first():
    links = [Link(0, 1, 0.6), Link(1, 2, 0.9)]
    assert together(3, links, 0.5) == [[0], [1, 2]]


@given(st.data())
def test_the_order_of_stories_changes_nothing(data):
    number = data.draw(st.integers(2, 8))
    pairs = [(a, b) for a in range(number) for b in range(a + 1, number)]
    found = data.draw(st.lists(st.sampled_from(pairs), unique=True))
    # No two alike: of two that are equally likely, the first comes first
    chances = random.Random(len(found)).sample(range(10, 1000), len(found))
    links = [Link(a, b, chance / 1000) for (a, b), chance in zip(found, chances, strict=True)]
    order = data.draw(st.permutations(range(number)))
    moved = [Link(*sorted((order[one.first], order[one.second])), one.chance) for one in links]
    was = {frozenset(order[n] for n in group) for group in together(number, links, 0.3)}
    now = {frozenset(group) for group in together(number, moved, 0.3)}
    assert was == now
