"""Which words of a name or a clause can tell one event from another."""

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from onrecord.wording.gazetteer import fold

_WORD = re.compile(r"[^\W_]{2,40}")
_SHORTEST_STEM = 4
_DEMONYM = re.compile(r"\A[A-Z]\w+(?:an|ish|ese|i)")
"""Whose somebody is, before what he is ("Verani gunners")."""
_ENDINGS = ("'s", "ing", "ers", "ed", "es", "er", "s")


@lru_cache(maxsize=65536)
def telling(words: str) -> frozenset[str]:
    """The folded stems of a name's words that say something: no articles, weekdays or words that every report has."""
    return of_folded(fold(words))


def of_folded(words: str) -> frozenset[str]:
    """The same of words that are folded already."""
    plain = _plain()
    return frozenset(stem(word) for word in _WORD.findall(words) if word not in plain)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The word without an ending of number or tense: enough to hold "dockers" and "docker" together."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def akin(one: str, other: str) -> bool:
    """Whether two words are one, or a place and its people ("Astrenia", "Astrenian"), or a short form of the other."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    shared = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return shared >= _SHORTEST_STEM and len(short) - shared <= 1 and len(long) - shared <= 4


def any_akin(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether a word of the one is akin to a word of the other."""
    if not one.isdisjoint(other):
        return True
    return not _starts(one).isdisjoint(_starts(other)) and any(akin(a, b) for a in one for b in other)


@lru_cache(maxsize=65536)
def _starts(words: frozenset[str]) -> frozenset[str]:
    """The first letters that words which are akin share."""
    return frozenset(word[:_SHORTEST_STEM] for word in words)


def is_name(party: str) -> bool:
    """Whether a party is named ("the Red Front", "Verani gunners") and not described ("Two of the dockers", "Gunmen")."""
    parts = party.split()
    if not parts or any(part[:1].isupper() for part in parts[1:]):
        return bool(parts)
    if parts[0].casefold() in nobody() or not parts[0][0].isupper():
        return False
    return len(parts) == 1 or _DEMONYM.fullmatch(parts[0]) is not None


def one_party(one: str, other: str) -> bool:
    """Whether two wordings are of one party: one says no more than the other does ("navy", "Solenzan navy")."""
    short, long = sorted((telling(one), telling(other)), key=len)
    return bool(short) and all(any(akin(a, b) for b in long) for a in short)


@cache
def nobody() -> frozenset[str]:
    """Words that only say what somebody is, folded."""
    return frozenset(table()["nobody"]["words"])


@cache
def table() -> dict[str, Any]:
    """The table of likeness."""
    text = resources.files("onrecord.incidents").joinpath("likeness.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _plain() -> frozenset[str]:
    return frozenset(table()["plain"]["words"])
