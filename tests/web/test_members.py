"""Accounts, their tokens and the commands for them: decisions stay signed as they were, whoever signed them."""

import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from entering import KEPT, PASSWORD, QUICK, Clock, desk, far, session, somebody, token
from invented import NOW, rows, write_rows
from onrecord import cli, pipeline
from onrecord.cli import running
from onrecord.errors import WrongUse
from onrecord.ledger import Ledger, copies, open_ledger, people, schema
from onrecord.pipeline import AddOptions, Judgement
from onrecord.web import Options

ADA = "Ada Holm"


@pytest.fixture
def ledger(new_place: Callable[[str], str]) -> Iterator[Ledger]:
    """In a file, and then on a server."""
    with closing(open_ledger(new_place("held"), create=True)) as held:
        yield held


@pytest.fixture
def filed(tmp_path: Path) -> Iterator[Ledger]:
    with closing(open_ledger(str(tmp_path / "filed.db"), create=True)) as held:
        yield held


def listed(ledger: Ledger) -> list[people.Account]:
    with ledger.reading() as connection:
        return people.accounts(connection)


def shown(ledger: Ledger) -> dict[str, str]:
    with ledger.reading() as connection:
        return people.names(connection)


# ---- accounts


def test_the_first_account_is_an_admins(ledger: Ledger) -> None:
    for role in ("reader", "coder", "lead"):
        with pytest.raises(WrongUse, match="the first account has to be an admin"):
            people.add(ledger, ADA, role, KEPT, NOW)
    made = people.add(ledger, f"  {ADA} ", "admin", KEPT, NOW)
    assert re.fullmatch(r"pe-[0-9a-f]{8}", made.id)
    assert listed(ledger) == [made] == [people.Account(made.id, ADA, "admin", "active", NOW)]
    with pytest.raises(WrongUse, match="first account already"):
        people.add(ledger, "Eve", "admin", KEPT, NOW, first=True)
    somebody(ledger, "coder", "Bo Lind")
    assert {one.name for one in listed(ledger)} == {ADA, "Bo Lind"}


@pytest.mark.parametrize("name", ["ada holm", "ADA  HOLM", "Ａｄａ Holm", "Ada\u00a0Holm"])
def test_a_name_that_would_be_taken_for_another_is_taken(ledger: Ledger, name: str) -> None:
    made = people.add(ledger, ADA, "admin", KEPT, NOW)
    with pytest.raises(WrongUse, match="already"):
        people.add(ledger, name, "reader", KEPT, NOW)
    with ledger.reading() as connection:
        assert people.account(connection, name) == made


@pytest.mark.parametrize(
    "name", ["", " ", "a\u202eb", "a\x00b", "a\nb\x1b", "x" * 81, "pe-0123abcd", "PE-0123ABCD", "\udc80", "\u200b"]
)
def test_a_name_is_one_that_can_be_read(ledger: Ledger, name: str) -> None:
    with pytest.raises(WrongUse):
        people.add(ledger, name, "admin", KEPT, NOW)
    with ledger.reading() as connection:
        assert people.account(connection, name) is None
        assert people.password_of(connection, name) is None


def test_there_is_always_an_admin(ledger: Ledger) -> None:
    people.add(ledger, ADA, "admin", KEPT, NOW)
    for act in (
        lambda: people.disable(ledger, ADA),
        lambda: people.erase(ledger, ADA),
        lambda: people.set_role(ledger, ADA, "lead"),
    ):
        with pytest.raises(WrongUse, match="is the only admin"):
            act()
    people.set_role(ledger, ADA, "admin")
    bo = somebody(ledger, "admin", "Bo Lind")
    people.disable(ledger, ADA)
    with pytest.raises(WrongUse, match="is the only admin"):
        people.erase(ledger, bo.id)
    people.enable(ledger, ADA)
    people.erase(ledger, bo.id)
    assert [one.state for one in listed(ledger) if one.role == "admin"].count("active") == 1


