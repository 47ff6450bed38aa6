"""The tables of `words.toml`, turned round: from a word to the code that it tells of."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from spacy.tokens import Token

_TABLE = Path(__file__).with_name("words.toml")


@cache
def table() -> dict[str, Any]:
    """All of the file."""
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


@cache
def codes(group: str) -> dict[str, str]:
    """The code of each word of a group; of several codes the first in the file."""
    found: dict[str, str] = {}
    for code, listed in table()[group].items():
        for word in listed:
            found.setdefault(word, code)
    return found


@cache
def listed(group: str, name: str) -> frozenset[str]:
    """The words of one list of a group."""
    return frozenset(table()[group][name])


@cache
def pattern(group: str, name: str) -> re.Pattern[str]:
    """Finds any of the words of a list, whole."""
    words = sorted(listed(group, name), key=lambda word: (-len(word), word))
    return re.compile(r"\b(?:" + "|".join(re.escape(word) for word in words) + r")\b", re.IGNORECASE)


def lemma(token: Token) -> str:
    """The lemma in lower case; of a plural that the model left as it was, the singular."""
    found = str(token.lemma_).lower()
    if token.tag_ in {"NNS", "NNP", "NNPS"} and found == token.lower_:
        if found.endswith("men"):
            return found[:-2] + "an"
        if found.endswith("s") and not found.endswith("ss") and len(found) > 4:
            return found[:-1]
    return found
