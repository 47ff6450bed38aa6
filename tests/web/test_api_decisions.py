"""The API's deciding half: on what was shown, once, and nothing lost where many decide at a time."""

import itertools
import json
import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from asking import API, all_of, client, invented_ledger
from invented import NOW
from onrecord import pipeline
from onrecord.ledger import Ledger, open_ledger
from onrecord.records import Decision

SELLERS = ["Oda Brenk", "Pell Harrow", "Sunna Vike"]


@pytest.fixture(scope="session")
def stalls_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stalls") / "stalls.db"
    invented_ledger(path, SELLERS).close()
    return path


@pytest.fixture
def stalls(stalls_file: Path, tmp_path: Path) -> Iterator[Ledger]:
    copy = tmp_path / "stalls.db"
    copy.write_bytes(stalls_file.read_bytes())
    ledger = open_ledger(str(copy))
    yield ledger
    ledger.close()


def shown(asks: TestClient, table: str, at: int = 0) -> tuple[str, str]:
    """The id of a thing, and its ETag."""
    id_ = all_of(asks, table)[at]["id"]
    return id_, asks.get(f"{API}/{table}/{id_}").headers["etag"]


def post(asks: TestClient, wish: dict[str, Any], tag: str | None = None, key: str | None = None) -> Any:
    headers = {name: value for name, value in (("If-Match", tag), ("Idempotency-Key", key)) if value is not None}
    return asks.post(f"{API}/decisions", json=wish, headers=headers)


def kept(ledger: Ledger) -> list[str]:
    return [one.id for one in pipeline.view(ledger, now=NOW).decisions]


# ---- one decision


def test_a_decision_is_kept_under_the_name_of_who_asks(stalls: Ledger) -> None:
    asks = client(stalls, name="vael")
    id_, tag = shown(asks, "incidents")
    answer = post(
        asks, {"verdict": "set", "target": id_, "field": "killed", "value": "7", "reason": "the later list"}, tag
    )
    assert answer.status_code == 201
    made = answer.json()["data"]
    assert answer.headers["location"] == f"{API}/decisions/{made['id']}"
    assert (made["state"], made["bears_on"], made["again"]) == ("carried", id_, False)
    (decision,) = pipeline.view(stalls, now=NOW).decisions
    assert (decision.id, decision.by, decision.value, decision.reason) == (made["id"], "vael", "7", "the later list")
    told = asks.get(f"{API}/incidents/{id_}")
    assert told.json()["data"]["killed"]["best"] == 7
    assert told.headers["etag"].startswith(f'"{made["version"]}.')


@pytest.mark.parametrize("field", ["by", "at", "id", "version", "role", "kind", "seen", "decided_by", "state"])
def test_what_is_known_already_cannot_be_said(stalls: Ledger, field: str) -> None:
    asks = client(stalls)
    id_, tag = shown(asks, "incidents")
    answer = post(asks, {"verdict": "confirm", "target": id_, field: "x"}, tag)
    assert answer.status_code == 422
    assert field in answer.json()["error"]["message"]
    assert kept(stalls) == []


@pytest.mark.parametrize("table", ["stories", "claims", "events", "tallies", "incidents", "plans"])
def test_a_decision_needs_what_was_shown(stalls: Ledger, table: str) -> None:
    asks = client(stalls)
    id_, tag = shown(asks, table)
    wish = {"verdict": "confirm", "target": id_}
    if table == "stories":
        wish = {"verdict": "set", "target": id_, "field": "outlet", "value": "Varn Post"}
    assert post(asks, wish).status_code == 428
    for odd in ("*", f"W/{tag}", "x", '"x"', f"{tag}, {tag}"):
        assert post(asks, wish, odd).status_code == 422, odd
    assert kept(stalls) == []
    assert post(asks, wish, tag).status_code == 201


def test_what_has_changed_is_shown_with_both_values(stalls: Ledger) -> None:
    asks = client(stalls)
    id_, tag = shown(asks, "incidents")
    assert post(asks, {"verdict": "set", "target": id_, "field": "killed", "value": "7"}, tag).status_code == 201
    answer = post(asks, {"verdict": "set", "target": id_, "field": "killed", "value": "8"}, tag)
    assert answer.status_code == 412
    error = answer.json()["error"]
    assert error["code"] == "changed"
    assert error["details"]["shown"]["killed"] == "6-6-?"
    assert error["details"]["values"]["killed"] == "7-7-7"
    assert error["details"]["yours"] == {"field": "killed", "value": "8"}
    now = asks.get(f"{API}/incidents/{id_}")
    assert error["details"]["version"] == now.json()["data"]["version"]
    assert len(kept(stalls)) == 1
    again = post(asks, {"verdict": "set", "target": id_, "field": "killed", "value": "8"}, now.headers["etag"])
    assert again.status_code == 201


