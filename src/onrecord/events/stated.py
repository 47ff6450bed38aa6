"""Which numbers of a sentence may be running totals, and in which unit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from onrecord.events import harm, misread, phrases, running
from onrecord.language.annotated import Annotated, Sentence
from onrecord.records import Count, Quantity, Span, TallyUnit

ACTS: frozenset[TallyUnit] = frozenset({"attacks", "strikes", "bombings", "seizures"})
_BY_ORDER = ACTS | {"vessels", "abducted"}
_OR_PRESUMED = re.compile(
    r"\b(?:killed|dead|died)\s(?:or|and)\s(?:are\s)?(?:presumed|missing|feared)|\bpresumed\s(?:dead|killed|drowned)",
    re.IGNORECASE,
)
_PEOPLE = frozenset({"people", "person", "dead"})


@dataclass(frozen=True, slots=True)
class Stated:
    """A number that may be a total. token: its noun or itself; act: it counts acts themselves; part: it is a share of another."""

    unit: TallyUnit
    quantity: Quantity
    span: Span
    token: Token
    act: bool
    part: bool = False


def find(annotated: Annotated, sentence: Sentence, told: tuple[Count, ...]) -> list[Stated]:
    """The numbers, in the order of the text. told: the counts of the sentence."""
    found = [
        *_of_counts(sentence, told),
        *_of_nouns(annotated, sentence, told),
        *_ordinal(annotated, sentence),
        *_times(annotated, sentence),
        *_number_of_acts(annotated, sentence),
    ]
    return sorted(found, key=lambda s: (s.span.start, s.span.end, s.unit))


def _of_counts(sentence: Sentence, told: tuple[Count, ...]) -> Iterator[Stated]:
    last = {sentence.offset(t) + len(t): t for t in sentence.syntax}
    presumed = _OR_PRESUMED.search(sentence.text) is not None
    for count in told:
        unit, token = running.units("of_count").get(count.what), last.get(count.span.end)
        if unit is None or token is None or count.quantity.number in {0, 1}:
            continue
        if unit == "killed" and count.of is not None and any(w in count.of for w in running.words("civilians")):
            unit = "civilians_killed"
        elif unit == "killed" and presumed:
            unit = "killed_or_presumed_dead"
        if token.lemma_.lower() in {"body", "corpse"}:
            unit = "bodies_found"
        elif (own := running.units("noun").get(harm.singular(token))) in ACTS:
            # "Six attacks, 35 dead"
            unit = own
        yield Stated(unit, count.quantity, count.span, token, unit in ACTS, count.part)


def _of_nouns(annotated: Annotated, sentence: Sentence, told: tuple[Count, ...]) -> Iterator[Stated]:
    """Numbers of acts and things that are no counts of an event ("six attacks", "61 bodies", "55 were extradited")."""
    counted = {offset for count in told for offset in range(count.span.start, count.span.end)}
    for phrase in phrases.numbered(sentence):
        start, end = sentence.start + phrase.start, sentence.start + phrase.end
        acts = misread.acts(phrase.head)
        if acts is not None:
            end, unit = sentence.offset(acts) + len(acts), running.units("noun").get(harm.singular(acts))
            if unit in ACTS:
                yield Stated(unit, phrase.quantity, annotated.span(sentence.part, start, end), acts, True)
            continue
        unit = None if start in counted or end - 1 in counted else _unit_of(phrase.head)
        if unit is not None:
            yield Stated(unit, phrase.quantity, annotated.span(sentence.part, start, end), phrase.head, unit in ACTS)


def _unit_of(head: Token) -> TallyUnit | None:
    word = harm.singular(head)
    unit = running.units("noun").get(word)
    if unit is not None and head.pos_ in {"NOUN", "PROPN"}:
        needs = running.table()["needs"].get(unit)
        clause = [head.head, *phrases.above(head.head), *(c for c in head.children if c.pos_ == "VERB")]
        if needs is None or any(t.lemma_.lower() in needs for t in clause):
            return unit
        return None
    if (whole := _total_of(head)) is not None and (what := harm.find("thing", head)) is not None:
        return running.units("of_count").get(what) if harm.done_to(whole.head, what) else None
    if head.dep_ == "dobj" and head.head.lemma_ == "lose":
        return "killed" if harm.singular(head) in _PEOPLE else None
    if head.dep_ in {"nsubjpass", "dobj", "pobj"}:
        return running.units("verb").get(str(head.head.lemma_).lower())
    return None


def _total_of(head: Token) -> Token | None:
    """The word "total" that a noun is the sum of ("a total of 12 depots"), or None."""
    above = head.head.head if head.dep_ == "pobj" and head.head.lower_ == "of" else None
    return above if above is not None and above.lower_ == "total" else None


def _ordinal(annotated: Annotated, sentence: Sentence) -> Iterator[Stated]:
    """What an ordinal counts: "the seventh boat hit since May" is 7, and so is the strike that is "the seventh of the war"."""
    for token in sentence.syntax:
        number = running.table()["ordinals"].get(token.lower_) or _digits(token.lower_)
        if not number:
            continue
        noun, last = token.head, token
        if token.dep_ == "amod" and noun.i > token.i:
            last = noun
        elif token.dep_ == "attr":
            noun = next((c for c in token.head.children if c.dep_ == "nsubj"), noun)
        elif token.dep_ not in {"appos", "conj"} or noun.i > token.i:
            continue
        unit = running.units("noun").get(harm.singular(noun))
        if unit in _BY_ORDER:
            span = annotated.span(sentence.part, sentence.offset(token), sentence.offset(last) + len(last))
            yield Stated(unit, Quantity(number), span, noun, True)


def _digits(word: str) -> int | None:
    match = re.fullmatch(r"(\d{1,3})(?:st|nd|rd|th)", word)
    return int(match.group(1)) if match else None


def _times(annotated: Annotated, sentence: Sentence) -> Iterator[Stated]:
    """How many times something was done ("has been shelled 34 times")."""
    for phrase in phrases.numbered(sentence):
        verb = phrase.head.head
        unit = running.units("times").get(str(verb.lemma_).lower()) if phrase.head.lower_ == "times" else None
        if unit is not None:
            start, end = sentence.start + phrase.start, sentence.start + phrase.end
            yield Stated(unit, phrase.quantity, annotated.span(sentence.part, start, end), phrase.head, True)


def _number_of_acts(annotated: Annotated, sentence: Sentence) -> Iterator[Stated]:
    """What a number of acts is brought to ("takes the number of attacks on the port to nine")."""
    for phrase in phrases.numbered(sentence):
        verb = phrase.head.head.head
        if phrase.head.dep_ != "pobj" or phrase.head.head.lower_ not in {"to", "at"} or phrase.head.i != phrase.core.i:
            continue
        nouns = [c for c in verb.children if c.lower_ == "number" and c.i < phrase.core.i]
        acts = [n for c in nouns for p in c.children if p.lower_ == "of" for n in p.children if n.tag_ == "NNS"]
        unit = running.units("noun").get(harm.singular(acts[0])) if acts else None
        if unit in ACTS:
            start, end = sentence.start + phrase.start, sentence.start + phrase.end
            yield Stated(unit, phrase.quantity, annotated.span(sentence.part, start, end), phrase.head, True)
