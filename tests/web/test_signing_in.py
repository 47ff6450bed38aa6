"""Signing in and out: sessions that die when they should, guesses that are slow and teach nothing, a first account that is one person's."""

import re
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from httpx import Response

from entering import KEPT, ORIGIN, PASSWORD, QUICK, Clock, desk, far, session, somebody, token
from invented import NOW
from onrecord.errors import TryLater, WrongUse
from onrecord.ledger import Ledger, open_ledger, people, schema
from onrecord.web import Options, signing_in
from onrecord.web.door import COOKIE, PLAIN_COOKIE, Door
from onrecord.web.failing import Refused
from onrecord.web.options import Hashing
from onrecord.web.passwords import LONGEST, Passwords

CODE = "c0de"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(open_ledger(str(tmp_path / "held.db"), create=True)) as held:
        yield held


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def browser(ledger: Ledger, clock: Clock) -> TestClient:
    """A browser before a desk at which Ada Holm has an account."""
    people.add(ledger, "Ada Holm", "admin", KEPT, NOW)
    return desk(ledger, far(clock))


def sign_in(browser: TestClient, name: str = "Ada Holm", password: str = PASSWORD, **more: Any) -> Response:
    return browser.post("/sign-in", data={"name": name, "password": password, **more})


def inside(browser: TestClient) -> bool:
    return browser.get("/account").status_code == 200


# ---- W8: sessions


def test_signing_in_gives_a_cookie_that_no_script_and_no_other_page_has(browser: TestClient, ledger: Ledger) -> None:
    answer = sign_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    (cookie,) = answer.headers.get_list("set-cookie")
    name, *flags = (part.strip() for part in cookie.split(";"))
    assert re.fullmatch(COOKIE + r"=[\w-]{43}", name)
    assert {flag.lower() for flag in flags} == {"httponly", "secure", "samesite=lax", "path=/"}
    with ledger.reading() as connection:
        kept = connection.execute(sa.select(schema.session)).mappings().one()
    assert kept["digest"] == people.digest(name.partition("=")[2])
    assert name.partition("=")[2] not in str(kept)
    assert inside(browser)
    assert "Ada Holm" in browser.get("/account").text


@pytest.mark.parametrize("planted", ["planted", "own"])
def test_every_signing_in_has_a_new_session(browser: TestClient, ledger: Ledger, planted: str) -> None:
    """Whoever knew what the browser held before knows nothing now."""
    if planted == "own":
        sign_in(browser)
        planted = browser.cookies[COOKIE]
    browser.cookies.clear()
    browser.cookies.set(COOKIE, planted, domain="desk.example.org", path="/")
    sign_in(browser)
    assert browser.cookies[COOKIE] != planted
    assert desk(ledger, far(Clock())).get("/account", headers={"Cookie": f"{COOKIE}={planted}"}).status_code == 303
    assert inside(browser)


def test_signed_out_is_out_on_the_server_too(browser: TestClient) -> None:
    sign_in(browser)
    before = browser.cookies[COOKIE]
    answer = browser.post("/sign-out")
    assert answer.status_code == 303
    assert COOKIE not in browser.cookies
    assert browser.get("/account", headers={"Cookie": f"{COOKIE}={before}"}).status_code == 303


def change_own_password(browser: TestClient, _ledger: Ledger) -> None:
    given = {"password": PASSWORD, "new": "another twelve herons", "again": "another twelve herons"}
    assert browser.post("/account/password", data=given).status_code == 303
    assert inside(browser), "whoever changed it stays in, with a session of its own"


def sign_out_everywhere(browser: TestClient, _ledger: Ledger) -> None:
    assert browser.post("/account/sign-out-everywhere").status_code == 303
    assert not inside(browser)


KILLING = {
    "a password of one's own": change_own_password,
    "signing out everywhere": sign_out_everywhere,
    "a password": lambda _, ledger: people.set_password(ledger, "Bo Lind", KEPT),
    "another role": lambda _, ledger: people.set_role(ledger, "Bo Lind", "lead"),
    "disabling": lambda _, ledger: people.disable(ledger, "Bo Lind"),
    "erasing": lambda _, ledger: people.erase(ledger, "Bo Lind"),
    "disabling, and enabling again": lambda _, ledger: (
        people.disable(ledger, "Bo Lind"),
        people.enable(ledger, "Bo Lind"),
    ),
}


