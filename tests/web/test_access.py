"""Who may do what: every route against everybody, by the rule that the route has and by nothing else."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import APIRouter, Depends
from fastapi.testclient import TestClient

from entering import Clock, desk, far, session, somebody, token
from invented import NOW
from onrecord.ledger import Ledger, open_ledger, people
from onrecord.ledger.people import ROLES
from onrecord.web import Options, access, app, application, guard
from onrecord.web.routes import ROUTERS

RULES = sorted(access.rules(ROUTERS), key=str)
IN_PERSON = access.in_person(ROUTERS)
Header = Callable[[], dict[str, str]]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with closing(open_ledger(str(tmp_path_factory.mktemp("held") / "held.db"), create=True)) as ledger:
        yield ledger


@pytest.fixture(scope="module")
def browser(held: Ledger) -> TestClient:
    return desk(held, far(Clock()))


@pytest.fixture(scope="module")
def known(held: Ledger) -> dict[str, tuple[Header, str | None]]:
    """How everybody shows who they are, and as what role that counts: "none" is refused outright."""
    made = {role: somebody(held, role) for role in ROLES}
    gone = somebody(held, "admin", "gone")
    gone_session, gone_token = session(held, gone), token(held, gone, "admin")
    people.disable(held, gone.id)
    revoked = token(held, made["admin"], "admin")
    with held.reading() as connection:
        people.revoke(held, people.tokens(connection, made["admin"].id)[0].id, NOW)
    demoted = somebody(held, "lead", "demoted")
    lowered = token(held, demoted, "lead")
    people.set_role(held, demoted.id, "reader")
    long_ago = NOW - people.LONGEST
    expired, smaller, full = (
        token(held, made["admin"], "admin", long_ago, days=1), token(held, made["admin"], "reader"), token(held, made["admin"], "admin"),
    )  # fmt: skip
    return {
        "anonymous": (dict, None),
        **{role: ((lambda account=made[role]: session(held, account)), role) for role in ROLES},
        "expired session": (lambda: session(held, made["admin"], long_ago), None),
        "session of a disabled account": (lambda: gone_session, None),
        "no session": (lambda: {"Cookie": "__Host-onrecord=x; onrecord=x"}, None),
        "token": (lambda: full, "admin token"),
        "token of a smaller scope": (lambda: smaller, "reader token"),
        "token of an account that was lowered": (lambda: lowered, "reader token"),
        "expired token": (lambda: expired, "none"),
        "revoked token": (lambda: revoked, "none"),
        "token of a disabled account": (lambda: gone_token, "none"),
        "no token": (lambda: {"Authorization": "Bearer or_x"}, "none"),
        "no token, but a session": (lambda: {"Authorization": "Bearer or_x", **session(held, made["admin"])}, "none"),
        "a password in a header": (lambda: {"Authorization": "Basic QWRhOnR3ZWx2ZQ=="}, "none"),
    }


WHO = [
    "anonymous", *ROLES, "expired session", "session of a disabled account", "no session", "token", "token of a smaller scope",
    "token of an account that was lowered", "expired token", "revoked token", "token of a disabled account", "no token",
    "no token, but a session", "a password in a header",
]  # fmt: skip


def due(method: str, path: str, role: access.Role | None, counts: str | None) -> int | None:
    """The status with which the rule refuses; None where it does not."""
    if path in guard.PROBES:
        return None
    if counts == "none":
        return 401
    if role is None:
        return None
    if counts is None:
        return 401 if path.startswith(("/api/", "/metrics")) or method not in ("GET", "HEAD") else 303
    has, _, by = counts.partition(" ")
    if ROLES.index(people.checked_role(has)) < ROLES.index(role) or (by and (method, path) in IN_PERSON):
        return 403
    return None


@pytest.mark.parametrize("who", WHO)
def test_every_route_lets_in_whom_its_rule_lets_in(
    browser: TestClient, known: dict[str, tuple[Header, str | None]], who: str
) -> None:
    header, counts = known[who]
    assert set(known) == set(WHO)
    for method, path, role in browser.app.state.rules:  # type: ignore[attr-defined]
        answer = browser.request(method, re.sub(r"\{[^}]*\}", "x", path), headers=header())
        wanted = due(method, path, role, counts)
        to_sign_in = answer.status_code == 303 and "/sign-in" in answer.headers["location"]
        if wanted is None:
            assert answer.status_code not in (401, 403), (method, path)
            assert answer.status_code < 500, (method, path)
            assert not to_sign_in, (method, path)
        else:
            assert answer.status_code == wanted, (method, path)
            assert to_sign_in == (wanted == 303), (method, path)


def test_the_application_has_the_rules_of_all_its_routes(browser: TestClient) -> None:
    served = browser.app.state.rules  # type: ignore[attr-defined]
    assert sorted(served, key=str) == RULES
    assert {path for _, path, role in RULES if role is None} >= {"/sign-in", "/sign-out", "/set-up"}
    open_to_all = {path for _, path, role in RULES if role is None and not path.startswith("/api/")}
    assert open_to_all == {"/sign-in", "/sign-out", "/set-up", *guard.PROBES}, (
        "whoever opens a page to everybody writes it down here"
    )


@pytest.mark.parametrize("rules", [[], [access.READER, access.ANYONE]])
def test_a_route_without_one_rule_keeps_the_application_from_starting(
    held: Ledger, monkeypatch: pytest.MonkeyPatch, rules: list[access.Needs]
) -> None:
    router = APIRouter()
    router.get("/open", dependencies=[Depends(rule) for rule in rules])(lambda: "")
    monkeypatch.setattr(app, "ROUTERS", (*ROUTERS, router))
    with pytest.raises(RuntimeError, match=f"has {len(rules)} rules on who may, and needs one"):
        application(held, Options())


def test_what_is_no_route_is_not_there_for_anybody(
    browser: TestClient, known: dict[str, tuple[Header, str | None]]
) -> None:
    for who in ("anonymous", "admin"):
        for path in (
            "/docs",
            "/openapi.json",
            "/redoc",
            "/nothing",
            "/api/nothing",
            "/static/nothing",
            "/static/../app.py",
        ):
            assert browser.get(path, headers=known[who][0]()).status_code == 404, path


def test_a_file_of_ours_is_for_everybody(browser: TestClient, tmp_path: Path) -> None:
    assert browser.get("/static/x.css").status_code == 404
    assert browser.post("/static/x.css").status_code == 405


@pytest.mark.parametrize("path", ["/people?a=b", "/account"])
def test_who_has_to_sign_in_first_comes_back_to_where_they_wanted(
    browser: TestClient, known: dict[str, tuple[Header, str | None]], path: str
) -> None:
    asked = browser.get(path)
    assert asked.status_code == 303
    page = browser.get(asked.headers["location"])
    assert page.status_code == 200
    assert f'name="next" value="{path}"' in page.text


def test_a_program_is_told_in_json(browser: TestClient) -> None:
    answer = browser.get("/api/v1/x", headers={"Authorization": "Bearer or_x"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_roles_reach_as_far_as_those_before_them() -> None:
    for at, role in enumerate(ROLES):
        person = access.Person("pe-00000000", "x", role, "session")
        assert [person.may(other) for other in ROLES] == [place <= at for place in range(len(ROLES))]
