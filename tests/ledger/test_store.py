"""Facts go in once and stay; what is current or derived is switched as a whole."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invented import NOW, derived, intake, masthead, reading, story
from onrecord.ledger import Ledger, open_ledger, read, schema, write
from onrecord.records import UNDATED, Furniture, Intake, Read, Rejection, Story

TOLD = story()
FOUND = reading(TOLD)
LOST = Rejection("a.txt", "2 characters are none", 2)


def counts(ledger: Ledger) -> dict[str, int]:
    with ledger.reading() as connection:
        return {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in schema.metadata.sorted_tables
        }


def test_what_is_stored_comes_back(ledger: Ledger) -> None:
    item = intake(TOLD)
    assert write.store(ledger, [item], [FOUND], NOW) == [item]
    assert list(read.stories(ledger)) == [TOLD]
    assert read.story(ledger, TOLD.id) == read.story(ledger, "tale-1") == TOLD
    assert read.story(ledger, "nobody") is None
    assert read.reads(ledger) == (Read(masthead(TOLD), FOUND),)
    assert read.held_keys(ledger, [write.intake_key(item), "other"]) == {write.intake_key(item)}
    assert read.read_by(ledger, [TOLD.id, "other"], "by hand") == {TOLD.id: FOUND}
    assert read.read_by(ledger, [TOLD.id], "another") == {}


def test_storing_twice_adds_nothing(ledger: Ledger) -> None:
    items = [intake(TOLD), intake(None, "b.bin", [Rejection("b.bin", "is binary", 9)]), intake(TOLD, "copy.txt")]
    assert write.store(ledger, items, [FOUND], NOW) == items
    before = counts(ledger)
    assert (before["intake"], before["story"], before["reading"], before["claim"]) == (3, 1, 1, 3)
    assert write.store(ledger, items, [FOUND], NOW.replace(year=2032)) == []
    assert counts(ledger) == before


def test_the_same_input_twice_in_a_batch_is_one(ledger: Ledger) -> None:
    assert write.store(ledger, [intake(TOLD), intake(TOLD)], [], NOW) == [intake(TOLD)]


@pytest.mark.parametrize(
    "other",
    [
        intake(TOLD, "elsewhere.txt"),
        intake(story(2, text="Another text."), "invented.txt"),
        replace(intake(TOLD), capture=None),
        intake(None, "invented.txt", [Rejection("invented.txt", "is empty")]),
    ],
)
def test_another_input_is_another(other: Intake) -> None:
    assert write.intake_key(other) != write.intake_key(intake(TOLD))


def test_the_books_tell_every_input_in_the_order_of_arrival(ledger: Ledger) -> None:
    twice = [Rejection("x", "first reason", 3), Rejection("x", "second reason", 4)]
    write.store(ledger, [intake(None, "z.bin", twice), intake(TOLD, "a.txt"), intake(TOLD, "b.txt", [LOST])], [], NOW)
    assert [(row.source, row.state, row.reason, row.lost) for row in read.intake(ledger)] == [
        ("z.bin", "refused", "first reason; second reason", 7),
        ("a.txt", "ok", "", 0),
        ("b.txt", "partial", "2 characters are none", 2),
    ]


@pytest.mark.parametrize("table", schema.FACTS, ids=lambda table: table.name)
@pytest.mark.parametrize("act", ["update", "delete"])
def test_facts_are_neither_changed_nor_deleted(ledger: Ledger, table: sa.Table, act: str) -> None:
    write.store(ledger, [intake(TOLD, rejections=[LOST])], [FOUND], NOW)
    before = counts(ledger)
    column = next(column for column in table.c if column.type.python_type is str)
    statement = sa.update(table).values({column.name: "changed"}) if act == "update" else sa.delete(table)
    with pytest.raises(sa.exc.IntegrityError, match="facts are only added"), ledger.writing() as connection:
        connection.execute(statement)
    assert counts(ledger) == before


def test_references_hold(ledger: Ledger) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        write.store(ledger, [], [reading(story(77))], NOW)
    assert counts(ledger)["reading"] == 0


def test_a_new_reading_becomes_current_and_the_old_one_stays(ledger: Ledger) -> None:
    write.store(ledger, [intake(TOLD)], [FOUND], NOW)
    before = read.readings_state(ledger)
    newer = replace(reading(TOLD, "a later reader"), claims=FOUND.claims[:1], events=FOUND.events[:1], tallies=())
    write.store(ledger, [], [newer], NOW)
    assert [r.reading for r in read.reads(ledger)] == [newer]
    assert read.readings_state(ledger) != before
    found = counts(ledger)
    assert (found["reading"], found["current"], found["claim"], found["event"], found["tally"]) == (2, 1, 1, 1, 0)
    assert read.read_by(ledger, [TOLD.id], "by hand") == {TOLD.id: FOUND}
    write.store(ledger, [], [FOUND], NOW)
    assert [r.reading for r in read.reads(ledger)] == [newer], "what an old reader read before does not come back"


def test_a_switch_that_fails_leaves_the_old_reading_whole(ledger: Ledger) -> None:
    write.store(ledger, [intake(TOLD)], [FOUND], NOW)
    before = counts(ledger)
    twice = replace(reading(TOLD, "careless"), claims=(FOUND.claims[0], FOUND.claims[0]))
    with pytest.raises(sa.exc.IntegrityError):
        write.store(ledger, [intake(story(2))], [twice], NOW)
    assert counts(ledger) == before
    assert [r.reading for r in read.reads(ledger)] == [FOUND]


def test_what_is_derived_is_replaced_as_a_whole(ledger: Ledger) -> None:
    write.store(ledger, [intake(TOLD)], [FOUND], NOW)
    state, reads = read.reads_of(ledger)
    assert reads == read.reads(ledger)
    assert read.derived_state(ledger) is None
    made = derived(TOLD, FOUND)
    write.replace_derived(ledger, made, state)
    write.replace_derived(ledger, made, state)
    assert read.derived(ledger) == made
    assert read.derived_state(ledger) == state == read.readings_state(ledger)
    doubled = replace(made, plans=made.plans * 2)
    with pytest.raises(sa.exc.IntegrityError):
        write.replace_derived(ledger, doubled, "another")
    assert read.derived(ledger) == made
    assert read.derived_state(ledger) == state


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=WORDS, headline=WORDS, number=st.integers(0, 2**60), furniture=st.lists(st.integers(0, 40), max_size=3))
def test_any_words_come_back(ledger: Ledger, text: str, headline: str, number: int, furniture: list[int]) -> None:
    pieces = tuple(Furniture("notice", at, at + 1) for at in furniture)
    told = story(number, text=text, headline=headline, byline=text or None, published=UNDATED, furniture=pieces)
    write.store(ledger, [intake(told, f"{number} {text}")], [], NOW)
    assert read.story(ledger, told.id) == told or counts(ledger)["story"] < counts(ledger)["intake"]


def test_the_length_of_a_text_is_in_code_points(ledger: Ledger) -> None:
    told = story(text="Ein Boot \U0001f6a2 e\u0301 \ufffd sank.")
    write.store(ledger, [intake(told)], [replace(FOUND, story=told.id, claims=(), events=(), tallies=())], NOW)
    assert read.reads(ledger)[0].story.length == len(told.text)


ADDS = """
import sys
sys.path.insert(0, {tests!r})
from invented import NOW, intake, reading, story
from onrecord.ledger import open_ledger, write
held = open_ledger({path!r}, create=True)
for n in range({first}, {first} + 40):
    write.store(held, [intake(story(n), f"{{n}}.txt")], [reading(story(n))], NOW)
"""


def test_two_processes_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "held.db")
    tests = str(Path(__file__).resolve().parents[1])
    codes = [ADDS.format(tests=tests, path=path, first=first) for first in (0, 20, 40)]
    running = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for code in codes]
    said = [process.communicate(timeout=120)[1].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], said
    held = open_ledger(path)
    assert [s.id for s in read.stories(held)] == [story(n).id for n in range(80)]
    assert len(list(read.intake(held))) == len(read.reads(held)) == 80
    held.close()


def test_a_story_may_lack_everything_but_its_text(ledger: Ledger) -> None:
    bare = Story("st-bare", None, None, None, "", None, UNDATED, None, "Shells fell.")
    write.store(ledger, [intake(bare)], [], NOW)
    assert read.story(ledger, "st-bare") == bare
