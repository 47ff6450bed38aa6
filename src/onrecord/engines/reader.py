"""One story → its reading: the reading stages joined. The same code runs wherever the batches run."""

from dataclasses import replace
from importlib.metadata import version

from onrecord import claims, events, families
from onrecord.language import READER_MODEL, Annotator
from onrecord.records import Credit, Reading, Rejection, Story

READ_AT_MOST = 200_000
"""How many characters of a story are read. A longer text is no news story; the rest is named as lost."""


def reader_name() -> str:
    """The name of this reader version: readings by readers of one name are equal."""
    return f"onrecord {version('onrecord')} rules, {READER_MODEL}"


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
        )


def _cut(story: Story) -> tuple[Story, tuple[Rejection, ...]]:
    lost = len(story.text) - READ_AT_MOST
    if lost <= 0:
        return story, ()
    text = story.text[:READ_AT_MOST]
    furniture = tuple(piece for piece in story.furniture if piece.end <= READ_AT_MOST)
    reason = f"only the first {READ_AT_MOST:,} characters are read"
    return replace(story, text=text, furniture=furniture), (Rejection(story.id, reason, lost),)
