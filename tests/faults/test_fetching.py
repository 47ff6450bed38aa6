"""Pages from servers that lie, stall, swell and send elsewhere. 127.0.0.2 stands for the public network here, 127.0.0.1
for what is not: there, a server counts who connects, and nobody may.
"""

import ast
import gzip
import hashlib
import os
import socket
import ssl
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard

from figures import Seen
from loopback import PAGE, Reply, Server, answer, to
from onrecord.errors import BadSource, TryLater, WrongUse
from onrecord.stories import addresses, codings, fetching, politeness, wire
from onrecord.stories.fetched import Fetched, Unfetched
from onrecord.stories.fetching import Fetcher, FetchOptions

NOW = datetime(2031, 5, 4, 12, 0, tzinfo=UTC)

SRC = Path(__file__).parents[2] / "src" / "onrecord"


@pytest.fixture
def site() -> Iterator[Server]:
    made = Server("127.0.0.2")
    yield made
    made.close()


@pytest.fixture
def private() -> Iterator[Server]:
    """Nobody may connect, whatever a test does."""
    made = Server("127.0.0.1")
    made.pages["/"] = made.pages["/secret"] = answer(b"<p>the keys of the house</p>")
    yield made
    made.close()


class Names:
    """Name servers: what they answer, one answer after the other, and how often they were asked."""

    def __init__(self, **found: list[list[str]]) -> None:
        self.found = {"press": [["127.0.0.2"]], "other": [["127.0.0.2"]], "inside": [["127.0.0.1"]]} | found
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        name = host.removesuffix(".example")
        self.asked.append(host)
        if name not in self.found:
            raise OSError("Name or service not known")
        answers = self.found[name]
        return answers.pop(0) if len(answers) > 1 else answers[0]


