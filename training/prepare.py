"""Texts with marks → arrays that the network is trained on, so that training needs torch and nothing of the program."""

import argparse
import hashlib
import json
import pickle
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

import numpy as np
from marked import passages

from onrecord.language.pieces import Block, Vocabulary, Words, cut
from onrecord.records import SourceKind, Stance, Status

STATUSES, STANCES = get_args(Status), get_args(Stance)
KINDS = tuple(kind for kind in get_args(SourceKind) if kind != "narrator")
NONE = -1
Row = dict[str, Any]
Range = tuple[int, int]


def polnear(path: Path, vocabulary: Vocabulary) -> Iterator[Row]:
    """Documents with all their attributions."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        words = cut(_blocks("", row["text"]), vocabulary)
        found = [
            (it["cue"], it["source"], it["content"], NONE, NONE)
            for it in row["attributions"]
            if it["cue"] and it["content"]
        ]
        yield _row(row["id"], words, _attributions(words, found, headline=False), [], attributed=True)


def own(paths: Iterable[Path], vocabulary: Vocabulary) -> Iterator[Row]:
    """Passages of ours, with attributions, stances, kinds of source and statuses."""
    for path in paths:
        for it in passages(path):
            words = cut(_blocks(it.headline, it.text), vocabulary)
            found = [
                (a.cue, a.source, a.content, STANCES.index(a.stance), KINDS.index(a.kind) if a.kind else NONE)
                for a in it.attributions
            ]
            events = [
                (*r, STATUSES.index(told.status), None)
                for told in it.events
                if told.status and (r := _range(words, told.start, told.end, told.headline))
            ]
            yield _row(it.name, words, _attributions(words, found, headline=False), events, attributed=True)


def joint(path: Path, vocabulary: Vocabulary) -> Iterator[Row]:
    """Stories of the joint set with what the rules found there and the gold says of it."""
    for row in json.loads(path.read_text(encoding="utf-8")):
        words = cut(_blocks(row["headline"], row["text"]), vocabulary)
        found = [
            (
                [it["cue"]],
                [it["source"]] if it["source"] else [],
                it["content"],
                STANCES.index(it["gold"]["stance"]),
                _kind(it),
            )
            for it in row["claims"]
            if it["cue"] and it["gold"]
        ]
        events = [
            (*r, STATUSES.index(it["gold"]), None)
            for it in row["mentions"]
            if it["gold"] and (r := _range(words, *it["trigger"], it["part"] == "headline"))
        ]
        yield _row(row["id"], words, _attributions(words, found, headline=False), events, attributed=False)


def status(path: Path, vocabulary: Vocabulary) -> Iterator[Row]:
    """Sentences, each with the events scored in it."""
    texts: dict[str, list[tuple[list[int], float, str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        texts.setdefault(row["text"], []).append((row["event"], row["score"], row["id"]))
    for number, (text, asked) in enumerate(texts.items()):
        words = cut([Block(False, 0, text)], vocabulary)
        events = [(*r, NONE, score) for (s, e), score, _ in asked if (r := _range(words, s, e, False))]
        yield _row(str(number), words, [], events, attributed=False)


def _kind(it: Row) -> int:
    kind = it["gold"]["kind"]
    return KINDS.index(kind) if kind in KINDS else NONE


def _blocks(headline: str, text: str) -> list[Block]:
    blocks = [Block(True, 0, headline)] if headline else []
    return [*blocks, *(Block(False, m.start(), m.group()) for m in re.finditer(r"[^\n]+", text))]


def _range(words: Words, start: int, end: int, headline: bool) -> Range | None:
    """The words that share a character with a span; None for none."""
    held = np.flatnonzero((words.start < end) & (start < words.end) & (words.headline == headline))
    return (int(held[0]), int(held[-1]) + 1) if len(held) else None


def _attributions(words: Words, found: list, headline: bool) -> list[tuple]:
    made = []
    for cue, source, content, stance, kind in found:
        ranges = [
            sorted(r for s, e in spans if (r := _range(words, s, e, headline)) is not None)
            for spans in (cue, source, content)
        ]
        if ranges[0] and ranges[2]:
            made.append((ranges[0][0], _joined(ranges[1]), _joined(ranges[2]), stance, kind))
    return made


def _joined(ranges: list[Range]) -> list[Range]:
    """Pieces that touch are one."""
    out: list[Range] = []
    for a, b in ranges:
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return out


def _row(name: str, words: Words, attributions: list, events: list, *, attributed: bool) -> Row:
    keys = ("start", "end", "block", "headline", "piece", "ids", "features")
    kept = {key: getattr(words, key).astype(np.int32) for key in keys}
    return {"id": name, **kept, "attributions": attributions, "events": events, "attributed": attributed}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True, help="folder with polnear/, status/")
    arguments.add_argument("--joint", type=Path, nargs="*", default=[], help="what the rules found in joint campaigns")
    arguments.add_argument("--texts", type=Path, default=Path(__file__).parent / "texts")
    arguments.add_argument("--vocabulary", type=Path, required=True)
    arguments.add_argument("--out", type=Path, required=True)
    given = arguments.parse_args()
    vocabulary = Vocabulary(given.vocabulary.read_text(encoding="utf-8").split("\n"))
    given.out.mkdir(parents=True, exist_ok=True)
    sets = {
        "polnear-train": (polnear, given.data / "polnear/train.jsonl"),
        "polnear-dev": (polnear, given.data / "polnear/dev.jsonl"),
        "status-train": (status, given.data / "status/train.jsonl"),
        "status-dev": (status, given.data / "status/dev.jsonl"),
        **{path.stem.replace("_", "-"): (joint, path) for path in given.joint},
    }
    hashes = {}
    for name, (make, path) in sets.items():
        rows = list(make(path, vocabulary))
        (given.out / f"{name}.pickle").write_bytes(pickle.dumps(rows))
        hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        print(
            f"{name}: {len(rows)} rows, {sum(len(r['attributions']) for r in rows)} attributions, {sum(len(r['events']) for r in rows)} events"
        )
    texts = sorted(given.texts.glob("*.txt"))
    rows = list(own(texts, vocabulary))
    (given.out / "own.pickle").write_bytes(pickle.dumps(rows))
    hashes["own"] = hashlib.sha256(b"".join(p.read_bytes() for p in texts)).hexdigest()
    print(
        f"own: {len(rows)} passages, {sum(len(r['attributions']) for r in rows)} attributions, {sum(len(r['events']) for r in rows)} events"
    )
    (given.out / "hashes.json").write_text(json.dumps(hashes, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
