"""What an input says of a story → the record, with what had to be given up on the way."""

import hashlib
import re
from dataclasses import dataclass, replace

from onrecord.errors import TryLater
from onrecord.records import Capture, InputState, Intake, Rejection, Story, digest
from onrecord.settings import ReadOptions
from onrecord.stories import dateline, furniture, language, published
from onrecord.stories.documents import Document
from onrecord.stories.published import Stated
from onrecord.wording import outlets

# Neither can be kept in a database or sent as UTF-8. One for one, so that offsets hold.
_UNFIT = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Found:
    """What one input says. source: as the user named it; media and body: the bytes as they came; dates: each place
    that tells when it was published, best first; notes: what was given up so far. encoding: how its characters were made of
    the bytes, where that is worth telling.
    """

    source: str
    media: str
    body: bytes
    text: str
    headline: str = ""
    name: str | None = None
    url: str | None = None
    outlet: str | None = None
    byline: str | None = None
    dates: tuple[Stated, ...] = ()
    notes: tuple[Rejection, ...] = ()
    encoding: str | None = None

    def capture(self) -> Capture:
        """The bytes under their hash."""
        return capture(self.source, self.media, self.body)


def capture(source: str, media: str, body: bytes) -> Capture:
    """Bytes under their hash."""
    return Capture(hashlib.sha256(body).hexdigest(), source, media, body)


def refused(source: str, reason: str, lost: int = 0, kept: Capture | None = None) -> Intake:
    """An input that is not used. The reason may quote it."""
    return Intake(source, "refused", kept, None, (Rejection(source, _UNFIT.sub("\ufffd", reason), lost),))


def unread(document: Document, media: str, reason: str) -> Intake:
    """A document that is kept and not used: all of it is lost."""
    rejection = Rejection(document.source, reason, len(document.body))
    kept = capture(document.source, media, document.body)
    return Intake(document.source, "refused", kept, None, (*document.notes, rejection))


def failed(source: str, error: Exception, kept: Capture) -> Intake:
    """An input on which a parser, ours or another's, gave up in a way that nobody foresaw.

    Raises TryLater where the system failed it: too little memory, no folder for temporary files, a full one, too many
    open files.
    """
    if isinstance(error, MemoryError):
        lacking = "there is not enough memory to read it"
        raise TryLater(f"{source}: {lacking}; give fewer --workers, or smaller files") from error
    if isinstance(error, OSError) and error.errno is not None:
        # Said of the input, it would stand in the books for ever
        raise TryLater(f"{source}: could not be read ({error.strerror}); try again when that is mended") from error
    reason = f"{source} could not be parsed ({type(error).__name__}). It is kept; its text, saved as .txt, may pass."
    return Intake(source, "failed", kept, None, (Rejection(source, reason, len(kept.body)),))


def compose(found: Found, options: ReadOptions) -> Intake:
    """The story that an input tells, or its refusal where it holds no words. "partial" says that some of it was lost."""
    found = _fit(found)
    if not any(c.isalnum() for c in found.text):
        nothing = Rejection(found.source, f"{found.source} holds no text.", len(found.body))
        return Intake(found.source, "refused", found.capture(), None, (*found.notes, nothing))
    stated = found.dates
    if (day := dateline.day(found.text)) is not None:
        # By rank: what a row or a page says goes before the dateline, a file's name after it
        stated = (
            *(s for s in stated if s.basis != "file"),
            Stated(day, "dateline"),
            *(s for s in stated if s.basis == "file"),
        )
    when, undated = published.resolve(stated, options.published)
    outlet = found.outlet or _outlet(found.url)
    story = Story(
        id="",
        name=found.name,
        url=found.url,
        outlet=outlet,
        headline=found.headline,
        byline=found.byline,
        published=when,
        language=language.of(found.text),
        text=found.text,
        furniture=furniture.mark(found.text, outlet, found.headline),
    )
    notes = (*found.notes, *undated)
    state: InputState = "partial" if any(note.lost for note in notes) else "ok"
    how = {"encoding": found.encoding} if found.encoding else {}
    return Intake(found.source, state, found.capture(), replace(story, id=_id(story)), notes, how)


def _id(story: Story) -> str:
    when = [None if at is None else at.isoformat() for at in (story.published.start, story.published.end)]
    said = digest(story.name, story.url, story.outlet, story.headline, story.byline, when, story.text)
    return f"st-{said[:16]}"


def _outlet(url: str | None) -> str | None:
    known = outlets.of_url(url) if url else None
    return None if known is None else known.name


def _fit(found: Found) -> Found:
    """The same with every character one that can be kept."""
    unfit = len(_UNFIT.findall(found.text))
    notes = tuple(replace(note, reason=_UNFIT.sub("\ufffd", note.reason)) for note in found.notes)
    note = Rejection(found.source, f"{unfit} characters are none (NUL or half a pair) and were replaced.", unfit)
    return replace(
        found,
        text=_UNFIT.sub("\ufffd", found.text),
        headline=_one_line(found.headline) or "",
        name=_one_line(found.name),
        url=_one_line(found.url),
        outlet=_one_line(found.outlet),
        byline=_one_line(found.byline),
        dates=tuple(Stated(_one_line(s.words) or "", s.basis) for s in found.dates),
        notes=(*notes, note) if unfit else notes,
    )


def _one_line(words: str | None) -> str | None:
    """The words as given, fit to keep, without white space at the ends; None where nothing is left."""
    return _UNFIT.sub("\ufffd", words).strip() or None if words else None
