"""Learns what speaks for it that two stories are about one event, from crime reports and invented campaigns.

python linked.py GVA_FOLDER JOINT_FOLDER... --out ../src/onrecord/incidents/links.toml
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from onrecord.incidents.links import Weights
from onrecord.incidents.subjects import PARTS

SHARE = 0.2
"""What the pairs of the campaigns count together, beside those of the crime reports."""
Row = dict[str, Any]


def learned(reports: Path, campaigns: Sequence[Path]) -> Weights:
    """The weights that these sets teach."""
    from evaluation import halves, likely
    from evaluation.reading import Library

    library = Library()
    stories = _lines(reports / "stories.jsonl")
    sets = [
        (
            halves.pairs_of(library.read(stories), [row["id"] for row in stories]),
            {row["id"]: row["incident"] for row in stories},
        )
    ]
    for folder in campaigns:
        told = _lines(folder / "stories.jsonl")
        corpus = library.read(told)
        found = halves.pairs_of(corpus, [row["id"] for row in told])
        gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
        sets.append((found, dict(_labels(corpus, found.names, gold))))
    same = [found.same(gold) for found, gold in sets]
    # Of the few pairs of a small campaign more are of one event: that must not teach that its other traits say so
    share = [1.0, *([SHARE / len(campaigns)] * len(campaigns))]
    weight = [
        np.where(one, part * same[0].sum() / one.sum(), part * (~same[0]).sum() / (~one).sum())
        for one, part in zip(same, share, strict=True)
    ]
    return likely.learn(
        np.concatenate([found.parts for found, _ in sets]), np.concatenate(same), np.concatenate(weight)
    )


def _labels(corpus: Any, names: Iterable[str], gold: Row) -> Iterator[tuple[str, str]]:
    """The incident that each story leads with: that of the coder's event in the words of the lead."""
    from onrecord.incidents.told import Families, leads, tellings

    reads = [corpus.reads[name] for name in names]
    about = leads(tellings(reads, Families()))
    for name in names:
        story, lead = corpus.stories[name], about[corpus.stories[name].id]
        yield name, next(_refs(story, lead, gold["stories"][name]["events"]), f"alone {name}")


def _refs(story: Any, lead: Any, told: Iterable[Row]) -> Iterator[str]:
    for row in told:
        part = "headline" if row.get("in") == "headline" else "text"
        start = story.words(part).index(row["quote"])
        spans = [mention.span for mention in lead.event.mentions if mention.span.part == part]
        if row["ref"] and any(start < span.end and span.start < start + len(row["quote"]) for span in spans):
            yield row["ref"]


def _lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def table(by: Weights) -> str:
    """The weights as a table that one can read."""
    lines = [
        "# What each part of a pair's score is worth, in logarithms of odds. Made by training/linked.py; CC0, ours.",
        "# edges: where one step of its values ends and the next begins; worth: what each step says; unknown: what it says that nothing is known.",
        "",
        f"bias = {by.bias:.3f}",
    ]
    for name, edges, worth in zip(PARTS, by.edges, by.worth, strict=True):
        lines += [
            "",
            "[[part]]",
            f'name = "{name}"',
            f"edges = [{', '.join(f'{n:.4g}' for n in edges)}]",
            f"worth = [{', '.join(f'{n:.3f}' for n in worth[1:])}]",
            f"unknown = {worth[0]:.3f}",
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("reports", type=Path, help="a folder with stories.jsonl, each with its incident")
    parser.add_argument("campaigns", type=Path, nargs="*", help="folders with stories.jsonl and gold.json")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    asked.out.write_text(table(learned(asked.reports, asked.campaigns)), encoding="utf-8")


if __name__ == "__main__":
    main()
