"""A second user of a server adds, decides and views; what is a fact stays as it is, whatever that user tries."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

import soundness
from invented import NOW, intake, rows, story, write_rows
from onrecord import pipeline
from onrecord.errors import WrongUse
from onrecord.ledger import Ledger, guards, open_ledger, read, schema, write
from onrecord.pipeline import AddOptions, Judgement
from servers import OWNER, Server

CODER = "coder of Ostrey"


@pytest.fixture(scope="module")
def coded(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger of the owner's, with stories in it, opened by the coder."""
    address = server.ledger()
    if not server.run_sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{CODER}'"):
        server.run_sql(f"CREATE ROLE \"{CODER}\" LOGIN PASSWORD 'w'")
    source = write_rows(tmp_path_factory.mktemp("coded") / "s.jsonl", rows(4))
    with closing(open_ledger(address)) as owned:
        with owned.writing() as connection:
            connection.exec_driver_sql(f'GRANT ALL ON ALL TABLES IN SCHEMA public TO "{CODER}"')
        guards.let_in(owned, CODER)
        guards.let_in(owned, CODER)
        pipeline.add(owned, [str(source)], AddOptions(NOW, workers=1))
    database = address.partition("@/")[2].partition("?")[0]
    with closing(open_ledger(server.address(database, CODER.replace(" ", "%20"), "w"))) as held:
        yield held


def test_it_adds_decides_views_and_reads_anew(coded: Ledger, tmp_path: Path) -> None:
    more = write_rows(tmp_path / "more.jsonl", rows(6)[4:])
    (tmp_path / "empty.txt").write_text("")
    report = pipeline.add(coded, [str(more), str(tmp_path / "empty.txt")], AddOptions(NOW, workers=1))
    assert report.states == {"ok": 2, "refused": 1}
    incident = pipeline.view(coded, now=NOW).derived.incidents[0]
    outcome = pipeline.decide(coded, Judgement("confirm", incident.id, "Oda Brenk", key="again"), NOW)
    assert pipeline.decide(coded, Judgement("confirm", incident.id, "Oda Brenk", key="again"), NOW).again
    assert outcome.decision in pipeline.view(coded, now=NOW).decisions
    told = next(read.stories(coded))
    with coded.reading() as connection:
        reading = read.reads(connection, [told.id])[0].reading
    write.store(coded, [], [replace(reading, reader="another reader")], NOW)
    report = pipeline.reread(coded, pipeline.RereadOptions(NOW, reader="another reader", stories=(told.id,)))
    assert report.switched == 1
    pipeline.rebuild(coded, "joint", NOW)
    soundness.check(coded)


FACT = [table.name for table in schema.FACTS]
TRIES = {
    **{f"change {table}": f"UPDATE {table} SET {next(iter(schema.metadata.tables[table].c)).name} = NULL" for table in FACT},
    **{f"delete {table}": f"DELETE FROM {table}" for table in FACT},
    **{f"empty {table}": f"TRUNCATE {table} CASCADE" for table in FACT},
    **{f"drop {table}": f"DROP TABLE {table} CASCADE" for table in FACT},
    **{f"alter {table}": f"ALTER TABLE {table} ADD COLUMN more text" for table in FACT},
    **{f"disarm {table}": f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in FACT},
    **{f"untrigger {table}": f"DROP TRIGGER {table}_no_update ON {table}" for table in FACT},
    "insert over": "INSERT INTO capture SELECT * FROM capture ON CONFLICT (sha256) DO UPDATE SET media = 'x'",
    "play replica": "SET session_replication_role = 'replica'",
    "blunt the triggers": "CREATE OR REPLACE FUNCTION facts_are_only_added() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RETURN NULL; END $$",
    "make a table": "CREATE TABLE mine (x int)",
    "drop everything": "DROP SCHEMA public CASCADE",
    "set back the numbers": "ALTER SEQUENCE intake_seq_seq RESTART",
    "own": f'ALTER TABLE log OWNER TO "{CODER}"',
    "another schema": "UPDATE alembic_version SET version_num = 'x'",
}  # fmt: skip


@pytest.mark.parametrize("name", TRIES)
def test_it_cannot(coded: Ledger, name: str) -> None:
    before = soundness.rows(coded)
    with pytest.raises(WrongUse, match="this user may not do that"), coded.writing() as connection:
        connection.exec_driver_sql(TRIES[name])
    assert soundness.rows(coded) == before
    soundness.check(coded)


@pytest.mark.parametrize("act", ["UPDATE log SET hash = ''", "DELETE FROM intake", "TRUNCATE decision"])
def test_triggers_refuse_the_owner_too(server: Server, act: str) -> None:
    refused = pytest.raises(sa.exc.IntegrityError, match="facts are only added")
    with closing(open_ledger(server.ledger())) as owned, refused, owned.writing() as connection:
        connection.exec_driver_sql(act)


def test_a_user_that_was_not_let_in_is_told_whom_to_ask(server: Server, coded: Ledger) -> None:
    server.run_sql("DROP ROLE IF EXISTS stranger", "CREATE ROLE stranger LOGIN PASSWORD 'w'")
    with pytest.raises(WrongUse, match="the owner of the ledger can: onrecord migrate --for"):
        open_ledger(server.address(coded.engine.url.database or "", "stranger", "w"))


@pytest.mark.parametrize(
    ("user", "words"), [("nobody here", "no such user"), (OWNER, "administrator"), ("half", "owns the ledger")]
)
def test_whom_nothing_can_hold_back_is_not_let_in(server: Server, user: str, words: str) -> None:
    server.run_sql(
        "DROP ROLE IF EXISTS half, whole", "CREATE ROLE whole LOGIN PASSWORD 'w'", "CREATE ROLE half IN ROLE whole"
    )
    database = server.database()
    server.run_sql(f"ALTER DATABASE {database} OWNER TO whole")
    address = server.address(database, "whole", "w")
    with closing(open_ledger(address, create=True)) as owned, pytest.raises(WrongUse, match=words):
        guards.let_in(owned, user)
    server.run_sql(f"DROP DATABASE {database}", "DROP ROLE half", "DROP ROLE whole")


def test_a_file_has_no_users(tmp_path: Path) -> None:
    with closing(open_ledger(str(tmp_path / "held.db"), create=True)) as ledger:
        write.store(ledger, [intake(story())], [], NOW)
        with pytest.raises(WrongUse, match="is a file"):
            guards.let_in(ledger, "me")
