"""What the page of the timeline and the map asks for: its shape, its filters, and what readers do not get."""

import hashlib
import itertools
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import mapped
from onrecord.exports import filters
from onrecord.exports.filters import Filter
from onrecord.exports.panels import Mark
from onrecord.exports.private import WITHHELD
from onrecord.ledger import open_ledger
from onrecord.records import Bounds
from onrecord.web import Options, application, guard
from onrecord.web.access import Person
from onrecord.web.board import Board
from onrecord.web.pages_timeline import gaps
from onrecord.wording import shelf

Asked = Callable[..., Any]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    ledger = open_ledger(str(mapped.filled(tmp_path_factory.mktemp("mapped") / "mapped.db")))
    yield TestClient(application(ledger, Options(by="me")), base_url="http://127.0.0.1:8000")
    ledger.close()


@pytest.fixture(scope="module")
def board(client: TestClient) -> Board:
    return client.app.state.desk.board()  # type: ignore[attr-defined,no-any-return]


@pytest.fixture
def asked(client: TestClient) -> Asked:
    def answer(**wanted: str) -> Any:
        response = client.get("/timeline.json", params=wanted)
        assert response.status_code == 200
        return response.json()

    return answer


def rows(told: Any) -> list[dict[str, Any]]:
    return [dict(zip(told["columns"], row, strict=True)) for row in told["incidents"]]


def test_every_incident_is_there_with_what_is_known_of_it(asked: Asked, board: Board) -> None:
    told = rows(asked())
    assert [row["id"] for row in told] == [one.id for one in board.view.derived.incidents]
    for row, one in zip(told, board.view.derived.incidents, strict=True):
        assert (row["low"], row["best"], row["high"]) == (one.killed.low, one.killed.best, one.killed.high)
        assert row["first"] == (one.when.start.isoformat() if one.when and one.when.start else None)
        assert row["place_precision"] == (one.where.precision if one.where else "unknown")
    assert {row["place_precision"] for row in told} == set(mapped.PLACED)
    assert any(row["best"] is None for row in told)
    assert any(row["first"] is None for row in told)


def test_a_figure_that_is_not_known_is_not_none(asked: Asked) -> None:
    unknown = [row for row in rows(asked()) if row["best"] is None]
    assert unknown
    assert all(row["low"] is None and row["high"] is None for row in unknown)


@pytest.mark.parametrize(
    "wanted",
    [
        {"kind": "shelling"},
        {"since": "2031-02-01", "until": "2031-03-15"},
        {"place": "iceland"},
        {"status": "happened"},
        {"kind": "drone_strike", "place": "Fiji"},
    ],
)
def test_filters_are_those_of_the_exports(asked: Asked, board: Board, wanted: dict[str, str]) -> None:
    days: dict[str, Any] = {name: date.fromisoformat(wanted[name]) for name in ("since", "until") if name in wanted}
    same = Filter(**{**wanted, **days})
    told = asked(**wanted)
    kept = filters.select(board.view, "incidents", same)
    assert [row["id"] for row in rows(told)] == [row["id"] for row in kept]
    assert 0 < len(kept) < len(asked()["incidents"]) or wanted == {"status": "happened"}
    tallies = filters.select(board.view, "tallies", same)
    assert sum(mark[7] for panel in told["panels"] for mark in panel["marks"]) == len(tallies)


def test_an_outlet_keeps_what_it_told_of(asked: Asked, board: Board) -> None:
    outlet = next(read.story.outlet for read in board.view.reads if read.story.outlet)
    told = rows(asked(outlet=outlet))
    assert 0 < len(told) < len(asked()["incidents"])
    for row in told:
        stories = board.incidents[row["id"]].stories
        assert outlet in {board.reads[story].story.outlet for story in stories}


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"kind": "earthquake"}, "kind earthquake: is not one of"),
        ({"status": "maybe"}, "status maybe: is not one of"),
        ({"since": "yesterday"}, "since yesterday: is not a day"),
        ({"since": "2031-02-02", "until": "2031-02-01"}, "until 2031-02-01 lies before since 2031-02-02"),
        ({"campaign": "Nobody’s"}, "is not one of"),
    ],
)
@pytest.mark.parametrize("address", ["/timeline", "/timeline.json"])
def test_a_bad_filter_is_refused_with_the_reason(
    client: TestClient, address: str, wanted: dict[str, str], said: str
) -> None:
    response = client.get(address, params=wanted)
    assert response.status_code == 422
    assert said in response.text


def test_the_page_asks_with_its_own_filter(client: TestClient) -> None:
    text = client.get("/timeline", params={"place": 'x" onload="y', "kind": "raid"}).text
    assert 'data-source="/timeline.json?' in text
    assert "kind=raid" in text
    assert 'onload="y' not in text


