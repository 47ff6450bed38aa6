from collections.abc import Callable

import pytest

from onrecord.claims import cues
from onrecord.language import Annotated

STANCES = [
    ("confirm", "confirmed", "two boats were hit", "confirms"),
    ("say", "said", "it had carried out the raid", "claims responsibility"),
    ("say", "said", "two boats were hit", "asserts"),
    ("claim", "claimed responsibility", "for the raid", "claims responsibility"),
    ("deny", "denied", "the report", "denies"),
    ("say", "said", "that it had nothing to do with the raid", "denies"),
    ("say", "said", '"If they come back we shall sink them"', "threatens"),
    ("warn", "warned", "more would follow", "warns"),
    ("vow", "vowed", "to strike", "threatens"),
]


@pytest.mark.parametrize(("lemma", "frame", "content", "expected"), STANCES)
def test_stance(lemma: str, frame: str, content: str, expected: str, annotate: Callable[..., Annotated]) -> None:
    (sentence,) = annotate(f"They {lemma} that.").body()
    cue = cues.verb(sentence.syntax[1])
    assert cue is not None
    assert cues.stance(cue, frame, content) == expected


REFUSALS = [
    ("The ministry declined to comment.", True),
    ("The ministry did not respond to questions.", True),
    ("The navy would not discuss the raid.", True),
    ("The navy refused to leave the port.", False),
    ("The pilot answered at once.", False),
]


@pytest.mark.parametrize(("text", "expected"), REFUSALS)
def test_refusals(text: str, expected: bool, annotate: Callable[..., Annotated]) -> None:
    (sentence,) = annotate(text).body()
    assert any(cues.refuses(token) for token in sentence.syntax) is expected


@pytest.mark.parametrize(
    ("outlet", "expected"),
    [("Sea Rescue Centre Ilvesta", False), ("Ilvesta Rescue Centre", True), ("Ostmark Post", False)],
)
def test_bodies_that_publish_for_themselves(outlet: str, expected: bool) -> None:
    assert cues.publishes_for_itself(outlet) is expected
