"""What is counted, who may read it, and that nothing which somebody wrote is in it."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from entering import Clock, desk, far, session, somebody, token
from invented import NOW
from newsdesk import opened, sheets, store
from onrecord import pipeline
from onrecord.errors import OnRecordError
from onrecord.ledger import Ledger, checkpoints, open_ledger
from onrecord.pipeline import Judgement
from onrecord.web import Options
from onrecord.web.options import Pace

LABELS = {"method", "route", "status", "le", "why", "outcome", "check", "table", "sort", "version", "schema"}


@pytest.fixture
def filed(tmp_path: Path) -> Iterator[Ledger]:
    with closing(opened(tmp_path)) as held:
        store(held, sheets())
        pipeline.view(held, now=NOW)
        yield held


@pytest.fixture
def client(filed: Ledger) -> TestClient:
    return desk(filed, Options(by="Ida Marsh"))


def samples(client: TestClient, **headers: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def value(client: TestClient, name: str, **labels: str) -> float | None:
    return samples(client).get((name, tuple(sorted(labels.items()))))


def test_requests_are_counted_by_the_template_of_their_route(client: TestClient) -> None:
    for id_ in ("in-1", "in-2", "in-3"):
        client.get(f"/incidents/{id_}")
    client.get("/static/desk.css")
    client.get("/account", headers={"Host": "rebound.example"})
    found = samples(client)
    told = {labels: count for (name, labels), count in found.items() if name == "onrecord_requests_total"}
    by_route = {(dict(labels)["route"], dict(labels)["status"]): count for labels, count in told.items()}
    assert by_route == {("/incidents/{id_}", "404"): 3, ("/static/", "200"): 1, ("none", "421"): 1}
    assert found["onrecord_request_seconds_count", (("route", "/incidents/{id_}"),)] == 3
    assert found["onrecord_refused_total", (("why", "host"),)] == 1


@pytest.mark.slow
def test_strange_paths_make_no_more_of_it(client: TestClient) -> None:
    client.get("/nothing/first")
    before = samples(client).keys()
    for n in range(1000):
        client.request(("GET", f"BREW{n}")[n % 2], f"/secret-{n}/x?token{n}=y", headers={"User-Agent": f"agent-{n}"})
        client.get(f"/incidents/in-{n}?name=secret")
    more = samples(client).keys() - before
    assert len(more) < 60, "one more route, one more method"
    text = client.get("/metrics").text
    assert not re.search(r"secret|agent-|BREW|token\d|in-\d", text)


def test_no_label_is_anything_that_somebody_wrote(filed: Ledger) -> None:
    client = desk(filed, far(Clock()))
    coder = somebody(filed, "coder", "Otto Field")
    view = pipeline.view(filed)
    incident = view.derived.incidents[0]
    signed_in = session(filed, coder)
    for path in ("/", f"/incidents/{incident.id}", "/search?q=ferry", "/log", f"/stories/{view.reads[0].story.id}"):
        assert client.get(path, headers=signed_in).status_code == 200
    client.post("/sign-in", data={"name": "Otto Field", "password": "some password"})
    told = client.get("/metrics", headers=signed_in).text
    labels = re.findall(r'(\w+)="([^"]*)"', told)
    assert {name for name, _ in labels} <= LABELS
    words = (
        incident.id,
        incident.where.name if incident.where else "Brenik",
        "Otto",
        "Field",
        coder.id,
        "ferry",
        "password",
    )
    assert not [word for word in words for _, text in labels if word in text]
    assert str(filed.engine.url.database) not in told


def test_who_may_read_the_desk_may_read_its_metrics_and_nobody_else(filed: Ledger) -> None:
    client = desk(filed, far(Clock()))
    reader = somebody(filed, "reader")
    answer = client.get("/metrics")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in"), "no page to sign in at"
    assert client.get("/metrics", headers={"Authorization": "Bearer or_x"}).status_code == 401
    assert samples(client, **token(filed, reader, "reader"))
    # A watcher on this machine goes by its number, and shows who it is all the same
    near = {"Host": "127.0.0.1:8000"}
    assert client.get("/metrics", headers=near).status_code == 401
    assert samples(client, **near, **token(filed, reader, "reader"))


def test_decisions_are_counted_by_outcome(filed: Ledger, client: TestClient) -> None:
    held = client.app.state.desk  # type: ignore[attr-defined]
    held.board()
    incident = pipeline.view(filed).derived.incidents[0].id
    held.decide(Judgement("confirm", incident, "Otto Field"))
    for asked in (
        Judgement("confirm", incident, "Otto Field", version="0123456789ab"),
        Judgement("confirm", "in-nothing", "Otto Field"),
    ):
        with pytest.raises(OnRecordError):
            held.decide(asked)
    assert [
        value(client, "onrecord_decisions_total", outcome=word) for word in ("kept", "conflict", "refused", "later")
    ] == [1, 1, 1, 0]
    assert value(client, "onrecord_decision_seconds_count") == 1


def test_requests_that_came_too_fast_are_counted(filed: Ledger) -> None:
    client = desk(filed, far(Clock(), pace=Pace(10, 0.001)))
    reader = token(filed, somebody(filed, "reader"), "reader")
    statuses = [client.get("/nothing").status_code for _ in range(15)]
    found = samples(client, **reader)
    assert found["onrecord_refused_total", (("why", "pace"),)] == statuses.count(429) == 5


def test_the_ledger_is_told_as_it_is(new_place: Callable[[str], str], tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    with closing(open_ledger(new_place("held"), create=True)) as ledger:
        store(ledger, sheets())
        pipeline.view(ledger, now=NOW)
        client = desk(ledger, Options(by="Ida Marsh", backups=str(folder)))
        client.get("/")
        found = samples(client)
        with ledger.reading() as connection:
            rows = checkpoints.counted(connection)
        assert {
            dict(labels)["table"]: count for (name, labels), count in found.items() if name == "onrecord_ledger_rows"
        } == rows
        assert found["onrecord_log_entries", ()] == rows["log"] > 0
        assert found["onrecord_ledger_bytes", ()] > 50_000
        assert ("onrecord_disk_free_bytes", ()) in found or ledger.on_server
        assert found["onrecord_ready", ()] == 1
        assert found["onrecord_behind", ()] == 0
        assert [
            found["onrecord_check", (("check", name),)] for name in ("ledger", "schema", "derived", "beside", "disk")
        ] == [1] * 5
        assert found["onrecord_board_version", ()] == 1
        assert 0 <= found["onrecord_board_age_seconds", ()] < 100
        assert found["onrecord_decisions_waiting", ()] == 0
        assert found["onrecord_connections", (("sort", "kept"),)] > 0
        assert ("onrecord_backup_age_seconds", ()) not in found
        (folder / "monday.dump").touch()
        (folder / "monday.json").touch()
        os.utime(folder / "monday.json", (0, 0))
        assert 0 <= (value(client, "onrecord_backup_age_seconds") or -1) < 1000
        assert (value(client, "onrecord_checkpoint_age_seconds") or 0) > 10**9


def test_both_processes_are_told_of(client: TestClient) -> None:
    if not Path("/proc/self/stat").exists():
        pytest.skip("forbidden here: looking at what a process takes")
    found = samples(client)
    for name in ("process_resident_memory_bytes", "onrecord_beside_process_resident_memory_bytes"):
        assert found[name, ()] > 10**7
    assert found["process_cpu_seconds_total", ()] > 0


def test_each_desk_counts_for_itself(filed: Ledger, client: TestClient) -> None:
    other = desk(filed, Options(by="Ida Marsh"))
    client.get("/nothing")
    assert value(client, "onrecord_requests_total", method="GET", route="none", status="404") == 1
    assert value(other, "onrecord_requests_total", method="GET", route="none", status="404") is None
    assert not any(family.name.startswith("onrecord") for family in REGISTRY.collect())


def test_a_ledger_that_is_away_leaves_the_rest(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr("onrecord.web.gauges.chain.head", away)
    found = samples(client)
    assert ("onrecord_log_entries", ()) not in found
    assert ("onrecord_pages_under_way", ()) in found
