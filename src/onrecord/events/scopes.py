"""Over which period a running total counts, and whose acts."""

import re
from collections.abc import Set as AbstractSet
from datetime import date

from onrecord.language.annotated import Annotated, Sentence
from onrecord.wording import times

_SINCE_START = re.compile(
    r"\bsince\s(?:the\s)?(?:start|beginning|turn|outset)\sof\s(?:the\s|this\s)?(month|year|week)\b", re.IGNORECASE
)
_THIS = re.compile(r"\bthis\s(year|month|week)\b", re.IGNORECASE)


def period(annotated: Annotated, sentence: Sentence) -> tuple[date | None, date | None]:
    """First and last day that a total in the sentence covers: since None where no words tell, to the day of publication
    unless they do.
    """
    anchor, text = annotated.story.published.day, sentence.text
    since, as_of = None, anchor
    start = _SINCE_START.search(text) or _THIS.search(text)
    if start is not None and anchor is not None and start.group(1).lower() != "week":
        since = anchor.replace(day=1, month=anchor.month if start.group(1).lower() == "month" else 1)
    for timex in times.find(text, anchor):
        before = text[max(0, timex.start - 12) : timex.start].lower().split()
        word = before[-1] if before else ""
        if timex.first is None and timex.last is None:
            continue
        if word == "since" or timex.precision == "since" or text[timex.start : timex.start + 5].lower() == "since":
            since = timex.first
        elif (
            (word in {"until", "till", "by", "to"} or timex.precision == "until")
            and timex.last is not None
            and (anchor is None or timex.last <= anchor)
        ):
            as_of = timex.last
        elif (
            (word in {"in", "during", "throughout"} or text[timex.start : timex.start + 5].lower() == "last ")
            and timex.precision in {"month", "year"}
            and timex.last is not None
        ):
            since = timex.first
            as_of = min(timex.last, anchor) if anchor is not None else timex.last
    return since, as_of


def scope(annotated: Annotated, sentence: Sentence, acts: AbstractSet[str]) -> str | None:
    """Whose acts are counted, in words ("strikes by the Coast Movement"), or None where the words set no bound."""
    for token in sentence.syntax:
        if token.lower_ not in acts:
            continue
        by = next((c for c in token.children if c.dep_ == "prep" and c.lower_ in {"by", "on", "against"}), None)
        if by is not None:
            noun = next((c for c in by.children if c.dep_ == "pobj"), None)
            if noun is not None:
                words = str(token.doc[noun.left_edge.i : noun.i + 1].text)
                return f"{token.lower_} {by.lower_} {_spelled(annotated, sentence, words)}"
        whose = next((c for c in token.children if c.dep_ == "poss" or c.ent_type_ == "NORP"), None)
        if whose is not None and whose.pos_ != "PRON":
            return f"{token.doc[whose.left_edge.i : whose.i + 1].text} {token.lower_}"
    return None


def _spelled(annotated: Annotated, sentence: Sentence, words: str) -> str:
    """Words such as "the movement" as the name that an earlier sentence gives it."""
    match = re.fullmatch(r"(?:the|this|that)\s([a-z]+)", words)
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
