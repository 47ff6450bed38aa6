"""From which story, or which outlet, does a story have its report?"""

from dataclasses import dataclass
from typing import Literal

from onrecord.families.copies import COPIED
from onrecord.families.shelf import Shelf
from onrecord.families.tellings import (
    Credited,
    Telling,
    claimed,
    is_own,
    is_recent,
    is_sourced,
    is_told,
    may_retell,
    said,
    starts,
    tell_of_two,
    told_share,
)
from onrecord.records import Claim, SourceKind

# A story that a credit names is the origin if it holds this share of the copy's runs,
_TOUCHED = 0.15
# or tells this share of its claims or facts again.
_SOME = 0.25
# A story with a larger share of claims that are its own is a report, whomever it cites in passing.
_MOSTLY_TAKEN = 0.5
# Without a credit a copy must tell again this share of its claims, less where a quotation is repeated.
_MOST_TOLD, _MUCH_TOLD = 0.6, 0.4
# A claim is its own if the other story tells less than this of it, and it has so many words that carry matter.
_TOLD_AT_ALL, _TELLING = 0.3, 4
# Versions of one report are as like as this to a copy.
_AS_LIKE = 0.9
# An agency line stands at the head of a text.
_WIRE_AT = 400
# How many stories are compared closely.
_CONSIDERED, _LIKELY = 6, 3
# Fewer common facts than this are chance.
_FEW_FACTS = 3

