"""What a run says of itself for Prometheus: whole, of the last run that came to its end, and nothing that stood in a story."""

import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from invented import NOW, rows, write_rows
from onrecord.errors import TryLater, WrongUse
from onrecord.exports import textfile
from onrecord.pipeline import AddReport, silent


def values(path: Path) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(path.read_text())
    return {
        (one.name, *(one.labels[key] for key in sorted(one.labels))): one.value
        for family in families
        for one in family.samples
    }


def report(**states: int) -> AddReport:
    return AddReport(sum(states.values()) + 3, 3, states, 0, (), 5, 1)


def test_a_run_writes_what_became_of_its_inputs(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    run = textfile.Run("add", lambda stage, count: told.append((stage, count)))
    run("read", 64)
    run("merge", 0)
    run.write(tmp_path / "add.prom", report(ok=60, refused=1), NOW)
    found = values(tmp_path / "add.prom")
    assert found["onrecord_run_inputs", "add", "ok"] == 60
    assert found["onrecord_run_inputs", "add", "refused"] == 1
    assert found["onrecord_run_inputs", "add", "failed"] == 0
    assert found["onrecord_run_inputs", "add", "held"] == 3
    assert found["onrecord_run_last_success_timestamp_seconds", "add"] == NOW.timestamp()
    assert all(found["onrecord_run_stage_seconds", "add", stage] >= 0 for stage in ("read", "merge"))
    assert told == [("read", 64), ("merge", 0)], "whoever else watches is told as well"
    assert [path.name for path in tmp_path.iterdir()] == ["add.prom"], "nothing is left beside"
    assert (tmp_path / "add.prom").stat().st_mode & 0o777 == 0o644


def test_the_time_between_two_runs_is_nobodys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seconds = iter([0.0, 10.0, 12.0, 100.0, 103.0, 104.0])
    monkeypatch.setattr(textfile.time, "monotonic", lambda: next(seconds))
    run = textfile.Run("watch", silent)
    run("merge", 0)
    run.write(tmp_path / "w.prom", report(ok=1), NOW)
    assert [values(tmp_path / "w.prom")["onrecord_run_stage_seconds", "watch", stage] for stage in textfile.STAGES] == [
        10,
        2,
    ]
    run.begin()
    run("merge", 0)
    run.write(tmp_path / "w.prom", report(ok=1), NOW)
    assert [values(tmp_path / "w.prom")["onrecord_run_stage_seconds", "watch", stage] for stage in textfile.STAGES] == [
        3,
        1,
    ]


def test_a_file_that_nobody_would_collect_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "add.txt", "end in .prom"), (tmp_path / "none" / "add.prom", "does not exist")):
        with pytest.raises(WrongUse, match=words):
            textfile.check(path)
        ledger = tmp_path / "never.db"
        args = ["add", "-", "--ledger", str(ledger), "--metrics", str(path)]
        done = subprocess.run(
            [sys.executable, "-m", "onrecord", *args],
            input="x",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, ledger.exists()) == (2, False)


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("prometheus_client.write_to_textfile", full)
    with pytest.raises(TryLater, match=r"No space left on device.*what was read is kept"):
        textfile.Run("add", silent).write(tmp_path / "add.prom", report(ok=1), NOW)


@pytest.mark.slow
def test_add_writes_it_and_a_run_that_is_refused_leaves_it(tmp_path: Path) -> None:
    stories = write_rows(tmp_path / "stories.jsonl", rows(3))
    file = tmp_path / "add.prom"
    args = [
        sys.executable,
        "-m",
        "onrecord",
        "add",
        str(stories),
        "--ledger",
        str(tmp_path / "held.db"),
        "--metrics",
        str(file),
        "--workers",
        "1",
    ]
    subprocess.run(args, check=True, capture_output=True, timeout=200)
    first = file.read_text()
    assert values(file)["onrecord_run_inputs", "add", "ok"] == 3
    assert not [word for word in ("Varn", "Ostrey", "Holt") if word in first]
    assert str(tmp_path) not in first
    args[4] = str(tmp_path / "absent.jsonl")
    assert subprocess.run(args, check=False, capture_output=True, timeout=200).returncode == 2
    assert file.read_text() == first
