"""People at work on one ledger at once, programs that are killed, readers that change: no decision is lost or bent."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import pytest
import sqlalchemy as sa

from invented import NOW
from newsdesk import (
    FIRST,
    SECOND,
    Act,
    Sheet,
    incident_with,
    install,
    opened,
    page,
    row_with,
    say,
    sheet,
    sheets,
    store,
)
from onrecord import decisions, pipeline
from onrecord.engines import reader_name
from onrecord.errors import Conflict, TryLater, WrongUse
from onrecord.ledger import Ledger, open_ledger, read, schema, write
from onrecord.pipeline import Judgement, RereadOptions
from onrecord.records import Decision, Standing

NIGHTLY = bool(os.environ.get("ONRECORD_NIGHTLY"))
SEEDS = range(20 if NIGHTLY else 2)
pytestmark = pytest.mark.timeout(7200 if NIGHTLY else 300)


def crowd(seed: int) -> tuple[int, int, int]:
    """How many people decide how often on how many rows; many people at night, and very often of the first two seeds."""
    return ((20, 200, 50) if seed < 2 else (20, 10, 50)) if NIGHTLY else (4, 10, 12)


def many(seed: int) -> int:
    """How many decisions a new reader finds; many, of the first seed of a night."""
    return 500 if NIGHTLY and seed == 0 else 50


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    held = opened(tmp_path)
    yield held
    held.close()


def pier(number: int) -> tuple[str, Act]:
    """A clause that tells of an incident of its own, and the act."""
    words = f"Shells hit pier {number} at Port {number} on April {number % 27 + 1} and {number + 2} people died"
    return words, Act(words, "hit", day=number % 27 + 1, place=f"Port {number}", killed=number + 2)


def coast(count: int) -> list[Sheet]:
    """Stories of as many incidents."""
    told = [(n, *pier(n)) for n in range(count)]
    return [sheet(page(n, words + f", the master of pier {n} said.", day=28), [act]) for n, words, act in told]


def log(ledger: Ledger) -> tuple[Decision, ...]:
    with ledger.reading() as connection:
        return read.decisions(connection)


def standings(ledger: Ledger) -> dict[str, Standing]:
    return {standing.decision: standing for standing in pipeline.view(ledger).derived.standings}


def folded(ledger: Ledger, folder: Path, held: Sequence[Sheet], reader: str = FIRST) -> str:
    """The content of a fresh ledger that is given the same stories and then the same decisions, one by one."""
    store(fresh := opened(folder, "fresh"), held, reader)
    with fresh.writing() as connection:
        for decision in log(ledger):
            write.add_decision(connection, decision)
    found = pipeline.content(pipeline.view(fresh))
    fresh.close()
    return found


# ---- many people at once


@dataclass(frozen=True)
class Call:
    """One call to decide, as whoever made it saw it. decision: None where it was refused as a conflict."""

    target: str
    began: int
    ended: int
    decision: str | None


def work(place: str, seed: int, count: int) -> list[Call]:
    """A person who looks, decides on what they saw, and looks again where it was another by then."""
    chance, held = random.Random(seed), open_ledger(place)
    events = [e for one in pipeline.view(held).reads for e in one.reading.events]
    calls: list[Call] = []
    mine: list[str] = []
    while len([c for c in calls if c.decision]) < count:
        event = chance.choice(events).id
        asked = _wish(held, event, chance, mine, f"person {seed}")
        if asked is None:
            continue
        time.sleep(chance.random() / 200)
        began = time.monotonic_ns()
        try:
            made: str | None = pipeline.decide(held, asked, NOW).decision.id
            mine += [made] if made else []
        except Conflict:
            made = None
        except (TryLater, WrongUse):
            # Another took the row out or undid it first: nothing was kept
            continue
        calls.append(Call(asked.target, began, time.monotonic_ns(), made))
    held.close()
    return calls


def _wish(held: Ledger, event: str, chance: random.Random, mine: list[str], by: str) -> Judgement | None:
    """What somebody wants to decide, with the version of what they looked at."""
    seen = pipeline.view(held)
    row = next((r for r in (*seen.derived.incidents, *seen.derived.plans) if event in r.events), None)
    told = next((e for r in seen.reads for e in r.reading.events if e.id == event), None)
    verdict = chance.choices(["set", "confirm", "reject", "undo", "merge"], [12, 3, 1, 2, 1])[0]
    if verdict == "undo":
        return Judgement("undo", chance.choice(mine), by) if mine else None
    if row is None or told is None:
        return None
    version, number = decisions.version(row, row.id), str(chance.randrange(1000))
    if verdict == "merge":
        into = chance.choice(seen.derived.incidents).id
        return Judgement("merge", row.id, by, into=into, version=version)
    if verdict != "set":
        return Judgement(verdict, row.id, by, version=version)
    if chance.random() < 0.5:
        return Judgement("set", row.id, by, field="killed", value=number, version=version)
    return Judgement("set", event, by, field="killed", value=number, version=decisions.version(told, event))


def anomalies(calls: Sequence[Call], kept: Sequence[str]) -> list[str]:
    """What no history may show: a decision that was acknowledged and is not in the log, one that is there twice, one
    that nobody made, one before another that had ended when it began.
    """
    place = {id_: n for n, id_ in enumerate(kept)}
    acknowledged = [call for call in calls if call.decision is not None]
    counted = Counter(kept)
    found = [f"{c.decision} is lost" for c in acknowledged if c.decision not in place]
    found += [f"{id_} is there {times} times" for id_, times in counted.items() if times > 1]
    found += [f"{id_} was made by nobody" for id_ in place if id_ not in {c.decision for c in acknowledged}]
    ordered = sorted((c for c in acknowledged if c.decision in place), key=lambda c: c.began)
    for target in {c.target for c in ordered}:
        on_it = [c for c in ordered if c.target == target]
        for n, one in enumerate(on_it):
            for later in on_it[n + 1 :]:
                if one.ended < later.began and place[one.decision or ""] > place[later.decision or ""]:
                    found.append(f"{later.decision} on {target} stands before {one.decision}, which had ended")
    return found


def test_the_checker_of_histories_finds_what_no_history_may_show() -> None:
    one, two = Call("in-1", 1, 2, "de-1"), Call("in-1", 3, 4, "de-2")
    assert anomalies([one, two, Call("in-1", 5, 6, None)], ["de-1", "de-2"]) == []
    assert anomalies([one, replace(two, began=2)], ["de-2", "de-1"]) == []
    assert anomalies([one, two], ["de-1"]) == ["de-2 is lost"]
    assert anomalies([one], ["de-1", "de-1"]) == ["de-1 is there 2 times"]
    assert anomalies([one], ["de-1", "de-3"]) == ["de-3 was made by nobody"]
    assert anomalies([one, two], ["de-2", "de-1"]) == ["de-2 on in-1 stands before de-1, which had ended"]


def lost_updates(decided: Sequence[Decision], first: dict[str, str | None]) -> list[str]:
    """Values of events that somebody replaced without having seen them. first: what the reader found."""
    undone = {d.target for d in decided if d.verdict == "undo"}
    held, found = dict(first), []
    for one in decided:
        if one.verdict == "set" and one.kind == "event":
            if one.target in held and not undone and dict(one.seen)["killed"] != held[one.target]:
                found.append(one.id)
            held[one.target] = one.value
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_of_many_people_who_decide_at_once_nobody_loses_a_word(ledger: Ledger, tmp_path: Path, seed: int) -> None:
    people, each, rows = crowd(seed)
    held = coast(rows)
    store(ledger, held)
    assert len(pipeline.view(ledger).derived.incidents) == rows
    seeds = [1000 * seed + n for n in range(people)]
    if seed % 2:
        with ThreadPoolExecutor(people) as pool:
            done = list(pool.map(work, [ledger.place] * people, seeds, [each] * people))
    else:
        # Nothing of it may be open in what is forked
        ledger.close()
        with ProcessPoolExecutor(people, get_context("fork")) as processes:
            done = list(processes.map(work, [ledger.place] * people, seeds, [each] * people))
    calls = [call for some in done for call in some]
    kept = log(ledger)
    assert anomalies(calls, [decision.id for decision in kept]) == []
    assert len(kept) == people * each
    assert set(standings(ledger)) == {decision.id for decision in kept}
    assert pipeline.content(pipeline.view(ledger)) == folded(ledger, tmp_path, held)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_somebody_sets_replaces_only_what_they_saw(ledger: Ledger, seed: int) -> None:
    held = coast(3)
    store(ledger, held)
    pipeline.view(ledger)
    conflicts: list[str] = []
    start = threading.Barrier(4)

    def sets(person: int) -> None:
        chance = random.Random(100 * seed + person)
        start.wait()
        for n in range(12):
            event = f"{chance.choice(held).story.id}-e1"
            told = next(e for r in pipeline.view(ledger).reads for e in r.reading.events if e.id == event)
            version = decisions.version(told, event)
            time.sleep(chance.random() / 100)
            try:
                say(ledger, "set", event, field="killed", value=str(100 * person + n + 100), version=version)
            except Conflict as conflict:
                conflicts.append(str(conflict))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sets, range(4)))
    kept = log(ledger)
    assert len(kept) + len(conflicts) == 4 * 12
    assert conflicts, "four people on three rows are in each other's way"
    assert all("killed is " in told and "was to be " in told for told in conflicts)
    first = {one.first.events[0].id: dict(decisions.shown(one.first.events[0]))["killed"] for one in held}
    assert lost_updates(kept, first) == []
    last = {decision.target: decision.value for decision in kept}
    now = {e.id: dict(decisions.shown(e))["killed"] for r in pipeline.view(ledger).reads for e in r.reading.events}
    assert now == {**first, **last}


def test_a_lost_update_would_be_seen(ledger: Ledger) -> None:
    store(ledger, held := coast(1))
    event = held[0].first.events[0].id
    stale = say(ledger, "set", event, field="killed", value="7").decision
    second = replace(stale, id="de-second", value="8")
    assert lost_updates([stale, second], {event: "2"}) == ["de-second"]


# ---- the same call twice


def test_a_double_click_makes_one_decision(ledger: Ledger) -> None:
    store(ledger, coast(1))
    event = f"{coast(1)[0].story.id}-e1"
    start = threading.Barrier(6)

    def click(_: int) -> tuple[str, bool]:
        start.wait()
        made = say(ledger, "set", event, field="killed", value="9", key="click")
        return made.decision.id, made.again

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(click, range(6)))
    assert len({id_ for id_, _ in done}) == 1
    assert sorted(again for _, again in done) == [False, *[True] * 5]
    assert len(log(ledger)) == 1


DIES = """
import os, signal, sys
from datetime import UTC, datetime
from onrecord import pipeline
from onrecord.ledger import open_ledger, write
def dies(*_):
    os.kill(os.getpid(), signal.SIGKILL)
