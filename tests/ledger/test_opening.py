"""A path is made a ledger, opened as one, or refused with a reason that names it."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from invented import NOW, intake
from nobody import as_nobody
from onrecord.errors import BadLedger, OnRecordError, TryLater, WrongUse
from onrecord.ledger import Ledger, inputs, open_ledger, read, schema, write


def test_a_ledger_is_made_where_there_is_none_and_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "a ledger % with a name?.db"
    open_ledger(str(path), create=True).close()
    held = open_ledger(str(path))
    assert held.place == str(path)
    assert list(read.stories(held)) == []
    held.close()
    assert path.exists()


def test_a_path_of_the_working_folder_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    held = open_ledger("here.db", create=True)
    monkeypatch.chdir("/")
    assert list(inputs.intake(held)) == []
    held.close()


def test_it_is_kept_safely(tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "held.db"), create=True)
    with ledger.reading() as connection:
        found = {
            p: connection.exec_driver_sql(f"PRAGMA {p}").scalar()
            for p in ("journal_mode", "synchronous", "foreign_keys")
        }
    ledger.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def other_program(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    connection.close()


def newer(path: Path) -> None:
    open_ledger(str(path), create=True).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


def damaged(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + b"\x07" * 4080)


REFUSED = {
    "a folder": (lambda path: path.mkdir(), BadLedger, "is not a file"),
    "a text": (lambda path: path.write_text("Shells hit the quay.\n" * 9), BadLedger, "is not a ledger"),
    "a word": (lambda path: path.write_text("Shells"), BadLedger, "is not a ledger"),
    "of another program": (other_program, BadLedger, "another program"),
    "of a newer program": (newer, BadLedger, "newer OnRecord"),
    "damaged": (damaged, BadLedger, "is not a ledger"),
}


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_ledger_is_refused_and_left_as_it_is(tmp_path: Path, case: str, create: bool) -> None:
    make, error, words = REFUSED[case]
    path = tmp_path / "held.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(error, match=words) as caught:
        open_ledger(str(path), create=create)
    assert str(caught.value).startswith(f"{path}: ")
    if before is not None:
        assert path.read_bytes()[:16] == before[:16]
        assert len(path.read_bytes()) == len(before)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("sqlite:///x.db", "no address of a PostgreSQL server"),
        ("mysql://me:geheim@host/db", "no address of a PostgreSQL server"),
        ("postgresql://me:geheim@host", "names no database"),
        ("postgresql://me:geheim@host/?password=geheim", "names no database"),
        ("postgresql://me:ge#heim/geheim@host:port/db", "cannot be read as an address"),
        ("postgresql://me:geheim@127.0.0.1:1/db?geheimnis=1", "cannot be read as an address"),
        ("postgresql://me:geheim@127.0.0.1:99999/db", "cannot be read as an address"),
        ("", "not the path"),
        ("  ", "not the path"),
        (":memory:", "not the path"),
        ("a\x00b", "not the path"),
        ("x" * 5000, "cannot be opened"),
    ],
)
def test_what_is_no_path_is_wrong_use(place: str, words: str) -> None:
    with pytest.raises(WrongUse, match=words) as caught:
        open_ledger(place, create=True)
    assert "geheim@" not in str(caught.value)
    assert "=geheim" not in str(caught.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="no/such does not exist"):
        open_ledger(str(tmp_path / "no" / "such" / "held.db"), create=True)
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("empty", [True, False])
def test_nothing_is_made_where_none_is_wanted(tmp_path: Path, empty: bool) -> None:
    path = tmp_path / "held.db"
    if empty:
        path.touch()
    with pytest.raises(WrongUse, match="there is no ledger here; make one with: onrecord add"):
        open_ledger(str(path))
    assert path.exists() == empty
    assert not empty or path.stat().st_size == 0


def test_an_empty_file_is_made_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "held.db"
    path.touch()
    open_ledger(str(path), create=True).close()
    open_ledger(str(path)).close()


def of_the_schema(name: str | None, _kind: str, _parents: object) -> bool:
    """The parts of the claims and what finds words in them: each database has its own."""
    return not (name or "").startswith("claim_")


def test_the_revisions_make_what_the_schema_says(ledger: Ledger) -> None:
    with ledger.reading() as connection:
        opts = {"compare_type": True, "compare_server_default": True, "include_name": of_the_schema}
        assert compare_metadata(MigrationContext.configure(connection, opts=opts), schema.metadata) == []


def test_an_interrupted_making_is_finished(tmp_path: Path) -> None:
    """What a kill leaves behind: the file in its mode, without a table."""
    path = tmp_path / "held.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    held = open_ledger(str(path), create=True)
    assert list(inputs.intake(held)) == []
    held.close()


def test_two_processes_make_one_at_once(tmp_path: Path) -> None:
    code = f"from onrecord.ledger import open_ledger; open_ledger({str(tmp_path / 'held.db')!r}, create=True).close()"
    running = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(4)]
    said = [process.communicate(timeout=60)[1].decode() for process in running]
    assert [process.returncode for process in running] == [0] * 4, said
    open_ledger(str(tmp_path / "held.db")).close()


def test_a_file_that_may_not_be_written_can_be_read() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        path = Path(folder, "held.db")
        open_ledger(str(path), create=True).close()
        path.chmod(0o444)
        with as_nobody():
            held = open_ledger(str(path))
            assert list(inputs.intake(held)) == []
            with pytest.raises(TryLater, match="cannot be written here") as caught:
                write.store(held, [intake(None)], [], NOW)
            held.close()
        assert str(caught.value).startswith(f"{path}: ")


def test_a_file_that_may_not_be_read_is_refused() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder, "held.db")
        open_ledger(str(path), create=True).close()
        path.chmod(0)
        with as_nobody(), pytest.raises(TryLater, match="unable to open"):
            open_ledger(str(path))


def test_opening_again_leaves_the_locks_of_the_first(tmp_path: Path) -> None:
    """Closing any handle of a file drops a process's locks on it; then another process would think itself alone."""
    place = str(tmp_path / "held.db")
    first = open_ledger(place, create=True)
    with first.writing() as connection:
        connection.execute(sa.insert(schema.derived_from).values(one=1, readings="mine", decided=""))
        open_ledger(place).close()
        code = f"import sqlite3; sqlite3.connect({place!r}, timeout=0.1).execute('BEGIN IMMEDIATE')"
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
        assert "locked" in found.stderr
    with first.reading() as connection:
        assert read.derived_from(connection) == ("mine", "")
    first.close()


def test_bugs_pass_through(ledger: Ledger) -> None:
    with pytest.raises(sa.exc.DatabaseError), ledger.reading() as connection:
        connection.exec_driver_sql("SELEC 1")


def test_the_errors_are_ours() -> None:
    assert issubclass(BadLedger, OnRecordError)
    assert BadLedger("x").exit_code == 3
