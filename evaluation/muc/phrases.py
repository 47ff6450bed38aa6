"""Noun phrases of a message: what they say, how many they are, and whose names they hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from spacy.tokens import Span, Token

from evaluation.muc import words
from evaluation.muc.recasing import is_common
from onrecord.language import Annotated, Sentence
from onrecord.records import Reading
from onrecord.wording import numbers

_DROPPED = frozenset({"DET", "NUM", "PRON", "PUNCT", "ADV", "SPACE", "CCONJ", "ADP", "SCONJ"})
_GROUPS = frozenset({
    "group", "dozen", "hundred", "thousand", "number", "total", "couple", "majority", "most", "some", "several", "one", "two",
    "three", "four", "five", "six", "many", "scores", "part", "series", "all", "none", "gang",
})  # fmt: skip
_ROLES = frozenset({
    "member", "mayor", "leader", "secretary", "director", "minister", "president", "governor", "head", "chief", "manager", "rector",
    "owner", "commander", "candidate", "editor", "headquarters", "residence", "house", "home", "office", "embassy", "branch",
    "wife", "son", "daughter", "brother", "sister", "relative", "employee", "professor",
})  # fmt: skip
_NO_PERSON = frozenset({"GPE", "LOC", "NORP", "DATE", "FAC"})
_LONGEST = 12


@dataclass(frozen=True)
class Message:
    """One message. text: as given; annotated and reading: of the same text in sentence case; published: its day."""

    text: str
    annotated: Annotated
    reading: Reading
    published: date | None

    def words(self, start: int, end: int) -> str:
        """The words between two offsets, in one line."""
        return " ".join(self.text[start:end].split()).upper()

    @cached_property
    def people(self) -> tuple["Person", ...]:
        """Those named, each once, in the order of the text."""
        found: dict[str, Person] = {}
        for sentence in self.annotated.body():
            for entity in sentence.syntax.ents:
                if entity.label_ == "PERSON":
                    person = Person(self.name(sentence, entity), *_called(self, sentence, entity))
                    if not person.name:
                        continue
                    last = person.name.split()[-1]
                    known = found.get(last)
                    found[last] = person if known is None else known.joined(person)
        return tuple(found.values())

    def name(self, sentence: Sentence, tokens: Span) -> str:
        """The words of a run of tokens, without "'s"."""
        first = next((t for t in tokens if not _is_title(t)), tokens[0])
        return self.words(sentence.offset(first), sentence.base + int(tokens.end_char)).removesuffix("'S").strip()

    def person(self, name: str) -> "Person | None":
        """Who is meant by a name: one with that last name, or who bears it as one of several."""
        parts = name.split()
        return next((p for p in self.people if parts and (p.name.endswith(parts[-1]) or name in p.name)), None)

    def at(self, start: int, end: int) -> tuple[Sentence, Token] | None:
        """The word that heads what stands between two offsets of the text, with its sentence."""
        for sentence in self.annotated.body():
            if sentence.start <= start < sentence.end:
                inside = [t for t in sentence.syntax if start <= sentence.offset(t) < end and not t.is_space]
                heads = [t for t in inside if t.head not in inside or t.head == t]
                return (sentence, heads[0]) if heads else None
        return None


@dataclass(frozen=True)
class Person:
    """Somebody named. role: what the text calls him or her, or None; head: its main word."""

    name: str
    role: str | None = None
    head: str = ""

    def joined(self, other: "Person") -> "Person":
        """The longer name, and the first role told."""
        role = self if self.role else other
        return Person(max(self.name, other.name, key=len), role.role, role.head)


@dataclass(frozen=True)
class Phrase:
    """A noun phrase. words: without article and number; head: lemma of its noun; number: as MUC-4 writes it; name: of
    the one it names, or None.
    """

    words: str
    head: str
    number: str
    name: str | None
    token: Token
    sentence: Sentence


def phrase(message: Message, sentence: Sentence, token: Token) -> Phrase | None:
    """The phrase that a noun heads; None for a pronoun."""
    token = _inner(token)
    if token.pos_ not in {"NOUN", "PROPN", "ADJ", "NUM"} or token.lower_ in {"who", "which", "that"}:
        return None
    name = _entity(token)
    first, last = _edges(token)
    start = sentence.offset(token.doc[first])
    end = sentence.base + int(token.doc[last].idx) + len(token.doc[last])
    said = message.words(start, end).removesuffix("'S").strip(" ,.\"'")
    if not said:
        return None
    called = (message.name(sentence, name) or None) if name is not None else None
    return Phrase(said, words.lemma(token), _number(token), called, token, sentence)


def _inner(token: Token) -> Token:
    """The noun that a word of number is about ("a group of men")."""
    for _ in range(2):
        if token.lemma_.lower() not in _GROUPS:
            break
        behind = [
            n for p in token.children if p.dep_ == "prep" and p.lower_ == "of" for n in p.children if n.dep_ == "pobj"
        ]
        if not behind:
            break
        token = behind[0]
    return token


def _entity(token: Token) -> Span | None:
    """The name of a person that the token is in: one that the model found, or several words that are none elsewhere."""
    found = next((e for e in token.sent.ents if e.label_ == "PERSON" and e.start <= token.i < e.end), None)
    if found is not None or token.pos_ != "PROPN" or token.ent_type_ in _NO_PERSON:
        return found
    first = int(token.i)
    while first > token.sent.start and token.doc[first - 1].pos_ == "PROPN" and not _is_title(token.doc[first - 1]):
        first -= 1
    name = token.doc[first : token.i + 1]
    return name if len(name) > 1 and not any(is_common(t.lower_) or t.is_upper for t in name) else None


def _is_title(token: Token) -> bool:
    return is_common(token.lower_) or token.lower_.rstrip(".") in words.listed("titles", "short")


def _edges(token: Token) -> tuple[int, int]:
    """First and last token of the phrase."""
    left = [t for t in token.lefts if t.dep_ in {"compound", "amod", "nmod", "poss", "nummod", "det", "quantmod"}]
    first = min([int(token.i), *(int(t.left_edge.i) for t in left)])
    first = max(first, int(token.i) - _LONGEST)
    while first < token.i and _is_dropped(token.doc[first]):
        first += 1
    last = int(token.i)
    if token.lemma_.lower() in _ROLES:
        for child in token.rights:
            if child.dep_ == "prep" and child.lower_ == "of":
                inner = [n for n in child.children if n.dep_ == "pobj"]
                if inner:
                    last = int(inner[0].i)
                break
    return first, last


def _is_dropped(token: Token) -> bool:
    """Whether a word before a noun is no part of what it is called: articles, numbers, and what the act did to it."""
    if token.tag_ == "VBN" or token.lower_ in words.listed("titles", "done"):
        return words.lemma(token) in words.codes("effects") or token.lower_ in words.listed("titles", "done")
    return token.pos_ in _DROPPED and token.tag_ != "PRP$"


def _number(token: Token) -> str:
    for child in token.lefts:
        if child.dep_ == "nummod":
            quantity = numbers.parse(" ".join(t.text for t in child.subtree))
            if quantity is not None and quantity.number is not None and quantity.vague is None:
                about = {"about": "~", "at_least": "", "more_than": ""}.get(quantity.modifier or "", "")
                over = "-" if quantity.modifier in {"at_least", "more_than"} else ""
                return f"{about}{quantity.number}{over}"
    return "PLURAL" if token.tag_ in {"NNS", "NNPS"} or words.lemma(token) in {"people", "police"} else "1"


def _called(message: Message, sentence: Sentence, entity: Span) -> tuple[str | None, str]:
    """What the text calls a person beside the name, and the head of that: before it, behind it, or behind a comma."""
    for token in _beside(entity):
        if words.lemma(token) in words.codes("people"):
            said = phrase(message, sentence, token)
            if said is not None and said.name is None:
                return said.words, said.head
    return None, ""


def _beside(entity: Span) -> Iterator[Token]:
    """Nouns that may say who somebody is."""
    root = entity.root
    yield from (t for t in root.children if t.dep_ == "appos")
    if root.dep_ == "appos":
        yield root.head
    before = entity.doc[entity.start - 1] if entity.start > entity.sent.start else None
    if before is not None and before.pos_ in {"NOUN", "PROPN"} and before.ent_type_ != "PERSON":
        yield before
    if entity.end + 1 < entity.sent.end and entity.doc[entity.end].text == ",":
        for token in entity.doc[entity.end + 1 : min(entity.end + 7, entity.sent.end)]:
            if token.pos_ == "NOUN" and token.dep_ not in {"compound"}:
                yield token
                break
            if token.text == "," or token.pos_ == "VERB":
                break
