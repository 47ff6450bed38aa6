"""What stands behind an incident: independent reports and primary sources."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onrecord.incidents import voices, words
from onrecord.incidents.told import MODES, Lineage, Telling
from onrecord.incidents.voices import Cast, Voice
from onrecord.records import Claim, Mention, Stance
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
    reports: dict[str, str] = {}
    heard: list[Voice] = []
    for telling in tellings:
        name = _report(telling)
        if name is None:
            continue
        for claim in sourced(telling):
            voice = voices.voice_of(claim, telling, known)
            if voice is not None:
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


def _report(telling: Telling) -> str | None:
    """The outlet whose report a telling is, a ghost's as "ghost: X"; None for copies of reports that are held."""
    lineage = telling.lineage
    if lineage.relation in _OWN:
        return telling.story.outlet or telling.story.id
    return f"ghost: {lineage.ghost}" if lineage.copy and lineage.ghost is not None else None
