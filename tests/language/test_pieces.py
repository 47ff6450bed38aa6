import random
from importlib import resources

import numpy as np
import pytest

from onrecord.language import pieces
from onrecord.language.pieces import Block, Vocabulary, Window, cut, fill, windows

VOCABULARY = Vocabulary(
    [
        *(f"[unused{n}]" for n in range(103)),
        "the",
        "port",
        "harbour",
        "##s",
        "##master",
        "said",
        ".",
        "“",
        "”",
        "'",
        '"',
        "e",
    ]
)


def words_of(*texts: str, headline: str = "") -> pieces.Words:
    blocks = [Block(True, 0, headline)] if headline else []
    return cut([*blocks, *(Block(False, 1000 * n, text) for n, text in enumerate(texts))], VOCABULARY)


def test_a_word_is_spelled_by_its_longest_pieces():
    known = {piece: VOCABULARY.spell(piece)[0] for piece in ("harbour", "the")}
    assert VOCABULARY.spell("Harbours") == (known["harbour"], VOCABULARY.spell("harbour")[0] + 1)
    assert VOCABULARY.spell("THE") == VOCABULARY.spell("thé") == (known["the"],)


def test_what_cannot_be_spelled_is_one_unknown_piece_and_no_word_is_long():
    assert VOCABULARY.spell("xyzzy") == VOCABULARY.spell("\u200b") == (pieces.UNKNOWN,)
    assert len(VOCABULARY.spell("e" + "s" * 500)) == 16


def test_words_know_where_they_stand():
    words = words_of("The port.", "Harbours said")
    assert [(s, e) for s, e in zip(words.start, words.end, strict=True)] == [
        (0, 3),
        (4, 8),
        (8, 9),
        (1000, 1008),
        (1009, 1013),
    ]
    assert words.block.tolist() == [0, 0, 0, 1, 1]
    assert words.piece.tolist() == [0, 1, 2, 3, 5, 6]


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("said The PORT 3rd", [0, 1, 2, 3]),
        ("“the port” said", [0, 0, 0, 0, 0]),
    ],
)
def test_shapes(text, shapes):
    assert (words_of(text).features // 2).tolist() == shapes


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("“the port” said", [1, 1, 1, 1, 0]),
        ('"the port" said', [1, 1, 1, 1, 0]),
        ("''the port'' said", [1, 1, 1, 1, 1, 1, 0]),
        ("the port's said", [0, 0, 0, 0, 0]),
    ],
)
def test_quotation_marks_and_what_stands_in_them(text, quoted):
    assert (words_of(text).features % 2).tolist() == quoted


def test_a_quotation_ends_with_its_paragraph():
    assert (words_of("“the port", "said").features % 2).tolist() == [1, 1, 1, 0]


@pytest.mark.parametrize("phase", [0, 40])
@pytest.mark.parametrize("seed", range(12))
def test_each_word_is_judged_in_one_window_of_bounded_length(seed, phase):
    chance = random.Random(seed)
    texts = [
        " ".join(chance.choices(["the", "harbours", "port", "xyzzy", "said."], k=chance.randrange(1, 400)))
        for _ in range(9)
    ]
    words = words_of(*texts, headline="the port")
    found = windows(words, phase)
    judged = [at for window in found for at in range(window.begin, window.end)]
    assert judged == list(range(len(words)))
    for window in found:
        ids, features, segments, where = fill(words, window)
        assert len(ids) == len(features) == len(segments) <= pieces.WINDOW
        assert window.first <= window.begin < window.end <= window.last
        assert ids[where].tolist() == words.ids[words.piece[window.first : window.last]].tolist()


def test_paragraphs_are_parted_and_the_headline_is_marked():
    words = words_of("said", headline="the port")
    ids, _, segments, where = fill(words, Window(0, 0, 3, 3))
    assert ids.tolist()[:1] == [pieces.START]
    assert ids.tolist()[3] == pieces.BREAK
    assert segments.tolist() == [0, 1, 1, 0, 0]
    assert where.tolist() == [1, 2, 4]


def test_a_story_without_words_has_no_windows():
    assert windows(words_of("", "  ")) == []
    assert np.array_equal(words_of("").piece, [0])


@pytest.mark.parametrize(
    ("word", "ids"),
    [
        ("harbourmaster", (7440, 8706)),
        ("Ömer", (18168, 2121)),
        ("drones", (24633,)),
        ("Zyrvatsk", (1062, 12541, 22879, 6711)),
        ("“", (1523,)),
    ],
)
def test_the_shipped_vocabulary_spells_as_the_encoders_own_tokenizer_does(word, ids):
    text = resources.files("onrecord.language").joinpath("models/pieces.txt").read_text(encoding="utf-8")
    assert Vocabulary(text.split("\n")).spell(word) == ids
