"""Too little of something, or a signal: the program ends with a line that says so, and the ledger is clean."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import acts
import pytest
from broken import command, content, held, told

from onrecord.ledger import open_ledger, read

resource = pytest.importorskip("resource", reason="this system has no limits on what a program may take")
ADD = ("add", "s.jsonl", "--ledger", "held.db", "--workers", "1")
NOBODY = 65534


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    shutil.copy(prepared / "s.jsonl", tmp_path)
    shutil.copy(prepared / "readings.json", tmp_path)
    return tmp_path


def limited(folder: Path, limit: Callable[[], None], *args: object, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(*args),
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, **env},
        timeout=100,
        check=False,
        preexec_fn=limit,
    )


def mended(folder: Path) -> None:
    """Nothing was kept that a later run would take for done: it adds all, and refuses none."""
    books = []
    if held(folder / "held.db") == 0 and (folder / "held.db").exists():
        ledger = open_ledger(str(folder / "held.db"), create=True)
        books = list(read.intake(ledger))
        ledger.close()
    assert books == []
    found = subprocess.run(
        acts.command_line(folder, *ADD), cwd=folder, capture_output=True, text=True, timeout=200, check=False
    )
    assert (found.returncode, f"{acts.SMALL} ok" in found.stdout) == (0, True), found.stderr
    content(folder / "held.db")


@pytest.mark.parametrize("megabytes", [700, pytest.param(500, marks=pytest.mark.slow)])
def test_too_little_memory_is_no_fault_of_the_stories(folder: Path, megabytes: int) -> None:
    most = megabytes << 20
    found = limited(folder, lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most)), *ADD)
    told(found, "memory")
    mended(folder)


@pytest.mark.parametrize("files", [8, pytest.param(6, marks=pytest.mark.slow)])
def test_too_few_open_files_are_no_fault_of_the_stories(folder: Path, files: int) -> None:
    found = limited(folder, lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)), *ADD)
    told(found, "Too many open files", "unable to open")
    mended(folder)


def test_no_folder_for_temporary_files_is_no_fault_of_the_stories(folder: Path) -> None:
    """Nobody may write anywhere here: neither TMPDIR nor the folders that are tried after it."""
    code = (
        "import tempfile\n"
        "tempfile._candidate_tempdir_list = lambda: ['/no/such/folder']\n"
        f"import sys; sys.argv = ['onrecord', *{ADD!r}]\n"
        "from onrecord import cli; cli.main()\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=100, check=False
    )
    told(found, "No usable temporary directory")
    assert "s.jsonl:1: " in found.stderr
    mended(folder)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only an administrator can run as somebody else")
class TestAsSomebodyWhoMayNot:
    def run(self, prepared: Path, folder: Path, *args: object) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            acts.command_line(prepared, *args),
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
        )

    @pytest.fixture
    def place(self, prepared: Path, folder: Path) -> Path:
        """A folder that everybody may look into, and where only an administrator may write."""
        for path in (*folder.parents, *prepared.parents, prepared):
            if path.stat().st_mode & 0o005 != 0o005 and str(path).startswith("/tmp/"):
                path.chmod(0o755)
        folder.chmod(0o755)
        probe = subprocess.run([sys.executable, "-c", "import onrecord"], user=NOBODY, cwd="/", check=False)
        if probe.returncode:
            pytest.skip("nobody may run this Python here")
        return folder

    def test_a_folder_that_may_not_be_written(self, prepared: Path, place: Path) -> None:
        told(self.run(prepared, place, *ADD), "unable to open database file")
        assert not (place / "held.db").exists()

    def test_a_ledger_that_may_not_be_written(self, prepared: Path, place: Path) -> None:
        shutil.copy(prepared / "decide.db", place / "held.db")
        (place / "s.jsonl").write_text('{"text": "Shells fell on the quay at Varnholm and nobody was hurt."}\n')
        before = (place / "held.db").read_bytes()
        told(self.run(prepared, place, *ADD), "readonly", "unable to open")
        assert (place / "held.db").read_bytes() == before


def stopped(folder: Path, act: str, number: signal.Signals) -> "subprocess.Popen[bytes]":
    """Sends a signal to an endless change of a ledger once it has begun; gives the process, which has ended."""
    process = subprocess.Popen(
        acts.command(folder / "held.db", act, "1"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    for _ in range(3):
        process.stdout.readline()
    process.send_signal(number)
    process.communicate(timeout=60)
    return process


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGPIPE"])
def test_a_signal_while_people_decide_and_readers_are_switched(prepared: Path, tmp_path: Path, name: str) -> None:
    shutil.copy(prepared / "go_back.db", tmp_path / "held.db")
    before = content(tmp_path / "held.db")
    process = stopped(tmp_path, "endless", getattr(signal, name))
    if name != "SIGPIPE":  # Python passes over it
        assert process.returncode != 0
    assert content(tmp_path / "held.db") != before, "what was done before the signal is kept"


def test_whoever_reads_the_output_of_a_long_run_may_leave(prepared: Path, folder: Path) -> None:
    """The report cannot be printed; everything is kept all the same."""
    process = subprocess.Popen(
        acts.command_line(prepared, *ADD), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)
    assert b"Traceback" not in said
    assert held(folder / "held.db") == acts.SMALL
    content(folder / "held.db")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_run_with_closed_outputs_writes_into_no_ledger(prepared: Path, folder: Path, closed: str) -> None:
    """A file that is opened takes the lowest number that is free: were that of an output, messages would go into it."""
    words = " ".join(f"'{word}'" for word in acts.command_line(prepared, *ADD)[3:])
    script = folder / "run.py"
    script.write_text(acts.command_line(prepared)[2])
    found = subprocess.run(
        ["sh", "-c", f"'{sys.executable}' run.py {words} {closed}"],
        cwd=folder,
        capture_output=True,
        timeout=100,
        check=False,
    )
    assert b"Traceback" not in found.stderr
    assert found.returncode in (0, 4)
    assert held(folder / "held.db") == acts.SMALL
    content(folder / "held.db")
