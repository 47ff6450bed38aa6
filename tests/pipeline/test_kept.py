"""What a running process keeps of a ledger: whatever is decided, added or broken off, it is what a rebuild would give."""

import os
import pickle
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from evaluation import generator
from invented import NOW, intake
from newsdesk import BOTH, FERRY, FIRST, SECOND, ferry, mill, opened, page, sheet, sheets, store
from onrecord import pipeline
from onrecord.errors import CannotWork, Conflict, WrongUse
from onrecord.ledger import Ledger, open_ledger, read, schema, write
from onrecord.pipeline import Judgement, Kept, Outcome, View, deriving
from onrecord.records import Campaign, Event, Reading, Source, Span, Story

MOST = 8 if os.environ.get("ONRECORD_NIGHTLY") else 4
"""Up to which seed the long runs go."""

LATER = NOW + timedelta(days=1)
PLACES = ("Varnholm", "Ostrey", "Low Ness")
Given = tuple[Story, Reading]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    held = opened(tmp_path)
    store(held, sheets())
    yield held
    held.close()


@pytest.fixture
def kept(ledger: Ledger) -> Kept:
    made = Kept(ledger)
    made.look(NOW)
    return made


def tables(ledger: Ledger, which: Sequence[sa.Table] = schema.DERIVED) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of some tables."""
    with ledger.reading() as connection:
        return {table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=str) for table in which}


def everything(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a ledger, facts and what is derived."""
    return tables(ledger, (*schema.FACTS, schema.current, *schema.DERIVED))


def holds(ledger: Ledger, kept: Kept) -> None:
    """What is kept is what the ledger shows; and that is what a rebuild from the facts gives, without another name."""
    assert kept.view == pipeline.view(ledger, now=LATER)
    before = everything(ledger)
    pipeline.rebuild(ledger, "joint", LATER)
    assert everything(ledger) == before
    with ledger.reading() as connection:
        facts = read.facts(connection)
        derived = pipeline.derive(facts.reads, "joint", facts.decisions, facts.campaigns)
        assert pipeline.content(kept.view) == pipeline.content(pipeline.viewing.shown(connection, derived))
    kept.look(LATER)


def say(by: Kept, verdict: str, target: str, **more: Any) -> Outcome:
    return by.decide(Judgement(verdict, target, "Ann Ode", **more), NOW)


def words(span: Span) -> str:
    return f"{span.story}:{span.part}:{span.start}-{span.end}"


def event_of(view: View, id_: str) -> Event:
    return next(event for one in view.reads for event in one.reading.events if event.id == id_)


# ---- whatever is decided


def anything(seen: View, pick: random.Random) -> Judgement:
    """What a person may decide who looks at that, now and then without sense."""
    rows = [*seen.derived.incidents, *seen.derived.plans]
    full = [one for one in seen.reads if one.reading.claims]
    one = pick.choice(full)
    claim, row = pick.choice(one.reading.claims), pick.choice(rows)
    events = one.reading.events or pick.choice([r for r in seen.reads if r.reading.events]).reading.events
    event, told = pick.choice(events), pick.choice(row.events)
    tallies = [tally for r in seen.reads for tally in r.reading.tallies]
    length = len(one.story.headline)
    number, place = str(pick.randrange(30)), pick.choice(PLACES)
    made: list[tuple[str, str, dict[str, Any]]] = [
        (pick.choice(["confirm", "reject"]), claim.id, {}),
        ("set", claim.id, {"field": "source", "value": pick.choice(["Coast Guard", "Oda Brenk", "Ostrey Post"])}),
        ("set", claim.id, {"field": "stance", "value": pick.choice(["claims responsibility", "denies"])}),
        ("set", event.id, {"field": "killed", "value": number}),
        ("set", event.id, {"field": "place", "value": place}),
        ("set", event.id, {"field": "status", "value": pick.choice(["planned", "happened", "denied"])}),
        (pick.choice(["confirm", "reject", "not_an_incident"]), event.id, {}),
        (pick.choice(["confirm", "reject", "not_an_incident"]), row.id, {}),
        ("set", row.id, {"field": pick.choice(["killed", "injured"]), "value": number}),
        ("set", row.id, {"field": "place", "value": place}),
        ("merge", row.id, {"into": pick.choice(rows).id}),
        ("merge", row.id, {"into": pick.choice(rows).id}),
        ("split", row.id, {"words": (words(event_of(seen, told).mentions[0].trigger),)}),
        ("split", row.id, {"words": (words(event_of(seen, told).mentions[0].trigger),)}),
        ("add", one.story.id, {"field": pick.choice(["event", "incident"]), "value": "raid"}),
        ("add", one.story.id, {"field": "claim", "value": "Coast Guard"}),
        ("set", one.story.id, {"field": "outlet", "value": pick.choice(["Sunnmark Mail", "Varn Courier"])}),
        ("set", one.story.id, {"field": "published", "value": f"2031-04-{pick.randrange(1, 20):02}"}),
    ]
    if tallies:
        made.append(("set", pick.choice(tallies).id, {"field": "count", "value": number}))
    if seen.decisions:
        made += [("undo", pick.choice(seen.decisions).id, {})] * 4
    if seen.campaigns:
        made.append(("set", row.id, {"field": "campaign", "value": f"{pick.choice(seen.campaigns).name}: out"}))
    verdict, target, more = pick.choice(made)
    if verdict == "add":
        start = pick.randrange(length - 6)
        more["words"] = (f"{one.story.id}:headline:{start}-{start + 6}",)
    return Judgement(verdict, target, pick.choice(["Ann Ode", "Bo Ek"]), **more)


