"""Learns from crime reports with counts what their words make of how many died or were hurt (`events/summary.py`).

python weighed.py features train.jsonl FOLDER --out features.json    # counts in one file, or beside their stories
python weighed.py fit features.json --out weighed.json
"""

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from onrecord import claims, events
from onrecord.events import dated, summary
from onrecord.records import Story

WHATS = ("killed", "injured")
KEPT = 1500
"""How many weights a table keeps."""
LEAST = 6
"""In how many stories a word stands at least: rarer ones are names, and chance."""
RIDGE = 1.5
"""How strongly the weights of days are held to nothing."""
Row = dict[str, Any]


def features(paths: list[Path]) -> list[Row]:
    """What the program sees in each story, and its counts. Each path is a file of stories with counts, or a folder with
    `stories.jsonl` and `counts.jsonl`, of whose incidents every second one is taken, so that the others stay a measure.
    """
    from evaluation.cores import over
    from evaluation.reading import UNDATED, Library

    rows = [row for path in paths for row in (_joined(path) if path.is_dir() else _lines(path))]
    told = Library(1).tell(rows, UNDATED).stories
    names = _names(row["text"] for row in rows)
    held = [row for row in rows if row["id"] in told]
    made = []
    for row, seen in zip(held, over(_seen, [told[row["id"]] for row in held], "features"), strict=True):
        right = {what: row[what] or 0 for what in WHATS}
        kept = [it for it in seen["seen"] if not names & set(it.lstrip("^").split())]
        made.append(seen | {"seen": kept, "right": right, "day": row["date"]})
    often = Counter(it for row in made for it in row["seen"])
    return [row | {"seen": [it for it in row["seen"] if often[it] >= LEAST]} for row in made]


def _seen(story: Story) -> Row:
    from evaluation.cores import annotator
    from onrecord.events.gist import main_event

    annotated = annotator().annotate(story)
    rules = summary.by_rules(annotated)
    event = main_event(events.build(annotated, claims.find(annotated).claims).events)
    when, published = event.when if event else None, story.published.day
    main = when.start if when is not None and when.start == when.end else None
    days = dated.candidates(annotated, published, main) if published is not None else {}
    return {
        "seen": sorted(set(summary.features(annotated, *rules))),
        "rules": {what: bounds.best or 0 for what, bounds in zip(WHATS, rules, strict=True)},
        "days": {day.isoformat(): sorted(told) for day, told in days.items()},
        "main": main.isoformat() if main else None,
    }


def _lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _joined(folder: Path) -> Iterator[Row]:
    counts = {row["id"]: row for row in _lines(folder / "counts.jsonl")}
    for row in _lines(folder / "stories.jsonl"):
        if row["id"] in counts and hashlib.sha256(str(row["incident"]).encode()).digest()[0] % 2 == 0:
            yield {**counts[row["id"]], "headline": row["title"], "text": row["text"], "published": row["date"]}


def _names(texts: Iterable[str]) -> set[str]:
    """Words that mostly stand with a capital in mid-sentence: whoever they name, they shall not weigh."""
    import re

    counted: dict[str, list[int]] = {}
    for text in texts:
        for match in re.finditer(r"(?<=[a-z,] )[A-Za-z]+", text):
            counted.setdefault(match.group().lower(), [0, 0])[match.group()[0].isupper()] += 1
    return {word for word, (low, high) in counted.items() if high > low}


