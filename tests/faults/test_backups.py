"""A copy is whole and sound or is not there; a bad one never touches the ledger."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from dying import killed_beside, needs_fork, short_of_room
from frozen import thaw
from invented import NOW, intake, reading, story
from kept import LATER, keep, unguarded
from onrecord import pipeline
from onrecord.errors import BadLedger, OnRecordError, TryLater, WrongUse
from onrecord.ledger import Ledger, copies, inputs, open_ledger, read, schema, snapshots, write

WRITER = """
import sys
from invented import NOW, intake, reading, story
from onrecord.ledger import open_ledger, write
ledger = open_ledger(sys.argv[1], create=True)
for n in range(int(sys.argv[2])):
    told = story(n)
    write.store(ledger, [intake(told, f"tale-{n}.txt")], [reading(told)], NOW)
    print(n, flush=True)
"""
BACKUPS = 20 if os.environ.get("ONRECORD_NIGHTLY") else 6


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keep(tmp_path_factory.mktemp("sound") / "held.db")


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(sound, tmp_path / "held.db"))


@contextmanager
def opened(path: Path) -> Iterator[Ledger]:
    ledger = open_ledger(str(path))
    try:
        yield ledger
    finally:
        ledger.close()


def back_up(path: Path, target: Path) -> copies.Copied:
    with opened(path) as ledger:
        return copies.backup(ledger, target)


def content(path: Path) -> str:
    with opened(path) as ledger:
        said = pipeline.content(pipeline.view(ledger, now=LATER))
        assert list(pipeline.verify(ledger)) == []
    return said


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file()}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("times", [2, pytest.param(BACKUPS, marks=pytest.mark.slow)])
def test_a_backup_under_load_is_the_ledger_of_one_moment(tmp_path: Path, times: int) -> None:
    held, elsewhere = tmp_path / "held.db", tmp_path / "elsewhere"
    elsewhere.mkdir()
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(held), str(times * 200)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    writer.stdout.readline()
    entries = []
    for n in range(times):
        copied = back_up(held, tmp_path / f"copy-{n}.db")
        entries.append(copied.entries)
        assert writer.poll() is None, "the writer still writes"
    writer.send_signal(signal.SIGKILL)
    assert "locked" not in writer.communicate(timeout=60)[1]
    assert entries == sorted(set(entries)), "each has more than the one before"
    for n, count in enumerate(entries):
        restored = elsewhere / f"{n}.db"
        assert copies.restore(tmp_path / f"copy-{n}.db", str(restored), NOW).entries == count
        with opened(restored) as ledger:
            assert len(list(inputs.intake(ledger))) * 2 == count, "an input and its reading, or neither"
        # What was in it by then, kept by a ledger that nobody copied
        alike = open_ledger(str(elsewhere / f"alike-{n}.db"), create=True)
        told = [story(i) for i in range(count // 2)]
        write.store(alike, [intake(one, f"tale-{i}.txt") for i, one in enumerate(told)], map(reading, told), NOW)
        said = pipeline.content(pipeline.view(alike, now=LATER))
        alike.close()
        assert content(restored) == said


def test_a_restored_backup_is_the_ledger(path: Path, tmp_path: Path) -> None:
    copied = back_up(path, tmp_path / "copy.db")
    (tmp_path / "box").mkdir()
    restored = copies.restore(tmp_path / "copy.db", str(tmp_path / "box" / "held.db"), NOW)
    assert (restored.entries, restored.hash, restored.kept) == (copied.entries, copied.hash, None)
    assert sorted(p.name for p in (tmp_path / "box").iterdir()) == ["held.db"]
    assert content(tmp_path / "box" / "held.db") == content(path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["box", "copy.db", "held.db"]


def test_a_backup_can_be_restored_from_where_nothing_can_be_written(path: Path, tmp_path: Path) -> None:
    (tmp_path / "disc").mkdir()
    back_up(path, tmp_path / "disc" / "copy.db")
    (tmp_path / "disc" / "copy.db").chmod(0o444)
    (tmp_path / "disc").chmod(0o555)
    before = files(tmp_path / "disc")
    copies.restore(tmp_path / "disc" / "copy.db", str(tmp_path / "new.db"), NOW)
    assert files(tmp_path / "disc") == before
    (tmp_path / "disc").chmod(0o755)


def test_an_existing_file_is_never_overwritten_by_a_backup(path: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(WrongUse, match="there is a file already"):
        back_up(path, tmp_path / "copy.db")
    with pytest.raises(WrongUse, match="there is a file already"):
        back_up(path, path)
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_a_file_that_comes_meanwhile_is_not_overwritten(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = snapshots.settle
    monkeypatch.setattr(snapshots, "settle", lambda made: ((tmp_path / "copy.db").write_text("mine"), done(made)))
    with pytest.raises(WrongUse, match="has come there meanwhile"):
        back_up(path, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_a_folder_that_is_not_there_is_named(path: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="no/such does not exist"):
        back_up(path, tmp_path / "no" / "such" / "copy.db")


def test_a_damaged_ledger_gives_no_backup(path: Path, tmp_path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute("UPDATE decision SET body = replace(body, 'Ada', 'Ida')")
    with pytest.raises(BadLedger, match=r"held.db: is damaged, and a copy of it would be no backup \(decision 1: "):
        back_up(path, tmp_path / "copy.db")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["held.db"]


def cut(share: float) -> Callable[[Path], None]:
    def act(copy: Path) -> None:
        with copy.open("r+b") as file:
            file.truncate(int(copy.stat().st_size * share))

    return act


def overwritten(page: int) -> Callable[[Path], None]:
    def act(copy: Path) -> None:
        with copy.open("r+b") as file:
            file.seek(page * 4096)
            file.write(b"\x00" * 4096)

    return act


def changed(statement: str) -> Callable[[Path], None]:
    def act(copy: Path) -> None:
        with unguarded(copy) as connection:
            connection.execute(statement)

    return act


def other_program(copy: Path) -> None:
    copy.unlink()
    connection = sqlite3.connect(copy)
    connection.execute("CREATE TABLE songs (title TEXT)")
    connection.close()


def without_guard(copy: Path) -> None:
    connection = sqlite3.connect(copy)
    connection.execute("DROP TRIGGER log_no_update")
    connection.close()


BAD: dict[str, Callable[[Path], object]] = {
    "nothing in it": lambda copy: copy.write_bytes(b""),
    "a text": lambda copy: copy.write_text("Shells hit the quay.\n" * 99),
    "of another program": other_program,
    "of a newer program": changed("UPDATE alembic_version SET version_num = '9999'"),
    "a changed fact": changed("UPDATE story SET text = replace(text, 'six', 'two')"),
    "a fact taken out": changed("DELETE FROM switch"),
    "a guard taken out": without_guard,
    **{f"cut at {share}": cut(share) for share in (0.001, 0.1, 0.5, 0.9, 0.99)},
    **{f"page {page} gone": overwritten(page) for page in (0, 1, 3, 7)},
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("there", [True, False])
def test_a_bad_backup_is_refused_and_the_ledger_is_not_touched(
    path: Path, tmp_path: Path, case: str, there: bool
) -> None:
    (tmp_path / "away").mkdir()
    copy = tmp_path / "away" / "copy.db"
    back_up(path, copy)
    BAD[case](copy)
    target = path if there else tmp_path / "new.db"
    before, bad = files(tmp_path), copy.read_bytes()
    with pytest.raises(BadLedger) as caught:
        copies.restore(copy, str(target), NOW, replace=there)
    assert str(caught.value).startswith(f"{copy}: ")
    assert files(tmp_path) == before
    assert copy.read_bytes() == bad


def test_no_backup_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="there is no such file"):
        copies.restore(tmp_path / "copy.db", str(tmp_path / "held.db"), NOW)
    with pytest.raises(WrongUse, match="onrecord move"):
        copies.restore(tmp_path / "copy.db", "postgresql://host/db", NOW)


def test_a_backup_of_an_older_schema_is_brought_up_and_stays_as_it_is(tmp_path: Path) -> None:
    copy = thaw("0001", tmp_path / "copy.db")
    before = copy.read_bytes()
    copies.restore(copy, str(tmp_path / "held.db"), NOW)
    assert copy.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy.db", "held.db"]
    content(tmp_path / "held.db")


def test_a_ledger_in_use_can_be_restored_from_as_it_stands(path: Path, tmp_path: Path) -> None:
    with opened(path) as ledger:
        write.store(ledger, [intake(story(50), "new.txt")], [reading(story(50))], LATER)
        assert Path(f"{path}-wal").stat().st_size > 0
        copies.restore(path, str(tmp_path / "new.db"), NOW)
    assert content(tmp_path / "new.db") == content(path)


def test_a_ledger_that_is_there_is_replaced_only_if_wished_and_kept_beside(path: Path, tmp_path: Path) -> None:
    other = keep(tmp_path / "other.db", 4)
    old = content(path)
    before = files(tmp_path)
    with pytest.raises(WrongUse, match="there is a ledger already; give another path, or --replace"):
        copies.restore(other, str(path), NOW)
    assert files(tmp_path) == before
    restored = copies.restore(other, str(path), NOW, replace=True)
    assert restored.kept == tmp_path / "held.replaced-20310402T083000.db"
    assert content(restored.kept) == old
    assert content(path) == content(other) != old
    again = copies.restore(other, str(path), NOW, replace=True)
    assert again.kept == tmp_path / "held.replaced-20310402T083000-2.db"


@pytest.mark.parametrize("there", ["an empty file", "a folder"])
def test_what_is_no_ledger_is_not_taken_for_one(path: Path, tmp_path: Path, there: str) -> None:
    target = tmp_path / "there.db"
    if there == "a folder":
        target.mkdir()
        with pytest.raises(WrongUse, match="not a file"):
            copies.restore(path, str(target), NOW, replace=True)
    else:
        target.touch()
        assert copies.restore(path, str(target), NOW).kept is None
        assert content(target) == content(path)


@pytest.mark.parametrize("by", ["this process", "another process"])
def test_a_ledger_that_somebody_has_open_is_not_replaced(path: Path, tmp_path: Path, by: str) -> None:
    other = keep(tmp_path / "other.db", 4)
    if by == "this process":
        with opened(path) as ledger, ledger.reading() as connection:
            assert len(read.reads(connection)) == 12
            with pytest.raises(TryLater, match="another program has this ledger open"):
                copies.restore(other, str(path), NOW, replace=True)
    else:
        code = (
            "import sys; from onrecord.ledger import open_ledger, read; ledger = open_ledger(sys.argv[1])\n"
            "with ledger.reading() as c: read.reads(c); print('open', flush=True); sys.stdin.read()"
        )
        holder = subprocess.Popen(
            [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(TryLater, match="another program has this ledger open"):
            copies.restore(other, str(path), NOW, replace=True)
        holder.communicate("", timeout=30)
    assert not list(tmp_path.glob("*replaced*"))
    assert content(path) != content(other)


def test_a_damaged_ledger_is_replaced_and_nothing_of_it_comes_back(path: Path, tmp_path: Path) -> None:
    """What its users wrote last lies in a file beside it, which would be read into any ledger of its name."""
    copy = tmp_path / "copy.db"
    back_up(path, copy)
    (tmp_path / "live").mkdir()
    live = tmp_path / "live" / "held.db"
    with opened(path) as ledger:
        with ledger.writing() as connection:
            connection.execute(sa.update(schema.derived_from).values(decided="mine"))
        for side in ("", *snapshots.SIDES):
            shutil.copyfile(f"{path}{side}", f"{live}{side}")
    with live.open("r+b") as file:
        file.write(b"\x07" * 4096)
    restored = copies.restore(copy, str(live), NOW, replace=True)
    assert restored.kept is not None
    assert not Path(f"{live}-wal").exists()
    with opened(live) as ledger, ledger.reading() as connection:
        assert "mine" not in (read.derived_from(connection) or ())
    assert content(live) == content(copy)
    assert restored.kept.read_bytes()[:16] == b"\x07" * 16


STEPS = ["snapshot", "settle", "place", "settle_folder"]


@needs_fork
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_killed_backup_is_whole_or_not_there(path: Path, tmp_path: Path, step: str, moment: str) -> None:
    copy = tmp_path / "copy.db"
    assert killed_beside(snapshots, step, moment, lambda: back_up(path, copy)) == -signal.SIGKILL
    there = (step, moment) in (("place", "after"), ("settle_folder", "before"), ("settle_folder", "after"))
    assert copy.exists() == there
    if not there:
        back_up(path, copy)
    assert content(copy) == content(path)


@needs_fork
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_killed_restore_leaves_a_whole_ledger(path: Path, tmp_path: Path, step: str, moment: str) -> None:
    other = keep(tmp_path / "other.db", 4)
    old, new = content(path), content(other)

    def act() -> None:
        copies.restore(other, str(path), NOW, replace=True)

    assert killed_beside(snapshots, step, moment, act) == -signal.SIGKILL
    assert content(path) in (old, new)
    act()
    assert content(path) == new
    assert old in [content(kept) for kept in tmp_path.glob("*.replaced-*")]


@needs_fork
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_full_disk_leaves_no_half_a_copy(path: Path, tmp_path: Path, share: float) -> None:
    most = int(path.stat().st_size * share)
    assert short_of_room(most, lambda: back_up(path, tmp_path / "copy.db")) == 4
    back_up(path, tmp_path / "other.db")
    before = files(tmp_path)

    def restored() -> None:
        copies.restore(tmp_path / "other.db", str(path), NOW, replace=True)

    assert short_of_room(most, restored) == 4
    assert files(tmp_path) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["held.db", "other.db"]


def test_the_errors_name_the_file(path: Path, tmp_path: Path) -> None:
    with pytest.raises(OnRecordError) as caught:
        copies.restore(tmp_path, str(path), NOW)
    assert str(caught.value).startswith(f"{tmp_path}: ")
