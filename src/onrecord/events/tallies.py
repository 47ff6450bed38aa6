"""The running totals that a story states: one number over several acts, of what, since when."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from spacy.tokens import Token

from onrecord.events import harm, periods, phrases, running, scopes, stated, sums
from onrecord.events.phrases import Phrase
from onrecord.events.stated import Stated
from onrecord.language.annotated import Annotated, Sentence
from onrecord.records import Claim, Count, Mention, Quantity, Span, Tally, TallyUnit

_AND_MISSING = re.compile(r"\b(?:presumed|missing|feared)\b", re.IGNORECASE)
_PUT_AT = re.compile(r"\b(?:puts?|putting|counts?|lists?|have|had|is|was|stands?|has|at|to|says?)\b", re.IGNORECASE)
_IT_WAS = re.compile(r"\b(?:it (?:was|is|stood at|stands at|had been))\s\Z", re.IGNORECASE)
_OF_THEM_IN = re.compile(rf"\A\s(?:of them|of these|of those)\s(?:in|during)\s{sums.MONTHS}")
_GOES_ON_BARE = re.compile(r"[,.]|\s(?:and|with)\s")
_DEAD: frozenset[TallyUnit] = frozenset({"killed", "killed_or_presumed_dead", "civilians_killed"})
_BESIDE = 24
"""How many characters may stand between a total and the word that says what it counts."""
_MANY = 10
"""A number from this on is told twice, and not of two sides by chance."""
_FOLLOWS = 2
"""How many sentences behind a total another figure for it may stand."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a sentence says for all its totals. index: the sentence's; totals: what it states, in its order."""

    index: int
    paragraph: int
    scope: str | None
    since: date | None
    as_of: date | None
    totals: tuple[Stated, ...]

    @property
    def unit(self) -> TallyUnit:
        """What a bare number that goes on from these totals counts: the dead, if they were counted."""
        return _main(self.totals).unit


def _main(totals: Sequence[Stated]) -> Stated:
    """The total that a bare number goes on from: that of the dead, if there is one."""
    return next((t for t in totals if t.unit in _DEAD), totals[-1])


def every(annotated: Annotated, claims: tuple[Claim, ...], told: Mapping[int, tuple[Count, ...]]) -> tuple[Tally, ...]:
    """Every place of a story that states a running total, in the order of the text, those of the headline last. One act's toll is none.

    told: the counts of each sentence by its index. `since` is None where no words tell it; `as_of` is the day of
    publication unless the words tell another.
    """
    found: list[Tally] = []
    last: _Frame | None = None
    for sentence in sorted(annotated.sentences, key=lambda s: s.part == "headline"):
        numbers = stated.find(annotated, sentence, told.get(sentence.index, ()))
        near = last if last is not None and 0 <= sentence.index - last.index <= _FOLLOWS else None
        totals = sums.of(sentence, numbers) if numbers else []
        totals = [*totals, *_repeated(annotated, sentence, near, numbers, totals)]
        if not totals:
            continue
        last = _frame(annotated, sentence, totals, near)
        for total in totals:
            frame = _own_period(annotated, sentence, total, last)
            found.append(_tally(annotated, claims, total, frame, len(found) + 1))
    return tuple(found)


def once(totals: Iterable[Tally]) -> tuple[Tally, ...]:
    """The running totals without those that were told before: the same total told again is one."""
    found: list[Tally] = []
    for total in totals:
        if not any(_is_again(total, other) for other in found):
            found.append(replace(total, id=f"{total.span.story}-t{len(found) + 1}"))
    return tuple(found)


def _is_again(one: Tally, other: Tally) -> bool:
    """Whether a total was told before: the same number of the same things, and no small one of another side's."""
    if (one.unit, one.quantity) != (other.unit, other.quantity):
        return False
    many = (one.quantity.number or 0) >= _MANY or one.span.part == "headline"
    return many or one.scope is None or other.scope is None or one.scope == other.scope


