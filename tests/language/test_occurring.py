"""How a story is cut for the head that finds events, and what it makes of words."""

import numpy as np
import pytest

from onrecord.language import Annotator
from onrecord.language.occurring import LEAD, PLACES, ROOM, STEP, place, stretched
from onrecord.records import UNDATED, Story

TEXT = (
    "A drone slammed into the fuel depot at Port Ansel on Tuesday, killing two guards.\n"
    "The attack came a day after rebels abducted nine teachers.\n"
    "The ministry plans to send troops to the border.\n"
    "Dockers went on strike over pay.\n"
)


@pytest.fixture(scope="module")
def annotated():
    return Annotator().annotate(Story("st-0", None, None, None, "Two dead at depot", None, UNDATED, "en", TEXT))


@pytest.mark.parametrize("length", [0, 1, STEP, STEP + 1, 3 * STEP + 17])
def test_each_word_is_judged_once(length):
    judged = [word for held, own in stretched(length) for word in held[own]]
    assert judged == list(range(length))


def test_a_later_stretch_sees_the_opening_and_what_stands_around():
    held, own = list(stretched(3 * STEP))[2]
    assert set(range(LEAD)) <= set(held.tolist())
    assert held[own].tolist() == list(range(2 * STEP, 3 * STEP))
    assert len(np.unique(held)) == len(held) <= LEAD + STEP + 2 * ROOM


def test_places_are_bounded():
    block, headline = np.arange(100), np.arange(100) == 0
    where = place(block, headline, np.arange(100))
    assert (where[0], where.max()) == (0, PLACES - 1)


def act(annotated, word: str, nth: int = 0):
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(word, start + 1)
    return annotated.act("text", start, start + len(word))


def kind(annotated, word: str) -> str:
    return annotated.encoder.lists.event_kinds[int(act(annotated, word).kinds.argmax())]


def status(annotated, word: str) -> str:
    return annotated.encoder.lists.statuses[int(act(annotated, word).statuses.argmax())]


@pytest.mark.parametrize(("word", "right"), [("slammed", "drone_strike"), ("send", "deployment")])
def test_words_that_tell_of_acts_have_their_kind(annotated, word, right):
    assert act(annotated, word).tells > 0.5
    assert kind(annotated, word) == right


def test_a_plan_is_no_deed(annotated):
    assert (status(annotated, "slammed"), status(annotated, "send")) == ("happened", "planned")


@pytest.mark.parametrize("word", ["Dockers", "strike", "pay", "Port"])
def test_other_words_tell_of_none(annotated, word):
    assert act(annotated, word).tells < 0.5


def test_shares_are_shares(annotated):
    acts = annotated.encoded.acts
    for scores in (acts.kinds, acts.statuses):
        assert np.allclose(np.exp(scores).sum(axis=1), 1, atol=1e-4)
    assert ((acts.telling + acts.naming >= 0) & (acts.telling + acts.naming <= 1.0001)).all()
    assert annotated.act("text", 9000, 9001) is None
