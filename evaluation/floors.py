"""Pinned figures: what has been reached, and must not be lost without a word."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FLOORS = Path(__file__).with_name("floors.json")
SLACK = 0.0005
"""Figures are rounded to four digits; less than this is no drop."""

Figures = Mapping[str, float]


@dataclass(frozen=True)
class Floors:
    """The floors of one file, by the name of the set. lower: figures of which less is better."""

    path: Path
    sets: dict[str, dict[str, Any]]
    lower: frozenset[str]

    def of(self, name: str) -> Figures:
        """The pinned figures of a set, none where it has no floor yet."""
        found: Figures = self.sets.get(name, {}).get("figures", {})
        return found

    def fallen(self, name: str, made: Figures, data: str) -> list[str]:
        """A sentence for every figure under its floor, and one where the data are not those that were pinned."""
        if name not in self.sets:
            return []
        if self.sets[name]["sha256"] != data:
            return [f"{name}: the data are not those that the floor was pinned on; --update pins it anew"]
        return [
            f"{name}: {figure} fell from {floor:g} to {made[figure]:g}"
            if figure in made
            else f"{name}: {figure} is pinned at {floor:g} and was not measured"
            for figure, floor in self.of(name).items()
            if figure not in made or self._worse(figure, made[figure], floor)
        ]

    def raised(self, name: str, made: Figures, data: str, regress: bool) -> tuple["Floors", list[str]]:
        """The floors with the set's figures pinned where they are better, and a sentence for each that was refused.

        regress: whether a floor may be lowered. On other data than those pinned nothing can be compared, and all is new.
        """
        old = self.of(name) if self.sets.get(name, {}).get("sha256") == data else {}
        refused = [f for f, floor in old.items() if not regress and (f not in made or self._worse(f, made[f], floor))]
        kept = {f: old[f] for f in refused}
        better = {f: value if f not in old or regress else self._best(f, value, old[f]) for f, value in made.items()}
        sets = {**self.sets, name: {"sha256": data, "figures": {**better, **kept}}}
        said = [f"{name}: {f} stays at {old[f]:g}: lowering it takes --allow-regression" for f in refused]
        return Floors(self.path, sets, self.lower), said

    def write(self) -> None:
        """Writes the file, sets and figures in the order of their names."""
        self.path.write_text(json.dumps(self.sets, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    def _worse(self, figure: str, value: float, floor: float) -> bool:
        return value - floor > SLACK if figure in self.lower else floor - value > SLACK

    def _best(self, figure: str, value: float, floor: float) -> float:
        return min(value, floor) if figure in self.lower else max(value, floor)


def load(path: Path, lower: Collection[str]) -> Floors:
    """The floors of a file; none where there is no file."""
    sets = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return Floors(path, sets, frozenset(lower))


def fingerprint(files: Iterable[Path]) -> str:
    """One SHA-256 over the files' bytes, in the order given, whatever folder they lie in."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()