def is_only(mention: Mention, totals: tuple[Tally, ...]) -> bool:
    """Whether a mention's words are those of a running total: its trigger is the verb or noun of the number."""
    for total in totals:
        if _holds(mention.span, total.span) or _holds(total.span, mention.trigger):
            gap = max(mention.trigger.start - total.span.end, total.span.start - mention.trigger.end)
            if gap <= _BESIDE:
                return True
    return False


def _tally(annotated: Annotated, claims: tuple[Claim, ...], total: Stated, frame: _Frame, number: int) -> Tally:
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


# ---- other figures for a total told before


def _repeated(
    annotated: Annotated, sentence: Sentence, near: _Frame | None, numbers: list[Stated], totals: list[Stated]
) -> list[Stated]:
    """Other figures for the total told just before ("the ministry puts the figure at 41", "the league counts 23"), and what of it
    fell to one side or in one month ("nine of the dead fell to the army", "48 of them in March").
    """
    if totals:
        return list(_bare(annotated, sentence, _main(totals), totals))
    if near is None or near.paragraph < sentence.paragraph - 1:
        return []
    main = _main(near.totals)
    if bare := [one for one in numbers if one.act and _is_a_bare_number_of_acts(sentence, one)]:
        return bare
    felled = list(_felled(annotated, sentence, main))
    whole = [one for one in numbers if not one.act and not one.part and (one.quantity.number or 2) > 1]
    if felled or (whole and _goes_on(sentence, near, whole)):
        return felled or whole
    if main.unit == "killed" and _AND_MISSING.search(sentence.text):
        main = replace(main, unit="killed_or_presumed_dead")
    return list(_bare(annotated, sentence, main, []))


def _is_a_bare_number_of_acts(sentence: Sentence, one: Stated) -> bool:
    """Whether a sentence opens with a number of acts and no verb ("Three raids, and not a soldier among the dead")."""
    before, behind = sentence.text[: one.span.start - sentence.start], sentence.text[one.span.end - sentence.start :]
    several = (one.quantity.number or 0) > 1
    return several and not before.strip("\"“”'‘ ") and _GOES_ON_BARE.match(behind) is not None


def _goes_on(sentence: Sentence, near: _Frame, whole: list[Stated]) -> bool:
    """Whether numbers with nouns of their own are totals because others stand before them."""
    main = _main(near.totals)
    same = [one for one in whole if one.unit == main.unit]
    if _names_a_figure(sentence) and all(_is_near(one.quantity, main) for one in same):
        return True
    if any(_is_stated(one.token) and _is_near(one.quantity, main) for one in same) or scopes.is_other_side(sentence):
        return True
    up_to_now = all(sums.is_up_to_now(one.token) for one in whole)
    return up_to_now and (scopes.points_back(sentence) or (bool(same) and near.paragraph == sentence.paragraph))


def _felled(annotated: Annotated, sentence: Sentence, main: Stated) -> Iterator[Stated]:
    """The share of the dead that is laid at somebody's door."""
    for phrase in phrases.numbered(sentence) if main.unit in _DEAD else ():
        verb = phrase.head.head
        dead = phrase.of_some is not None and harm.find("noun", phrase.of_some) == "killed"
        if dead and verb.lemma_ in running.words("felling") and any(c.lower_ in {"by", "to"} for c in verb.children):
            start, end = sentence.start + phrase.start, sentence.start + phrase.end
            yield replace(
                main, quantity=phrase.quantity, span=annotated.span(sentence.part, start, end), token=phrase.core
            )


def _is_near(quantity: Quantity, main: Stated) -> bool:
    """Whether a number can be another count of what a total counts: neither is less than half of the other."""
    low, high = sorted((quantity.number or 0, main.quantity.number or 0))
    return 2 * low >= high


def _names_a_figure(sentence: Sentence) -> bool:
    """Whether the sentence puts a figure, a count or a toll at something."""
    return _PUT_AT.search(sentence.text) is not None and any(
        t.lower_ in running.words("figure") for t in sentence.syntax
    )


