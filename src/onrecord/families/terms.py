"""Which words of a passage carry its matter, and how much of one passage is told in another."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from onrecord.families.fingerprint import folded
from onrecord.wording import numbers

_ENDINGS = ("ings", "ing", "ers", "ed", "es", "er", "s")
_QUOTED = re.compile(r'["“]([^"”\n]{4,600})["”]')
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_QUOTED_WORDS = 3


@dataclass(frozen=True, slots=True)
class Terms:
    """weights: each word that carries matter, cut to its stem, with its weight: 2 for names and numbers, 1 for others.
    total: all weights together. words: all words, folded and joined. quoted: quotations of three words or more, folded and joined.
    """

    weights: dict[str, int]
    total: int
    words: str
    quoted: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self.words)


@lru_cache(maxsize=1 << 16)
def terms(text: str) -> Terms:
    """The terms of a passage."""
    weights: dict[str, int] = {}
    for match in _WORD.finditer(text):
        word = match.group().removesuffix("'s").removesuffix("’s")
        low = word.casefold()
        if len(low) < 3 or low in _empty():
            continue
        # A capital at the start of the passage says nothing.
        named = word[0].isupper() and match.start() > 1
        root = stem(low)
        weights[root] = max(weights.get(root, 1), 2 if named else 1)
    for numeral in numbers.find(text):
        if numeral.quantity.number is not None and numeral.quantity.vague is None:
            weights[str(numeral.quantity.number)] = 2
    quoted = (" ".join(folded(match.group(1))) for match in _QUOTED.finditer(text))
    repeated = tuple(q for q in quoted if q.count(" ") + 1 >= _QUOTED_WORDS)
    return Terms(weights, sum(weights.values()), " ".join(folded(text)), repeated)


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The word without a common English ending; short words stay as they are."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def told_in(part: Terms, whole: Terms) -> float:
    """How much of the matter of one passage another holds, 0 to 1; 1 where it repeats a quotation of three words or
    more. 0 where they share fewer than two words.
    """
    if part.quoted and any(f" {quote} " in f" {whole.words} " for quote in part.quoted):
        return 1.0
    there = whole.weights
    shared = [weight for word, weight in part.weights.items() if word in there]
    return sum(shared) / part.total if len(shared) >= 2 else 0.0


@cache
def _empty() -> frozenset[str]:
    """Words that stand in any passage, whatever it tells."""
    text = resources.files("onrecord.families").joinpath("terms.toml").read_text(encoding="utf-8")
    return frozenset(tomllib.loads(text)["empty"].split())
