#!/usr/bin/env python3
"""Checks a custody report: python3 check.py [CHECKPOINT]. Needs Python and nothing else, and no network.

Beside this file lie report.json and the captures. CHECKPOINT: a file that `onrecord checkpoint` wrote, kept elsewhere since: only
something outside can show that a ledger was made anew. Exit status 0: all holds; 1: something does not, and is named.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

START = "0" * 64
HERE = Path(__file__).resolve().parent


def digest(*values: object) -> str:
    """As the ledger makes it: SHA-256 of canonical JSON."""
    packed = json.dumps(values, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(packed.encode()).hexdigest()


def row_digest(*rows: dict[str, Any]) -> str:
    """Of a fact and of the rows that came with it; a column without a value does not count."""
    return digest(*({c: v for c, v in row.items() if v is not None and c not in ("seq", "intake")} for row in rows))


def captures(report: dict[str, Any]) -> Iterator[str]:
    """The bytes are those that came."""
    for name in report["captures"]:
        file = HERE / ("capture-" + name)
        if not file.is_file():
            yield f"capture {name}: is not here"
        elif hashlib.sha256(file.read_bytes()).hexdigest() != name:
            yield f"capture {name}: the bytes are others than those that came"


def log(report: dict[str, Any]) -> Iterator[str]:
    """Each entry of the log follows from the one before, to the last."""
    last = START
    for seq, fact, row, said, at, held in report["log"]:
        if digest(last, seq, fact, row, said, at) != held:
            yield f"log: entry {seq} does not follow from the one before"
            return
        last = held
    if not report["log"] or [report["log"][-1][0], last] != [report["head"]["entries"], report["head"]["hash"]]:
        yield "log: ends otherwise than the report says"


def inputs(report: dict[str, Any]) -> Iterator[str]:
    """Each input is as the log has it: when and where from it came, how, which bytes, the whole text, and what was refused of it."""
    entries = {entry[0]: entry for entry in report["log"]}
    for one in report["inputs"]:
        entry, row = entries.get(one["entry"]), one["row"]
        found = row_digest(row, {"media": one["media"]}, one["story"], *one["refused"])
        if entry is None or entry[1:4] != ["intake", row["seq"], found]:
            yield f"input {row['seq']} ({row['source']}): is not as it was when it was added"
        if row["capture"] is not None and row["capture"] not in report["captures"]:
            yield f"input {row['seq']} ({row['source']}): its capture is not named"


def words(report: dict[str, Any]) -> Iterator[str]:
    """The words cited stand where they are said to, in a text that the log vouches for."""
    stories = {one["story"]["id"]: one["story"] for one in report["inputs"] if one["story"]}
    for one in report["words"]:
        story = stories.get(one["story"])
        where = f"{one['story']} {one['part']} {one['start']}-{one['end']}"
        if story is None:
            yield f"words: {where}: the story is not here"
        elif story[one["part"]][one["start"] : one["end"]] != one["text"]:
            yield f"words: {where}: other words stand there"


def checkpoint(report: dict[str, Any], file: str) -> Iterator[str]:
    """The log holds what it held when the checkpoint was taken."""
    held = json.loads(Path(file).read_text("utf-8"))
    entry = next((one for one in report["log"] if one[0] == held["entries"]), None)
    if entry is None or entry[5] != held["hash"]:
        yield f"checkpoint {file}: the log of this report is another, or older"


def main(arguments: Sequence[str]) -> int:
    """Prints what does not hold, and whether all does."""
    report = json.loads((HERE / "report.json").read_text("utf-8"))
    wrong = [*captures(report), *log(report), *inputs(report), *words(report)]
    for file in arguments:
        wrong += checkpoint(report, file)
    for line in wrong:
        print(line)
    cell, head = report["cell"], report["head"]
    print(
        f"{cell['id']}: {len(report['words'])} citations, {len(report['inputs'])} inputs, {len(report['captures'])} captures"
    )
    print(f"log: {head['entries']} entries, the last {head['hash']}")
    print("does not hold" if wrong else "holds")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
