"""Stored in sets, it is the ledger that storing one by one makes: row for row, number for number, hash for hash."""

import hashlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import soundness
from invented import NOW, intake, reading, story
from onrecord.ledger import Ledger, bulk, chain, open_ledger, schema, write
from onrecord.ledger.codec import encode
from onrecord.records import UNDATED, Books, Capture, Intake, Reading, Rejection
from servers import Server

OTHER = NOW.replace(year=2032)


Held = dict[str, list[dict[str, Any]]]


def once(held: Held, table: str, key: str, row: dict[str, Any]) -> dict[str, Any]:
    found = next((one for one in held[table] if one[key] == row[key]), None)
    if found is None:
        held[table].append(row)
    return found or row


def one_by_one(held: Held, items: Sequence[Intake], readings: Sequence[Reading]) -> None:
    """The plain way: each input for itself, in rows of Python's. Numbers go on without a gap."""
    entries = [one_item(held, item) for item in items] + [one_reading(held, found) for found in readings]
    previous = held["log"][-1]["hash"] if held["log"] else chain.START
    for fact, row, digest in filter(None, entries):
        entry = {"seq": len(held["log"]) + 1, "fact": fact, "row": row, "digest": digest, "at": NOW}
        entry["hash"] = previous = chain.entry_hash(previous, entry)
        held["log"].append(entry)


def one_item(held: Held, item: Intake) -> tuple[str, int, str] | None:
    key = write.intake_key(item)
    if any(row["key"] == key for row in held["intake"]):
        return None
    capture = told = None
    if item.capture:
        given_ = {"sha256": item.capture.sha256, "media": item.capture.media, "body": item.capture.body}
        capture = once(held, "capture", "sha256", given_)
    if item.story:
        told = once(held, "story", "id", write.story_row(item.story))
    came = item.how or item.books is not None
    row = {
        "seq": len(held["intake"]) + 1,
        "key": key,
        "source": item.source,
        "state": item.state,
        "capture": capture["sha256"] if capture else None,
        "story": told["id"] if told else None,
        "body": encode({"books": item.books, "how": dict(sorted(item.how.items()))}) if came else None,
        "at": NOW,
    }
    held["intake"].append(row)
    why = [
        {"intake": row["seq"], "what": r.what, "reason": r.reason, "lost": r.lost, "body": encode(r)}
        for r in item.rejections
    ]
    for one in why:
        held["rejection"].append({"seq": len(held["rejection"]) + 1, **one})
    return "intake", row["seq"], chain.intake_digest(row, capture["media"] if capture else None, told, why)


def one_reading(held: Held, found: Reading) -> tuple[str, int, str] | None:
    if any((row["story"], row["reader"]) == (found.story, found.reader) for row in held["reading"]):
        return None
    seq = len(held["reading"]) + 1
    row = {"seq": seq, "story": found.story, "reader": found.reader, "body": encode(found), "at": NOW}
    held["reading"].append(row)
    once(held, "current", "story", {"story": found.story, "reading": seq})
    return "reading", seq, chain.row_digest(row)


NAMES = ("capture", "story", "intake", "rejection", "reading", "current", "log")


def held_by(ledger: Ledger) -> dict[str, list[dict[str, Any]]]:
    with ledger.reading() as connection:
        return {
            name: [dict(row) for row in connection.execute(sa.select(schema.metadata.tables[name])).mappings()]
            for name in NAMES
        }


def ordered(held: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    return {
        name: sorted(
            rows, key=lambda row: [str(row[c.name]).zfill(9) for c in schema.metadata.tables[name].primary_key]
        )
        for name, rows in held.items()
    }


LOST = (Rejection("a", "first reason", 3), Rejection("a", "second reason"))
TOLD = [
    story(n, f"Shells hit the quay at Varnholm on Monday, killing at least six dockers, number {n}.") for n in range(4)
]


def item_of(what: int) -> Intake:
    """One of many inputs, of which some share a story, a capture, or both."""
    told = TOLD[what % 4] if what % 5 else None
    made = intake(told, f"s{what % 7}.txt", LOST[: what % 3])
    if what % 4 == 1:
        # The same bytes under another kind: the first kind stays
        made = replace(made, capture=Capture(hashlib.sha256(b"x").hexdigest(), "x", f"text/{what % 3}", b"x"))
    if what % 6 == 2:
        made = replace(made, capture=None, how={"status": str(what), "at": "x"}, books=Books(9, 9, {}, 0))
    if told and what % 8 == 3:
        made = replace(made, story=replace(told, outlet=None, published=UNDATED))
    return made


def bare(what: int) -> Reading:
    return Reading(TOLD[what % 4].id, f"reader {what % 3}", (), (), (), (), facts=(f"{what} docks",))


def stored(ledger: Ledger, batches: Sequence[tuple[Sequence[Intake], Sequence[Reading]]]) -> None:
    plain: dict[str, list[dict[str, Any]]] = {name: [] for name in NAMES}
    for items, readings in batches:
        before = len(plain["intake"])
        one_by_one(plain, items, readings)
        new = write.store(ledger, items, readings, NOW)
        assert [write.intake_key(one) for one in new] == [row["key"] for row in plain["intake"][before:]]
        assert ordered(held_by(ledger)) == ordered(plain)


def told_by(items: Sequence[Intake], readings: Sequence[int]) -> list[Reading]:
    told = {one.story.id for one in items if one.story}
    return [found for what in readings if (found := bare(what)).story in told]


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 900), max_size=12), st.lists(st.integers(0, 30), max_size=8)), max_size=3
    )
)
def test_in_sets_or_one_by_one_it_is_the_same_ledger(tmp_path_factory: Any, batches: Any) -> None:
    place = str(tmp_path_factory.mktemp("sets") / "held.db")
    with closing(open_ledger(place, create=True)) as ledger:
        made = [([item_of(what) for what in items], readings) for items, readings in batches]
        stored(ledger, [(items, told_by(items, readings)) for items, readings in made])


