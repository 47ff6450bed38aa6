"""Time stamps of checkpoints, from an authority on this machine that is good, wrong, lying, slow or away."""

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

import stamper
from kept import keep
from onrecord import pipeline
from onrecord.cli import running
from onrecord.errors import WrongUse
from onrecord.ledger import checkpoints, open_ledger, stamps
from onrecord.ledger.stamps import NoStamp, OfOtherBytes
from onrecord.pipeline import stamping
from onrecord.settings import StampOptions, load
from onrecord.stories import posting
from onrecord.stories.posting import PostOptions
from onrecord.stories.wire import WireError
from stamper import STAMPING, Holder, Reply, between, holder, other, root, stranger

DAY = timedelta(days=1)
DATA = b"what was there"


def now() -> datetime:
    return datetime.now(UTC)


class Office:
    """A server that answers as it was told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.reply: Reply | bytes = stamper.GOOD
        self.status = 200
        self.headers: dict[str, str] = {}
        self.wait = 0.0
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        office = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["Content-Length"]))
                office.asked.append((self.path, {k.casefold(): v for k, v in self.headers.items()}, query))
                time.sleep(office.wait)
                body = office.reply if isinstance(office.reply, bytes) else office.reply.to(query)
                self.send_response(office.status)
                for name, value in office.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                office.asked.append((self.path, {}, b""))
                self.send_error(405)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # Whom a test has left waiting, it need not wait for
        self._server.block_on_close = False
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.place = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.place}/stamp"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def office() -> Iterator[Office]:
    made = Office()
    yield made
    made.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger and a checkpoint of it, and the root that is trusted."""
    folder = tmp_path_factory.mktemp("stamped")
    ledger = open_ledger(str(keep(folder / "held.db", 2)))
    checkpoints.save(pipeline.checkpoint(ledger, now()), folder / "then.json")
    ledger.close()
    (folder / "roots.pem").write_bytes(root().pem)
    return folder


