"""Three hundred sentences of war reporting, written for this: what crime news does not teach.

The floors are what is reached; what is wrong is listed when one breaks.
"""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onrecord import claims, events
from onrecord.events import counts
from onrecord.records import Published
from onrecord.wording import numbers

ROWS = [
    json.loads(line)
    for path in sorted((Path(__file__).parent / "war").glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]
FLOORS = {"precision": 0.88, "recall": 0.54, "place": 0.48, "actor": 0.44, "kind": 0.45}
PUBLISHED = Published(datetime(2024, 5, 8, tzinfo=UTC), datetime(2024, 5, 8, 23, 59, tzinfo=UTC), "day", "given")


@pytest.fixture(scope="module")
def read(annotate):
    annotated = [annotate(row["text"], published=PUBLISHED) for row in ROWS]
    return [(row, it, events.build(it, claims.find(it).claims).events) for row, it in zip(ROWS, annotated, strict=True)]


def told(count):
    bounds = numbers.bounds(count.quantity)
    return count.what, bounds.low, bounds.best, bounds.high


def asked(row):
    return [(it["what"], it["low"], it["best"], it["high"]) for it in row["counts"]]


def summed_up(found: Counter, right: Counter) -> Counter:
    """The right counts, those that were found as one sum put together: "nine soldiers and five civilians" is 14, too."""
    for what, low, best, high in found - right:
        parts = [it for it in (right - found).elements() if it[0] == what and it[2] is not None]
        if len(parts) > 1 and sum(it[2] for it in parts) == best:
            right = right - Counter(parts) + Counter([(what, low, best, high)])
    return right


def test_counts(read):
    shared = found = right = 0
    wrong = []
    for row, annotated, _ in read:
        here = Counter(told(c) for sentence in annotated.sentences for c in counts.of_sentence(annotated, sentence))
        wanted = summed_up(here, Counter(asked(row)))
        shared += (here & wanted).total()
        found += here.total()
        right += wanted.total()
        if here != wanted:
            wrong.append((row["text"], wanted - here, here - wanted))
    assert shared / found >= FLOORS["precision"], wrong
    assert shared / right >= FLOORS["recall"], wrong


def test_no_number_that_is_not_in_its_span(read):
    for _, annotated, found in read:
        for count in (c for event in found for c in event.counts):
            span = count.span
            assert span.text == annotated.story.words(span.part)[span.start : span.end]
            assert count.quantity.number in {0, 1} or numbers.find(span.text)


@pytest.mark.parametrize(
    ("what", "of"),
    [
        ("place", lambda found: next((e.where.name for e in found if e.where), None)),
        ("actor", lambda found: next((e.actor.name for e in found if e.actor), None)),
    ],
)
def test_places_and_actors(read, what, of):
    pairs = [(row[what], of(found)) for row, _, found in read if row[what] or of(found)]
    right = sum(bool(a and b) and (a.lower() in b.lower() or b.lower() in a.lower()) for a, b in pairs)
    assert right / len(pairs) >= FLOORS[what], [pair for pair in pairs if pair[0] != pair[1]]


def test_kinds(read):
    right = [row["kind"] in [event.kind for event in found][:1] for row, _, found in read]
    assert sum(right) / len(right) >= FLOORS["kind"]
