"""Words and network, each for what it is worth."""

from dataclasses import replace

import numpy as np
import pytest

from onrecord.events import judged
from onrecord.language.annotated import Act
from onrecord.language.encoder import Judgement
from onrecord.records import Span

TEXT = "The plane bombed the bridge."


class Sure:
    """An annotated story whose network is sure of one status."""

    def __init__(self, annotated, status: str, share: float, certainty: float) -> None:
        lists = annotated.encoder.lists
        others = np.log((1 - share) / (len(lists.statuses) - 1))
        self.encoder = type("Network", (), {"lists": lists})
        shares = np.array([np.log(share) if s == status else others for s in lists.statuses])
        self._told = Judgement(certainty, shares)
        self._act = Act(1.0, 0.0, np.zeros(len(lists.event_kinds)), shares)

    def judged(self, part, start, end):
        return self._told

    def act(self, part, start, end):
        return self._act


def trigger(start: int, end: int) -> Span:
    return Span("st-0", "text", start, end, TEXT[start:end])


@pytest.mark.parametrize(("share", "expected"), [(0.9999, "denied"), (0.2, "happened")])
def test_the_surer_one_decides(annotate, share, expected):
    told = Sure(annotate(TEXT), "denied", share, 0.0)
    assert judged.likeliest("happened", told, trigger(10, 16)) == expected


def test_where_there_are_no_words_the_rules_decide(annotate):
    assert judged.likeliest("planned", annotate(TEXT), trigger(900, 906)) == "planned"


def test_certainty_rises_with_network_and_words(annotate):
    annotated = annotate(TEXT + " The plane may bomb the depot.")
    words = [token for sentence in annotated.sentences for token in sentence.syntax if token.lemma_ == "bomb"]
    by_network = [
        judged.certainty(words[0], Sure(annotated, "happened", 0.5, c), "text", 10, 16) for c in (-3, -1, 0, 1, 3)
    ]
    assert by_network == sorted(by_network)
    assert -3 <= by_network[0] < -1.5 < 1.5 < by_network[-1] <= 3
    done, maybe = (judged.certainty(w, Sure(annotated, "happened", 0.5, 1.0), "text", 10, 16) for w in words)
    assert done > maybe


def test_a_kind_is_the_likeliest_by_both(annotate):
    annotated = annotate("A drone slammed into the depot in Vellin, killing two.")
    assert judged.kind("other", annotated, Span("st-1", "text", 8, 15, "slammed"), settled=False) == "drone_strike"
    assert judged.kind("shelling", annotated, Span("st-1", "text", 900, 906, ""), settled=False) == "shelling"


def test_what_is_counted_beside_the_network_is_whole(annotate):
    lists = annotate(TEXT).encoder.lists
    assert np.allclose(np.exp(lists.trust).sum(axis=1), 1, atol=0.01)
    assert lists.trust.shape == (len(lists.statuses),) * 2
    assert np.allclose(np.exp(lists.kind_trust).sum(axis=1), 1, atol=0.01)
    assert lists.kind_trust.shape == (len(lists.event_kinds), len(lists.event_kinds) + 1)
    assert lists.sure["no"] < 0 < lists.sure["yes"]
    assert replace(lists, lift=1.0).lift == 1.0
