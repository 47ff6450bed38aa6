"""Several campaigns in one ledger: what comes of each must not depend on the others.

    python -m evaluation.pooled [FOLDER...]

FOLDERs hold `stories.jsonl` and `gold.json`; without one, those of the development data beside the checkout. Prints the
figures of each campaign read alone and out of the pool, and what got mixed. Exit status: 0 nothing mixed, 1 something did.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evaluation import rows, score
from evaluation.reading import Corpus, Library
from evaluation.rows import Row
from evaluation.tasks import joint

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "joint"
CAMPAIGNS = ("train1", "train2", "dev")
SHOWN = ("headline", "origin_accuracy", "incidents_f1", "killed_best_f1", "verdict_e2e", "mutations_f1")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.pooled", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="*", help="folders with stories.jsonl and gold.json")
    folders = parser.parse_args(arguments).folders or [DATA / name for name in CAMPAIGNS]
    if not all((folder / "stories.jsonl").is_file() for folder in folders):
        print("There are no campaigns beside the checkout (../shared/data/joint), so nothing was pooled.")
        return 0
    told = {folder.name: rows.read(folder / "stories.jsonl", ("id", "text")) for folder in folders}
    library = Library()
    apart = {name: library.read(found) for name, found in told.items()}
    pool = pooled(apart)
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("campaign", "figure", "alone", "pooled"):
        shown.add_column(heading, justify="right" if heading in ("alone", "pooled") else "left")
    for folder in folders:
        gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
        stories = {row["id"]: row for row in told[folder.name]}
        alone = score.figures(stories, gold, joint.prediction(apart[folder.name]))
        within = score.figures(stories, gold, part(joint.prediction(pool), stories))
        for number, figure in enumerate(figure for figure in SHOWN if figure in alone):
            shown.add_row("" if number else folder.name, figure, f"{alone[figure]:.3f}", f"{within[figure]:.3f}")
    Console(width=None if sys.stdout.isatty() else 100).print(shown)
    campaign_of = {row["id"]: name for name, found in told.items() for row in found}
    wrong = mixed(pool, campaign_of)
    for line in wrong:
        print(line)
    print(f"{len(wrong)} mixed")
    return 1 if wrong else 0


def pooled(apart: Mapping[str, Corpus]) -> Corpus:
    """All readings in one corpus."""
    whole = Corpus()
    for corpus in apart.values():
        whole.stories.update(corpus.stories)
        whole.reads.update(corpus.reads)
    return whole


def part(prediction: Row, stories: Mapping[str, Row]) -> Row:
    """What a prediction says of some of its stories; an incident of others, too, stays with what is theirs of it."""
    incidents = {
        name: {**row, "stories": [story for story in row["stories"] if story in stories]}
        for name, row in prediction["incidents"].items()
    }
    return {
        "stories": {name: row for name, row in prediction["stories"].items() if name in stories},
        "incidents": {name: row for name, row in incidents.items() if row["stories"]},
    }


def mixed(pool: Corpus, campaign_of: Mapping[str, str]) -> list[str]:
    """A sentence for each family and incident that holds stories of several campaigns."""
    groups = [(family.id, family.stories) for family in pool.derived.families]
    groups += [(incident.id, incident.stories) for incident in pool.derived.incidents]
    wrong = []
    for name, stories in groups:
        ids = sorted(pool.names[story] for story in stories)
        if len({campaign_of[id_] for id_ in ids}) > 1:
            wrong.append(f"{name} holds stories of several campaigns: {', '.join(ids)}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