place, event, moment = sys.argv[1:]
ledger = open_ledger(place)
if moment != "after":
    setattr(write, moment, dies)
asked = pipeline.Judgement("set", event, "Ann Ode", field="killed", value="9", key="once")
pipeline.decide(ledger, asked, datetime(2031, 4, 2, 8, 30, tzinfo=UTC))
dies()
"""


@pytest.mark.parametrize(
    ("moment", "kept"), [pytest.param("add_decision", 0, marks=pytest.mark.slow), ("add_names", 0), ("after", 1)]
)
def test_a_reply_that_was_lost_is_given_again_and_what_was_not_kept_is_made(
    ledger: Ledger, moment: str, kept: int
) -> None:
    store(ledger, held := coast(2))
    pipeline.view(ledger)
    event = f"{held[0].story.id}-e1"
    done = subprocess.run(
        [sys.executable, "-c", DIES, ledger.place, event, moment], capture_output=True, check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    before = log(ledger)
    assert len(before) == kept
    retried = say(ledger, "set", event, field="killed", value="9", key="once")
    assert retried.again is bool(kept)
    assert log(ledger) == (retried.decision,)
    assert incident_with(ledger, event).killed.best == 9


# ---- merges that meet


def both(*calls: Callable[[], object]) -> list[object]:
    """What calls made at the same moment give, or the errors that they raise."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        start.wait()
        try:
            return call()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.parametrize("seed", SEEDS)
