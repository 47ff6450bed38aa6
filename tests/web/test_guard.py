"""What every request passes and every answer carries: headers, names of hosts, where a change comes from, how much, how often."""

import json
import logging
import os
import re
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import APIRouter, Depends, Request
from fastapi.testclient import TestClient
from pydantic import BaseModel
from starlette.responses import Response
from starlette.websockets import WebSocketDisconnect

from entering import KEPT, ORIGIN, OURS, Clock, desk, far, session, somebody, token
from invented import NOW
from onrecord.errors import TryLater
from onrecord.ledger import Ledger, open_ledger, people
from onrecord.web import Options, access, app, application, guard
from onrecord.web.access_log import LOG, Json, OneLine
from onrecord.web.limits import Buckets, whence
from onrecord.web.options import Pace
from onrecord.web.routes import ROUTERS
from onrecord.web.serving import listen, server

HERE = "http://127.0.0.1:8000"


class Said(BaseModel):
    text: str


@pytest.fixture
def changes() -> list[str]:
    """What was done, as long as a test runs."""
    return []


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(open_ledger(str(tmp_path / "held.db"), create=True)) as held:
        yield held


@pytest.fixture(autouse=True)
def _more_routes(monkeypatch: pytest.MonkeyPatch, changes: list[str]) -> None:
    """Routes that change something, fail, or show what was captured."""
    router = APIRouter()

    def change(request: Request) -> str:
        changes.append(request.method)
        return "done"

    def say(said: Said) -> str:
        changes.append(said.text)
        return "done"

    def fail() -> None:
        raise ValueError("secret-of-the-house\r\nFAKE line \x1b[31m")

    def captured() -> Response:
        return Response("x", headers={"Content-Security-Policy": "sandbox", "Server": "Custom/1"})

    coder = [Depends(access.CODER)]
    router.add_api_route("/change", change, methods=["GET", "POST", "PUT", "PATCH", "DELETE"], dependencies=coder)
    router.add_api_route("/api/change", change, methods=["POST", "DELETE"], dependencies=coder)
    router.add_api_route("/api/say", say, methods=["POST"], dependencies=coder)
    router.add_api_route("/fail", fail, dependencies=[Depends(access.ANYONE)])
    router.add_api_route("/api/fail", fail, dependencies=[Depends(access.ANYONE)])
    router.add_api_route("/captured", captured, dependencies=[Depends(access.ANYONE)])
    monkeypatch.setattr(app, "ROUTERS", (*ROUTERS, router))


@pytest.fixture
def here(ledger: Ledger) -> TestClient:
    """A program on this machine, before a desk on this machine: it says nothing of pages."""
    client = desk(ledger, Options(by="Ida Marsh"))
    del client.headers["sec-fetch-site"]
    return client


# ---- W4: what every answer carries

ANSWERS = [
    ("GET", "/account", {}, 200), ("GET", "/nothing", {}, 404), ("GET", "/api/nothing", {}, 404), ("GET", "/static/desk.css", {}, 200),
    ("GET", "/static/nothing", {}, 404), ("GET", "/fail", {}, 500), ("GET", "/api/fail", {}, 500), ("POST", "/account", OURS, 405),
    ("POST", "/change", {}, 403), ("GET", "/account", {"Host": "other.example"}, 421), ("GET", "/?token=x", {}, 400),
    ("GET", "/account", {"Authorization": "Bearer x"}, 401), ("GET", "/sign-in", {}, 303), ("POST", "/sign-in", OURS, 422),
    ("OPTIONS", "/account", {}, 405), ("HEAD", "/account", {}, 405), ("TRACE", "/account", {}, 403), ("GET", "/captured", {}, 200),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "headers", "status"), ANSWERS)