def _is_stated(token: Token) -> bool:
    """Whether the number is what somebody states ("speaks of 14 dead", "has 41 names")."""
    governor = token.head if token.dep_ in {"dobj", "pobj", "nummod", "attr"} else None
    for _ in range(3):
        if governor is None or governor.pos_ == "VERB":
            break
        governor = governor.head if governor.head != governor else None
    return governor is not None and governor.lemma_ in running.words("stating")


def _bare(annotated: Annotated, sentence: Sentence, main: Stated, totals: list[Stated]) -> Iterator[Stated]:
    """Numbers without a noun of their own that restate a total, or tell its share in a month."""
    figures = [t.i for t in sentence.syntax if t.lower_ in running.words("figure")]
    puts = bool(figures) and not totals and _PUT_AT.search(sentence.text) is not None
    for phrase in phrases.numbered(sentence):
        start, end = sentence.start + phrase.start, sentence.start + phrase.end
        if any(t.span.start < end and start < t.span.end for t in totals) or (phrase.quantity.number or 2) < 2:
            continue
        one = Stated(main.unit, phrase.quantity, annotated.span(sentence.part, start, end), phrase.core, False)
        alone, near = phrase.head.i == phrase.core.i, _is_near(phrase.quantity, main)
        if totals and _is_share_in_month(sentence, one):
            yield one
        elif (near and (_states(phrase) or (puts and alone and phrase.core.i > min(figures)))) or (
            not totals and alone and _IT_WAS.search(sentence.text[: phrase.start]) is not None
        ):
            yield one
            return


def _states(phrase: Phrase) -> bool:
    """Whether somebody states the number: without a noun of its own, or of what a list of the dead has."""
    shared = phrase.of_some is not None and phrase.of_some.lower_ in {"them", "these", "those"}
    noun = phrase.head.i != phrase.core.i and harm.singular(phrase.head) not in running.words("listed")
    object_ = phrase.head.dep_ in {"dobj", "pobj"} or phrase.core.head.pos_ == "VERB"
    return object_ and not shared and not noun and _is_stated(phrase.core)


# ---- scope and period


def _frame(annotated: Annotated, sentence: Sentence, totals: list[Stated], near: _Frame | None) -> _Frame:
    before = near.since if near is not None else None
    since, as_of = periods.period(_without_shares(sentence, totals), annotated.story.published.day, before)
    scope = scopes.EVERYBODY if scopes.is_everybody(sentence) else scopes.scope(annotated, sentence)
    if near is None:
        return _Frame(sentence.index, sentence.paragraph, scope, since, as_of, tuple(totals))
    if scopes.is_other_side(sentence):
        scope = scope or scopes.other_side(near.scope)
    elif scope is None and (
        near.paragraph == sentence.paragraph
        or scopes.points_back(sentence)
        or any(t.act and _is_a_bare_number_of_acts(sentence, t) for t in totals)
    ):
        scope = near.scope
    # What is told of one side's acts says nothing of when the count of the other's began.
    if since is None and scope in {None, near.scope}:
        since = near.since
    return _Frame(sentence.index, sentence.paragraph, scope, since, as_of, tuple(totals))


def _without_shares(sentence: Sentence, totals: list[Stated]) -> str:
    """The sentence without what it tells of months of its own ("48 of them in March")."""
    cut = [t.span.start - sentence.start for t in totals if _is_share_in_month(sentence, t)]
    return sentence.text[: min(cut)] if cut else sentence.text


def _is_share_in_month(sentence: Sentence, total: Stated) -> bool:
    start = sentence.offset(total.token) + len(total.token) - sentence.start
    return _OF_THEM_IN.match(sentence.text[start:]) is not None


def _own_period(annotated: Annotated, sentence: Sentence, total: Stated, frame: _Frame) -> _Frame:
    """The frame of one total: a share in a month has that month."""
    if not _is_share_in_month(sentence, total):
        return frame
    since, as_of = periods.period(sentence.text[total.span.start - sentence.start :], annotated.story.published.day)
    return replace(frame, since=since, as_of=as_of)
