"""On which side does somebody stand who acts, is hit, or died? By the tables of actors and of sides."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, cast

from onrecord.exports.private import WITHHELD
from onrecord.wording import actors

Side = Literal["state", "rebel", "militia", "communal", "external", "protesters", "rioters", "civilians", "unsaid"]
ARMED = frozenset({"state", "rebel", "militia", "communal", "external"})
NON_STATE = frozenset({"rebel", "militia", "communal"})
UNARMED = frozenset({"civilians", "protesters", "unsaid"})

_TOKEN = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_FIRST: tuple[Side, ...] = ("civilians", "protesters", "rioters", "communal")
_THEN: tuple[Side, ...] = ("rebel", "militia", "external", "state", *_FIRST, "unsaid")


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody. name: as it may leave the ledger; country: that it belongs to or mostly acts in; sort: of actors.csv, None for who is not
    in it. Each None where it is not known.
    """

    name: str | None
    side: Side | None = None
    country: str | None = None
    sort: str | None = None

    @property
    def is_named(self) -> bool:
        """Whether it has a name of its own, and not words for its like."""
        return self.name is not None and (self.sort is not None or self.name[:1].isupper())


def party(name: str | None) -> Party:
    """Who that is. A name that is withheld is a private person's."""
    if name is None:
        return Party(None)
    if WITHHELD in name:
        return Party(name, "civilians")
    known = actors.named(name)
    if known is not None:
        return Party(name, _sides()["kinds"].get(known.kind), known.country, known.kind)
    return Party(name, side(name))


@lru_cache(maxsize=65536)
def side(words: str) -> Side | None:
    """The side that words tell: what the head of the phrase is, else what any word of it is."""
    tokens = _TOKEN.findall(words)
    head = next((at for at, one in enumerate(tokens) if at and one.casefold() in _sides()["ends"]), len(tokens))
    for part in (tokens[:head], tokens[head + 1 :]):
        found = [_of_word(one) for one in part]
        if found and found[-1] in _FIRST:
            return found[-1]
        told = next((one for one in _THEN if one in found), None)
        if told is not None:
            return told
    return None


def _of_word(word: str) -> Side | None:
    if word in _sides()["names"]:
        return _sides()["names"][word]
    low, table = word.casefold(), _sides()["words"]
    return table.get(low) or table.get(low.removesuffix("s"))


@cache
def _sides() -> dict[str, dict[str, Side]]:
    raw: dict[str, Any] = tomllib.loads(files("onrecord.exports").joinpath("codebooks/sides.toml").read_text("utf-8"))
    tables = {
        table: {word: cast("Side", name) for name, words in raw[table].items() for word in words}
        for table in ("kinds", "words", "names")
    }
    return {**tables, "ends": dict.fromkeys(raw["phrase"]["ends"], "unsaid")}
