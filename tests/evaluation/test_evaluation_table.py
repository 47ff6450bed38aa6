"""The table and the gate on invented data with a scorer of three lines; the model is never loaded."""

import json
from pathlib import Path

import pytest

from evaluation import floors, gate, measures, table

MEASURES = """
lower_is_better = []
[[measure]]
task = "times"
set = "tiny"
input = "time/tiny.jsonl"
gold = ["time/tiny.jsonl"]
scorer = "tiny.py"
pinned = true
figures = ["value_f1", "never_given"]
[measure.published]
value_f1 = 0.25
"""
SCORER = """
import json, sys
found = [t["value"] for line in open(sys.argv[2]) for t in json.loads(line)["timexes"]]
print("a table for people")
print(json.dumps({"value_f1": VALUE * found.count("2030-03-03"), "text": None}))
"""


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    listed = tmp_path / "measures.toml"
    listed.write_text(MEASURES, encoding="utf-8")
    monkeypatch.setattr(measures, "TABLE", listed)
    (tmp_path / "shared" / "data" / "time").mkdir(parents=True)
    (tmp_path / "shared" / "score").mkdir()
    row = {"id": "a", "dct": "2030-04-02", "text": "It began on 3 March 2030."}
    (tmp_path / "shared" / "data" / "time" / "tiny.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    scoring(tmp_path / "shared", 0.5)
    return tmp_path / "shared"


def scoring(shared: Path, value: float) -> None:
    (shared / "score" / "tiny.py").write_text(SCORER.replace("VALUE", str(value)), encoding="utf-8")


def run(shared: Path, *more: str) -> int:
    folder = shared.parent
    return table.main(
        ["--shared", str(shared), "--build", str(folder / "build"), "--floors", str(folder / "f.json"), *more]
    )


def test_without_data_it_says_so_and_is_content(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert table.main(["--shared", str(tmp_path / "none")]) == 0
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "nothing was measured" in said


def test_figures_are_shown_and_written(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shared) == 0
    shown = capsys.readouterr().out
    for word in ("times", "tiny", "value_f1", "0.500", "0.250"):
        assert word in shown
    [written] = json.loads((shared.parent / "build" / "evaluation.json").read_text("utf-8"))
    assert written["figures"] == {"value_f1": 0.5}
    assert written["set"] == "tiny"


def test_a_drop_fails_until_it_is_allowed(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shared, "--update") == 0
    assert run(shared) == 0
    scoring(shared, 0.3)
    assert run(shared) == 1
    assert "value_f1 fell from 0.5 to 0.3" in capsys.readouterr().err
    assert run(shared, "--update") == 1
    assert run(shared) == 1
    assert run(shared, "--update", "--allow-regression") == 0
    assert run(shared) == 0


def test_changed_data_are_noticed(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shared, "--update") == 0
    with (shared / "data" / "time" / "tiny.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "b", "text": ""}\n')
    assert run(shared) == 1
    assert "not those that the floor was pinned on" in capsys.readouterr().err


def test_tasks_can_be_chosen(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shared, "--only", "joint") == 0
    assert "value_f1" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("scorer", "said"),
    [
        ("import sys\nsys.exit('refused: span out of range')", "refused: span out of range"),
        ("print('no figures')", "not measured"),
    ],
)
def test_a_scorer_that_refuses_fails_the_run(
    shared: Path, capsys: pytest.CaptureFixture[str], scorer: str, said: str
) -> None:
    (shared / "score" / "tiny.py").write_text(scorer, encoding="utf-8")
    assert run(shared) == 1
    assert said in capsys.readouterr().err


def test_missing_parts_fail_the_run(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shared / "data" / "time" / "tiny.jsonl").unlink()
    assert run(shared) == 1
    assert "tiny.jsonl is not there" in capsys.readouterr().err


def test_the_docs_get_the_table_between_the_marks(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = shared.parent / "limits.md"
    page.write_text(f"# Limits\n\n{table.BEGIN}\nold\n{table.END}\n\nbehind\n", encoding="utf-8")
    assert run(shared, "--docs", "--docs-file", str(page)) == 0
    text = page.read_text("utf-8")
    assert "| times | tiny | value_f1 | 0.500 | 0.250 |" in text
    assert "old" not in text
    assert text.startswith("# Limits\n")
    assert text.endswith("\n\nbehind\n")
    page.write_text("# no marks\n", encoding="utf-8")
    assert run(shared, "--docs", "--docs-file", str(page)) == 1
    assert "has no place for the table" in capsys.readouterr().err


def test_every_measure_of_the_table_is_sound() -> None:
    listed, lower = measures.table()
    assert len({measure.set for measure in listed}) == len(listed)
    for measure in listed:
        assert measure.task in table.TASKS
        assert set(measure.published) <= set(measure.figures)
    assert lower <= {figure for measure in listed for figure in measure.figures}


def test_the_shipped_floors_belong_to_measures() -> None:
    listed, lower = measures.table()
    pinned = floors.load(floors.FLOORS, lower)
    figures = {measure.set: set(measure.figures) for measure in listed if measure.pinned}
    for name, row in pinned.sets.items():
        assert len(row["sha256"]) == 64
        if name != gate.SET:
            assert set(row["figures"]) <= figures[name]


# ---- the gate


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    for name in ("stories.jsonl", "gold.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    return tmp_path


def test_the_gate(sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def gated(*more: str) -> int:
        return gate.main(["--folder", str(sample), "--floors", str(sample / "f.json"), *more])

    monkeypatch.setattr(gate, "measured", lambda _folder: {"claims_f1": 0.8, "plans_as_incidents": 1.0})
    assert gated() == 1
    assert "no floor yet" in capsys.readouterr().err
    assert gated("--update") == 0
    assert gated() == 0
    monkeypatch.setattr(gate, "measured", lambda _folder: {"claims_f1": 0.8, "plans_as_incidents": 2.0})
    assert gated() == 1
    assert "plans_as_incidents fell from 1 to 2" in capsys.readouterr().err
    assert gated("--update") == 1
    assert gated("--update", "--allow-regression") == 0
    assert gated() == 0
