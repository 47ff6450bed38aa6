"""The running totals that a story states: one number over several acts, of what, since when."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice

from spacy.tokens import Token

from onrecord.events import harm, phrases, running, scopes
from onrecord.language.annotated import Annotated, Sentence
from onrecord.records import Claim, Count, Mention, Quantity, Span, Tally, TallyUnit

_SINCE = re.compile(r"\bsince\s", re.IGNORECASE)
_SINCE_OTHER = re.compile(r"\A(?:then|he|she|it|they|we|there|that|this|his|her|their)\b", re.IGNORECASE)
_OR_PRESUMED = re.compile(
    r"\b(?:killed|dead|died)\s(?:or|and)\s(?:are\s)?(?:presumed|missing|feared)|\bpresumed\s(?:dead|killed|drowned)",
    re.IGNORECASE,
)
_MONTHS = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|(?:19|20)\d\d)"
_MONTH = re.compile(_MONTHS)
_PERIOD = re.compile(
    rf"\b(?:(?:in|during|over|throughout|from)\s(?:{_MONTHS}|the\s(?:first|last|past))|[Ll]ast\s(?:year|month))\b"
)
_AND_MISSING = re.compile(r"\b(?:presumed|missing|feared)\b", re.IGNORECASE)
_PUT_AT = re.compile(r"\b(?:puts?|putting|counts?|lists?|have|had|is|was|stands?|has|at|to|says?)\b", re.IGNORECASE)
_BESIDE = 24
"""How many characters may stand between a total and the word that says what it counts."""
_DAYS = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "yesterday", "today"})
_REACH = 6
_FOLLOWS = 2
"""How many sentences behind a total another figure for it may stand."""
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_HARMS = frozenset({"killed", "injured", "civilians_killed", "killed_or_presumed_dead"})
_PERFECT = frozenset({"detained", "extradited", "freed", "abducted"})


@dataclass(frozen=True, slots=True)
class _Stated:
    """A number that may be a total. token: its noun or itself; act: it counts acts themselves."""

    unit: TallyUnit
    quantity: Quantity
    span: Span
    token: Token
    act: bool


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a sentence says for all its totals. index: the sentence's."""

    index: int
    paragraph: int
    scope: str | None
    since: date | None
    as_of: date | None
    unit: TallyUnit


def find(annotated: Annotated, claims: tuple[Claim, ...], told: Mapping[int, tuple[Count, ...]]) -> tuple[Tally, ...]:
    """The running totals of a story in the order of the text; the same total told again is one. One act's toll is none.

    told: the counts of each sentence by its index. `since` is None where no words tell it; `as_of` is the day of
    publication unless the words tell another.
    """
    found: list[Tally] = []
    last: _Frame | None = None
    seen: set[tuple[object, ...]] = set()
    for sentence in annotated.sentences:
        stated = _stated(annotated, sentence, told.get(sentence.index, ()))
        near = last if last is not None and 0 <= sentence.index - last.index <= _FOLLOWS else None
        totals = _totals(sentence, stated) if stated else []
        if not totals and near is not None:
            totals = _repeated(annotated, sentence, near, stated)
        if not totals:
            continue
        last = _frame(annotated, sentence, totals, near)
        for total in totals:
            key = (total.unit, total.quantity, last.scope)
            if key not in seen:
                seen.add(key)
                found.append(_tally(annotated, claims, total, last, len(found) + 1))
    return tuple(found)


def is_only(mention: Mention, totals: tuple[Tally, ...]) -> bool:
    """Whether a mention's words are those of a running total: its trigger is the verb or noun of the number."""
    for total in totals:
        if _holds(mention.span, total.span) or _holds(total.span, mention.trigger):
            gap = max(mention.trigger.start - total.span.end, total.span.start - mention.trigger.end)
            if gap <= _BESIDE:
                return True
    return False