def test_what_is_no_more_is_a_conflict_and_what_never_was_is_not_there(stalls: Ledger) -> None:
    asks = client(stalls)
    claim, tag = shown(asks, "claims")
    assert post(asks, {"verdict": "reject", "target": claim}, tag).status_code == 201
    answer = post(asks, {"verdict": "set", "target": claim, "field": "told", "value": "Varn Post"}, tag)
    assert answer.status_code == 409
    assert answer.json()["error"]["details"]["yours"] == {"field": "told", "value": "Varn Post"}
    answer = post(asks, {"verdict": "confirm", "target": "in-00000000"}, tag)
    assert answer.status_code == 404
    assert answer.text == asks.get(f"{API}/incidents/in-00000000").text


def test_undoing_needs_no_version_and_is_done_once(stalls: Ledger) -> None:
    asks = client(stalls)
    id_, tag = shown(asks, "plans")
    made = post(asks, {"verdict": "confirm", "target": id_}, tag).json()["data"]["id"]
    assert post(asks, {"verdict": "undo", "target": made}).status_code == 201
    answer = post(asks, {"verdict": "undo", "target": made})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")


def test_merging_twice_is_a_conflict(sample_ledger: Ledger) -> None:
    asks = client(sample_ledger)
    (one, tag), (other, _) = shown(asks, "incidents"), shown(asks, "incidents", 1)
    wish = {"verdict": "merge", "target": one, "into": other}
    assert post(asks, wish, tag).status_code == 201
    assert post(asks, wish, tag).status_code == 412
    assert post(asks, wish, asks.get(f"{API}/incidents/{other}").headers["etag"]).status_code == 409


@pytest.mark.parametrize(
    "wish",
    [
        {"verdict": "set", "field": "colour", "value": "red"}, {"verdict": "set", "field": "killed", "value": "some"},
        {"verdict": "set", "field": "killed"}, {"verdict": "merge"}, {"verdict": "split"}, {"verdict": "adore"},
        {"verdict": "confirm", "value": "7"}, {"verdict": "confirm", "words": ["x"] * 51}, {"verdict": "confirm", "reason": "x" * 4001},
        {"verdict": "confirm", "reason": "a\x00b"}, {"verdict": "confirm", "reason": "\ud800"}, {"verdict": "add", "words": ["]\"'"]},
        {"verdict": "undo"}, {"verdict": "confirm", "key": ""}, {"verdict": 7}, {},
    ],
    ids=str,
)  # fmt: skip
def test_what_makes_no_sense_is_refused(stalls: Ledger, wish: dict[str, Any]) -> None:
    asks = client(stalls)
    id_, tag = shown(asks, "incidents")
    body = json.dumps({"target": id_, **wish}).encode()
    answer = asks.post(f"{API}/decisions", content=body, headers={"If-Match": tag, "Content-Type": "application/json"})
    assert answer.status_code in (400, 415, 422)
    assert set(answer.json()) == {"error"}
    assert "--" not in answer.json()["error"]["message"]
    assert kept(stalls) == []


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b'{"verdict": "confirm", "verdict": "reject", "target": "ID"}', "application/json"),
        (b'{"verdict": "confirm", "target": "ID", "value": NaN}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"verdict": "confirm", "target": "\xff"}', "application/json"),
        (b'{"verdict": "confirm", "target": "ID"', "application/json"),
        (b'{"verdict": "confirm", "target": "ID"}', "text/plain"),
        (b"verdict=confirm&target=ID", "application/x-www-form-urlencoded"),
        (b"", "application/json"),
    ],
)
def test_what_is_no_json_is_refused(stalls: Ledger, body: bytes, media: str) -> None:
    asks = client(stalls)
    id_, tag = shown(asks, "incidents")
    headers = {"If-Match": tag, "Content-Type": media}
    answer = asks.post(f"{API}/decisions", content=body.replace(b"ID", id_.encode()), headers=headers)
    assert answer.status_code in (400, 415, 422)
    assert kept(stalls) == []


def test_readers_decide_nothing(stalls: Ledger) -> None:
    id_, tag = shown(client(stalls), "incidents")
    assert post(client(stalls, "reader"), {"verdict": "confirm", "target": id_}, tag).status_code == 403
    assert kept(stalls) == []


# ---- once