def tried(decide: Callable[..., Outcome], *given: Any) -> Outcome | tuple[type[Exception], str]:
    try:
        return decide(*given)
    except CannotWork as refused:
        return type(refused), str(refused)


def generated(number: int) -> list[Given]:
    """Stories of a campaign, some of them copies, with totals."""
    found = []
    for one in generator.told(number, 5):
        told = one.read.story
        story = Story(told.id, told.name, told.url, told.outlet, told.headline, None, told.published, "en", one.text)
        found.append((story, replace(one.read.reading, reader=FIRST)))
    return found


def of_the_desk() -> list[Given]:
    return [(one.story, one.first) for one in sheets()]


def put(ledger: Ledger, given: Sequence[Given]) -> None:
    write.store(ledger, [intake(story, f"{story.id}.txt") for story, _ in given], [r for _, r in given], NOW)


def otherwise(given: Given, pick: random.Random) -> Reading:
    """A story as another reader has it: a claim, an event or a number is missing."""
    reading = given[1]
    events = tuple(event for event in reading.events if pick.random() < 0.7)
    claims = tuple(claim for claim in reading.claims if pick.random() < 0.8)
    return replace(reading, reader=SECOND, events=events, claims=claims)


def meanwhile(ledger: Ledger, all_: Sequence[Given], left: list[Given], pick: random.Random, seed: int) -> None:
    """What other programs do with a ledger: the same of the same seed."""
    match pick.choice(["stories", "stories", "stories at once", "campaign", "end", "reread", "decide", "rebuild"]):
        case "stories" if left:
            put(ledger, left[:2])
            pipeline.view(ledger, now=NOW)
        case "stories at once" if left:
            put(ledger, left[:1])
        case "campaign":
            pipeline.start_campaigns(ledger, [Campaign("Coast", places=(pick.choice(PLACES),))], NOW)
        case "end" if pipeline.view(ledger, now=NOW).campaigns:
            pipeline.end_campaign(ledger, "Coast", NOW)
        case "reread":
            held = {one.story.id for one in pipeline.view(ledger, now=NOW).reads}
            again = [one for one in all_ if one[0].id in held and pick.random() < 0.3]
            write.store(ledger, [], [otherwise(one, random.Random(seed)) for one in again], NOW)
            with ledger.writing() as connection:
                write.switch(connection, pick.choice([FIRST, SECOND]), None, NOW)
        case "decide":
            tried(pipeline.decide, ledger, anything(pipeline.view(ledger, now=NOW), pick), NOW)
        case "rebuild":
            pipeline.rebuild(ledger, "joint", NOW)
        case _:
            pass