def test_every_answer_has_its_headers(
    here: TestClient, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = here.request(method, path, headers=headers)
    assert answer.status_code == status
    for name, value in {
        "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin", "x-frame-options": "DENY",
        "content-security-policy": "sandbox" if path == "/captured" else guard.POLICY,
        "cache-control": "no-cache" if path.startswith("/static/") else "no-store",
    }.items():  # fmt: skip
        assert answer.headers.get_list(name) == [value], name
    assert re.fullmatch(r"(?:[a-z-]+=\(\)(?:, )?)+", answer.headers["permissions-policy"])
    assert not {"server", "x-powered-by", "strict-transport-security", "access-control-allow-origin"} & set(
        answer.headers
    )


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    assert guard.POLICY.startswith("default-src 'none'; ")
    assert not re.search(r"unsafe|http|\*|blob|(?<!img-src 'self' )data:", guard.POLICY)
    assert all(part in guard.POLICY for part in ("base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"))


def test_by_https_browsers_are_told_to_stay_with_it(ledger: Ledger) -> None:
    client = desk(ledger, far(Clock()))
    assert all(client.get(path).headers["strict-transport-security"] for path in ("/", "/static/desk.css", "/fail"))


def test_files_of_ours_are_kept_for_good_only_by_their_version(here: TestClient) -> None:
    plain = here.get("/static/desk.css")
    assert plain.headers["cache-control"] == "no-cache"
    again = here.get("/static/desk.css", headers={"If-None-Match": plain.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")
    assert "immutable" in here.get("/static/desk.css?v=3").headers["cache-control"]


# ---- W17: what an error tells


@pytest.mark.parametrize("path", ["/fail", "/api/fail"])
def test_an_error_tells_nothing_of_how_the_program_is_made(here: TestClient, path: str) -> None:
    answer = here.get(path)
    assert answer.status_code == 500
    assert not re.search(
        r"secret-of|ValueError|Traceback|\.py|uvicorn|starlette|fastapi|FAKE", answer.text, re.IGNORECASE
    )
    assert "went wrong" in answer.text


def test_a_page_that_cannot_even_say_so_still_has_its_headers(
    here: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("the page for errors is broken, too")

    monkeypatch.setattr("onrecord.web.failing.showing.page", broken)
    answer = here.get("/fail")
    assert (answer.status_code, answer.text) == (500, "Something went wrong here.\n")
    assert answer.headers["content-security-policy"] == guard.POLICY


def test_a_ledger_that_cannot_be_asked_lets_nobody_in(here: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: Any) -> bool:
        raise TryLater("held.db: is locked")

    monkeypatch.setattr("onrecord.web.door.people.any_account", locked)
    answer = here.get("/api/nothing")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "later")
    assert answer.headers["content-security-policy"] == guard.POLICY
    assert here.get("/change").status_code == 503


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_the_description_of_the_interface_is_not_where_tools_look_for_it(here: TestClient, path: str) -> None:
    assert here.get(path).status_code == 404


# ---- whose name leads here


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200), ("localhost:8000", 200), ("LOCALHOST:8000", 200), ("[::1]:8000", 200), ("rebound.example:8000", 421),
        ("127.0.0.1", 421), ("127.0.0.1:8001", 421), ("localhost.rebound.example:8000", 421), ("localhost.:8000", 421),
        ("rebound.example@127.0.0.1:8000", 421), ("", 421),
    ],
)  # fmt: skip
def test_a_name_that_somebody_else_lets_lead_here_is_refused(here: TestClient, host: str, status: int) -> None:
    for path in ("/account", "/static/desk.css"):
        assert here.get(path, headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("desk.example.org", 303),
        ("DESK.example.org:443", 303),
        ("127.0.0.1:8000", 303),
        ("desk.example.org:8000", 421),
        ("x.example", 421),
    ],
)
def test_beyond_this_machine_it_goes_by_its_own_name(ledger: Ledger, host: str, status: int) -> None:
    assert desk(ledger, far(Clock())).get("/account", headers={"Host": host}).status_code == status


def test_a_request_with_two_hosts_or_none_is_not_understood(here: TestClient) -> None:
    assert here.get("/account", headers=[("Host", "127.0.0.1:8000"), ("Host", "x.example")]).status_code == 400


# ---- W5: where a change comes from

FROM_ELSEWHERE: list[dict[str, str]] = [
    {}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": HERE}, {"Sec-Fetch-Site": "same-origin, cross-site"}, {"Origin": "null"},
    {"Origin": "https://127.0.0.1:8000"}, {"Origin": "http://127.0.0.1:8001"}, {"Origin": "http://127.0.0.1"},
    {"Origin": "http://localhost:8000"}, {"Origin": f"{HERE}/"}, {"Origin": f"{HERE}.evil.example"}, {"Origin": "http://evil.example"},
    {"Referer": f"{HERE}/"}, {"X-HTTP-Method-Override": "GET"}, {"Sec-Fetch-Site": ""},
]  # fmt: skip


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=str)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_change_from_elsewhere_is_refused(
    here: TestClient, changes: list[str], method: str, headers: dict[str, str]
) -> None:
    answer = here.request(method, "/change", headers=headers)
    assert answer.status_code == 403
    assert changes == []


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=str)
def test_so_is_one_by_a_browser_in_which_somebody_is_signed_in(
    ledger: Ledger, changes: list[str], headers: dict[str, str]
) -> None:
    client = desk(ledger, far(Clock()))
    del client.headers["sec-fetch-site"]
    signed_in = session(ledger, somebody(ledger, "coder"))
    headers = {
        name: value.replace("http://127.0.0.1:8000", "http://desk.example.org") for name, value in headers.items()
    }
    for path in ("/change", "/api/change"):
        assert client.post(path, headers={**headers, **signed_in}).status_code == 403
    assert changes == []
    assert client.post("/change", headers={"Origin": ORIGIN, **signed_in}).status_code == 200
    assert changes == ["POST"]


