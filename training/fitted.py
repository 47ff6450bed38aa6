"""What is counted beside the network and written into its reader.json, the certainty on rows that training kept back:
where cues end, how far what the words of a story tell of a status is to be trusted, and the shares of the certainty.
"""

import argparse
import collections
import hashlib
import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np

_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")
_OFTEN = 20
_SEEN, _LONGEST = 4, 5
"""How often words must stand in the texts for their odds to be kept, and how many they are at most."""
_DOUBT, _USUAL = 3, 0.3
"""Each run of words is counted as if it had stood so often more, and been a cue in so many of these."""


def ends(path: Path) -> dict[str, Any]:
    """How words behave at the end of cues, as logarithms of odds beside the usual ("usual"): for each that often stands in
    cues, how likely it ends one ("last"); for each that often stands in or behind one, how likely the cue has ended before
    it ("next"; under "" the end of a paragraph). The network judges word by word, and would stop in the midst of "said in
    a statement".
    """
    inside, last, before, behind = (collections.Counter() for _ in range(4))
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for it in row["attributions"]:
            for start, end in it["cue"]:
                words = [m.group().lower() for m in _WORD.finditer(row["text"], start, end)]
                following = _WORD.search(row["text"], end)
                ended = following is None or "\n" in row["text"][end : following.start()]
                after = "" if ended else following.group().lower()
                inside.update(words)
                last.update(words[-1:])
                before.update([*words[1:], after])
                behind.update([after])
    rate = last.total() / inside.total()
    usual = _odds(rate)
    return {
        "usual": round(usual, 4),
        "last": {w: _beside(last[w], n, rate) for w, n in sorted(inside.items()) if n >= _OFTEN},
        "next": {w: _beside(behind[w], n, rate) for w, n in sorted(before.items()) if n >= _OFTEN},
        "weight": 0.75,
    }


def cues(path: Path) -> dict[str, Any]:
    """What tells whether words that the network takes for a cue are one, as logarithms of odds: how often the same words are
    a cue where they stand ("known"; "unknown" of others), what is added for the content and the source found with them, and
    the least that it all comes to. The shares were chosen by documents that training kept back and by the
    development set together, so that neither measures them quite.
    """
    told: collections.Counter[str] = collections.Counter()
    stood: collections.Counter[str] = collections.Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found = [(m.group().lower(), *m.span()) for m in _WORD.finditer(row["text"])]
        words = [word for word, _, _ in found]
        starts = {start: n for n, (_, start, _) in enumerate(found)}
        ends = {end: n + 1 for n, (_, _, end) in enumerate(found)}
        spans = {(start, end) for it in row["attributions"] for start, end in it["cue"]}
        told.update(" ".join(words[starts[a] : ends[b]]) for a, b in spans if a in starts and b in ends)
        stood.update(" ".join(words[n : n + size]) for size in range(1, _LONGEST + 1) for n in range(len(words) - size + 1))
    known = {
        cue: round(_odds(min(0.98, max(0.02, (n + _DOUBT * _USUAL) / (stood[cue] + _DOUBT)))), 2)
        for cue, n in sorted(told.items())
        if stood[cue] >= _SEEN
    }
    return {"words": 0.6, "content": 0.3, "source": 0.2, "least": 1.0, "unknown": round(_odds(_USUAL), 2), "known": known}


def _beside(ended: int, seen: int, rate: float) -> float:
    return round(_odds((ended + 2 * rate) / (seen + 2)) - _odds(rate), 3)


def _odds(share: float) -> float:
    return math.log(share / (1 - share))


def trust(pairs: list[tuple[str, str, float]], statuses: list[str]) -> list[list[float]]:
    """Logarithms of how often the words tell each status, for each that is right. pairs: right, told, weight."""
    counts = np.full((len(statuses), len(statuses)), 0.5)
    for right, told, weight in pairs:
        counts[statuses.index(right), statuses.index(told)] += weight
    return np.log(counts / counts.sum(axis=1, keepdims=True)).round(4).tolist()


def kind_trust(pairs: list[tuple[str, str | None]], kinds: list[str]) -> list[list[float]]:
    """The same of kinds of event: for each that is right, how often the words tell each, and last, how often none."""
    columns = [*kinds, None]
    counts = np.full((len(kinds), len(columns)), 0.3)
    for right, told in pairs:
        counts[kinds.index(right), columns.index(told)] += 1
    return np.log(counts / counts.sum(axis=1, keepdims=True)).round(4).tolist()


def sure(network: np.ndarray, words: np.ndarray, gold: np.ndarray) -> dict[str, float]:
    """Shares by least squares, then where a plain no and yes begin so that the classes fit best."""
    given = np.c_[network, words, np.ones(len(gold))]
    share = np.linalg.solve(given.T @ given + np.eye(3), given.T @ gold)
    mixed = given @ share
    best = (-1.0, 0.0, 0.0)
    for yes in np.arange(0.6, 2.3, 0.1):
        for no in np.arange(-2.2, -0.3, 0.1):
            bent = np.interp(mixed, [-3, no, yes, 3], [-3, -1.5, 1.5, 3])
            value = _macro(bent, gold) + float(np.corrcoef(bent, gold)[0, 1])
            best = max(best, (value, float(no), float(yes)))
    named = zip(("network", "words", "both", "no", "yes"), (*share.tolist(), *best[1:]), strict=True)
    return {name: round(value, 4) for name, value in named}


def _macro(told: np.ndarray, gold: np.ndarray) -> float:
    one, other = (np.where(x >= 1.5, 1, np.where(x <= -1.5, -1, 0)) for x in (told, gold))
    return float(
        np.mean([2 * ((one == c) & (other == c)).sum() / ((one == c).sum() + (other == c).sum()) for c in (-1, 0, 1)])
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", type=Path, help="folder with reader.json")
    parser.add_argument("--polnear", type=Path, help="for the ends of cues")
    parser.add_argument("--told", type=Path, nargs="*", default=[], help="pairs of right and told statuses (rules.py)")
    parser.add_argument("--kinds", type=Path, help="pairs of right and told kinds (rules.py)")
    parser.add_argument("--sure", type=Path, help="certainties of network, words and gold (rules.py)")
    parser.add_argument("--lift", type=float, default=-0.25)
    args = parser.parse_args()
    path = args.models / "reader.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    if args.polnear:
        told["ends"] = ends(args.polnear)
        told["cues"] = cues(args.polnear)
        told["lift"] = args.lift
    pairs = [
        (right, said, weight) for p in args.told for right, said, weight in json.loads(p.read_text(encoding="utf-8"))
    ]
    if pairs:
        told["trust"] = trust(pairs, told["statuses"])
    if args.kinds:
        told["kind_trust"] = kind_trust(json.loads(args.kinds.read_text(encoding="utf-8")), told["event_kinds"])
    if args.sure:
        told["sure"] = sure(*(np.array(column) for column in zip(*json.loads(args.sure.read_text()), strict=True)))
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    (args.models / "name.txt").write_text(name(args.models) + "\n", encoding="utf-8")


def name(models: Path) -> str:
    """What tells these files from others: readings keep it."""
    held = hashlib.sha256()
    for path in sorted(models.iterdir()):
        if path.name != "name.txt":
            held.update(path.name.encode() + path.read_bytes())
    return f"network {held.hexdigest()[:8]}"


if __name__ == "__main__":
    main()
