"""Plain text → a story. The text stays whole: a headline at its top is copied and marked, not cut off."""

import re

from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import furniture
from onrecord.stories.compose import Found, compose
from onrecord.stories.encoding import decode
from onrecord.stories.published import Stated

_TOP = re.compile(r"\s{0,40}(?:# )?(?P<line>[^\s][^\r\n]{0,119})(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)\s{0,40}\S")
_FINAL_STOP = re.compile(r"[.,;:…][\"'”’)]*$")


def story(body: bytes, source: str, dates: tuple[Stated, ...], options: ReadOptions) -> Intake:
    """The one story of a text."""
    decoded = decode(body, source)
    return compose(
        Found(
            source=source,
            media="text/plain",
            body=body,
            text=decoded.text,
            headline=headline(decoded.text),
            dates=dates,
            notes=decoded.notes,
        ),
        options,
    )


def headline(text: str) -> str:
    """The first line where it is short, has no final stop, stands above a blank line and is no furniture; else ""."""
    top = _TOP.match(text)
    if top is None:
        return ""
    line = top["line"].strip()
    if len(line.split()) > 20 or _FINAL_STOP.search(line) or furniture.mark(line):
        return ""
    return line
