"""Which crime reports tell of one incident: learned on one half of them, measured on the other, both ways.

    python -m evaluation.halves [--data FOLDER]

FOLDER holds `stories.jsonl` with the incident of each; without one, that of the development data beside the checkout. Halves are
by the incident, so that none is in both. Prints B3 and link F1 of each half. Exit status: 0.
"""

import argparse
import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from evaluation import rows
from evaluation.likely import learn
from evaluation.reading import Corpus, Library
from evaluation.rows import Row
from onrecord.incidents import links, neighbours
from onrecord.incidents.bags import Floats, Ints
from onrecord.incidents.told import Families, Telling, leads, tellings

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "gva"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Stories that are held against each other: names of stories with something they lead with, and the pairs that may be of one event,
    with what speaks for each.
    """

    names: tuple[str, ...]
    first: Ints
    second: Ints
    parts: Floats
    apart: npt.NDArray[np.bool_]

    def same(self, gold: Mapping[str, str]) -> npt.NDArray[np.bool_]:
        """Whether each pair is of one incident."""
        labels = np.array([gold[name] for name in self.names])
        found: npt.NDArray[np.bool_] = labels[self.first] == labels[self.second]
        return found

    def clusters(self, by: links.Weights) -> dict[str, int]:
        """A number for each name: the same for those held to be of one event."""
        chances = np.where(self.apart, 0.0, by.chances(self.parts)).tolist()
        found = [links.Link(*row) for row in zip(self.first.tolist(), self.second.tolist(), chances, strict=True)]
        groups = links.together(len(self.names), found, links.JOINED)
        return {self.names[member]: number for number, group in enumerate(groups) for member in group}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.halves", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA, help="a folder with stories.jsonl")
    folder: Path = parser.parse_args(arguments).data
    if not (folder / "stories.jsonl").is_file():
        print("There are no crime reports beside the checkout (../shared/data/gva), so nothing was measured.")
        return 0
    stories = rows.read(folder / "stories.jsonl", ("id", "text", "incident"))
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("learned on", "measured on", "stories", "B3", "link F1"):
        shown.add_column(heading, justify="left" if "on" in heading else "right")
    for number, (b3, link, size) in enumerate(measured(stories, Library())):
        shown.add_row(f"half {1 - number}", f"half {number}", str(size), f"{b3:.4f}", f"{link:.4f}")
    Console(width=None if sys.stdout.isatty() else 100).print(shown)
    return 0


def measured(stories: Sequence[Row], library: Library) -> list[tuple[float, float, int]]:
    """B3 and link F1 of each half, by what the other teaches, and how many stories were scored."""
    gold = {row["id"]: row["incident"] for row in stories}
    scored = {row["id"] for row in stories if row.get("scored", True)}
    halves = [{name: label for name, label in one.items() if name in scored} for one in labels(stories, library)]
    return [(*agreement(one, gold), len(one)) for one in halves]


def labels(stories: Sequence[Row], library: Library) -> list[dict[str, str]]:
    """A label for each story of each half: the same for those held to be of one incident by what the other half teaches."""
    corpus = library.read(stories)
    gold = {row["id"]: row["incident"] for row in stories}
    names = [[row["id"] for row in stories if half(row["incident"]) == number] for number in (0, 1)]
    pairs = [pairs_of(corpus, mine) for mine in names]
    found = []
    for number, mine in enumerate(pairs):
        other = pairs[1 - number]
        clusters = mine.clusters(learn(other.parts, other.same(gold)))
        told = {name: f"{number}-{clusters[name]}" if name in clusters else f"alone {name}" for name in names[number]}
        found.append(told)
    return found


def half(incident: str) -> int:
    """The half that an incident is in."""
    return hashlib.md5(f"x{incident}".encode(), usedforsecurity=False).digest()[-1] % 2


def pairs_of(corpus: Corpus, names: Sequence[str]) -> Pairs:
    """The pairs of some stories of a corpus, each held to be a report of its own."""
    reads = [corpus.reads[name] for name in names if name in corpus.reads]
    about: dict[str, Telling] = leads(tellings(reads, Families()))
    held = [name for name in names if name in corpus.stories and corpus.stories[name].id in about]
    near = neighbours.Pairs()
    found = near.change((), [about[corpus.stories[name].id] for name in held]).fresh
    subjects, one, other = near.subjects(found)
    first, second = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return Pairs(tuple(held), first, second, subjects.parts(one, other), subjects.apart(one, other))


def agreement(labels: Mapping[str, str], gold: Mapping[str, str]) -> tuple[float, float]:
    """B3 F1 and link F1 of labels, over the names that have one."""
    made, true = _groups(labels), _groups({name: gold[name] for name in labels})
    shared = {name: len(made[labels[name]] & true[gold[name]]) for name in labels}
    precision = sum(n / len(made[labels[name]]) for name, n in shared.items()) / len(labels)
    recall = sum(n / len(true[gold[name]]) for name, n in shared.items()) / len(labels)
    both = sum(n - 1 for n in shared.values())
    all_ = sum(len(group) * (len(group) - 1) for groups in (made, true) for group in groups.values())
    return 2 * precision * recall / (precision + recall), 2 * both / all_ if all_ else 1.0


def _groups(labels: Mapping[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, label in labels.items():
        found.setdefault(label, set()).add(name)
    return found


if __name__ == "__main__":
    sys.exit(main())
