"""What stands behind an incident or a total: independent reports and primary sources."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from onrecord.incidents import voices, words
from onrecord.incidents.told import MODES, Families, Lineage, Telling, lineages
from onrecord.incidents.voices import Cast, Voice
from onrecord.records import Claim, Masthead, Mention, Read, Speaker, Stance, Tally
from onrecord.wording.gazetteer import fold

_SAYS_NOTHING_OF_IT: frozenset[Stance] = frozenset(
    {"denies", "rejects", "questions", "warns", "threatens", "calls for", "declines to comment"}
)
_HEARSAY = re.compile(r"\b(?:reports|rumou?rs|claims|allegations|talk|word) (?:of|about|that)\b", re.IGNORECASE)
"""Before an act: it is spoken of, and whoever speaks of that does not say that it was done."""
_OWN = frozenset({"original", "follow-up"})


@dataclass(frozen=True, slots=True)
class Support:
    """reports: outlets and "ghost: X"; sources: groups of voices, each one primary source."""

    reports: tuple[str, ...]
    sources: tuple[str, ...]
    groups: tuple[tuple[Voice, ...], ...]


def support(tellings: Sequence[Telling], known: Cast) -> Support:
    """Who stands behind what the tellings, in their order, tell of: outlets with a report of their own that rests on a
    source, ghosts whose report a copy carries, and the sources of those reports.
    """
    return _counted(
        (name, voice)
        for telling in tellings
        if (name := report_of(telling.story, telling.lineage)) is not None
        for claim in sourced(telling)
        if (voice := voices.voice_of(claim, telling.story, known)) is not None
    )


def of_total(
    tally: Tally, reads: Sequence[Read], families: Families, speakers: Iterable[Speaker]
) -> tuple[tuple[str, ...], Support]:
    """The stories that state the same total, in their order, and who stands behind it: as for an incident, and a newspaper that
    counts for itself is a source.
    """
    same = [(read, one) for read in reads for one in read.reading.tallies if _same_total(one, tally)]
    lineage, known = lineages([read for read, _ in same], families), voices.cast(speakers)
    heard = []
    for read, one in same:
        name = report_of(read.story, lineage[read.story.id])
        claim = next((claim for claim in read.reading.claims if claim.id == one.claim), None)
        if name is None or claim is None or claim.stance in _SAYS_NOTHING_OF_IT:
            continue
        voice = voices.voice_of(claim, read.story, known)
        if voice is not None:
            heard.append((name, voice))
    return tuple(dict.fromkeys(read.story.id for read, _ in same)), _counted(heard)


def _same_total(one: Tally, other: Tally) -> bool:
    """Whether two totals are one that was printed again: a number of the same things, counted over the same."""
    return (one.unit, one.quantity.number, fold(one.scope or "")) == (
        other.unit,
        other.quantity.number,
        fold(other.scope or ""),
    ) and (one.since is None or other.since is None or one.since == other.since)


def _counted(said: Iterable[tuple[str, Voice]]) -> Support:
    """The support that sources give to reports, told by report and voice."""
    reports: dict[str, str] = {}
    heard: list[Voice] = []
    for name, voice in said:
        reports.setdefault(fold(name), name)
        heard.append(voice)
    groups = voices.distinct(heard)
    # What somebody said, and nobody knows who, is no source beside one that is known
    known_ = [group for group in groups if not all(voice.nobody for voice in group)] or groups
    return Support(tuple(reports.values()), tuple(voices.title(group) for group in known_), groups)


def sourced(telling: Telling) -> Iterator[Claim]:
    """The claims of a telling by which a source stands for it: no narration, denial, warning or refusal, none that only says
    what did not happen or may come, and none whose source the story changed on the way.
    """
    if telling.mode != "done":
        return
    told: dict[str | None, list[Mention]] = defaultdict(list)
    for mention in telling.event.mentions:
        told[mention.claim].append(mention)
    for claim in telling.claims:
        if claim.source.kind == "narrator" or claim.stance in _SAYS_NOTHING_OF_IT:
            continue
        if claim.id in told and not any(_says_so(mention, claim) for mention in told[claim.id]):
            continue
        if not _renamed(claim, telling.lineage):
            yield claim


def _says_so(mention: Mention, claim: Claim) -> bool:
    """Whether a claim tells by a mention that the act was done, and not that it is denied, may come, or was heard of."""
    if MODES[mention.status] != "done":
        return False
    at = mention.trigger
    held = (span for span in claim.content if span.part == at.part and span.start <= at.start < span.end)
    return not any(_HEARSAY.search(span.text[: at.start - span.start]) for span in held)


def _renamed(claim: Claim, lineage: Lineage) -> bool:
    mine = words.telling(claim.source.name or "")
    changes = (*lineage.changed.get("attribution", ()), *lineage.changed.get("count_of_sources", ()))
    return any(change.now is not None and bool(mine & words.telling(change.now)) for change in changes)


def report_of(story: Masthead, lineage: Lineage) -> str | None:
    """The outlet whose report a story is, a ghost's as "ghost: X"; None for copies of reports that are held."""
    if lineage.relation in _OWN:
        return story.outlet or story.id
    return f"ghost: {lineage.ghost}" if lineage.copy and lineage.ghost is not None else None
