"""A target is found again by its words, whatever a later reader calls it."""

from dataclasses import replace

import pytest

from invented import TEXT, story
from newsdesk import BOTH, FERRY, QUAY, Act, ferry, lock, mill, page, quay, read_as
from onrecord.decisions.anchors import claim_at, event_at, events_in, of_event, tally_at
from onrecord.records import Reading, Span

PAGE = page(1, QUAY + ".", BOTH + ".", FERRY + ".", "Attacks have killed 12 people since the spring.")
TOTAL = [("killed 12 people", 12)]
READ = read_as(PAGE, [quay, mill, lock, ferry], tallies=TOTAL)


def moved(reading: Reading, n: int, by: int, grown: int = 0) -> Reading:
    """The reading with the words of one claim elsewhere."""
    claims = list(reading.claims)
    (words,) = claims[n].content
    claims[n] = replace(claims[n], content=(replace(words, start=words.start + by, end=words.end + by + grown),))
    return replace(reading, claims=tuple(claims))


def test_a_claim_is_found_where_it_was_under_any_id() -> None:
    claim = READ.claims[0]
    renumbered = replace(READ, claims=tuple(replace(c, id=f"x{n}") for n, c in enumerate(reversed(READ.claims))))
    found = claim_at(renumbered, claim.content, claim.id)
    assert found is not None
    assert found.content == claim.content


@pytest.mark.parametrize(
    ("by", "grown", "there"), [(5, 0, True), (0, 20, True), (0, -20, True), (40, 0, False), (0, 200, False)]
)
def test_a_claim_that_moved_or_grew_is_found_by_half_of_its_words(by: int, grown: int, there: bool) -> None:
    alone = replace(READ, claims=READ.claims[:1])
    found = claim_at(moved(alone, 0, by, grown), READ.claims[0].content, READ.claims[0].id)
    assert (found is not None) is there


def test_of_a_claim_that_was_split_the_larger_part_is_it() -> None:
    (words,) = READ.claims[0].content
    cut = words.start + 40
    parts = [replace(words, end=cut), replace(words, start=cut)]
    split = replace(READ, claims=tuple(replace(READ.claims[0], id=f"x{n}", content=(p,)) for n, p in enumerate(parts)))
    found = claim_at(split, (words,), "x1")
    assert found is not None
    assert found.id == "x0"


def test_of_two_claims_in_the_same_words_the_one_so_called_is_it() -> None:
    one, other = READ.claims[1], READ.claims[2]
    assert one.content == other.content
    for claim in (one, other):
        assert claim_at(READ, claim.content, claim.id) == claim


def test_of_two_acts_in_one_clause_each_is_found_by_its_own_word() -> None:
    for event in READ.events:
        assert event_at(READ, of_event(event)[0]) == event


def test_an_act_that_is_named_by_another_word_is_found_in_its_clause() -> None:
    hit = of_event(READ.events[0])[0]
    died = read_as(PAGE, [replace(quay, trigger="died"), mill])
    found = event_at(died, hit)
    assert found == died.events[0]


def test_in_a_clause_with_two_acts_the_first_stands_for_what_neither_names() -> None:
    (words,) = READ.claims[1].content
    beside = Span(PAGE.id, "text", words.end - 3, words.end, "il 7")
    assert event_at(READ, beside) == READ.events[1]


def test_where_nothing_is_told_nothing_is_found() -> None:
    hit = of_event(READ.events[0])[0]
    assert event_at(read_as(PAGE, [ferry]), hit) is None
    assert claim_at(read_as(PAGE, [ferry]), READ.claims[0].content, "") is None
    assert claim_at(read_as(PAGE, []), READ.claims[0].content, "") is None
    assert tally_at(READ, READ.claims[0].content, "") is None


def test_words_of_a_headline_are_not_those_of_the_text() -> None:
    told = story(headline=TEXT)
    act = Act("Shells hit the quay at Varnholm on Monday", "hit")
    read = read_as(told, [act])
    hit = of_event(read.events[0])[0]
    assert event_at(read, replace(hit, part="headline")) is None
    assert claim_at(read, [replace(s, part="headline") for s in read.claims[0].content], "") is None
    assert events_in(read, replace(read.claims[0].content[0], part="headline")) == []


def test_a_tally_is_found_by_its_words() -> None:
    assert tally_at(READ, (READ.tallies[0].span,), "") == READ.tallies[0]


def test_selected_words_name_the_events_whose_word_lies_within_them() -> None:
    (clause,) = READ.claims[1].content
    assert events_in(READ, clause) == [READ.events[1], READ.events[2]]
    assert events_in(READ, of_event(READ.events[2])[0]) == [READ.events[2]]
    assert events_in(READ, replace(clause, end=clause.start + 4)) == []
