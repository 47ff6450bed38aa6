"""Whatever the order of adding, deciding, re-reading, rebuilding and dying, the same facts have the same content."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from invented import NOW, intake
from newsdesk import FIRST, SECOND, install, opened, sheets, store
from onrecord import pipeline
from onrecord.errors import WrongUse
from onrecord.ledger import Ledger, read, write
from onrecord.pipeline import Judgement, Outcome, RereadOptions, View
from onrecord.records import Decision, Incident, Plan

NIGHTLY = bool(os.environ.get("ONRECORD_NIGHTLY"))
pytestmark = pytest.mark.timeout(7200 if NIGHTLY else 300)
HELD = sheets()
BY_ID = {one.story.id: one for one in HELD}
EVENTS = sorted({e.id for one in HELD for e in (*one.first.events, *one.second.events)})
CLAIMS = sorted({c.id for one in HELD for c in (*one.first.claims, *one.second.claims)})
FIELDS = [("killed", "31"), ("killed", "unknown"), ("kind", "raid"), ("place", "Ostrey"), ("actor", "Tern Brigade")]


@dataclass(frozen=True)
class Wish:
    """What somebody wants to decide, told without a name: an incident is that which holds an event."""

    verdict: str
    on: str
    of_row: bool = False
    into: str | None = None
    field: str | None = None
    value: str | None = None
    words: tuple[str, ...] = ()
    nth: int = 0


def fulfil(ledger: Ledger, wish: Wish) -> Outcome | None:
    """Decides it; None where there is nothing there to decide on, or it makes no sense there."""
    target: str | None = wish.on
    into: str | None = wish.into
    if wish.of_row or wish.into:
        seen = pipeline.view(ledger, now=NOW)
        target = row_of(seen, wish.on) if wish.of_row else target
        into = row_of(seen, wish.into) if wish.into else None
    if wish.verdict == "undo":
        decided = decisions_of(ledger)
        target = decided[wish.nth % len(decided)].id if decided else None
    if target is None or (wish.into and into is None):
        return None
    asked = Judgement(wish.verdict, target, "Ann Ode", "", wish.field, wish.value, into, wish.words)
    with suppress(WrongUse):
        return pipeline.decide(ledger, asked, NOW)
    return None


def row_of(seen: View, event: str) -> str | None:
    rows: list[Incident | Plan] = [*seen.derived.incidents, *seen.derived.plans]
    return next((row.id for row in rows if event in row.events), None)


def decisions_of(ledger: Ledger) -> tuple[Decision, ...]:
    with ledger.reading() as connection:
        return read.decisions(connection)


def words_of(event: str) -> tuple[str, ...]:
    """The words that name an event."""
    one = BY_ID[event.rpartition("-")[0]]
    found = next(e for e in (*one.first.events, *one.second.events) if e.id == event).mentions[0].trigger
    return (f"{found.story}:{found.start}-{found.end}",)


STORIES = [one.story.id for one in HELD]
WISHES = st.one_of(
    st.builds(
        lambda on, pair: Wish("set", on, field=pair[0], value=pair[1]),
        st.sampled_from(EVENTS), st.sampled_from([*FIELDS, ("status", "happened"), ("status", "denied")]),
    ),
    st.builds(
        lambda on, pair: Wish("set", on, True, field=pair[0], value=pair[1]), st.sampled_from(EVENTS), st.sampled_from(FIELDS)
    ),
    st.builds(lambda on: Wish("set", on, field="stance", value="denies"), st.sampled_from(CLAIMS)),
    st.builds(lambda on: Wish("set", on, field="outlet", value="Gull Wire"), st.sampled_from(STORIES)),
    st.builds(Wish, st.sampled_from(["confirm", "reject"]), st.sampled_from([*EVENTS, *CLAIMS])),
    st.builds(Wish, st.sampled_from(["confirm", "reject", "not_an_incident"]), st.sampled_from(EVENTS), st.just(True)),
    st.builds(lambda on, into: Wish("merge", on, True, into), st.sampled_from(EVENTS), st.sampled_from(EVENTS)),
    st.builds(lambda on: Wish("split", on, True, words=words_of(on)), st.sampled_from(EVENTS)),
    st.builds(
        lambda on, start, what: Wish("add", on, field=what, words=(f"{on}:{start}-{start + 6}",)),
        st.sampled_from(STORIES), st.integers(0, 40), st.sampled_from(["claim", "event", "incident"]),
    ),
    st.builds(lambda nth: Wish("undo", "", nth=nth), st.integers(0, 50)),
)  # fmt: skip


class Dies(BaseException):
    """A program that ends here."""


def dies(*_: object, **__: object) -> None:
    raise Dies


def afresh(folder: Path, current: dict[str, str], decided: Sequence[Decision]) -> View:
    """The view of a fresh ledger that is given these facts at once: the readings that count, and the decisions."""
    ledger = opened(folder, "fresh")
    # In an order of its own
    ids = sorted(current, reverse=True)
    items = [intake(BY_ID[id_].story, f"{id_}.txt") for id_ in ids]
    write.store(ledger, items, [BY_ID[id_].by(current[id_]) for id_ in ids], NOW)
    with ledger.writing() as connection:
        for decision in decided:
            write.add_decision(connection, decision)
    seen = pipeline.view(ledger, now=NOW)
    ledger.close()
    return seen


class AnyOrder(RuleBasedStateMachine):
    """A ledger to which everything happens that can; `current` is what its readings must be."""

    @initialize(some=st.lists(st.sampled_from(STORIES), min_size=2, max_size=6, unique=True))
    def begin(self, some: list[str]) -> None:
        self.folder = TemporaryDirectory()
        self.patch = pytest.MonkeyPatch()
        self.ledger = opened(Path(self.folder.name))
        self.current: dict[str, str] = {}
        self.read_by: dict[str, set[str]] = {FIRST: set(), SECOND: set()}
        self.reader = FIRST
        self.made = 0
        self.add(some)

    @rule(some=st.lists(st.sampled_from(STORIES), min_size=1, max_size=4, unique=True))
    def add_more(self, some: list[str]) -> None:
        self.add(some)

    def add(self, some: list[str]) -> None:
        """Adds stories as the installed reader reads them."""
        store(self.ledger, [BY_ID[id_] for id_ in some], self.reader)
        for id_ in some:
            self.current.setdefault(id_, self.reader)
            self.read_by[self.reader].add(id_)

    @rule(wish=WISHES)
    def decide(self, wish: Wish) -> None:
        self.made += fulfil(self.ledger, wish) is not None

    @rule(reader=st.sampled_from([FIRST, SECOND]))
    def read_anew(self, reader: str) -> None:
        self.reader = reader
        install(self.patch, HELD, reader)
        pipeline.reread(self.ledger, RereadOptions(NOW))
        self.current = dict.fromkeys(self.current, reader)
        self.read_by[reader] |= set(self.current)

    @rule(reader=st.sampled_from([FIRST, SECOND]))
    def go_back(self, reader: str) -> None:
        if not self.read_by[reader]:
            with pytest.raises(WrongUse, match="has read nothing here"):
                pipeline.reread(self.ledger, RereadOptions(NOW, reader=reader))
            return
        pipeline.reread(self.ledger, RereadOptions(NOW, reader=reader))
        self.current |= dict.fromkeys(self.read_by[reader], reader)

    @rule()
    def rebuild(self) -> None:
        pipeline.rebuild(self.ledger, "joint", NOW)

    @rule()
    def look(self) -> None:
        pipeline.view(self.ledger, now=NOW)

    @rule()
    def reopen(self) -> None:
        self.ledger.close()
        self.ledger = opened(Path(self.folder.name))

    @rule(wish=WISHES, step=st.sampled_from(["add_decision", "replace_derived", "add_names"]))
    def die_while_deciding(self, wish: Wish, step: str) -> None:
        with self.patch.context() as broken:
            pipeline.view(self.ledger, now=NOW)
            broken.setattr(write, step, dies)
            with suppress(Dies):
                # Not every decision goes through every step
                self.made += fulfil(self.ledger, wish) is not None

    @precondition(lambda self: self.current)
    @rule(step=st.sampled_from(["switch", "replace_derived"]))
    def die_while_reading_anew(self, step: str) -> None:
        other = SECOND if self.reader == FIRST else FIRST
        before = set(self.read_by[other])
        with self.patch.context() as broken:
            install(broken, HELD, other)
            broken.setattr(write, step, dies)
            try:
                pipeline.reread(self.ledger, RereadOptions(NOW))
            except Dies:
                self.read_by[other] |= set(self.current)
            else:
                # Nothing was to be switched: all that is held was read so already
                assert before >= set(self.current)

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "ledger"):
            assert len(decisions_of(self.ledger)) == self.made

    def teardown(self) -> None:
        if not hasattr(self, "ledger"):
            return
        try:
            self.compare()
        finally:
            self.ledger.close()
            self.patch.undo()
            self.folder.cleanup()

    def compare(self) -> None:
        """Holds the ledger against a fresh one that is given the same facts at once."""
        seen = pipeline.view(self.ledger, now=NOW)
        decided = decisions_of(self.ledger)
        assert {one.story.id: one.reading.reader for one in seen.reads} == self.current
        again = afresh(Path(self.folder.name), self.current, decided)
        assert pipeline.content(seen) == pipeline.content(again)
        assert states(seen) == states(again)
        assert names_mean_one_thing(self.ledger)


def states(seen: View) -> dict[str, str]:
    """How each decision stands; every one stands somehow."""
    found = {standing.decision: standing.state for standing in seen.derived.standings}
    assert set(found) == {decision.id for decision in seen.decisions}
    return found


def names_mean_one_thing(ledger: Ledger) -> bool:
    """Whether the names in use are those of the rows, no two alike, and each other leads to one of them or nowhere."""
    with ledger.reading() as connection:
        held, derived = read.names(connection), read.derived(connection)
    rows = [row.id for row in (*derived.incidents, *derived.plans)]
    alive: dict[str, bool] = {}
    given: list[str] = []
    for one in held:
        alive[one.name] = one.act in ("given", "moved", "restored")
        given += [one.name] if one.act == "given" else []
    return (
        len(set(rows)) == len(rows)
        and {n for n, is_ in alive.items() if is_} == set(rows)
        and len(set(given)) == len(given)
    )


TestAnyOrder = AnyOrder.TestCase

TestAnyOrder.settings = settings(
    max_examples=400 if NIGHTLY else 15,
    stateful_step_count=24 if NIGHTLY else 12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


# ---- the same judgements, made anew


@pytest.mark.parametrize("seed", range(20 if NIGHTLY else 3))
def test_the_same_judgements_on_the_same_stories_have_the_same_content_however_these_came(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    wishes = some_wishes(chance, 14)
    found = []
    for number in range(2):
        ledger = opened(tmp_path, f"{number}")
        held = chance.sample(HELD, len(HELD))
        size = len(HELD) if number == 0 else 3
        for start in range(0, len(held), size):
            store(ledger, held[start : start + size])
            pipeline.view(ledger, now=NOW)
        made = [fulfil(ledger, wish) is not None for wish in wishes]
        found.append((made, pipeline.content(pipeline.view(ledger, now=NOW))))
        ledger.close()
    assert found[0] == found[1]
    assert sum(found[0][0]) > 5


def some_wishes(chance: random.Random, count: int) -> list[Wish]:
    """Wishes that most often can be fulfilled."""
    first = [e.id for one in HELD for e in one.first.events]
    makes: list[Callable[[], Wish]] = [
        lambda: Wish("set", chance.choice(first), field="killed", value=str(chance.randrange(90))),
        lambda: Wish("set", chance.choice(first), True, field="killed", value=str(chance.randrange(90))),
        lambda: Wish("merge", chance.choice(first), True, chance.choice(first)),
        lambda: Wish("split", (event := chance.choice(first)), True, words=words_of(event)),
        lambda: Wish("reject", chance.choice(first), bool(chance.randrange(2))),
        lambda: Wish("confirm", chance.choice(first), True),
        lambda: Wish("add", STORIES[6], field="incident", words=(f"{STORIES[6]}:9-15",)),
        lambda: Wish("undo", "", nth=chance.randrange(50)),
    ]
    return [chance.choice(makes)() for _ in range(count)]


# ---- real deaths

ACTS = """
import json, sys
import newsdesk, pytest
from invented import NOW
from onrecord import pipeline
from onrecord.pipeline import rereading
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from test_any_order import HELD, fulfil, some_wishes
import random
folder, seed = Path(sys.argv[1]), int(sys.argv[2])
chance = random.Random(seed)
rereading.BATCH = 2
ledger = newsdesk.opened(folder)
print("begun", flush=True)
while True:
    for wish in some_wishes(chance, 3):
        done = fulfil(ledger, wish)
        if done is not None:
            print(done.decision.id, flush=True)
    newsdesk.store(ledger, chance.sample(HELD, 2))
    newsdesk.install(pytest.MonkeyPatch(), HELD, chance.choice([newsdesk.FIRST, newsdesk.SECOND]))
    pipeline.reread(ledger, pipeline.RereadOptions(NOW))
