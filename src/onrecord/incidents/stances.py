"""How a source stands to an act: it claims it, denies it, confirms it as a party, or takes back what it said of it."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from onrecord.incidents import voices, words
from onrecord.incidents.support import report_of, sourced
from onrecord.incidents.told import MODES, Telling
from onrecord.incidents.voices import Cast, Voice
from onrecord.records import Claim, Span, Statement
from onrecord.wording.gazetteer import fold

NARRATOR = "narrator"
_STANCES = ("claims", "confirms", "denies")


@dataclass(frozen=True, slots=True)
class Retraction:
    """A source takes back what it said. source: its name, or NARRATOR for an outlet that takes back its own report; outlet,
    day, story: where; span: the words.
    """

    source: str
    outlet: str
    day: date
    story: str
    span: Span

    def covers(self, source: str, telling: Telling) -> bool:
        """Whether what a source said in an earlier story is taken back by this. An outlet takes back its whole report."""
        earlier = telling.latest is not None and telling.latest <= self.day and telling.story.id != self.story
        mine = self.outlet == outlet_of(telling) if self.source == NARRATOR else self.source == source
        return earlier and mine


def outlet_of(telling: Telling) -> str:
    """Whose report a story is printed as."""
    return telling.story.outlet or telling.story.id


def source_of(voice: Voice | None, groups: Sequence[Sequence[Voice]]) -> str:
    """The name that a voice is listed under: that of its group."""
    if voice is None:
        return NARRATOR
    group = next((g for g in groups if voice in g or any(voices.same(voice, other) for other in g)), (voice,))
    return voices.title(group)


@cache
def table() -> dict[str, Any]:
    """The table of directness."""
    text = resources.files("onrecord.incidents").joinpath("directness.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


# ---- who takes back


def retractions(told: Sequence[Telling], groups: Sequence[Sequence[Voice]], known: Cast) -> list[Retraction]:
    """The corrections in which a source, or an outlet of its own report, takes back what it said and gives no figure in its
    place. What has no date never takes anything back, nor does a copy.
    """
    return [
        Retraction(_who(claim, telling, groups, known), outlet_of(telling), telling.latest, telling.story.id, span)
        for telling in told
        if telling.latest is not None and not telling.lineage.copy and not _counts(telling)
        for claim in telling.claims
        if claim.stance == "corrects" and (span := _taking_back(claim)) is not None
    ]


def _counts(telling: Telling) -> bool:
    return any(count.what in {"killed", "injured"} for count in telling.event.counts)


def _who(claim: Claim, telling: Telling, groups: Sequence[Sequence[Voice]], known: Cast) -> str:
    """Who takes back: an outlet that speaks of itself is the narrator of its stories."""
    voice = voices.voice_of(claim, telling.story, known)
    if voice is not None and voice.kind == "outlet" and words.telling(voice.name) == words.telling(outlet_of(telling)):
        return NARRATOR
    return source_of(voice, groups)


def _taking_back(claim: Claim) -> Span | None:
    said = [span for span in (claim.cue, *claim.content) if span is not None]
    heard = " ".join(fold(span.text) for span in said)
    return said[-1] if any(f" {one} " in f" {heard} " for one in table()["taking_back"]["words"]) else None


# ---- who claims, denies, confirms


def stands(told: Sequence[Telling], groups: Sequence[Sequence[Voice]], known: Cast) -> Iterator[Statement]:
    """Statements on whose doing it was. value: "claims" for who says that it was their own doing, "denies" for a party that
    says it was not or that it did not happen, "confirms" for one that says so itself; and, of the field status, "withdrawn" for
    who takes back what they said.
    """
    named = (words.telling(p.name) for t in told for p in (t.event.actor, t.event.target) if p is not None)
    parties = list(dict.fromkeys(named))
    heard: dict[str, dict[str, Statement]] = {}
    own = [report_of(telling.story, telling.lineage) is not None for telling in told]
    for first_hand in (True, False):
        claimed = any("claims" in values for values in heard.values())
        for telling in (t for t, owned in zip(told, own, strict=True) if owned == first_hand):
            for name, found in _here(telling, parties, groups, known):
                # What only copies and roundups hear claimed is no second claim
                if first_hand or found.value != "claims" or not claimed:
                    heard.setdefault(name, {}).setdefault(found.value, found)
    for values in heard.values():
        yield from (found for value, found in values.items() if value != "confirms" or "claims" not in values)
    for one in retractions(told, groups, known):
        source = one.outlet if one.source == NARRATOR else one.source
        yield Statement("status", "withdrawn", None, source, one.story, one.span, True)


def _here(
    telling: Telling, parties: Sequence[frozenset[str]], groups: Sequence[Sequence[Voice]], known: Cast
) -> Iterator[tuple[str, Statement]]:
    """How each party stands to the act in one story. Who says what was done, and denies something, denies a circumstance."""
    here: dict[str, dict[str, Statement]] = {}
    said = {mention.claim for mention in telling.event.mentions if MODES[mention.status] == "done"}
    standing = {claim.id for claim in sourced(telling)} & said
    for claim in telling.claims:
        voice = voices.voice_of(claim, telling.story, known)
        if voice is None or (value := _value(claim, standing=claim.id in standing)) is None:
            continue
        bodies = voice.bodies
        if value == "claims" or any(voices.within(bodies, p) or voices.within(p, bodies) for p in parties):
            name, span = _body(voice, claim, groups), claim.content[0]
            found = Statement("responsibility", value, None, name, telling.story.id, span, True)
            here.setdefault(name, {}).setdefault(value, found)
    for name, values in here.items():
        yield name, values[next(value for value in _STANCES if value in values)]


def disputed(statements: Iterable[Statement]) -> tuple[str, ...]:
    """Who claims an act, where more than one does: nobody knows then whose doing it was."""
    names = dict.fromkeys(
        s.source for s in statements if s.field == "responsibility" and s.value == "claims" and s.credible
    )
    return tuple(names) if len(names) > 1 else ()


def _value(claim: Claim, *, standing: bool) -> str | None:
    """What a claim makes of the act, as a party to it."""
    if claim.stance in {"claims responsibility", "denies"}:
        return "claims" if claim.stance == "claims responsibility" else "denies"
    return "confirms" if standing and claim.stance in {"asserts", "confirms", "corrects"} else None


def _body(voice: Voice, claim: Claim, groups: Sequence[Sequence[Voice]]) -> str:
    """The body that a voice is or speaks for, by the name of its source."""
    group = next((g for g in groups if any(voices.same(voice, other) for other in g)), (voice,))
    if any(other.kind == "named_body" for other in group):
        return voices.title(group)
    return claim.source.affiliation or voices.title(group)
