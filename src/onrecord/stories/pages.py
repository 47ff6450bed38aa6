"""An HTML page → a story: its main text, what the page states of itself, and how much visible text was left out."""

import re

import trafilatura
from htmldate import find_date

from onrecord.records import Intake, Rejection
from onrecord.settings import ReadOptions
from onrecord.stories import visible
from onrecord.stories.compose import Found, capture, compose, refused
from onrecord.stories.encoding import decode
from onrecord.stories.published import Stated

SUBSTANTIAL = 0.4
"""Share of a page's visible prose whose loss makes a story partial. Comments, teasers and legal lines written as prose
make up to a third of an ordinary page; beyond that the story itself is likely to be cut."""

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{2,30})", re.IGNORECASE)
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


def story(body: bytes, source: str, dates: tuple[Stated, ...], options: ReadOptions) -> Intake:
    """The one story of a page. `dates`: what the file's name says, used where the page says nothing."""
    charset = _CHARSET.search(body[:4096])
    decoded = decode(body, source, charset[1].decode("ascii") if charset else None)
    page = visible.look(decoded.text)
    main = _main(decoded.text)
    text, notes = _text(page, str(main.get("text") or ""), source)
    if not text:
        reason = f"{source} shows no story: there is no paragraph of text in it."
        return refused(source, reason, len(body), capture(source, "text/html", body))
    meta = page.meta
    return compose(
        Found(
            source=source,
            media="text/html",
            body=body,
            text=text,
            headline=" ".join(str(main.get("title") or meta.get("og:title") or "").split()),
            url=_address(page.canonical) or _address(meta.get("og:url")),
            outlet=meta.get("og:site_name") or None,
            byline=str(main.get("author") or "") or None,
            dates=(*_dates(meta, decoded.text), *dates),
            notes=(*decoded.notes, *notes),
        ),
        options,
    )


def _main(html: str) -> dict[str, object]:
    """What trafilatura makes of a page; empty where it makes nothing of it."""
    found = trafilatura.bare_extraction(
        html,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        # Left to itself the date search asks the clock what is in the future
        date_extraction_params=dict(_DATE_LIMITS),
    )
    return {} if found is None else {key: getattr(found, key, None) for key in ("text", "title", "author")}


def _text(page: visible.Page, main: str, source: str) -> tuple[str, tuple[Rejection, ...]]:
    """The story's text, and what of the visible text is not in it."""
    prose = [p.text for p in page.paragraphs if p.is_prose]
    if not visible.tells(main):
        if sum(len(words) for words in prose) < _LEAST:
            return "", ()
        left_out = sum(len(p.text) for p in page.paragraphs) - sum(len(words) for words in prose)
        reason = "No main text was found; all visible paragraphs were taken for it."
        return "\n".join(prose), (Rejection(source, reason, max(left_out, 1)),)
    gone, share, tail = visible.lost(page, main)
    if share > SUBSTANTIAL:
        reason = (
            f"{gone} characters of visible paragraphs ({share:.0%}) are not in the text that was taken for the story."
        )
        return main, (Rejection(source, reason, gone),)
    if tail:
        return main, (Rejection(source, "The last paragraphs are not in the text that was taken for the story.", gone),)
    return main, ()


def _dates(meta: dict[str, str], html: str) -> tuple[Stated, ...]:
    stated = [Stated(meta[name], "metadata") for name in _DATES if name in meta]
    if not stated and (day := find_date(html, **_DATE_LIMITS)):
        stated.append(Stated(day, "metadata"))
    return tuple(stated)


def _address(url: str | None) -> str | None:
    return url if url and url.startswith(("http://", "https://")) else None