def test_two_merges_crosswise_leave_one_incident_and_one_refusal(ledger: Ledger, seed: int) -> None:
    store(ledger, held := coast(3))
    a, b = (row_with(ledger, f"{one.story.id}-e1").id for one in held[:2])
    done = both(lambda: say(ledger, "merge", a, into=b), lambda: say(ledger, "merge", b, "Bo Ek", into=a))
    refused = [one for one in done if isinstance(one, WrongUse)]
    assert len(refused) == 1
    assert "they are one already" in str(refused[0])
    (kept,) = log(ledger)
    assert row_with(ledger, f"{held[0].story.id}-e1").id == kept.into
    assert len(pipeline.view(ledger).derived.incidents) == 2


def test_a_merge_while_it_is_split_keeps_both_decisions(ledger: Ledger) -> None:
    held = sheets()
    store(ledger, held)
    mill, lock, ferry = f"{held[2].story.id}-e2", f"{held[2].story.id}-e3", f"{held[4].story.id}-e1"
    whole, other = row_with(ledger, mill).id, row_with(ledger, ferry).id
    trigger = held[2].first.events[2].mentions[0].trigger
    words = (f"{trigger.story}:{trigger.start}-{trigger.end}",)
    done = both(
        lambda: say(ledger, "merge", whole, into=other),
        lambda: say(ledger, "split", whole, "Bo Ek", words=words),
        lambda: say(ledger, "set", whole, "Cy Im", field="killed", value="3"),
    )
    refused = [one for one in done if isinstance(one, Exception)]
    assert refused == []
    assert len(log(ledger)) == 3
    for decision in log(ledger):
        if decision.target != whole:
            assert (decision.target, decision.asked) == (other, whole)
    rows = {event: row_with(ledger, event).id for event in (mill, lock, ferry)}
    assert rows[mill] == rows[ferry] == other
    assert rows[lock] != other
    assert incident_with(ledger, mill).killed.best == 3