class Time:
    """Time that passes only where somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def ticks(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.now += seconds


def public(number: str) -> str | None:
    return None if number == "127.0.0.2" else addresses.not_public(number)


def options(*servers: Server, **other: Any) -> FetchOptions:
    chosen: dict[str, Any] = {
        "contact": "desk@reader.example",
        "gap": 0.0,
        "retries": 0,
        "deadline": 5.0,
        "robots": False,
        "ports": tuple(server.port for server in servers),
        "resolve": Names(),
        "refuses": public,
        "clock": lambda: NOW,
    }
    return FetchOptions(**(chosen | other))


def fetched(site: Server, path: str = "/", **other: Any) -> Fetched:
    return Fetcher(options(site, **other)).get(f"http://press.example:{site.port}{path}")


def unfetched(site: Server, path: str = "/", **other: Any) -> Unfetched:
    with pytest.raises(Unfetched) as caught:
        fetched(site, path, **other)
    assert isinstance(caught.value, TryLater if caught.value.again else BadSource)
    assert "press.example" in str(caught.value)
    assert str(caught.value).endswith((".", "?"))
    return caught.value


# What comes back of a page that comes


def test_a_page_comes_with_how_it_came(site: Server) -> None:
    site.pages["/a"] = to("/b?c=1")
    site.pages["/b?c=1"] = answer(
        gzip.compress(PAGE), content_TYPE='text/HTML; Charset="UTF-8"', Content_Encoding="gzip"
    )
    got = fetched(site, "/a")
    base = f"http://press.example:{site.port}"
    assert (got.url, got.final_url, got.status, got.body) == (f"{base}/a", f"{base}/b?c=1", 200, PAGE)
    assert [(r.url, r.status, r.address) for r in got.redirects] == [(f"{base}/a", 302, "127.0.0.2")]
    assert got.sha256 == hashlib.sha256(gzip.compress(PAGE)).hexdigest()
    assert got.length == len(gzip.compress(PAGE))
    assert ("content-TYPE", 'text/HTML; Charset="UTF-8"') in got.headers
    assert got.header("Content-Type") == 'text/HTML; Charset="UTF-8"'
    assert got.fetched_at == NOW
    document = got.document()
    assert (document.media, document.charset, document.url) == ("text/html", "utf-8", got.final_url)
    assert document.notes == ()
    assert document.how["redirects"] == [f"302 {base}/a (127.0.0.2)"]
    assert document.how["fetched_at"] == "2031-05-04T12:00:00+00:00"
    assert document.how["sha256"] == hashlib.sha256(PAGE).hexdigest()
    assert all(isinstance(value, str | list) for value in document.how.values())
    assert f"Host: press.example:{site.port}" in site.heads[-1]
    assert "User-Agent: OnRecord/" in site.heads[-1]
    assert "(desk@reader.example)" in site.heads[-1]


def test_an_unchanged_page_is_not_sent_again(site: Server) -> None:
    site.pages["/"] = answer(b"", "304 Not Modified", ETag='"a"')
    fetcher = Fetcher(options(site))
    got = fetcher.get(f"http://press.example:{site.port}/", etag='"a"', modified="Sun, 04 May 2031 10:00:00 GMT")
    assert got.not_modified
    assert got.body == b""
    assert 'If-None-Match: "a"' in site.heads[-1]
    assert "If-Modified-Since: Sun, 04 May 2031 10:00:00 GMT" in site.heads[-1]
    with pytest.raises(ValueError, match="not changed"):
        got.document()


@pytest.mark.parametrize("etag", ["a\r\nX-Evil: 1", "a\nb", "", " a", "a\x00", "\u20ac"])
def test_a_bad_mark_of_a_version_is_not_sent(site: Server, etag: str) -> None:
    site.pages["/"] = answer()
    assert Fetcher(options(site)).get(f"http://press.example:{site.port}/", etag=etag).body == PAGE
    assert "If-None-Match" not in site.heads[-1]
    assert "Evil" not in site.heads[-1]


def test_an_answer_of_nothing_new_to_nobody_is_none(site: Server) -> None:
    site.pages["/"] = answer(b"", "304 Not Modified")
    assert not unfetched(site).again


@pytest.mark.parametrize(
    ("status", "again"),
    [
        *(("404 Not Found", False), ("410 Gone", False), ("403 No", False), ("401 No", False), ("451 Law", False)),
        *(("500 Oh", True), ("502 Oh", True), ("520 Oh", True), ("429 Many", True), ("503 Busy", True)),
        *(("204 Nothing", False), ("206 Part", False), ("300 Several", False), ("305 Proxy", False), ("999 No", True)),
    ],
)
def test_what_is_no_page_is_said_to_be_none(site: Server, status: str, again: bool) -> None:
    site.pages["/"] = answer(b"" if status[:3] == "204" else PAGE, status)
    error = unfetched(site)
    assert error.again == again
    assert error.status == int(status[:3])


# Where a request may go (S1-S5, S7)

LITERALS = [
    *("127.0.0.1", "2130706433", "017700000001", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.1", "0", "0x0"),
    *("0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]"),
    *("[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::1]", "[2001:0:1:1:0:0:80ff:fffe]", "[fe80::1%25eth0]"),
    *("[fe80::1%eth0]", "[fec0::1]", "[fc00::1]", "[2a00::5efe:7f00:1]", "[ff02::1]", "\uff11\uff12\uff17.0.0.1"),
    *("\u2460\u2461\u2466.0.0.1", "localhost", "localhost.", "LOCALHOST", "a.localhost", "127\u30020\u30020\u30021"),
    *("127\uff0e0\uff0e0\uff0e1", "127\uff610\uff610\uff611", "inside.example", "INSIDE.example.", "169.254.169.254"),
    *("127.0.0.1.", "[::ffff:0:127.0.0.1]", "127.0.0.1%00.press.example", "127.0.0.1%2f@press.example"),
    *("press.example@127.0.0.1", "press.example%00@127.0.0.1", "press.example#@127.0.0.1", "press.example?@127.0.0.1"),
    *(
        "127.0.0.1\\@press.example",
        "press.example\\@127.0.0.1",
        "127.0.0.1\t",
        "127.0\n.0.1",
        "127.0.0.1\x00.press.example",
    ),
    *("127.0.0.1 @press.example", "%31%32%37.0.0.1", "loc\u00adalhost", "\u24db\u24de\u24d2alhost", "ip6-localhost"),
    *("a\r\nHost: inside.example\r\n\r\n", "127.0.0.1#", "press.example,inside.example", "0", "[::1]@press.example"),
]


@pytest.mark.parametrize("host", LITERALS, ids=ascii)
@pytest.mark.parametrize("way", ["named", "sent on", "robots.txt"])
def test_no_spelling_leads_inside(site: Server, private: Server, host: str, way: str, seen: Seen) -> None:
    """The private server listens, its port is among those that are asked: only the check stands between."""
    url = f"http://{host}:{private.port}/secret"
    local = Names(localhost=[["127.0.0.1"]], LOCALHOST=[["127.0.0.1"]])
    kept = options(site, private, resolve=local, robots=way == "robots.txt")
    with suppress(UnicodeEncodeError):
        site.pages["/"] = to(url.encode().decode("latin-1"))
    site.pages["/robots.txt"] = site.pages.get("/", answer())
    with pytest.raises(Unfetched) as caught:
        Fetcher(kept).get(url if way == "named" else f"http://press.example:{site.port}/")
    seen(tries=1, private_connections=private.accepted)
    assert private.accepted == 0
    assert "\n" not in str(caught.value)
    assert way == "named" or site.accepted > 0


@pytest.mark.parametrize("host", ["127.0.0.1", "inside.example", "[::ffff:127.0.0.1]"])
def test_only_the_check_stands_between(private: Server, host: str) -> None:
    """Without it, the same request arrives: what the test above counts could have come."""
    unchecked = options(private, refuses=lambda number: None)
    assert b"keys" in Fetcher(unchecked).get(f"http://{host}:{private.port}/secret").body
    assert private.accepted == 1


@pytest.mark.parametrize(
    "numbers",
    [
        ["127.0.0.1"],
        ["127.0.0.2", "127.0.0.1"],
        ["127.0.0.1", "127.0.0.2"],
        ["127.0.0.2"] * 40 + ["127.0.0.1"],
        ["127.0.0.2", "::1"],
        ["127.0.0.2", "::ffff:127.0.0.1"],
        ["127.0.0.2", "fe80::1%lo"],
        ["127.1"],
        ["127.0.0.2", "localhost"],
        ["0x7f000001"],
        ["127.0.0.2\x00"],
        [],
    ],
    ids=str,
)
def test_every_address_of_a_name_is_checked(site: Server, private: Server, numbers: list[str], seen: Seen) -> None:
    with pytest.raises(Unfetched):
        Fetcher(options(site, private, resolve=Names(press=[numbers]))).get(f"http://press.example:{private.port}/")
    seen(tries=1, private_connections=private.accepted)
    assert private.accepted == site.accepted == 0


def test_a_name_is_looked_up_once_and_the_connection_pinned(site: Server, private: Server, seen: Seen) -> None:
    """The second answer of the name servers would lead inside: nobody asks for it, robots.txt or not."""
    site.pages["/"] = answer()
    names = Names(press=[["127.0.0.2"], ["127.0.0.1"]])
    assert fetched(site, resolve=names, robots=True).body == PAGE
    assert names.asked == ["press.example"]
    assert site.asked == ["/robots.txt", "/"]
    seen(tries=1, private_connections=private.accepted)
    assert private.accepted == 0


def test_each_step_looks_up_and_checks_anew(site: Server, private: Server) -> None:
    site.pages["/"] = to("/again")
    names = Names(press=[["127.0.0.2"], ["127.0.0.1"]])
    error = unfetched(site, resolve=names)
    assert names.asked == ["press.example"] * 2
    assert site.asked == ["/"]
    assert not error.again
    assert [step.status for step in error.redirects] == [302]


def test_name_servers_that_do_not_answer_in_time(site: Server) -> None:
    def slow(host: str, port: int) -> list[str]:
        time.sleep(2)
        return ["127.0.0.2"]

    began = time.monotonic()
    assert unfetched(site, resolve=slow, deadline=0.2).again
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    "location",
    [
        *(
            "file:///etc/hosts",
            "gopher://press.example/",
            "ftp://press.example/",
            "data:text/html,x",
            "javascript:1",
            "",
        ),
        *("/\\127.0.0.1/", "\\\\127.0.0.1\\", "//user:word@press.example/", "http:press", "https:///x", "mailto:a@b.c"),
    ],
)
def test_what_is_sent_to_no_page(site: Server, location: str, seen: Seen) -> None:
    seen(redirects=1)
    site.pages["/"] = to(location)
    assert not unfetched(site).again
    assert site.asked == ["/"]


def test_a_redirect_with_a_line_end_or_to_two_places(site: Server) -> None:
    site.pages["/"] = b"HTTP/1.1 302 Found\r\nLocation: /a\rX: y\r\nContent-Length: 0\r\n\r\n"
    unfetched(site)
    site.pages["/"] = b"HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
    assert not unfetched(site).again
    assert set(site.asked) == {"/"}


def test_a_redirect_to_another_port_is_checked(site: Server) -> None:
    other = Server("127.0.0.2")
    site.pages["/"] = to(f"http://press.example:{other.port}/")
    assert "port" in str(unfetched(site))
    assert other.accepted == 0
    other.close()


def test_a_thousand_redirects_end_at_the_fifth(site: Server) -> None:
    site.pages = {f"/{n}": to(f"/{n + 1}") for n in range(1000)} | {"/round": to("/round")}
    error = unfetched(site, "/0")
    assert not error.again
    assert site.asked == [f"/{n}" for n in range(6)]
    assert len(error.redirects) == 6
    unfetched(site, "/round")
    site.pages["/5"] = answer()
    assert fetched(site, "/0").body == PAGE


def test_nothing_in_the_environment_changes_where_it_goes(
    site: Server, private: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seen: Seen
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{private.port}")
    (tmp_path / ".netrc").write_text("default login warden password quay\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    site.pages["/"] = answer(b"", "302 Found", Location="/b", Set_Cookie="a=b; Path=/")
    site.pages["/b"] = answer(Set_Cookie="a=b; Path=/")
    fetcher = Fetcher(options(site))
    for _ in range(2):
        assert fetcher.get(f"http://press.example:{site.port}/").body == PAGE
    seen(requests=4, private_connections=private.accepted)
    assert private.accepted == 0
    assert not any("cookie" in head.casefold() or "authorization" in head.casefold() for head in site.heads)


def test_a_private_place_on_the_list_is_read_and_recorded(site: Server, private: Server) -> None:
    place = f"inside.example:{private.port}"
    allowed = options(site, allow=(place,))
    got = Fetcher(allowed).get(f"http://{place}/secret")
    assert (got.private, got.document().how["private_place"], got.address) == (place, place, "127.0.0.1")
    before = private.accepted
    for url in (
        f"http://127.0.0.1:{private.port}/",
        f"http://localhost:{private.port}/",
        f"http://a.inside.example:{private.port}/",
        f"http://inside.example:{site.port}/",
        f"http://inside.example@127.0.0.1:{private.port}/",
    ):
        with pytest.raises(Unfetched):
            Fetcher(replace(allowed, ports=(site.port, private.port))).get(url)
    site.pages["/"] = to(f"http://{place}/secret")
    error = unfetched(site, allow=(place,))
    assert "cannot send" in str(error)
    assert private.accepted == before
    private.pages["/out"] = to(f"http://press.example:{site.port}/")
    with pytest.raises(Unfetched, match="cannot send"):
        Fetcher(allowed).get(f"http://{place}/out")
    assert private.asked.count("/secret") == 1
    site.pages["/"] = answer()
    assert fetched(site, allow=(place,)).private is None


@pytest.mark.parametrize(
    "place", ["inside.example", "http://inside.example:80", "INSIDE.example:80", "", "a@b:80", "127.1:80"]
)
def test_a_list_of_private_places_says_host_and_port(place: str) -> None:
    with pytest.raises(WrongUse):
        FetchOptions("desk@reader.example", allow=(place,))


@pytest.mark.parametrize("contact", ["", "a\r\nX: y", "a)b", "\u00e9", "x" * 300])
def test_somebody_must_be_named_who_asks(contact: str) -> None:
    with pytest.raises(WrongUse):
        FetchOptions(contact)


_OPENERS = {
    *("urlopen", "urlretrieve", "create_connection", "open_connection", "fetch_url", "fetch_response", "getaddrinfo"),
}
_PLACES = {"stories/wire.py", "web/serving.py"}
_TAKEN_AWAY = "stories/confined.py"  # where the parsers of others lose their sockets
_CLIENTS = {
    *(
        "socket",
        "ssl",
        "httpx",
        "httpcore",
        "h11",
        "requests",
        "urllib3",
        "aiohttp",
        "websockets",
        "pycurl",
        "asyncio.streams",
    ),
    *(
        "urllib.request",
        "http.client",
        "ftplib",
        "smtplib",
        "telnetlib",
        "poplib",
        "imaplib",
        "xmlrpc.client",
        "socketserver",
    ),
}


def test_nothing_else_opens_the_network() -> None:
    """One place connects; one listens. `fetching` and `posting` name a type of ssl's, `confined` puts sockets out of reach."""
    found = {}
    for file in sorted(SRC.rglob("*.py")):
        place = file.relative_to(SRC).as_posix()
        if place == _TAKEN_AWAY:
            continue
        named: set[str] = set()
        words = file.read_text()
        hinted = any(name in words for name in _CLIENTS | _OPENERS)
        for node in ast.walk(ast.parse(words)) if hinted else ():
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                named |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Attribute) and node.attr in _OPENERS:
                named.add("socket")
        found[place] = {name for name in named if any(name == c or name.startswith(f"{c}.") for c in _CLIENTS)}
    assert {place for place, names in found.items() if names - {"ssl"}} == _PLACES
    assert {place for place, names in found.items() if names} == {*_PLACES, "stories/fetching.py", "stories/posting.py"}


