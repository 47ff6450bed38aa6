"""How many: each source's figure, and low, best and high of them all."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal

from onrecord.incidents import voices
from onrecord.incidents.told import Telling
from onrecord.incidents.voices import Cast, Voice
from onrecord.incidents.words import any_akin
from onrecord.records import NOTHING_SAID, Bounds, Claim, Count, Mention, Span, Statement
from onrecord.wording.gazetteer import fold
from onrecord.wording.numbers import bounds

Harm = Literal["killed", "injured"]
NARRATOR = "narrator"
_OWN = frozenset({"original", "follow-up"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of one source in one story. tier: 0 for a source in a report of its own, 1 for the narrator there, 2 for
    what copies and roundups tell; presumed: whether the dead are only presumed; corrects: it takes an earlier one back; glimpse: it is of one
    who tells what they saw.
    """

    what: Harm
    bounds: Bounds
    presumed: bool
    source: str
    telling: Telling
    span: Span
    tier: int
    part: bool
    corrects: bool
    direct: int
    glimpse: bool
    credible: bool

    @property
    def order(self) -> tuple[date, str, int, int]:
        """When it was told; what has no date never counts as later."""
        return (self.telling.latest or date.min, self.telling.story.id, self.span.part == "headline", self.span.start)


@dataclass(frozen=True, slots=True)
class Figures:
    """The bounds of an incident and the statements behind them."""

    killed: Bounds
    injured: Bounds
    statements: tuple[Statement, ...]


def figures(tellings: Sequence[Telling], groups: Sequence[Sequence[Voice]], known: Cast, profile: str) -> Figures:
    """What the sources of an incident say of dead and injured, and what follows: low and high over all that is credible,
    best the latest word of the most direct source. groups: which voices are one source.
    """
    told = sorted(_figures(tellings, groups, known, profile), key=lambda figure: figure.order)
    found = _withdrawn(_established(_summed(_backed(told))))
    killed, injured = (_merged([f for f in found if f.what == what]) for what in ("killed", "injured"))
    return Figures(killed, injured, tuple(_statement(f) for f in found))


def _statement(figure: Figure) -> Statement:
    return Statement(
        field="presumed_dead" if figure.presumed else figure.what,
        value=figure.span.text,
        bounds=figure.bounds,
        source=figure.source,
        story=figure.telling.story.id,
        span=figure.span,
        credible=figure.credible,
    )


# ---- who says what


