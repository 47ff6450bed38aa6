"""Predictions for the scorers of the development data.

    python -m evaluation.predict TASK INPUT OUTPUT [STORIES...]

STORIES are the files with the stories that the rows of INPUT refer to. INPUT may lack its gold, which is never looked at.
Exit status: 0 written, 2 the input cannot be used (the message names file and line).
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from evaluation import rows
from evaluation.rows import BadInput, Row
from evaluation.tasks.order import Order

TASKS = (
    "joint",
    "attribution",
    "status",
    "counts",
    "incidents",
    "times",
    "families",
    "places",
    "tallies",
    "templates",
    "halves",
)

Task = Callable[[Order], list[Row] | Row]


def predicted(task: str, order: Order) -> list[Row] | Row:
    """What the task makes of its input. Raises BadInput."""
    # Only the task that is asked for is loaded.
    made: Task = getattr(import_module(f"evaluation.tasks.{task}"), task)
    return made(order)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.predict", description="Predictions for the scorers.")
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("input", type=Path, help="stories, pairs or questions, as JSON Lines")
    parser.add_argument("output", type=Path, help="where the predictions go")
    parser.add_argument("stories", type=Path, nargs="*", help="files with the stories that INPUT refers to")
    asked = parser.parse_args(arguments)
    try:
        rows.write(asked.output, predicted(asked.task, Order(asked.input, tuple(asked.stories))))
    except BadInput as error:
        print(f"{asked.task}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
