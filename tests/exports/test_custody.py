"""A custody report says what stands behind a value, and whoever holds it alone can check that nothing of it was changed."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from invented import NOW, intake, reading, story
from onrecord import pipeline
from onrecord.errors import WrongUse
from onrecord.exports import custody
from onrecord.ledger import Ledger, open_ledger, write
from onrecord.ledger.custody import of_stories
from onrecord.pipeline import Judgement
from onrecord.records import Books, Rejection

HOW = {
    "final_url": "https://courier.example/1",
    "fetched_at": "2031-05-02T08:00:00+00:00",
    "headers": ["Content-Type: text/html", "Date: Fri, 02 May 2031 08:00:00 GMT"],
}
MADE = {"at": "2031-05-03T08:00:00+00:00", "by": "Ada Holm", "tool": "OnRecord"}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(open_ledger(str(tmp_path / "held.db"), create=True)) as held:
        told = [story(n, url=f"https://courier.example/{n}") for n in range(4)]
        items = [intake(one, f"tale-{n}.txt") for n, one in enumerate(told)]
        items[1] = replace(items[1], how=HOW, books=Books(100, 90, {"menu": 8}, 2))
        items[2] = replace(items[2], state="partial", rejections=(Rejection("tale-2.txt", "was cut", 7),))
        write.store(held, items, [reading(one) for one in told], NOW)
        pipeline.view(held, now=NOW)
        yield held


def report(ledger: Ledger, folder: Path, id_: str, field: str | None = None) -> dict[str, Any]:
    cell = custody.Cell(pipeline.view(ledger, now=NOW), id_, field)
    custody.write(cell, of_stories(ledger, cell.stories), MADE, folder)
    return dict(json.loads((folder / "report.json").read_text("utf-8")))


def checked(folder: Path, *more: str) -> tuple[int, str]:
    """By Python without anything of ours, or of anybody's."""
    line = [sys.executable, "-I", "-S", str(folder / "check.py"), *more]
    found = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False, cwd="/")
    assert found.stderr == ""
    return found.returncode, found.stdout


def test_it_holds_on_another_machine(ledger: Ledger, tmp_path: Path) -> None:
    incident = pipeline.view(ledger, now=NOW).derived.incidents[0]
    told = report(ledger, tmp_path / "here", incident.id, "killed")
    assert told["cell"]["values"].keys() == {"killed"}
    assert told["words"], "the words of the value"
    assert {one["story"]["id"] for one in told["inputs"]} == {one["story"] for one in told["words"]}
    shutil.move(tmp_path / "here", tmp_path / "elsewhere")
    assert checked(tmp_path / "elsewhere")[0] == 0
    assert {one.name for one in (tmp_path / "elsewhere").iterdir()} == {
        "report.json", "check.py", *(f"capture-{name}" for name in told["captures"]),
    }  # fmt: skip


def test_how_an_input_came_is_told_or_that_it_was_a_file(ledger: Ledger, tmp_path: Path) -> None:
    fetched = report(ledger, tmp_path / "fetched", story(1, url="https://courier.example/1").id)["inputs"]
    assert [one["came"] for one in fetched] == [HOW]
    filed = report(ledger, tmp_path / "filed", story(2, url="https://courier.example/2").id)["inputs"]
    assert "file" in filed[0]["came"]
    assert filed[0]["refused"][0]["reason"] == "was cut"
    assert checked(tmp_path / "fetched")[0] == checked(tmp_path / "filed")[0] == 0


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "where it came from": lambda told: told["inputs"][0]["row"].update(source="elsewhere.txt"),
    "when it came": lambda told: told["inputs"][0]["row"].update(at="2030-01-01T00:00:00.000000+00:00"),
    "how it came": lambda told: told["inputs"][0]["row"].update(body=None),
    "the text": lambda told: told["inputs"][0]["story"].update(text="Nothing happened."),
    "the headline": lambda told: told["inputs"][0]["story"].update(headline="Calm"),
    "another capture": lambda told: told["inputs"][0]["row"].update(capture="0" * 64),
    "the words": lambda told: told["words"][0].update(text="nobody"),
    "where the words stand": lambda told: told["words"][0].update(start=1),
    "an entry of the log": lambda told: told["log"][1].__setitem__(4, "2030-01-01T00:00:00.000000+00:00"),
    "an entry taken out": lambda told: told["log"].pop(1),
    "the end of the log": lambda told: told["log"].pop(),
    "all of the log": lambda told: told["log"].clear(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_changed_is_named(ledger: Ledger, tmp_path: Path, change: str) -> None:
    told = report(ledger, tmp_path / "report", story(1, url="https://courier.example/1").id)
    event = next(one for one in pipeline.view(ledger, now=NOW).reads if one.story.id == told["cell"]["id"])
    told = report(ledger, tmp_path / "report", event.reading.events[0].id)
    CHANGES[change](told)
    (tmp_path / "report" / "report.json").write_text(json.dumps(told), "utf-8")
    code, said = checked(tmp_path / "report")
    assert code == 1
    assert said.splitlines()[-1] == "does not hold"


@pytest.mark.parametrize("how", ["changed", "gone"])
def test_a_capture_that_is_not_what_came_is_named(ledger: Ledger, tmp_path: Path, how: str) -> None:
    report(ledger, tmp_path / "report", story(1, url="https://courier.example/1").id)
    (capture,) = (tmp_path / "report").glob("capture-*")
    capture.write_bytes(b"other bytes") if how == "changed" else capture.unlink()
    code, said = checked(tmp_path / "report")
    assert code == 1
    assert said.startswith("capture ")


def test_a_ledger_made_anew_is_told_by_a_checkpoint_alone(ledger: Ledger, tmp_path: Path) -> None:
    id_ = story(1, url="https://courier.example/1").id
    kept = pipeline.checkpoint(ledger, NOW)
    held = tmp_path / "kept.json"
    held.write_text(json.dumps({"entries": kept.entries, "hash": kept.hash}), "utf-8")
    report(ledger, tmp_path / "report", id_)
    assert checked(tmp_path / "report", str(held))[0] == 0
    with closing(open_ledger(str(tmp_path / "other.db"), create=True)) as other:
        told = story(1, url="https://courier.example/1")
        write.store(other, [intake(told, "tale-1.txt")], [reading(told)], NOW)
        report(other, tmp_path / "forged", id_)
    assert checked(tmp_path / "forged")[0] == 0
    code, said = checked(tmp_path / "forged", str(held))
    assert (code, "checkpoint" in said) == (1, True)


def test_what_has_no_words_behind_it_is_refused(ledger: Ledger) -> None:
    view = pipeline.view(ledger, now=NOW)
    incident = view.derived.incidents[0]
    with pytest.raises(WrongUse, match="nothing in the ledger has this id"):
        custody.Cell(view, "in-00000000")
    with pytest.raises(WrongUse, match=r"--field depth: .* has kind, status"):
        custody.Cell(view, incident.id, "depth")
    made = pipeline.decide(ledger, Judgement("set", incident.id, "Ada Holm", field="killed", value="7"), NOW)
    assert made.decision.id
    assert custody.Cell(pipeline.view(ledger, now=NOW), incident.id, "killed").spans
