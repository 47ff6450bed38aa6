"""Whose acts a running total counts, and where."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Token

from onrecord.events import harm, misread, running
from onrecord.events.circumstances import words as around
from onrecord.language.annotated import Annotated, Sentence

_NOUNS = frozenset({"nsubj", "nsubjpass", "dobj", "pobj"})
"""What only nouns are, even where the tagger has a verb ("Verani strikes on the coast")."""
_ON = frozenset({"on", "against", "in", "into", "at", "inside", "off"})
_KNOWN = frozenset({"the", "these", "those", "that", "this", "both"})
_NAMES = frozenset({"GPE", "NORP", "ORG", "LOC", "FAC", "PERSON", "PRODUCT"})
_DATES = frozenset({"DATE", "TIME", "CARDINAL", "ORDINAL"})
_OF_ALL = re.compile(
    r"\b(?:on|by|from) (?:all|both) (?:sides|parties)\b|\ball parties\b"
    r"|\bin (?:the|this) (?:war|conflict)\b|\btoll of (?:the|this) (?:war|conflict)\b"
)
_BY = re.compile(r"\bby\s(.+)|\A([A-Z]\w+)\s[a-z]+\Z")
EVERYBODY = "all parties"
"""The scope of a total that says that it counts the acts of all sides."""
_DEMONYMS = ("an", "ish", "ese", "i", "ic")
"""Endings by which a word is whose, and not who."""


def scope(annotated: Annotated, sentence: Sentence) -> str | None:
    """What the sentence's totals count, in words ("Verani raids on the coast", "strikes by the Coast Movement"), or None where the
    words set no bound.
    """
    story = _Names(annotated, sentence)
    words = list(sentence.syntax)
    acts = [t for t in words if _is_acts(t)]
    doers = [(t, found) for t in acts for found in story.doers(t)] or [
        (t, found) for t in words for found in story.felled(t)
    ]
    grounds = [found for t in words if _tells_ground(t) for found in story.grounds(t)]
    grounds = grounds or [found for t in words if _is_of_dead(t) for found in story.grounds(t)]
    if not doers and not grounds:
        return _antecedent(annotated, sentence, acts)
    noun = _plural(doers[0][0] if doers and _is_acts(doers[0][0]) else acts[0] if acts else None)
    named = _called(noun, doers[0][1]) if doers else noun
    return f"{named} {grounds[0]}" if grounds else named


def _tells_ground(word: Token) -> bool:
    """Whether what stands behind a word may be what acts hit: at the acts, at their order, at what was done so many times."""
    times = word.pos_ == "VERB" and any(c.lower_ == "times" for c in word.children)
    return times or _is_acts(word) or word.ent_type_ == "ORDINAL"


def _antecedent(annotated: Annotated, sentence: Sentence, acts: list[Token]) -> str | None:
    """Whose acts are meant by "the two raids": those of whom the nearest words before name for such an act, or else have attack."""
    known = next(
        (t for t in acts if any(c.dep_ == "det" and c.lower_ in _KNOWN for c in t.children) and _is_counted(t)), None
    )
    if known is None:
        return None
    noun = _plural(known)
    earlier = [s for s in annotated.sentences if s.index < sentence.index]
    for one in reversed(earlier):
        story = _Names(annotated, one)
        named = (found for t in one.syntax if _is_acts(t) and _plural(t) == noun for found in story.doers(t))
        for found in (*named, *(found for t in one.syntax for found in story.attackers(t))):
            return _called(noun, found)
    return None


def _is_counted(acts: Token) -> bool:
    return acts.lower_ in running.words("acts") or any(c.ent_type_ == "ORDINAL" for c in acts.children)


def _called(acts: str, doer: str) -> str:
    """Acts by somebody, in words."""
    return f"{doer} {acts}" if " " not in doer and doer.endswith(_DEMONYMS) else f"{acts} by {doer}"


def is_everybody(sentence: Sentence) -> bool:
    """Whether the words say that the acts of all sides are counted."""
    return _OF_ALL.search(sentence.text) is not None


def points_back(sentence: Sentence) -> bool:
    """Whether the sentence's acts are those told of before ("those attacks", "the two raids", "They have killed")."""
    for token in sentence.syntax:
        if _is_acts(token) and any(c.dep_ == "det" and c.lower_ in _KNOWN for c in token.children):
            return True
        inside = token.dep_ == "pobj" and token.head.lower_ in {"in", "by", "from"} and _is_of_dead(token.head.head)
        if inside and token.lower_ in {"them", "these", "those"}:
            return True
        if (
            token.lower_ in {"they", "these", "it", "which"}
            and token.dep_ == "nsubj"
            and harm.find("acted_on", token.head) is not None
        ):
            return True
    return False


