"""The gate: reads the bundled sample end to end and holds it against its gold and the floors. Needs nothing else.

    python -m evaluation.gate [--update [--allow-regression]]

Exit status: 0 nothing fell, 1 a figure fell or has no floor.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path

from evaluation import floors, rows, score
from evaluation.predict import predicted
from evaluation.rows import Row
from evaluation.tasks.order import Order

SET = "sample"
LOWER = frozenset({"plans_as_incidents"})


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.gate", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--floors", type=Path, default=floors.FLOORS, help="the file of floors")
    parser.add_argument("--folder", type=Path, help="another folder with stories.jsonl and gold.json")
    parser.add_argument("--update", action="store_true", help="pin what is better than its floor")
    parser.add_argument("--allow-regression", action="store_true", help="with --update: pin what is worse, too")
    asked = parser.parse_args(arguments)
    pinned = floors.load(asked.floors, LOWER)
    with as_file(files("onrecord").joinpath("sample")) as bundled:
        folder: Path = asked.folder or bundled
        made = measured(folder)
        data = floors.fingerprint([folder / "stories.jsonl", folder / "gold.json"])
    old = pinned.of(SET)
    for figure, value in made.items():
        print(f"{figure:24}{value:8.3f}{f'   floor {old[figure]:.3f}' if figure in old else ''}")
    if asked.update:
        pinned, fallen = pinned.raised(SET, made, data, asked.allow_regression)
        pinned.write()
    elif not old:
        fallen = ["the sample has no floor yet: --update pins one"]
    else:
        fallen = pinned.fallen(SET, made, data)
    for line in fallen:
        print(line, file=sys.stderr)
    return 1 if fallen else 0


def measured(folder: Path) -> score.Figures:
    """The figures of the product on a folder with `stories.jsonl` and `gold.json`."""
    stories = folder / "stories.jsonl"
    gold: Row = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    prediction = predicted("joint", Order(stories))
    assert isinstance(prediction, dict)
    return score.figures({row["id"]: row for row in rows.read(stories)}, gold, prediction)


if __name__ == "__main__":
    sys.exit(main())
