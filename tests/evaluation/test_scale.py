"""What the benchmark reckons itself, and that it goes on where it broke off; and that grouping grows with the number of stories, not with its square."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from evaluation import generator, scale, scaleplots, stages
from onrecord import families


def row(part: str, stories: int, cpu: float, **more: object) -> dict[str, object]:
    return {
        "stage": "group",
        "stories": stories,
        "part": part,
        "wall": 2 * cpu,
        "cpu": cpu,
        "peak_gb": 0.1,
        "last": True,
        **more,
    }


def test_a_slope_is_1_in_line_with_the_stories_and_2_with_their_square() -> None:
    assert scale.slope((1_000, 2.0), (8_000, 16.0)) == pytest.approx(1)
    assert scale.slope((1_000, 2.0), (8_000, 128.0)) == pytest.approx(2)
    assert scale.slope((1_000, 2.0), (8_000, 2.0)) == 0


def test_a_slope_needs_two_sizes_and_time_that_passed() -> None:
    assert scale.slope((1_000, 2.0), (1_000, 3.0)) is None
    assert scale.slope((1_000, 0.0), (8_000, 3.0)) is None
    assert scale.slope_of([row("group", 1_000, 1.0)]) is None


def test_a_slope_reaches_from_the_fewest_stories_to_the_most_and_takes_the_quickest_run_of_each() -> None:
    rows = [
        row("group", 100_000, 130.0),
        row("group", 1_000, 1.0),
        row("group", 100_000, 100.0),
        row("group", 10_000, 50.0),
    ]
    (curve,) = scale.curves(rows).values()
    assert [(one["stories"], one["cpu"]) for one in curve] == [(1_000, 1.0), (10_000, 50.0), (100_000, 100.0)]
    assert scale.slope_of(curve) == pytest.approx(1)
    assert scale.slope_of(curve, "wall") == pytest.approx(1)


def test_what_was_measured_is_not_measured_again(tmp_path: Path) -> None:
    out = tmp_path / "scale.jsonl"
    done, half = (
        row("load, SQLite", 1_000, 1.0, stage="load"),
        row("load: facts, SQLite", 5_000, 1.0, stage="load", last=False),
    )
    out.write_text(json.dumps(done) + "\n" + json.dumps(half) + "\n" + '{"stage": "load", "sto')
    assert scale.held(out) == [done, half]
    todo = [("load", 1_000), ("load", 5_000), ("group", 1_000), ("load", 5_000)]
    assert scale.left(todo, scale.held(out)) == [("load", 5_000), ("group", 1_000)]


def test_a_run_that_broke_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, asked = tmp_path / "scale.jsonl", []

    def run(command: list[str], **_: object) -> SimpleNamespace:
        stage, size = command[-2:]
        asked.append((stage, size))
        if len(asked) == 2:
            return SimpleNamespace(returncode=-9, stdout="")
        return SimpleNamespace(
            returncode=0, stdout=json.dumps({"part": stage, "wall": 1.0, "cpu": 1.0, "peak_gb": 0.1})
        )

    monkeypatch.setattr(scale.subprocess, "run", run)
    these = ["--stories", "100", "200", "300", "--only", "group", "--out", str(out)]
    assert scale.main(these) == 1
    assert asked == [("group", "100"), ("group", "200"), ("group", "300")]
    with out.open("a") as file:
        file.write('{"stage": "group", "st')
    assert scale.main(these) == 0
    assert asked[3:] == [("group", "200")]
    assert sorted(one["stories"] for one in scale.held(out)) == [100, 200, 300]
    assert scale.main([*these, "--anew"]) == 0
    assert len(asked) == 7


@pytest.mark.parametrize("stage", ["copies", "group", "merge", "export"])
def test_each_stage_is_measured(
    stage: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["stages", stage, "120"])
    assert stages.main() == 0
    parts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert parts
    assert all(part["wall"] > 0 and part["cpu"] >= 0 and part["peak_gb"] > 0 for part in parts)


def test_making_the_stories_does_not_count() -> None:
    clock = stages._Clock()
    with clock.running():
        made = sum(1 for _ in clock.outside(generator.told(1_000)))
    began = stages.computed()
    assert made == sum(1 for _ in generator.told(1_000))
    assert clock.cpu < 0.5 * (stages.computed() - began)


@pytest.mark.slow
def test_grouping_grows_with_the_number_of_stories() -> None:
    took: dict[int, float] = {}
    for size in (1_000, 8_000):
        reads = [one.read for one in generator.told(size)]
        best = []
        for _ in range(2):
            began = stages.computed()
            families.group(reads)
            best.append(stages.computed() - began)
        took[size] = min(best)
    slope = scale.slope(*took.items())
    assert slope is not None
    assert slope < 1.3


def test_equal_figures_give_equal_pictures_and_every_stage_has_its_curve() -> None:
    rows = [row(part, size, size / 1_000) for part in scaleplots.TIME for size in (1_000, 10_000)]
    curves = scale.curves(rows)
    drawn = scaleplots.time(curves)
    assert drawn == scaleplots.time(scale.curves(rows))
    assert drawn != scaleplots.memory(curves)
    for part in scaleplots.TIME:
        assert f"{part}: slope 1.00" in drawn.decode()


def test_the_table_has_a_column_for_each_size_and_leaves_open_what_was_not_measured() -> None:
    rows = [row("read", 1_000, 66.0, stage="read"), row("group", 1_000, 0.5), row("group", 100_000, 60.0)]
    _, _, read, group = scaleplots.table(scale.curves(rows)).splitlines()
    assert read == "| read | 66.00 |  |  | 66.00 ms | 0.1 |"
    assert group == "| group | 0.50 | 60.00 | 1.04 | 0.60 ms | 0.1 |"
