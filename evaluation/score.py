"""Figures for a prediction of the task joint against the gold of its stories, for the gate on the bundled sample.

The formats and what each figure means stand in README.md beside this file. The gold as prediction gives 1 in every
figure (0 in `plans_as_incidents`), an empty prediction 0.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import fmean
from typing import Any

from evaluation import matching
from evaluation.rows import BadInput, Row

Figures = dict[str, float]
_TOKEN = re.compile(r"\w+|[^\w\s]")
_OPEN = frozenset({"planned", "threatened", "possible", "hypothetical", "denied", "negated"})
_COPIES = frozenset({"reprint", "rewrite", "excerpt"})
_ALIKE = 0.6
"""From this token F1 on, two names are one."""
_HALF = 0.5


def figures(stories: Mapping[str, Row], gold: Row, prediction: Row) -> Figures:
    """Every figure, by name. stories: rows with headline and text, by id. A figure is left out where the gold has
    nothing of its kind. Raises BadInput for a gold quote that does not stand in its story exactly once.
    """
    told, ours = gold["stories"], prediction["stories"]
    made: dict[str, float | None] = {}
    copies = [name for name, row in told.items() if row["relation"] in _COPIES]
    made["origin_accuracy"] = _share(_origin(told[n]) == _origin(ours[n]) if n in ours else False for n in copies)
    made["relation_macro_f1"] = _macro([(row["relation"], ours.get(n, {}).get("relation")) for n, row in told.items()])
    made["credits_f1"] = _f1_of_sets(_credits(told), _credits({n: ours[n] for n in told if n in ours}))

    claims = _matched(stories, told, ours, "claims", _claim_weight)
    made["claims_f1"] = claims.f1()
    made["source_f1"] = claims.f1(_source_right)
    events = _matched(stories, told, ours, "events", _overlap_weight)
    made["mentions_f1"] = events.f1()
    made["status_accuracy"] = _share(one["status"] == other["status"] for one, other in events.pairs)
    made["status_e2e_macro_f1"] = _macro(
        [(one["status"], other["status"]) for one, other in events.pairs]
        + [(one["status"], None) for one in events.missed]
        + [(None, other["status"]) for other in events.false]
    )
    tallies = _matched(stories, told, ours, "tallies", _tally_weight)
    made["verdict_e2e"] = tallies.recall(lambda one, other: one["verdict"] == other["verdict"])
    made["mutations_f1"] = _mutations(told, ours)

    known, found = list(gold["incidents"].values()), list(prediction["incidents"].values())
    pairs = [(known[i], found[j]) for i, j in matching.pairs(known, found, _incident_weight)]
    killed = sum(_bounds(one["killed"])[1] == _bounds(other["killed"])[1] for one, other in pairs)
    made["incidents_f1"] = _f1(len(pairs), len(found), len(known))
    made["killed_best_f1"] = _f1(killed, len(found), len(known))
    for what in ("killed", "injured"):
        # Over all incidents of the gold: one that is not found is wrong
        right = [_bounds(one.get(what)) == _bounds(other.get(what)) for one, other in pairs]
        made[f"{what}_range_e2e"] = sum(right) / len(known) if known else None
    made["plans_as_incidents"] = float(_plans_as_incidents(events.pairs, gold["incidents"], prediction["incidents"]))
    parts = ("origin_accuracy", "source_f1", "status_e2e_macro_f1", "killed_best_f1", "verdict_e2e", "mutations_f1")
    kept = {name: round(value, 4) for name, value in made.items() if value is not None}
    held = [value for part in parts if (value := made[part]) is not None]
    kept["headline"] = round(fmean(held), 4) if held else 0.0
    return kept


# ---- stories


def _origin(row: Row) -> Any:
    origin = row.get("origin")
    return ("ghost", _folded(origin["ghost"])) if isinstance(origin, dict) else origin


def _credits(rows: Mapping[str, Row]) -> set[tuple[str, str]]:
    return {(name, _folded(credit["outlet"])) for name, row in rows.items() for credit in row.get("credits") or ()}


def _mutations(told: Mapping[str, Row], ours: Mapping[str, Row]) -> float | None:
    """F1 over (story, field): several of one field in one story each need their own."""
    sides = [
        Counter((name, m["field"]) for name in told for m in rows.get(name, {}).get("mutations") or ())
        for rows in (told, ours)
    ]
    return _f1((sides[0] & sides[1]).total(), sides[1].total(), sides[0].total())


# ---- spans


@dataclass
class _Matches:
    """Items of gold and prediction in pairs, and those left over on each side. A gold item in a headline that nobody
    found is left out: headlines are not coded throughout.
    """

    pairs: list[tuple[Row, Row]] = field(default_factory=list)
    missed: list[Row] = field(default_factory=list)
    false: list[Row] = field(default_factory=list)

    def f1(self, right: Callable[[Row, Row], bool] = lambda _one, _other: True) -> float | None:
        """F1 of the pairs that are right."""
        hits = sum(right(*pair) for pair in self.pairs)
        return _f1(hits, len(self.pairs) + len(self.false), len(self.pairs) + len(self.missed))

    def recall(self, right: Callable[[Row, Row], bool]) -> float | None:
        """The share of the gold items that are found and right."""
        return _share([right(*pair) for pair in self.pairs] + [False] * len(self.missed))


def _matched(
    stories: Mapping[str, Row],
    told: Mapping[str, Row],
    ours: Mapping[str, Row],
    key: str,
    weight: Callable[[Row, Row], float],
) -> _Matches:
    matches = _Matches()
    for name, row in told.items():
        one = [_placed(item, stories[name], name) for item in row.get(key) or ()]
        other = [_placed(item, stories[name], name) for item in ours.get(name, {}).get(key) or ()]
        pairs = matching.pairs(one, other, weight)
        matches.pairs += [(one[i], other[j]) for i, j in pairs]
        left, right = {i for i, _ in pairs}, {j for _, j in pairs}
        matches.missed += [item for i, item in enumerate(one) if i not in left and item.get("in") != "headline"]
        matches.false += [item for j, item in enumerate(other) if j not in right]
    return matches


def _placed(item: Row, story: Row, name: str) -> Row:
    """The item with "at": the tokens of its part that it covers. Gold is placed by its quote, a prediction by spans."""
    part = item.get("in") or "text"
    body = story[part]
    if "quote" in item:
        if body.count(item["quote"]) != 1:
            raise BadInput(f'story "{name}": the quote {item["quote"]!r} does not stand once in the {part}')
        start = body.index(item["quote"])
        spans = [[start, start + len(item["quote"])]]
    else:
        spans = item["content"] if "content" in item else [item["span"]]
    covered = frozenset(
        (part, n)
        for n, token in enumerate(_TOKEN.finditer(body))
        if any(token.start() < end and start < token.end() for start, end in spans)
    )
    return {**item, "at": covered}


def _shared(one: Row, other: Row) -> float:
    both = len(one["at"]) + len(other["at"])
    return 2 * len(one["at"] & other["at"]) / both if both else 0.0


def _claim_weight(one: Row, other: Row) -> float:
    shared = _shared(one, other)
    return shared if shared >= _HALF else 0.0


def _overlap_weight(one: Row, other: Row) -> float:
    shared = _shared(one, other)
    return 1 + shared if shared else 0.0


def _tally_weight(one: Row, other: Row) -> float:
    same = _folded(one["unit"]) == _folded(other["unit"]) and _bounds(one["count"])[1] == _bounds(other["count"])[1]
    return _overlap_weight(one, other) if same else 0.0


def _source_right(one: Row, other: Row) -> bool:
    mine, theirs = one["source"], other["source"]
    if mine["kind"] != theirs["kind"]:
        return False
    return mine["kind"] == "narrator" or _same_name(mine["name"], theirs["name"])


# ---- incidents


def _incident_weight(one: Row, other: Row) -> float:
    mine, theirs = set(one["stories"]), set(other["stories"])
    shared = len(mine & theirs) / len(mine | theirs)
    if shared < _HALF or not one.get("date") or not other.get("date"):
        return 0.0
    ends = zip(one["date"], other["date"], strict=True)
    gap = max(abs((date.fromisoformat(a) - date.fromisoformat(b)).days) for a, b in ends)
    return shared + 1 / (1 + gap) if gap <= 1 else 0.0


def _plans_as_incidents(pairs: list[tuple[Row, Row]], known: Row, found: Row) -> int:
    """How many predicted incidents rest mostly on what the gold holds to be plans, denials or background."""
    wrong: Counter[str] = Counter()
    for one, other in pairs:
        if other.get("incident") in found:
            wrong[other["incident"]] += 1 if one.get("ref") not in known or one["status"] in _OPEN else -1
    return sum(balance > 0 for balance in wrong.values())


# ---- values


def _bounds(triple: list[int | None] | None) -> list[int | None]:
    return triple or [None, None, None]


def _folded(words: str) -> str:
    return " ".join(words.casefold().replace("_", " ").split())


def _name_tokens(name: str) -> Counter[str]:
    plain = re.sub(r"['’]s\b", "", name.casefold())
    return Counter(word for word in re.findall(r"\w+", plain) if word not in ("the", "a", "an"))


def _same_name(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return not one and not other
    mine, theirs = _name_tokens(one), _name_tokens(other)
    both = mine.total() + theirs.total()
    return 2 * (mine & theirs).total() / both >= _ALIKE if both else _folded(one) == _folded(other)


def _share(right: Iterable[bool]) -> float | None:
    told = [float(one) for one in right]
    return fmean(told) if told else None


def _f1(hits: int, predicted: int, known: int) -> float | None:
    return 2 * hits / (predicted + known) if known else None


def _f1_of_sets(known: set[tuple[str, str]], found: set[tuple[str, str]]) -> float | None:
    return _f1(len(known & found), len(found), len(known))


def _macro(pairs: list[tuple[Any, Any]]) -> float | None:
    """Mean F1 over the words that occur in the gold; None stands for nothing on that side."""
    known, found = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    hits = Counter(one for one, other in pairs if one == other)
    parts = [_f1(hits[word], found[word], known[word]) or 0.0 for word in known if word is not None]
    return fmean(parts) if parts else None