def test_erasing_leaves_nothing_of_a_person_but_the_id(ledger: Ledger) -> None:
    bo = somebody(ledger, "coder", "Bo Lind")
    session(ledger, bo)
    token(ledger, bo, "coder")
    people.erase(ledger, "Bo Lind")
    assert shown(ledger)[bo.id] == f"a former member ({bo.id})"
    with ledger.reading() as connection:
        everything = [str(row) for table in schema.PEOPLE for row in connection.execute(sa.select(table))]
        assert not any("Bo Lind" in row or "bo lind" in row for row in everything)
        assert (
            connection.execute(sa.select(schema.account.c.password).where(schema.account.c.id == bo.id)).scalar()
            is None
        )
        assert people.tokens(connection, bo.id) == []
    for act in (people.disable, people.enable, people.erase):
        with pytest.raises(WrongUse, match="is erased, for good"):
            act(ledger, bo.id)
    assert people.add(ledger, "Bo Lind", "coder", KEPT, NOW).id != bo.id, "a name may come again; a pseudonym does not"


# ---- H10: what was decided stays decided


def test_decisions_stay_and_stay_signed_as_they_were(filed: Ledger, tmp_path: Path) -> None:
    source = write_rows(tmp_path / "s.jsonl", rows(3))
    pipeline.add(filed, [str(source)], AddOptions(NOW, workers=1))
    bo = somebody(filed, "coder", "Bo Lind")
    admin = next(one for one in listed(filed) if one.role == "admin")
    browser = desk(filed, far(Clock()))
    asked = browser.app.state.desk  # type: ignore[attr-defined]
    incident = asked.board().view.derived.incidents[0]
    signed = asked.decide(Judgement("confirm", incident.id, bo.id)).decision
    for change, name in (
        (lambda: people.rename(filed, bo.id, "Bo Marsh"), "Bo Marsh"),
        (lambda: people.set_role(filed, bo.id, "reader"), "Bo Marsh"),
        (lambda: people.disable(filed, bo.id), "Bo Marsh"),
        (lambda: people.erase(filed, bo.id), f"a former member ({bo.id})"),
    ):
        change()
        board = asked.board()
        assert board.decisions[signed.id] == signed
        assert board.decisions[signed.id].by == bo.id
        assert board.standing[signed.id].state == "carried"
        assert asked.people()[bo.id] == name
        page = browser.get("/log", headers=session(filed, admin))
        assert name in page.text
        assert "Bo Lind" not in page.text
    assert [finding for finding in pipeline.verify(filed) if not finding.remark] == []


# ---- tokens


def test_of_a_token_only_its_hash_is_kept(ledger: Ledger) -> None:
    ada = somebody(ledger, "admin")
    header = token(ledger, ada, "coder")
    secret = header["Authorization"].partition(" ")[2]
    assert re.fullmatch(r"or_[\w-]{43}", secret)
    with ledger.reading() as connection:
        (kept,) = connection.execute(sa.select(schema.token)).all()
        assert secret not in str(kept)
        assert secret[3:] not in str(kept)
        held = people.token_holder(connection, secret, NOW)
        assert held is not None
        assert (held[0].id, held[1].scope) == (ada.id, "coder")
        assert people.token_holder(connection, secret, held[1].expires) is None
        assert people.token_holder(connection, secret + "x", NOW) is None
        assert people.token_holder(connection, people.digest(secret), NOW) is None


@pytest.mark.parametrize(
    ("scope", "days", "said"),
    [("lead", 30, "reaches no further"), ("admin", 30, "reaches no further"), ("king", 30, "is no role"), ("coder", 0, "give 1 to"), ("coder", 367, "give 1 to"), ("coder", -1, "give 1 to")],
)  # fmt: skip
def test_a_token_reaches_no_further_than_its_holder_and_not_for_ever(
    ledger: Ledger, scope: str, days: int, said: str
) -> None:
    bo = somebody(ledger, "coder")
    with pytest.raises(WrongUse, match=said):
        people.give_token(ledger, bo.id, "x", people.Wanted("", scope, days), NOW)
    people.disable(ledger, bo.id)
    with pytest.raises(WrongUse, match="is disabled"):
        people.give_token(ledger, bo.id, "x", people.Wanted("", "reader", 1), NOW)


def test_a_token_is_revoked_by_whose_it_is(ledger: Ledger) -> None:
    bo, cy = somebody(ledger, "coder", "Bo Lind"), somebody(ledger, "coder", "Cy Dahl")
    token(ledger, bo, "coder")
    with ledger.reading() as connection:
        (held,) = people.tokens(connection, bo.id)
    with pytest.raises(WrongUse, match="no such token"):
        people.revoke(ledger, held.id, NOW, of=cy.id)
    with ledger.reading() as connection:
        assert people.tokens(connection)[0].good(NOW)
    people.revoke(ledger, held.id, NOW, of=bo.id)
    with ledger.reading() as connection:
        assert not people.tokens(connection)[0].good(NOW)