def run(mine: Ledger, theirs: Ledger, given: Sequence[Given], seed: int, steps: int) -> None:
    """Decides and adds at random, through a running process on the one ledger, one command after the other on the other."""
    pick = random.Random(seed)
    given = list(given)
    pick.shuffle(given)
    first = len(given) * 2 // 3
    for ledger in (mine, theirs):
        put(ledger, given[:first])
    left, kept = given[first:], Kept(mine)
    seen = kept.look(NOW)
    told = pickle.loads(pickle.dumps(seen))
    pipeline.view(theirs, now=NOW)
    for step in range(steps):
        if pick.random() < 0.2:
            for ledger in (mine, theirs):
                meanwhile(ledger, given, left, random.Random(f"{seed} {step}"), step)
            held = {one.story.id for one in pipeline.view(theirs, now=NOW).reads}
            left = [one for one in left if one[0].id not in held]
            if pick.random() < 0.5:
                assert kept.look(NOW) == pipeline.view(theirs, now=NOW)
        asked = anything(pipeline.view(theirs, now=NOW), pick)
        answers = [tried(kept.decide, asked, NOW), tried(pipeline.decide, theirs, asked, NOW)]
        assert answers[0] == answers[1]
        assert kept.look(NOW) == pipeline.view(theirs, now=NOW)
        # Whoever is told of the changes alone has the same
        changes, seen = pipeline.between(seen, kept.view), kept.view
        told = pipeline.applied(told, pickle.loads(pickle.dumps(changes)))
        assert told == seen
    assert everything(mine) == everything(theirs)
    holds(mine, kept)


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, MOST))])
def test_a_running_process_gives_what_commands_give(seed: int, tmp_path: Path) -> None:
    with closing(opened(tmp_path, "mine")) as mine, closing(opened(tmp_path, "theirs")) as theirs:
        run(mine, theirs, of_the_desk(), seed, 24)


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, MOST))])
def test_a_running_process_gives_what_commands_give_on_a_campaign(seed: int, tmp_path: Path) -> None:
    with closing(opened(tmp_path, "mine")) as mine, closing(opened(tmp_path, "theirs")) as theirs:
        run(mine, theirs, generated(40), seed, 20)


def test_a_running_process_gives_what_commands_give_on_every_database(new_place: Callable[[str], str]) -> None:
    with (
        closing(open_ledger(new_place("mine"), create=True)) as mine,
        closing(open_ledger(new_place("theirs"), create=True)) as theirs,
    ):
        run(mine, theirs, of_the_desk(), 11, 8)


# ---- what others write meanwhile