@pytest.mark.parametrize("headers", [OURS, {"Origin": HERE}, {**OURS, "Origin": "null"}], ids=str)
def test_a_change_from_a_page_of_ours_is_made(here: TestClient, changes: list[str], headers: dict[str, str]) -> None:
    assert here.post("/change", headers=headers).status_code == 200
    assert changes == ["POST"]


def test_two_origins_are_none(here: TestClient) -> None:
    assert here.post("/change", headers=[("Origin", HERE), ("Origin", "http://evil.example")]).status_code == 403
    assert here.post("/change", headers=[("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "x")]).status_code == 403


def test_a_program_with_a_token_needs_no_page(ledger: Ledger, changes: list[str]) -> None:
    client = desk(ledger, far(Clock()))
    del client.headers["sec-fetch-site"]
    coder = somebody(ledger, "coder")
    good = token(ledger, coder, "coder")
    assert client.post("/change", headers=good).status_code == 200
    assert client.post("/change", headers={**good, "Sec-Fetch-Site": "cross-site"}).status_code == 200
    # A header that any page can send is no way around: neither with a cookie nor alone at the machine
    for bad in ("Bearer x", "Basic x", "", "Bearer"):
        assert client.post("/change", headers={"Authorization": bad, **session(ledger, coder)}).status_code == 401
    two = [("Authorization", good["Authorization"]), ("Authorization", "Bearer x")]
    assert client.post("/change", headers=two).status_code == 401
    assert changes == ["POST", "POST"]


def test_no_method_stands_for_another(here: TestClient, changes: list[str]) -> None:
    headers = {**OURS, "X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"}
    here.post("/change?_method=DELETE", data={"_method": "DELETE"}, headers=headers)
    assert changes == ["POST"]


# ---- bodies


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "text/json"]
)
def test_the_interface_takes_json_by_its_name_only(here: TestClient, changes: list[str], media: str) -> None:
    answer = here.post("/api/say", content=b'{"text": "x"}', headers={**OURS, "Content-Type": media})
    assert answer.status_code == 415
    assert here.post("/api/say", json={"text": "y"}, headers=OURS).status_code == 200
    assert changes == ["y"]


@pytest.mark.parametrize("media", ["application/json", "text/plain", ""])
def test_a_page_takes_forms_only(here: TestClient, media: str) -> None:
    answer = here.post("/sign-in", content=b'{"name": "x"}', headers={**OURS, "Content-Type": media})
    assert answer.status_code == 415


def test_too_large_a_body_is_refused_whether_it_says_so_or_not(ledger: Ledger, changes: list[str]) -> None:
    client = desk(ledger, Options(by="me"))
    big = b'{"text": "' + b"x" * 10_000_000 + b'"}'
    json = {"Content-Type": "application/json"}
    answer = client.post("/api/say", content=big, headers=json)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    answer = client.post("/api/say", content=(big[at : at + 65536] for at in range(0, len(big), 65536)), headers=json)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    form = (b"name=" + b"x" * 100_000 for _ in range(20))
    assert (
        client.post("/sign-in", content=form, headers={"Content-Type": "application/x-www-form-urlencoded"}).status_code
        == 413
    )
    assert client.post("/sign-in", headers={"Content-Length": "9" * 5000}).status_code == 413
    assert client.post("/api/say", content=b'{"text": "' + b"x" * 999_000 + b'"}', headers=json).status_code == 200
    assert [len(text) for text in changes] == [999_000]


# ---- W10: a token in an address


@pytest.mark.parametrize("query", ["token=or_x", "a=b&access_token=or_x", "API_KEY=x", "token", "%74oken=x"])
def test_a_token_in_an_address_is_refused_and_not_noted(
    here: TestClient, caplog: pytest.LogCaptureFixture, query: str
) -> None:
    with noted(caplog):
        answer = here.get(f"/account?{query}")
    assert answer.status_code == 400
    assert "Authorization header" in answer.text
    assert "or_x" not in answer.text
    assert [record.getMessage().split()[2:5] for record in caplog.records] == [["GET", "none", "400"]]


# ---- W16: what is noted


def noted(caplog: pytest.LogCaptureFixture) -> Any:
    return caplog.at_level(logging.INFO, LOG.name)


def test_a_request_is_noted_in_one_line_without_secrets(ledger: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    client = desk(ledger, far(Clock()))
    somebody_ = somebody(ledger, "coder")
    given = token(ledger, somebody_, "coder")
    with noted(caplog):
        client.get("/account?q=private", headers=session(ledger, somebody_) | {"User-Agent": "curl/8"})
        client.get("/change", headers=given)
    lines = [record.getMessage() for record in caplog.records]
    assert re.fullmatch(r"testclient coder GET /account 200 \d+ms", lines[0])
    assert re.fullmatch(r"testclient coder GET /change 200 \d+ms", lines[1])
    assert len(lines) == 2
    secrets = ("private", "or_", "__Host", "curl", somebody_.id, somebody_.shown, given["Authorization"].split()[1])
    assert not any(secret in " ".join(lines) + Json().format(record) for secret in secrets for record in caplog.records)


def test_a_program_reads_the_same_as_json_with_the_id_that_the_answer_has(ledger: Ledger) -> None:
    said: list[dict[str, Any]] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(json.loads(Json().format(record)))  # type: ignore[method-assign]
    level = LOG.level
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    try:
        client = desk(ledger, far(Clock()))
        coder = somebody(ledger, "coder")
        answers = [
            client.get("/change?who=private", headers=session(ledger, coder)),
            client.get("/nothing/private"),
            client.post("/sign-in", data={"name": "private", "password": "private"}),
        ]
    finally:
        LOG.removeHandler(handler)
        LOG.setLevel(level)
    assert "private" not in str(said)
    requests = [line for line in said if "route" in line]
    assert [line["id"] for line in requests] == [answer.headers["x-request-id"] for answer in answers]
    assert [(line["role"], line["method"], line["route"], line["status"]) for line in requests] == [
        ("coder", "GET", "/change", 200),
        (None, "GET", "none", 404),
        (None, "POST", "/sign-in", 401),
    ]
    assert all(
        line.keys() == {"at", "level", "id", "from", "role", "method", "route", "status", "ms"} for line in requests
    )
    (warned,) = (line for line in said if "route" not in line)
    assert (warned["level"], warned["id"]) == ("warning", answers[2].headers["x-request-id"]), (
        "it is known which request"
    )
    assert warned["said"] == "testclient: a wrong password, or no such name"


@pytest.mark.parametrize(
    "evil", ["\r\nFAKE 200", "\x1b[31mred", "a\u202eb", "x" * 10_000, '" 200 "', "\x00", "\u2028", "\\n"], ids=range(8)
)
def test_nothing_of_a_strangers_does_anything_in_the_log(
    here: TestClient, caplog: pytest.LogCaptureFixture, evil: str
) -> None:
    with noted(caplog):
        here.get("/nothing/" + quote(evil), headers={"User-Agent": evil.encode()})
    (record,) = caplog.records
    line = record.getMessage()
    assert line.isascii()
    assert line.isprintable()
    assert len(line) < 1500
    assert re.fullmatch(r"testclient admin GET none 404 \d+ms", line)
    assert json.loads(Json().format(record))["route"] == "none"


def test_an_error_is_noted_in_one_line() -> None:
    try:
        raise ValueError("one\r\nFAKE 200\x1b[31m \u202e")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "failed %s", ("\n",), None)
        record.exc_info = __import__("sys").exc_info()
        said = OneLine("%(message)s").format(record)
    assert said.isprintable()
    assert said.startswith("failed ")
    assert "ValueError: one" in said
    as_json = Json().format(record)
    assert as_json.isascii()
    assert as_json.isprintable()
    assert "ValueError: one" in json.loads(as_json)["trace"]


# ---- W14: how often


def test_whoever_asks_too_much_is_told_to_wait_and_nobody_else_is(ledger: Ledger) -> None:
    clock = Clock()
    client = desk(ledger, far(clock, pace=Pace(20, 10.0)))
    one, other = (session(ledger, somebody(ledger, role)) for role in ("reader", "coder"))
    statuses = [client.get("/nothing", headers=one).status_code for _ in range(50)]
    assert statuses == [404] * 20 + [429] * 30
    refused = client.get("/api/nothing", headers=one)
    assert (refused.json()["error"]["code"], refused.headers["retry-after"]) == ("too_many", "1")
    assert client.get("/nothing", headers=other).status_code == 404
    assert client.get("/nothing").status_code == 303 or client.get("/nothing").status_code == 404
    assert client.get("/static/desk.css", headers=one).status_code == 200
    clock.pass_(seconds=1)
    assert [client.get("/nothing", headers=one).status_code for _ in range(11)] == [404] * 10 + [429]


def test_guessing_tokens_is_slow(ledger: Ledger) -> None:
    client = desk(ledger, far(Clock(), pace=Pace(20, 10.0)))
    statuses = [client.get("/api/x", headers={"Authorization": f"Bearer or_{n}"}).status_code for n in range(30)]
    assert statuses == [401] * 20 + [429] * 10


def test_whoever_is_alone_at_this_machine_is_not_slowed_down(ledger: Ledger) -> None:
    client = desk(ledger, Options(by="me", pace=Pace(5, 0.001)))
    assert {client.get("/nothing").status_code for _ in range(20)} == {404}


def test_buckets_fill_up_again_and_are_never_too_many() -> None:
    seconds = 0.0
    buckets = Buckets(2, 0.5, lambda: seconds, most=100)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 2]
    assert buckets.take("b") == 0
    buckets.give_back("a")
    assert [buckets.take("a") for _ in range(2)] == [0, 2]
    seconds = 2.0
    assert [buckets.take("a") for _ in range(2)] == [0, 2]
    seconds = 1000.0
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 2]
    for number in range(1000):
        buckets.take(number)
    assert len(buckets) == 100
    assert buckets.take(999) == 0