# Servers that stall, swell and lie (B10, B3)


def dripping(head: bytes, drop: bytes, every: float = 0.02) -> Reply:
    def reply(connection: socket.socket, path: str) -> None:
        connection.sendall(head)
        for _ in range(400):
            connection.sendall(drop)
            time.sleep(every)

    return reply


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"A: b\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"a"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"", b""),
    ],
    ids=ascii,
)
def test_a_drip_ends_at_the_deadline(site: Server, head: bytes, drop: bytes, seen: Seen) -> None:
    site.pages["/"] = dripping(head, drop)
    began = time.monotonic()
    error = unfetched(site, deadline=0.3)
    took = time.monotonic() - began
    seen(slow_servers=1)
    seen.most(seconds=took)
    assert error.again
    assert 0.2 < took < 1.0


def test_a_server_that_never_takes_the_connection_further(site: Server) -> None:
    silent = socket.create_server(("127.0.0.2", 0))
    port = silent.getsockname()[1]
    began = time.monotonic()
    for scheme in ("http", "https"):
        with pytest.raises(Unfetched) as caught:
            Fetcher(options(site, ports=(port,), deadline=0.2)).get(f"{scheme}://press.example:{port}/")
        assert caught.value.again
    assert time.monotonic() - began < 1.0
    silent.close()