# ---- the pages


@pytest.fixture
def admin(filed: Ledger) -> TestClient:
    browser = desk(filed, far(Clock()))
    browser.headers.update(session(filed, somebody(filed, "admin", ADA)))
    return browser


def test_an_admin_keeps_the_accounts(admin: TestClient, filed: Ledger) -> None:
    given = {"name": "Bo <b>Lind", "role": "coder", "password": PASSWORD}
    assert admin.post("/people", data=given).headers["location"] == "/people"
    (bo,) = (one for one in listed(filed) if one.name != ADA)
    assert (bo.name, bo.role) == ("Bo <b>Lind", "coder")
    page = admin.get("/people").text
    assert "Bo &lt;b&gt;Lind" in page
    assert "<b>Lind" not in page
    for path, data in (
        ("role", {"role": "lead"}),
        ("name", {"name": "Bo Lind"}),
        ("password", {"password": "another twelve herons"}),
    ):
        assert admin.post(f"/people/{bo.id}/{path}", data=data).status_code == 303
    with filed.reading() as connection:
        found = people.password_of(connection, "bo lind")
    assert found is not None
    assert (found[0].role, found[1] != KEPT) == ("lead", True)
    assert admin.post(f"/people/{bo.id}/disable").status_code == 303
    assert admin.post(f"/people/{bo.id}/enable").status_code == 303
    assert admin.post(f"/people/{bo.id}/erase", data={"name": "Somebody Else"}).status_code == 422
    assert shown(filed)[bo.id] == "Bo Lind"
    assert admin.post(f"/people/{bo.id}/erase", data={"name": "bo lind"}).status_code == 303
    assert shown(filed)[bo.id] == f"a former member ({bo.id})"
    assert f"a former member ({bo.id})" in admin.get("/people").text
    assert admin.post("/people/pe-00000000/disable").status_code == 404
    own = next(one for one in listed(filed) if one.name == ADA)
    refused = admin.post(f"/people/{own.id}/disable")
    assert (refused.status_code, "is the only admin" in refused.text) == (422, True)


def test_somebody_keeps_their_own_tokens(admin: TestClient, filed: Ledger) -> None:
    made = admin.post("/account/tokens", data={"label": "nightly <i>", "scope": "reader", "days": "7"})
    (secret,) = re.findall(r'value="(or_[\w-]{43})"', made.text)
    program = desk(filed, far(Clock()))
    assert program.get("/log", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    page = admin.get("/account").text
    assert secret not in page
    assert "nightly &lt;i&gt;" in page
    with filed.reading() as connection:
        (held,) = people.tokens(connection)
    other = session(filed, somebody(filed, "coder"))
    assert program.post(f"/account/tokens/{held.id}/revoke", headers=other).status_code == 422
    assert admin.post(f"/account/tokens/{held.id}/revoke").status_code == 303
    assert program.get("/log", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    for scope, days in (("owner", "7"), ("reader", "0"), ("reader", "x"), ("reader", "99999999999999999999")):
        assert admin.post("/account/tokens", data={"scope": scope, "days": days}).status_code == 422


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"password": "not my password"}, "not your password"), ({"again": "x" * 12}, "differ"), ({"new": "short", "again": "short"}, "12 to 1024")],
)  # fmt: skip
def test_a_password_is_changed_by_whoever_knows_the_old_one(
    admin: TestClient, filed: Ledger, changed: dict[str, str], said: str
) -> None:
    given = {"password": PASSWORD, "new": "another twelve herons", "again": "another twelve herons"}
    answer = admin.post("/account/password", data={**given, **changed})
    assert (answer.status_code, said in answer.text) == (422, True)
    with filed.reading() as connection:
        found = people.password_of(connection, ADA)
    assert found is not None
    assert found[1] == KEPT


