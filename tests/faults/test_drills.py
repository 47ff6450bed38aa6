"""A drill passes a backup that an operator can rely on, and names what is wrong with any other."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from invented import NOW, intake, reading, story
from kept import LATER, keep, unguarded
from onrecord import pipeline
from onrecord.errors import WrongUse
from onrecord.exports.drilling import Drill, Step, drill
from onrecord.ledger import checkpoints, copies, dumps, open_ledger, write
from onrecord.ledger.checkpoints import Checkpoint
from servers import OWNER, PASSWORD, Server, programs

STEPS = ["backup", "restore", "verify", "log", "exports"]


class Held:
    """A ledger in use, and how it is backed up."""

    def __init__(self, place: str, server: Server | None) -> None:
        self.place, self.server = place, server
        self.ledger = open_ledger(place)

    def back_up(self, target: Path) -> Path:
        if self.server is None:
            copies.backup(self.ledger, target)
            return target
        return dumped(self.server, str(self.ledger.engine.url.database), target)

    def checkpoint(self) -> Checkpoint:
        return pipeline.checkpoint(self.ledger, LATER)

    def add(self, number: int) -> None:
        told = story(number, url=f"https://courier.example/{number}")
        write.store(self.ledger, [intake(told, f"tale-{number}.txt")], [reading(told)], LATER)

    def databases(self) -> int:
        if self.server is None:
            return 0
        return len(self.server.run_sql("SELECT 1 FROM pg_database WHERE datname LIKE 'onrecord_drill%'"))

    def try_out(self, backup: Path, checkpoint: Checkpoint) -> list[Step]:
        steps = list(drill(self.ledger, Drill(backup, checkpoint, None, LATER)))
        assert self.databases() == 0, "nothing is left behind"
        return steps


def dumped(server: Server, database: str, target: Path) -> Path:
    program = programs()
    assert program is not None
    subprocess.run(
        [str(program / "pg_dump"), "--format=custom", f"--file={target}", f"--host={server.folder}", f"--username={OWNER}", database],
        env={**os.environ, "PGPASSWORD": PASSWORD}, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return target


@pytest.fixture(params=["sqlite", "postgresql"])
def held(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Held]:
    file = keep(tmp_path / "held.db")
    if request.param == "sqlite":
        made = Held(str(file), None)
    else:
        server: Server = request.getfixturevalue("server")
        place = server.ledger()
        with closing(open_ledger(str(file))) as source, closing(open_ledger(place)) as target:
            pipeline.move(source, target, LATER)
        made = Held(place, server)
    with closing(made.ledger):
        yield made


@pytest.mark.slow
def test_a_backup_of_now_passes_and_everything_is_compared(held: Held, tmp_path: Path) -> None:
    backup, checkpoint = held.back_up(tmp_path / "copy"), held.checkpoint()
    steps = held.try_out(backup, checkpoint)
    assert [(step.name, step.wrong) for step in steps] == [(name, ()) for name in STEPS]
    assert "the same on both sides" in steps[4].said
    assert "hours ago" in steps[0].said
    assert steps[3].said.endswith("its last")
    assert all(step.seconds >= 0 for step in steps)


@pytest.mark.slow
def test_a_backup_of_last_night_passes_and_says_how_much_came_since(held: Held, tmp_path: Path) -> None:
    backup, checkpoint = held.back_up(tmp_path / "copy"), held.checkpoint()
    held.add(40)
    steps = held.try_out(backup, checkpoint)
    assert [step.wrong for step in steps] == [()] * 5
    assert steps[3].said.endswith("which has 2 more by now")
    assert steps[4].said == "not compared: the ledger in use has gone on since"


@pytest.mark.slow
@pytest.mark.parametrize("part", [0.3, 0.9, 0.999])
def test_a_backup_that_was_cut_off_is_named(held: Held, tmp_path: Path, part: float) -> None:
    backup, checkpoint = held.back_up(tmp_path / "copy"), held.checkpoint()
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole) * part)])
    steps = held.try_out(backup, checkpoint)
    assert steps[-1].name in ("restore", "verify")
    assert steps[-1].wrong
    assert "copy" in steps[-1].wrong[0]


@pytest.mark.slow
def test_a_backup_from_before_the_checkpoint_is_named(held: Held, tmp_path: Path) -> None:
    backup = held.back_up(tmp_path / "copy")
    held.add(40)
    steps = held.try_out(backup, held.checkpoint())
    assert [step.name for step in steps] == STEPS[:3]
    assert "its end was removed, or this is an older copy" in steps[-1].wrong[0]


@pytest.mark.slow
def test_a_backup_in_which_a_row_was_changed_is_named(held: Held, tmp_path: Path) -> None:
    checkpoint = held.checkpoint()
    backup = held.back_up(tmp_path / "copy")
    if held.server is None:
        with unguarded(backup) as connection:
            connection.execute("UPDATE story SET headline = headline || '!' WHERE id = (SELECT min(id) FROM story)")
    else:
        address = held.server.address(held.server.database())
        dumps.restore(backup, address)
        name = address.partition("@/")[2].partition("?")[0]
        held.server.run_sql(
            "ALTER TABLE story DISABLE TRIGGER USER",
            "UPDATE story SET headline = headline || '!' WHERE id = (SELECT min(id) FROM story)",
            "ALTER TABLE story ENABLE TRIGGER USER",
            database=name,
        )
        backup = dumped(held.server, name, tmp_path / "changed")
    steps = held.try_out(backup, checkpoint)
    assert steps[-1].name == ("restore" if held.server is None else "verify")
    assert "is not as it was when it was added" in steps[-1].wrong[0]


@pytest.mark.slow
def test_a_backup_of_another_ledger_is_named(held: Held, tmp_path: Path) -> None:
    other = keep(tmp_path / "other.db", 5)
    with closing(open_ledger(str(other))) as ledger:
        copies.backup(ledger, tmp_path / "copy.db")
        theirs = pipeline.checkpoint(ledger, LATER)
    steps = held.try_out(tmp_path / "copy.db", theirs)
    assert steps[-1].name == "log"
    assert "is not in the log of" in steps[-1].wrong[0]
    steps = held.try_out(tmp_path / "copy.db", held.checkpoint())
    assert steps[-1].name == "verify"


@pytest.mark.slow
def test_exports_that_differ_are_named(held: Held, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from onrecord.exports import drilling

    backup, checkpoint = held.back_up(tmp_path / "copy"), held.checkpoint()
    real, count = drilling.files.made, iter(range(100))
    monkeypatch.setattr(
        drilling.files,
        "made",
        lambda view, form: (
            (name, data + bytes([next(count)])) if name == "claims.csv" else (name, data)
            for name, data in real(view, form)
        ),
    )
    steps = held.try_out(backup, checkpoint)
    assert steps[-1].wrong == ("exports: csv/claims.csv differs",)


@pytest.mark.slow
def test_the_command_says_it_in_its_exit_status(held: Held, tmp_path: Path) -> None:
    backup, checkpoint = held.back_up(tmp_path / "copy"), held.checkpoint()
    checkpoints.save(checkpoint, tmp_path / "kept.json")
    checkpoints.save(replace(checkpoint, entries=checkpoint.entries + 1), tmp_path / "younger.json")
    environment = {**os.environ, "PGPASSWORD": PASSWORD}
    found = {}
    for name in ("kept", "younger"):
        args = ["drill", backup, "--checkpoint", tmp_path / f"{name}.json", "--ledger", held.place.replace(":***", "")]
        found[name] = subprocess.run(
            [sys.executable, "-m", "onrecord", *map(str, args)], env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert (found["kept"].returncode, found["kept"].stderr) == (0, "")
    assert [line.split()[0] for line in found["kept"].stdout.splitlines()] == STEPS
    assert found["younger"].returncode == 3
    assert "no backup to rely on" in found["younger"].stderr
    assert PASSWORD not in str(found)
    args = [
        "drill",
        str(backup),
        "--checkpoint",
        str(tmp_path / "kept.json"),
        "--ledger",
        held.place.replace(":***", ""),
        "--json",
    ]
    told = subprocess.run(
        [sys.executable, "-m", "onrecord", *args],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert [json.loads(line)["step"] for line in told.stdout.splitlines()] == STEPS


def test_a_dump_needs_a_server(tmp_path: Path) -> None:
    held = Held(str(keep(tmp_path / "held.db", 3)), None)
    (tmp_path / "a.dump").write_bytes(b"PGDMP and no more")
    with closing(held.ledger), pytest.raises(WrongUse, match="--server ADDRESS"):
        held.try_out(tmp_path / "a.dump", held.checkpoint())
    with pytest.raises(WrongUse, match="cannot be read"):
        dumps.is_dump(tmp_path / "absent")


def test_without_pg_restore_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WrongUse, match="postgresql-client"):
        dumps.restore(tmp_path / "a.dump", "postgresql://nobody@localhost/nothing")


@pytest.mark.slow
def test_the_password_stands_on_no_command_line(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pg_restore").write_text(
        f'#!/bin/sh\necho "$@" >{tmp_path}/args\necho "$PGPASSWORD" >{tmp_path}/password\n'
    )
    (tmp_path / "pg_restore").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    dumps.restore(tmp_path / "a.dump", server.address("nothing"))
    assert "geheim" not in (tmp_path / "args").read_text()
    assert (tmp_path / "password").read_text() == f"{PASSWORD}\n"


def test_a_drill_leaves_the_backup_and_the_ledger_as_they_are(tmp_path: Path) -> None:
    held = Held(str(keep(tmp_path / "held.db", 3)), None)
    with closing(held.ledger):
        backup, checkpoint = held.back_up(tmp_path / "copy.db"), held.checkpoint()
        before = backup.read_bytes()
        shutil.copy(backup, tmp_path / "same.db")
        held.try_out(backup, checkpoint)
        assert backup.read_bytes() == before
        assert pipeline.checkpoint(held.ledger, NOW).hash == checkpoint.hash


@pytest.mark.slow
def test_the_scripts_of_the_night_back_up_and_try_out(held: Held, tmp_path: Path) -> None:
    folder, elsewhere, programs_ = (tmp_path / name for name in ("backups", "elsewhere", "bin"))
    for made in (folder, elsewhere, programs_):
        made.mkdir()
    (programs_ / "onrecord").write_text(f'#!/bin/sh\nexec {sys.executable} -m onrecord "$@"\n')
    (programs_ / "onrecord").chmod(0o755)
    deploy, place = Path(__file__).resolve().parents[2] / "deploy", held.place.replace(":***", "")
    environment = {
        **os.environ, "PATH": f"{programs_}:{os.environ['PATH']}", "PGPASSWORD": PASSWORD, "ONRECORD_ELSEWHERE": str(elsewhere),
    }  # fmt: skip

    def run(*args: object) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(deploy / str(args[0])), *map(str, args[1:])], env=environment, capture_output=True, text=True, timeout=120, check=False
        )  # fmt: skip

    nothing = run("drill.sh", place, folder)
    assert (nothing.returncode, nothing.stderr) == (3, f"drill.sh: {folder}: holds no backup\n")
    for ending in ("db", "dump", "json"):
        (folder / f"onrecord-20200101T000000Z.{ending}").touch()
        os.utime(folder / f"onrecord-20200101T000000Z.{ending}", (0, 0))
    (folder / "mine.db").touch()
    os.utime(folder / "mine.db", (0, 0))
    backed = run("backup.sh", place, folder, 14)
    assert (backed.returncode, backed.stderr.count("\n")) == (0, 1), backed.stderr
    made = Path(backed.stdout.splitlines()[-1])
    kept = {path.name for path in folder.iterdir()}
    assert kept == {made.name, made.with_suffix(".json").name, "onrecord-20200101T000000Z.json", "mine.db"}
    assert {path.name for path in elsewhere.iterdir()} == {made.name, made.with_suffix(".json").name}
    assert made.stat().st_mode & 0o077 == 0
    tried = run("drill.sh", place, folder, elsewhere)
    assert (tried.returncode, len(tried.stdout.splitlines())) == (0, 5), tried.stderr