def test_the_deadline_is_for_all_steps_together(site: Server) -> None:
    def slow(connection: socket.socket, path: str) -> None:
        time.sleep(0.15)
        connection.sendall(to(path + "0"))

    site.pages = {"/" + "0" * n: slow for n in range(9)}
    began = time.monotonic()
    assert unfetched(site, "/", deadline=0.4).again
    assert time.monotonic() - began < 1.0
    assert len(site.asked) < 5


def flooding(head: bytes, piece: bytes) -> Reply:
    def reply(connection: socket.socket, path: str) -> None:
        connection.sendall(head)
        for _ in range(50_000_000 // len(piece)):
            connection.sendall(piece)

    return reply


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"A: " + b"b" * 1000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nA: ", b"b" * 10_000),
        (b"", b"H" * 10_000),
        (b"", b"HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n" * 100),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 4),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"2710\r\n" + b"x" * 10_000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 10_000),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n", b"x" * 10_000),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1" + b"0" * 18 + b"\r\n\r\n", b"x" * 10_000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"a" * 10_000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"A: b\r\n" * 1000),
    ],
    ids=lambda words: ascii(words[:60]),
)
def test_a_flood_is_cut_off(site: Server, head: bytes, piece: bytes, seen: Seen) -> None:
    site.pages["/"] = flooding(head, piece)
    began = time.monotonic()
    unfetched(site, max_body=2_000_000, retries=0)
    took = time.monotonic() - began
    seen(floods=1)
    seen.most(seconds=took)
    assert took < 2.0


