"""Trains the head that finds events, on what the shipped encoder sees half-way: that half stays as it is, upper
layers of their own and a light one over the whole story learn.

python events.py vectors --joint rules/joint_train1.json ... --out vectors.pickle
python events.py train vectors.pickle --start weights.pt --out events.pt [--held 10]
python events.py export events.pt --models ../src/onrecord/language/models
"""

import argparse
import json
import pickle
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
from marked import Told, passages

from onrecord.records import EventKind, Status

KINDS, STATUSES = get_args(EventKind), get_args(Status)
NONE = -100
TEXTS = Path(__file__).parent / "texts"
Row = dict[str, Any]


# ---- vectors


def vectors(joint: list[Path]) -> Iterator[Row]:
    """Passages and stories with the encoder's vector of each word, and what is marked there."""
    from onrecord.language.encoder import Encoder

    encoder = Encoder()
    for path in (*sorted(TEXTS.glob("*.txt")), *sorted(TEXTS.glob("events/*.txt"))):
        for it in passages(path):
            yield _row(encoder, it.name, it.headline, it.text, it.events, tagged=True)
    for path in joint:
        for row in json.loads(path.read_text(encoding="utf-8")):
            told = [
                Told(m["part"] == "headline", *m["trigger"], m["gold"], m["kind"], None)
                for m in row["mentions"]
                if m["gold"]
            ]
            yield _row(encoder, f"joint {row['id']}", row["headline"], row["text"], told, tagged=False)


def _row(encoder: Any, name: str, headline: str, text: str, told: list[Told], *, tagged: bool) -> Row:
    """Of each window half-way through the encoder: vectors of its pieces and the first piece of each of its words."""
    from prepare import _blocks, _range

    words, windows, seen = encoder.half_way(_blocks(headline, text))
    events = []
    for it in told:
        held = _range(words, it.start, it.end, it.headline)
        if held is not None:
            events.append((*held, STATUSES.index(it.status) if it.status else NONE, KINDS.index(it.kind), it.number))
    # Marks of attributions stand in passages whose headlines have no marks of events.
    marked = bool(tagged and any(it.headline for it in told)) or not headline
    return {
        "id": name,
        "windows": [
            (w.first, w.begin, w.end, half.middle.astype(np.float16), half.where, half.spelled.astype(np.float16))
            for w, half in zip(windows, seen, strict=True)
        ],
        "block": words.block,
        "headline": words.headline,
        "events": events,
        "tagged": tagged,
        "marked": marked,
    }


# ---- training


@dataclass(frozen=True)
class Stretch:
    """A run of words with the story's opening before them. held: which words; own: which of them are the run's."""

    held: np.ndarray
    place: np.ndarray
    own: np.ndarray
    tags: np.ndarray
    events: list[tuple[int, int, int, int]]


def stretches(row: Row) -> Iterator[Stretch]:
    """The stretches of a row, as the program cuts them."""
    from onrecord.language.occurring import place, stretched

    for held, own in stretched(len(row["block"])):
        at = {int(word): n for n, word in enumerate(held)}
        tags = np.full(len(held), 0 if row["tagged"] else NONE)
        if not row["marked"]:
            tags[row["headline"][held]] = NONE
        events = []
        for a, b, status, kind, _ in row["events"]:
            if a in at and b - 1 in at and at[b - 1] - at[a] == b - 1 - a:
                if row["tagged"]:
                    tags[at[a]] = 1 if status != NONE else 3
                    tags[at[a] + 1 : at[b - 1] + 1] = 2 if status != NONE else 4
                events.append((at[a], at[b - 1] + 1, status, kind))
        tags[~own] = NONE
        where = place(row["block"], row["headline"], held)
        yield Stretch(held, where, own, tags, [e for e in events if own[e[0]]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(dest="step", required=True)
    made = steps.add_parser("vectors")
    made.add_argument("--joint", type=Path, nargs="*", default=[])
    made.add_argument("--out", type=Path, required=True)
    train = steps.add_parser("train")
    train.add_argument("vectors", type=Path)
    train.add_argument("--out", type=Path, required=True)
    train.add_argument("--held", type=int, default=0, help="keep one row in so many back, and measure on those")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--start", type=Path, required=True, help="the reader's weights, whose upper layers it begins with")
    train.add_argument("--epochs", type=int, default=8)
    train.add_argument("--rate", type=float, default=1.5e-4, help="of the upper layers")
    train.add_argument("--head-rate", type=float, default=8e-4)
    train.add_argument("--size", type=int, default=16)
    train.add_argument("--width", type=int, default=192)
    train.add_argument("--dropout", type=float, default=0.1)
    train.add_argument("--ema", type=float, default=0.99, help="of the weights so far in their running mean")
    train.add_argument("--no-joint", action="store_true")
    export = steps.add_parser("export")
    export.add_argument("weights", type=Path)
    export.add_argument("--models", type=Path, required=True)
    args = parser.parse_args()
    if args.step == "vectors":
        rows = list(vectors(args.joint))
        args.out.write_bytes(pickle.dumps(rows))
        print(f"{len(rows)} rows, {sum(len(r['events']) for r in rows)} events")
        print(Counter(KINDS[e[3]] for r in rows for e in r["events"]).most_common())
    elif args.step == "train":
        import fitting

        random.seed(args.seed)
        fitting.train(pickle.loads(args.vectors.read_bytes()), args)
    else:
        import fitting

        fitting.export(args.weights, args.models)


if __name__ == "__main__":
    main()
