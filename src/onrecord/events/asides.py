"""Sentences that speak of acts and yet tell of none here: questions, running totals, other years."""

import re
from collections.abc import Sequence

from spacy.tokens import Token

from onrecord.events import triggers
from onrecord.events.segments import Segment
from onrecord.events.triggers import Hit
from onrecord.language.annotated import Annotated, Sentence

_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
_LONG_AGO = re.compile(
    r"\b(?:(?:\w+\s){0,2}(?:years?|decades?|centur(?:y|ies))\s(?:ago|earlier|before)"
    r"|last\s(?:year|summer|autumn|fall|winter|spring)|(?:the\s)?(?:1[5-9]|20)\d0s|in\sliving\smemory|back\sin\s(?:1|20)\d+)\b",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"\b(?:since\s(?!then\b)(?:the\s(?:start|beginning|end|first|prison|truce|war|summer|\w+\sof)|\w+\s\d|[A-Z]\w+\b|\d{4})"
    r"|so\sfar\b|to\sdate\b|on\sall\ssides\b|by\s\w+(?:\s\w+)?\s?['’]s\s(?:own\s)?count\b|our\sown\s(?:count|figure)\b|a\stotal\sof\b"
    r"|in\s(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+)\s(?:\w+\s)?"
    r"(?:attacks|incidents|strikes|raids|clashes|interventions|months|weeks|years)\b)"
)
"""Words of a count over many acts."""
_SEVERAL = re.compile(
    r"\b(?:the\s(?:two|three|four|five)|two|three|four|five|six|seven|eight|nine|ten|\d+)\s(?:\w+\s)?(?:strikes|attacks|raids|bombings)\b"
)
_IN_A_DAY = re.compile(
    r"\b(?:overnight|yesterday|today|last\snight|(?:on|early|late)\s(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
)
"""What makes several raids one occurrence: they are of one day or night."""
_UP_TO_NOW = re.compile(r"\b(?:have|has)\b")
_SPEAKING_OF = frozenset({"confirm", "discuss", "comment", "elaborate", "address", "describe", "say"})
_TALLIED = frozenset({"arrest", "seizure", "extradition", None})
"""Kinds of acts that running totals count; None: those that kill."""


def asked(hits: Sequence[Hit], segment: Segment) -> bool:
    """Whether the words are a question ("asked whether there had been shooting"), or a refusal to speak of the act."""
    if segment.claim is None and segment.sentence.text.rstrip("\"'”’ \n").endswith("?"):
        return True
    return all(_put_to_somebody(hit.token, segment) or _left_unsaid(hit.token) for hit in hits)


def _put_to_somebody(trigger: Token, segment: Segment) -> bool:
    if segment.claim is not None:
        return False
    chain = (trigger, *trigger.ancestors)
    return any(t.dep_ in {"ccomp", "advcl", "prep"} and t.head.lemma_.lower() == "ask" for t in chain)


def _left_unsaid(trigger: Token) -> bool:
    """Whether somebody would not speak of it ("would not discuss the raid", "declined to confirm or deny the strike")."""
    for verb in trigger.ancestors:
        if verb.lemma_.lower() in _SPEAKING_OF:
            around = (verb, verb.head)
            if any(child.dep_ == "neg" for word in around for child in word.children) or verb.head.lemma_ in {
                "decline",
                "refuse",
            }:
                return True
    return False


def total(hits: Sequence[Hit], segment: Segment) -> bool:
    """Whether the words give a running total, which is a tally and no act ("nine raids since May have killed 40")."""
    if segment.sentence.part == "headline" or not any(_counted(hit) for hit in hits):
        return False
    words = " ".join(token.text for token in segment.tokens)
    return tells_total(words)


def tells_total(words: str) -> bool:
    """Whether the words have the ring of a count over many acts."""
    several = _SEVERAL.search(words) is not None and (
        _IN_A_DAY.search(words) is None or _UP_TO_NOW.search(words) is not None
    )
    return several or _TOTAL.search(words) is not None


def _counted(hit: Hit) -> bool:
    if hit.role == "act" and hit.row.pos == "VERB" and hit.row.kind not in _TALLIED:
        return False
    around = [*hit.token.subtree, *(t for child in triggers.clause(hit.token).children for t in child.subtree)]
    return any(t.like_num or t.tag_ == "CD" for t in around)


def background(annotated: Annotated, sentence: Sentence, tokens: Sequence[Token]) -> bool:
    """Whether the words set the act in another year, or long ago."""
    words = " ".join(token.text for token in tokens)
    published = annotated.story.published.day
    years = [int(year) for year in _YEAR.findall(words)]
    if years and published is not None:
        return max(years) < published.year - (1 if published.month == 1 else 0)
    if years and sentence.part == "text" and sentence.index > 2:
        return True
    return bool(_LONG_AGO.search(words))
