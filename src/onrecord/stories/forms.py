"""What begins alike and is read apart: which reader takes a JSON document, and which a table."""

from collections.abc import Iterator

from onrecord.settings import ReadOptions
from onrecord.stories import exports, feeds, sheets
from onrecord.stories.documents import Document
from onrecord.stories.links import Item

_JSON_FEED = b"jsonfeed.org/version/"
_LOOK = 5_000  # bytes; a feed says what it is at its top


def json(document: Document, options: ReadOptions) -> Iterator[Item]:
    """The entries of a JSON Feed, or the items of an export."""
    if _JSON_FEED in document.body[:_LOOK] or document.media == "application/feed+json":
        return feeds.entries(document, options)
    return exports.items(document, options)


def table(document: Document, options: ReadOptions) -> Iterator[Item]:
    """The rows of a table that is known by how many cells it has, or of one that has a head or lists addresses."""
    if exports.is_known_table(document.body):
        return exports.items(document, options)
    return sheets.links(document, options)
