"""The table of what numbers count, and lookups in it."""

from functools import cache
from typing import Literal, cast, get_args

from spacy.tokens import Token

from onrecord.errors import BadTable
from onrecord.records import CountOf
from onrecord.wording import shelf

Section = Literal["acted_on", "acting", "state", "noun", "befell", "thing", "done"]


def find(section: Section, token: Token) -> CountOf | None:
    """What the word counts in the role that the section names, or None."""
    words = _section(section)
    return words.get(str(token.lower_)) or words.get(singular(token))


def of_phrase(section: Section, verb: Token) -> CountOf | None:
    """What the verb counts with a word at it ("handed over", "let go"), or None."""
    words, lemma = _section(section), str(verb.lemma_).lower()
    return next((words[it] for c in verb.children if (it := f"{lemma} {c.lower_}") in words), None)


def of_compound(section: Section, noun: Token) -> CountOf | None:
    """What the noun counts with the noun before it ("death certificate"), or None."""
    words = _section(section)
    return next((words[it] for c in noun.children if (it := f"{c.lower_} {singular(noun)}") in words), None)


def done_to(verb: Token, what: CountOf) -> bool:
    """Whether the verb is one of those that make such a thing worth counting."""
    return str(verb.lemma_).lower() in _done()[what]


def is_one_of(name: str, token: Token) -> bool:
    """Whether the word, or its lemma, stands in the list of that name."""
    words = listed(name)
    return singular(token) in words or str(token.lower_) in words


@cache
def listed(name: str) -> frozenset[str]:
    """The words of the list of that name. Raises KeyError for a list that is not there."""
    return frozenset(_table()["words"][name])


def singular(token: Token) -> str:
    """The lemma in lower case; for a name, which the model leaves as it is, a guess."""
    word = str(token.lower_)
    if token.pos_ == "PROPN" and word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        return word[:-1]
    return word if token.pos_ == "PROPN" else str(token.lemma_).lower()


@cache
def _section(section: Section) -> dict[str, CountOf]:
    return {word: what for what, words in _checked(section).items() for word in words}


@cache
def _done() -> dict[CountOf, frozenset[str]]:
    return {what: frozenset(words) for what, words in _checked("done").items()}


def _checked(section: Section) -> dict[CountOf, list[str]]:
    rows = _table()[section]
    if unknown := sorted(set(rows) - set(get_args(CountOf))):
        raise BadTable(f"harm.toml: [{section}] names {unknown}, which nothing counts")
    return cast("dict[CountOf, list[str]]", rows)


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return shelf.toml("harm.toml")
