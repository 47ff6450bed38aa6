"""Several programs on one file at once: each has its turn, nothing is doubled or lost, and a kill leaves no lock."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import pytest

import quick
import soundness
from invented import NOW, intake, rows, story, write_rows
from nobody import as_nobody
from onrecord import pipeline
from onrecord.engines import local, reader_name
from onrecord.errors import TryLater
from onrecord.ledger import Ledger, inputs, open_ledger, opening, read, write
from onrecord.pipeline import AddOptions

HERE = str(Path(__file__).resolve().parents[1])


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    monkeypatch.setattr(opening, "_BUSY_MS", 100)
    with closing(open_ledger(str(tmp_path / "held.db"), create=True)) as ledger:
        yield ledger


def run(code: str, *args: str) -> "subprocess.Popen[str]":
    start = f"import sys; sys.path.insert(0, {HERE!r})\n"
    return subprocess.Popen(
        [sys.executable, "-c", start + code, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip


def add_one(ledger: Ledger, number: int = 1) -> None:
    write.store(ledger, [intake(story(number), f"{number}.txt")], [], NOW)


HOLDS = """
from onrecord.ledger import open_ledger
with open_ledger(sys.argv[1]).writing():
    print("there", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def writing_elsewhere(ledger: Ledger) -> "Iterator[subprocess.Popen[str]]":
    with run(HOLDS, ledger.place) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n", process.stderr and process.stderr.read()
        yield process
        process.kill()


def test_who_does_not_get_its_turn_is_told_and_reads_all_the_same(held: Ledger) -> None:
    add_one(held)
    with writing_elsewhere(held):
        with pytest.raises(TryLater, match="another program writes to it") as caught:
            add_one(held, 2)
        assert str(caught.value).startswith(f"{held.place}: ")
        assert len(list(read.stories(held))) == 1
        with closing(open_ledger(held.place)) as another:
            assert len(list(read.stories(another))) == 1
        started = time.monotonic()
        held.close()
        assert time.monotonic() - started < 2, "whoever has only read goes at once"
        assert len(list(read.stories(held))) == 1


def test_a_lock_ends_with_the_process_that_held_it(held: Ledger) -> None:
    with writing_elsewhere(held) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        add_one(held)
    assert Path(held.place + "-lock").exists(), "the file was left behind, the lock was not"
    assert len(list(read.stories(held))) == 1


def test_threads_take_turns_too(held: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_BUSY_MS", 20_000)
    threads = [Thread(target=lambda n=n: [add_one(held, 10 * n + i) for i in range(5)]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(read.stories(held))) == 20
    soundness.check(held)


def test_one_thread_may_close_one_ledger_while_it_writes_to_another(held: Ledger) -> None:
    """Both are the same file; that it waited for itself would never end."""
    with held.writing():
        open_ledger(held.place).close()
    add_one(held)


def test_links_to_one_ledger_lead_to_one_lock(held: Ledger, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.db"
    link.symlink_to(held.place)
    with closing(open_ledger(str(link))) as other, writing_elsewhere(held), pytest.raises(TryLater):
        add_one(other)
    assert [path.name for path in link.parent.iterdir()] == ["link.db"], "no lock beside the link"


def test_who_may_write_the_ledger_may_take_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "held.db"
    path.touch()
    path.chmod(0o664)
    with closing(open_ledger(str(path), create=True)):
        assert (tmp_path / "held.db-lock").stat().st_mode & 0o777 == 0o664


def test_where_no_lock_can_be_made_the_ledger_can_be_read() -> None:
    with TemporaryDirectory() as folder:
        place = str(Path(folder, "held.db"))
        with closing(open_ledger(place, create=True)) as ledger:
            add_one(ledger)
            Path(place + "-lock").unlink(missing_ok=True)
            Path(folder).chmod(0o555)
            # Somebody keeps it open, so that its log can be read where none can be made
            with as_nobody(), closing(open_ledger(place)) as other:
                assert len(list(read.stories(other))) == 1
                with pytest.raises(TryLater, match=r"its lock file held\.db-lock cannot") as caught:
                    add_one(other, 2)
            assert str(caught.value).startswith(f"{place}: ")
        Path(folder).chmod(0o755)


def test_closed_it_is_one_file_again(held: Ledger) -> None:
    add_one(held)
    held.close()
    assert [path.name for path in Path(held.place).parent.iterdir()] == ["held.db"]


def test_the_lock_of_who_writes_outlives_a_closing_beside_it(held: Ledger) -> None:
    with held.writing():
        open_ledger(held.place).close()
        with closing(open_ledger(held.place)) as other:
            found: list[str] = []
            thread = Thread(target=lambda: found.append(refusal(other)))
            thread.start()
            thread.join()
        assert "another program writes to it" in found[0]


def refusal(ledger: Ledger) -> str:
    with pytest.raises(TryLater) as caught:
        add_one(ledger, 5)
    return str(caught.value)


def test_reading_makes_no_lock(held: Ledger) -> None:
    lock = Path(held.place + "-lock")
    held.close()
    assert list(read.stories(held)) == []
    held.close()
    assert not lock.exists()


# ---- all at once

ADDS = """
from datetime import UTC, datetime
from onrecord import pipeline
from onrecord.ledger import open_ledger
from onrecord.pipeline import adding
adding.BATCH = 2
if sys.argv[3] == "quick":
    from onrecord.engines import local
    from quick import read
    local.outcome_of = read
held = open_ledger(sys.argv[1], create=True)
print("there", flush=True)
sys.stdin.readline()
report = pipeline.add(held, [sys.argv[2]], pipeline.AddOptions(datetime.now(UTC), workers=1))
held.close()
print(sum(report.states.values()), report.held)
"""
READS = """
from onrecord import pipeline
from onrecord.ledger import open_ledger, read
print("there", flush=True)
sys.stdin.readline()
looks = seen = 0
while seen < int(sys.argv[2]):
    held = open_ledger(sys.argv[1])
    found = len(list(read.stories(held)))
    assert found >= seen, "what was there stays"
    seen, looks = found, looks + 1
    held.close()
print(looks)
"""


def backup(place: str, to: Path) -> None:
    """A copy while others write, as SQLite makes one."""
    with closing(sqlite3.connect(place)) as from_, closing(sqlite3.connect(to)) as copy:
        from_.execute("PRAGMA busy_timeout=10000")
        from_.backup(copy, pages=5, sleep=0.001)


def everybody_at_once(folder: Path, count: int, adders: int, reader: str) -> None:
    """Adders whose inputs overlap by half, a reader that opens and closes, and backups, all on one file."""
    place = str(folder / "held.db")
    told = rows(count * (adders + 1) // 2)
    with closing(open_ledger(place, create=True)) as made:
        assert list(read.stories(made)) == []
    sources = [write_rows(folder / f"s{n}.jsonl", told[n * count // 2 : n * count // 2 + count]) for n in range(adders)]
    started = [run(ADDS, place, str(source), reader) for source in sources] + [run(READS, place, str(len(told)))]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n", process.stderr and process.stderr.read()
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    copies = []
    while any(process.poll() is None for process in started[:-1]):
        copies.append(folder / f"copy{len(copies)}.db")
        backup(place, copies[-1])
        time.sleep(0.3)
    said = [process.communicate(timeout=100) for process in started]
    assert [process.returncode for process in started] == [0] * len(started), [words for _, words in said]
    new = [int(out.split()[0]) for out, _ in said[:-1]]
    with closing(open_ledger(place)) as ledger:
        soundness.check(ledger)
        stories = [found.id for found in read.stories(ledger)]
        books = [(row.source, row.story) for row in inputs.intake(ledger)]
        assert len(stories) == len(set(stories)) == len(told)
        assert len(books) == len(set(books)) == sum(new) == count * adders
        with ledger.reading() as connection:
            held_readings = read.reads(connection)
            assert {one.reading.reader for one in held_readings} == {reader_name()}
        assert len(held_readings) == len(told)
        content = pipeline.content(pipeline.view(ledger, now=NOW))
    with closing(open_ledger(str(folder / "alone.db"), create=True)) as alone:
        pipeline.add(alone, [str(source) for source in sources], AddOptions(NOW, workers=1))
        assert pipeline.content(pipeline.view(alone, now=NOW)) == content
    for copy in copies:
        with closing(open_ledger(str(copy))) as ledger:
            soundness.check(ledger)
    with closing(sqlite3.connect(place)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.slow
def test_two_that_add_and_one_that_reads_and_one_that_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "outcome_of", quick.read)
    everybody_at_once(tmp_path, 30, 2, "quick")


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_many_that_add_and_one_that_reads_and_one_that_copies(tmp_path: Path) -> None:
    everybody_at_once(tmp_path, 24, 3, "real")