@pytest.fixture
def file(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("held.db", "roots.pem", "then.json"):
        shutil.copyfile(made / name, tmp_path / name)
    return tmp_path / "then.json"


def options(office: Office | None, **changed: object) -> StampOptions:
    given = {"url": office.url, "allow": (office.place,)} if office else {}
    return StampOptions(**({"roots": "roots.pem"} | given | changed))  # type: ignore[arg-type]


def stamped(file: Path, office: Office, **changed: object) -> stamping.Standing:
    return stamping.stamp(file, options(office, **changed), now(), PostOptions(deadline=2))


def beside(file: Path) -> set[str]:
    return {one.name for one in file.parent.iterdir() if one.name.startswith(file.name)}


# A stamp that is good


def test_a_checkpoint_is_stamped_and_its_stamp_holds_without_the_network(file: Path, office: Office) -> None:
    before = file.read_bytes()
    found = stamped(file, office)
    assert found.state == "stamped"
    assert found.words.endswith("+00:00 by CN=Brenik Stamping Office")
    assert abs(datetime.fromisoformat(found.words.split()[2]) - now()) < timedelta(seconds=10)
    assert beside(file) == {"then.json", "then.json.tsr"}
    assert file.read_bytes() == before
    office.close()
    assert stamping.standing(file, options(office)) == found
    assert stamping.standing(file, options(None)) == found, "the roots are all that is needed"


def test_what_is_asked_is_a_small_question_and_says_nothing_else(file: Path, office: Office) -> None:
    stamped(file, office)
    ((path, headers, query),) = office.asked
    assert path == "/stamp"
    assert headers["content-type"] == "application/timestamp-query"
    assert set(headers) == {"host", "user-agent", "accept-encoding", "content-type", "content-length", "connection"}
    assert headers["user-agent"].startswith("OnRecord/")
    assert len(query) < 100
    again = stamps.question(file.read_bytes()).der
    assert stamper.parts(query)[:2] == stamper.parts(again)[:2]
    assert stamper.parts(query)[2] != stamper.parts(again)[2], "the nonce is another each time"


def test_a_stamp_that_is_there_stays_and_nobody_is_asked(file: Path, office: Office) -> None:
    stamped(file, office)
    reply = (file.parent / "then.json.tsr").read_bytes()
    assert stamped(file, office).state == "stamped"
    assert len(office.asked) == 1
    (file.parent / "then.json.tsr").write_bytes(b"spoilt")
    assert stamped(file, office).state == "broken"
    assert (file.parent / "then.json.tsr").read_bytes() == b"spoilt"
    assert len(office.asked) == 1
    assert reply != b"spoilt"


def test_a_stamp_holds_when_its_certificate_has_run_out_since() -> None:
    old = holder("Old Office", between(), usage=STAMPING, valid=(now() - 900 * DAY, now() - 100 * DAY))
    found = stamps.check(reply_to(DATA, other(by=old, back=200 * DAY)), DATA, trusted())
    assert now() - found.at > 199 * DAY
    for back in (0, 99, 901):
        with pytest.raises(NoStamp, match=r"with a certificate that was valid from 20\d\d-\d\d-\d\d to 20"):
            stamps.check(reply_to(DATA, other(by=old, back=back * DAY)), DATA, trusted())


def test_a_chain_must_have_been_valid_too() -> None:
    past = (now() - 900 * DAY, now() - 100 * DAY)
    issuer = holder("Old Issuer", root(), authority=True, valid=past)
    by = holder("Office", issuer, usage=STAMPING)
    assert stamps.check(reply_to(DATA, other(by=by, back=200 * DAY)), DATA, trusted())
    with pytest.raises(NoStamp, match="expired"):
        stamps.check(reply_to(DATA, other(by=by)), DATA, trusted())


def test_parts_of_a_second_and_several_roots(file: Path, office: Office) -> None:
    office.reply = other(fraction=".123")
    Path("roots.pem").write_bytes(stranger().pem + root().pem)
    assert stamped(file, office).state == "stamped"


# Replies that are no stamps


def reply_to(data: bytes, reply: Reply) -> bytes:
    return reply.to(stamps.question(data).der)


def trusted(*more: Holder) -> "tuple[object, ...]":
    return stamps.trusted(b"".join(one.pem for one in (root(), *more)))


def impostor() -> Holder:
    """Under the names of those who are trusted."""
    return holder("Brenik Stamping Office", holder("Brenik Root", authority=True), usage=STAMPING)


REPLIES: dict[str, tuple[Callable[[], Reply | bytes], str]] = {
    "wrong nonce": (lambda: other(nonce=7), "answers another question than was asked"),
    "wrong hash": (lambda: other(imprint=bytes(32)), "is a stamp of other bytes"),
    "a hash of another sort": (lambda: other(algorithm=stamper.SHA1), "is a stamp of other bytes"),
    "self-signed": (lambda: other(by=stranger()), "is signed by nobody whom you trust"),
    "an impostor": (lambda: other(by=impostor()), "is signed by nobody whom you trust"),
    "signed by a site": (
        lambda: other(by=holder("Site", root(), usage=ExtendedKeyUsageOID.SERVER_AUTH)),
        "is signed by nobody whom you trust, or is damaged (unsuitable certificate purpose)",
    ),
    "signed by anybody": (lambda: other(by=holder("Anybody", root())), "is signed by nobody whom you trust"),
    "issued by no authority": (
        lambda: other(by=holder("Friend", holder("Office", root(), usage=STAMPING), usage=STAMPING)),
        "is signed by nobody whom you trust",
    ),
    "expired": (
        lambda: other(
            by=holder("Old", between(), usage=STAMPING, valid=(now() - 900 * DAY, now() - 100 * DAY)),
        ),
        "with a certificate that was valid from",
    ),
    "backdated": (
        lambda: other(
            by=holder("Old", between(), usage=STAMPING, valid=(now() - 900 * DAY, now() - 100 * DAY)), back=200 * DAY
        ),
        "one of the two clocks is wrong",
    ),
    "early": (lambda: other(back=-timedelta(minutes=20)), "one of the two clocks is wrong"),
    "no certificates": (lambda: other(certificates=False), "does not say with one certificate who made it"),
    "nobody signed": (lambda: other(signers=0), "does not say with one certificate who made it"),
    "signed twice": (lambda: other(signers=2), "does not say with one certificate who made it"),
    "a refusal": (
        lambda: other(status=2, words="too many\x1b[31m today"),
        r"is no stamp but a refusal (status 2: too many\x1b[31m today)",
    ),
    "granted otherwise": (lambda: other(status=1), "is no stamp but a refusal (status 1)"),
    "garbage": (lambda: b"<html><p>Sign in first.</p></html>", "is no time stamp"),
    "nothing": (lambda: b"", "is no time stamp"),
    "a status alone": (lambda: bytes.fromhex("30053003020100"), "is no time stamp"),
    "an older reply": (lambda: stamper.GOOD.to(stamps.question(b"x").der), "answers another question"),
}


@pytest.mark.parametrize("case", REPLIES)
def test_a_reply_that_is_no_stamp_leaves_the_checkpoint_unstamped(file: Path, office: Office, case: str) -> None:
    reply, words = REPLIES[case]
    office.reply = reply()
    found = stamped(file, office)
    assert found.state == "unstamped"
    assert found.words.startswith("unstamped: the server's answer ")
    assert words in found.words
    assert found.words.isprintable()
    assert beside(file) == {"then.json", "then.json.unstamped"}
    shown = stamping.standing(file, options(office))
    assert shown is not None
    assert shown.state == "unstamped"
    assert words in shown.words
    assert ", when last tried on 20" in shown.words
    office.reply = stamper.GOOD
    assert stamped(file, office).state == "stamped", "and it is tried again"
    assert beside(file) == {"then.json", "then.json.tsr"}


def test_a_bit_changed_anywhere_makes_no_other_stamp() -> None:
    """What is outside the signature may change; what is said may not."""
    good, roots = reply_to(DATA, stamper.GOOD), trusted()
    said, chance = stamps.check(good, DATA, roots), random.Random(7)
    refused = 0
    for _ in range(800):
        changed = bytearray(good)
        changed[chance.randrange(len(good))] ^= 1 << chance.randrange(8)
        try:
            assert stamps.check(bytes(changed), DATA, roots) == said
        except NoStamp:
            refused += 1
    assert refused > 500
    for end in range(0, len(good), 7):
        with pytest.raises(NoStamp):
            stamps.check(good[:end], DATA, roots)
    with pytest.raises(NoStamp):
        stamps.check(good + b"\0", DATA, roots)
    with pytest.raises(NoStamp, match="no certificates are trusted"):
        stamps.check(good, DATA, ())


def test_what_breaks_within_the_library_is_a_reason_and_an_interruption_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[BaseException] = [type("PanicException", (BaseException,), {})("index out of range")]

    def breaks(_: bytes) -> None:
        raise raised[0]

    monkeypatch.setattr("rfc3161_client.decode_timestamp_response", breaks)
    with pytest.raises(NoStamp, match="is no time stamp that can be read"):
        stamps.check(b"", DATA, trusted())
    raised[0] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        stamps.check(b"", DATA, trusted())


# Servers that give none


def test_a_server_that_fails(file: Path, office: Office) -> None:
    for status, words in ((500, "gave no answer (status 500)"), (404, "(status 404)"), (204, "(status 204)")):
        office.status = status
        assert words in stamped(file, office).words


def test_a_server_that_is_slow_or_says_too_much(file: Path, office: Office) -> None:
    office.wait = 1.0
    began = time.monotonic()
    found = stamping.stamp(file, options(office), now(), PostOptions(deadline=0.3))
    assert time.monotonic() - began < 0.9
    assert found.state == "unstamped"
    assert "in time" in found.words or "took longer than 0.3 seconds" in found.words
    office.wait, office.reply = 0.0, b"0" * 100_001
    assert "is larger than 100000 bytes" in stamped(file, office).words


def test_a_server_that_is_down(file: Path, office: Office) -> None:
    office.close()
    found = stamped(file, office)
    assert (found.state, beside(file)) == ("unstamped", {"then.json", "then.json.unstamped"})
    assert "the time-stamping server cannot be reached (" in found.words


def test_a_redirect_is_not_followed(file: Path, office: Office) -> None:
    other_ = Office()
    for place in (other_.url, "/elsewhere", "file:///etc/passwd"):
        office.status, office.headers = 302, {"Location": place}
        found = stamped(file, office, allow=(office.place, other_.place))
        assert "sends on to another address, which is not followed" in found.words
    other_.close()
    assert other_.asked == []
    assert [path for path, *_ in office.asked] == ["/stamp"] * 3


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
def test_a_private_server_is_asked_only_where_the_list_names_it(file: Path, office: Office, host: str) -> None:
    url = office.url.replace("127.0.0.1", host)
    for allow in ((), ("inside.example:80",)):
        assert "put " in stamped(file, office, url=url, allow=allow).words
    assert office.asked == []


def test_an_address_or_a_list_that_makes_no_sense_is_a_reason(file: Path, office: Office) -> None:
    for url in ("ftp://stamps.example/", "stamps.example", "http://a@stamps.example/"):
        assert "the time-stamping server is not asked" in stamped(file, office, url=url).words
    assert "is no private place" in stamped(file, office, allow=("inside",)).words
    with pytest.raises(WrongUse):
        PostOptions(allow=("inside",))
    with pytest.raises(WireError, match="is not asked"):
        posting.post("", b"", "a/b", PostOptions())


def test_roots_that_are_none(file: Path, office: Office) -> None:
    assert "nowhere.pem: No such file" in stamped(file, office, roots="nowhere.pem").words
    Path("empty.pem").write_text("")
    assert "empty.pem holds no certificates in PEM" in stamped(file, office, roots="empty.pem").words
    assert office.asked == []


def test_a_place_that_cannot_be_written_fails_nothing(
    file: Path, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stamping.os, "fsync", full)
    found = stamped(file, office)
    assert found.state == "unstamped"
    assert "No space left on device" in found.words
    assert beside(file) == {"then.json"}


# What lies beside a checkpoint later


def test_where_nothing_is_configured_nothing_is_said(file: Path, office: Office) -> None:
    assert stamping.standing(file, StampOptions()) is None
    assert stamping.standing(file, options(None)) is None
    found = stamping.standing(file, options(office))
    assert found is not None
    assert found.words == f"unstamped: no stamp lies beside it. Have it stamped with: onrecord stamp {file}"
    with pytest.raises(WrongUse, match="no server is named"):
        stamping.stamp(file, options(None), now())
    assert office.asked == []


def test_a_checkpoint_that_was_changed_or_another_is_told(file: Path, office: Office, tmp_path: Path) -> None:
    stamped(file, office)
    file.write_text(file.read_text().replace('"entries"', ' "entries"'))
    found = stamping.standing(file, options(office))
    assert found is not None
    assert found.state == "broken"
    assert found.words == "has the stamp of another checkpoint, or was changed after it was stamped (then.json.tsr)"
    with pytest.raises(OfOtherBytes):
        stamps.check((tmp_path / "then.json.tsr").read_bytes(), DATA, trusted())


def test_a_stamp_that_was_tampered_with(file: Path, office: Office) -> None:
    stamped(file, office)
    reply = Path("then.json.tsr")
    good = reply.read_bytes()
    said = f"{now():%Y}".encode()
    assert good.count(b"\x18\x0f" + said) == 1, "the time, as it is signed"
    last = good[:-1] + bytes([good[-1] ^ 1])
    for body in (good.replace(b"\x18\x0f" + said, b"\x18\x0f2029"), good[:-1], last, b""):
        reply.write_bytes(body)
        found = stamping.standing(file, options(office))
        assert found is not None
        assert found.state == "broken", body
        assert found.words.startswith("has a stamp that does not hold: then.json.tsr ")


def test_a_stamp_from_before_the_checkpoint_was_taken(file: Path) -> None:
    Path("then.json.tsr").write_bytes(reply_to(file.read_bytes(), other(back=DAY)))
    found = stamping.standing(file, options(None))
    assert found is not None
    assert found.state == "broken"
    assert "before the checkpoint was taken" in found.words


def test_a_stamp_without_roots_to_check_it_by(file: Path, office: Office) -> None:
    stamped(file, office)
    for chosen in (StampOptions(), StampOptions(roots="nowhere.pem")):
        found = stamping.standing(file, chosen)
        assert found is not None
        assert found.state == "unchecked"
        assert found.words.startswith("has a stamp that was not checked: ")
    Path("then.json.tsr").unlink()
    Path("then.json.tsr").mkdir()
    found = stamping.standing(file, options(office))
    assert found is not None
    assert found.state == "unchecked"


@pytest.mark.parametrize("text", ["", "{}", "\xff", '{"tried": 3, "why": 4}'])
def test_a_mark_that_cannot_be_read(file: Path, text: str) -> None:
    Path("then.json.unstamped").write_text(text, "latin-1")
    found = stamping.standing(file, StampOptions())
    assert found is not None
    assert found.state == "unstamped"
    assert "why cannot be read" in found.words


# As their users meet it


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def onrecord(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*args: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["onrecord", *args])
        monkeypatch.setattr(running.signal, "signal", lambda *_: None)
        with pytest.raises(SystemExit) as ended:
            running.main()
        return (int(ended.value.code or 0), *capsys.readouterr())

    return run


def configure(office: Office, file: str = "onrecord.toml") -> None:
    words = f'[stamp]\nurl = "{office.url}"\nroots = "roots.pem"\nallow = ["{office.place}"]\n'
    Path(file).write_text(words)


def test_the_commands(file: Path, office: Office, onrecord: Run) -> None:
    configure(office)
    code, out, err = onrecord("checkpoint", "now.json", "--ledger", "held.db")
    assert code == 0
    assert out.splitlines()[1].startswith("now.json: stamped at 20")
    assert out.splitlines()[1].endswith(" by CN=Brenik Stamping Office; keep now.json.tsr with it")
    assert "keep it where nobody" in err
    office.close()
    code, out, err = onrecord("verify", "--ledger", "held.db", "--checkpoint", "now.json")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].startswith("now.json: stamped at 20")
    assert out.splitlines()[1].startswith("held.db: sound, and holds the checkpoint now.json; ")
    code, out, err = onrecord("verify", "--ledger", "held.db", "--checkpoint", "now.json", "--json")
    assert (code, err, out.count("\n")) == (0, "", 1)
    assert '"place": "checkpoint"' in out
    assert '"remark": true' in out


