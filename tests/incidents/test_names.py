"""A name is kept for as long as what it stands for is told of, leads somewhere or nowhere, and is never given twice."""

from collections.abc import Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from newsdesk import page
from onrecord.incidents import Naming, named, resolve
from onrecord.records import NOTHING_SAID, Event, Incident, Mention, Name, Plan, Span, digest

TOLD = page(1, "xxxx " * 60)
WORD = 5


def event(n: int, clause: tuple[int, int] | None = None, trigger: int | None = None) -> Event:
    """An event in the n-th word of the text, told in the clause of the words given; else in that word alone."""
    at = WORD * (n if trigger is None else trigger)
    word = Span(TOLD.id, "text", at, at + 4, "xxxx")
    first, last = clause or (n, n)
    around = Span(TOLD.id, "text", WORD * first, WORD * last + 4, "")
    mention = Mention(around, word, "happened", "raid", None)
    return Event(f"{TOLD.id}-e{n}", "raid", "happened", None, None, None, None, None, (), (), (mention,))


def incident(events: Sequence[Event]) -> Incident:
    ids = tuple(e.id for e in events)
    return Incident(
        f"in-{digest(ids[0])[:16]}", "raid", "happened", None, None, None, None, NOTHING_SAID, NOTHING_SAID, ids,
        (TOLD.id,), (), (), (), (),
    )  # fmt: skip


def plan(events: Sequence[Event]) -> Plan:
    ids = tuple(e.id for e in events)
    return Plan(f"pl-{digest(ids[0])[:16]}", "raid", "planned", None, None, None, ids, (TOLD.id,))


class Book:
    """The names of a ledger, one derivation after the other. A row is the numbers of its events."""

    def __init__(self) -> None:
        self.held: list[Name] = []
        self.last: Naming | None = None

    def derive(
        self,
        *rows: Sequence[int],
        merged: Mapping[str, str] | None = None,
        parted: Mapping[int, int] | None = None,
        told: Mapping[int, Event] | None = None,
        make: type[Incident] | type[Plan] = Incident,
    ) -> dict[int, str]:
        """The name under which each event stands. parted: a row, by its first event, split off from another."""
        events = {n: event(n) for n in range(60)} | dict(told or {})
        made = [(incident if make is Incident else plan)([events[n] for n in row]) for row in rows]
        by_first = {row[0]: one.id for row, one in zip(rows, made, strict=True)}
        away = {by_first[part]: by_first[rest] for part, rest in (parted or {}).items()}
        known = {events[n].id: events[n] for row in rows for n in row} | {e.id: e for e in (told or {}).values()}
        self.last = named(made, known, self.held, merged=merged or {}, parted=away)
        self.held += self.last.acts
        return {n: self.last.names[one.id] for row, one in zip(rows, made, strict=True) for n in row}

    def leads(self, name: str) -> str:
        return resolve(name, self.held)

    @property
    def acts(self) -> list[tuple[str, str]]:
        """What became of names at the last derivation."""
        assert self.last is not None
        return [(act.name, act.act) for act in self.last.acts]


def test_the_same_rows_keep_their_names_and_nothing_is_noted() -> None:
    book = Book()
    first = book.derive([1, 2], [3])
    assert len(set(first.values())) == 2
    assert book.derive([3], [1, 2]) == first
    assert book.acts == []


def test_a_name_is_kept_over_growth_and_over_another_first_event() -> None:
    book = Book()
    name = book.derive([5])[5]
    assert book.derive([5, 6])[5] == name
    assert book.acts == [(name, "moved")]
    assert book.derive([1, 5, 6])[1] == name


def test_a_name_is_kept_where_the_act_is_named_by_another_word_of_its_clause() -> None:
    book = Book()
    name = book.derive([5], told={5: event(5, (4, 8))})[5]
    assert book.derive([6], told={6: event(6, (4, 8), 7)})[6] == name


def test_a_merge_redirects_and_its_undoing_restores() -> None:
    book = Book()
    apart = book.derive([1, 2, 3], [4])
    one, other = apart[1], apart[4]
    assert set(book.derive([1, 2, 3, 4], merged={one: other}).values()) == {other}
    assert book.leads(one) == other
    assert book.derive([1, 2, 3], [4]) == apart
    assert book.acts == [(other, "moved"), (one, "restored")] or set(book.acts) == {(other, "moved"), (one, "restored")}
    assert book.leads(one) == one


def test_what_grew_while_it_was_merged_has_its_own_name_again_afterwards() -> None:
    book = Book()
    apart = book.derive([1, 2, 3], [4])
    one, other = apart[1], apart[4]
    book.derive([1, 2, 3, 4, 5], merged={one: other})
    again = book.derive([1, 2, 3, 5], [4])
    assert (again[5], again[4]) == (one, other)


def test_of_what_was_merged_the_rest_of_a_split_keeps_the_name() -> None:
    book = Book()
    apart = book.derive([1, 2, 3], [4])
    book.derive([1, 2, 3, 4], merged={apart[1]: apart[4]})
    found = book.derive([1, 2, 3], [4], merged={apart[1]: apart[4]}, parted={4: 1})
    assert found[1] == apart[4]
    assert found[4] not in apart.values()


def test_redirects_of_redirects_lead_to_the_last() -> None:
    book = Book()
    apart = book.derive([1], [2], [3])
    book.derive([1, 2], [3], merged={apart[1]: apart[2]})
    book.derive([1, 2, 3], merged={apart[1]: apart[2], apart[2]: apart[3]})
    assert {book.leads(name) for name in apart.values()} == {apart[3]}


