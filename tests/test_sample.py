"""The bundled sample: its gold holds together, and it shows what it is there to show."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from importlib import resources
from typing import Any, get_args

import pytest

from onrecord.records import (
    CreditRelation,
    EventKind,
    MutationField,
    Relation,
    SourceKind,
    Stance,
    Status,
    TallyUnit,
    VerdictWord,
)

Row = dict[str, Any]

_FOLDER = resources.files("onrecord").joinpath("sample")
_LINES = _FOLDER.joinpath("stories.jsonl").read_text(encoding="utf-8").splitlines()
_ROWS: list[Row] = [json.loads(line) for line in _LINES]
_STORIES: dict[str, Row] = {row["id"]: row for row in _ROWS}
_GOLD: Row = json.loads(_FOLDER.joinpath("gold.json").read_text(encoding="utf-8"))
_INCIDENTS: dict[str, Row] = _GOLD["incidents"]
_PLANS: dict[str, Row] = _GOLD["plans"]
_SCORED_KINDS = set(get_args(EventKind)) - {"extradition", "release"}
_STRIKES = {"drone_strike", "missile_strike", "air_strike", "naval_strike"}
_UNSUPPORTING = {"denies", "rejects", "questions", "warns", "declines to comment"}

# Who speaks for whom: a body and those who speak for it are one primary source.
_VOICES = {
    "Anselm Rudge": "Transport Ministry",
    "Joric Thale": "Ardun Front",
    "Col. Ruta Vance": "Velmoran army",
    "Wanda Pryce": "Velmora Rail",
    "one of two investigators": "two investigators",
}


def _items(kind: str, *stories: str) -> Iterator[tuple[str, Row]]:
    for name, row in _GOLD["stories"].items():
        if not stories or name in stories:
            yield from ((name, item) for item in row[kind])


def _telling(incident: str) -> Iterator[tuple[str, Row]]:
    """The claims that count for an incident: sourced, of an original or a follow-up, and saying that it was so."""
    for name, claim in _items("claims"):
        if (
            claim["event"] == incident
            and claim["source"]["kind"] != "narrator"
            and claim["stance"] not in _UNSUPPORTING
            and _GOLD["stories"][name]["relation"] in ("original", "follow-up")
        ):
            yield name, claim


# ---- form


def test_the_folder_is_data_and_not_a_package() -> None:
    assert {entry.name for entry in _FOLDER.iterdir()} == {"README.md", "gold.json", "stories.jsonl"}


def test_ids_and_addresses_are_unique_and_invented() -> None:
    assert len(_ROWS) == len(_STORIES) == len({row["url"] for row in _ROWS})
    assert list(_STORIES) == [f"sample-{n:02d}" for n in range(1, len(_ROWS) + 1)]
    assert all(row["url"].split("/")[2].endswith(".example") for row in _ROWS)
    assert set(_GOLD["stories"]) == set(_STORIES)


@pytest.mark.parametrize("row", _ROWS, ids=list(_STORIES))
def test_a_story_has_its_fields(row: Row) -> None:
    assert set(row) == {"id", "url", "outlet", "published", "headline", "text"}
    assert row["published"] is None or date.fromisoformat(row["published"][:10])
    assert row["headline"].strip()
    assert row["text"] == row["text"].strip()
    assert 80 <= len(row["text"].split()) <= 500


@pytest.mark.parametrize("kind", ["credits", "claims", "events", "tallies", "mutations"])
def test_a_quote_stands_once_where_it_is_said_to(kind: str) -> None:
    for name, item in _items(kind):
        part = _STORIES[name][item.get("in", "text")]
        assert part.count(item["quote"]) == 1, (name, item["quote"])


def test_words_are_of_the_closed_lists() -> None:
    used: list[tuple[str, set[str], set[str]]] = [
        ("relation", {row["relation"] for row in _GOLD["stories"].values()}, set(get_args(Relation))),
        ("credit", {item["relation"] for _, item in _items("credits")}, set(get_args(CreditRelation))),
        ("source", {item["source"]["kind"] for _, item in _items("claims")}, set(get_args(SourceKind))),
        ("stance", {item["stance"] for _, item in _items("claims")}, set(get_args(Stance))),
        ("status", {item["status"] for _, item in _items("events")}, set(get_args(Status))),
        ("kind", {item["kind"] for _, item in _items("events")}, _SCORED_KINDS),
        ("incident", {row["kind"] for row in _INCIDENTS.values()}, _SCORED_KINDS),
        ("plan", {row["kind"] for row in _PLANS.values()}, _SCORED_KINDS),
        ("plan's status", {row["status"] for row in _PLANS.values()}, set(get_args(Status)) - {"happened"}),
        ("unit", {item["unit"] for _, item in _items("tallies")}, set(get_args(TallyUnit))),
        ("verdict", {item["verdict"] for _, item in _items("tallies")}, set(get_args(VerdictWord))),
        ("field", {item["field"] for _, item in _items("mutations")}, set(get_args(MutationField))),
    ]
    assert {what: words - allowed for what, words, allowed in used if words - allowed} == {}


def test_counts_are_ordered() -> None:
    counts = [item["source"]["count"] for _, item in _items("claims")] + [
        item["count"] for _, item in _items("tallies")
    ]
    counts += [row[what] for row in _INCIDENTS.values() for what in ("killed", "injured")]
    for count in filter(None, counts):
        known = [number for number in count if number is not None]
        assert (len(count), known) == (3, sorted(known)), count
        assert min(known) >= 0, count


def test_an_anonymous_group_is_counted_and_only_persons_are() -> None:
    for name, claim in _items("claims"):
        source = claim["source"]
        assert (source["count"] is not None) == (source["kind"] in ("named_person", "anonymous", "witness")), name
        assert (source["name"] is None) == (source["kind"] == "narrator"), name


def test_origins_are_earlier_stories_or_ghosts() -> None:
    outlets = {row["outlet"] for row in _ROWS}
    for name, row in _GOLD["stories"].items():
        origin = row["origin"]
        if isinstance(origin, str):
            assert origin in _STORIES
            assert origin < name
        elif origin is not None:
            assert set(origin) == {"ghost"}
            assert origin["ghost"] not in outlets
        assert (origin is None) <= (row["relation"] in ("original", "roundup", "follow-up")), name


def test_references_lead_somewhere() -> None:
    known = {None, *_INCIDENTS, *_PLANS}
    assert {item["ref"] for _, item in _items("events")} == known
    assert {item["event"] for _, item in _items("claims")} <= known


@pytest.mark.parametrize(("name", "row"), [*_INCIDENTS.items(), *_PLANS.items()])
def test_the_stories_of_an_incident_or_plan_are_those_that_tell_of_it(name: str, row: Row) -> None:
    assert row["stories"] == sorted({story for story, item in _items("events") if item["ref"] == name})


def test_a_changed_value_stands_in_a_copy_or_a_roundup() -> None:
    for name, item in _items("mutations"):
        assert _GOLD["stories"][name]["relation"] in ("reprint", "rewrite", "excerpt", "roundup")
        assert item["from"] != item["to"]


# ---- what follows from the parts


@pytest.mark.parametrize("name", list(_INCIDENTS))
def test_support_is_what_the_claims_come_to(name: str) -> None:
    telling = list(_telling(name))
    sources = [claim["source"] for _, claim in telling]
    assert _INCIDENTS[name]["independent_reports"] == len({_STORIES[story]["outlet"] for story, _ in telling})
    assert _INCIDENTS[name]["primary_sources"] == len({_VOICES.get(row["name"], row["name"]) for row in sources})


def _ledger(unit: str, until: str) -> int:
    rows = [row for row in _INCIDENTS.values() if row["date"][0] <= until]
    if unit == "attacks":
        return len(rows)
    if unit == "strikes":
        return sum(row["kind"] in _STRIKES for row in rows)
    return sum(row[unit][1] for row in rows if row[unit] is not None)


@pytest.mark.parametrize("tally", [item for _, item in _items("tallies")], ids=lambda item: item["quote"])
def test_a_verdict_is_what_the_incidents_come_to(tally: Row) -> None:
    first = min(row["date"][0] for row in _INCIDENTS.values())
    if tally["since"] < first[:8] + "01":
        assert (tally["verdict"], tally["off_by"]) == ("not_comparable", None)
    elif tally["unit"] not in ("attacks", "strikes", "killed", "injured"):
        assert (tally["verdict"], tally["off_by"]) == ("units_differ", None)
    else:
        beyond = tally["count"][1] - _ledger(tally["unit"], tally["as_of"])
        word = "over" if beyond > 0 else "short" if beyond else "consistent"
        assert (tally["verdict"], tally["off_by"]) == (word, abs(beyond) or None)


# ---- what it is there to show


def _any(kind: str, /, **wanted: Any) -> bool:
    return any(all(item[key] == value for key, value in wanted.items()) for _, item in _items(kind))


def _relation(word: str, at_least: int = 1) -> bool:
    return len([row for row in _GOLD["stories"].values() if row["relation"] == word]) >= at_least


def _source(kind: str) -> bool:
    return any(item["source"]["kind"] == kind for _, item in _items("claims"))


def _incident(found: Callable[[Row], bool]) -> bool:
    return any(found(row) for row in _INCIDENTS.values())


def _pair(found: Callable[[Row, Row], bool]) -> bool:
    rows = list(_INCIDENTS.values())
    return any(found(a, b) for n, a in enumerate(rows) for b in rows[n + 1 :])


def _days(a: Row, b: Row) -> int:
    return abs((date.fromisoformat(a["date"][0]) - date.fromisoformat(b["date"][0])).days)


def _chain_to_a_ghost() -> bool:
    """A story that credits a story that we hold for a report that we do not hold."""
    for name, row in _GOLD["stories"].items():
        others = {
            _STORIES[other]["outlet"] for other, held in _GOLD["stories"].items() if held["origin"] == row["origin"]
        }
        credited = {item["outlet"] for item in row["credits"]}
        if isinstance(row["origin"], dict) and credited & (others - {_STORIES[name]["outlet"]}):
            return row["origin"]["ghost"] in credited
    return False


def _texts(words: str) -> int:
    return sum(words in row["text"] for row in _ROWS)


_SHOWN = {
    "eight outlets": len({row["outlet"] for row in _ROWS}) >= 8,
    "a dateline and a wire credit": _texts("(Alder Press) - ") >= 3 and _any("credits", relation="wire"),
    "a byline": _texts("By Saskia Morrow") > 0,
    "furniture": _texts("Subscribe | Advertise") > 0,
    "over the weekend, once": _texts("over the weekend") == 1,
    "a story without a date": sum(row["published"] is None for row in _ROWS) == 1,
    "a story of nothing that matters": any(not row["claims"] + row["events"] for row in _GOLD["stories"].values()),
    "a word-for-word reprint": _relation("reprint"),
    "an excerpt": _relation("excerpt"),
    "rewrites": _relation("rewrite", 3),
    "a roundup with credits": _relation("roundup") and _any("credits", relation="told", outlet="Velmora Television"),
    "follow-ups": _relation("follow-up", 2),
    "a figure withdrawn": _any("claims", stance="corrects"),
    "a ghost and a chain to it": _chain_to_a_ghost(),
    "a source that spoke to an outlet we do not hold": any(
        item["source"]["kind"] == "anonymous" and item["source"]["told"] == "Lodrina Morning Post"
        for _, item in _items("claims")
    ),
    "a changed toll": _any("mutations", field="killed", **{"from": 7, "to": 17}),
    "a toll out of nothing": _any("mutations", field="killed", **{"from": None, "to": 30}),
    "a plan told as done": _any("mutations", field="status", **{"from": "planned", "to": "happened"}),
    "officials without their number": _any("mutations", field="count_of_sources", to="officials"),
    "a speaker dropped": _any("mutations", field="attribution", to=None),
    "a date moved": _any("mutations", field="date"),
    "six kinds of incident": len({row["kind"] for row in _INCIDENTS.values()}) >= 6,
    "two on one day, apart": _pair(lambda a, b: a["date"] == b["date"] and a["place"] != b["place"]),
    "two in one place, days apart": _pair(lambda a, b: a["place"] == b["place"] and 0 < _days(a, b) <= 7),
    "a toll in dispute": _incident(lambda row: row["killed"] == [4, 9, 13]),
    "injured only": _incident(lambda row: row["killed"] == [0, 0, 0] and bool(row["injured"][1])),
    "an unknown toll": _incident(lambda row: row["killed"] is None),
    "the presumed dead in high only": _incident(lambda row: row["killed"] == [5, 5, 6]),
    "many outlets, one source": _incident(lambda row: row["independent_reports"] == 3 and row["primary_sources"] == 1),
    "a claim of responsibility": _any("claims", stance="claims responsibility"),
    "a denial of responsibility": _any("claims", stance="denies", event="I03"),
    "a refusal to comment": _any("claims", stance="declines to comment"),
    "a witness": _source("witness"),
    "a document": _source("document"),
    "another outlet as a source": _source("outlet"),
    "a background event": _any("events", ref=None, status="happened", kind="bombing"),
} | {f"a total that is {word}": _any("tallies", verdict=word) for word in get_args(VerdictWord)}


@pytest.mark.parametrize("what", list(_SHOWN))
def test_it_shows(what: str) -> None:
    assert _SHOWN[what]


@pytest.mark.parametrize(
    "status", ["planned", "threatened", "possible", "hypothetical", "denied", "negated", "ongoing"]
)
def test_it_tells_of_more_than_what_happened(status: str) -> None:
    assert _any("events", status=status)


def test_the_reprint_is_word_for_word() -> None:
    body = _STORIES["sample-01"]["text"].partition(" - ")[2].rpartition("\n\n")[0]
    assert len(body.split()) > 250
    assert body in _STORIES["sample-02"]["text"]


def test_no_plan_is_an_incident() -> None:
    held = [item for _, item in _items("events") if item["ref"] in _PLANS]
    assert {item["ref"] for item in held} == set(_PLANS)
    assert not set(_PLANS) & set(_INCIDENTS)
    assert {row["status"] for row in _PLANS.values()} >= {"planned", "threatened", "negated"}
