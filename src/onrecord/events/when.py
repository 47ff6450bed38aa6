"""When a mention's act was: the time in its clause, else in its sentence."""

import re

from spacy.tokens import Token

from onrecord.events import harm
from onrecord.events.circumstances import words
from onrecord.language.annotated import Annotated, Sentence
from onrecord.records import Mention, Span, When
from onrecord.wording import times

_DAYS = frozenset({"day", "days", "week", "month", "season", "year"})
_POINTS = frozenset({"DATE", "TIME"})
_EDGES = frozenset({"since", "until", "till", "before", "after"})
"""What opens the edge of a period, or what another act is told by."""
_HOURS = frozenset(
    {
        "dawn",
        "daybreak",
        "sunrise",
        "daylight",
        "noon",
        "midday",
        "midnight",
        "dusk",
        "sunset",
        "dark",
        "nightfall",
        "first",
    }
)
"""Hours before or after which an act still was on the day named ("before dawn on Monday")."""
_CLOCK = re.compile(r"T\d\d")
_WITH = frozenset({"when", "as", "while"})
"""What joins an act to one of the same time."""


def of_mention(
    annotated: Annotated, sentence: Sentence, mention: Mention, trigger: Token, forward: bool
) -> When | None:
    """The time nearest to the trigger in the mention's words, else in the rest of the sentence unless it is the time of
    a saying. Wording that does not resolve gives start and end None.
    """
    anchor = annotated.story.published.day
    later = forward or any(c.lower_ in {"will", "shall"} for c in trigger.children)
    inside: list[tuple[int, int, When]] = []
    for timex in times.find(sentence.text, anchor, later):
        if not _is_time_of_act(timex):
            continue
        span = annotated.span(sentence.part, sentence.start + timex.start, sentence.start + timex.end)
        tokens = [t for t in sentence.syntax if span.start <= sentence.offset(t) < span.end]
        if not tokens or _is_of_aftermath(tokens[0], trigger):
            continue
        if is_of_saying(tokens[0], trigger) and not _is_said(tokens[0], mention, span, trigger):
            continue
        meanwhile = _is_meanwhile(tokens[0], trigger)
        if (aside(tokens[0], trigger) is not None and not meanwhile) or _is_edge(tokens[0], trigger):
            continue
        if tokens[0].lower_ not in _HOURS and _is_bound(sentence.text[: timex.start], timex):
            continue
        when = When(timex.first, timex.last, timex.precision, span)
        outside = meanwhile or not (mention.span.start <= span.start and span.end <= mention.span.end)
        inside.append((2 * outside + (timex.first is None), distance(tokens[0], trigger), when))
    if not inside:
        return None
    return min(inside, key=lambda row: (row[0], row[1], row[2].span.start if row[2].span else 0))[2]


def _is_time_of_act(timex: times.Timex) -> bool:
    """Whether a time can be that of an act: no "now" or "recently", no mere length ("for three days")."""
    if timex.value is not None and timex.value.endswith("_REF"):
        return False
    if timex.type in _POINTS:
        return timex.precision in _DAYS or timex.precision == "unknown"
    return timex.first is not None and timex.precision in {"day", "days"}


def _is_bound(before: str, timex: times.Timex) -> bool:
    """Whether the words before make the time the edge of a period ("since Monday", "until May"). An act shortly before or
    after an hour was on its day.
    """
    words = before.split()
    word = words[-1].lower().strip("(,") if words else ""
    by_the_clock = timex.value is not None and _CLOCK.search(timex.value) is not None
    return word in {"since", "until", "till"} or (word in {"before", "after", "by"} and not by_the_clock)


def _is_of_aftermath(token: Token, trigger: Token) -> bool:
    """Whether the word tells when somebody died of it, was found or buried, and not when the act was."""
    verb = _verb_over(token)
    if trigger.i in {verb.i, token.head.i} or verb.lemma_.lower() not in words("verbs", "late"):
        return False
    for step in (trigger, *trigger.ancestors):
        if step.i == verb.i:
            break
        if step.dep_ == "advcl" and any(c.lower_ in _WITH for c in step.children):
            return False
    return True


def _is_edge(token: Token, trigger: Token) -> bool:
    """Whether the word stands in a clause that only bounds the time ("since it reopened in May")."""
    above = {trigger.i, *(t.i for t in trigger.ancestors)}
    for step in (token, *token.ancestors):
        if step.i in above:
            return False
        if step.dep_ == "advcl" and any(c.dep_ == "mark" and c.lower_ in _EDGES for c in step.children):
            return True
    return False


def _is_meanwhile(token: Token, trigger: Token) -> bool:
    """Whether the word stands at what somebody was just doing ("fired on a boat that was running north on Monday")."""
    verb = _verb_over(token)
    going = verb.tag_ == "VBG" and any(c.dep_ == "aux" and c.lower_ in {"was", "were"} for c in verb.children)
    return going and verb.dep_ == "relcl" and trigger in verb.ancestors


def _verb_over(token: Token) -> Token:
    step = token
    while step.head != step and step.pos_ not in {"VERB", "AUX"}:
        step = step.head
    return step


def is_of_saying(token: Token, trigger: Token) -> bool:
    """Whether the word stands at a verb of saying, so that it tells when or where somebody spoke ("the ministry said on
    Thursday").
    """
    step = _verb_over(token)
    return step.i != trigger.i and step.lemma_.lower() in words("verbs", "saying")


def _is_said(token: Token, mention: Mention, span: Span, trigger: Token) -> bool:
    """Whether a time stands among the words that somebody is quoted with, before the verb of saying, and so is none of the saying,
    wherever syntax hangs it ("shells fell on Hask, a village, on Monday, the police said"); unless it is that of a later death.
    """
    inside = mention.span.part == span.part and mention.span.start <= span.start and span.end <= mention.span.end
    if mention.claim is None or not inside or _verb_over(token).i < token.i:
        return False
    before = [t for t in token.doc[token.sent.start : token.i] if t.pos_ == "VERB"]
    return not before or before[-1].i == trigger.i or before[-1].lemma_.lower() not in words("verbs", "late")


def aside(token: Token, trigger: Token) -> Token | None:
    """The noun in whose own clause the word stands, where the trigger does not: the car in "the car, stolen on Monday,
    blew up".
    """
    above = {trigger.i, *(t.i for t in trigger.ancestors)}
    for step in (token, *token.ancestors):
        if step.i in above:
            return None
        if step.dep_ in {"relcl", "acl"} and step.pos_ in {"VERB", "AUX"}:
            return None if trigger in step.subtree or _tells_harm(step) else step.head
    return None


def _tells_harm(verb: Token) -> bool:
    """Whether a clause tells whom the act killed or hurt ("the bloodbath at Vellin, which left 24 dead in January")."""
    said = harm.find("acting", verb) or harm.find("acted_on", verb)
    states = (harm.find("state", c) for c in verb.children if c.dep_ in {"oprd", "acomp", "ccomp", "xcomp"})
    return bool({said, *states} & {"killed", "injured"})


def distance(token: Token, trigger: Token) -> int:
    """How far apart in the tree two words are; words in another clause are further."""
    up = [trigger, *trigger.ancestors]
    depth = {t.i: n for n, t in enumerate(up)}
    for steps, step in enumerate([token, *token.ancestors]):
        if step.i in depth:
            return steps + 2 * depth[step.i]
    return 99
