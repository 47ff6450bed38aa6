"""The commands that keep a ledger, as their users meet them."""

import json
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

from frozen import thaw
from kept import keep, unguarded
from onrecord.cli import keeping, running
from onrecord.ledger import opening


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keep(tmp_path_factory.mktemp("sound") / "held.db")


@pytest.fixture
def path(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copyfile(sound, tmp_path / "held.db"))


@pytest.fixture
def onrecord(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> "Run":
    return Run(capsys, monkeypatch)


class Run:
    """The program in this process: its exit status, its output, and what it says beside."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def __call__(self, *args: object) -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["onrecord", *map(str, args)])
        self._monkeypatch.setattr(running.signal, "signal", lambda *_: None)
        with pytest.raises(SystemExit) as ended:
            running.main()
        out, err = self._capsys.readouterr()
        return int(ended.value.code or 0), out, err


def broken(path: Path, count: int = 1) -> None:
    with unguarded(path) as connection:
        connection.execute(f"UPDATE log SET digest = 'x\x1b[31m' WHERE seq <= {count}")


def test_a_sound_ledger_is_said_to_be_so(path: Path, onrecord: Run) -> None:
    code, out, err = onrecord("verify", "--ledger", path.name)
    assert (code, err) == (0, "")
    assert out.startswith("held.db: sound; 58 entries in the log, the last ")
    assert onrecord("verify", "--ledger", path.name, "--json") == (0, "", "")


def test_damage_is_printed_a_line_each_with_exit_status_3(path: Path, onrecord: Run) -> None:
    broken(path)
    code, out, err = onrecord("verify", "--ledger", path.name)
    assert code == 3
    assert out.splitlines() == [
        "log 1: its hash does not follow from it and from the entry before",
        "intake 1: it, or its capture, story or rejections, is not as it was when it was added",
    ]
    assert err.splitlines()[-1] == "held.db: damaged in 2 places; bring back a copy with onrecord restore"


def test_the_first_fifty_are_printed_and_all_of_them_as_json(path: Path, onrecord: Run) -> None:
    broken(path, 30)
    code, out, err = onrecord("verify", "--ledger", path.name)
    assert (code, len(out.splitlines())) == (3, keeping._LISTED + 1)
    assert out.splitlines()[-1] == "and 10 more: onrecord verify --json"
    code, out, _ = onrecord("verify", "--ledger", path.name, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert (code, sum(not row["remark"] for row in rows)) == (3, 60)
    assert {"place": "log", "row": "1", "what": rows[0]["what"], "remark": False} == rows[0]
    assert "damaged in 60 places" in err


def test_a_ledger_that_cannot_even_be_opened_is_named(path: Path, onrecord: Run) -> None:
    path.write_bytes(b"\x07" * 9000)
    code, out, err = onrecord("verify", "--ledger", path.name)
    assert (code, out) == (3, "")
    assert err.startswith("onrecord: held.db: is not a ledger")


def test_a_checkpoint_is_kept_and_held_against_the_ledger(path: Path, onrecord: Run, tmp_path: Path) -> None:
    code, out, err = onrecord("checkpoint", "then.json", "--ledger", path.name)
    assert code == 0
    assert out.startswith("then.json: 58 entries, the last ")
    assert "keep it where nobody who can change the ledger can change it" in err
    kept = json.loads((tmp_path / "then.json").read_text())
    assert kept["entries"] == kept["facts"]["log"] == 58
    assert len(kept["hash"]) == len(kept["content"]) == 64
    code, out, _ = onrecord("verify", "--ledger", path.name, "--checkpoint", "then.json")
    assert code == 0
    assert "sound, and holds the checkpoint then.json" in out
    keep(tmp_path / "other.db", 2)
    code, out, _ = onrecord("verify", "--ledger", "other.db", "--checkpoint", "then.json")
    assert code == 3
    assert "its end was removed, or this is an older copy" in out


@pytest.mark.parametrize("text", ["", "{}", "not json", '{"at": "2031-04-02T00:00:00Z", "entries": "many"}', "\x00"])
def test_what_is_no_checkpoint_is_wrong_use(path: Path, onrecord: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "then.json").write_text(text)
    code, out, err = onrecord("verify", "--ledger", path.name, "--checkpoint", "then.json")
    assert (code, out) == (2, "")
    assert err.startswith("onrecord: then.json: is not a checkpoint (")


def test_a_checkpoint_is_never_overwritten(path: Path, onrecord: Run, tmp_path: Path) -> None:
    (tmp_path / "then.json").write_text("old")
    code, _, err = onrecord("checkpoint", "then.json", "--ledger", path.name)
    assert (code, err) == (2, "onrecord: then.json: there is a file already; give the checkpoint another name\n")
    assert (tmp_path / "then.json").read_text() == "old"
    code, _, err = onrecord("checkpoint", "no/such/then.json", "--ledger", path.name)
    assert (code, err.split(" (")[0]) == (2, "onrecord: no/such/then.json: cannot be written")


def test_a_backup_is_made_and_brought_back(path: Path, onrecord: Run) -> None:
    code, out, err = onrecord("backup", "copy.db", "--ledger", path.name)
    assert (code, err) == (0, "")
    assert out.startswith("copy.db: sound; 58 entries in the log, the last ")
    assert onrecord("backup", "copy.db", "--ledger", path.name)[0] == 2
    code, _, err = onrecord("restore", "copy.db", "--ledger", path.name)
    assert (code, err) == (
        2,
        "onrecord: held.db: there is a ledger already; give another path, or --replace, which keeps it beside\n",
    )
    code, out, err = onrecord("restore", "copy.db", "--ledger", path.name, "--replace")
    assert code == 0
    assert out.startswith("held.db: sound; 58 entries")
    assert err.endswith(".db: the ledger that was there\n")
    assert onrecord("verify", "--ledger", path.name)[0] == 0


def test_a_bad_backup_is_refused(path: Path, onrecord: Run, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("no backup at all")
    code, out, err = onrecord("restore", "copy.db", "--ledger", "new.db")
    assert (code, out) == (3, "")
    assert err == "onrecord: copy.db: is not a ledger; give another path, or move this file away\n"
    assert not (tmp_path / "new.db").exists()


def test_an_old_ledger_is_migrated_and_the_copy_of_it_is_told_of(
    onrecord: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    thaw("0001", tmp_path / "old.db")
    code, out, err = onrecord("migrate", "--ledger", "old.db")
    assert (code, err) == (0, "")
    assert out.startswith("old.db: brought from schema 0001 to ")
    assert out.rstrip().endswith("old.before-0006.db")
    assert onrecord("migrate", "--ledger", "old.db") == (0, "old.db: has the newest schema already\n", "")


def test_any_command_migrates_and_says_so_beside(
    onrecord: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    thaw("0001", tmp_path / "old.db")
    code, out, err = onrecord("intake", "--ledger", "old.db", "--json")
    assert (code, len(out.splitlines())) == (0, 10)
    assert err.startswith("old.db: brought from schema 0001 to ")


def test_migrating_waits_its_turn(onrecord: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr(opening, "_BUSY_MS", 50)
    monkeypatch.chdir(tmp_path)
    thaw("0001", tmp_path / "old.db")
    other = sqlite3.connect("old.db", isolation_level=None)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("BEGIN IMMEDIATE")
    code, out, err = onrecord("migrate", "--ledger", "old.db")
    assert (code, out) == (4, "")
    assert "locked" in err
    other.close()
    assert onrecord("migrate", "--ledger", "old.db")[0] == 0