# ---- another reader


CHANGES = ("identical", "moved", "changed", "vanished", "new")


def revised(count: int) -> list[Sheet]:
    """Stories that the second reader reads as before, in other words, with other numbers, not at all, or with more."""
    found = []
    for n in range(count):
        words, act = pier(n)
        more = Act(
            f"guards shot at boats off Port {n}", "shot", "shooting", day=n % 27 + 1, place=f"Port {n}", killed=1
        )
        told = page(n, words + f", the master of pier {n} said.", more.words + ".", day=28)
        second = {
            "identical": [act],
            "moved": [replace(act, words=words[: -len("people died")].rstrip())],
            "changed": [replace(act, killed=n + 50)],
            "vanished": [],
            "new": [more, act],
        }[CHANGES[n % 5]]
        found.append(sheet(told, [act], second))
    return found


def decide_on(ledger: Ledger, held: Sequence[Sheet], count: int, seed: int) -> dict[str, tuple[str, str]]:
    """Makes decisions, no two on one thing; for each what has become of its story, and what it says."""
    chance = random.Random(seed)
    wishes: list[tuple[str, str, str, dict[str, str]]] = []
    for n, one in enumerate(held):
        change, event, claim = CHANGES[n % 5], one.first.events[0].id, one.first.claims[0].id
        name = row_with(ledger, event).id
        if n // 5 % 3 == 0:
            wishes += [
                (change, name, "set", {"field": f, "value": v}) for f, v in (("target", "dockers"), ("killed", "77"))
            ]
            wishes += [(change, name, chance.choice(["confirm", "reject"]), {})]
            continue
        wishes += [
            (change, event, "set", {"field": field, "value": value})
            for field, value in {"killed": "99", "kind": "raid", "actor": "Tern Brigade", "injured": "3"}.items()
        ]
        wishes += [
            (change, claim, "set", {"field": f, "value": v}) for f, v in (("stance", "denies"), ("told", "Gull"))
        ]
        wishes += [(change, event, chance.choice(["confirm", "confirm", "reject"]), {}), (change, claim, "confirm", {})]
    # What is rejected is not there to be decided on after
    chosen = sorted(chance.sample(wishes, count), key=lambda wish: wish[2] == "reject")
    return {say(ledger, v, target, **more).decision.id: (change, v) for change, target, v, more in chosen}


