"""What keeps facts as they are: triggers that refuse to change or to remove one, on every database."""

import sqlalchemy as sa

_SQLITE = """CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}
BEGIN SELECT RAISE(ABORT, 'facts are only added: {act} on {table} is refused'); END"""

_FUNCTION = """CREATE OR REPLACE FUNCTION facts_are_only_added() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'facts are only added: % on % is refused', TG_OP, TG_TABLE_NAME; END $$"""
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
