"""One story → its reading: the reading stages joined. The same code runs wherever the batches run."""

from dataclasses import replace
from importlib.metadata import version

from onrecord import claims, events, families
from onrecord.language import READER_MODEL, Annotator, network_name
from onrecord.records import Credit, Part, Reading, Rejection, Story
from onrecord.wording import shelf

READ_AT_MOST = 200_000
"""How many characters of a story are read. A longer text is no news story; the rest is named as lost."""
HEADLINE_AT_MOST = 2_000
"""The same for a headline."""


def reader_name() -> str:
    """The name of this reader version: readings by readers of one name are equal."""
    parts = (f"onrecord {version('onrecord')}", READER_MODEL, network_name(), shelf.own_name())
    return ", ".join(part for part in parts if part)


class Reader:
    """Reads stories, one at a time. Loading takes a second or two; keep one for each process."""

    def __init__(self) -> None:
        self._annotator = Annotator()
        self._name = reader_name()

    def read(self, story: Story) -> Reading:
        """All that this reader finds in the story. A story in another language than English gives an empty reading
        that says so.
        """
        fingerprint = families.fingerprint(story)
        if story.language not in ("en", None):
            reason = f"the language is {story.language}, and only English is read"
            return self._reading(story, fingerprint, (), (Rejection(story.id, reason, len(story.text)),))
        readable, cut = _cut(story)
        annotated = self._annotator.annotate(readable)
        found = claims.find(annotated)
        built = events.build(annotated, found.claims)
        rejections = (*cut, *found.rejections, *built.rejections)
        return replace(
            self._reading(story, fingerprint, found.credits, rejections),
            claims=found.claims,
            events=built.events,
            tallies=built.tallies,
            gist=built.gist,
        )

    def _reading(
        self,
        story: Story,
        fingerprint: families.Fingerprint,
        credits_: tuple[Credit, ...],
        rejections: tuple[Rejection, ...],
    ) -> Reading:
        return Reading(
            story=story.id,
            reader=self._name,
            claims=(),
            credits=credits_,
            events=(),
            tallies=(),
            rejections=rejections,
            signature=fingerprint.signature,
            quotes=fingerprint.quotes,
            facts=fingerprint.facts,
            words=fingerprint.words,
        )


def _cut(story: Story) -> tuple[Story, tuple[Rejection, ...]]:
    """The story as far as it is read, and what is lost of it."""
    notes: list[Rejection] = []
    headline, text, furniture = story.headline, story.text, story.furniture
    if len(headline) > HEADLINE_AT_MOST:
        headline = headline[: _last_break(headline, HEADLINE_AT_MOST)]
        notes.append(_lost(story, "headline", len(headline)))
    if len(text) > READ_AT_MOST:
        text = text[: _last_break(text, READ_AT_MOST)]
        furniture = tuple(replace(f, end=min(f.end, len(text))) for f in furniture if f.start < len(text))
        notes.append(_lost(story, "text", len(text)))
    return replace(story, headline=headline, text=text, furniture=furniture), tuple(notes)


def _last_break(words: str, most: int) -> int:
    """The end of the last line before a limit, else of the last word: half a sentence would be read as a whole one."""
    floor = most - min(most // 2, 5_000)
    return max(words.rfind("\n", floor, most), 0) or max(words.rfind(" ", floor, most), 0) or most


def _lost(story: Story, part: Part, kept: int) -> Rejection:
    lost = len(story.words(part)) - kept
    reason = f"only the first {kept:,} characters of the {part} are read"
    return Rejection(story.id, reason, lost)