def test_a_checkpoint_is_made_though_nobody_stamps_it(file: Path, office: Office, onrecord: Run) -> None:
    configure(office)
    office.status = 503
    code, out, err = onrecord("checkpoint", "now.json", "--ledger", "held.db")
    assert (code, out.count("\n")) == (0, 1)
    again = "unstamped: the time-stamping server gave no answer (status 503)"
    assert f"now.json: {again}. Have it stamped with: onrecord stamp now.json" in err
    code, out, err = onrecord("verify", "--ledger", "held.db", "--checkpoint", "now.json")
    assert (code, out.count("\n")) == (0, 1)
    assert f"now.json: {again}, when last tried on 20" in err
    assert onrecord("stamp", "now.json", "then.json")[0] == 1
    office.status = 200
    code, out, err = onrecord("stamp", "now.json", "then.json")
    assert (code, err) == (0, "")
    assert [line.split()[:2] for line in out.splitlines()] == [["now.json:", "stamped"], ["then.json:", "stamped"]]


def test_a_stamp_that_does_not_hold_is_exit_status_3(file: Path, office: Office, onrecord: Run) -> None:
    configure(office, "mine.toml")
    assert onrecord("stamp", "then.json", "--settings", "mine.toml")[0] == 0
    Path("then.json.tsr").write_bytes(reply_to(b"another", stamper.GOOD))
    given = ("verify", "--ledger", "held.db", "--checkpoint", "then.json")
    code, out, err = onrecord(*given, "--settings", "mine.toml")
    assert code == 3
    assert "then.json: has the stamp of another checkpoint" in err
    assert "held.db: sound" in out
    assert onrecord(*given)[0] == 0, "without the roots it is not checked"
    code, out, _ = onrecord(*given, "--settings", "mine.toml", "--json")
    assert (code, '"remark": false' in out) == (3, True)