def is_other_side(sentence: Sentence) -> bool:
    """Whether the sentence is of the other side than the one before ("on the other bank", "the other side has seen")."""
    return any(
        t.lower_ in running.words("sides") and any(c.lower_ == "other" for c in t.children) for t in sentence.syntax
    )


def other_side(told: str | None) -> str | None:
    """The scope of the other side's total: those whose ground was hit are who strikes, and the other way round. None where the scope
    tells neither.
    """
    match = re.search(rf"\b(?:{'|'.join(sorted(_ON))})\s(.+)", told or "")
    if match is not None:
        return _called("attacks", _owner(match.group(1)))
    doer = _BY.search(told or "")
    return f"attacks on {_owner(doer.group(1) or doer.group(2))}" if doer is not None else None


def _owner(ground: str) -> str:
    """Whose a ground is ("Kelethi" of "the Kelethi side")."""
    words = ground.removeprefix("the ").split()
    return next((word for word in words if word[:1].isupper() and word.endswith(_DEMONYMS)), ground)


def _is_of_dead(token: Token) -> bool:
    """Whether a word tells of dead or hurt people, or of their number."""
    harms = harm.find("acted_on", token) or harm.find("acting", token) or harm.find("noun", token)
    return harms in {"killed", "injured"} or token.lower_ in running.words("figure")


def _is_acts(token: Token) -> bool:
    """Whether a noun is one of acts that are counted, or of what they are together."""
    if token.pos_ not in {"NOUN", "PROPN"} and token.dep_ not in _NOUNS:
        return misread.nation(token) is not None
    word = harm.singular(token)
    return any(word in running.words(name) for name in ("courses", "mass")) or not {
        token.lower_,
        f"{word}s",
    }.isdisjoint(running.words("acts"))


def _plural(noun: Token | None) -> str:
    """The word that a scope calls its acts by."""
    if noun is None or not _is_acts(noun):
        return "attacks"
    word = harm.singular(noun)
    return f"{word}s" if f"{word}s" in running.words("acts") else str(noun.lower_)


@cache
def _attacking() -> frozenset[str]:
    return frozenset({*running.units("times"), *running.words("attacking")})


