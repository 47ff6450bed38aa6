"""Facts go in once and stay; what is current or derived is switched as a whole."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invented import NOW, derived, intake, masthead, reading, story
from onrecord.ledger import Ledger, inputs, open_ledger, read, schema, write
from onrecord.records import UNDATED, Campaign, Coding, Decision, Furniture, Intake, Name, Read, Rejection, Round, Story

TOLD = story()
FOUND = reading(TOLD)
LOST = Rejection("a.txt", "2 characters are none", 2)
ROUND = Round("ro-0000000001", "Spring", "incident", ("kind",), ("in-00000001",), (), "Ida Roon", NOW)
CODING = Coding("co-0000000001", ROUND.id, "in-00000001", "Ida Roon", NOW, (("kind", "raid"),), key="k")
JUDGED = Decision("de-0000000001", "confirm", f"{TOLD.id}-c1", "claim", "Ida Roon", NOW, "read twice", key="k")


def counts(ledger: Ledger) -> dict[str, int]:
    with ledger.reading() as connection:
        return {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in schema.metadata.sorted_tables
        }


def held_reads(ledger: Ledger) -> tuple[Read, ...]:
    with ledger.reading() as connection:
        return read.reads(connection)


def switch(ledger: Ledger, reader: str, stories: Sequence[str] | None = None) -> int:
    with ledger.writing() as connection:
        return write.switch(connection, reader, stories, NOW)


def test_what_is_stored_comes_back(ledger: Ledger) -> None:
    item = intake(TOLD)
    assert write.store(ledger, [item], [FOUND], NOW) == [item]
    assert list(read.stories(ledger)) == [TOLD]
    assert read.story(ledger, TOLD.id) == read.story(ledger, "tale-1") == TOLD
    assert read.story(ledger, "nobody") is None
    assert held_reads(ledger) == (Read(masthead(TOLD), FOUND),)
    assert read.stories_of(ledger, [TOLD.id, "other"]) == [TOLD]
    assert read.held_keys(ledger, [write.intake_key(item), "other"]) == {write.intake_key(item)}
    assert read.read_by(ledger, [TOLD.id, "other"], "by hand") == {TOLD.id: FOUND}
    assert read.read_by(ledger, [TOLD.id], "another") == {}


def test_storing_twice_adds_nothing(ledger: Ledger) -> None:
    items = [intake(TOLD), intake(None, "b.bin", [Rejection("b.bin", "is binary", 9)]), intake(TOLD, "copy.txt")]
    assert write.store(ledger, items, [FOUND], NOW) == items
    before = counts(ledger)
    assert (before["intake"], before["story"], before["reading"], before["log"]) == (3, 1, 1, 4)
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
    assert [(row.source, row.state, row.reason, row.lost) for row in inputs.intake(ledger)] == [
        ("z.bin", "refused", "first reason; second reason", 7),
        ("a.txt", "ok", "", 0),
        ("b.txt", "partial", "2 characters are none", 2),
    ]


def fill(ledger: Ledger) -> None:
    """A row in every table of facts."""
    write.store(ledger, [intake(TOLD, rejections=[LOST])], [FOUND, reading(TOLD, "a later reader")], NOW)
    switch(ledger, "a later reader")
    write.add_campaign(ledger, Campaign("Harbour"), NOW)
    with ledger.writing() as connection:
        write.add_decision(connection, JUDGED)
        write.add_round(connection, ROUND)
        write.add_coding(connection, CODING)
        write.add_names(connection, [Name("in-00000001", "given", None, ("st-1/text/0-6",))], NOW)


def test_a_round_is_what_was_opened_and_when_it_was_closed(ledger: Ledger) -> None:
    other = replace(ROUND, id="ro-0000000002")
    with ledger.writing() as connection:
        for one in (ROUND, other):
            write.add_round(connection, one)
        write.add_coding(connection, CODING)
        write.close_round(connection, ROUND.id, "Una Holt", NOW)
    with ledger.reading() as connection:
        assert read.rounds(connection) == (replace(ROUND, closed_by="Una Holt", closed_at=NOW), other)
        assert read.codings(connection) == read.codings(connection, ROUND.id) == (CODING,)
        assert read.codings(connection, other.id) == ()
        assert read.coding_of(connection, key="k") == CODING
        assert read.coding_of(connection, key="another") is None


def test_a_coder_answers_once_on_a_target(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        write.add_coding(connection, CODING)
    again = replace(CODING, id="co-0000000002", key=None, answers=(("kind", "bombing"),))
    with pytest.raises(sa.exc.IntegrityError), ledger.writing() as connection:
        write.add_coding(connection, again)


@pytest.mark.parametrize("table", schema.FACTS, ids=lambda table: table.name)
@pytest.mark.parametrize("act", ["update", "delete"])
def test_facts_are_neither_changed_nor_deleted(ledger: Ledger, table: sa.Table, act: str) -> None:
    fill(ledger)
    before = counts(ledger)
    assert before[table.name]
    column = next(column for column in table.c if column.type.python_type is str)
    statement = sa.update(table).values({column.name: "changed"}) if act == "update" else sa.delete(table)
    with pytest.raises(sa.exc.IntegrityError, match="facts are only added"), ledger.writing() as connection:
        connection.execute(statement)
    assert counts(ledger) == before


def test_every_table_is_of_facts_or_follows_from_them_or_is_of_people() -> None:
    kept = [*schema.FACTS, *schema.DERIVED, *schema.READ, *schema.PEOPLE]
    assert set(kept) == set(schema.metadata.tables.values())
    assert len(kept) == len(set(kept))
    assert set(schema.CHAINED) < set(schema.FACTS)


def test_references_hold(ledger: Ledger) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        write.store(ledger, [], [reading(story(77))], NOW)
    assert counts(ledger)["reading"] == 0


def test_a_new_reading_is_current_once_it_is_switched_to_and_the_old_one_stays(ledger: Ledger) -> None:
    write.store(ledger, [intake(TOLD), intake(story(2), "b.txt")], [FOUND, reading(story(2))], NOW)
    newer = replace(reading(TOLD, "a later reader"), claims=FOUND.claims[:1], events=FOUND.events[:1], tallies=())
    write.store(ledger, [], [newer], NOW)
    assert [r.reading for r in held_reads(ledger)] == [FOUND, reading(story(2))]
    before = state(ledger)
    assert switch(ledger, "a later reader") == 1
    assert [r.reading for r in held_reads(ledger)] == [newer, reading(story(2))]
    assert state(ledger) != before
    found = counts(ledger)
    assert (found["reading"], found["current"], found["switch"]) == (3, 2, 1)
    assert read.read_by(ledger, [TOLD.id], "by hand") == {TOLD.id: FOUND}
    write.store(ledger, [], [FOUND], NOW)
    assert held_reads(ledger)[0].reading == newer, "what an old reader read before does not come back"
    assert switch(ledger, "a later reader") == 0
    assert counts(ledger) == found, "a switch that changes nothing is no fact"
    assert switch(ledger, "by hand", [TOLD.id]) == 1
    assert [r.reading for r in held_reads(ledger)] == [FOUND, reading(story(2))]


def state(ledger: Ledger) -> str:
    with ledger.reading() as connection:
        return read.readings_state(connection)


def test_only_what_is_derived_from_changes_the_name_of_the_readings(ledger: Ledger) -> None:
    seen = [state(ledger)]
    write.store(ledger, [intake(TOLD)], [FOUND], NOW)
    seen.append(state(ledger))
    write.add_campaign(ledger, Campaign("Harbour"), NOW)
    seen.append(state(ledger))
    write.end_campaign(ledger, "Harbour", NOW)
    seen.append(state(ledger))
    assert len(set(seen)) == 4
    with ledger.writing() as connection:
        write.add_decision(connection, JUDGED)
        write.add_names(connection, [Name("in-00000001", "given", None, ())], NOW)
        assert read.readings_state(connection) == seen[-1]
        assert read.decided_state(connection) == JUDGED.id


def test_a_batch_that_fails_leaves_nothing_of_itself(ledger: Ledger) -> None:
    write.store(ledger, [intake(TOLD)], [FOUND], NOW)
    before = counts(ledger)
    with pytest.raises(sa.exc.IntegrityError):
        write.store(ledger, [intake(story(2))], [reading(story(2)), reading(story(77))], NOW)
    assert counts(ledger) == before
    assert [r.reading for r in held_reads(ledger)] == [FOUND]


def test_campaigns_are_given_other_bounds_and_end(ledger: Ledger) -> None:
    first, wider = Campaign("Harbour", places=("Varnholm",)), Campaign("Harbour", kinds=("shelling",))
    assert write.add_campaign(ledger, first, NOW)
    assert not write.add_campaign(ledger, first, NOW.replace(year=2032)), "it stands so already"
    assert write.add_campaign(ledger, Campaign("Coast"), NOW)
    assert write.add_campaign(ledger, wider, NOW)
    with ledger.reading() as connection:
        assert read.campaigns_in(connection) == [Campaign("Coast"), wider]
    assert write.end_campaign(ledger, "Harbour", NOW)
    assert not write.end_campaign(ledger, "Harbour", NOW), "it has ended already"
    assert not write.end_campaign(ledger, "Nobody's", NOW)
    with ledger.reading() as connection:
        assert read.campaigns_in(connection) == [Campaign("Coast")]
    assert counts(ledger)["campaign"] == 4


def test_decisions_and_names_come_back_in_their_order(ledger: Ledger) -> None:
    later = replace(
        JUDGED, id="de-0000000000", key=None, at=NOW.replace(year=2030), words=(FOUND.claims[0].content[0],)
    )
    names = [Name("in-2", "given", None, ("st-1/text/0-6",)), Name("in-1", "redirected", "in-2", ())]
    with ledger.writing() as connection:
        write.add_decision(connection, JUDGED)
        write.add_decision(connection, later)
        write.add_names(connection, names, NOW)
    with ledger.reading() as connection:
        assert read.decisions(connection) == (JUDGED, later)
        assert read.decision_of(connection, key="k") == JUDGED
        assert read.decision_of(connection, key="other") is None
        assert read.names(connection) == tuple(names)
    with pytest.raises(sa.exc.IntegrityError), ledger.writing() as connection:
        write.add_decision(connection, replace(later, id="de-0000000002", key="k"))
    assert counts(ledger)["decision"] == 2


def test_what_is_derived_is_replaced_as_a_whole(ledger: Ledger) -> None:
    write.store(ledger, [intake(TOLD)], [FOUND], NOW)
    made = derived(TOLD, FOUND)
    with ledger.writing() as connection:
        assert read.derived_from(connection) is None
        for _ in range(2):
            write.replace_derived(connection, made, "readings", "decided")
    doubled = replace(made, plans=made.plans * 2)
    with pytest.raises(sa.exc.IntegrityError), ledger.writing() as connection:
        write.replace_derived(connection, doubled, "others", "decided")
    with ledger.reading() as connection:
        assert read.derived(connection) == made
        assert read.derived_from(connection) == ("readings", "decided")


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
    assert held_reads(ledger)[0].story.length == len(told.text)


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
    assert len(list(inputs.intake(held))) == len(held_reads(held)) == 80
    held.close()


def test_a_story_may_lack_everything_but_its_text(ledger: Ledger) -> None:
    bare = Story("st-bare", None, None, None, "", None, UNDATED, None, "Shells fell.")
    write.store(ledger, [intake(bare)], [], NOW)
    assert read.story(ledger, "st-bare") == bare
