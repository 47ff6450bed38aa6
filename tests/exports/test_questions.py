"""Answers with bounds: what holds for any ledger, and what is said of them."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invented import view
from onrecord import pipeline
from onrecord.errors import WrongUse
from onrecord.exports import filters, questions
from onrecord.exports.filters import Filter
from onrecord.exports.questions import Answer, Known, What, answer, ask
from onrecord.incidents.counting import figure
from onrecord.ledger import open_ledger
from onrecord.pipeline import View, arranged
from onrecord.records import Bounds, Campaign, Derived

FIRST = date(2031, 3, 1)
WHATS: tuple[What, ...] = ("incidents", "killed", "injured")


def days(spread: int = 60) -> st.SearchStrategy[date]:
    return st.integers(0, spread).map(lambda n: FIRST + timedelta(n))


@st.composite
def harm(draw: st.DrawFn) -> tuple[int | None, int | None, int | None]:
    low, best, high = sorted(draw(st.tuples(*[st.integers(0, 9)] * 3)))
    # As the codebook's profile gives them: a number, a range, at least, more than, up to, nothing
    return draw(
        st.sampled_from(
            [
                (low, best, high),
                (best, best, None),
                (low, None, None),
                (None, None, high),
                (low, None, high),
                (None,) * 3,
            ]
        )
    )


@st.composite
def held(draw: st.DrawFn) -> Known:
    told = draw(st.none() | days())
    first = draw(st.none() | days(told.toordinal() - FIRST.toordinal() if told else 60))
    last = None
    if first:
        last = min(first + timedelta(draw(st.integers(0, 20))), told or date.max)
    row: dict[str, Any] = {
        "id": f"in-{draw(st.integers(0, 99))}", "kind": draw(st.sampled_from(["raid", "shelling"])), "status": "happened",
        "first_day": first.isoformat() if first else None, "last_day": last.isoformat() if last else None,
        "place": draw(st.sampled_from([None, "Varnholm", "Ostrey"])), "country": draw(st.sampled_from([None, "Quelland"])),
        "place_precision": "exact", "actor": draw(st.sampled_from([None, "gunmen", "Tern Brigade", "Red Front"])),
        "outlets": draw(st.sampled_from(["Varn Courier", "Varn Courier; ", "Ostrey Post"])), "reports": None,
        "campaigns": None, "independent_reports": 1, "primary_sources": 1,
    }  # fmt: skip
    for what in ("killed", "injured"):
        row |= dict(zip((f"{what}_{end}" for end in ("low", "best", "high")), draw(harm()), strict=True))
    return Known(row, told)


@st.composite
def wished(draw: st.DrawFn) -> Filter:
    since, until = draw(st.none() | days(70)), draw(st.none() | days(70))
    if since and until and until < since:
        since, until = until, since
    some = {"place": "varn", "actor": "tern", "kind": "raid", "outlet": "courier"}
    return Filter(since, until, **{name: value for name, value in some.items() if draw(st.booleans())})


def ends(found: Answer) -> tuple[float, float, float]:
    """The bounds with their meanings spelled out: unknown is below all, open above all."""
    low, best, high = found.bounds.low, found.bounds.best, found.bounds.high
    told = any(one.figure != Bounds(None, None, None) for one in found.behind)
    top = high if high is not None else float("inf") if told else -1
    return -1 if low is None else low, -1 if best is None else best, top


def grew(before: Answer, after: Answer) -> bool:
    return all(one <= other for one, other in zip(ends(before), ends(after), strict=True))


LEDGER = st.lists(held(), max_size=8)
ASKED = st.sampled_from(WHATS)


@given(ASKED, wished(), LEDGER)
def test_low_best_and_high_are_in_order(what: What, wanted: Filter, ledger: list[Known]) -> None:
    low, best, high = ends(answer(what, wanted, ledger))
    assert low <= best <= high


@given(ASKED, wished(), LEDGER, held())
def test_one_incident_more_never_lowers(what: What, wanted: Filter, ledger: list[Known], more: Known) -> None:
    assert grew(answer(what, wanted, ledger), answer(what, wanted, [*ledger, more]))


@given(ASKED, wished(), LEDGER, st.integers(0, 30), st.integers(0, 30))
def test_a_longer_period_never_lowers(what: What, wanted: Filter, ledger: list[Known], before: int, after: int) -> None:
    since = wanted.since and wanted.since - timedelta(before)
    until = wanted.until and wanted.until + timedelta(after)
    assert grew(answer(what, wanted, ledger), answer(what, replace(wanted, since=since, until=until), ledger))


@given(ASKED, wished(), LEDGER, st.sampled_from(["since", "until", "place", "actor", "kind", "outlet"]))
def test_a_filter_less_never_lowers(what: What, wanted: Filter, ledger: list[Known], name: str) -> None:
    assert grew(answer(what, wanted, ledger), answer(what, replace(wanted, **{name: None}), ledger))


@given(ASKED, wished(), LEDGER, st.randoms(use_true_random=False))
def test_the_order_of_a_ledger_does_not_matter(
    what: What, wanted: Filter, ledger: list[Known], chance: random.Random
) -> None:
    found = answer(what, wanted, ledger)
    other = answer(what, wanted, chance.sample(ledger, len(ledger)))
    assert (found.bounds, found.left_out, questions.sentence(found)) == (
        other.bounds,
        other.left_out,
        questions.sentence(other),
    )


@given(wished(), LEDGER, st.data())
def test_whatever_happened_lies_between_the_bounds(wanted: Filter, ledger: list[Known], data: st.DataObject) -> None:
    """Days, actors, outlets and numbers drawn from among all that the ledger leaves open."""
    inside, dead = 0, 0
    for one in ledger:
        row = one.row
        told = one.told or FIRST
        first = date.fromisoformat(str(row["first_day"])) if row["first_day"] else told - timedelta(7)
        last = date.fromisoformat(str(row["last_day"])) if row["last_day"] else told
        day = first + timedelta(data.draw(st.integers(0, (last - first).days)))
        actor = (
            row["actor"] if row["actor"] not in (None, "gunmen") else data.draw(st.sampled_from(["Tern", "Red Front"]))
        )
        place = row["place"] or data.draw(st.sampled_from(["Varnholm", "Kelm"]))
        outlets = str(row["outlets"]) + data.draw(
            st.sampled_from(["", "Courier"]) if str(row["outlets"])[-1] == " " else st.just("")
        )
        belongs = (
            (wanted.since or day) <= day <= (wanted.until or day)
            and (wanted.place is None or "varn" in str(place).casefold())
            and (wanted.actor is None or "tern" in str(actor).casefold())
            and (wanted.kind or row["kind"]) == row["kind"]
            and (wanted.outlet is None or "courier" in outlets.casefold())
        )
        low, high = (row[f"killed_{end}"] for end in ("low", "high"))
        if belongs:
            inside += 1
            # No figure adds nothing: the bounds are of what is told
            if (row["killed_low"], row["killed_best"], row["killed_high"]) != (None, None, None):
                dead += data.draw(st.integers(int(low or 0), int(low or 0) + 50 if high is None else int(high)))
    # An incident that nobody dates may have no day at all, and then it may lie anywhere
    low, _, high = ends(answer("incidents", wanted, ledger))
    assert low <= inside <= high
    low, _, high = ends(answer("killed", wanted, ledger))
    assert low <= dead <= max(high, 0)


@given(st.lists(held(), max_size=8), st.lists(days(80), min_size=1, max_size=4), ASKED)
def test_adjacent_periods_add_up_by_the_best_reading(ledger: list[Known], borders: list[date], what: What) -> None:
    """Of incidents that have a day, or are told of on one, each has its best place in one period and no other."""
    placed = [one for one in ledger if one.told or one.row["first_day"]]
    edges = [FIRST - timedelta(30), *sorted(set(borders)), FIRST + timedelta(120)]
    parts = [
        answer(what, Filter(since=start, until=end - timedelta(1)), placed).bounds.best or 0
        for start, end in pairwise(edges)
    ]
    assert sum(parts) == (answer(what, Filter(), placed).bounds.best or 0)


@given(wished(), LEDGER)
def test_what_the_lists_show_is_behind_the_answer(wanted: Filter, ledger: list[Known]) -> None:
    behind = [one.row for one in answer("incidents", wanted, ledger).behind]
    assert all(one.row in behind for one in ledger if wanted.keeps(one.row))


@given(st.sampled_from(["killed", "injured"]), wished(), LEDGER)
def test_unknown_is_not_zero(what: What, wanted: Filter, ledger: list[Known]) -> None:
    silent = [
        Known({**one.row, **{f"{what}_{end}": None for end in ("low", "best", "high")}}, one.told) for one in ledger
    ]
    found = answer(what, wanted, silent)
    assert found.bounds == Bounds(None, None, None)
    assert questions.sentence(found).startswith(f"{what.capitalize()}: not known")
    both = answer(what, wanted, [*ledger, *silent])
    assert both.bounds == answer(what, wanted, ledger).bounds
    assert len(questions.as_json(found)["unknown"]) == len(found.behind)  # type: ignore[arg-type]


# ---- one incident at a time


def one(told: str | None = "2031-03-10", **changed: Any) -> Known:
    row: dict[str, Any] = {
        "id": "in-1", "kind": "raid", "status": "happened", "first_day": "2031-03-10", "last_day": "2031-03-10",
        "place": "Varnholm", "country": "Quelland", "place_precision": "exact", "actor": "Tern Brigade", "outlets": "Varn Courier",
        "reports": "Varn Courier", "campaigns": "Coast", "independent_reports": 1, "primary_sources": 2, "grade": "one report",
        "killed_low": 3, "killed_best": 4, "killed_high": 6, "injured_low": None, "injured_best": None, "injured_high": None,
    }  # fmt: skip
    return Known({**row, **changed}, date.fromisoformat(told) if told else None)


UNDATED: dict[str, Any] = {"first_day": None, "last_day": None}
MARCH = {"since": date(2031, 3, 1), "until": date(2031, 3, 31)}
PARTLY = "on days partly outside the period"
TOLD_WITHIN = "of no known day, first told of in the period"


@pytest.mark.parametrize(
    ("known", "wanted", "share", "why"),
    [
        (one(), {}, "sure", ()),
        (one(), MARCH, "sure", ()),
        (one(first_day="2031-02-27", last_day="2031-03-04"), MARCH, "likely", (PARTLY,)),
        (one(first_day="2031-02-26", last_day="2031-03-02"), MARCH, "possible", (PARTLY,)),
        (one(first_day="2031-02-28", last_day="2031-03-01"), MARCH, "possible", (PARTLY,)),
        (one(first_day="2031-03-20", last_day=None, told="2031-03-22"), MARCH, "sure", ()),
        (one(first_day="2031-03-20", last_day=None, told=None), MARCH, "likely", (PARTLY,)),
        (one(first_day=None, last_day="2031-03-20"), MARCH, "likely", (PARTLY,)),
        (one(first_day=None, last_day="2031-03-20"), {"until": date(2031, 3, 31)}, "sure", ()),
        (one(**UNDATED), {}, "sure", ()),
        (one(**UNDATED), MARCH, "likely", (TOLD_WITHIN,)),
        (one(**UNDATED), {"until": date(2031, 3, 31)}, "sure", ()),
        (one("2031-04-05", **UNDATED), MARCH, "possible", ("of no known day, first told of soon after the period",)),
        (one(None, **UNDATED), MARCH, "possible", ("of no known day",)),
        (one(actor=None), {"actor": "tern"}, "possible", ("by nobody named",)),
        (one(actor="gunmen"), {"actor": "tern"}, "possible", ("by nobody named",)),
        (one(actor="gunmen"), {"actor": "gun"}, "sure", ()),
        (one(place=None, country=None), {"place": "Varnholm"}, "possible", ("at no known place",)),
        (one(country=None), {"place": "Iceland"}, "possible", ("in no known country",)),
        (one(place="Iceland", country="Iceland", place_precision="country"), {"place": "reykjavik"}, "possible", ("somewhere in the country",)),
        (one(outlets="Ostrey Post; "), {"outlet": "courier", }, "sure", ()),
        (one(outlets="Ostrey Post; ", reports=None), {"outlet": "courier"}, "possible", ("told of by an outlet without a name",)),
        (one(**UNDATED, actor=None), {**MARCH, "actor": "tern"}, "possible", ("by nobody named", TOLD_WITHIN)),
    ],
)  # fmt: skip
def test_how_surely_an_incident_belongs(known: Known, wanted: dict[str, Any], share: str, why: tuple[str, ...]) -> None:
    found = answer("incidents", Filter(**wanted), [known])
    assert [(behind.share, behind.why) for behind in found.behind] == [(share, why)]
    assert found.bounds == Bounds(int(share == "sure"), int(share != "possible"), 1)


@pytest.mark.parametrize(
    ("known", "wanted", "why"),
    [
        (one(), {"since": date(2031, 3, 11)}, "outside the period"),
        (one(first_day="2031-04-01", last_day="2031-04-02"), MARCH, "outside the period"),
        (one("2031-02-20", **UNDATED), MARCH, "outside the period"),
        (one("2031-05-05", **UNDATED), MARCH, "of no known day, first told of long after the period"),
        (one(), {"actor": "Red Front"}, "by others"),
        (one(), {"place": "Ostrey"}, "at other places"),
        (one(country=None), {"place": "Ostrey"}, "at other places"),
        (one(), {"place": "Iceland"}, "at other places"),
        (one(place="Iceland", country="Iceland", place_precision="country"), {"place": "Toronto"}, "at other places"),
        (one(), {"outlet": "Post"}, "told of by other outlets"),
        (one(), {"kind": "shelling"}, "of other kinds"),
        (one(), {"status": "ongoing"}, "of another status"),
        (one(), {"campaign": "Coastal"}, "of other campaigns"),
    ],
)  # fmt: skip
def test_what_is_left_out_is_counted(known: Known, wanted: dict[str, Any], why: str) -> None:
    found = answer("incidents", Filter(**wanted), [known])
    assert (found.behind, found.bounds, found.left_out) == ((), Bounds(0, 0, 0), ((1, why),))
    assert questions.notes(found) == [f"Left out: 1 {why}."]
    assert questions.sentence(found) == "Incidents: 0; nothing matches."


@pytest.mark.parametrize(
    ("ledger", "wanted", "said"),
    [
        ([], {}, "Killed: not known; the ledger holds no incidents."),
        ([one()], {}, "Killed: 4 (between 3 and 6) in 1 incident."),
        ([one(killed_low=38, killed_best=38, killed_high=None)], {}, "Killed: 38+ in 1 incident."),
        ([one(killed_low=13, killed_best=None, killed_high=None), one()], {}, "Killed: 17+ (at least 16) in 2 incidents."),
        ([one(killed_low=None, killed_best=None, killed_high=12)], {}, "Killed: at most 12 in 1 incident."),
        ([one(), one(killed_low=None, killed_best=None, killed_high=None)], {}, "Killed: 4 (between 3 and 6) in 1 incident; 1 more has no figure."),
        ([one(killed_low=None, killed_best=None, killed_high=None)] * 2, {}, "Killed: not known; 2 have no figure."),
        ([one(actor=None)], {"actor": "tern"}, "Killed: at most 6; 1 may belong."),
        ([one(**UNDATED), one(actor=None)], {**MARCH, "actor": "tern"}, "Killed: 4 (at most 12) in 1 incident; 1 of these may not belong; 1 more may belong."),
        ([one(killed_low=0, killed_best=0, killed_high=0)], {}, "Killed: 0 in 1 incident."),
        ([one(killed_low=1000, killed_best=1000, killed_high=1200)], {}, "Killed: 1,000 (between 1,000 and 1,200) in 1 incident."),
    ],
)  # fmt: skip
def test_the_answer_in_a_sentence(ledger: list[Known], wanted: dict[str, Any], said: str) -> None:
    assert questions.sentence(answer("killed", Filter(**wanted), ledger)) == said


def test_what_a_reader_should_know_is_noted() -> None:
    known = [one(), one(independent_reports=0), one(actor=None), one(**UNDATED, actor="gunmen", independent_reports=4)]
    found = answer("incidents", Filter(**MARCH, actor="tern", kind="raid"), [*known, one(kind="shelling")])
    assert questions.notes(found) == [
        f"Possible: 1 by nobody named, 1 by nobody named and {TOLD_WITHIN}.",
        "Resting on few: 2 on one independent report, 1 on none.",
        "Left out: 1 of other kinds.",
    ]
    assert questions.notes(answer("incidents", Filter(), [one(independent_reports=2)])) == []


# ---- of a ledger

VIEW = view()


def test_plans_are_counted_as_what_they_are() -> None:
    found = ask(VIEW, "incidents", Filter(status="planned"))
    assert questions.sentence(found) == "Planned: 1, of which no incident is made."
    assert [row["id"] for row in questions.as_json(found)["incidents"]] == ["pl-00000001"]  # type: ignore[index, attr-defined]
    assert ask(VIEW, "incidents", Filter(status="planned", since=date(2031, 4, 1))).bounds == Bounds(1, 1, 1)
    assert ask(VIEW, "incidents", Filter(status="planned", until=date(2031, 3, 31))).bounds == Bounds(0, 0, 0)
    nothing = ask(arranged((), Derived()), "incidents", Filter(status="denied"))
    assert questions.sentence(nothing) == "Denied: 0; the ledger holds no plans."


@pytest.mark.parametrize(
    ("what", "wanted", "words"),
    [
        ("dead", {}, "--what dead: is not one of incidents, killed, injured"),
        ("killed", {"status": "planned"}, "--status planned: nobody is held to have been killed"),
        ("injured", {"status": "denied"}, "use --what incidents, or --status happened or ongoing"),
        ("killed", {"campaign": "Harbour"}, "--campaign Harbour: is not one of Varn coast"),
    ],
)
def test_questions_that_make_no_sense(what: str, wanted: dict[str, Any], words: str) -> None:
    with pytest.raises(WrongUse, match=words):
        ask(VIEW, what, Filter(**wanted))


def test_the_whole_answer_for_programs() -> None:
    found = questions.as_json(ask(VIEW, "killed", Filter(until=date(2031, 3, 31), place="varn")))
    assert found == {
        "question": {"what": "killed", "until": "2031-03-31", "place": "varn"},
        "answer": "Killed: 6+ in 1 incident.",
        "low": 6, "best": 6, "high": None,
        "incidents": [{
            "id": "in-00000001", "share": "sure", "why": [], "low": 6, "best": 6, "high": None, "first_day": "2031-03-31",
            "last_day": "2031-03-31", "place": "Varnholm", "country": "Quelland", "kind": "shelling", "status": "ongoing",
            "actor": None, "independent_reports": 1, "primary_sources": 2, "grade": "one report",
        }],
        "unknown": [], "left_out": [],
    }  # fmt: skip


# ---- the same figures as those that totals are held against


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    now = datetime(2031, 1, 1, tzinfo=UTC)
    ledger = open_ledger(str(tmp_path_factory.mktemp("asked") / "sample.db"), create=True)
    with as_file(files("onrecord").joinpath("sample")) as folder:
        pipeline.add(ledger, [str(Path(folder, "stories.jsonl"))], pipeline.AddOptions(now, workers=1))
    pipeline.start_campaigns(ledger, [Campaign("All"), Campaign("Karsted", places=("Karsted",))], now)
    yield pipeline.view(ledger, now=now)
    ledger.close()


@pytest.mark.parametrize("campaign", [None, "All", "Karsted"])
def test_a_campaign_comes_to_what_the_ledger_says(sample: View, campaign: str | None) -> None:
    mine = [row for row in sample.derived.incidents if campaign in (None, *row.campaigns)]
    assert len(mine) >= 2
    for unit in ("killed", "injured"):
        found = ask(sample, unit, Filter(campaign=campaign)).bounds
        known = figure(unit, mine)  # type: ignore[arg-type]
        assert (found.low, found.best) == (known.low, known.best)
        opened = any(getattr(row, unit).best is not None and getattr(row, unit).high is None for row in mine)
        assert found.high == (None if opened else known.high)
    assert ask(sample, "incidents", Filter(campaign=campaign)).bounds == figure("attacks", mine)


def test_totals_of_everything_are_held_against_the_answer_to_the_same_question(sample: View) -> None:
    verdicts = {verdict.tally: verdict for verdict in sample.derived.verdicts}
    whats = {"killed": "killed", "injured": "injured", "attacks": "incidents"}
    asked = 0
    for read in sample.reads:
        for tally in read.reading.tallies:
            held = verdicts[tally.id].ledger
            if tally.unit in whats and tally.scope is None and held is not None:
                asked += 1
                wanted = Filter(since=tally.since, until=tally.as_of or read.story.published.day, campaign="All")
                found = ask(sample, whats[tally.unit], wanted).bounds
                assert (found.low, found.best, found.high or held.high) == (held.low, held.best, held.high)
    assert asked >= 8


def test_lists_and_answers_find_the_same(sample: View) -> None:
    for wanted in (
        Filter(place="sennet"),
        Filter(actor="front"),
        Filter(since=date(2024, 9, 20)),
        Filter(outlet="Tribune"),
    ):
        found = ask(sample, "incidents", wanted)
        listed = [row["id"] for row in filters.select(sample, "incidents", wanted)]
        assert [behind.row["id"] for behind in found.behind if behind.share == "sure"] == listed != []