def _figures(
    tellings: Iterable[Telling], groups: Sequence[Sequence[Voice]], known: Cast, profile: str
) -> Iterator[Figure]:
    for telling in tellings:
        if telling.mode != "done":
            continue
        claims = {claim.id: claim for claim in telling.claims}
        found: dict[tuple[Harm, str], list[Figure]] = defaultdict(list)
        for mention in telling.event.mentions:
            claim = claims.get(mention.claim or "")
            voice = voices.voice_of(claim, telling.story, known) if claim is not None else None
            source = _source(voice, groups)
            for count in mention.counts:
                figure = _figure(count, mention, Said(claim, voice, source), telling, profile)
                if figure is not None and figure.presumed:
                    yield figure
                elif figure is not None:
                    found[figure.what, source].append(figure)
        yield from (_total(said) for _, said in sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Said:
    """Who says something: the claim, its voice and the name that its source is listed under."""

    claim: Claim | None
    voice: Voice | None
    source: str


def _figure(count: Count, mention: Mention, said: Said, telling: Telling, profile: str) -> Figure | None:
    """The figure of a count of dead, presumed dead or injured; None for other counts."""
    presumed = count.what == "presumed_dead" or (count.what == "missing" and "presumed" in fold(mention.span.text))
    if not presumed and count.what not in {"killed", "injured"}:
        return None
    what: Harm = "injured" if count.what == "injured" else "killed"
    tier = 2 if telling.lineage.relation not in _OWN else 1 if said.voice is None else 0
    if tier == 2 and telling.lineage.ghost is not None and said.voice is not None:
        tier = 0
    stated = bounds(count.quantity, profile)
    return Figure(
        what=what,
        bounds=stated,
        presumed=presumed,
        source=said.source,
        telling=telling,
        span=count.span,
        tier=tier,
        part=count.part,
        corrects=said.claim is not None and said.claim.stance == "corrects",
        direct=_directness(said, telling),
        glimpse=said.voice is not None and said.voice.kind in {"witness", "anonymous"},
        credible=not _changed(telling, what, stated),
    )


def _source(voice: Voice | None, groups: Sequence[Sequence[Voice]]) -> str:
    if voice is None:
        return NARRATOR
    group = next((g for g in groups if voice in g or any(voices.same(voice, other) for other in g)), (voice,))
    return voices.title(group)


def _changed(telling: Telling, what: Harm, said: Bounds) -> bool:
    """Whether the story put the number there itself."""
    return any(
        change.now is not None and change.now.strip() == str(said.best if said.best is not None else said.low)
        for change in telling.lineage.changed.get(what, ())
    )


def _total(said: Sequence[Figure]) -> Figure:
    """The whole that a source gives in a story: the highest of its numbers that are no part of another, in the words of a
    correction the first.
    """
    whole = [figure for figure in said if not figure.part] or list(said)
    correction = next((figure for figure in whole if figure.corrects), None)
    return correction or max(whole, key=lambda f: (f.bounds.best or f.bounds.low or 0, -f.span.start))


@cache
def _table() -> dict[str, Any]:
    text = resources.files("onrecord.incidents").joinpath("directness.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _directness(said: Said, telling: Telling) -> int:
    """How near a source is to what it counts: who handles the bodies the nearest, then who runs the place, then others;
    who did it is the farthest of those with a name.
    """
    if said.claim is None or said.voice is None:
        return 0
    source, table = said.claim.source, _table()
    told = set(fold(f"{source.name or ''} {source.role or ''} {source.affiliation or ''}").split())
    hit = next((level["is"] for level in table["near"] if told & set(level["words"])), None)
    if hit is not None:
        return int(hit)
    party = any_akin(said.voice.bodies, telling.actor)
    return int(table["kinds"][source.kind]) - (table["party"]["less"] if party else 0)


# ---- which figures hold, and what they come to


def _backed(told: Sequence[Figure]) -> list[Figure]:
    """The figures, not credible those of a rewrite whose origin is held and that no other report has: it has them from
    nowhere.
    """

    def rewritten(figure: Figure) -> bool:
        return figure.telling.lineage.relation == "rewrite" and figure.telling.lineage.origin is not None

    given = {(f.what, f.presumed, f.bounds) for f in told if not rewritten(f)}
    return [
        replace(f, credible=False) if rewritten(f) and (f.what, f.presumed, f.bounds) not in given else f for f in told
    ]


def _summed(told: Sequence[Figure]) -> list[Figure]:
    """The figures, those marked as parts that only add to an earlier total ("two more have died, which makes eight"): the
    story's new total then rests on the same source. Nor is a whole what a witness saw, or a zero (of officers, of children),
    where the story tells of more.
    """
    found = list(told)
    for number, figure in enumerate(told):
        n = figure.bounds.best
        if figure.presumed or n is None or figure.tier == 1:
            continue
        here = [
            (at, f)
            for at, f in enumerate(told)
            if f.telling.story.id == figure.telling.story.id and f.what == figure.what and (f.bounds.best or 0) > n
        ]
        was = {f.bounds.best for f in told if f.what == figure.what and f.telling.order < figure.telling.order}
        total = next((at for at, f in here if n and (f.bounds.best or 0) - n in was), None)
        if total is not None:
            found[number] = replace(figure, part=True)
            if told[total].tier > figure.tier:
                found[total] = replace(told[total], tier=figure.tier, source=figure.source, direct=figure.direct)
        elif here and (figure.glimpse or n == 0):
            found[number] = replace(figure, part=True)
    return found


def _established(told: Sequence[Figure]) -> list[Figure]:
    """The figures, among those of sources a number of dead that two reports of their own have later come to tell in plain
    narration: the dead grow more after the last source was quoted, and nobody need be named for it any more.
    """
    sourced = [f for f in told if f.what == "killed" and f.tier == 0 and not f.part and not f.presumed]
    if not sourced:
        return list(told)
    last, top = max(f.order for f in sourced), max(f.bounds.best or f.bounds.low or 0 for f in sourced)
    stories: dict[int, set[str]] = defaultdict(set)
    for f in told:
        if f.what == "killed" and f.tier == 1 and not f.part and f.order > last and (f.bounds.best or 0) > top:
            stories[f.bounds.best or 0].add(f.telling.story.id)
    settled = {number for number, ids in stories.items() if len(ids) > 1}
    direct = max(f.direct for f in sourced)
    return [
        replace(f, tier=0, direct=direct) if f.tier == 1 and f.what == "killed" and f.bounds.best in settled else f
        for f in told
    ]


def _withdrawn(told: Sequence[Figure]) -> list[Figure]:
    """The figures, not credible those that were taken back: by their source, or by the outlet that told them."""
    return [replace(f, credible=f.credible and not any(_takes_back(later, f, told) for later in told)) for f in told]


def _takes_back(later: Figure, earlier: Figure, told: Sequence[Figure]) -> bool:
    """Whether a later figure withdraws an earlier one: that of the same source by a correction, or because its dead do not
    grow fewer otherwise; that of the same outlet where it now writes, in its own voice, what another source had said.
    """
    if later.what != earlier.what or later.presumed or earlier.presumed or later.part or later.telling.lineage.copy:
        return False
    if later.telling.latest is None or earlier.telling.latest is None or later.order <= earlier.order:
        return False
    now, was = later.bounds.best, earlier.bounds.best if earlier.bounds.best is not None else earlier.bounds.low
    if now is None or was is None or now == was:
        return False
    fewer = later.what == "killed" and now < was
    if later.source == NARRATOR:
        outlets = {later.telling.story.outlet, earlier.telling.story.outlet}
        others = {f.bounds.best for f in told if f.source not in {NARRATOR, earlier.source} and f.what == later.what}
        return fewer and len(outlets) == 1 and later.telling.story.id != earlier.telling.story.id and now in others
    return later.source == earlier.source and (later.corrects or fewer)


def _merged(told: Sequence[Figure]) -> Bounds:
    """Low, best and high of one field. The presumed dead stand beside what was known when they were presumed so."""
    credible = [f for f in told if f.credible and not f.presumed]
    if not credible:
        return NOTHING_SAID
    tier = min((f.tier for f in credible if not f.part), default=min(f.tier for f in credible))
    kept = [f for f in credible if f.tier == tier and not f.part] or [f for f in credible if f.tier == tier]
    best = _most_direct(kept)
    point = best.bounds.best if best.bounds.best is not None else best.bounds.low
    low = min((f.bounds.low for f in kept if f.bounds.low is not None), default=None)
    highs = [f.bounds.high for f in kept if f.bounds.high is not None]
    if highs:
        # "More than 115" beside a closed "22" sets no upper end, but the true one is no lower
        highs += [n for f in kept for n in (f.bounds.low, f.bounds.best) if n is not None]
    for figure in told:
        before = [f for f in kept if f.order <= figure.order]
        if figure.presumed and figure.credible and figure.tier <= max(tier, 1) and before:
            known = _most_direct(before).bounds
            highs.append((known.best or known.low or 0) + (figure.bounds.best or figure.bounds.low or 0))
    return Bounds(low, point, max(highs, default=None))


def _most_direct(told: Sequence[Figure]) -> Figure:
    """The latest word of the most direct source; a figure before a bound."""
    last = {figure.source: figure for figure in told}
    return max(last.values(), key=lambda f: (f.direct, f.bounds.best is not None, f.order))
