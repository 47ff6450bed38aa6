"""What is counted beside the network, on texts that it has not seen where that matters, and written into its reader.json:
where cues end, how far what the words of a story tell of a status is to be trusted, and the shares of the certainty.
"""

import argparse
import collections
import hashlib
import json
import re
from pathlib import Path

import numpy as np

_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")
_OFTEN = 20


def ends(path: Path) -> dict[str, float]:
    """For each word that often stands in cues: by how much likelier than others it ends one, as a logarithm. The network
    judges word by word, and would end a cue in the midst of "said in a statement".
    """
    inside, last = collections.Counter(), collections.Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for it in row["attributions"]:
            for start, end in it["cue"]:
                words = [w.lower() for w in _WORD.findall(row["text"][start:end])]
                inside.update(words)
                last.update(words[-1:])
    rate = last.total() / inside.total()
    often = (w for w, n in inside.items() if n >= _OFTEN)
    return {w: round(float(np.log((last[w] + 2 * rate) / (inside[w] + 2)) - np.log(rate)), 3) for w in sorted(often)}


def trust(pairs: list[tuple[str, str, float]], statuses: list[str]) -> list[list[float]]:
    """Logarithms of how often the words tell each status, for each that is right. pairs: right, told, weight."""
    counts = np.full((len(statuses), len(statuses)), 0.5)
    for right, told, weight in pairs:
        counts[statuses.index(right), statuses.index(told)] += weight
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
    return float(np.mean([2 * ((one == c) & (other == c)).sum() / ((one == c).sum() + (other == c).sum()) for c in (-1, 0, 1)]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", type=Path, help="folder with reader.json")
    parser.add_argument("--polnear", type=Path, required=True)
    parser.add_argument("--told", type=Path, nargs="*", default=[], help="pairs of right and told statuses (rules.py)")
    parser.add_argument("--sure", type=Path, help="certainties of network, words and gold (rules.py)")
    parser.add_argument("--lift", type=float, default=-0.25)
    args = parser.parse_args()
    path = args.models / "reader.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["ends"] = ends(args.polnear)
    told["lift"] = args.lift
    pairs = [(right, said, weight) for p in args.told for right, said, weight in json.loads(p.read_text(encoding="utf-8"))]
    if pairs:
        told["trust"] = trust(pairs, told["statuses"])
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