@pytest.mark.parametrize("why", KILLING)
def test_sessions_die_of(browser: TestClient, ledger: Ledger, why: str) -> None:
    bo = somebody(ledger, "coder", "Bo Lind")
    ada = session(ledger, somebody(ledger, "admin", "Cy Dahl"))
    sign_in(browser, "Bo Lind")
    held = [{"Cookie": f"{COOKIE}={browser.cookies[COOKIE]}"}, session(ledger, bo)]
    KILLING[why](browser, ledger)
    other = desk(ledger, far(Clock()))
    assert [other.get("/account", headers=one).status_code for one in held] == [303, 303]
    assert other.get("/account", headers=ada).status_code == 200, "nobody else is signed out"


def test_another_name_signs_nobody_out(browser: TestClient, ledger: Ledger) -> None:
    sign_in(browser)
    people.rename(ledger, "Ada Holm", "Ada Brenk")
    assert "Ada Brenk" in browser.get("/account").text


def test_whoever_does_nothing_is_signed_out_and_whoever_does_something_is_not(
    browser: TestClient, clock: Clock
) -> None:
    sign_in(browser)
    for _ in range(3):
        clock.pass_(hours=7)
        assert inside(browser)
    clock.pass_(hours=8, minutes=1)
    assert not inside(browser)


def test_after_a_week_everybody_signs_in_anew(browser: TestClient, clock: Clock) -> None:
    sign_in(browser)
    for _ in range(27):
        clock.pass_(hours=6)
        assert inside(browser)
    clock.pass_(hours=6)
    assert not inside(browser)


def test_sessions_that_have_run_out_are_forgotten(browser: TestClient, ledger: Ledger, clock: Clock) -> None:
    for _ in range(3):
        sign_in(browser)
        browser.cookies.clear()
    clock.pass_(days=1)
    sign_in(browser)
    with ledger.reading() as connection:
        assert len(connection.execute(sa.select(schema.session)).all()) == 1


def test_a_request_does_not_wait_for_a_note_of_when_somebody_was_here(
    browser: TestClient, ledger: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(browser)
    clock.pass_(hours=1)

    def locked(*_: Any) -> None:
        raise TryLater("held.db: is locked")

    with monkeypatch.context() as patched:
        patched.setattr(people, "still_here", locked)
        assert inside(browser)
    with ledger.reading() as connection:
        assert connection.execute(sa.select(schema.session.c.used)).scalar_one() == NOW
    assert inside(browser)
    with ledger.reading() as connection:
        assert connection.execute(sa.select(schema.session.c.used)).scalar_one() == clock.now


@pytest.mark.parametrize(
    ("agent", "names"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", [COOKIE]),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", [COOKIE]),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", [COOKIE, PLAIN_COOKIE]),
    ],
)  # fmt: skip
def test_a_browser_that_keeps_nothing_secure_without_https_gets_another_on_this_machine_only(
    ledger: Ledger, agent: str, names: list[str]
) -> None:
    people.add(ledger, "Ada Holm", "admin", KEPT, NOW)
    for options, wanted in ((Options(hashing=QUICK), names), (far(Clock()), [COOKIE])):
        client = desk(ledger, options)
        given = {"name": "Ada Holm", "password": PASSWORD}
        answer = client.post("/sign-in", data=given, headers={"User-Agent": agent})
        cookies = answer.headers.get_list("set-cookie")
        assert [cookie.partition("=")[0] for cookie in cookies] == wanted
        assert all("httponly" in cookie.lower() for cookie in cookies)
        header = {"Cookie": cookies[-1].partition(";")[0]}
        assert client.get("/account", headers=header).status_code == 200
    # Beyond this machine a cookie that any page of the domain could have set is no cookie
    plain = {"Cookie": header["Cookie"].replace(COOKIE, PLAIN_COOKIE)}
    assert desk(ledger, far(Clock())).get("/account", headers=plain).status_code == 303


def test_as_soon_as_somebody_has_an_account_everybody_signs_in_on_this_machine_too(ledger: Ledger) -> None:
    here = desk(ledger, Options(by="Ida Marsh"))
    assert "Ida Marsh" in here.get("/account").text
    assert here.get("/sign-in").headers["location"] == "/"
    people.add(ledger, "Ada Holm", "admin", KEPT, NOW)
    assert here.get("/account").status_code == 303
    assert here.get("/sign-in").status_code == 200


# ---- W9: guesses