@pytest.mark.parametrize(
    "reply",
    [
        answer(length=len(PAGE) + 1),
        answer(length=10_000_000),
        answer(b"", length=5),
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabcdef",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nabcdef",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 400 + b"\r\n\r\nabcdef",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabcde\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabcde\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
        b"<html>no protocol</html>",
        b"HTTP/2 200\r\n\r\n",
        b"\x16\x03\x01\x00",
        b"",
    ],
    ids=lambda words: ascii(words[:70]),
)
def test_an_answer_that_is_torn_or_none_is_not_used(site: Server, reply: bytes) -> None:
    site.pages["/"] = reply
    unfetched(site)


@pytest.mark.parametrize(
    "whole",
    [
        answer(PAGE[:20]),
        answer(gzip.compress(PAGE[:20]), Content_Encoding="gzip"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<p>a\r\n2\r\nbc\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE[:9]) + gzip.compress(PAGE[9:20]),
        b"HTTP/1.1 200 OK\r\n\r\n<p>abc",
    ],
    ids=len,
)
def test_no_cut_of_an_answer_passes_for_the_whole(site: Server, whole: bytes, seen: Seen) -> None:
    """At every byte; what passes without a word of loss is nothing."""
    silent = []
    for cut in range(len(whole)):
        site.pages["/"] = whole[:cut]
        with suppress(Unfetched):
            got = fetched(site)
            if not got.notes and not got.not_modified:
                silent.append(cut)
    seen(cut_answers=len(whole), taken_for_whole=len(silent))
    assert silent == []


@pytest.mark.parametrize("after", [b"x", b"y" * 1000, answer(b"<p>a second answer</p>")], ids=len)
@pytest.mark.parametrize("late", [False, True])
def test_what_comes_after_the_end_is_counted_as_lost(site: Server, after: bytes, late: bool) -> None:
    def reply(connection: socket.socket, path: str) -> None:
        connection.sendall(answer() + (b"" if late else after))
        if late:
            time.sleep(0.05)
            connection.sendall(after)

    site.pages["/"] = reply
    got = fetched(site)
    assert got.body == PAGE
    assert [note.lost for note in got.document().notes] == [len(after)]


def test_an_end_that_nothing_announced_may_be_missing(site: Server) -> None:
    site.pages["/"] = b"HTTP/1.1 200 OK\r\n\r\n" + PAGE
    got = fetched(site)
    assert got.body == PAGE
    assert [note.lost for note in got.notes] == [1]


def deflated(body: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-15)
    return packing.compress(body) + packing.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    " DEFLATE ": deflated,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "x-gzip": gzip.compress,
    "gzip, br": lambda body: brotli.compress(gzip.compress(body)),
    "identity, gzip,": gzip.compress,
}


@pytest.mark.parametrize("coding", PACKERS)
def test_a_packed_page_is_unpacked_and_a_torn_one_is_not(site: Server, coding: str) -> None:
    packed = PACKERS[coding](PAGE)
    site.pages["/"] = answer(packed, Content_Encoding=coding)
    assert fetched(site).body == PAGE
    for cut in range(1, len(packed)):
        with pytest.raises(codings.BadCoding):
            codings.unpack(packed[:cut], codings.chain([coding]), 1_000_000)
    site.pages["/"] = answer(packed[:-3], Content_Encoding=coding)
    unfetched(site)


def test_what_stands_after_a_packed_page_is_counted_as_lost(site: Server) -> None:
    site.pages["/"] = answer(gzip.compress(PAGE[:9]) + gzip.compress(PAGE[9:]) + b"junk", Content_Encoding="gzip")
    got = fetched(site)
    assert got.body == PAGE
    assert [note.lost for note in got.notes] == [4]


