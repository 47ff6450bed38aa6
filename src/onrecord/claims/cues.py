"""Which words tell that somebody says something, and with which stance."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, cast, get_args

import spacy.tokens

from onrecord.errors import BadTable
from onrecord.records import Stance
from onrecord.wording import kinds, shelf

_NEGATIONS = frozenset({"not", "n't", "n’t", "never", "neither", "nor"})
_TELLS = re.compile(
    r"(?i)\A(?:that )?(?!.{0,80}\b(?:should|must|ought)\b)(?!to\b)[^,;]{0,120}\b(?:is|are|was|were|has|have|had|will|would|could)\b"
)
_MODALS = frozenset({"would", "will", "could", "can", "wo", "ca"})


@dataclass(frozen=True, slots=True)
class Cue:
    """How a word of saying works. takes: what can be its content besides a clause or a quotation; bare: only that.
    reports: it can tell what is so as well as what should be ("suggest").
    """

    stance: Stance
    strong: bool
    takes: frozenset[str] = frozenset()
    bare: bool = False
    reports: bool = False


PLAIN = Cue("asserts", True)


@dataclass(frozen=True, slots=True)
class _Cues:
    verbs: dict[str, Cue]
    nouns: dict[str, Cue]
    passives: frozenset[str]
    adverbs: frozenset[str]
    refusal: dict[str, frozenset[str]]
    silence: re.Pattern[str]
    marks: tuple[tuple[Stance, re.Pattern[str]], ...]
    owning: frozenset[str]
    publishers: frozenset[str]
    publishing: frozenset[str]
    own_counts: re.Pattern[str]
    notices: frozenset[str]
    acts: frozenset[str]
    act_nouns: frozenset[str]


def verb(token: spacy.tokens.Token) -> Cue | None:
    """The cue that a verb is, or None."""
    if token.tag_[:2] != "VB":
        return None
    return _cues().verbs.get(token.lemma_.lower())


def noun(token: spacy.tokens.Token) -> Cue | None:
    """The cue that a noun is ("claim"), or None."""
    return _cues().nouns.get(token.lemma_.lower()) if token.pos_ == "NOUN" else None


def hides_speaker(token: spacy.tokens.Token) -> bool:
    """Whether the token is a passive of saying without a speaker ("is said to"), or an adverb ("reportedly")."""
    lower = token.lower_
    if lower in _cues().adverbs:
        return True
    return token.tag_ == "VBN" and token.lemma_.lower() in _cues().passives and _is_passive(token)


def refuses(token: spacy.tokens.Token) -> bool:
    """Whether the verb tells that its subject will not speak: "declined to say", "did not reply"."""
    table, lemma = _cues().refusal, token.lemma_.lower()
    if token.tag_[:2] != "VB":
        return False
    if lemma in table["words"]:
        return any(c.dep_ == "xcomp" and c.lemma_.lower() in table["complements"] for c in token.children)
    if lemma == "say" and not any(c.dep_ == "ccomp" and len(list(c.subtree)) > 1 for c in token.rights):
        return False
    if not any(c.dep_ == "neg" or c.lower_ in _NEGATIONS for c in token.children):
        return False
    if lemma in table["negated"]:
        return not any(c.dep_ == "auxpass" for c in token.children)
    return lemma in table["modal_negated"] and any(c.dep_ == "aux" and c.lower_ in _MODALS for c in token.children)


def silence(sentence: str) -> int | None:
    """Where a set phrase tells of silence: "could not be reached", "had no comment"; None where none does."""
    match = _cues().silence.search(sentence)
    return match.start() if match else None


def stance(cue: Cue, frame: str, content: str) -> Stance:
    """The stance of a claim. frame: the cue with what goes with it; content: the words claimed."""
    if cue.stance == "calls for" and cue.reports and _TELLS.match(content):
        return "asserts"
    if cue.stance in ("asserts", "confirms"):
        for word, pattern in _cues().marks:
            if pattern.search(content) or pattern.search(frame):
                return word
    return cue.stance


def tells_of_violence(token: spacy.tokens.Token) -> bool:
    """Whether the token names an act of violence, a plan's means, or its harm."""
    lemma = token.lemma_.lower()
    verbal = token.pos_ in ("VERB", "AUX")
    if lemma in (_cues().acts if verbal else _cues().act_nouns):
        return True
    rows = kinds.triggers(lemma, "VERB" if verbal else "NOUN") if verbal or token.pos_ == "NOUN" else ()
    return any(not row.rest and not row.needs for row in rows)