def tried(door: Door, name: str, password: str, address: str = "192.0.2.1") -> bool:
    """Whether a guess was compared with anything; False where it was too many."""
    try:
        return door.admit({"client": (address, 1)}, name, password) is None
    except Refused:
        return False


def test_a_thousand_guesses_get_nowhere(browser: TestClient, ledger: Ledger, clock: Clock) -> None:
    door: Door = browser.app.state.door  # type: ignore[attr-defined]
    compared = 0
    for number in range(1000):
        compared += tried(door, "Ada Holm", f"guess number {number:04}", f"192.0.2.{number % 250}")
        clock.pass_(seconds=0.1)
    assert compared == 5 + 1, "five at once, and one a minute, from wherever they come"
    assert not tried(door, "ADA  HOLM", "however it is written")
    answer = sign_in(browser)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert "Wait" in answer.text
    clock.pass_(minutes=1)
    assert sign_in(browser).status_code == 303


def test_guessing_at_many_names_from_one_address_gets_nowhere_either(browser: TestClient, clock: Clock) -> None:
    door: Door = browser.app.state.door  # type: ignore[attr-defined]
    assert sum(tried(door, f"name {number}", "x" * 12, "testclient") for number in range(1000)) == 30
    assert sign_in(browser).status_code == 429
    elsewhere = TestClient(
        browser.app, ORIGIN, headers=browser.headers, client=("192.0.2.9", 1), follow_redirects=False
    )
    assert sign_in(elsewhere).status_code == 303
    clock.pass_(minutes=1)
    assert sign_in(browser).status_code == 303


def test_signing_in_rightly_uses_nothing_up(browser: TestClient) -> None:
    assert {sign_in(browser).status_code for _ in range(50)} == {303}


def test_a_name_that_is_not_there_is_answered_as_one_that_is(browser: TestClient, ledger: Ledger) -> None:
    somebody(ledger, "coder", "Bo Lind")
    people.disable(ledger, "Bo Lind")
    somebody(ledger, "coder", "Cy Dahl")
    people.erase(ledger, "Cy Dahl")
    for _ in range(7):
        answers = [sign_in(browser, name, "not the password") for name in ("Ada Holm", "No Body", "Bo Lind", "Cy Dahl")]
        assert len({answer.status_code for answer in answers}) == 1
        texts = {re.sub(r"(Ada Holm|No Body|Bo Lind|Cy Dahl)", "NAME", answer.text) for answer in answers}
        assert len(texts) == 1
        assert len({tuple(sorted((*answer.headers,))) for answer in answers}) == 1


def test_it_takes_as_long_to_refuse_a_name_that_is_not_there(ledger: Ledger, clock: Clock) -> None:
    effort = Hashing(2, 8 * 1024, 1)
    people.add(ledger, "Ada Holm", "admin", Passwords(effort).hashed(PASSWORD), NOW)
    browser = desk(ledger, far(clock, hashing=effort))
    took: dict[str, list[float]] = {"Ada Holm": [], "No Body": []}
    for _ in range(25):
        for name, times in took.items():
            clock.pass_(minutes=10)
            started = time.perf_counter()
            assert sign_in(browser, name, "not the password").status_code == 401
            times.append(time.perf_counter() - started)
    known, unknown = (statistics.median(times) for times in took.values())
    assert abs(known - unknown) < 0.010