"""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10 if NIGHTLY else 2))
def test_programs_that_are_killed_one_after_the_other_leave_a_ledger_that_is_the_fold_of_its_facts(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    acknowledged: list[str] = []
    for number in range(4):
        args = [sys.executable, "-c", ACTS, str(tmp_path), str(100 * seed + number), str(Path(__file__).parent)]
        with subprocess.Popen(args, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            for _ in range(chance.randrange(1, 12)):
                acknowledged.append(process.stdout.readline().strip())
            process.send_signal(signal.SIGKILL)
            acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]
    ledger = opened(tmp_path)
    decided = decisions_of(ledger)
    assert set(acknowledged) <= {decision.id for decision in decided}
    assert len(decided) <= len(acknowledged) + 4
    seen = pipeline.view(ledger, now=NOW)
    current = {one.story.id: one.reading.reader for one in seen.reads}
    assert pipeline.content(seen) == pipeline.content(afresh(tmp_path, current, decided))
    assert names_mean_one_thing(ledger)
    ledger.close()


def test_content_tells_ledgers_apart(tmp_path: Path) -> None:
    found: set[str] = set()
    changes: list[dict[str, Any]] = [{}, {"reader": SECOND}, {"held": HELD[:7]}]
    for number, change in enumerate(changes):
        ledger = opened(tmp_path, f"{number}")
        store(ledger, change.get("held", HELD), change.get("reader", FIRST))
        found.add(pipeline.content(pipeline.view(ledger, now=NOW)))
        if not change:
            for wish in (Wish("set", EVENTS[0], True, field="killed", value="31"), Wish("confirm", EVENTS[0], True)):
                assert fulfil(ledger, wish) is not None
                found.add(pipeline.content(pipeline.view(ledger, now=NOW)))
        ledger.close()
    assert len(found) == len(changes) + 2
