"""How many: each source's figure, and low, best and high of them all."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from onrecord.incidents import voices
from onrecord.incidents.stances import NARRATOR, Retraction, retractions, source_of, table
from onrecord.incidents.told import Telling, teller
from onrecord.incidents.voices import Cast, Voice
from onrecord.incidents.words import any_akin, is_name
from onrecord.records import NOTHING_SAID, Bounds, Claim, Count, Mention, Span, Statement
from onrecord.wording.gazetteer import fold
from onrecord.wording.numbers import Reports, bounds, find, reports

Harm = Literal["killed", "injured"]
_HARM: tuple[Harm, ...] = ("killed", "injured")
_OWN = frozenset({"original", "follow-up"})
_NOT_SO = re.compile(r"(?i)\b(?:not|instead of|rather than|down from|up from|first (?:said|given as|put at)) (?:the )?")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of one source in one story. tier: 0 for a source in a report of its own, 1 for the narrator there, 2 for
    what copies and roundups tell; presumed: whether the dead are only presumed; corrects: it takes an earlier one back;
    instead: the numbers that its words say it is not; glimpse: it is of one who tells what they saw; single: of one person,
    told of with an article.
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
    instead: frozenset[int]
    direct: int
    glimpse: bool
    single: bool
    credible: bool

    @property
    def order(self) -> tuple[date, int, str, int, int]:
        """When it was told; what has no date never counts as later."""
        story = self.telling.story
        return (self.telling.latest or date.min, story.version, story.id, self.span.part == "headline", self.span.start)

    @property
    def point(self) -> int:
        """The number to compare it by."""
        return self.bounds.best or self.bounds.low or 0


@dataclass(frozen=True, slots=True)
class Figures:
    """The bounds of an incident, the statements behind them, and the figure that each best is."""

    killed: Bounds
    injured: Bounds
    statements: tuple[Statement, ...]
    leads: Mapping[str, Figure | None]


def figures(tellings: Sequence[Telling], groups: Sequence[Sequence[Voice]], known: Cast, profile: str) -> Figures:
    """What the sources of an incident say of dead and injured, and what follows by the rules of `STEPS` and of the profile.
    groups: which voices are one source.
    """
    found = sorted(_figures(tellings, groups, known, profile), key=lambda figure: figure.order)
    for step in STEPS:
        found = step(found)
    found = _taken_back(found, retractions(tellings, groups, known))
    merged = {what: _merged([f for f in found if f.what == what], reports(profile)) for what in _HARM}
    leads: dict[str, Figure | None] = {what: lead for what, (_, lead) in merged.items()}
    return Figures(merged["killed"][0], merged["injured"][0], tuple(_statement(f) for f in found), leads)


def _statement(figure: Figure) -> Statement:
    return Statement(
        field="presumed_dead" if figure.presumed else f"{figure.what}_part" if figure.part else figure.what,
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
            for count in mention.counts:
                # Whoever gives the number says it, and not who tells of the act that it is put to.
                claim = teller(count, telling.claims) or claims.get(mention.claim or "")
                voice = voices.voice_of(claim, telling.story, known) if claim is not None else None
                source = source_of(voice, groups)
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
    if count.quantity.number == 0 and any(words in fold(mention.span.text) for words in table()["own"]["words"]):
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
        instead=_instead(mention.span.text),
        direct=_directness(said, telling),
        glimpse=said.voice is not None and _glimpses(said.voice),
        single=stated.best == 1 and fold(count.span.text).split()[:1] in (["a"], ["an"]),
        credible=not _changed(telling, what, stated) and not _left_out(count, profile),
    )


def _left_out(count: Count, profile: str) -> bool:
    """Whether a count is of people that the profile does not count."""
    words = reports(profile).leaves_out
    return bool(words) and not words.isdisjoint(fold(f"{count.of or ''} {count.span.text}").split())


def _glimpses(voice: Voice) -> bool:
    """Whether a source is one who tells what they saw: a witness, or somebody unnamed who is no official."""
    return voice.kind == "witness" or (
        voice.kind == "anonymous" and set(fold(voice.name).split()).isdisjoint(table()["official"]["words"])
    )


def _instead(text: str) -> frozenset[int]:
    """The numbers that a clause says it is not: the four of "two, not four"."""
    ends = {match.end() for match in _NOT_SO.finditer(text)}
    if not ends:
        return frozenset()
    numbers = (numeral.quantity.number for numeral in find(text) if numeral.start in ends)
    return frozenset(number for number in numbers if number is not None)


def _changed(telling: Telling, what: Harm, said: Bounds) -> bool:
    """Whether the story put the number there itself."""
    return any(
        change.now is not None and change.now.strip() == str(said.best if said.best is not None else said.low)
        for change in telling.lineage.changed.get(what, ())
    )


def _total(said: Sequence[Figure]) -> Figure:
    """Each source gives one figure in a story: the highest of its numbers that are no part of another, in the words of a
    correction the first.
    """
    whole = [figure for figure in said if not figure.part] or list(said)
    correction = next((figure for figure in whole if figure.corrects), None)
    return correction or max(whole, key=lambda f: (f.bounds.best or f.bounds.low or 0, -f.span.start))


def _directness(said: Said, telling: Telling) -> int:
    """How near a source is to what it counts, by the table of directness."""
    if said.claim is None or said.voice is None:
        return 0
    source, levels = said.claim.source, table()
    told = set(fold(f"{source.name or ''} {source.role or ''} {source.affiliation or ''}").split())
    hit = next((level["is"] for level in levels["near"] if told & set(level["words"])), None)
    if hit is not None:
        return int(hit)
    party = any_akin(said.voice.bodies, telling.actor)
    return int(levels["kinds"][source.kind]) - (levels["party"]["less"] if party else 0)


# ---- which figures hold, and what they come to


def _backed(told: Sequence[Figure]) -> list[Figure]:
    """A figure that only a rewrite has, and not the report that it rewrites, does not count."""

    def rewritten(figure: Figure) -> bool:
        return figure.telling.lineage.relation == "rewrite" and figure.telling.lineage.origin is not None

    given = {(f.what, f.presumed, f.bounds) for f in told if not rewritten(f)}
    return [
        replace(f, credible=False) if rewritten(f) and (f.what, f.presumed, f.bounds) not in given else f for f in told
    ]


def _summed(told: Sequence[Figure]) -> list[Figure]:
    """A part is no total: neither the new deaths that add to an earlier total ("two more have died, which makes eight"), whose
    source then stands for the new one, nor what a witness saw, a zero (of officers, of children) or one person told of with an
    article, where more are told of.
    """
    found = list(told)
    for number, figure in enumerate(told):
        n = figure.bounds.best
        if figure.presumed or n is None or figure.tier == 1:
            continue
        more = [(at, f) for at, f in enumerate(told) if f.what == figure.what and (f.bounds.best or 0) > n]
        here = [(at, f) for at, f in more if f.telling.story.id == figure.telling.story.id]
        was = {f.bounds.best for f in told if here and f.what == figure.what and f.telling.order < figure.telling.order}
        total = next((at for at, f in here if n and (f.bounds.best or 0) - n in was), None)
        if total is not None:
            found[number] = replace(figure, part=True)
            if told[total].tier > figure.tier:
                found[total] = replace(told[total], tier=figure.tier, source=figure.source, direct=figure.direct)
        elif _is_part(figure, [f for _, f in here], [f for _, f in more]):
            found[number] = replace(figure, part=True)
    return found


def _is_part(figure: Figure, here: Sequence[Figure], more: Sequence[Figure]) -> bool:
    """Whether a figure is no whole beside higher ones: here in its story, more in all."""
    if figure.glimpse or figure.bounds.best == 0:
        return any(f.span.part == "text" for f in here)
    return figure.single and any(f.telling.order <= figure.telling.order for f in more)


def _established(told: Sequence[Figure]) -> list[Figure]:
    """A higher number of dead that two reports of their own tell in plain narration, after the last source was quoted, stands
    with those of sources: nobody need be named for it any more.
    """
    sourced = [f for f in told if f.what == "killed" and f.tier == 0 and not f.part and not f.presumed]
    if not sourced:
        return list(told)
    last, top = max(f.order for f in sourced), max(f.point for f in sourced)
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
    """A figure that was taken back does not count: by its source in a correction, or in a lower number of dead, who do not
    grow fewer otherwise; by a later "two, not four"; or by the outlet that told it and now writes what another source had said.
    """
    later = [
        (at, f)
        for at, f in enumerate(told)
        if not (f.presumed or f.part or f.telling.lineage.copy) and f.telling.latest
    ]
    return [
        replace(f, credible=False) if any(n > at and _takes_back(one, f, told) for n, one in later) else f
        for at, f in enumerate(told)
    ]


STEPS: tuple[Callable[[Sequence[Figure]], list[Figure]], ...] = (_backed, _summed, _established, _withdrawn)
"""What becomes of the figures of an incident, in this order."""


def _takes_back(later: Figure, earlier: Figure, told: Sequence[Figure]) -> bool:
    """Whether a later figure withdraws an earlier one."""
    if later.what != earlier.what or earlier.presumed or earlier.telling.latest is None:
        return False
    now, was = later.bounds.best, earlier.bounds.best if earlier.bounds.best is not None else earlier.bounds.low
    if now is None or was is None or now == was or later.order == earlier.order:
        return False
    if was in later.instead and (later.source == earlier.source or not is_name(earlier.source)):
        return True
    fewer = later.what == "killed" and now < was
    if later.source == NARRATOR:
        again = (
            later.telling.story.outlet == earlier.telling.story.outlet
            and later.telling.story.id != earlier.telling.story.id
        )
        apart = {NARRATOR, earlier.source}
        return (
            fewer
            and again
            and any(f.source not in apart and f.what == later.what and f.bounds.best == now for f in told)
        )
    return later.source == earlier.source and (later.corrects or fewer)


def _taken_back(told: Sequence[Figure], retracted: Sequence[Retraction]) -> list[Figure]:
    """Nor does what a source, or an outlet of its whole report, took back without another figure."""
    return [
        replace(f, credible=False) if any(one.covers(f.source, f.telling) for one in retracted) else f for f in told
    ]


def _merged(told: Sequence[Figure], rules: Reports) -> tuple[Bounds, Figure | None]:
    """Figures of sources in reports of their own stand before plain narration, and that before copies and roundups; of those
    the profile makes low, best and high. Who is presumed dead counts in high alone, beside what was known then.
    """
    credible = [f for f in told if f.credible and not f.presumed]
    if not credible:
        return NOTHING_SAID, None
    tier = min((f.tier for f in credible if not f.part), default=min(f.tier for f in credible))
    kept = [f for f in credible if f.tier == tier and not f.part] or [f for f in credible if f.tier == tier]
    latest = list({f.source: f for f in kept}.values())
    if rules.counts == "latest":
        kept = latest
    lead = _most_direct(kept)
    if rules.best == "lowest":
        lead = min(latest, key=lambda f: (f.bounds.best is None, f.point, f.order))
    low = min((f.bounds.low for f in kept if f.bounds.low is not None), default=None)
    highs = [f.bounds.high for f in kept if f.bounds.high is not None]
    if highs:
        # "More than 115" beside a closed "22" sets no upper end, but the true one is no lower
        highs += [n for f in kept for n in (f.bounds.low, f.bounds.best) if n is not None]
    for figure in (f for f in told if f.presumed and f.credible and f.tier <= max(tier, 1)):
        before = [f for f in kept if f.order <= figure.order]
        if before:
            highs.append(_most_direct(before).point + figure.point)
    return Bounds(low, None if rules.best == "none" else lead.bounds.best, max(highs, default=None)), lead


def _most_direct(told: Sequence[Figure]) -> Figure:
    """The most direct source is the one of the highest directness, and of those the latest; a number stands before words that
    leave open how many, and what has no date is never the latest.
    """
    last = {figure.source: figure for figure in told}
    return max(last.values(), key=lambda f: (f.bounds.best is not None, f.direct, f.order))


RULE: tuple[Callable[..., object], ...] = (_total, *STEPS, _taken_back, _merged, _most_direct)
"""All that makes an incident's figures, in order. The codebook says the rule in the words of their docstrings."""