def fit(rows: list[Row], folds: int) -> dict[str, Row]:
    """The tables, and printed, how well the same way of learning does on stories kept back."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    words = sorted({it for row in rows for it in row["seen"]})
    at = {word: n for n, word in enumerate(words)}
    pairs = [(n, at[it]) for n, row in enumerate(rows) for it in row["seen"]]
    scale = np.array([3.0 if word.startswith("=") else 0.5 for word in words])
    seen = csr_matrix((np.ones(len(pairs)), tuple(zip(*pairs, strict=True))), shape=(len(rows), len(words))).multiply(
        scale
    )
    seen = seen.tocsr()
    tables = {}

    def learned(held: np.ndarray, classes: np.ndarray) -> tuple[np.ndarray, Any]:
        all_of_them = LogisticRegression(C=0.05, max_iter=1000).fit(seen[held], classes[held])
        weight = np.abs(all_of_them.coef_).max(0) * np.sqrt(np.asarray(seen[held].mean(0)).ravel())
        weight[[at[w] for w in words if w.startswith("=")]] = np.inf
        kept = np.sort(np.argsort(-weight, kind="stable")[:KEPT])
        return kept, LogisticRegression(C=0.15, max_iter=2000).fit(seen[held][:, kept], classes[held])

    for what in WHATS:
        right = np.array([row["right"][what] for row in rows])
        rules = np.array([row["rules"][what] for row in rows])
        classes, guess = np.minimum(right, 2), np.zeros(len(rows), dtype=int)
        for learn, ask in StratifiedKFold(folds, shuffle=True, random_state=0).split(seen, classes):
            kept, model = learned(learn, classes)
            guess[ask] = model.predict(seen[ask][:, kept])
        number = np.where(guess < 2, guess, np.maximum(rules, 2))
        print(f"{what}: rules {(rules == right).mean():.3f}, with words, kept back {(number == right).mean():.3f}")
        kept, model = learned(np.arange(len(rows)), classes)
        weights = {
            words[n]: [round(float(w) * scale[n], 3) for w in row] for n, row in zip(kept, model.coef_.T, strict=True)
        }
        tables[what] = {"bias": [round(float(b), 3) for b in model.intercept_], "weights": weights}
    return tables


def fit_days(rows: list[Row], folds: int) -> Row:
    """Weights of what speaks for a day, so that the right one of a story's is the likeliest."""
    import numpy as np
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    rows = [row for row in rows if row["days"] and row["day"]]
    often = Counter(it for row in rows for held in row["days"].values() for it in held)
    words = sorted(it for it, count in often.items() if count >= LEAST)
    at = {word: n for n, word in enumerate(words)}
    sizes = [len(row["days"]) for row in rows]
    begin = np.concatenate(([0], np.cumsum(sizes)))
    given = [held for row in rows for held in row["days"].values()]
    pairs = [(n, at[it]) for n, held in enumerate(given) for it in held if it in at]
    seen = csr_matrix((np.ones(len(pairs)), tuple(zip(*pairs, strict=True))), shape=(len(given), len(words)))
    right = np.array([day == row["day"] for row in rows for day in row["days"]])
    known = [n for n in range(len(rows)) if right[begin[n] : begin[n + 1]].any()]

    def learned(held: list[int]) -> np.ndarray:
        where = np.concatenate([np.arange(begin[n], begin[n + 1]) for n in held])
        group = np.repeat(np.arange(len(held)), [sizes[n] for n in held])
        x, y = seen[where], right[where]

        def lost(w: np.ndarray) -> tuple[float, np.ndarray]:
            scores = x @ w
            top = np.zeros(len(held)) - np.inf
            np.maximum.at(top, group, scores)
            share = np.exp(scores - top[group])
            share /= np.bincount(group, share)[group]
            return -np.log(share[y]).sum() + RIDGE * (w @ w), x.T @ (share - y) + 2 * RIDGE * w

        return minimize(lost, np.zeros(len(words)), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x

    def chosen(w: np.ndarray, n: int) -> str:
        scores = seen[begin[n] : begin[n + 1]] @ w
        return max(zip(scores, rows[n]["days"], strict=True))[1]

    hits = 0
    for fold in range(folds):
        w = learned([n for n in known if n % folds != fold])
        hits += sum(chosen(w, n) == rows[n]["day"] for n in range(len(rows)) if n % folds == fold)
    first = sum(row["main"] == row["day"] for row in rows)
    print(f"day: main event's {first / len(rows):.3f}, with words, kept back {hits / len(rows):.3f}")
    w = learned(known)
    return {
        "bias": [0.0],
        "weights": {word: [round(float(x), 3)] for word, x in zip(words, w, strict=True) if abs(x) > 0.01},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["features", "fit"])
    parser.add_argument("given", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=5)
    args = parser.parse_args()
    if args.step == "features":
        args.out.write_text(json.dumps(features(args.given)), encoding="utf-8")
    else:
        rows = json.loads(args.given[0].read_text(encoding="utf-8"))
        tables = fit(rows, args.folds) | {"day": fit_days(rows, args.folds)}
        lines = json.dumps(tables, indent=0, sort_keys=True, ensure_ascii=False).replace(",\n", ", ")
        args.out.write_text(lines + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
