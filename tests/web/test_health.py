"""Whether a desk can be worked at: what probes are told, what people are told, and what strangers are not."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from entering import ORIGIN, Clock, desk, far, session, somebody
from invented import NOW, intake, reading, story
from newsdesk import opened, sheets, store
from onrecord import pipeline
from onrecord.errors import TryLater
from onrecord.ledger import Ledger, condition, open_ledger, write
from onrecord.web import Options, guard, health
from onrecord.web.keepers import Beside

NAMES = ["ledger", "schema", "derived", "beside", "disk"]
LOOPBACK = {"Host": "127.0.0.1:8000"}


@pytest.fixture
def ledger(new_place: Callable[[str], str]) -> Iterator[Ledger]:
    """In a file, and then on a server."""
    with closing(open_ledger(new_place("held"), create=True)) as held:
        pipeline.view(held, now=NOW)
        yield held


@pytest.fixture
def filed(tmp_path: Path) -> Iterator[Ledger]:
    with closing(opened(tmp_path)) as held:
        store(held, sheets())
        pipeline.view(held, now=NOW)
        yield held


@pytest.fixture
def client(filed: Ledger) -> TestClient:
    return desk(filed, Options(by="Ida Marsh"))


def wrong(client: TestClient) -> dict[str, str]:
    """What a desk says that is not ready, by check."""
    answer = client.get("/health/ready")
    found = {check["name"]: check["why"] for check in answer.json()["checks"] if check["state"] == "failed"}
    assert (answer.status_code, answer.json()["ready"]) == ((503, False) if found else (200, True))
    return found


def test_a_desk_in_order_says_so(ledger: Ledger) -> None:
    client = desk(ledger, Options(by="Ida Marsh"))
    assert (client.get("/health/live").status_code, client.get("/health/live").text) == (200, "alive\n")
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert [(check["name"], check["state"], check["why"]) for check in answer.json()["checks"]] == [
        (name, "ok", "") for name in NAMES
    ]
    assert all(0 <= check["ms"] < 5000 for check in answer.json()["checks"])


def test_a_probe_on_this_machine_passes_at_a_desk_that_goes_by_another_name(filed: Ledger) -> None:
    for options in (far(Clock()), far(Clock(), host="0.0.0.0")):
        client = desk(filed, options)
        for path in guard.PROBES:
            assert client.get(path, headers=LOOPBACK).status_code == 200
            assert client.get(path, headers={"Host": "rebound.example:8000"}).status_code == 421
    assert client.get("/account", headers=LOOPBACK).status_code == 421, "only probes go by it"


def test_nobody_is_told_more_than_whether_it_can_be_worked_at(filed: Ledger) -> None:
    client = desk(filed, far(Clock()))
    admin, reader = somebody(filed, "admin", "Ada Holm"), somebody(filed, "reader")
    strangers = client.get("/health/ready")
    told = strangers.json()
    assert told.keys() == {"ready", "checks"}
    assert all(check.keys() == {"name", "state", "ms", "why"} for check in told["checks"])
    assert not re.search(r"Holm|pe-|in-|\.db|/tmp|postgres|\d{4}-", strangers.text)
    assert client.get("/health").headers["location"].startswith(f"{ORIGIN}/sign-in")
    assert client.get("/health", headers=session(filed, reader)).status_code == 403
    assert client.get("/health", headers=session(filed, admin)).status_code == 200


def test_probes_are_held_to_a_pace_and_change_nothing(filed: Ledger) -> None:
    from onrecord.web.options import Pace

    client = desk(filed, far(Clock(), pace=Pace(5, 1.0)))
    assert [client.get("/health/live").status_code for _ in range(7)] == [200] * 5 + [429] * 2
    assert desk(filed, Options()).post("/health/ready").status_code == 405


def test_a_ledger_that_is_away_is_told_without_its_name(filed: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk(filed, far(Clock()))
    client.get("/health/ready")

    def away(*_: Any) -> None:
        raise TryLater("postgresql://keeper@db.example.org/held: connection refused")

    monkeypatch.setattr("onrecord.web.health.chain.head", away)
    monkeypatch.setattr(health, "_FRESH", 0.0)
    assert wrong(client).keys() == {"ledger", "schema", "derived"}
    assert "example.org" not in client.get("/health/ready").text
    assert client.get("/health/live").status_code == 200, "the process answers all the same"


def test_probes_do_not_ask_the_ledger_who_asks(filed: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk(filed, far(Clock()))

    def never(*_: Any) -> None:
        raise TryLater("held.db: is locked")

    monkeypatch.setattr("onrecord.web.door.people.any_account", never)
    monkeypatch.setattr("onrecord.web.door.people.signed_in", never)
    assert client.get("/health/ready", headers={"Cookie": "__Host-onrecord=x"}).status_code == 200


def test_a_ledger_that_does_not_answer_is_not_waited_for(filed: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk(filed, Options())
    monkeypatch.setattr(health, "_LONGEST", 0.3)
    monkeypatch.setattr("onrecord.web.health.chain.head", lambda _: time.sleep(2))
    began = time.monotonic()
    assert "has not answered for" in wrong(client)["ledger"]
    assert "has not answered for" in wrong(client)["ledger"], "the next one does not wait for the first"
    assert time.monotonic() - began < 1.5


def test_a_schema_of_another_program_is_named(
    client: TestClient, filed: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onrecord.web.health.opening.newest", lambda: "9999")
    assert "and this program writes 9999" in wrong(client)["schema"]


def test_what_is_derived_may_be_behind_for_a_while(filed: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    client = desk(filed, Options(ticks=clock.ticks))
    assert wrong(client) == {}
    # Whoever looks makes it anew; here nobody can
    monkeypatch.setattr(client.app.state.desk, "board", lambda: None)  # type: ignore[attr-defined]
    write.store(filed, [intake(story(7))], [reading(story(7))], NOW)
    clock.pass_(seconds=10)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["checks"][2]["state"]) == (200, "behind")
    clock.pass_(seconds=601)
    assert "has not been made for 601 seconds" in wrong(client)["derived"]
    monkeypatch.undo()
    clock.pass_(seconds=10)
    assert wrong(client) == {}, "a probe looks, and what looks makes it anew"


def test_a_full_disk_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(condition, "room", lambda _: 10 << 20)
    assert wrong(client) == {"disk": "10 MiB are free on the disk of the ledger, and 256 are asked for"}


@pytest.mark.slow
def test_a_process_beside_that_has_ended_is_told_and_begun_anew(filed: Ledger) -> None:
    from onrecord.web.desk import Desk

    with closing(Beside(filed)) as keeper:
        checks = health.Health(Desk(filed, keeper), ticks=iter(range(0, 10_000, 10)).__next__)
        assert checks.report().ready
        os.kill(keeper.pid, 9)
        ends, found, before = time.monotonic() + 20, checks.report(), keeper.pid
        while found.ready and time.monotonic() < ends:
            found = checks.report()
        (why,) = (check.why for check in found.checks if check.state == "failed")
        assert why == "what decides here has ended by itself, and is begun anew"
        assert checks.report().ready
        assert keeper.pid != before or found.at > datetime(2000, 1, 1, tzinfo=UTC)


def test_many_probes_ask_the_ledger_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = health.chain.head
    monkeypatch.setattr("onrecord.web.health.chain.head", lambda connection: asked.append(1) or real(connection))
    for _ in range(20):
        client.get("/health/ready")
    assert len(asked) <= 4


def test_the_page_tells_people_what_runs_here(filed: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    view = pipeline.view(filed)
    made = pipeline.decide(filed, pipeline.Judgement("confirm", view.derived.incidents[0].id, "Otto Field"), NOW)
    client = desk(filed, Options(by="Ida Marsh", backups=str(folder)))
    page = client.get("/health").text
    for words in (
        "All in order.",
        "SQLite 3.",
        "Schema",
        "MiB",
        "entries, the last",
        f"/decisions/{made.decision.id}",
        "none in ",
    ):
        assert words in page, words
    assert all(f'<th scope="row">{name}</th>' in page for name in NAMES)
    (folder / "monday.db").touch()
    os.utime(folder / "monday.db", (1_900_000_000, 1_900_000_000))
    assert "2030-03-17 17:46 UTC" in client.get("/health").text
    assert "not known" in desk(filed, Options()).get("/health").text


def test_the_page_says_what_is_wrong_with_names(filed: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk(filed, Options(by="Ida Marsh"))
    client.get("/")

    def gone(_: Ledger) -> int:
        raise OSError(2, "No such file or directory", "/var/lib/held")

    monkeypatch.setattr("onrecord.web.health.condition.room", gone)
    assert "/var/lib/held" not in client.get("/health/ready").text
    page = client.get("/health").text
    assert "Something is wrong here." in page
    assert "/var/lib/held" in page
