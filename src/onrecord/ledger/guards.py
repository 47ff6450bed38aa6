"""What keeps facts as they are: triggers that refuse to change or to remove one, and what a second user may do."""

import sqlalchemy as sa

from onrecord.errors import WrongUse
from onrecord.ledger import schema
from onrecord.ledger.opening import Ledger

_SQLITE = """CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}
BEGIN SELECT RAISE(ABORT, 'facts are only added: {act} on {table} is refused'); END"""

_FUNCTION = """CREATE OR REPLACE FUNCTION facts_are_only_added() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'facts are only added: %% on %% is refused', TG_OP, TG_TABLE_NAME
USING ERRCODE = 'integrity_constraint_violation'; END $$"""
_POSTGRES = """CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION facts_are_only_added()"""


def missing(connection: sa.Connection, table: str) -> list[str]:
    """The acts on a table that nothing, or something else than our trigger, guards against."""
    if connection.dialect.name == "postgresql":
        query = sa.text("SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:table) AND tgenabled IN ('O', 'A')")
        held = set(connection.execute(query, {"table": table}).scalars())
        return [act for act in ("update", "delete", "truncate") if f"{table}_no_{act}" not in held]
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    held = {_words(made) for made in connection.execute(query, {"table": table}).scalars()}
    return [act for act in ("update", "delete") if _words(_SQLITE.format(table=table, act=act)) not in held]


def _words(made: str) -> str:
    """A trigger's text, however it is broken into lines: earlier programs wrote it in one."""
    return " ".join(made.split()).casefold()


def forbid_changes(connection: sa.Connection, table: str) -> None:
    """Makes every change of a row of the table, and every removal of one, fail."""
    made, acts = _SQLITE, ["update", "delete"]
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_FUNCTION)
        made, acts = _POSTGRES, [*acts, "truncate"]
    for act in acts:
        connection.exec_driver_sql(made.format(table=table, act=act))


def let_in(ledger: Ledger, user: str) -> None:
    """Gives a second user of a server all that coding asks for: to read, to add stories, to decide, to read anew.

    Triggers keep facts as they are, but the owner of a table may take its triggers away. So whoever codes works as a user
    who owns nothing: it may add facts and read them, may replace what is derived, and may neither change nor remove a
    fact, nor empty, alter or drop a table, nor disable a trigger. It may serve the desk, and so may keep its accounts. What it was allowed before is taken away first. To be
    called by the owner, and again when a newer program has brought new tables.

    Raises WrongUse for a ledger in a file, for a user that is not there, and for one that nothing can hold back.
    """
    if not ledger.on_server:
        raise WrongUse(f"--for {user}: {ledger.place} is a file; whom a file lets in is for the system to say")
    with ledger.writing() as connection:
        _check_user(connection, user)
        quote = connection.dialect.identifier_preparer.quote_identifier
        space, name = quote(connection.exec_driver_sql("SELECT current_schema()").scalar_one()), quote(user)
        facts = ", ".join(f"{space}.{quote(table.name)}" for table in schema.FACTS)
        rest = ", ".join(f"{space}.{quote(table.name)}" for table in (*schema.DERIVED, *schema.READ, *schema.PEOPLE))
        for statement in (
            f"REVOKE ALL ON ALL TABLES IN SCHEMA {space} FROM {name}, PUBLIC",
            f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {space} FROM {name}, PUBLIC",
            f"REVOKE CREATE ON SCHEMA {space} FROM {name}, PUBLIC",
            f"GRANT USAGE ON SCHEMA {space} TO {name}",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {space} TO {name}",
            f"GRANT SELECT, INSERT ON {facts} TO {name}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {rest} TO {name}",
            f"GRANT SELECT ON {space}.alembic_version TO {name}",
            f"GRANT EXECUTE ON FUNCTION {space}.claim_part(date, date) TO {name}",
        ):
            connection.exec_driver_sql(statement)


def _check_user(connection: sa.Connection, user: str) -> None:
    query = sa.text(
        "SELECT rolsuper, pg_has_role(rolname, (SELECT tableowner FROM pg_tables WHERE tablename = 'log'"
        " AND schemaname = current_schema()), 'MEMBER') AS owns FROM pg_roles WHERE rolname = :user"
    )
    found = connection.execute(query, {"user": user}).first()
    if found is None:
        raise WrongUse(f"--for {user}: the server has no such user; make one with: createuser {user}")
    if found.rolsuper or found.owns:
        why = "is an administrator of the server" if found.rolsuper else "owns the ledger"
        raise WrongUse(f"--for {user}: {why}, and nothing could keep it from changing facts; make another user")
