"""An HTML page → a story: its main text, what the page states of itself, and how much visible text was left out."""

import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

import trafilatura
from htmldate import find_date
from trafilatura import metadata

from onrecord.records import Books, Intake, Rejection
from onrecord.settings import ReadOptions
from onrecord.stories import visible
from onrecord.stories.compose import Found, compose, unread
from onrecord.stories.documents import Document
from onrecord.stories.encoding import decode
from onrecord.stories.published import Stated

SUBSTANTIAL = 0.4
"""Share of a page's visible prose whose loss makes a story partial. Comments, teasers and legal lines written as prose
make up to a third of an ordinary page; beyond that the story itself is likely to be cut."""

_CHARSET = re.compile(
    rb"<(?:meta[^>]{0,200}charset|\?xml[^>]{0,80}encoding)\s{0,3}=\s{0,3}[\"']?([\w.:-]{2,30})", re.IGNORECASE
)
_LEAST = 80  # letters of visible prose that make a story where the main-text finder sees none
_DATES = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "dc.date.issued",
    "dcterms.created",
    "date",
)
_DATE_LIMITS = {"original_date": True, "extensive_search": False, "min_date": "1995-01-01", "max_date": "2100-12-31"}


def story(document: Document, options: ReadOptions) -> Intake:
    """The one story of a page, with the books of its visible characters. What its container says is used where the page says
    nothing.
    """
    body, source = document.body, document.source
    charset = _CHARSET.search(body[:4096])
    decoded = decode(body, source, charset[1].decode("ascii") if charset else None, document.charset)
    if decoded.refusal:
        return unread(document, "text/html", decoded.refusal)
    html, notes = _without_nul(decoded.text, source)
    page = visible.look(html)
    if page.is_deep:
        html = visible.flat(html)
        page = replace(visible.look(html), deepest=page.deepest, torn=page.torn)
    meta = page.meta
    main = _main(html, undated=meta.keys().isdisjoint(_DATES))
    text, left_out, books = _text(page, str(main.get("text") or ""), source)
    if gave_up := main.get("gave up"):
        notes = (*notes, Rejection(source, f"What the page states of itself could not all be read ({gave_up})."))
    notes = (*document.notes, *decoded.notes, *notes, *left_out)
    if not text:
        nothing = unread(document, "text/html", f"{source} shows no story: there is no paragraph of text in it.")
        return replace(nothing, books=books)
    found = Found(
        source=source,
        media="text/html",
        body=body,
        text=text,
        headline=" ".join(str(main.get("title") or meta.get("og:title") or document.headline).split()),
        name=document.name,
        url=_address(page.canonical) or _address(meta.get("og:url")) or document.url,
        outlet=meta.get("og:site_name") or document.outlet,
        byline=str(main.get("author") or "") or document.byline,
        dates=(*_dates(meta, html, main), *document.dates),
        notes=notes,
        encoding=decoded.told,
    )
    return replace(compose(found, options), books=books)


def _without_nul(html: str, source: str) -> tuple[str, tuple[Rejection, ...]]:
    """The parsers of others end a page at the first NUL."""
    count = html.count("\x00")
    if not count:
        return html, ()
    reason = f"{count} characters are none (NUL) and were replaced."
    return html.replace("\x00", "\ufffd"), (Rejection(source, reason, count),)


def _main(html: str, undated: bool) -> dict[str, object]:
    """What trafilatura makes of a page: its text, title and author, and its date where that is asked for; empty where it makes
    nothing of it. "gave up": the error, where it got no further than the text.
    """
    tree = trafilatura.load_html(html)
    found = None if tree is None else trafilatura.bare_extraction(tree, include_comments=False, include_tables=True)
    if found is None:
        return {}
    try:
        return {"text": found.text, **_stated(tree, undated)}
    except (MemoryError, OSError):
        raise
    except Exception as error:
        # Its search for dates fails on odd trees; the text is there
        return {"text": found.text, "gave up": type(error).__name__}


def _stated(tree: Any, undated: bool) -> dict[str, object]:
    """Title, author and date, by the steps of trafilatura's `extract_metadata`; categories, tags and licences, which take it
    most of its time, are not looked for.
    """
    stated = metadata.examine_meta(tree)
    if stated.author and " " not in stated.author:
        stated.author = None
    with suppress(ValueError, TypeError, LookupError, AttributeError, RecursionError):
        stated = metadata.extract_meta_json(tree, stated)
    stated.title = stated.title or metadata.extract_title(tree)
    stated.author = stated.author or metadata.extract_author(tree)
    if undated:
        # Left to itself the date search asks the clock what is in the future
        stated.date = find_date(tree, url=stated.url or metadata.extract_url(tree), **_DATE_LIMITS)
    stated.clean_and_trim()
    return {"title": stated.title, "author": stated.author, "date": stated.date}


def _text(page: visible.Page, main: str, source: str) -> tuple[str, tuple[Rejection, ...], Books]:
    """The story's text, what of the visible text is not in it, and the books of it."""
    prose = [p.text for p in page.paragraphs if p.is_prose]
    told = sum(len(p.text) for p in page.paragraphs)
    if not visible.tells(main):
        kept = sum(len(words) for words in prose)
        if kept < _LEAST:
            return "", (), Books(told + page.beside, 0, {"beside the story": page.beside}, told)
        books = Books(told + page.beside, kept, {"beside the story": page.beside}, told - kept)
        reason = "No main text was found; all visible paragraphs were taken for it."
        notes = (Rejection(source, reason, max(told - kept, 1)), *_torn(page, source))
        return "\n".join(prose), notes, books
    seen = visible.compared(page, main)
    notes = _torn(page, source)
    lost = 0
    if seen.share > SUBSTANTIAL or (seen.gone and page.is_unusual):
        reason = f"{seen.gone} characters of visible paragraphs ({seen.share:.0%}) are not in the text that was taken for the story."
        notes, lost = (Rejection(source, reason, seen.gone), *notes), seen.gone
    elif seen.tail:
        reason = "The last paragraphs are not in the text that was taken for the story."
        notes, lost = (Rejection(source, reason, seen.gone), *notes), seen.gone
    dropped = {
        "beside the story": page.beside,
        "links": seen.linked,
        "short lines": seen.other,
        "other paragraphs": seen.gone - lost,
    }
    return main, notes, Books(told + page.beside, seen.kept, dropped, lost)


def _torn(page: visible.Page, source: str) -> tuple[Rejection, ...]:
    if not page.torn:
        return ()
    reason = f"The page ends within a tag, comment or script: its last {page.torn} characters are not read."
    return (Rejection(source, reason, page.torn),)


def _dates(meta: dict[str, str], html: str, main: dict[str, object]) -> tuple[Stated, ...]:
    stated = [Stated(meta[name], "metadata") for name in _DATES if name in meta]
    if stated:
        return tuple(stated)
    # Where a main text was found, its finder has looked for the date already
    day = main.get("date") if main else _day(html)
    return (Stated(str(day), "metadata"),) if day else ()


def _day(html: str) -> str | None:
    try:
        day: str | None = find_date(html, **_DATE_LIMITS)
    except (MemoryError, OSError):
        raise
    except Exception:  # as above
        return None
    return day


def _address(url: str | None) -> str | None:
    return url if url and url.startswith(("http://", "https://")) else None
