"""What must hold of everything that a reader of inputs hands on, whatever it was given: the complaints, none where it does."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from onrecord.records import Books, Capture, Intake, Rejection, Story
from onrecord.stories.documents import Document
from onrecord.stories.links import Item, Link, Retraction, web_address

_STATES = ("ok", "partial", "refused", "failed")


def complaints(items: Iterable[Item], source: str) -> Iterator[str]:
    """Of the items that were made of the source so named."""
    count = 0
    hashed: dict[int, Capture] = {}
    for item in items:
        count += 1
        if isinstance(item, Intake | Retraction) and item.capture is not None:
            hashed[id(item.capture)] = item.capture  # of thousands of refusals often the same one
        if not item.source.startswith(source):
            yield f"an item does not say where it is from: {item.source[:60]!r}"
        if isinstance(item, Intake):
            yield from of_intake(item)
        elif isinstance(item, Document):
            yield from of_document(item)
        else:
            yield from _of_words(item)
    if not count:
        yield "it ended in nothing at all"
    for capture in hashed.values():
        yield from _of_capture(capture)


def of_intake(item: Intake) -> Iterator[str]:
    """Its state is one of four and goes with what it holds and says."""
    if item.state not in _STATES:
        yield f"its state is {item.state!r}"
    lost = any(note.lost for note in item.rejections)
    if item.state == "ok" and lost:
        yield "it is ok and has lost something"
    if item.state == "partial" and not lost:
        yield "it is partial and says of nothing lost"
    if (item.story is None) != (item.state in ("refused", "failed")):
        yield f"it is {item.state} and has {'no' if item.story is None else 'a'} story"
    if item.state in ("refused", "failed") and not any(_names(note, item.source) for note in item.rejections):
        yield f"it is {item.state} and no reason names it"
    # Files of any size, of which no more than a piece is held
    large = any(word in _reasons(item) for word in ("ZIP", "Parquet"))
    if item.state == "failed" and item.capture is None and not large:
        yield "it has failed and its bytes are not kept"
    yield from _of_notes(item.rejections)
    yield from _fit("source", item.source)
    if item.story is not None:
        yield from _of_story(item.story)
    if item.books is not None:
        yield from of_books(item.books)


def of_books(books: Books) -> Iterator[str]:
    """What a visitor sees is kept, dropped or lost."""
    parts = (books.kept, books.lost, *books.dropped.values())
    if min(parts) < 0 or books.visible != sum(parts):
        yield f"its books do not balance: {books}"


def of_document(document: Document) -> Iterator[str]:
    """It has bytes, and words that can be kept."""
    if not document.body.strip():
        yield "a document has no bytes"
    yield from _of_notes(document.notes)
    for name in ("source", "media", "charset", "url", "name", "outlet", "headline", "byline"):
        yield from _fit(name, getattr(document, name))
    yield from _of_how(document.how)


def _of_words(item: Link | Retraction) -> Iterator[str]:
    if isinstance(item, Link):
        if web_address(item.url) != item.url:
            yield f"a link leads to no web address: {item.url[:60]!r}"
        yield from _of_notes(item.notes)
        for name in ("url", "source", "headline", "outlet", "byline", "name"):
            yield from _fit(name, getattr(item, name))
        for date in item.dates:
            yield from _fit("date", date.words)
        return
    if not item.why:
        yield "a retraction gives no reason"
    for name in ("uri", "source", "at", "why", "version"):
        yield from _fit(name, getattr(item, name))


def _of_story(story: Story) -> Iterator[str]:
    for name in ("id", "name", "url", "outlet", "headline", "byline", "text", "language"):
        yield from _fit(name, getattr(story, name))
    if not any(c.isalnum() for c in story.text):
        yield "a story has no words"
    end = 0
    for mark in story.furniture:
        if not end <= mark.start < mark.end <= len(story.text):
            yield f"furniture stands at {mark.start} to {mark.end} of {len(story.text)} characters, behind {end}"
        end = mark.end
    when = story.published
    if (when.start is None) != (when.end is None) or (when.start and when.end and when.start > when.end):
        yield f"it was published from {when.start} to {when.end}"
    if any(at is not None and at.utcoffset() is None for at in (when.start, when.end)):
        yield "the time of publication has no zone"


def _of_capture(capture: Capture) -> Iterator[str]:
    if hashlib.sha256(capture.body).hexdigest() != capture.sha256:
        yield "the hash of a capture is not that of its bytes"
    yield from _fit("source", capture.source)
    yield from _fit("media", capture.media)


def _of_notes(notes: Iterable[Rejection]) -> Iterator[str]:
    for note in notes:
        if not note.reason.strip() or not note.what.strip():
            yield "a note says nothing, or of nothing"
        if note.lost < 0:
            yield f"a note says that {note.lost} were lost"
        yield from _fit("note", note.what)
        yield from _fit("note", note.reason)


def _of_how(how: Mapping[str, object]) -> Iterator[str]:
    for key, value in how.items():
        words = value if isinstance(value, list) else [value]
        if not all(isinstance(word, str) for word in words):
            yield f"how it came is no word: {key}"
        for word in words:
            yield from _fit(key, word if isinstance(word, str) else None)


def _fit(name: str, words: str | None) -> Iterator[str]:
    """A database takes it, and so does whoever asks for UTF-8."""
    if words and ("\x00" in words or any("\ud800" <= c <= "\udfff" for c in words)):
        yield f"its {name} holds NUL or half a character"


def _names(note: Rejection, source: str) -> bool:
    return bool(note.reason) and (note.what == source or source in note.reason)


def _reasons(item: Intake) -> str:
    return " ".join(note.reason for note in item.rejections)
