"""The table of what is measured, and one measurement: a prediction, and its scorer run on it."""

import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evaluation import rows
from evaluation.predict import predicted
from evaluation.reading import Library
from evaluation.rows import BadInput
from evaluation.tasks.order import Order

TABLE = Path(__file__).with_name("measures.toml")
_LONGEST_S = 600


@dataclass(frozen=True)
class Measure:
    """One data set under one task; the fields are told of in `measures.toml`."""

    task: str
    set: str
    input: str
    gold: tuple[str, ...]
    scorer: str
    figures: tuple[str, ...]
    pinned: bool
    stories: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    published: Mapping[str, float] = field(default_factory=dict)

    def files(self, data: Path) -> list[Path]:
        """Every file that the figures depend on, once."""
        return [data / name for name in dict.fromkeys((self.input, *self.stories, *self.gold, *self.extra))]


@dataclass(frozen=True)
class Measured:
    """What came of a measure. figures: those shown; all: every figure that the scorer gave; seconds: for the prediction;
    trouble: why there are none, or None.
    """

    measure: Measure
    figures: dict[str, float] = field(default_factory=dict)
    all: dict[str, object] = field(default_factory=dict)
    seconds: float = 0.0
    trouble: str | None = None


def table() -> tuple[list[Measure], frozenset[str]]:
    """The measures in their order, and the figures of which less is better."""
    raw = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    measures = []
    for row in raw["measure"]:
        lists = {key: tuple(row[key]) for key in ("gold", "figures", "stories", "extra") if key in row}
        measures.append(Measure(**{**row, **lists}))
    return measures, frozenset(raw["lower_is_better"])


def take(measure: Measure, shared: Path, into: Path, library: Library) -> Measured:
    """Predicts and scores. What goes wrong is told in the result, so that it spoils no other measurement."""
    data, scorer = shared / "data", shared / "score" / measure.scorer
    for file in (*measure.files(data), scorer):
        if not file.exists():
            return Measured(measure, trouble=f"{file.name} is not there")
    output = into / f"{measure.task} {measure.set}.json".replace(" ", "-")
    started = time.monotonic()
    try:
        order = Order(data / measure.input, tuple(data / name for name in measure.stories), library)
        rows.write(output, predicted(measure.task, order))
        seconds = time.monotonic() - started
        given = [*(data / name for name in measure.gold), output, *(data / name for name in measure.extra)]
        found = _scored(scorer, given)
    except Exception as error:
        return Measured(measure, seconds=time.monotonic() - started, trouble=f"{type(error).__name__}: {error}")
    shown = {name: float(value) for name in measure.figures if isinstance(value := found.get(name), int | float)}
    return Measured(measure, shown, found, seconds)


def _scored(scorer: Path, given: list[Path]) -> dict[str, object]:
    """The figures in the last line that a scorer prints."""
    command = [sys.executable, str(scorer), *map(str, given)]
    # -B: the scorers' folder may not be written to.
    done = subprocess.run(
        [command[0], "-B", *command[1:]], capture_output=True, text=True, timeout=_LONGEST_S, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise BadInput(f"{scorer.name} refused the prediction: {last}")
    found: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