def test_the_effort_is_the_same_where_there_is_nothing_to_compare_with(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    verify = PasswordHasher.verify

    def seen(hasher: PasswordHasher, kept: str, given: bytes) -> bool:
        compared.append(kept)
        return verify(hasher, kept, given)

    monkeypatch.setattr(PasswordHasher, "verify", seen)
    passwords = Passwords(QUICK)
    assert passwords.matches(KEPT, PASSWORD)
    assert not passwords.matches(None, PASSWORD)
    assert not passwords.matches(KEPT, "x" * 5000)
    assert len(compared) == 3
    assert compared[0].split("$")[:4] == compared[1].split("$")[:4]


# ---- passwords


@pytest.mark.parametrize(
    "password",
    [
        "x" * 12,
        "y" * 64,
        "z" * 1024,
        "пароль из слов",
        "كلمة سر طويلة جدا",
        "a b  c   d e f",
        "🦢🦢🦢🦢🦢🦢🦢🦢🦢🦢🦢🦢",
        "' OR 1=1 -- ;\"<b>",
        "\u0000" * 12,
    ],
)
def test_any_words_are_a_password_if_they_are_long_enough(
    browser: TestClient, ledger: Ledger, clock: Clock, password: str
) -> None:
    people.set_password(ledger, "Ada Holm", Passwords(QUICK).hashed(password))
    assert sign_in(browser, password=password).status_code == 303
    for other in (password + "x", password[:-1] + "q", password.upper() + " "):
        clock.pass_(minutes=5)
        assert sign_in(browser, password=other).status_code == 401


@pytest.mark.parametrize("password", ["", "x" * 11, "x" * 1025, "\ufdfa" * 100])
def test_a_password_is_neither_short_nor_endless(password: str) -> None:
    with pytest.raises(WrongUse, match=f"12 to {LONGEST}"):
        Passwords(QUICK).hashed(password)


def test_a_password_is_the_same_however_a_keyboard_composes_it() -> None:
    passwords = Passwords(QUICK)
    kept = passwords.hashed("cafe\u0301 terrace ﬁne")
    assert passwords.matches(kept, "caf\u00e9 terrace fine")
    assert not passwords.matches(kept, "cafe terrace fine")
    assert kept.startswith("$argon2id$")


def test_what_is_hashed_by_default_is_hashed_with_effort() -> None:
    assert "$m=65536,t=3,p=4$" in Passwords(Hashing()).hashed(PASSWORD)


def test_a_hash_of_less_effort_is_made_anew_at_signing_in(ledger: Ledger, clock: Clock) -> None:
    people.add(ledger, "Ada Holm", "admin", KEPT, NOW)
    browser = desk(ledger, far(clock, hashing=Hashing(2, 16, 1)))
    assert sign_in(browser).status_code == 303
    assert inside(browser)
    with ledger.reading() as connection:
        found = people.password_of(connection, "Ada Holm")
    assert found is not None
    assert found[1] != KEPT
    assert "$m=16,t=2,p=1$" in found[1]
    assert sign_in(browser).status_code == 303


def test_a_rush_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords(QUICK)
    monkeypatch.setattr("onrecord.web.passwords._WAIT", 0.01)
    with passwords._turns, passwords._turns, pytest.raises(TryLater, match="many are signing in"):
        passwords.hashed(PASSWORD)
    assert passwords.hashed(PASSWORD)


# ---- W11: where to go on

ELSEWHERE = [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/%09/evil.example"[:1] + "\t/evil.example",
    "https:evil.example", "https://evil.example", "http:/evil.example", "javascript:alert(1)", "data:text/html,x", "evil.example", "",
    "///evil.example", "/\n/evil.example", "/\r/evil.example", " //evil.example", "\x00//evil.example", "/\x0b/evil.example",
    "/\u2028/x", "//evil.example/%2f..", "/\\/evil.example", "@evil.example", "?x", "#x", "/ok\r\nSet-Cookie: a=b", "//[", "/" + "\x7f",
]  # fmt: skip


@pytest.mark.parametrize("next_", ELSEWHERE, ids=ascii)
def test_signing_in_leads_nowhere_else(browser: TestClient, next_: str) -> None:
    given = {"next": next_} if next_ else {}
    assert sign_in(browser, **given).headers["location"] == "/"
    assert browser.get("/sign-in", params={"next": next_}).headers["location"] == "/"
    browser.cookies.clear()
    assert 'name="next" value="/"' in browser.get("/sign-in", params={"next": next_}).text


@pytest.mark.parametrize("next_", ["/", "/people", "/incidents?place=Kelm&a=//b", "/x#y", "/%09/x", "/a:b", "/Straße"])
def test_signing_in_leads_to_where_one_wanted(browser: TestClient, next_: str) -> None:
    assert signing_in.local(next_) == next_
    location = sign_in(browser, next=next_).headers["location"]
    assert location.startswith("/")
    assert not location.startswith("//")


# ---- forms


@pytest.mark.parametrize("more", [{"role": "admin"}, {"id": "pe-00000000"}, {"next": "/", "decided_by": "x"}], ids=str)
def test_a_form_with_a_field_too_many_is_refused(browser: TestClient, more: dict[str, str]) -> None:
    answer = sign_in(browser, **more)
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers
    assert browser.post("/sign-out", data=more).status_code == 422


def test_what_was_typed_is_shown_as_text(browser: TestClient) -> None:
    answer = sign_in(browser, '"><script>alert(1)</script>')
    assert answer.status_code == 401
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


# ---- the first account


@pytest.fixture
def fresh(ledger: Ledger, clock: Clock) -> TestClient:
    """A desk beyond this machine at which nobody has an account."""
    return desk(ledger, far(clock, code=CODE))


FIRST = {"code": CODE, "name": "Ada Holm", "password": PASSWORD, "again": PASSWORD}


def test_without_an_account_there_is_only_the_page_for_making_the_first(fresh: TestClient) -> None:
    assert fresh.get("/sign-in").headers["location"].endswith("/set-up")
    assert fresh.get("/set-up").status_code == 200
    for method, path, role in fresh.app.state.rules:  # type: ignore[attr-defined]
        if role is not None:
            answer = fresh.request(method, re.sub(r"\{[^}]*\}", "x", path))
            assert answer.status_code in (303, 401), path
    assert sign_in(fresh, "admin", "admin").status_code == 401


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"code": "guess"}, 403), ({"code": ""}, 422), ({"again": "another dozen"}, 422), ({"password": "short", "again": "short"}, 422),
        ({"name": "  "}, 422), ({"name": "a\u202eb"}, 422), ({"name": "pe-0123abcd"}, 422), ({"role": "admin"}, 422),
    ],
)  # fmt: skip
def test_the_first_account_needs_the_code_and_a_good_password(
    fresh: TestClient, ledger: Ledger, changed: dict[str, str], status: int
) -> None:
    assert fresh.post("/set-up", data={**FIRST, **changed}).status_code == status
    with ledger.reading() as connection:
        assert people.accounts(connection) == []