@dataclass(frozen=True, slots=True)
class _Names:
    """A sentence of a story, as what names the parties to the acts that it counts."""

    annotated: Annotated
    sentence: Sentence

    def doers(self, acts: Token) -> Iterator[str]:
        """Who is named at a noun of acts, or as the subject of the verb that has it as its object."""
        if (nation := misread.nation(acts)) is not None:
            yield str(nation.text)
        for child in acts.children:
            if child.dep_ == "prep" and child.lower_ == "by":
                yield from self._parties(child, "pobj")
        for child in acts.children:
            if child.i < acts.i and child.dep_ in {"poss", "amod", "compound", "nmod"} and _is_named(child):
                yield _words(child)
            elif child.dep_ == "poss" and _is_party(child):
                yield self._party(child)
        verb, behind = acts.head, acts.dep_ == "pobj" and acts.head.lower_ == "behind"
        if behind and verb.head.lemma_ == "be":
            yield from self._parties(verb.head, "nsubj")
        elif acts.dep_ == "dobj" and verb.lemma_ in running.words("doing"):
            yield from self._parties(verb, "nsubj")

    def felled(self, verb: Token) -> Iterator[str]:
        """At whose door dead are laid ("fell to the security forces", "were killed by the army", "the army has killed"), whose weapons
        killed, and who did something so many times.
        """
        if verb.pos_ != "VERB":
            return
        if any(c.lower_ == "times" for c in verb.children):
            yield from self._parties(verb, "nsubj")
        elif harm.find("acted_on", verb) in {"killed", "injured"}:
            yield from self._killers(verb)
        for child in verb.children if verb.lemma_ in running.words("felling") else ():
            if child.lower_ == "by" or (verb.lemma_ == "fall" and child.lower_ == "to"):
                yield from self._parties(child, "pobj")

    def _killers(self, verb: Token) -> Iterator[str]:
        """Who has killed so many: a force or somebody named, or whose the weapons are."""
        for noun in verb.children:
            if noun.dep_ != "nsubj" or _is_acts(noun) or noun.pos_ == "PRON" or noun.ent_type_ in _DATES:
                continue
            if harm.singular(noun) in around("party", "carriers"):
                yield from (_words(c) for c in noun.children if c.i < noun.i and _is_named(c))
            elif (
                harm.singular(noun) in around("party", "agents") | around("party", "bodies") or noun.ent_type_ in _NAMES
            ):
                yield self._party(noun)

    def attackers(self, verb: Token) -> Iterator[str]:
        """Who is named as the subject of a verb of attack."""
        if verb.pos_ == "VERB" and verb.lemma_ in _attacking():
            yield from (
                self._party(noun) for noun in verb.children if noun.dep_ == "nsubj" and (_is_named(noun) or _own(noun))
            )

    def grounds(self, word: Token) -> Iterator[str]:
        """What behind acts, or behind their verb, says where they hit; what was hit so many times."""
        if any(c.lower_ == "times" for c in word.children):
            yield from (f"on {self._party(c)}" for c in word.children if c.dep_ == "dobj" and (_is_named(c) or _own(c)))
        for child in word.children:
            if child.dep_ != "prep" or child.lower_ not in _ON:
                continue
            for noun in child.children:
                if (
                    noun.dep_ == "pobj"
                    and noun.lower_ not in running.words("figure")
                    and (_is_named(noun) or _own(noun))
                    and not _is_acts(noun)
                    and noun.ent_type_ not in _DATES
                ):
                    yield f"{child.lower_} {self._party(noun)}"

    def _parties(self, governor: Token, dependence: str) -> Iterator[str]:
        return (self._party(noun) for noun in governor.children if noun.dep_ == dependence and _is_party(noun))

    def _party(self, noun: Token) -> str:
        return _spelled(self.annotated, self.sentence, _words(noun))


def _is_party(noun: Token) -> bool:
    """Whether a noun is a party: named, or known by what it is ("the movement", "the security forces")."""
    if noun.pos_ == "PRON" or noun.ent_type_ in _DATES or _is_acts(noun) or noun.lower_ in running.words("figure"):
        return False
    if harm.find("thing", noun) is not None:
        return False
    return _is_named(noun) or _own(noun) or any(c.dep_ == "det" and c.lower_ == "the" for c in noun.children)


def _is_named(token: Token) -> bool:
    """Whether a word is a name, or the adjective of one. At the start of a sentence every word is capital."""
    if not token.text[:1].isupper() or token.ent_type_ in _DATES:
        return False
    known = token.is_sent_start and token.ent_type_ not in _NAMES and not token.vocab[token.lower_].is_oov
    return not known and token.pos_ in {"PROPN", "ADJ", "NOUN"}


def _own(noun: Token) -> bool:
    """Whether somebody's name makes a ground his ("Kelethi territory", "the Dorvanian side")."""
    return any(_is_named(c) for c in noun.children if c.dep_ in {"amod", "compound", "poss", "nmod"})


def _words(noun: Token) -> str:
    """A noun with what stands before it, its article in lower case."""
    words = str(noun.doc[noun.left_edge.i : noun.i + 1].text)
    return f"the{words[3:]}" if words.startswith("The ") else words


def _spelled(annotated: Annotated, sentence: Sentence, words: str) -> str:
    """Words such as "the movement" as the name that an earlier sentence gives it."""
    match = re.fullmatch(r"(?:the|this|that)\s([a-z]+)", words, re.IGNORECASE)
    if match is None:
        return words
    last = match.group(1).capitalize()
    for earlier in reversed([s for s in annotated.sentences if s.index <= sentence.index]):
        for token in earlier.syntax:
            if token.text == last and token.pos_ == "PROPN":
                first = token.i
                while first > earlier.syntax.start and token.doc[first - 1].pos_ == "PROPN":
                    first -= 1
                if first < token.i:
                    return f"the {token.doc[first : token.i + 1].text}"
    return words
