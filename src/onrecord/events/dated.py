"""The day of the one incident that a plain crime report is about, out of all the days that it names."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from spacy.tokens import Token

from onrecord.events.circumstances import words
from onrecord.events.summary import LEAD
from onrecord.language import weighed
from onrecord.language.annotated import Annotated, Sentence
from onrecord.wording import times

_RECENT = timedelta(days=60)
_CLOCK = re.compile(r"\d\s?(?:a\.?m|p\.?m)\b|\d:\d\d|o'clock", re.IGNORECASE)
_NEAR = 40
"""How many characters around a day tell of its hour."""
_USUAL = (0, 1)
"""How many days before it appeared an incident may be that a report gives no day of."""


def story_day(annotated: Annotated, main: date | None) -> date | None:
    """The likeliest day, as learned from such reports; None where the story's own day is not known and the main event's is
    not told. main: the day of the event that the story is about, where its words tell one.
    """
    published = annotated.story.published.day
    if published is None:
        return main
    found = candidates(annotated, published, main)
    return max(found, key=lambda day: (float(weighed.scores("day", found[day])[0]), day))


def candidates(annotated: Annotated, published: date, main: date | None) -> dict[date, frozenset[str]]:
    """The days that may be meant, with what speaks for or against each."""
    seen: dict[date, set[str]] = {published - timedelta(days=n): {"unnamed"} for n in _USUAL}
    order: list[date] = []
    for number, sentence in enumerate(annotated.sentences[:LEAD]):
        for day, told in _named(sentence, published):
            here = seen.setdefault(day, set())
            here.discard("unnamed")
            here.update(told, {f"sentence {min(number, 6)}"})
            if day not in order:
                order.append(day)
    if main is not None:
        seen.setdefault(main, set()).add("main")
    for rank, day in enumerate(order):
        seen[day].add(f"order {min(rank, 3)}")
    overnight = any("overnight" in s.text.lower() for s in annotated.sentences[:LEAD])
    for day, here in seen.items():
        ago = f"ago {_bucket((published - day).days)}"
        here |= {ago, f"{ago} {'named' if day in order else 'unnamed'}", f"{ago} of {min(len(order), 3)}"}
        here |= {f"{ago} {'main' if day == main else 'other' if main else 'no main'}"}
        if overnight:
            here.add(f"{ago} overnight")
    return {day: frozenset(here) for day, here in seen.items()}


def _named(sentence: Sentence, published: date) -> Iterator[tuple[date, set[str]]]:
    """The days that a sentence names, with how."""
    for timex in times.find(sentence.text, published):
        day = timex.first
        if day is None or day != timex.last or not published - _RECENT <= day <= published:
            continue
        token = next((t for t in sentence.syntax if int(t.idx) - int(sentence.syntax.start_char) >= timex.start), None)
        told = {f"ago {_bucket((published - day).days)} so named"}
        before = re.findall(r"[a-z]+", sentence.text[max(0, timex.start - _NEAR) : timex.start].lower())[-1:]
        told |= {f"before {word}" for word in before} or {"opens"}
        form = re.sub(r"\d+", "#", sentence.text[timex.start : timex.end].lower())
        told |= {f"form {word}" for word in re.findall(r"[a-z#]+", form)}
        around = sentence.text[max(0, timex.start - _NEAR) : timex.end + _NEAR]
        if _CLOCK.search(around):
            told.add("clock")
        if token is not None:
            told |= _governed(token)
        yield day, told


def _governed(token: Token) -> set[str]:
    """The verb that a day stands at, and whether it is one of saying."""
    verb = next((t for t in token.ancestors if t.pos_ in {"VERB", "AUX"}), None)
    if verb is None:
        return {"verb none"}
    lemma = verb.lemma_.lower()
    return {f"verb {lemma}", "saying" if lemma in words("verbs", "saying") else "doing"}


def _bucket(days: int) -> str:
    if days < 0:
        return "later"
    return str(days) if days <= 8 else "weeks" if days <= 30 else "months"