def is_own_act(verb: spacy.tokens.Token, thing: spacy.tokens.Token) -> bool:
    """Whether the object of "claimed" or "took" makes it an act of one's own: "responsibility", "the attack"."""
    if thing.lemma_.lower() in _cues().owning:
        return True
    return verb.lemma_ in ("claim", "own") and tells_of_violence(thing)


def publishes_for_itself(outlet: str) -> bool:
    """Whether an outlet's name is that of a body that publishes for itself ("Ostmark Sea Rescue Centre")."""
    words = outlet.casefold().split()
    ends = bool(words) and (words[-1] in _cues().publishers or words[0] in _cues().publishers)
    return ends or any(word in _cues().publishing for word in words)


def counts_itself(sentence: str) -> bool:
    """Whether an outlet gives a figure as its own reckoning: "our own figure is 46", "we make it three"."""
    return _cues().own_counts.search(sentence) is not None


def opens_notice(token: spacy.tokens.Token) -> bool:
    """Whether the verb can open a body's own notice ("informs the public:")."""
    return token.tag_[:2] == "VB" and token.lemma_.lower() in _cues().notices


def _is_passive(token: spacy.tokens.Token) -> bool:
    return any(child.dep_ == "auxpass" for child in token.children)


@cache
def _cues() -> _Cues:
    table = shelf.toml("cues.toml")
    refusal = {key: frozenset(words) for key, words in table["refusal"].items() if key != "phrases"}
    return _Cues(
        verbs=_group(table["verb"]),
        nouns=_group(table["noun"]),
        passives=frozenset(table["hidden"]["passives"]),
        adverbs=frozenset(table["hidden"]["adverbs"]),
        refusal=refusal,
        silence=re.compile("|".join(table["refusal"]["phrases"]), re.IGNORECASE),
        marks=tuple((_stance(row), re.compile("|".join(row["words"]), re.IGNORECASE)) for row in table["marks"]),
        owning=frozenset(table["narration"]["owning"]),
        publishers=frozenset(table["narration"]["publishers"]),
        publishing=frozenset(table["narration"]["publishing"]),
        own_counts=re.compile("|".join(table["narration"]["own_counts"]), re.IGNORECASE),
        notices=frozenset(table["narration"]["notices"]),
        acts=frozenset(table["narration"]["verbs"]),
        act_nouns=frozenset(table["narration"]["nouns"]),
    )


def _group(rows: list[dict[str, Any]]) -> dict[str, Cue]:
    """A word of several groups is strong if one says so, takes what any takes, and has the more telling stance."""
    cues: dict[str, Cue] = {}
    for row in rows:
        for word in row["words"]:
            strength = row.get("strength", "weak")
            found = Cue(_stance(row), strength == "strong", frozenset(row.get("takes", ())), strength == "bare")
            known = cues.get(word)
            if known is not None:
                telling = found.stance if known.stance == "asserts" and "act" not in found.takes else known.stance
                reports = known.reports or "asserts" in (known.stance, found.stance)
                takes, bare = known.takes | found.takes, known.bare and found.bare
                found = Cue(telling, known.strong or found.strong, takes, bare, reports)
            cues[word] = found
    return cues


def _stance(row: dict[str, Any]) -> Stance:
    if row["stance"] not in get_args(Stance):
        raise BadTable(f"cues.toml: {row['stance']!r} is no stance")
    return cast("Stance", row["stance"])