By = Literal["copy", "credit", "words"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Whence a story has its report. held: position of the story it follows, or None. ghost: the outlet named, where no
    story of that outlet here tells the same. by: what shows it. share: of the story's runs found there.
    adds: the story holds the other whole and much besides.
    """

    held: int | None
    ghost: str | None
    by: By
    credit: Credited | None
    share: float
    adds: bool
    reasons: tuple[str, ...]


def origin(shelf: Shelf, story: int) -> Origin | None:
    """Where the story of that number has its report from, or None where nothing shows that it is another's."""
    return _copied(shelf, story) or _credited(shelf, story) or _retold(shelf, story)


# ---- the same words


def _copied(shelf: Shelf, story: int) -> Origin | None:
    this, best = shelf.tellings[story], None
    for other, here in shelf.copies.copied(story):
        if not _follows(this, shelf.tellings[other]):
            continue
        if tell_of_two(this, shelf.tellings[other]) or _credit_apart(this, shelf.tellings[other], here):
            continue
        rank = (this.credits_to(shelf.tellings[other].outlet), round(here, 1), here >= COPIED)
        if best is None or _before(rank, shelf.tellings[other], best[0], shelf.tellings[best[1]]):
            best = (rank, other, here)
    if best is None:
        return None
    _, other, here = best
    credit = next((c for c in this.credits if c.key == shelf.tellings[other].outlet), None)
    away = _line_of_another(shelf, story, other)
    reason = f"shares {here:.0%} of its 5-word runs with {shelf.tellings[other].id}"
    if away is not None:
        return Origin(None, away.name, "copy", away, here, False, (reason, _names(away)))
    reasons = (reason, *((_names(credit),) if credit else ()))
    return Origin(other, None, "copy", credit, here, here < COPIED, reasons)


def _line_of_another(shelf: Shelf, story: int, other: int) -> Credited | None:
    """The outlet whose text a story says it carries, where that is not the copy found, nor here at all: the two have
    it from the same place.
    """
    this = shelf.tellings[story]
    for credit in this.credits:
        if credit.relation in ("wire", "republished_from") and leads(this, credit):
            here = credit.key == shelf.tellings[other].outlet or _held(shelf, story, credit) is not None
            return None if here else credit
    return None


# ---- a credit


def _credited(shelf: Shelf, story: int) -> Origin | None:
    this = shelf.tellings[story]
    found = []
    for credit in this.credits:
        held = _held(shelf, story, credit)
        if held is not None:
            found.append((own_share(this, shelf.tellings[held]), credit, held))
    if found:
        own, credit, held = min(found, key=lambda f: (f[0], f[1].at, f[1].key))
        told, claims = told_share(this, shelf.tellings[held])
        reasons = [_names(credit)]
        if told:
            reasons.append(f"{told} of its {claims} claims stand in {shelf.tellings[held].id}")
        share = shelf.copies.share(story, held)
        if own <= _MOSTLY_TAKEN or leads(this, credit):
            return Origin(held, None, "credit", credit, share, False, tuple(reasons))
    for credit in this.credits:
        if leads(this, credit) and not any(credit.key == c.key for _, c, _ in found):
            return Origin(None, credit.name, "credit", credit, 0.0, False, (_names(credit),))
    return None


def _held(shelf: Shelf, story: int, credit: Credited) -> int | None:
    """The story of the outlet credited that tells what this one tells, if one is here."""
    this = shelf.tellings[story]
    found: list[tuple[float, int]] = []
    for other in shelf.reports_of(story, credit.key, _CONSIDERED):
        there = shelf.tellings[other]
        told, claims = told_share(this, there)
        quotes, facts = len(this.quotes & there.quotes), len(this.facts & there.facts)
        share = shelf.copies.share(story, other)
        near = share >= _TOUCHED or quotes > 0
        # An agency fills one form week after week: places, numbers and claims alone are those of a report of these days
        if not near and is_recent(this, there) and not tell_of_two(this, there):
            near = (told >= 2 and told >= _SOME * claims) or (facts >= _FEW_FACTS and facts >= _SOME * len(this.facts))
        if near:
            found.append((2 * share + quotes + told / max(claims, 1) + facts / max(len(this.facts), 1), other))
    if not found:
        return None
    # Of an outlet's versions that are about as like, a copy follows the newest that it can have seen.
    like = [other for score, other in found if score >= _AS_LIKE * max(found)[0]]
    return max(like, key=lambda other: (shelf.tellings[other].start is not None, shelf.tellings[other].order))


# ---- the same matter without a credit


def _retold(shelf: Shelf, story: int) -> Origin | None:
    """A story that repeats what several sources said to another outlet, and has no source of its own."""
    this, best = shelf.tellings[story], None
    for other in _alike(shelf, story):
        there = shelf.tellings[other]
        told, claims = told_share(this, there)
        quotes = len(this.quotes & there.quotes)
        if told < 2 or told < (_MUCH_TOLD if quotes else _MOST_TOLD) * claims:
            continue
        if own_claims(this, there) or not _exclusive(this, there):
            continue
        rank = (told, quotes)
        if best is None or _before(rank, there, best[0], shelf.tellings[best[1]]):
            best = (rank, other, claims)
    if best is None:
        return None
    (told, quotes), other, claims = best
    there = shelf.tellings[other]
    shared = f"shares {_some(quotes, 'quotation')} and {_some(len(this.facts & there.facts), 'fact')} with {there.id}"
    reasons = (shared, f"{told} of its {claims} claims stand there, and no source is its own")
    return Origin(other, None, "words", None, shelf.copies.share(story, other), False, reasons)


def _alike(shelf: Shelf, story: int) -> list[int]:
    """The stories that may be retold without a credit: by another outlet, days before, longer, with a quotation or a
    telling part of the facts. The likest few.
    """
    this, found = shelf.tellings[story], []
    for other, quotes, facts in shelf.alike(story):
        there = shelf.tellings[other]
        if may_retell(this, there) and (quotes or facts >= max(_FEW_FACTS, _SOME * len(this.facts))):
            found.append((-quotes, -facts, there.order, other))
    return [other for *_, other in sorted(found)[:_LIKELY]]


def own_share(this: Telling, there: Telling) -> float:
    """The share of a story's sourced claims that are its own; 0 where it has none."""
    sourced = [claim for claim in this.read.reading.claims if is_sourced(claim)]
    return len(own_claims(this, there)) / len(sourced) if sourced else 0.0


def own_claims(this: Telling, there: Telling) -> list[Claim]:
    """The sourced claims of a story whose source spoke to no other outlet, and which the other story does not tell."""
    own = [claim for claim in this.read.reading.claims if is_own(claim)]
    told = claimed(there)
    # Too few words show nothing: "it was behind the attack" may be anybody's.
    return [c for c in own if len(said(c).weights) >= _TELLING and not is_told(said(c), told, _TOLD_AT_ALL)]


def leads(this: Telling, credit: Credited) -> bool:
    """Whether a credit stands over the whole story: nobody whom the story heard itself speaks before it."""
    if credit.relation in ("wire", "republished_from"):
        return credit.relation == "republished_from" or credit.at <= _WIRE_AT
    firsts = [starts(claim) for claim in this.read.reading.claims if is_own(claim)]
    return credit.at <= min(firsts, default=this.length)


def _credit_apart(this: Telling, other: Telling, share: float) -> bool:
    """Whether two stories that are no reprints of each other each say that they follow an outlet of their own: two rewrites from
    one mould.
    """
    mine, theirs = ({credit.key for credit in one.credits} for one in (this, other))
    return share < COPIED and bool(mine) and bool(theirs) and mine.isdisjoint(theirs) and other.outlet not in mine


def _exclusive(this: Telling, there: Telling) -> bool:
    """Whether a story repeats what several sources told the other, among them one whom others could not hear: a person
    not named, or a witness. What two ministers say to all, two outlets may print without copying.
    """
    here = claimed(this)
    repeated: dict[str, SourceKind] = {}
    for claim, matter in zip(there.read.reading.claims, claimed(there), strict=True):
        if any(is_told(mine, (matter,)) for mine in here):
            repeated[(claim.source.name or claim.source.kind).casefold()] = claim.source.kind
    return len(repeated) >= 2 and any(kind in ("anonymous", "witness") for kind in repeated.values())


def _follows(this: Telling, other: Telling) -> bool:
    """Which of two copies follows: the one that credits the other, else the later, else the undated, else the shorter."""
    mine, theirs = this.credits_to(other.outlet), other.credits_to(this.outlet)
    if mine != theirs:
        return mine
    if this.start is None or other.start is None or this.end is None or other.end is None:
        return other.order < this.order
    if this.start > other.end or this.end < other.start:
        return this.start > other.start
    return (-other.length, other.order) < (-this.length, this.order)


def _before(rank: tuple[float, ...], this: Telling, other_rank: tuple[float, ...], other: Telling) -> bool:
    """Whether a story goes before another: by rank, else by time."""
    return rank > other_rank or (rank == other_rank and this.order < other.order)


def _some(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _names(credit: Credited) -> str:
    verb = {
        "wire": "carries the agency line of {}",
        "republished_from": "says that it first appeared in {}",
        "told": "has sources who spoke to {}",
    }.get(credit.relation, "names {} as its source")
    return verb.format(credit.name)
