"""Strings by which pages, logs and databases have been broken, and a ledger with one of them in every text field."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import cycle, product
from typing import Any

from invented import DAY, intake, story
from onrecord import pipeline
from onrecord.engines import reader_name
from onrecord.ledger import Ledger, write
from onrecord.records import (
    Claim,
    Count,
    Credit,
    Event,
    Mention,
    Party,
    Quantity,
    Reading,
    Rejection,
    Source,
    Span,
    Tally,
    When,
    Where,
)

_MARK = "window.broken=1"
_TAGS = (
    "script",
    "img",
    "svg",
    "iframe",
    "body",
    "input",
    "video",
    "details",
    "object",
    "marquee",
    "math",
    "a",
    "style",
)
_OPENINGS = ("", '"', "'", "</title>", "</textarea>", "</script>", "-->", "]]>", "'>", '">', "`>")
_SINGLE = (
    f"<script>{_MARK}</script>",
    f"<img src=x onerror={_MARK}>",
    f"<svg/onload={_MARK}>",
    f"<svg><script>{_MARK}</script></svg>",
    f"<math><mtext></mtext><mglyph><style><img src=x onerror={_MARK}></style></mglyph></math>",
    f"<iframe srcdoc='<script>parent.{_MARK}</script>'></iframe>",
    f"<a href=javascript:{_MARK}>x</a>",
    f"javascript:{_MARK}",
    f"JaVaScRiPt:{_MARK}",
    f"java\tscript:{_MARK}",
    f"\x01javascript:{_MARK}",
    f"data:text/html,<script>{_MARK}</script>",
    f"vbscript:{_MARK}",
    f"{{{{ [].constructor.constructor('{_MARK}')() }}}}",
    "{{ 7 * 7 }}{% for x in range(9) %}{{ x }}{% endfor %}",
    f"${{{_MARK}}}",
    f"'-{_MARK}-'",
    f'"onfocus={_MARK} autofocus="',
    f"' hx-on:load='{_MARK}' x='",
    f'" hx-get="/log" hx-trigger="load" hx-vals="js:{{x:{_MARK}}}"',
    f"<div hx-get=/log hx-trigger=load hx-on::after-request={_MARK}>",
    f"<form action=/decide method=post><button autofocus onfocus={_MARK}>",
    "<base href=//elsewhere.example/>",
    "<meta http-equiv=refresh content=0;url=//elsewhere.example>",
    "<link rel=stylesheet href=//elsewhere.example/x.css>",
    "<style>*{display:none}</style>",
    f"<noscript><p title='</noscript><img src=x onerror={_MARK}>'>",
    f"<template><script>{_MARK}</script></template>",
    f"<!--><img src=x onerror={_MARK}>-->",
    f"<![CDATA[<script>{_MARK}</script>]]>",
    f"%3Cscript%3E{_MARK}%3C/script%3E",
    f"&lt;script&gt;{_MARK}&lt;/script&gt;",
    f"&#60;script&#62;{_MARK}",
    f"\\u003cscript\\u003e{_MARK}",
    f"＜script＞{_MARK}＜/script＞",
    "\u202egnirts desrever\u202c",
    "\u2066\u2067hidden\u2069\u2069",
    "a\u2028b\u2029c\u0085d",
    "\x1b[31mred\x1b[0m\x07",
    "line one\r\nSet-Cookie: a=b\r\n\r\n",
    "'; DROP TABLE story; --",
    '" OR 1=1 --',
    '"NEAR(a b) AND title:*',
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "../../../../etc/passwd",
    "?next=//elsewhere.example#x",
    "نص عربي <b>غامق</b> ١٢٣",
    "עברית (abc) 123",
    "👩‍👩‍👧‍👦" * 5,
    "Z̷͈̓͗a̴̬͌l̵̰̈́g̸̱̅o̶̡͑" * 10,
    "W" * 3000,
)
VECTORS: tuple[str, ...] = (
    *_SINGLE,
    *(f"{opening}<{tag} onload={_MARK} onerror={_MARK} src=x>" for opening, tag in product(_OPENINGS[1:], _TAGS[:7])),
)


def fill(ledger: Ledger, vectors: Sequence[str] = VECTORS) -> list[str]:
    """Puts stories into a ledger that hold every vector in each sort of field; the ids of the stories."""
    made: list[str] = []
    items, readings = [], []
    every = cycle(vectors)
    for number, vector in enumerate(vectors):
        told = story(
            number + 1,
            f"{vector} was told.\n\n{next(every)} shells hit {vector}.",
            name=f"n{number} {vector}",
            url=f"{vector}" if number % 2 else f"https://paper.example/{vector}",
            outlet=vector,
            headline=f"{vector} {number}",
            byline=vector,
            published=replace(DAY, start=datetime(2031, 4, 1 + number % 20, tzinfo=UTC)),
        )
        items.append(intake(told, source=vector, rejections=(Rejection(vector, vector, 1),)))
        readings.append(_reading(told, vector, number))
        made.append(told.id)
    write.store(ledger, items, readings, datetime(2031, 5, 1, tzinfo=UTC))
    pipeline.rebuild(ledger, "joint", datetime(2031, 5, 1, tzinfo=UTC))
    return made


def _reading(told: Any, vector: str, number: int) -> Reading:
    def span(start: int, end: int) -> Span:
        return Span(told.id, "text", start, end, told.text[start:end])

    whole, some = span(0, min(len(told.text), len(vector) + 8)), span(0, max(1, len(vector) // 2))
    kinds = ("named_person", "named_body", "witness", "anonymous")
    source = Source(kinds[number % 4], vector, vector, vector, None, vector, vector, some)  # type: ignore[arg-type]
    claim = Claim(f"{told.id}-c1", (whole,), some, source, "indirect", "asserts")
    day = date(2031, 3, 1 + number % 27)
    when = When(day, day, "day", some) if number % 3 else When(None, None, "unknown", some)
    where = Where(vector, vector, vector, None, None, "unknown", some)
    party = Party(vector, some, vector)
    count = Count("killed", Quantity(number % 7 + 1), some, vector)
    status = "happened" if number % 4 else "planned"
    mention = Mention(whole, some, status, "shelling", claim.id, party, party, vector, when, where, (count,))  # type: ignore[arg-type]
    event = Event(
        f"{told.id}-e1", "shelling", status, party, party, vector, when, where, (count,), (claim.id,), (mention,)
    )  # type: ignore[arg-type]
    tally = Tally(f"{told.id}-t1", "killed", Quantity(number + 3), vector, None, None, claim.id, some)
    rejected = Rejection(vector, vector, 0, some)
    words = (f"unlike{number}", f"other{number}")
    return Reading(
        told.id, reader_name(), (claim,), (Credit(vector, "cites", some),), (event,), (tally,), (rejected,), (number, 1),
        (), (f"{number} shells",), words,
    )  # fmt: skip