QUICK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, 1),
    "deflate": lambda body: zlib.compress(body, 1),
    "br": lambda body: brotli.compress(body, quality=1),
}
ZEROS = bytes(60_000_000)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_a_bomb_is_refused_while_it_swells(site: Server, coding: str, seen: Seen) -> None:
    bomb = ZEROS
    for name in coding.split(", "):
        bomb = QUICK.get(name, PACKERS[name])(bomb)
    site.pages["/"] = answer(bomb, Content_Encoding=coding)
    began = time.monotonic()
    error = unfetched(site)
    assert not error.again
    assert "unpacks to more than" in str(error)
    took = time.monotonic() - began
    seen(bombs=1)
    seen.most(seconds=took)
    assert took < 1.0


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("compress", PAGE),
        ("gzip, gzip, gzip", PAGE),
        ("aes128gcm", PAGE),
        ("gzip", PAGE),
        ("br", PAGE),
        ("zstd", PAGE),
        ("deflate", b"\xff\xff" + PAGE),
        ("gzip", gzip.compress(b"") * 5000),
        ("zstd", zstandard.compress(b"") * 5000),
    ],
)
def test_what_cannot_be_unpacked_is_refused_by_name(site: Server, coding: str, body: bytes) -> None:
    site.pages["/"] = answer(body, Content_Encoding=coding)
    assert "pack" in str(unfetched(site))


# A connection that is safe


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=press.example"
    names = ["-addext", "subjectAltName=DNS:press.example", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*words.split(), *names], cwd=folder, check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def safe(certificate: tuple[Path, Path]) -> Iterator[tuple[Server, ssl.SSLContext]]:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(*certificate)
    made = Server("127.0.0.2", serving)
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.load_verify_locations(certificate[0])
    yield made, trusting
    made.close()