def _tally(annotated: Annotated, claims: tuple[Claim, ...], total: _Stated, frame: _Frame, number: int) -> Tally:
    holder = [c for c in claims if any(_holds(s, total.span) for s in c.content)]
    inner = min(holder, key=lambda c: (sum(s.end - s.start for s in c.content), c.id), default=None)
    return Tally(
        id=f"{annotated.story.id}-t{number}",
        unit=total.unit,
        quantity=total.quantity,
        scope=frame.scope,
        since=frame.since,
        as_of=frame.as_of,
        claim=inner.id if inner is not None else None,
        span=total.span,
    )


def _holds(outer: Span, inner: Span) -> bool:
    return outer.part == inner.part and outer.start <= inner.start and inner.end <= outer.end


# ---- numbers that may be totals


def _stated(annotated: Annotated, sentence: Sentence, told: tuple[Count, ...]) -> list[_Stated]:
    found = [*_of_counts(sentence, told), *_of_nouns(annotated, sentence, told), *_ordinal(annotated, sentence)]
    return sorted(found, key=lambda s: (s.span.start, s.span.end, s.unit))


def _of_counts(sentence: Sentence, told: tuple[Count, ...]) -> Iterator[_Stated]:
    last = {sentence.offset(t) + len(t): t for t in sentence.syntax}
    presumed = _OR_PRESUMED.search(sentence.text) is not None
    for count in told:
        unit, token = running.units("of_count").get(count.what), last.get(count.span.end)
        if unit is None or token is None or count.part or count.quantity.number in {0, 1}:
            continue
        if unit == "killed" and count.of is not None and any(w in count.of for w in running.words("civilians")):
            unit = "civilians_killed"
        elif unit == "killed" and presumed:
            unit = "killed_or_presumed_dead"
        if token.lemma_.lower() in {"body", "corpse"}:
            unit = "bodies_found"
        yield _Stated(unit, count.quantity, count.span, token, unit in {"strikes", "seizures", "bombings"})


def _of_nouns(annotated: Annotated, sentence: Sentence, told: tuple[Count, ...]) -> Iterator[_Stated]:
    """Numbers of acts and things that are no counts of an event ("six attacks", "61 bodies", "55 were extradited")."""
    counted = {offset for count in told for offset in range(count.span.start, count.span.end)}
    for phrase in phrases.numbered(sentence):
        start, end = sentence.start + phrase.start, sentence.start + phrase.end
        unit = None if start in counted or end - 1 in counted else _unit_of(phrase.head)
        if unit is not None:
            act = unit in {"attacks", "strikes", "bombings", "seizures"}
            yield _Stated(unit, phrase.quantity, annotated.span(sentence.part, start, end), phrase.head, act)


def _unit_of(head: Token) -> TallyUnit | None:
    word = harm.singular(head)
    unit = running.units("noun").get(word)
    if unit is not None and head.pos_ in {"NOUN", "PROPN"}:
        needs = running.table()["needs"].get(unit)
        clause = [head.head, *_above(head.head), *(c for c in head.children if c.pos_ == "VERB")]
        if needs is None or any(t.lemma_.lower() in needs for t in clause):
            return unit
        return None
    if head.dep_ in {"nsubjpass", "dobj", "pobj"}:
        return running.units("verb").get(str(head.head.lemma_).lower())
    return None


def _ordinal(annotated: Annotated, sentence: Sentence) -> Iterator[_Stated]:
    """What an ordinal counts: "the seventh boat hit since May" is 7."""
    for token in sentence.syntax:
        number = running.table()["ordinals"].get(token.lower_) or _digits(token.lower_)
        if not number or token.dep_ != "amod" or token.head.i <= token.i:
            continue
        noun = token.head
        unit = running.units("noun").get(harm.singular(noun))
        if unit in {"strikes", "attacks", "vessels", "bombings", "seizures", "abducted"} and _ends_period(noun):
            span = annotated.span(sentence.part, sentence.offset(token), sentence.offset(noun) + len(noun))
            yield _Stated(unit, Quantity(number), span, noun, True)


def _digits(word: str) -> int | None:
    match = re.fullmatch(r"(\d{1,3})(?:st|nd|rd|th)", word)
    return int(match.group(1)) if match else None


def _ends_period(noun: Token) -> bool:
    return any(
        t.lower_ in {"since", "this"} or t.lower_ in {"months", "weeks", "days"}
        for t in noun.doc[noun.i : noun.sent.end]
    )


