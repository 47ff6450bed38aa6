"""Frames that the network hears where the grammar finds none. What it hears is given here, so that the rules are tested alone."""

from collections.abc import Callable

import pytest

from onrecord.claims import framing, heard
from onrecord.claims.frame import Frame
from onrecord.language import Annotated
from onrecord.language.annotated import Heard


def told(text: str, source: str | None, cue: str, *content: str, stance: tuple[str, float] = ("asserts", 0.9)) -> Heard:
    def at(words: str) -> tuple[int, int]:
        start = text.index(words)
        return start, start + len(words)

    return Heard(at(cue), at(source) if source else None, tuple(map(at, content)), stance)


@pytest.fixture
def frames(annotate: Callable[..., Annotated]) -> Callable[..., tuple[Frame, ...]]:
    def found(text: str, *hears: Heard, framed: tuple[Frame, ...] = ()) -> tuple[Frame, ...]:
        sentence = next(annotate(text).body())
        return heard.find(sentence, hears, framed or framing.find(sentence, ()), ())

    return found


def test_what_only_the_network_hears_is_a_frame(frames):
    text = "Two cranes had sunk, the harbour master reckoned and swore, before noon."
    found = frames(text, told(text, "the harbour master", "swore", "Two cranes had sunk"), framed=())
    assert [text[slice(*frame.cue)] for frame in found if text[slice(*frame.content[0])] == "Two cranes had sunk"]


@pytest.mark.parametrize(
    ("source", "cue", "content"),
    [
        (None, "said", "that the quay was shut"),
        ("Nobody", "said", "that the quay was shut"),
        ("The mayor", "said", "the quay"),
        ("The mayor", "said", "whether the quay was shut or open"),
        ("The mayor", "walked", "that the quay was shut"),
    ],
)
def test_what_is_no_claim_is_none(frames, annotate, source, cue, content):
    text = f"{source or 'It was'} {cue} {content} on Monday."
    sentence = next(annotate(text).body())
    assert heard.find(sentence, (told(text, source, cue, content),), (), ()) == ()


def test_a_frame_that_is_known_is_not_doubled(frames):
    text = "The mayor said that two cranes had sunk."
    found = frames(text, told(text, "The mayor", "said", "that two cranes had sunk"))
    assert len(found) == 1


@pytest.mark.parametrize(("share", "stance"), [(0.95, "denies"), (0.5, "asserts")])
def test_a_stance_is_the_networks_where_it_is_sure(frames, share, stance):
    text = "The mayor said that no crane had ever sunk there."
    it = told(text, "The mayor", "said", "that no crane had ever sunk there", stance=("denies", share))
    assert [frame.stance for frame in frames(text, it)] == [stance]


def test_silence_is_told_by_set_words_alone(frames):
    text = "The mayor declined to comment."
    it = told(text, "The mayor", "declined", "to comment", stance=("rejects", 0.99))
    assert [frame.stance for frame in frames(text, it)] == ["declines to comment"]
    text = "The mayor said that two cranes had sunk."
    it = told(text, "The mayor", "said", "that two cranes had sunk", stance=("declines to comment", 0.99))
    assert [frame.stance for frame in frames(text, it)] == ["asserts"]
