"""What stands between a container and a story: one document, as bytes, with what its container says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from onrecord.records import Rejection
from onrecord.stories.published import Stated

FOLLOW = 3
"""How many lists deep a source is followed that was named: an index of sitemaps, a sitemap, its stories."""


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of one published text, before anybody has looked for the words in them.

    source: what the books call it: the file or address, and its place in a container ("crawl.warc.gz#12"). media: the type
    as declared, in small letters and without parameters ("text/html"), None where nobody said; charset: the same of its
    characters. url: where it was published; name: the id that its container gave it. outlet, headline, byline, dates: what the container says, used
    where the document itself says nothing. notes: what was given up on the way so far. how: how the bytes came, as custody
    asks ("final_url", "fetched_at", "status", "request", "headers", "redirects", "tool", ...), each a string or a list of them.
    follow: how many lists deep the addresses that it lists are fetched; 0 of what nobody named, as a page that a list led to.
    """

    source: str
    body: bytes
    media: str | None = None
    charset: str | None = None
    url: str | None = None
    name: str | None = None
    outlet: str | None = None
    headline: str = ""
    byline: str | None = None
    dates: tuple[Stated, ...] = ()
    notes: tuple[Rejection, ...] = ()
    how: Mapping[str, object] = field(default_factory=dict)
    follow: int = 0