def test_the_first_account_is_an_admins_and_then_there_is_no_first_any_more(fresh: TestClient, ledger: Ledger) -> None:
    assert fresh.post("/set-up", data=FIRST).headers["location"] == "/"
    assert fresh.get("/people").status_code == 200
    assert fresh.get("/set-up").status_code == 404
    assert fresh.post("/set-up", data={**FIRST, "name": "Bo"}).status_code == 404
    with ledger.reading() as connection:
        assert [(one.name, one.role) for one in people.accounts(connection)] == [("Ada Holm", "admin")]


def test_the_code_cannot_be_guessed(fresh: TestClient) -> None:
    statuses = [fresh.post("/set-up", data={**FIRST, "code": f"{n:016x}"}).status_code for n in range(100)]
    assert statuses.count(403) == 30
    assert set(statuses[30:]) == {429}


def test_without_a_code_nobody_sets_up(ledger: Ledger, clock: Clock) -> None:
    closed = desk(ledger, far(clock))
    for code in ("", "None", "null", CODE):
        assert closed.post("/set-up", data={**FIRST, "code": code}).status_code in (403, 422)


def test_on_this_machine_there_is_nothing_to_set_up(ledger: Ledger) -> None:
    here = desk(ledger, Options(code=CODE, hashing=QUICK))
    assert here.get("/set-up").status_code == 404
    assert here.post("/set-up", data=FIRST).status_code == 404


def test_of_many_who_set_up_at_once_one_does(ledger: Ledger, clock: Clock) -> None:
    start = threading.Barrier(6)
    statuses: list[int] = []
    browsers = [desk(ledger, far(clock, code=CODE)) for _ in range(6)]
    for browser in browsers:
        # Routes are laid out at the first request, and not by several threads at once
        assert browser.get("/set-up").status_code == 200

    def try_(number: int) -> None:
        start.wait()
        statuses.append(browsers[number].post("/set-up", data={**FIRST, "name": f"Ada {number}"}).status_code)

    threads = [threading.Thread(target=try_, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses).count(303) == 1
    assert set(statuses) <= {303, 404, 409}
    with ledger.reading() as connection:
        assert len(people.accounts(connection)) == 1


# ---- tokens and the pages of people


def test_no_token_opens_the_pages_of_people(browser: TestClient, ledger: Ledger) -> None:
    """Else one that was meant for a month could make itself others."""
    admin = somebody(ledger, "admin", "Cy Dahl")
    held = token(ledger, admin, "admin")
    assert browser.get("/account", headers=held).status_code == 403
    assert browser.post("/account/tokens", data={"scope": "admin", "days": "366"}, headers=held).status_code == 403
    given = {"name": "Eve", "role": "admin", "password": PASSWORD}
    assert browser.post("/people", data=given, headers=held).status_code == 403
    with ledger.reading() as connection:
        assert people.account(connection, "Eve") is None
