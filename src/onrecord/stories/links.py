"""What a list of stories holds where it does not hold the stories: addresses to fetch, and words that take one back."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from onrecord.records import Capture, Intake, Rejection
from onrecord.stories.documents import Document
from onrecord.stories.published import Stated

LinkKind = Literal["story", "sitemap"]

_UNFIT = re.compile("[\x00\ud800-\udfff]")  # no database keeps them
_LONGEST = 4096  # characters of an address that any server would take


@dataclass(frozen=True, slots=True)
class Link:
    """An address at which a story, or a further list of them, lies, with what the list says of it.

    url: http or https, absolute, not asked for yet. source: the list and the place in it ("feed.xml#3"). name: the id
    that the list gave it. headline, byline, outlet, dates: used where the page itself says nothing. kind: whether it is
    a story or a sitemap of more. notes: what of the list's words on it could not be used.
    """

    url: str
    source: str
    headline: str = ""
    outlet: str | None = None
    byline: str | None = None
    dates: tuple[Stated, ...] = ()
    name: str | None = None
    kind: LinkKind = "story"
    notes: tuple[Rejection, ...] = ()

    def __post_init__(self) -> None:
        for field in ("headline", "outlet", "byline", "name"):
            if words := getattr(self, field):
                object.__setattr__(self, field, _fit(words))
        object.__setattr__(self, "dates", tuple(Stated(_fit(date.words), date.basis) for date in self.dates))


@dataclass(frozen=True, slots=True)
class Retraction:
    """A publisher's word that an item is not to be used (any more): it, and what was read in it, is to be taken back.

    uri: the item's id, which is the `name` of its story. at: when, in the publisher's words. why: its status word,
    and its own reason where it gives one. version: as given. capture: the words that say so.
    """

    uri: str
    source: str
    at: str | None
    why: str
    version: str | None = None
    capture: Capture | None = None

    def __post_init__(self) -> None:
        for field in ("uri", "at", "why", "version"):
            if words := getattr(self, field):
                object.__setattr__(self, field, _fit(words))


Item = Document | Link | Retraction | Intake
"""All that a form can hold. A Document is still to be read; an Intake is a story, or a refusal with its reason."""


def web_address(words: object) -> str | None:
    """The address in the words, None where they are none that can be asked for on the web: another scheme, no host,
    white space or control characters within, or longer than any server takes.
    """
    if not isinstance(words, str):
        return None
    url = words.strip()
    if not url or len(url) > _LONGEST or any(c <= " " or c == "\x7f" or "\ud800" <= c <= "\udfff" for c in url):
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and host else None


def _fit(words: str) -> str:
    """The words on one line, fit to be kept."""
    return " ".join(_UNFIT.sub("\ufffd", words).split())
