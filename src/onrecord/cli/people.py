"""Commands that keep the accounts of the desk."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.app import DEFAULT_LEDGER, AsJson, LedgerPath, app, console, held, print_json, shown
from onrecord.errors import WrongUse

if TYPE_CHECKING:
    from onrecord.ledger.people import Account, Token

people = typer.Typer(help="Who may sign in at the desk: accounts, their roles, their tokens.", rich_markup_mode=None)
app.add_typer(people, name="people")

Who = Annotated[str, typer.Argument(metavar="NAME", help="The name, or the id (pe-...).")]
Role = Annotated[str, typer.Option(metavar="R", help="reader, coder, lead or admin.")]
FromInput = Annotated[
    str | None,
    typer.Option("--password", metavar="-", help="- reads it from standard input, in place of asking for it."),
]


@people.callback(invoke_without_command=True)
def _people(context: typer.Context, ledger: LedgerPath = DEFAULT_LEDGER, as_json: AsJson = False) -> None:
    """Who may sign in at the desk: accounts, their roles, their tokens. While there are none, whoever is at the machine may."""
    if context.invoked_subcommand is None:
        _list(ledger, as_json)


@people.command("list")
def _list(ledger: LedgerPath = DEFAULT_LEDGER, as_json: AsJson = False) -> None:
    """The accounts, and the tokens that are good."""
    from onrecord.ledger import people as kept

    now = datetime.now(UTC)
    with held(ledger) as opened, opened.reading() as connection:
        accounts, tokens = kept.accounts(connection), [one for one in kept.tokens(connection) if one.good(now)]
    if as_json:
        print_json(_rows(accounts, tokens))
    elif accounts:
        console(cut=True).print(_table(accounts, tokens))
    else:
        print(
            f"{shown(ledger)}: nobody has an account; make the first: onrecord people add NAME --role admin",
            file=sys.stderr,
        )


def _rows(accounts: "list[Account]", tokens: "list[Token]") -> list[dict[str, object]]:
    return [
        {
            "id": one.id, "name": one.name, "role": one.role, "state": one.state, "made": one.made.isoformat(),
            "tokens": [
                {"id": token.id, "label": token.label, "scope": token.scope, "expires": token.expires.isoformat()}
                for token in tokens if token.account == one.id
            ],
        }
        for one in accounts
    ]  # fmt: skip


def _table(accounts: "list[Account]", tokens: "list[Token]") -> object:
    from rich.table import Table

    from onrecord.exports.harmless import in_line

    table = Table("name", "role", "state", "id", "tokens", box=None, pad_edge=False)
    for one in accounts:
        held_ = (
            f"{token.id} ({token.scope}, until {token.expires:%Y-%m-%d})" for token in tokens if token.account == one.id
        )
        table.add_row(in_line(one.shown), one.role, one.state, one.id, ", ".join(held_))
    return table


@people.command("add")
def _add(who: Who, role: Role, ledger: LedgerPath = DEFAULT_LEDGER, password: FromInput = None) -> None:
    """Make an account. The first one is an admin's; from then on everybody signs in, at this machine too."""
    from onrecord.ledger import people as kept

    kept.checked_role(role)
    with held(ledger) as opened:
        made = kept.add(opened, who, role, _hashed(password), datetime.now(UTC))
    _told(made, f"made; decisions are signed {made.id}")


@people.command("role")
def _role(who: Who, role: Annotated[str, typer.Argument(metavar="ROLE")], ledger: LedgerPath = DEFAULT_LEDGER) -> None:
    """Give somebody another role: reader, coder, lead or admin. Whoever it is signs in anew."""
    from onrecord.ledger import people as kept

    with held(ledger) as opened:
        _told(kept.set_role(opened, who, role), f"is a {role} now")


@people.command("rename")
def _rename(who: Who, name: Annotated[str, typer.Argument(metavar="NEW")], ledger: LedgerPath = DEFAULT_LEDGER) -> None:
    """Give somebody another name. Decisions stay signed with the id."""
    from onrecord.ledger import people as kept

    with held(ledger) as opened:
        _told(kept.rename(opened, who, name), f"was {who}")


@people.command("disable")
def _disable(who: Who, ledger: LedgerPath = DEFAULT_LEDGER) -> None:
    """Let somebody in no more. Everything else stays."""
    from onrecord.ledger import people as kept

    with held(ledger) as opened:
        _told(kept.disable(opened, who), "is let in no more")


@people.command("enable")
def _enable(who: Who, ledger: LedgerPath = DEFAULT_LEDGER) -> None:
    """Let somebody in again."""
    from onrecord.ledger import people as kept

    with held(ledger) as opened:
        _told(kept.enable(opened, who), "is let in again")


@people.command("erase")
def _erase(who: Who, ledger: LedgerPath = DEFAULT_LEDGER) -> None:
    """Forget somebody's name, password and tokens for good. Decisions stay, signed with an id that says nothing."""
    from onrecord.ledger import people as kept

    with held(ledger) as opened:
        _told(kept.erase(opened, who), "is all that is left")


@people.command("password")
def _password(who: Who, ledger: LedgerPath = DEFAULT_LEDGER, password: FromInput = None) -> None:
    """Give somebody another password, and sign them out."""
    from onrecord.ledger import people as kept

    with held(ledger) as opened:
        _told(kept.set_password(opened, who, _hashed(password)), "has another password")


@people.command("token")
def _token(
    who: Who,
    scope: Annotated[str, typer.Option(metavar="R", help="The role that it reaches no further than.")],
    days: Annotated[int, typer.Option(metavar="N", help="For how long it is good.")] = 30,
    label: Annotated[str, typer.Option(metavar="TEXT", help="What it is for.")] = "",
    ledger: LedgerPath = DEFAULT_LEDGER,
) -> None:
    """Make a token for a program. It is printed this once."""
    from secrets import token_urlsafe

    from onrecord.ledger import people as kept

    secret = kept.TOKEN + token_urlsafe(32)
    with held(ledger) as opened:
        made = kept.give_token(opened, who, secret, kept.Wanted(label, scope, days), datetime.now(UTC))
    print(secret)
    print(
        f"{made.id}: a {made.scope} until {made.expires:%Y-%m-%d}; onrecord people revoke {made.id} ends it",
        file=sys.stderr,
    )


@people.command("revoke")
def _revoke(token: Annotated[str, typer.Argument(metavar="TOKENID")], ledger: LedgerPath = DEFAULT_LEDGER) -> None:
    """A token is good for nothing from now on."""
    from onrecord.ledger import people as kept

    with held(ledger) as opened:
        kept.revoke(opened, token, datetime.now(UTC))
    print(f"{token}: revoked")


def _told(account: "Account", what: str) -> None:
    from onrecord.exports.harmless import in_line

    print(in_line(f"{account.shown}: {what}"))


def _hashed(given: str | None) -> str:
    """The hash of a password that is typed twice, or stands on standard input."""
    from getpass import getpass

    from onrecord.web.options import Hashing
    from onrecord.web.passwords import Passwords

    if given not in (None, "-"):
        raise WrongUse("--password: takes no password, which others could see, but -, for standard input")
    if given == "-":
        password = sys.stdin.readline().rstrip("\r\n")
    elif not sys.stdin.isatty():
        raise WrongUse(
            "there is no terminal to ask for the password; give --password - and the password on standard input"
        )
    else:
        password = getpass("Password: ", stream=sys.stderr)
        if getpass("The same again: ", stream=sys.stderr) != password:
            raise WrongUse("the two passwords differ")
    return Passwords(Hashing()).hashed(password)