def test_the_same_key_gives_the_same_decision_again(stalls: Ledger) -> None:
    asks = client(stalls)
    claim, tag = shown(asks, "claims")
    wish = {"verdict": "reject", "target": claim, "reason": "a slip"}
    first = post(asks, wish, tag, "key-1")
    again = post(asks, wish, tag, "key-1")
    in_body = post(asks, {**wish, "key": "key-1"}, tag)
    assert (first.status_code, again.status_code, in_body.status_code) == (201, 200, 200)
    assert again.json()["data"] == {**first.json()["data"], "again": True} == in_body.json()["data"]
    assert len(kept(stalls)) == 1
    assert post(asks, {**wish, "reason": "another"}, tag, "key-1").status_code == 422
    assert post(asks, {**wish, "key": "key-2"}, tag, "key-1").status_code == 422
    assert post(client(stalls, name="someone else"), wish, tag, "key-1").status_code == 422
    assert len(kept(stalls)) == 1


def test_two_clicks_at_once_are_one_decision(stalls: Ledger) -> None:
    asks = client(stalls)
    id_, tag = shown(asks, "incidents")
    wish = {"verdict": "set", "target": id_, "field": "killed", "value": "7"}
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: post(asks, wish, tag, "once"), range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert {answer.json()["data"]["id"] for answer in answers} == set(kept(stalls))


# ---- many at a time


Answered = tuple[dict[str, Any], Any]
"""A wish, and how it was answered."""


def one_person(asks: TestClient, things: list[tuple[str, str]], chance: random.Random, each: int) -> list[Answered]:
    """Somebody who looks at one thing after another, and sets a value on what was shown."""
    found = []
    for turn in range(each):
        table, id_ = chance.choice(things)
        seen = asks.get(f"{API}/{table}/{id_}")
        assert seen.status_code == 200
        field, value = "killed" if table == "incidents" else "told", str(chance.randint(1, 99))
        wish = {"verdict": "set", "target": id_, "field": field, "value": value, "reason": f"{chance.random()}/{turn}"}
        found.append((wish, post(asks, wish, seen.headers["etag"])))
    return found


def nothing_is_lost(ledger: Ledger, answers: list[Answered]) -> None:
    """Every decision that was acknowledged is in the log, as it was asked; every other answer is a conflict with both values."""
    log = {one.id: one for one in pipeline.view(ledger, now=NOW).decisions}
    acknowledged = {answer.json()["data"]["id"]: wish for wish, answer in answers if answer.status_code == 201}
    assert set(acknowledged) == set(log)
    for id_, wish in acknowledged.items():
        assert (log[id_].reason, log[id_].value) == (wish["reason"], wish["value"])
    for wish, answer in answers:
        if answer.status_code != 201:
            assert answer.status_code in (409, 412), answer.text
            details = answer.json()["error"]["details"]
            assert details["yours"]["value"] == wish["value"]
            assert wish["field"] in details["values"]


def deciding(ledger: Ledger, seed: int, people: int, each: int) -> None:
    """People who decide on the same few things at once: the ledger ends as its log says, and has all that was answered for."""
    asks = client(ledger)
    things = [(table, row["id"]) for table in ("incidents", "claims") for row in all_of(asks, table)]
    chances = [random.Random(seed * 1000 + number) for number in range(people)]
    with ThreadPoolExecutor(people) as threads:
        found = list(threads.map(lambda chance: one_person(asks, things, chance, each), chances))
    nothing_is_lost(ledger, [one for some in found for one in some])
    made_on: dict[str, list[Decision]] = {}
    for one in pipeline.view(ledger, now=NOW).decisions:
        made_on.setdefault(one.target, []).append(one)
    for table, id_ in things:
        told = asks.get(f"{API}/{table}/{id_}").json()["data"]
        value = told["killed"]["best"] if table == "incidents" else told["source"]["told"]
        made = made_on.get(id_, [])
        # The fold of the log, by hand: the last word holds, and each was on what the one before it left
        assert not made or str(value) == made[-1].value
        for before, after in itertools.pairwise(made):
            assert before.value in str(dict(after.seen)[after.field or ""]).split("-")


@pytest.mark.parametrize("seed", range(2))
def test_many_who_decide_at_once_lose_nothing(stalls: Ledger, seed: int) -> None:
    deciding(stalls, seed, people=20, each=3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 20 if os.environ.get("ONRECORD_NIGHTLY") else 5))
def test_very_many_who_decide_at_once_lose_nothing(stalls: Ledger, seed: int) -> None:
    deciding(stalls, seed, people=20, each=10)
