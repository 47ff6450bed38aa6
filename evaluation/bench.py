"""`python -m evaluation.bench [STORIES.jsonl]`: stories read in a second, beside bare spaCy on the same stories in the same run.

Without a file it reads the bundled sample, over and over until there are enough stories to measure.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import as_file, files
from itertools import cycle, islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from onrecord import stories
from onrecord.engines import Reader
from onrecord.language import Annotator
from onrecord.records import Story
from onrecord.settings import ReadOptions

STORIES = 200
ROUNDS = 3


def main(arguments: Sequence[str]) -> int:
    """Prints the table; 2 where the file is not there."""
    if len(arguments) > 1 or (arguments and not Path(arguments[0]).is_file()):
        print(f"{' '.join(arguments)}: give one file of stories as JSON Lines, or nothing", file=sys.stderr)
        return 2
    held = tuple(islice(_given(arguments[0]) if arguments else _sample(), STORIES))
    annotator, reader = Annotator(), Reader()
    parsed = _fastest(annotator.annotate, held)
    read = _fastest(reader.read, held)
    table = Table("what", "stories/s", "ms a story", box=None)
    for name, seconds in (("spaCy alone", parsed), ("the whole reading", read)):
        table.add_row(name, f"{len(held) / seconds:.1f}", f"{1000 * seconds / len(held):.1f}")
    Console().print(table)
    print(
        f"{len(held)} stories, one process, the best of {ROUNDS}: reading takes {read / parsed:.2f} times spaCy alone"
    )
    return 0


def _given(path: str) -> Iterator[Story]:
    return (item.story for item in stories.read(path, ReadOptions()) if item.story)


def _sample() -> Iterator[Story]:
    with as_file(files("onrecord").joinpath("sample", "stories.jsonl")) as path:
        found = tuple(_given(str(path)))
    return cycle(found)


def _fastest(work: Callable[[Story], object], held: Sequence[Story]) -> float:
    """Seconds of the fastest of a few rounds over all stories."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for story in held:
            work(story)
        times.append(time.perf_counter() - began)
    return min(times)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