def test_what_other_programs_wrote_is_seen(ledger: Ledger, kept: Kept, tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as other:
        seen = kept.view
        assert kept.look(NOW) is kept.look(NOW) is seen, "nothing is made again where nothing changed"
        row = seen.derived.incidents[0]
        pipeline.decide(other, Judgement("set", row.id, "Bo Ek", field="killed", value="7"), NOW)
        assert kept.view is seen
        assert kept.look(NOW) == pipeline.view(other, now=NOW)
        store(other, [sheet(page(9, "Overnight " + FERRY + ".", day=11), [ferry])])
        assert len(kept.look(NOW).reads) == len(seen.reads) + 1
        pipeline.start_campaigns(other, [Campaign("Ostrey", places=("Ostrey",))], NOW)
        assert [one.name for one in kept.look(NOW).campaigns] == ["Ostrey"]
        write.store(other, [], [one.second for one in sheets()], NOW)
        with other.writing() as connection:
            write.switch(connection, SECOND, None, NOW)
        assert {one.reading.reader for one in kept.look(NOW).reads} == {FIRST, SECOND}
        holds(ledger, kept)


def test_an_earlier_version_of_a_text_that_comes_later_renumbers_the_others(ledger: Ledger, kept: Kept) -> None:
    told = page(9, "Later " + FERRY + ".", day=12, url="https://varn.example/ferry")
    store(ledger, [sheet(told, [ferry])])
    assert kept.look(NOW) == pipeline.view(ledger, now=NOW)
    store(ledger, [sheet(page(10, FERRY + " again.", day=9, url="https://varn.example/ferry"), [ferry])])
    versions = {one.story.id: one.story.version for one in kept.look(NOW).reads}
    assert versions[told.id] == 2
    holds(ledger, kept)


def test_a_decision_is_made_on_what_others_wrote(ledger: Ledger, kept: Kept, tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as other:
        first = pipeline.decide(other, Judgement("reject", kept.view.derived.incidents[0].id, "Bo Ek"), NOW)
        store(other, [sheet(page(9, "Overnight " + BOTH + ".", day=11), [mill])])
    say(kept, "undo", first.decision.id)
    assert len(kept.view.decisions) == 2
    holds(ledger, kept)


def test_what_others_write_while_a_decision_is_thought_over_is_not_overlooked(
    ledger: Ledger, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every try somebody else was quicker, so that in the end the ledger is kept from changing."""
    thought, times = deriving.Deriving.made, list[int]()
    claims = [claim.id for one in kept.view.reads for claim in one.reading.claims]

    def interrupted(self: deriving.Deriving, *facts: Any) -> deriving.Made:
        with ledger.reading() as connection:
            held = len(read.decisions(connection))
        if len(times) < deriving.TRIES:
            times.append(held)
            with closing(opened(tmp_path)) as other, monkeypatch.context() as plain:
                plain.setattr(deriving.Deriving, "made", thought)
                pipeline.decide(other, Judgement("confirm", claims[len(times)], "Bo Ek"), NOW)
        return thought(self, *facts)

    monkeypatch.setattr(deriving.Deriving, "made", interrupted)
    say(kept, "reject", kept.view.derived.incidents[0].id)
    monkeypatch.undo()
    assert [one.by for one in kept.view.decisions] == ["Bo Ek"] * deriving.TRIES + ["Ann Ode"]
    holds(ledger, kept)


def test_another_ledger_in_the_place_of_the_one_kept_is_kept_instead(tmp_path: Path) -> None:
    with closing(opened(tmp_path, "other")) as other:
        store(other, sheets()[3:])
        seen = pipeline.view(other, now=NOW)
        with closing(opened(tmp_path)) as ledger:
            store(ledger, sheets())
            kept = Kept(ledger)
            kept.look(NOW)
            kept._ledger = other
            assert kept.look(NOW) == seen


# ---- what fails


def test_what_is_refused_leaves_all_as_it_was(ledger: Ledger, kept: Kept) -> None:
    row = kept.view.derived.incidents[0]
    before, seen = everything(ledger), kept.view
    with pytest.raises(Conflict, match="has changed since it was shown"):
        say(kept, "set", row.id, field="killed", value="7", version="0123456789ab")
    with pytest.raises(WrongUse, match="they are one already"):
        say(kept, "merge", row.id, into=row.id)
    with pytest.raises(WrongUse, match="nothing in the ledger has this id"):
        say(kept, "confirm", "nothing")
    with pytest.raises(WrongUse, match="needs the name"):
        kept.decide(Judgement("confirm", row.id, " "), NOW)
    assert everything(ledger) == before
    assert kept.view is kept.look(NOW) is seen
    holds(ledger, kept)


@pytest.mark.parametrize("breaks", ["add_decision", "change_derived", "add_names"])
def test_what_fails_halfway_leaves_all_as_it_was(
    breaks: str, ledger: Ledger, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, other = kept.view.derived.incidents[:2]
    claim = kept.view.reads[0].reading.claims[0]
    before, seen = everything(ledger), kept.view
    done = getattr(write, breaks)

    def fails(*given: Any) -> None:
        done(*given)
        raise MemoryError

    for verdict, target, more in (
        ("reject", claim.id, {}),
        ("set", kept.view.reads[1].story.id, {"field": "outlet", "value": "Sunnmark Mail"}),
        ("merge", row.id, {"into": other.id}),
    ):
        with monkeypatch.context() as broken:
            broken.setattr(write, breaks, fails)
            with pytest.raises(MemoryError):
                say(kept, verdict, target, **more)
        assert everything(ledger) == before
        assert kept.view is kept.look(NOW) is seen
    say(kept, "reject", row.id)
    holds(ledger, kept)


@pytest.mark.parametrize("breaks", ["under_names", "_told_otherwise", "of_rulings"])
def test_what_fails_while_it_is_thought_over_leaves_all_as_it_was(
    breaks: str, ledger: Ledger, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, seen = kept.view.derived.incidents[0], kept.view

    def fails(*_: Any) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(deriving.Deriving if breaks.startswith("_") else deriving, breaks, fails)
        with pytest.raises(MemoryError):
            say(kept, "reject", row.id)
    assert kept.view is kept.look(NOW) is seen
    say(kept, "reject", kept.view.derived.incidents[1].id)
    holds(ledger, kept)


# ---- what people do


def test_the_same_key_gives_the_same_decision_once(ledger: Ledger, kept: Kept) -> None:
    row = kept.view.derived.incidents[0]
    first, again = (say(kept, "set", row.id, field="killed", value="7", key="once") for _ in range(2))
    assert (first.again, again.again, again.decision) == (False, True, first.decision)
    assert again.standing == first.standing
    with pytest.raises(WrongUse, match="was used for another decision"):
        say(kept, "set", row.id, field="killed", value="8", key="once")
    assert len(kept.view.decisions) == 1
    holds(ledger, kept)


def test_names_are_kept_redirected_and_given_back(ledger: Ledger, kept: Kept) -> None:
    one, other = (row.id for row in kept.view.derived.incidents[:2])
    merged = say(kept, "merge", one, into=other)
    assert one not in {row.id for row in kept.view.derived.incidents}
    assert say(kept, "confirm", one).decision.target == other
    say(kept, "undo", merged.decision.id)
    assert {one, other} <= {row.id for row in kept.view.derived.incidents}
    assert [(name.act, name.into) for name in kept.view.names if name.name == one] == [
        ("given", None), ("redirected", other), ("restored", None),
    ]  # fmt: skip
    holds(ledger, kept)


def test_what_is_undone_is_as_it_was(ledger: Ledger, kept: Kept) -> None:
    before = kept.view.derived
    claim, story = kept.view.reads[0].reading.claims[0], kept.view.reads[2].story
    made = [say(kept, "reject", claim.id), say(kept, "set", story.id, field="published", value="2031-04-20")]
    assert kept.view.derived != before
    for one in reversed(made):
        say(kept, "undo", one.decision.id)
    assert replace(kept.view.derived, standings=()) == before
    holds(ledger, kept)


def test_rows_that_rest_on_nothing_that_changed_are_not_made_again(ledger: Ledger, kept: Kept) -> None:
    before = {row.id: row for row in kept.view.derived.incidents}
    row = kept.view.derived.incidents[0]
    say(kept, "set", row.id, field="killed", value="7")
    changed = {one.id for one in kept.view.derived.incidents if before[one.id] is not one}
    assert changed == {row.id}
    say(kept, "confirm", kept.view.reads[0].reading.claims[0].id)
    assert {one.id for one in kept.view.derived.incidents if before[one.id] is not one} == {row.id}


def test_whoever_speaks_for_another_body_is_heard_otherwise_in_every_row(ledger: Ledger, kept: Kept) -> None:
    """What one story says of a person holds for all: its claim counts, wherever the person is heard."""
    told = page(9, "The quay was hit, said Oda Brenk of the Harbour Authority.", FERRY + ".", day=9)
    again = page(10, BOTH + ", Oda Brenk said.", day=10)
    teller = Source("named_person", "Oda Brenk", affiliation="Harbour Authority")
    one, two = sheet(told, [ferry]), sheet(again, [mill])
    claim = replace(one.first.claims[0], id=f"{told.id}-c9", source=teller)
    first = replace(one.first, claims=(*one.first.claims, claim))
    second = replace(
        two.first, claims=tuple(replace(c, source=replace(teller, affiliation=None)) for c in two.first.claims)
    )
    put(ledger, [(told, first), (again, second)])
    kept.look(NOW)
    spoken = kept.view.derived.speakers
    assert [one.name for one in spoken] == ["brenk"]
    say(kept, "reject", claim.id)
    assert kept.view.derived.speakers == ()
    holds(ledger, kept)
    say(kept, "undo", kept.view.decisions[-1].id)
    assert kept.view.derived.speakers == spoken
    holds(ledger, kept)


def test_nothing_is_to_be_seen_before_the_first_look(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError, match="look at it first"):
        _ = Kept(ledger).view


def test_an_empty_ledger_is_kept_too(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        kept = Kept(ledger)
        assert kept.look(NOW).reads == ()
        store(ledger, sheets())
        assert kept.look(NOW) == pipeline.view(ledger, now=NOW)
        holds(ledger, kept)


def test_two_decide_at_once_while_others_read(ledger: Ledger, kept: Kept) -> None:
    claims = [claim.id for one in kept.view.reads for claim in one.reading.claims]
    refused: list[BaseException] = []
    over = threading.Event()

    def decides(some: Sequence[str], by: str) -> None:
        try:
            for claim in some:
                kept.decide(Judgement("reject", claim, by), NOW)
        except BaseException as error:
            refused.append(error)

    def reads() -> None:
        last = 0
        while not over.is_set():
            seen = kept.view
            try:
                assert len(seen.decisions) == len(seen.derived.standings) >= last
            except BaseException as error:
                refused.append(error)
                return
            last = len(seen.decisions)

    threads = [threading.Thread(target=decides, args=(claims[n::2], by)) for n, by in enumerate(("Ann Ode", "Bo Ek"))]
    reader = threading.Thread(target=reads)
    for thread in (reader, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    reader.join()
    assert refused == []
    assert len(kept.view.decisions) == len(claims)
    holds(ledger, kept)