@pytest.mark.parametrize(
    ("address", "stands_for"),
    [
        ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2::7", "2001:0db8:0001:0002"), ("2001:db8:1:2:ffff::1", "2001:0db8:0001:0002"),
        ("::ffff:192.0.2.7", "192.0.2.7"), ("testclient", "testclient"),
    ],
)  # fmt: skip
def test_a_network_counts_as_one(address: str, stands_for: str) -> None:
    assert whence(address) == stands_for


def test_there_are_no_web_sockets(here: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), here.websocket_connect("/account"):
        pass


# ---- a real server


def files_open() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


@pytest.fixture
def address(ledger: Ledger) -> Iterator[tuple[str, int]]:
    """A desk that really listens."""
    listening = listen(Options(port=0))
    port = listening.getsockname()[1]
    options = Options(by="me", port=port)
    made = server(application(ledger, options), options)
    thread = threading.Thread(target=made.run, kwargs={"sockets": [listening]})
    thread.start()
    while not made.started:
        time.sleep(0.01)
    yield "127.0.0.1", port
    made.should_exit = True
    thread.join(20)
    listening.close()


def ask(address: tuple[str, int], request: bytes) -> bytes:
    with closing(socket.create_connection(address, timeout=20)) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_thousand_that_only_connect_keep_nobody_out(address: tuple[str, int]) -> None:
    if not Path("/proc/self/fd").exists() or resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 3000:
        pytest.skip("forbidden here: this many open files")
    asked = f"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1:{address[1]}\r\nConnection: close\r\n\r\n".encode()
    assert b" 404 " in ask(address, asked).split(b"\r\n")[0]
    before = files_open()
    with ExitStack() as held:
        for _ in range(1000):
            held.enter_context(closing(socket.create_connection(address, timeout=20)))
        started = time.monotonic()
        answer = ask(address, asked)
        assert time.monotonic() - started < 5
        assert b" 404 " in answer.split(b"\r\n")[0]
        assert b"server:" not in answer.lower()
    for _ in range(200):
        ask(address, asked)
    ends = time.monotonic() + 10
    while files_open() > before + 20 and time.monotonic() < ends:
        time.sleep(0.05)
    assert files_open() <= before + 20


@pytest.mark.parametrize(
    "request_",
    [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET /\x1b[31m HTTP/1.1\r\nHost: x\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_request_is_refused(address: tuple[str, int], request_: bytes) -> None:
    answer = ask(address, request_.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert answer.split(b" ")[1].startswith(b"4")
    assert not re.search(rb"traceback|\.py|server:", answer, re.IGNORECASE)


def test_what_a_proxy_says_is_believed_only_where_there_is_one(ledger: Ledger) -> None:
    people.add(ledger, "Ada Holm", "admin", KEPT, NOW)
    assert server(application(ledger, far(Clock())), far(Clock())).config.proxy_headers
    assert not server(application(ledger, Options()), Options()).config.proxy_headers