# ---- which of them are


def _totals(sentence: Sentence, stated: list[_Stated]) -> list[_Stated]:
    """Those of a sentence's numbers that are running totals."""
    text = sentence.text
    summed = any(_has(text, words) for words in running.words("running"))
    over = summed or (_since_phrase(text) is not None and not _is_compared(text))
    by_acts = _by_acts(sentence)
    harmed = any(not one.act and one.unit in _HARMS for one in stated)
    found = []
    for one in stated:
        if one.act:
            ordinal = any(t.ent_type_ == "ORDINAL" for t in one.token.children)
            total = (one.quantity.number or 2) > 1 and (over or ordinal or (harmed and by_acts))
        elif over:
            total = not _is_of_the_start(one.token) and not _is_one_act(one.token)
        else:
            total = not _is_of_the_start(one.token) and _is_total(one, text, by_acts)
        if total:
            found.append(one)
    return found


def _is_total(stated: _Stated, text: str, by_acts: bool) -> bool:
    """Whether a number without words of a running total is one all the same."""
    if stated.unit == "bodies_found":
        return _period(text)
    in_months = stated.unit == "killed" and _in_a_period(stated.token)
    perfect = stated.unit in _PERFECT and _is_perfect(stated.token)
    return in_months or perfect or (by_acts and stated.unit not in {"vessels", "rounds", "sites"})


def _is_several(acts: Token) -> bool:
    """Whether acts in the plural are more than one report's: numbered, or known and told of up to now ("the raids have")."""
    if any(c.dep_ == "nummod" for c in acts.children):
        return True
    known = any(
        c.dep_ in {"det", "poss"} and c.lower_ in {"the", "these", "those", "its", "their"} for c in acts.children
    )
    verb = next((t for t in _above(acts) if t.pos_ == "VERB"), acts)
    owned = known or any(c.dep_ == "prep" and c.lower_ == "by" for c in acts.children)
    return owned and any(c.dep_ == "aux" and c.lemma_ == "have" for c in verb.children)


def _above(token: Token) -> tuple[Token, ...]:
    """The nearest words that govern a word: sentences without an end have no say over it."""
    return tuple(islice(token.ancestors, _REACH))


def _is_of_the_start(token: Token) -> bool:
    """Whether the number tells of what "since" counts from ("since the riot, which left 24 dead")."""
    clause = next((t for t in (token, *_above(token)) if t.dep_ == "relcl"), None)
    if clause is None or clause.head.lemma_ in {"start", "beginning", "outset"} or clause.head.ent_type_ == "DATE":
        return False
    return any(t.lower_ == "since" for t in (clause.head.head, *_above(clause.head.head)))


def _has(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE) is not None


def _period(text: str) -> bool:
    return _PERIOD.search(text) is not None


def _in_a_period(token: Token) -> bool:
    """Whether the words set the number in a whole month or year ("22 people were killed in May", "812 killings last year")."""
    if token.lemma_ in {"killing", "murder", "homicide", "death"}:
        return token.tag_ == "NNS" and _period(str(token.sent.text))
    verb = token.head
    if token.dep_ not in _SUBJECTS or verb.pos_ != "VERB":
        return False
    inside = [
        c for c in verb.children if c.dep_ == "prep" and c.lower_ in {"in", "at", "during", "throughout", "on", "when"}
    ]
    return bool(inside) and all(any(_MONTH.fullmatch(w.text) for w in p.children) for p in inside)


def _by_acts(sentence: Sentence) -> bool:
    """Whether acts in the plural are what killed or hurt, or what it happened in ("the raids have killed", "in four attacks")."""
    if any(t.lower_ in _DAYS for t in sentence.syntax):
        return False
    for token in sentence.syntax:
        if token.lower_ not in running.words("acts") or token.pos_ != "NOUN" or not _is_several(token):
            continue
        if token.dep_ == "nsubj" and (
            harm.find("acted_on", token.head) is not None or token.head.lemma_ in {"leave", "claim", "cost"}
        ):
            return True
        if token.dep_ == "pobj" and token.head.lower_ in {"in", "by", "during", "from", "of"}:
            verb = token.head.head
            if (
                harm.find("acted_on", verb)
                or harm.find("acting", verb)
                or harm.find("state", verb)
                or verb.lemma_ in {"lose", "toll"}
            ):
                return True
            if any(c.pos_ == "NUM" for c in token.children) and any(harm.find("acted_on", a) for a in _above(verb)):
                return True
    return False


