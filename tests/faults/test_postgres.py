"""A ledger on a server: whoever writes to it at once, whatever becomes of the server, it is the ledger that a file is."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

import quick
import soundness
from invented import NOW, intake, reading, rows, story, write_rows
from onrecord import pipeline, sample
from onrecord.engines import local
from onrecord.errors import BadLedger, OnRecordError, TryLater, WrongUse
from onrecord.ledger import Ledger, chain, inputs, open_ledger, opening, read, schema, write
from onrecord.pipeline import AddOptions
from onrecord.records import Rejection
from servers import OWNER, PASSWORD, Server, programs, running

HERE = str(Path(__file__).resolve().parents[1])
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "joint" / "train1" / "stories.jsonl"


@pytest.fixture
def held(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    monkeypatch.setattr(opening, "_BUSY_MS", 50)
    with closing(open_ledger(server.ledger())) as ledger:
        write.store(ledger, [intake(story())], [reading(story())], NOW)
        yield ledger


def stories(ledger: Ledger) -> list[str]:
    return [told.id for told in read.stories(ledger)]


def add_one(ledger: Ledger, number: int = 2) -> None:
    write.store(ledger, [intake(story(number), f"{number}.txt")], [reading(story(number))], NOW)


def refused(ledger: Ledger, kind: type[OnRecordError], words: str, act: Callable[[Ledger], Any] = add_one) -> None:
    with pytest.raises(kind, match=words) as caught:
        act(ledger)
    assert str(caught.value).startswith(f"{ledger.place}: ")
    assert "geheim" not in str(caught.value)


def connected(held: Ledger) -> "psycopg.Connection[Any]":
    url = held.engine.url
    return psycopg.connect(
        host=str(url.query["host"]), dbname=url.database, user=url.username, password=url.password, autocommit=True
    )


# ---- opening


def test_an_address_is_shown_without_its_password(held: Ledger) -> None:
    assert held.place.startswith(f"postgresql://{OWNER}:***@/test_")
    assert "geheim" not in f"{held.place} {held!r}"


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["CREATE TABLE songs (title text)"], "another program"),
        (["CREATE TABLE alembic_version (version_num text)", "INSERT INTO alembic_version VALUES ('77')"], "another program"),
    ],
)  # fmt: skip
def test_a_database_of_another_program_is_left_as_it_is(
    server: Server, statements: list[str], words: str, create: bool
) -> None:
    database = server.database()
    server.run_sql(*statements, database=database)
    with pytest.raises(BadLedger, match=words):
        open_ledger(server.address(database), create=create)
    tables = server.run_sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database=database)
    assert tables == [(1,)]


def test_a_ledger_of_a_newer_program_is_refused(held: Ledger, server: Server) -> None:
    with connected(held) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(BadLedger, match="newer OnRecord"):
        open_ledger(server.address(held.engine.url.database or ""))


def test_nothing_is_made_where_none_is_wanted(server: Server) -> None:
    database = server.database()
    with pytest.raises(WrongUse, match="there is no ledger here; make one with: onrecord add"):
        open_ledger(server.address(database))
    assert server.run_sql("SELECT 1 FROM pg_tables WHERE schemaname = 'public'", database=database) == []


@pytest.mark.parametrize(
    ("address", "kind", "words"),
    [
        (lambda s: s.address("nowhere"), WrongUse, "no such database"),
        (lambda s: s.address("postgres", password="geheim"), WrongUse, "does not let this user in"),
        (lambda s: s.address("postgres", user="nobody"), WrongUse, "does not let this user in"),
        (lambda s: s.address("postgres") + "&port=1", TryLater, "No such file"),
        (lambda _: "postgresql://me:geheim@127.0.0.1:1/db", TryLater, "refused"),
    ],
)
def test_whoever_cannot_be_connected_is_told_why(
    server: Server, address: Callable[[Server], str], kind: type[OnRecordError], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        open_ledger(address(server), create=True)
    assert "***@" in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_a_database_that_cannot_hold_every_letter_is_refused(server: Server) -> None:
    server.run_sql("DROP DATABASE IF EXISTS latin", "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'")  # fmt: skip
    with pytest.raises(BadLedger, match="holds text as LATIN1"):
        open_ledger(server.address("latin"), create=True)


def test_several_that_make_a_ledger_at_once_make_one(server: Server) -> None:
    address = server.address(server.database())
    code = f"from onrecord.ledger import open_ledger; open_ledger({address!r}, create=True).close()"
    running_ = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(3)]
    said = [process.communicate(timeout=100)[1].decode() for process in running_]
    assert [process.returncode for process in running_] == [0] * 3, said
    open_ledger(address).close()


# ---- reading and writing


def test_readers_see_one_moment_and_wait_for_nobody(held: Ledger) -> None:
    with held.reading() as connection:
        before = chain.head(connection)
        add_one(held)
        assert chain.head(connection) == before
        with pytest.raises(sa.exc.InternalError, match="read-only"):
            connection.execute(sa.delete(schema.derived_from))


def test_one_writes_at_a_time_and_the_next_gives_up_in_the_end(held: Ledger) -> None:
    with held.writing():
        refused(held, TryLater, "is locked, another program writes to it")
        assert len(stories(held)) == 1
    add_one(held)
    assert len(stories(held)) == 2


def test_who_waits_has_its_turn(held: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_BUSY_MS", 20_000)
    code = (
        f"import sys; sys.path.insert(0, {HERE!r})\n"
        "from invented import NOW, intake, story\nfrom onrecord.ledger import open_ledger, write\n"
        "held = open_ledger(sys.stdin.readline().strip())\n"
        "print('there', flush=True)\n"
        "write.store(held, [intake(story(9))], [], NOW)\nheld.close()\n"
    )
    address = held.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        with held.writing() as connection:
            other.stdin.write(address + "\n")
            other.stdin.flush()
            assert other.stdout.readline() == "there\n"
            time.sleep(0.5)
            write.add_names(connection, [], NOW)
            connection.execute(sa.insert(schema.derived_from).values(one=1, readings="mine", decided=""))
        assert other.wait(60) == 0
    assert len(stories(held)) == 2
    soundness.check(held)


def test_a_commit_is_kept_before_it_is_told(held: Ledger, server: Server) -> None:
    with connected(held) as other:
        other.execute(f"ALTER DATABASE {held.engine.url.database} SET synchronous_commit = off")
    held.engine.dispose()
    with held.writing() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("53100", TryLater, "nothing half done was kept"),
        ("40001", TryLater, "nothing half done was kept"),
        ("40P01", TryLater, "nothing half done was kept"),
        ("57014", TryLater, "nothing half done was kept"),
        ("58030", TryLater, "nothing half done was kept"),
        ("42501", WrongUse, "may not do that"),
        ("XX001", BadLedger, "is damaged"),
    ],
)
def test_what_a_server_complains_of_is_explained(
    held: Ledger, code: str, kind: type[OnRecordError], words: str
) -> None:
    before = soundness.rows(held)
    with connected(held) as other:
        other.execute(
            "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = '{code}'; END $$"
        )
        other.execute("CREATE TRIGGER fails BEFORE INSERT ON reading EXECUTE FUNCTION fails()")
        refused(held, kind, f"(?s)made up.*{words}|{words}.*made up")
        assert soundness.rows(held) == before
        other.execute("DROP TRIGGER fails ON reading")
    add_one(held)


def test_a_server_that_may_not_be_written_can_be_read(held: Ledger) -> None:
    with connected(held) as other:
        other.execute(f"ALTER DATABASE {held.engine.url.database} SET default_transaction_read_only = on")
    held.engine.dispose()
    assert len(stories(held)) == 1
    refused(held, TryLater, "read-only")


def test_a_connection_that_was_dropped_is_made_anew(held: Ledger) -> None:
    drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'onrecord' AND datname = %s"
    assert len(stories(held)) == 1
    with connected(held) as other:
        other.execute(drop, [held.engine.url.database])
        add_one(held)
        assert len(stories(held)) == 2

        def dropped_halfway(ledger: Ledger) -> None:
            with ledger.writing() as connection:
                connection.execute(sa.insert(schema.derived_from).values(one=1, readings="mine", decided=""))
                other.execute(drop, [ledger.engine.url.database])

        refused(held, TryLater, "nothing half done was kept", dropped_halfway)
    with held.reading() as connection:
        assert read.derived_from(connection) is None


def test_a_ledger_whose_tables_are_gone_is_no_ledger(held: Ledger) -> None:
    with connected(held) as other:
        other.execute("DROP TABLE intake CASCADE")
    refused(held, BadLedger, "is damaged or no ledger")


def test_text_sorts_by_code_points_whatever_the_language_of_the_server(held: Ledger) -> None:
    ids = ["st-B", "st-a", "st_a", "st-a b", "st-ab", "st-Ä", "st-\U0001f6a2", "st-z", "st-é", "st-10", "st-9"]
    write.store(held, [intake(story(id=one), one) for one in ids], [], NOW)
    assert stories(held) == sorted(stories(held))
    assert len(stories(held)) == len(ids) + 1


def test_large_numbers_are_kept(held: Ledger) -> None:
    write.store(held, [intake(None, "huge.bin", [Rejection("huge.bin", "is too large", 2**40)])], [], NOW)
    assert [row.lost for row in inputs.intake(held)] == [0, 2**40]


# ---- as a file


def both(server: Server, folder: Path, source: str) -> None:
    found = []
    for place in (str(folder / "held.db"), server.ledger()):
        with closing(open_ledger(place, create=True)) as ledger:
            pipeline.add(ledger, [source], AddOptions(NOW, workers=1))
            found.append((pipeline.content(pipeline.view(ledger, now=NOW)), soundness.check(ledger)))
    assert found[0] == found[1]


def test_the_sample_gives_the_same_ledger_on_both(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The reading itself is tried elsewhere
    monkeypatch.setattr(local, "outcome_of", cache(local.outcome_of))
    both(server, tmp_path, str(Path(next(iter(sample.__path__)), "stories.jsonl")))


if SHARED.exists():
    # Development data that are not part of the project: no test where they do not lie beside the checkout

    @pytest.mark.slow
    def test_a_campaign_gives_the_same_ledger_on_both(server: Server, tmp_path: Path) -> None:
        both(server, tmp_path, str(SHARED))


# ---- several at once

DECIDES = """
import sys
from datetime import UTC, datetime
from onrecord import pipeline
from onrecord.errors import TryLater
from onrecord.ledger import open_ledger
who, count = sys.argv[1], int(sys.argv[2])
held = open_ledger(sys.stdin.readline().strip())
targets = [claim.id for one in pipeline.view(held).reads for claim in one.reading.claims]
for n in range(count):
    told = ("set", "stance", ("questions", "asserts", "denies")[n // 2 % 3]) if n % 2 else ("confirm", None, None)
    target = targets[(n * 7 + len(who)) % len(targets)]
    asked = pipeline.Judgement(told[0], target, who, field=told[1], value=told[2], key=f"{who} {n}")
    while True:
        try:
            outcome = pipeline.decide(held, asked, datetime.now(UTC))
        except TryLater:
            continue
        break
    print(outcome.decision.id, flush=True)
held.close()
"""


def deciding(place: str, workers: int, count: int) -> list[str]:
    """The decisions that processes were told of, all working at once."""
    names = ["Oda", "Brenk the", "Harbour Clerk", "Second Clerk of"][:workers]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", DECIDES, name, str(count)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for name in names
    ]  # fmt: skip
    for process in started:
        assert process.stdin is not None
        process.stdin.write(place + "\n")
        process.stdin.flush()
    told = [process.communicate(timeout=280) for process in started]
    assert [process.returncode for process in started] == [0] * workers, [said for _, said in told]
    return [line for out, _ in told for line in out.split()]


def decides_at_once(place: str, folder: Path, workers: int, count: int) -> None:
    source = write_rows(folder / "s.jsonl", rows(6))
    with closing(open_ledger(place, create=True)) as ledger:
        pipeline.add(ledger, [str(source)], AddOptions(NOW, workers=1))
        told = deciding(place, workers, count)
        view = pipeline.view(ledger, now=NOW)
        assert len(told) == len(set(told)) == workers * count, "each has its own"
        assert sorted(told) == sorted(decision.id for decision in view.decisions), "none is lost, none is doubled"
        assert {s.decision for s in view.derived.standings} == set(told)
        soundness.check(ledger)
        pipeline.rebuild(ledger, "joint", NOW)
        assert pipeline.view(ledger, now=NOW) == view, "what stands is the fold of all decisions"


def test_two_that_decide_at_once_lose_nothing(server: Server, tmp_path: Path) -> None:
    decides_at_once(server.ledger(), tmp_path, 2, 8)


@pytest.mark.slow
def test_many_that_decide_at_once_lose_nothing(server: Server, tmp_path: Path) -> None:
    decides_at_once(server.ledger(), tmp_path, 4, 25)


# ---- a server that dies

COUNT = 16
ADDS = f"""
import sys
sys.path.insert(0, {HERE!r})
from datetime import UTC, datetime
from onrecord import pipeline
from onrecord.errors import OnRecordError
from onrecord.ledger import open_ledger
from onrecord.pipeline import adding
adding.BATCH = 2
if sys.argv[2:] == ["quick"]:
    from onrecord.engines import local
    from quick import read
    local.outcome_of = read
done = 0
def told(stage, count):
    global done
    done += count
    print(done, flush=True)
try:
    held = open_ledger(sys.stdin.readline().strip(), create=True)
    pipeline.add(held, [sys.argv[1]], pipeline.AddOptions(datetime.now(UTC), workers=1, progress=told))
except OnRecordError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


@pytest.fixture(scope="module")
def mortal() -> Iterator[Server]:
    """A server that keeps what it says it has kept, and may be killed."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed here: its programs initdb and pg_ctl are asked for")
    with running(durable=True) as made:
        yield made


def killed_while_adding(server: Server, folder: Path, after: int, delay: float, reader: str) -> None:
    """Kills the server some time after so many inputs were acknowledged, and lets the adding go on later."""
    source, address = write_rows(folder / "s.jsonl", rows(COUNT)), server.ledger()
    with subprocess.Popen(
        [sys.executable, "-c", ADDS, str(source), reader],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(address + "\n")
        process.stdin.flush()
        while int(process.stdout.readline() or after) < after:
            pass
        time.sleep(delay)
        server.stop("immediate")
        rest, said = process.communicate(timeout=100)
    acknowledged = max([after, *(int(line) for line in rest.split())])
    try:
        if process.returncode != 0 or acknowledged < COUNT:
            assert process.returncode == 4, said
            assert "***@" in said
            assert PASSWORD not in said
            assert "geheim" not in said
    finally:
        server.start()
    with closing(open_ledger(address)) as ledger:
        soundness.check(ledger)
        stored = len(list(inputs.intake(ledger)))
        assert stored >= acknowledged
        assert stored % 2 == 0, "a batch is kept as a whole or not at all"
        report = pipeline.add(ledger, [str(source)], AddOptions(NOW, workers=1))
        assert (report.held, sum(report.states.values())) == (stored, COUNT - stored)
        soundness.check(ledger)
        after_all = pipeline.content(pipeline.view(ledger, now=NOW))
    with closing(open_ledger(str(folder / "undisturbed.db"), create=True)) as ledger:
        pipeline.add(ledger, [str(source)], AddOptions(NOW, workers=1))
        assert pipeline.content(pipeline.view(ledger, now=NOW)) == after_all


def test_a_server_that_dies_loses_nothing_it_acknowledged(
    mortal: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "outcome_of", quick.read)
    killed_while_adding(mortal, tmp_path, 6, 0.02, "quick")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20 if os.environ.get("ONRECORD_NIGHTLY") else 2))
def test_a_server_that_dies_again_and_again(mortal: Server, tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    killed_while_adding(mortal, tmp_path, chance.randrange(2, COUNT, 2), chance.uniform(0, 0.5), "real")


def test_a_server_that_is_away_is_waited_for_by_the_user(mortal: Server, tmp_path: Path) -> None:
    with closing(open_ledger(mortal.ledger())) as ledger:
        add_one(ledger)
        mortal.stop("fast")
        try:
            refused(ledger, TryLater, "try again when that is mended")
            refused(ledger, TryLater, "try again when that is mended", lambda held: list(read.stories(held)))
        finally:
            mortal.start()
        add_one(ledger, 3)
        assert len(stories(ledger)) == 2
