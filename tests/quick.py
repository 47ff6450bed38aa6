"""A reader for tests that are not about reading: it loads no model, and finds one event where a place is hit."""

import re

from onrecord.engines import reader_name
from onrecord.records import Claim, Event, Mention, Reading, Source, Span, Story

_AUTHORITY = Source("named_body", "Interior Ministry")


def read(told: Story) -> Reading:
    """What it finds in one of the stories of `invented.rows`."""
    claims, events = list[Claim](), list[Event]()
    for n, match in enumerate(re.finditer(r"A drone (struck) [^,]+", told.text)):
        act = Span(told.id, "text", match.start(1), match.end(1), match[1])
        words = Span(told.id, "text", match.start(), match.end(), match[0])
        claim = Claim(f"{told.id}-c{n}", (words,), None, _AUTHORITY, "indirect", "asserts")
        mention = Mention(words, act, "happened", "drone_strike", claim.id)
        claims.append(claim)
        event = Event(
            f"{told.id}-e{n}", "drone_strike", "happened", None, None, None, None, None, (), (claim.id,), (mention,)
        )
        events.append(event)
    return Reading(told.id, reader_name(), tuple(claims), (), tuple(events), ())