def test_the_certificate_is_checked_against_the_name(
    safe: tuple[Server, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch, certificate: tuple[Path, Path]
) -> None:
    server, trusting = safe
    server.pages["/"] = answer()
    url = f"https://press.example:{server.port}/"
    got = Fetcher(options(server, tls=trusting)).get(url)
    assert got.body == PAGE
    shown = ssl.PEM_cert_to_DER_cert(certificate[0].read_text())
    assert got.document().how["certificate_sha256"] == hashlib.sha256(shown).hexdigest()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    for address, believed in ((url.replace("press", "other"), trusting), (url, None)):
        with pytest.raises(Unfetched, match="safe connection"):
            Fetcher(options(server, tls=believed)).get(address)
    assert len(server.asked) == 1


def test_a_safe_connection_is_not_left_for_an_open_one(site: Server, safe: tuple[Server, ssl.SSLContext]) -> None:
    server, trusting = safe
    site.pages["/"] = to(f"https://press.example:{server.port}/", "308 Permanent")
    server.pages["/"] = answer()
    kept = options(site, server, tls=trusting)
    assert len(Fetcher(kept).get(f"http://press.example:{site.port}/").redirects) == 1
    server.pages["/"] = to(f"http://press.example:{site.port}/b")
    with pytest.raises(Unfetched, match="open one"):
        Fetcher(kept).get(f"https://press.example:{server.port}/")
    assert "/b" not in site.asked


def test_a_safe_connection_that_is_cut_is_noticed(safe: tuple[Server, ssl.SSLContext]) -> None:
    server, trusting = safe

    def cut(connection: socket.socket, path: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + PAGE)
        os.close(connection.detach())

    def ended(connection: socket.socket, path: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + PAGE)
        assert isinstance(connection, ssl.SSLSocket)
        connection.unwrap()

    server.pages = {"/cut": cut, "/ended": ended}
    fetcher = Fetcher(options(server, tls=trusting))
    assert [n.lost for n in fetcher.get(f"https://press.example:{server.port}/cut").notes] == [1]
    assert fetcher.get(f"https://press.example:{server.port}/ended").notes == ()


# Politeness


def test_a_host_is_asked_once_in_a_while(site: Server) -> None:
    site.pages["/"] = answer()
    at = Time()
    fetcher = Fetcher(options(site, gap=1.0, ticks=at.ticks, sleep=at.sleep))
    for name in ("press", "press", "other", "PRESS", "press"):
        fetcher.get(f"http://{name}.example:{site.port}/")
    assert at.waits == [1.0, 1.0, 1.0]


def test_turns_are_given_out_one_by_one_to_many_threads() -> None:
    turns = politeness.Turns(lambda: 100.0)
    waits: list[float] = []
    threads = [
        threading.Thread(target=lambda: waits.extend(turns.take("press.example", 2.0) for _ in range(50)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [2.0 * n for n in range(400)]
    turns.rest("other.example", 30.0)
    assert turns.take("other.example", 1.0) == 30.0


ROBOTS = b"User-agent: *\nDisallow: /no\nCrawl-delay: 4\n\nUser-agent: another\nDisallow: /\n"


def test_robots_are_read_once_a_day_and_kept_to(site: Server) -> None:
    site.pages = {"/robots.txt": answer(ROBOTS), "/a": answer(), "/no/b": answer()}
    at = Time()
    fetcher = Fetcher(options(site, robots=True, ticks=at.ticks, sleep=at.sleep))
    base = f"http://press.example:{site.port}"
    for _ in range(2):
        assert fetcher.get(f"{base}/a").body == PAGE
    with pytest.raises(Unfetched, match=r"robots\.txt") as caught:
        fetcher.get(f"{base}/no/b")
    assert not caught.value.again
    with pytest.raises(Unfetched):
        fetcher.get(f"{base}/a/../%2e/no/b")
    assert site.asked == ["/robots.txt", "/a", "/a"]
    assert at.waits == [4.0]
    at.now += 86_400
    fetcher.get(f"{base}/a")
    assert site.asked == ["/robots.txt", "/a", "/a", "/robots.txt", "/a"]


def test_a_redirect_into_what_robots_close_is_not_followed(site: Server) -> None:
    site.pages = {"/robots.txt": answer(ROBOTS), "/a": to("/no/b"), "/no/b": answer()}
    assert not unfetched(site, "/a", robots=True, patience=0.0).again
    assert site.asked == ["/robots.txt", "/a"]


def test_a_wish_for_endless_waits_is_granted_up_to_a_cap(site: Server) -> None:
    site.pages = {"/robots.txt": answer(b"User-agent: onrecord\nCrawl-delay: 99999999\n"), "/a": answer()}
    at = Time()
    fetcher = Fetcher(options(site, robots=True, ticks=at.ticks, sleep=at.sleep))
    for _ in range(3):
        fetcher.get(f"http://press.example:{site.port}/a")
    assert at.waits == [60.0, 60.0]


@pytest.mark.parametrize(
    ("reply", "allowed"),
    [
        (answer(b"", "404 Not Found"), True),
        (answer(b"", "403 Forbidden"), True),
        (answer(b"", "500 Oh"), False),
        (answer(b"", "429 Many"), False),
        (b"", False),
        (answer(length=500), False),
        (answer(b"\xff\xfe\x00" * 1000), True),
        (answer(b"User-agent: *\nDisallow: //[\nDisallow: http://[\nCrawl-delay: nan\n"), True),
        (answer(b"User-agent: OnRecord/1.0\nDisallow: /\n"), False),
        (answer(b"User-agent: OnRecordings\nDisallow: /\n"), True),
        (answer(b"\xef\xbb\xbfUser-agent: OnRecord\nDisallow: /\n"), False),
        (answer(b"User-agent: *\nDisallow: /\n\nUser-agent: onrecord\nAllow: /\n"), True),
        (to("/robots.txt"), False),
        (to("https://inside.example/robots.txt"), False),
    ],
    ids=lambda words: ascii(words)[-60:],
)
def test_robots_that_cannot_be_had(site: Server, reply: bytes, allowed: bool) -> None:
    site.pages = {"/robots.txt": reply, "/a": answer()}
    if allowed:
        assert fetched(site, "/a", robots=True).body == PAGE
    else:
        error = unfetched(site, "/a", robots=True)
        assert "/a" not in site.asked
        assert error.again == (b"Disallow" not in reply)


def test_robots_that_were_missing_are_asked_for_again_soon(site: Server) -> None:
    site.pages = {"/robots.txt": [answer(b"", "500 Oh"), answer(b"")], "/a": answer()}
    at = Time()
    fetcher = Fetcher(options(site, robots=True, ticks=at.ticks, sleep=at.sleep))
    url = f"http://press.example:{site.port}/a"
    for _ in range(2):
        with pytest.raises(Unfetched) as caught:
            fetcher.get(url)
        assert caught.value.again
    assert site.asked == ["/robots.txt"]
    at.now += 600
    assert fetcher.get(url).body == PAGE


def test_robots_that_drip_hold_up_nobody_for_long(site: Server) -> None:
    site.pages = {"/robots.txt": dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"#"), "/a": answer()}
    began = time.monotonic()
    assert unfetched(site, "/a", robots=True, deadline=0.3).again
    assert time.monotonic() - began < 1.0


def test_robots_of_many_names_and_rules_are_read_in_no_time() -> None:
    names = b"".join(b"User%cagent: a%d\n" % (32 if n % 2 else 45, n) for n in range(12_000))
    began = time.monotonic()
    rules = politeness.rules(names + b"Disallow: /x\n" * 15_000 + b"User-agent: *\nDisallow:/*a*a*z\n" * 900, 1.0)
    assert rules.allow("http://press.example/" + "a" * 4000)
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ({}, [2.0, 4.0]),
        ({"Retry_After": "7"}, [7.0, 7.0]),
        ({"Retry_After": (NOW + timedelta(seconds=9)).strftime("%a, %d %b %Y %H:%M:%S GMT")}, [9.0, 9.0]),
        ({"Retry_After": (NOW - timedelta(days=9)).strftime("%a, %d %b %Y %H:%M:%S GMT")}, []),
        ({"Retry_After": "soon"}, [2.0, 4.0]),
        ({"Retry_After": "-5"}, [2.0, 4.0]),
        ({"Retry_After": "\xb2"}, [2.0, 4.0]),
    ],
    ids=str,
)
@pytest.mark.parametrize("status", ["429 Many", "503 Busy"])
def test_a_busy_server_is_asked_again_when_it_says(
    site: Server, said: dict[str, str], waits: list[float], status: str
) -> None:
    site.pages["/"] = [answer(b"", status, **said), answer(b"", status, **said), answer()]
    at = Time()
    assert fetched(site, retries=2, ticks=at.ticks, sleep=at.sleep).body == PAGE
    assert at.waits == waits


def test_a_server_that_wants_days_is_left_alone_for_now(site: Server) -> None:
    site.pages["/"] = answer(b"", "503 Busy", Retry_After="9" * 30)
    at = Time()
    error = unfetched(site, retries=5, ticks=at.ticks, sleep=at.sleep)
    assert (error.again, error.status, error.after) == (True, 503, 999_999_999.0)
    assert at.waits == []
    assert len(site.asked) == 1


def test_a_broken_connection_is_tried_again_and_a_refusal_is_not(site: Server) -> None:
    site.pages = {"/": [b"", answer(length=999), answer()], "/gone": answer(b"", "410 Gone")}
    at = Time()
    assert fetched(site, retries=2, ticks=at.ticks, sleep=at.sleep).body == PAGE
    assert at.waits == [2.0, 4.0]
    unfetched(site, "/gone", retries=2)
    assert site.asked.count("/gone") == 1


def test_a_dead_address_gives_way_to_the_next(site: Server) -> None:
    site.pages["/"] = answer()
    kept = options(site, resolve=Names(press=[["127.0.0.3", "127.0.0.2"]]), refuses=lambda number: None)
    assert Fetcher(kept).get(f"http://press.example:{site.port}/").address == "127.0.0.2"


def test_this_machine_is_not_asked_at_its_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wire.own("127.0.0.1")
    assert not wire.own("127.0.0.2")
    assert wire.not_asked("127.0.0.2")
    monkeypatch.setattr(wire, "own", lambda number: number == "1.0.0.1")
    assert wire.not_asked("1.0.0.1")
    assert wire.not_asked("1.0.0.2") is None
    assert FetchOptions("desk@reader.example").refuses("1.0.0.1")


def test_a_library_that_is_kept_busy_is_cut_off() -> None:
    """The other end gets the end of the connection, without any word from the one who waits."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(3)
    with ours, theirs, wire._cut_off(ours, wire.Deadline(0.05, time.monotonic)):
        assert theirs.recv(1) == b""


def test_a_site_that_sends_around_slowly_is_given_up(site: Server) -> None:
    site.pages = {f"/{n}": to(f"/{n + 1}") for n in range(9)}
    site.pages["/robots.txt"] = answer(b"User-agent: *\nCrawl-delay: 60\n")
    at = Time()
    error = unfetched(site, "/0", robots=True, hops=9, ticks=at.ticks, sleep=at.sleep)
    assert error.again
    assert sum(at.waits) <= 300


def test_what_a_server_says_in_an_error_stays_short_and_plain(site: Server) -> None:
    site.pages["/"] = b"\x1b[31m" + b"x" * 60_000 + b"\r\n\r\n"
    said = str(unfetched(site))
    assert said.isprintable()
    assert len(said) < 500
    site.pages["/"] = to("ftp://" + "\u00e9\u202e".encode().decode("latin-1") + "x" * 3000)
    said = str(unfetched(site))
    assert said.isprintable()
    assert len(said) < 700


def test_the_rules_of_many_hosts_do_not_fill_the_memory(site: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_MOST_LINES", 1000)
    names = Names(**{f"h{n}": [["127.0.0.2"]] for n in range(8)})
    site.pages = {"/robots.txt": answer(b"User-agent: *\n" + b"Disallow: /x\n" * 300), "/": answer()}
    fetcher = Fetcher(options(site, robots=True, resolve=names))
    for n in range(8):
        assert fetcher.get(f"http://h{n}.example:{site.port}/").body == PAGE
    assert sum(rules.lines for rules in fetcher._rules.values()) <= 1000


@pytest.mark.parametrize(
    "said", ["Sun, 04 May 99999 10:00:00 GMT", "Sun, 04 May 2031 10:00:00 +99999999", "1" * 5000, ", ", "0", "Mon"]
)
def test_any_wish_to_wait_is_read_or_not(site: Server, said: str) -> None:
    site.pages["/"] = answer(b"", "503 Busy", Retry_After=said)
    assert unfetched(site, deadline=1.0).status == 503


def test_names_that_the_system_knows_are_looked_up() -> None:
    assert "127.0.0.1" in wire.look_up("127.0.0.1", 80)
