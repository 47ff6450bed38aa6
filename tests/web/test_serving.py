"""onrecord serve as its user meets it: what it prints, what it refuses, how it ends."""

import json
import os
import re
import resource
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from entering import KEPT
from invented import NOW
from onrecord.errors import TryLater, WrongUse
from onrecord.ledger import open_ledger, people
from onrecord.web import Options, application
from onrecord.web.serving import listen, server

OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture
def place(tmp_path: Path) -> str:
    open_ledger(str(tmp_path / "held.db"), create=True).close()
    return str(tmp_path / "held.db")


def command(*args: object) -> list[str]:
    return [sys.executable, "-m", "onrecord", *map(str, args)]


@contextmanager
def serving(*args: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A desk in a process of its own, and the first line that it printed: its address."""
    process = subprocess.Popen(command("serve", *args), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def ended(process: "subprocess.Popen[str]", number: signal.Signals) -> tuple[int, str]:
    """The exit status, and what was said on standard error."""
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    return process.returncode, said


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_says_where_it_is_and_ends_quietly(place: str, number: signal.Signals, status: int) -> None:
    with serving("--ledger", place, "--port", 0, "--by", "Ida Marsh") as (process, address):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        with OPEN.open(address + "account", timeout=20) as answer:
            assert "Ida Marsh" in answer.read().decode()
        code, said = ended(process, number)
    assert (code, said.splitlines()) == (
        status,
        [
            "you are Ida Marsh, without a password, while nobody has an account: onrecord people add NAME --role admin",
            "Ctrl-C ends it",
        ],
    )
    assert [path.name for path in Path(place).parent.iterdir()] == ["held.db"], "the ledger is closed"


@pytest.mark.slow
def test_it_ends_though_somebody_stays_connected(place: str) -> None:
    with serving("--ledger", place, "--port", 0) as (process, address):
        port = int(address.rstrip("/").rpartition(":")[2])
        with closing(socket.create_connection(("127.0.0.1", port))) as idle:
            idle.sendall(b"GET / HT")
            started = time.monotonic()
            assert ended(process, signal.SIGINT)[0] == 130
            assert time.monotonic() - started < 15


def test_a_port_that_is_taken_is_named() -> None:
    with closing(listen(Options(port=0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            TryLater, match=f"port {port} of 127.0.0.1: is taken by another program.*give another --port"
        ):
            listen(Options(port=port))


def test_a_host_that_is_not_this_machine_is_named() -> None:
    for host in ("192.0.2.1", "nobody.invalid"):
        with pytest.raises(WrongUse, match=host):
            listen(Options(host=host, port=0))


def test_beyond_this_machine_it_prints_a_code_for_the_first_account(place: str) -> None:
    with serving("--ledger", place, "--port", 0, "--origin", "https://desk.example.org", "--log") as (process, address):
        assert address == "https://desk.example.org/"
        assert process.stderr is not None
        said = process.stderr.readline()
        assert re.fullmatch(
            r"nobody has an account yet: make the first at https://desk\.example\.org/set-up with the code [0-9a-f]{16}\n",
            said,
        )


def test_the_code_is_printed_only_while_nobody_has_an_account(place: str) -> None:
    with closing(open_ledger(place)) as ledger:
        people.add(ledger, "Ada Holm", "admin", KEPT, NOW)
    with serving("--ledger", place, "--port", 0, "--origin", "https://desk.example.org") as (process, _):
        assert ended(process, signal.SIGINT) == (130, "Ctrl-C ends it\n")


@pytest.mark.slow
def test_it_opens_as_many_files_as_the_system_lets_it(place: str) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = ["sh", "-c", 'ulimit -S -n 256; exec "$@"', "few"]
    process = subprocess.Popen(
        [*few, *command("serve", "--ledger", place, "--port", 0)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        process.stdout.readline()
        limits = Path(f"/proc/{process.pid}/limits")
        if not limits.exists():
            pytest.skip("forbidden here: looking at the limits of a process")
        (line,) = (one for one in limits.read_text().splitlines() if one.startswith("Max open files"))
        assert line.split()[3] == str(most)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine, signed by itself, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    cert, key = folder / "cert.pem", folder / "key.pem"
    try:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("openssl is not installed here")
    return cert, key


def test_with_a_certificate_it_is_served_by_https(place: str, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    with serving("--ledger", place, "--port", 0, "--cert", cert, "--key", key) as (process, address):
        assert address.startswith("https://127.0.0.1:")
        trusting = ssl.create_default_context(cafile=str(cert))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting)
        )
        with opener.open(address + "account", timeout=20) as answer:
            assert answer.headers["Strict-Transport-Security"]
        assert ended(process, signal.SIGINT)[0] == 130


def test_a_certificate_that_is_none_is_told(place: str, tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    (tmp_path / "no.pem").write_text("nothing of the sort")
    with closing(open_ledger(place)) as ledger:
        app = application(ledger, Options())
        for cert, key in ((tmp_path / "no.pem", certificate[1]), (certificate[0], tmp_path / "absent.pem")):
            with pytest.raises(WrongUse, match="cannot be used"):
                server(app, Options(certificate=str(cert), key=str(key)))


def test_a_ledger_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    args = command("serve", "--ledger", tmp_path / "none.db", "--port", 0)
    found = subprocess.run(args, capture_output=True, text=True, timeout=60, check=False)
    assert (found.returncode, found.stdout) == (2, "")
    assert "there is no ledger here" in found.stderr
    assert list(tmp_path.iterdir()) == []


REFUSED = [
    (Options(host="0.0.0.0"), "passwords would go over the network unhidden"),
    (Options(host="192.0.2.1"), "give --cert and --key, or --origin"), (Options(host="desk.example.org"), "unhidden"),
    (Options(host="::"), "unhidden"), (Options(certificate="c"), "give both"), (Options(key="k"), "give both"),
    (Options(host="0.0.0.0", certificate="c", key="k"), "say by which name browsers reach it"),
    *[
        (Options(origin=origin), "write https://NAME")
        for origin in (
            "http://desk.example.org", "desk.example.org", "https://", "https://desk.example.org/desk", "https://a@b", "https://x?y",
            "https://x#y", "https://x:99999", "https://\u0430.example", "https://[", "", "https://x y",
        )
    ],
    (Options(by=" "), "is no name"), (Options(by="pe-0123abcd"), "is no name"), (Options(by="a\nb"), "is no name"), (Options(sign_off=0), "1 or more"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "said"), REFUSED, ids=range(len(REFUSED)))
def test_what_would_let_in_whoever_comes_by_is_refused(options: Options, said: str) -> None:
    with pytest.raises(WrongUse, match=said):
        options.check()


@pytest.mark.parametrize(
    ("options", "address", "beyond"),
    [
        (Options(), "http://127.0.0.1:8000", False), (Options(port=80), "http://127.0.0.1", False), (Options(host="::1"), "http://[::1]:8000", False),
        (Options(certificate="c", key="k", port=443), "https://127.0.0.1", False), (Options(host="127.0.0.2"), "http://127.0.0.2:8000", False),
        (Options(host="192.0.2.1", certificate="c", key="k"), "https://192.0.2.1:8000", True),
        (Options(host="0.0.0.0", certificate="c", key="k", origin="https://d.example:8000"), "https://d.example:8000", True),
        (Options(host="0.0.0.0", origin="https://d.example"), "https://d.example", True), (Options(origin="https://D.example/"), "https://d.example", True),
    ],
    ids=range(9),
)  # fmt: skip
def test_a_desk_knows_where_it_is(options: Options, address: str, beyond: bool) -> None:
    options.check()
    assert (options.address, options.beyond) == (address, beyond)
    assert address.partition("//")[2] in options.hosts()
    assert not any(host.startswith(("0.0.0.0", "[::]")) for host in options.hosts())


@pytest.mark.parametrize("args", [["--help"], ["serve", "--help"], ["people", "--help"]])
def test_help_loads_nothing_that_serves(args: list[str]) -> None:
    found = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "onrecord", *args], capture_output=True, text=True, timeout=60, check=False,
        env=dict(os.environ),
    )  # fmt: skip
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in found.stderr.splitlines()}
    assert not loaded & {"fastapi", "uvicorn", "starlette", "argon2", "jinja2", "sqlalchemy"}
    assert found.returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("how", [(), ("--log-text",)])
def test_what_is_noted_is_json_where_no_terminal_reads_it(place: str, tmp_path: Path, how: tuple[str, ...]) -> None:
    with serving("--ledger", place, "--port", 0, "--by", "Ida Marsh", "--log", "--backups", tmp_path, *how) as (
        process,
        address,
    ):
        for path in ("health/ready", "account?who=private"):
            with OPEN.open(address + path, timeout=20) as answer:
                id_ = answer.headers["X-Request-Id"]
        _, said = ended(process, signal.SIGINT)
    line = next(line for line in said.splitlines() if id_ in line)
    assert "private" not in said
    if how:
        assert re.search(rf"127\.0\.0\.1 admin GET /account 200 \d+ms \[{id_}\]$", line)
    else:
        found = json.loads(line)
        assert (found["route"], found["role"], found["status"], found["id"]) == ("/account", "admin", 200, id_)