def test_a_split_leaves_the_name_with_the_rest_though_the_part_is_larger() -> None:
    book = Book()
    name = book.derive([1, 2, 3, 4])[1]
    found = book.derive([1], [2, 3, 4], parted={2: 1})
    assert found[1] == name
    assert found[2] != name


def test_a_part_of_a_part_leaves_the_name_with_its_rest() -> None:
    book = Book()
    whole = book.derive([1, 2, 3])
    part = book.derive([1], [2, 3], parted={2: 1})
    found = book.derive([1], [2], [3], parted={2: 1, 3: 2})
    assert (found[1], found[2]) == (whole[1], part[2])
    assert len(set(found.values())) == 3


def test_a_part_keeps_its_name_when_it_shrinks() -> None:
    book = Book()
    book.derive([1, 2, 3])
    part = book.derive([1], [2, 3], parted={2: 1})
    assert book.derive([1], [3], parted={3: 1})[3] == part[3]


def test_two_acts_of_one_clause_that_were_split_keep_their_names() -> None:
    told = {5: event(5, (4, 8)), 6: event(6, (4, 8))}
    book = Book()
    whole = book.derive([5, 6], told=told)
    part = book.derive([5], [6], told=told, parted={6: 5})
    assert part[5] == whole[5]
    assert book.derive([5], [6], told=told, parted={6: 5}) == part
    assert book.acts == []


def test_what_is_told_no_more_is_deleted_and_its_name_is_given_to_nothing_else() -> None:
    book = Book()
    name = book.derive([1], [9])[1]
    book.derive([9])
    assert book.acts == [(name, "deleted")]
    assert book.leads(name) == name
    assert name not in book.derive([2], [9]).values()
    assert book.derive([1], [2], [9])[1] == name, "told again in the same words, it is the same again"


def test_the_name_of_an_act_that_was_taken_out_does_not_pass_to_its_neighbour_in_the_clause() -> None:
    told = {5: event(5, (4, 8)), 6: event(6, (4, 8))}
    book = Book()
    both = book.derive([5], [6], told=told)
    book.derive([6], told=told)
    assert book.acts == [(both[5], "deleted")]
    assert book.leads(both[5]) == both[5]


def test_a_deleted_name_is_not_restored_by_another_act_of_its_clause() -> None:
    book = Book()
    name = book.derive([5], told={5: event(5, (4, 8))})[5]
    book.derive([30])
    assert name not in book.derive([6], [30], told={6: event(6, (4, 8))}).values()


def test_an_incident_that_turns_out_to_be_planned_leads_to_the_plan() -> None:
    book = Book()
    name = book.derive([1])[1]
    other = book.derive([1], make=Plan)[1]
    assert other.startswith("pl-")
    assert book.leads(name) == other


def test_of_two_that_the_machine_joins_the_one_with_more_words_keeps_its_name() -> None:
    book = Book()
    apart = book.derive([1], [2, 3])
    assert set(book.derive([1, 2, 3]).values()) == {apart[2]}
    assert book.leads(apart[1]) == apart[2]


def test_names_that_begin_alike_are_told_apart() -> None:
    held = [Name(incident([event(1)]).id[:11], "given", None, (f"{TOLD.id}/text/290-294",))]
    found = named([incident([event(1)])], {event(1).id: event(1)}, held, merged={}, parted={})
    (name,) = found.names.values()
    assert name != held[0].name
    assert name.startswith(held[0].name)


PARTITIONS = st.lists(st.integers(-1, 3), min_size=8, max_size=8)
"""For each of eight events the row that it is in, or -1 where nobody tells of it."""


def partition(rows: Sequence[int]) -> list[list[int]]:
    return [found for r in range(4) if (found := [n for n, row in enumerate(rows) if row == r])]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(PARTITIONS, st.booleans(), st.booleans()), min_size=1, max_size=8))
def test_whatever_is_derived_a_name_means_one_thing_and_no_redirect_goes_in_circles(
    steps: list[tuple[list[int], bool, bool]],
) -> None:
    book = Book()
    before: dict[int, str] = {}
    clauses = {n: event(n, (n - n % 2, n - n % 2 + 1)) for n in range(8)}
    for rows, beside, as_merged in steps:
        parts = partition(rows)
        merged: dict[str, str] = {}
        if as_merged:
            for row in parts:
                names = sorted({before[n] for n in row if n in before})
                merged.update(dict.fromkeys(names[1:], names[0] if names else ""))
        given_before = {entry.name for entry in book.held if entry.act == "given"}
        now = book.derive(*parts, merged=merged, told=clauses if beside else None)
        assert len(set(now.values())) == len(parts)
        assert all(len({now[n] for n in row}) == 1 for row in parts)
        assert book.last is not None
        for act in book.last.acts:
            assert (act.act == "given") is (act.name not in given_before)
        alive = set(now.values())
        for entry in book.held:
            led = book.leads(entry.name)
            assert book.leads(led) == led
            ended = next(e.act for e in reversed(book.held) if e.name == led)
            assert led in alive or ended == "deleted"
        before = now


@settings(max_examples=40, deadline=None)
@given(st.lists(PARTITIONS, min_size=2, max_size=8))
def test_a_name_that_comes_back_stands_on_words_that_it_stood_on(steps: list[list[int]]) -> None:
    book = Book()
    stood: dict[str, set[int]] = {}
    for rows in steps:
        now = book.derive(*partition(rows))
        for name in set(now.values()):
            words = {n for n, held in now.items() if held == name}
            assert name not in stood or words & stood[name]
            stood[name] = words