def expected(decision: Decision, change: str) -> set[str]:
    """How a decision may stand after a story has changed so."""
    if change == "vanished":
        return {"orphaned"}
    if change in ("identical", "new"):
        return {"carried"}
    if change == "moved":
        # The claim's words are fewer now: who confirmed it has not seen these, and the toll stands outside the clause
        return {"needs_look"} if decision.kind == "claim" and decision.verdict == "confirm" else {"carried"}
    touches = decision.kind != "claim" and (decision.verdict != "set" or decision.field == "killed")
    return {"needs_look"} if touches else {"carried"}


@pytest.mark.parametrize("seed", SEEDS)
def test_another_reader_leaves_every_decision_and_says_how_each_stands(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    count = many(seed)
    held = revised(count // 5)
    store(ledger, held)
    made = decide_on(ledger, held, count, seed)
    before, first = log(ledger), pipeline.content(pipeline.view(ledger))
    assert len(before) == count
    assert {state.state for state in standings(ledger).values()} == {"carried"}
    install(monkeypatch, held)
    report = pipeline.reread(ledger, RereadOptions(NOW))
    assert log(ledger) == before
    assert sum(report.standings.values()) == count
    found = standings(ledger)
    for decision in before:
        change, _ = made[decision.id]
        standing = found[decision.id]
        assert standing.state in expected(decision, change), (change, decision, standing)
        if standing.state == "orphaned":
            assert all(span.text in standing.note for span in decision.anchors)
        if standing.state == "needs_look":
            assert " was " in standing.note
    assert {standing.state for standing in found.values()} == {"carried", "needs_look", "orphaned"}
    _nothing_is_bent(ledger, held, before, found)
    pipeline.reread(ledger, RereadOptions(NOW, reader=FIRST))
    assert pipeline.content(pipeline.view(ledger)) == first
    assert {state.state for state in standings(ledger).values()} == {"carried"}


def _nothing_is_bent(
    ledger: Ledger, held: Sequence[Sheet], decided: Sequence[Decision], found: dict[str, Standing]
) -> None:
    """What is in force on an event as it was made finds there what it was made on; what fell away rejects nothing."""
    now = {e.id: e for one in held for e in one.second.events}
    seen = pipeline.view(ledger)
    left = {e.id for r in seen.reads for e in r.reading.events} | {row.id for row in seen.derived.incidents}
    for decision in decided:
        standing = found[decision.id]
        if decision.kind == "event" and standing.state == "carried":
            assert standing.target is not None
            own, was = dict(decisions.shown(now[standing.target])), dict(decision.basis)
            fields = [decision.field] if decision.field else list(was)
            assert [own[f] for f in fields if f] == [was[f] for f in fields if f]
            assert now[standing.target].mentions[0].trigger == decision.anchors[0]
        if decision.verdict == "reject" and standing.state == "needs_look":
            assert standing.target in left


# ---- a re-reading that is disturbed


REREADS = """
import os, signal, sys
import newsdesk, pytest
from invented import NOW
from onrecord import pipeline
from onrecord.ledger import open_ledger, write
from onrecord.pipeline import rereading
place, moment = sys.argv[1:]
ledger = open_ledger(place)
done, calls = write.store, []
def dies(*args):
    calls.append(args)
    if moment == "between" and len(calls) == 2 or moment == "switch":
        os.kill(os.getpid(), signal.SIGKILL)
    return done(*args)
if moment == "between":
    write.store = dies
else:
    done = write.add_names
    write.add_names = dies
rereading.BATCH = 3
newsdesk.install(pytest.MonkeyPatch(), newsdesk.sheets())
pipeline.reread(ledger, pipeline.RereadOptions(NOW))
"""


@pytest.mark.parametrize(("moment", "kept"), [("between", 3), pytest.param("switch", 8, marks=pytest.mark.slow)])
def test_a_killed_rereading_goes_on_and_the_way_back_leads_back(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, kept: int
) -> None:
    held = sheets()
    store(ledger, held)
    say(ledger, "set", f"{held[2].story.id}-e1", field="killed", value="9")
    say(
        ledger,
        "merge",
        row_with(ledger, f"{held[4].story.id}-e1").id,
        into=row_with(ledger, f"{held[0].story.id}-e1").id,
    )
    old = pipeline.content(pipeline.view(ledger))
    found = subprocess.run(
        [sys.executable, "-c", REREADS, ledger.place, moment], capture_output=True, check=False, timeout=60
    )
    assert found.returncode == -signal.SIGKILL, found.stderr
    assert pipeline.content(pipeline.view(ledger)) == old
    assert len(read.read_by(ledger, [one.story.id for one in held], SECOND)) == kept
    install(monkeypatch, held)
    report = pipeline.reread(ledger, RereadOptions(NOW))
    assert (report.read, report.switched) == (len(held) - kept, len(held))
    assert pipeline.content(pipeline.view(ledger)) == folded(ledger, tmp_path, held, SECOND)
    pipeline.reread(ledger, RereadOptions(NOW, reader=FIRST))
    assert pipeline.content(pipeline.view(ledger)) == old


def test_whoever_looks_while_readings_are_switched_sees_the_old_or_the_new_and_no_mixture(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = sheets()
    store(ledger, held)
    install(monkeypatch, held)
    both_ways = [pipeline.content(pipeline.view(ledger))]
    pipeline.reread(ledger, RereadOptions(NOW))
    both_ways.append(pipeline.content(pipeline.view(ledger)))
    done = threading.Event()
    seen: Counter[str] = Counter()

    def look() -> None:
        own = open_ledger(ledger.place)
        while not done.is_set():
            seen[pipeline.content(pipeline.view(own))] += 1
        own.close()

    with ThreadPoolExecutor(2) as pool:
        lookers = [pool.submit(look) for _ in range(2)]
        for n in range(16):
            pipeline.reread(ledger, RereadOptions(NOW, reader=(FIRST, SECOND)[n % 2]))
        done.set()
        for looker in lookers:
            looker.result()
    assert set(seen) <= set(both_ways)
    assert sum(seen.values()) > 2


def test_a_view_is_of_one_moment_though_readings_are_switched_while_it_is_taken(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(ledger, held := sheets())
    install(monkeypatch, held)
    both_ways = [pipeline.content(pipeline.view(ledger))]
    pipeline.reread(ledger, RereadOptions(NOW))
    both_ways.append(pipeline.content(pipeline.view(ledger)))
    derives = pipeline.viewing.deriving.derive_if_old
    switches = iter((FIRST, SECOND, FIRST, SECOND, FIRST, SECOND))

    def switched_behind_its_back(*args: object) -> object:
        found = derives(*args)  # type: ignore[arg-type]
        pipeline.reread(ledger, RereadOptions(NOW, reader=next(switches)))
        return found

    monkeypatch.setattr(pipeline.viewing.deriving, "derive_if_old", switched_behind_its_back)
    assert pipeline.content(pipeline.view(ledger)) in both_ways


# ---- a page that changed, and the books


def test_a_page_whose_text_changed_is_a_new_version_and_the_old_one_stays(ledger: Ledger) -> None:
    held = sheets()
    one, later = held[0].story, held[5].story
    assert one.url == later.url
    store(ledger, [held[0]])
    say(ledger, "set", f"{one.id}-e1", field="killed", value="7")
    assert read.versions(ledger, one.id) == []
    store(ledger, [held[5]])
    assert read.versions(ledger, one.id) == read.versions(ledger, later.id) == [one.id, later.id]
    assert [told.text for told in read.stories(ledger) if told.id == one.id] == [one.text]
    seen = pipeline.view(ledger)
    heads = {r.story.id: (r.story.version, r.story.earlier) for r in seen.reads}
    assert heads == {one.id: (1, None), later.id: (2, one.id)}
    derivation = next(d for d in seen.derived.derivations if d.story == later.id)
    assert (derivation.relation, derivation.origin) == ("follow-up", one.id)
    assert {s.state for s in seen.derived.standings} == {"carried"}
    counts = {r.story.id: dict(decisions.shown(r.reading.events[0]))["killed"] for r in seen.reads}
    assert counts == {one.id: "7", later.id: "8"}, "what was decided on one version is said of that one"


def dump(ledger: Ledger) -> list[tuple[object, ...]]:
    """The rows of all decisions, as the database holds them."""
    with ledger.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.select(schema.decision).order_by(schema.decision.c.seq))]


def test_undoing_rejecting_restoring_and_another_persons_edit_add_rows_and_change_none(ledger: Ledger) -> None:
    held = sheets()
    store(ledger, held)
    event = f"{held[4].story.id}-e1"
    shown: dict[str, tuple[tuple[str, str | None], ...]] = {}

    def step(verdict: str, target: str, by: str, reason: str, **more: str) -> Decision:
        before = dump(ledger)
        told = next((e for r in pipeline.view(ledger).reads for e in r.reading.events if e.id == target), None)
        made = say(ledger, verdict, target, by, reason=reason, **more).decision
        assert dump(ledger)[:-1] == before
        shown[made.id] = decisions.shown(told) if told is not None else ()
        return made

    first = step("set", event, "Ann Ode", "the list names five", field="killed", value="5")
    rejected = step("reject", event, "Bo Ek", "another ferry")
    restored = step("undo", rejected.id, "Ann Ode", "it was this ferry")
    second = step("set", event, "Bo Ek", "the list was corrected", field="killed", value="6")
    kept = log(ledger)
    assert [d.id for d in kept] == [first.id, rejected.id, restored.id, second.id]
    for decision in kept:
        assert decision.seen == shown[decision.id]
        assert decision.at == NOW
        assert decision.reader == (reader_name() if decision.verdict == "undo" else FIRST)
        assert decision.by in ("Ann Ode", "Bo Ek")
        assert decision.reason
    assert dict(rejected.seen)["killed"] == dict(second.seen)["killed"] == "5"
    own = decisions.shown(held[4].first.events[0])
    assert all(d.basis == own for d in (first, rejected, second)), "what the reader itself had"
    states = {id_: standing.state for id_, standing in standings(ledger).items()}
    assert [states[d.id] for d in kept] == ["superseded", "undone", "carried", "carried"]
    assert incident_with(ledger, event).killed.best == 6


def test_no_decision_can_be_changed_or_removed_by_anybody(ledger: Ledger) -> None:
    store(ledger, held := coast(1))
    say(ledger, "confirm", f"{held[0].story.id}-e1")
    table = schema.decision
    for change in (sa.delete(table), sa.update(table).values(target="other")):
        with pytest.raises(sa.exc.DatabaseError, match="facts are only added"), ledger.writing() as connection:
            connection.execute(change)
    assert len(log(ledger)) == 1