def test_totals_are_drawn_over_the_ledgers_figure(asked: Asked, board: Board) -> None:
    told = asked()
    first = told["panels"][0]
    assert first["unit"] == "killed"
    assert first["steps"][-1][2] == sum(one.killed.best or 0 for one in board.view.derived.incidents)
    day, _, value, _, outlet, verdict, against, times, tally = first["marks"][0]
    read, found = board.finding(tally) or (None, None)
    assert read is not None
    assert found is not None
    assert read.story.outlet == told["outlets"][outlet]
    held = board.verdicts[tally]
    assert (held.word, held.ledger and held.ledger.best) == (verdict, against)
    assert date.fromisoformat(day)
    assert value > 0
    assert times >= 1


def mark(day: int, value: int, verdict: str, against: int | None) -> Mark:
    return Mark(date(2031, 1, day), Bounds(value, value, value), value, "Alder Press", verdict, against)


def test_a_gap_goes_on_until_a_total_is_borne_out() -> None:
    told = [
        mark(1, 10, "consistent", 10),
        mark(3, 10, "short", 14),
        mark(4, 99, "not_comparable", None),
        mark(5, 8, "short", 15),
        mark(6, 15, "consistent", 15),
        mark(7, 12, "short", 15),
        mark(7, 30, "over", 15),
    ]
    found = [*gaps(told)]
    assert [(one.first.day, one.last.day, one.word, one.times) for one in found] == [
        (3, 5, "short", 2),
        (7, 7, "over", 1),
        (7, 7, "short", 1),
    ]
    assert found[0].worst.value == 8


def test_no_totals_no_gaps() -> None:
    assert [*gaps([])] == []
    assert [*gaps([mark(1, 3, "consistent", 3), mark(2, 3, "units_differ", None)])] == []


# ---- names of private persons


@pytest.fixture
def as_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks only reads."""
    person = Person("r", "r", "reader", "local")

    async def passed(self: Any, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["person"] = person
        await self._app(scope, receive, send)

    monkeypatch.setattr(guard.Guard, "__call__", passed)


def _actors(told: Any) -> set[str]:
    return {row["actor"] for row in rows(told) if row["actor"]}


def test_coders_see_names_of_private_persons(asked: Asked) -> None:
    names = _actors(asked())
    assert names
    assert WITHHELD not in names


@pytest.mark.usefixtures("as_reader")
def test_readers_do_not(asked: Asked, board: Board) -> None:
    told = asked()
    assert _actors(told) == {WITHHELD}
    private = {one.actor for one in board.view.derived.incidents if one.actor}
    assert private
    assert not any(name in str(told) for name in private)


@pytest.mark.usefixtures("as_reader")
def test_readers_cannot_find_such_a_name_by_asking_for_it(asked: Asked, board: Board) -> None:
    name = next(one.actor for one in board.view.derived.incidents if one.actor)
    told = asked(actor=name)
    assert told["incidents"] == []
    assert told["panels"] == []


def test_names_stand_in_a_line(asked: Asked) -> None:
    assert mapped.MARKED in {row["place"] for row in rows(asked())}


# ---- what is served beside it

VENDORED = Path(__file__).parents[2] / "src/onrecord/vendored"


def test_the_map_ends_where_the_world_does(client: TestClient) -> None:
    body = (VENDORED / "basemap.json").read_bytes()
    assert len(body) < 400_000
    assert client.get("/static/vendor/basemap.json").status_code == 200
    for feature in json.loads(body)["features"]:
        for polygon in feature["geometry"]["coordinates"]:
            for ring in polygon:
                assert ring[0] == ring[-1]
                assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring)
                # Nothing is drawn across the map but the border along the pole
                assert all(abs(a[0] - b[0]) < 90 or a[1] == b[1] == -90 for a, b in itertools.pairwise(ring))


def test_countries_of_the_ledger_are_on_the_map() -> None:
    drawn = {one["properties"]["name"] for one in json.loads((VENDORED / "basemap.json").read_bytes())["features"]}
    # Natural Earth leaves it out at this scale
    assert {row["name"] for row in shelf.rows("countries.csv")} - drawn == {"Tuvalu"}


def test_what_is_vendored_is_what_its_table_says() -> None:
    lines = (VENDORED / "README.md").read_text("utf-8").splitlines()
    told = {found[1]: found[2] for line in lines if (found := re.search(r"`([\w.-]+)` \|.*`([0-9a-f]{64})`", line))}
    there = {path.name for path in VENDORED.iterdir()} - {"README.md", "basemap.json"}
    assert there == set(told)
    for name, digest in told.items():
        assert hashlib.sha256((VENDORED / name).read_bytes()).hexdigest() == digest