FORMS = [
    ("/people", {"name": "Bo", "role": "coder", "password": PASSWORD}), ("/people/ID/role", {"role": "lead"}), ("/people/ID/name", {"name": "Cy"}),
    ("/people/ID/password", {"password": "x" * 12}), ("/people/ID/disable", {}), ("/people/ID/enable", {}), ("/people/ID/erase", {"name": "Bo"}),
    ("/account/tokens", {"scope": "reader", "days": "1"}), ("/account/sign-out-everywhere", {}),
    ("/account/password", {"password": PASSWORD, "new": "x" * 12, "again": "x" * 12}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "form"), FORMS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_form_with_a_field_too_many_changes_nothing(
    admin: TestClient, filed: Ledger, path: str, form: dict[str, str]
) -> None:
    before = people_rows(filed)
    who = listed(filed)[0].id
    for more in (
        {"id": "pe-00000000"},
        {"state": "active"},
        {"made": "2031-01-01"},
        {"account": "x"},
        {"decided_by": "x"},
    ):
        assert admin.post(path.replace("ID", who), data={**form, **more}).status_code == 422
    assert people_rows(filed) == before


def people_rows(ledger: Ledger) -> list[Any]:
    with ledger.reading() as connection:
        return [tuple(row) for table in schema.PEOPLE for row in connection.execute(sa.select(table))]


def test_the_one_at_this_machine_makes_the_first_account_and_signs_in_then(filed: Ledger) -> None:
    here = desk(filed, Options(by="Ida Marsh", hashing=QUICK))
    assert "Nobody has an account" in here.get("/people").text
    assert "Make the first account" in here.get("/account").text
    assert here.post("/account/tokens", data={"scope": "reader", "days": "1"}).status_code == 404
    given = {"name": "Ida Marsh", "role": "coder", "password": PASSWORD}
    assert here.post("/people", data=given).status_code == 422
    assert here.post("/people", data={**given, "role": "admin"}).status_code == 303
    assert here.get("/people").status_code == 303


# ---- with the ledger


def test_who_may_sign_in_goes_along_when_a_ledger_is_moved_and_who_is_signed_in_does_not(
    filed: Ledger, new_place: Callable[[str], str]
) -> None:
    bo = somebody(filed, "coder", "Bo Lind")
    header, secret = session(filed, bo), token(filed, bo, "coder")["Authorization"].partition(" ")[2]
    with closing(open_ledger(new_place("there"), create=True)) as there:
        pipeline.move(filed, there, NOW)
        assert listed(there) == listed(filed)
        with there.reading() as connection:
            found = people.token_holder(connection, secret, NOW)
            assert found is not None
            assert found[0] == bo
            assert connection.execute(sa.select(schema.session)).all() == []
            assert people.password_of(connection, "Bo Lind") == (bo, KEPT)
        assert desk(there, far(Clock())).get("/account", headers=header).status_code == 303
        assert list(pipeline.verify(there)) == []
        with pytest.raises(WrongUse, match="is not empty"):
            pipeline.move(filed, there, NOW)


def test_accounts_alone_make_a_ledger_not_empty(filed: Ledger, tmp_path: Path) -> None:
    with closing(open_ledger(str(tmp_path / "other.db"), create=True)) as other:
        somebody(other, "admin")
        with pytest.raises(WrongUse, match="is not empty"):
            pipeline.move(filed, other, NOW)


def test_a_backup_has_the_accounts_and_nobody_signed_in(filed: Ledger, tmp_path: Path) -> None:
    bo = somebody(filed, "coder", "Bo Lind")
    header = session(filed, bo)
    copies.backup(filed, tmp_path / "copy.db")
    copies.restore(tmp_path / "copy.db", str(tmp_path / "again.db"), NOW)
    with closing(open_ledger(str(tmp_path / "again.db"))) as again:
        assert listed(again) == listed(filed)
        assert desk(again, far(Clock())).get("/account", headers=header).status_code == 303
    assert desk(filed, far(Clock())).get("/account", headers=header).status_code == 200


def test_what_people_change_of_accounts_is_no_damage_to_a_ledger(ledger: Ledger) -> None:
    before = pipeline.content(pipeline.view(ledger, now=NOW))
    bo = somebody(ledger, "coder", "Bo Lind")
    token(ledger, bo, "coder")
    session(ledger, bo)
    people.rename(ledger, bo.id, "Bo Marsh")
    people.erase(ledger, bo.id)
    assert [finding for finding in pipeline.verify(ledger) if not finding.remark] == []
    assert pipeline.content(pipeline.view(ledger, now=NOW)) == before


# ---- commands


class Terminal(io.StringIO):
    """Somebody who can type."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def command(
    filed: Ledger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """onrecord people ..., with a ledger, and what it prints."""
    monkeypatch.setattr("onrecord.web.options.Hashing", lambda: QUICK)
    monkeypatch.setattr(running.signal, "signal", lambda *_: None)

    def run(*args: str, given: str | None = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["onrecord", "people", *args, "--ledger", filed.place])
        monkeypatch.setattr(sys, "stdin", Terminal() if given is None else io.StringIO(given))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def test_accounts_are_kept_from_a_terminal(command: Callable[..., tuple[int, str, str]], filed: Ledger) -> None:
    assert command()[2].endswith("nobody has an account; make the first: onrecord people add NAME --role admin\n")
    assert command("add", ADA, "--role", "lead", "--password", "-", given=f"{PASSWORD}\n")[0] == 2
    code, out, err = command("add", ADA, "--role", "admin", "--password", "-", given=f"{PASSWORD}\n")
    assert (code, err) == (0, "")
    assert re.fullmatch(rf"{ADA}: made; decisions are signed pe-[0-9a-f]{{8}}\n", out)
    assert command("add", "Bo Lind", "--role", "coder", "--password", "-", given=PASSWORD)[0] == 0
    assert command("role", "Bo Lind", "lead")[1] == "Bo Lind: is a lead now\n"
    assert command("rename", "Bo Lind", "Bo Marsh")[1] == "Bo Marsh: was Bo Lind\n"
    assert command("password", "Bo Marsh", "--password", "-", given="another twelve herons\n")[0] == 0
    assert command("disable", "Bo Marsh")[0] == 0
    assert command("enable", "Bo Marsh")[0] == 0
    code, secret, said = command("token", "Bo Marsh", "--scope", "reader", "--days", "7", "--label", "nightly")
    assert code == 0
    with filed.reading() as connection:
        (held,) = people.tokens(connection)
        assert held.label == "nightly"
    assert re.fullmatch(r"or_[\w-]{43}\n", secret)
    assert f"onrecord people revoke {held.id} ends it" in said
    rows_ = [json.loads(line) for line in command("list", "--json")[1].splitlines()]
    assert [row["name"] for row in rows_] == [ADA, "Bo Marsh"]
    assert [row["tokens"] for row in rows_] == [
        [], [{"id": held.id, "label": "nightly", "scope": "reader", "expires": held.expires.isoformat()}],
    ]  # fmt: skip
    assert not any("argon2" in str(row) or secret.strip() in str(row) for row in rows_)
    assert "Bo Marsh" in command("list")[1]
    assert command("revoke", held.id)[1] == f"{held.id}: revoked\n"
    code, out, _ = command("erase", "Bo Marsh")
    assert re.fullmatch(r"a former member \(pe-[0-9a-f]{8}\): is all that is left\n", out)


@pytest.mark.parametrize(
    ("args", "given", "status", "said"),
    [
        (["add", "Bo", "--role", "king", "--password", "-"], PASSWORD, 2, "king: is no role; give one of reader, coder, lead, admin"),
        (["add", "Bo", "--role", "coder", "--password", "secret"], "", 2, "takes no password, which others could see, but -"),
        (["add", "Bo", "--role", "coder"], "", 2, "there is no terminal to ask for the password"),
        (["add", "Bo", "--role", "coder", "--password", "-"], "short", 2, "12 to 1024 letters"),
        (["add", "ada holm", "--role", "coder", "--password", "-"], PASSWORD, 2, "there is an account of that name already"),
        (["disable", ADA], "", 2, "is the only admin"),
        (["disable", "Nobody"], "", 2, "there is no account of that name or id"),
        (["token", ADA, "--scope", "king"], "", 2, "is no role"),
        (["token", ADA, "--scope", "reader", "--days", "1000"], "", 2, "give 1 to 366"),
        (["revoke", "to-0"], "", 2, "there is no such token"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_in_a_line(
    command: Callable[..., tuple[int, str, str]], filed: Ledger, args: list[str], given: str, status: int, said: str
) -> None:
    somebody(filed, "admin", ADA)
    before = people_rows(filed)
    code, out, err = command(*args, given=given)
    assert (code, out) == (status, "")
    assert said in err
    assert err.count("\n") == 1
    assert "secret" not in err
    assert people_rows(filed) == before


def test_a_password_is_asked_for_twice_where_somebody_can_type_it(
    command: Callable[..., tuple[int, str, str]], filed: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody(filed, "admin", ADA)
    typed = [PASSWORD, "another twelve herons", PASSWORD, PASSWORD]
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: typed.pop(0))
    code, _, err = command("password", ADA, given=None)
    assert (code, "the two passwords differ" in err) == (2, True)
    assert command("password", ADA, given=None)[0] == 0
    assert typed == []