def test_a_large_batch_goes_the_same_road(ledger: Ledger) -> None:
    """On a server, large enough for COPY; and a small one behind it."""
    every = [item_of(what) for what in range(400)]
    some = [item_of(what) for what in range(300, 420)]
    stored(ledger, [(every, told_by(every, range(30))), (some, told_by(some, range(40))), ([item_of(901)], [bare(77)])])
    soundness.check(ledger)


@pytest.mark.parametrize(
    "text", ["tab\there", "line\nfeed", "back\\slash \\N \\. \\x41", 'quote"s', "\u202eרע", "𝔘", ""]
)
def test_any_words_come_back_from_a_copy(ledger: Ledger, text: str) -> None:
    told = [story(n, f"{text} {n}", headline=text, outlet=text or None, name=text) for n in range(60)]
    body = bytes(range(256))
    items = [
        replace(intake(one), source=f"{n} {text}", capture=Capture(f"{n:064}", "", text, body))
        for n, one in enumerate(told)
    ]
    write.store(ledger, items, [Reading(one.id, text, (), (), (), ()) for one in told], NOW)
    held = held_by(ledger)
    assert sorted(row["text"] for row in held["story"]) == sorted(one.text for one in told)
    assert {(row["headline"], row["outlet"], row["name"]) for row in held["story"]} == {(text, text or None, text)}
    assert {(row["body"], row["media"]) for row in held["capture"]} == {(body, text)}
    assert {row["reader"] for row in held["reading"]} == {text}


def test_numbers_go_on_behind_a_copy_and_behind_what_was_not_kept(ledger: Ledger) -> None:
    items = [intake(None, f"{n}.bin", [Rejection("x", "is binary", 1)]) for n in range(130)]
    write.store(ledger, items[:60], [], NOW)
    with pytest.raises(sa.exc.IntegrityError):
        write.store(ledger, items[60:125], [reading(story(99))], NOW)
    write.store(ledger, items[125:], [], NOW)
    held = held_by(ledger)
    numbers = [row["seq"] for row in held["intake"]]
    assert len(set(numbers)) == len(numbers) == 65
    assert numbers == sorted(numbers)
    assert sorted(row["intake"] for row in held["rejection"]) == numbers
    soundness.check(ledger)


def test_many_readings_of_a_story_that_is_not_held_are_refused_as_one_is(ledger: Ledger) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        write.store(ledger, [], [Reading(f"st-{n}", "by hand", (), (), (), ()) for n in range(80)], NOW)
    assert not any(held_by(ledger).values())


def test_what_breaks_within_a_copy_is_told_as_elsewhere(server: Server) -> None:
    rows = [{"name": f"a{n}", "body": "no\x00text" if n == 7 else None, "at": NOW} for n in range(60)]
    with closing(open_ledger(server.ledger())) as ledger, ledger.engine.begin() as connection:
        with pytest.raises(sa.exc.DBAPIError, match="campaign"):
            bulk.put(connection, schema.campaign, rows)
        connection.rollback()


@pytest.mark.slow
def test_a_batch_beyond_what_one_question_may_hold(tmp_path: Path) -> None:
    items = [intake(None, f"{n}.bin", [Rejection("x", "is binary", 1)]) for n in range(35_000)]
    with closing(open_ledger(str(tmp_path / "held.db"), create=True)) as ledger:
        assert len(write.store(ledger, items, [], NOW)) == len(items)
        assert write.store(ledger, items, [], OTHER) == []