def _is_one_act(token: Token) -> bool:
    """Whether the number is the toll of an act with its own day or that brings itself in ("an attack on Friday killed")."""
    verb = token
    while verb.head != verb and verb.pos_ not in {"VERB", "AUX"}:
        verb = verb.head
    for child in verb.children:
        if child.dep_ == "nsubj" and child.tag_ == "NN" and harm.find("acted_on", verb) is not None:
            return any(c.dep_ == "det" and c.lower_ in {"a", "an"} for c in child.children)
        if (
            child.dep_ in {"prep", "npadvmod"}
            and any(t.lower_ in _DAYS for t in child.subtree)
            and not any(t.lower_ == "since" for t in child.subtree)
        ):
            return True
    return (
        verb.dep_ == "advcl"
        and verb.tag_ == "VBG"
        and verb.head.tag_ in {"VBD"}
        and not any(c.lower_ in running.words("acts") for c in verb.head.children)
    )


def _is_perfect(token: Token) -> bool:
    verb = token.head
    return any(c.dep_ == "aux" and c.lemma_ == "have" for c in verb.children) and verb.tag_ in {"VBN", "VBD"}


def _since_phrase(text: str) -> re.Match[str] | None:
    for match in _SINCE.finditer(text):
        behind = text[match.end() : match.end() + 24]
        if not _SINCE_OTHER.match(behind):
            return match
    return None


def _is_compared(text: str) -> bool:
    """Whether "since" dates a comparison ("the first attack since the truce")."""
    match = _since_phrase(text)
    if match is None:
        return False
    clause = re.split(r"[;:,]\s", text[max(0, match.start() - 120) : match.start()])[-1]
    return any(word in running.words("compared") for word in clause.lower().split())


def _repeated(annotated: Annotated, sentence: Sentence, last: _Frame, stated: list[_Stated]) -> list[_Stated]:
    """Another figure for the total told just before ("the ministry puts the figure at 41")."""
    words = [t for t in sentence.syntax if t.lower_ in running.words("figure")]
    if not words:
        words = [t for t in sentence.syntax if t.lemma_ in {"have", "count", "list"} and t.pos_ == "VERB"]
        words = [t for t in words if any(c.dep_ == "dobj" and c.pos_ == "NUM" for c in t.children)]
    if not words or not _PUT_AT.search(sentence.text) or last.paragraph < sentence.paragraph - 1:
        return []
    told = [one for one in stated if not one.act and (one.quantity.number or 2) > 1]
    if told:
        return told
    unit: TallyUnit = (
        "killed_or_presumed_dead" if last.unit == "killed" and _AND_MISSING.search(sentence.text) else last.unit
    )
    for phrase in phrases.numbered(sentence):
        if phrase.head.i == phrase.core.i and phrase.core.i > words[0].i:
            span = annotated.span(sentence.part, sentence.start + phrase.start, sentence.start + phrase.end)
            return [_Stated(unit, phrase.quantity, span, phrase.core, False)]
    return []


# ---- scope and period


def _frame(annotated: Annotated, sentence: Sentence, totals: list[_Stated], near: _Frame | None) -> _Frame:
    since, as_of = scopes.period(annotated, sentence)
    if since is None and near is not None:
        since = near.since
    harmed = [t.unit for t in totals if not t.act]
    everybody = _has(sentence.text, "on all sides") or _has(sentence.text, "all parties")
    scope = None if everybody else scopes.scope(annotated, sentence, running.words("acts"))
    if scope is None and near is not None and near.paragraph == sentence.paragraph and not everybody:
        scope = near.scope
    return _Frame(sentence.index, sentence.paragraph, scope, since, as_of, (harmed or [totals[0].unit])[-1])
