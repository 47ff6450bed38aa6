import random

import pytest

from onrecord.families.copies import overlaps
from onrecord.families.fingerprint import fingerprint
from onrecord.records import UNDATED, Story


def words(seed: int, count: int) -> list[str]:
    draw = random.Random(seed)
    return ["".join(draw.choice("abcdefghijkl") for _ in range(5)) for _ in range(count)]


def signature(text: list[str]) -> tuple[int, ...]:
    return fingerprint(Story("st-0", None, None, None, "", None, UNDATED, None, " ".join(text))).signature


def test_a_copy_an_excerpt_and_a_stranger() -> None:
    whole = words(1, 400)
    pairs = list(
        overlaps([signature(whole), signature(whole[:390]), signature(whole[100:150]), signature(words(2, 400))])
    )
    assert [(pair.first, pair.second) for pair in pairs] == [(0, 1), (0, 2), (1, 2)]
    copy, excerpt, _ = pairs
    assert copy.jaccard > 0.9
    assert excerpt.jaccard < 0.25
    assert excerpt.second_in_first > 0.6
    assert excerpt.first_in_second < 0.25


@pytest.mark.parametrize("signatures", [[], [()], [(), ()], [signature(words(1, 50)), ()]])
def test_nothing_to_compare(signatures: list[tuple[int, ...]]) -> None:
    assert len(overlaps(signatures)) == 0


def test_the_copies_of_a_widely_printed_report_hang_together() -> None:
    whole = words(3, 200)
    pairs = overlaps([signature([*whole, *words(100 + n, 10)]) for n in range(60)])
    joined = {0}
    for _ in range(60):
        joined |= {n for pair in pairs for n in (pair.first, pair.second) if {pair.first, pair.second} & joined}
    assert len(joined) == 60
    assert len(pairs) < 60 * 59 / 2


def test_a_common_phrase_makes_no_copies() -> None:
    phrase = ["not", "authorised", "to", "speak", "to", "the", "press"]
    assert len(overlaps([signature([*words(n, 300), *phrase]) for n in range(30)])) == 0


def test_phrases_of_the_trade_make_no_copies() -> None:
    phrases = [words(900 + n, 8) for n in range(6)]
    draw = random.Random(7)
    texts = [[*words(n, 150), *draw.choice(phrases)] for n in range(300)]
    assert len(overlaps([signature(text) for text in texts])) == 0


def test_an_excerpt_of_a_widely_printed_report_is_found() -> None:
    whole = words(3, 200)
    signatures = [signature([*whole, *words(100 + n, 10)]) for n in range(60)]
    pairs = overlaps([*signatures, signature(whole[60:110])])
    mine = [pair for pair in pairs if pair.second == 60]
    assert mine
    assert all(pair.second_in_first > 0.6 for pair in mine)
