"""Who is said to have done an act, and how surely."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from evaluation.muc import roles, words
from evaluation.muc.acts import Act
from evaluation.muc.phrases import Message, Phrase, phrase
from onrecord.language import Sentence

_REACH = 8
"""Tokens behind a noun that may name the body it belongs to."""


@dataclass(frozen=True)
class Perpetrators:
    """people: as worded; bodies: with how sure the text is of each; state: whether they act for a state."""

    people: tuple[str, ...]
    bodies: tuple[tuple[str, str], ...]
    state: bool

    def joined(self, other: "Perpetrators") -> "Perpetrators":
        """What the other tells where nothing is known yet."""
        return Perpetrators(self.people or other.people, self.bodies or other.bodies, self.state or other.state)


@dataclass(frozen=True)
class _Body:
    names: tuple[str, ...]
    state: bool


def perpetrators(message: Message, act: Act) -> Perpetrators:
    """Those who did it, as far as the sentences that tell of the act say so."""
    people: dict[str, str] = {}
    state = False
    bodies: dict[str, bool] = {}
    for said in _told(message, act):
        body = _body_in(message, said)
        if body is not None:
            bodies.setdefault(*body)
        if said.head in words.listed("perpetrators", "collective"):
            continue
        if said.head in words.listed("perpetrators", "terror") or said.head in words.listed("perpetrators", "state"):
            people.setdefault(said.head, said.words)
            state = state or (body is None and said.head in words.listed("perpetrators", "state"))
    if not people:
        people.update(_beside(message, act))
    if not bodies:
        found = _nearby(message, act)
        if found is not None:
            bodies[found] = False
    state = state or any(list(bodies.values())[:1])
    sure = _confidence(message, act)
    return Perpetrators(tuple(people.values())[:1], tuple((name, sure) for name in list(bodies)[:1]), state)


def _told(message: Message, act: Act) -> Iterator[Phrase]:
    for trigger in act.triggers:
        for token in roles.agents(trigger.token):
            said = phrase(message, trigger.sentence, token)
            if said is not None:
                yield said
    for mention in act.mentions:
        if mention.actor is None or mention.actor.span.part != "text":
            continue
        at = message.at(mention.actor.span.start, mention.actor.span.end)
        said = phrase(message, *at) if at is not None else None
        if said is not None:
            yield said


def _beside(message: Message, act: Act) -> Iterator[tuple[str, str]]:
    """Fighters whom a sentence of the act names in another role; without them those of the sentence before or behind."""
    for sentence in (*act.sentences, *_neighbours(message, act)):
        for token in sentence.syntax:
            if (
                token.pos_ == "NOUN"
                and token.dep_ != "compound"
                and words.lemma(token) in words.listed("perpetrators", "fighters")
            ):
                said = phrase(message, sentence, token)
                if said is not None:
                    yield said.head, said.words


def _neighbours(message: Message, act: Act) -> Iterator[Sentence]:
    """Sentences that stand beside one of the act."""
    own = {sentence.index for sentence in act.sentences}
    for sentence in message.annotated.body():
        if sentence.index not in own and own & {sentence.index - 1, sentence.index + 1}:
            yield sentence


def _body_in(message: Message, said: Phrase) -> tuple[str, bool] | None:
    """The body that a phrase names, or one behind its noun ("members of ..."), and whether it is a state's."""
    start = said.sentence.offset(said.token.doc[said.token.left_edge.i])
    last = said.token.doc[min(int(said.token.right_edge.i), int(said.token.i) + _REACH)]
    text = message.words(start, said.sentence.base + int(last.idx) + len(last))
    found = _pattern().search(text)
    if found is not None:
        return found.group(), _is_state(found.group())
    if said.head in words.listed("perpetrators", "bodies") and said.token.pos_ == "PROPN":
        return said.words, False
    return None


def _nearby(message: Message, act: Act) -> str | None:
    """A body of no state that the sentences of the act name; without one, the only such that the message names."""
    for sentence in act.sentences:
        for match in _pattern().finditer(message.words(sentence.start, sentence.end)):
            if not _is_state(match.group()):
                return match.group()
    every = [m.group() for m in _pattern().finditer(" ".join(message.text.split())) if not _is_state(m.group())]
    return every[0] if every and len({_group(name) for name in every}) == 1 else None


def _confidence(message: Message, act: Act) -> str:
    said = " ".join(_plain(sentence) for sentence in act.sentences)
    whole = " ".join(message.annotated.story.text.split())
    if words.pattern("confidence", "CLAIMED OR ADMITTED").search(whole):
        return "CLAIMED OR ADMITTED"
    if words.pattern("confidence", "SUSPECTED OR ACCUSED").search(said):
        by = words.pattern("confidence", "authorities").search(said)
        return "SUSPECTED OR ACCUSED BY AUTHORITIES" if by else "SUSPECTED OR ACCUSED"
    if words.pattern("confidence", "POSSIBLE").search(said):
        return "POSSIBLE"
    return "REPORTED AS FACT"


def _plain(sentence: Sentence) -> str:
    return " ".join(sentence.text.split())


@cache
def _bodies() -> tuple[_Body, ...]:
    return tuple(_Body(tuple(row["names"]), row.get("state", False)) for row in words.table()["bodies"])


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted((name for body in _bodies() for name in body.names), key=lambda name: (-len(name), name))
    return re.compile(r"\b(?:" + "|".join(re.escape(name.upper()) for name in names) + r")\b")


def _group(name: str) -> int:
    return next(n for n, body in enumerate(_bodies()) if name.lower() in body.names)


def _is_state(name: str) -> bool:
    return _bodies()[_group(name)].state
