"""A text with what was read in it → stretches, each with the marks that lie on it."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from onrecord.exports.evidence import windows
from onrecord.exports.harmless import harmless
from onrecord.records import Part, Read, Span, Story


@dataclass(frozen=True, slots=True)
class Mark:
    """A sort of finding on a stretch of text; id: of the claim, event or tally, "" for others."""

    start: int
    end: int
    kind: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text under the same marks. at: where it starts, in code points; gap: other text was left out before it."""

    text: str
    at: int
    kinds: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    gap: bool = False


def marks(read: Read, story: Story, part: Part) -> list[Mark]:
    """All that was read in one part of a story, furniture too."""
    reading = read.reading
    found: list[tuple[Span | None, str, str]] = []
    for claim in reading.claims:
        found += [(span, "claim", claim.id) for span in claim.content]
        found += [(claim.cue, "cue", claim.id), (claim.source.span, "source", claim.id)]
    found += [(credit.span, "credit", "") for credit in reading.credits]
    for event in reading.events:
        for mention in event.mentions:
            found.append((mention.trigger, "event", event.id))
            found += [(count.span, "count", event.id) for count in mention.counts]
    found += [(tally.span, "tally", tally.id) for tally in reading.tallies]
    made = [
        Mark(span.start, span.end, kind, id_) for span, kind, id_ in found if span is not None and span.part == part
    ]
    if part == "text":
        made += [Mark(piece.start, piece.end, "furniture") for piece in story.furniture]
    return made


def stretches(words: str, found: Sequence[Mark], start: int = 0, end: int | None = None) -> list[Stretch]:
    """The text from start to end, parted where a mark begins or ends."""
    end = len(words) if end is None else end
    opens: defaultdict[int, list[Mark]] = defaultdict(list)
    closes: defaultdict[int, list[Mark]] = defaultdict(list)
    for mark in found:
        first, last = max(mark.start, start), min(mark.end, end)
        if first < last:
            opens[first].append(mark)
            closes[last].append(mark)
    made: list[Stretch] = []
    on: list[Mark] = []
    cuts = sorted({start, end, *opens, *closes})
    for at, stop in pairwise(cuts):
        gone = closes.get(at, ())
        on = [mark for mark in on if mark not in gone] + opens.get(at, [])
        kinds = tuple(dict.fromkeys(mark.kind for mark in on))
        ids = tuple(dict.fromkeys(mark.id for mark in on if mark.id))
        made.append(Stretch(harmless(words[at:stop]), at, kinds, ids))
    return made


def paragraphs(words: str, found: Sequence[Mark]) -> Iterator[list[Stretch]]:
    """The same, a list a paragraph: a line of the text that is not blank."""
    ordered = sorted(found, key=lambda mark: mark.start)
    starts = [mark.start for mark in ordered]
    at, first = 0, 0
    for line in words.split("\n"):
        end = at + len(line)
        if line.strip():
            # Marks lie in order: those that ended before this paragraph are passed over for good
            while first < len(ordered) and ordered[first].end <= at:
                first += 1
            last = bisect_left(starts, end)
            near = ordered[first:last]
            yield stretches(words, near, at, end)
        at = end + 1


def excerpt(story: Story, spans: Iterable[Span], kind: str = "event") -> list[Stretch]:
    """The paragraph around spans, with their words marked, as much as one can take in at a glance."""
    ordered = sorted(spans, key=lambda span: (span.part, span.start))
    if not ordered:
        return []
    part = ordered[0].part
    found = [span for span in ordered if span.part == part]
    words = story.words(part)
    marked = [Mark(span.start, span.end, kind) for span in found]
    made: list[Stretch] = []
    for start, end in windows(words, found):
        some = stretches(words, marked, start, end)
        if start > 0 and words[start - 1] != "\n" and some:
            some[0] = Stretch(some[0].text, some[0].at, some[0].kinds, some[0].ids, gap=True)
        made += some
    return made