def test_without_settings_all_is_as_it_was(file: Path, onrecord: Run) -> None:
    code, out, _ = onrecord("checkpoint", "now.json", "--ledger", "held.db")
    assert (code, out.count("\n"), beside(file.with_name("now.json"))) == (0, 1, {"now.json"})
    code, out, err = onrecord("verify", "--ledger", "held.db", "--checkpoint", "now.json")
    assert (code, err, out.count("\n")) == (0, "", 1)
    assert onrecord("stamp", "now.json")[0] == 2
    assert onrecord("stamp", "held.db", "--settings", "nowhere.toml")[0] == 2


def test_what_stamps_is_loaded_when_something_is_stamped() -> None:
    modules = ("onrecord.ledger.stamps", "onrecord.stories.posting", "onrecord.cli.keeping")
    words = f"import sys, {', '.join(modules)}; print({{'rfc3161_client', 'cryptography'}} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, env=os.environ, check=True)
    assert found.stdout == "set()\n"


def test_the_settings_of_it(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text('[stamp]\nurl = "https://stamps.example/"\nroots = "roots.pem"\nallow = ["inside.example:80"]\n')
    given = StampOptions("https://stamps.example/", str(tmp_path / "roots.pem"), ("inside.example:80",))
    assert load(path).stamp == given
    path.write_text('[stamp]\nroots = "/etc/roots.pem"\n')
    assert load(path).stamp == StampOptions(roots="/etc/roots.pem")
