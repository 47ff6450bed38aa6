"""Plain text → a story. The text stays whole: a headline at its top is copied and marked, not cut off."""

import re

from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import furniture
from onrecord.stories.compose import Found, compose, unread
from onrecord.stories.documents import Document
from onrecord.stories.encoding import decode

_TOP = re.compile(r"\A\s{0,40}(?:# )?(?P<line>[^\s][^\r\n]{0,119})(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)\s{0,40}\S")
_FINAL_STOP = re.compile(r"[.,;:…][\"'”’)]*$")


def story(document: Document, options: ReadOptions) -> Intake:
    """The one story of a text. What its container says of it goes before what can be made out from the text."""
    decoded = decode(document.body, document.source, header=document.charset)
    if decoded.refusal:
        return unread(document, "text/plain", decoded.refusal)
    return compose(
        Found(
            source=document.source,
            media="text/plain",
            body=document.body,
            text=decoded.text,
            headline=document.headline or headline(decoded.text),
            name=document.name,
            url=document.url,
            outlet=document.outlet,
            byline=document.byline,
            dates=document.dates,
            notes=(*document.notes, *decoded.notes),
            encoding=decoded.told,
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
