"""Whose words a copy gives to somebody else, to nobody, or to more people than spoke them."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from onrecord.families.alignment import claims as aligned
from onrecord.families.change import Change
from onrecord.families.figures import disagree, worded
from onrecord.families.tellings import Telling
from onrecord.records import Claim, Quantity, Source, Span
from onrecord.wording import numbers

_WORD = re.compile(r"[^\W\d_]{3,}")
# Words of a description of people that do not tell which people they are.
_EMPTY = frozenset(
    {"the", "and", "for", "with", "who", "that", "some", "from", "has", "had", "not", "named", "several", "dozens"}
    | {"one", "two", "three", "four", "five", "six"}
)
_PEOPLE = ("anonymous", "witness")
_NAMED = ("named_person", "named_body", "document")


def of_claims(this: Telling, origins: Sequence[Telling]) -> Iterator[Change]:
    """Speakers that a copy dropped or replaced, and groups that grew. Of a compilation from several origins only the
    groups are compared: it may have heard the speakers itself.
    """
    mine = this.read.reading.claims
    theirs = [claim for origin in origins for claim in origin.read.reading.claims]
    pairs = aligned(mine, theirs)
    yield from _numbers(pairs, theirs)
    if len(origins) == 1:
        yield from _replaced(pairs, theirs)
        yield from _dropped(pairs, mine)


def _replaced(pairs: Sequence[tuple[Claim, Claim]], theirs: Sequence[Claim]) -> Iterator[Change]:
    """Named speakers who became a group, or one another; groups that became other people."""
    for claim, other in pairs:
        now, was = claim.source, other.source
        if now.name is None or was.name is None or same_source(now, was):
            continue
        if any(same_source(now, third.source) for third in theirs):
            continue
        grew = was.kind in _PEOPLE and _grew(was.count, now.count)
        if now.kind in _PEOPLE and (was.kind in _NAMED or grew):
            yield _change(was, now, other, claim)


def _dropped(pairs: Sequence[tuple[Claim, Claim]], mine: Sequence[Claim]) -> Iterator[Change]:
    """Speakers whose words the copy tells as its own, and whom it names nowhere."""
    for claim, other in pairs:
        was = other.source
        if claim.source.kind != "narrator" or was.kind in ("narrator", "outlet") or was.name is None:
            continue
        if claim.stance != "asserts" or other.stance not in ("asserts", "confirms", "corrects"):
            continue
        if any(same_source(was, kept.source) for kept in mine):
            continue
        yield Change("attribution", was.name, None, was.span, claim.content[0])


def _numbers(pairs: Sequence[tuple[Claim, Claim]], theirs: Sequence[Claim]) -> Iterator[Change]:
    """Groups of people that are said to be more than they were."""
    for claim, other in pairs:
        now, was = claim.source, other.source
        if now.kind not in _PEOPLE or was.kind not in _PEOPLE or not _grew(was.count, now.count):
            continue
        like = [third.source for third in theirs if third.source.kind in _PEOPLE and _alike(third.source, was)]
        if now.count is None or any(s.count is not None and not disagree(s.count, now.count) for s in like):
            continue
        largest = max((s.count for s in like if s.count is not None), key=_least, default=was.count)
        if largest is not None and worded(largest) != worded(now.count):
            yield Change("count_of_sources", worded(largest), worded(now.count), was.span, now.span or claim.content[0])


def same_source(one: Source, other: Source) -> bool:
    """Whether two sources are one: by name, or one speaks for the other."""
    if one.name is None or other.name is None:
        return one.kind == other.kind and one.name == other.name
    # "Doctors at the hospital" are not the doctor there who has a name.
    if any(a.kind in _NAMED and b.kind in _PEOPLE and _several(b) for a, b in ((one, other), (other, one))):
        return False
    first, second = _words(one.name), _words(other.name)
    return bool(first & second) or _speaks_for(one, second) or _speaks_for(other, first)


def _speaks_for(source: Source, body: frozenset[str]) -> bool:
    words = _words(source.affiliation or "") | _words(source.role or "")
    return bool(body) and len(words & body) * 2 >= len(body)


def _alike(one: Source, other: Source) -> bool:
    return one is other or bool(_words(one.name or "") & _words(other.name or ""))


def _several(source: Source) -> bool:
    return source.count is None or _least(source.count) > 1


def _grew(was: Quantity | None, now: Quantity | None) -> bool:
    """Whether a group is larger than it can have been. A bare plural says too little."""
    if was is None or now is None or now.vague == "plural" or was.vague == "plural":
        return False
    return disagree(was, now) and _least(now) > _least(was)


def _least(quantity: Quantity) -> int:
    return numbers.bounds(quantity).low or 0


@lru_cache(maxsize=1 << 14)
def _words(name: str) -> frozenset[str]:
    words = (word.casefold() for word in _WORD.findall(name))
    return frozenset(word.removesuffix("s") for word in words if word not in _EMPTY)


def _change(was: Source, now: Source, other: Claim, claim: Claim) -> Change:
    def place(source: Source, stands: Claim) -> Span:
        return source.span or stands.content[0]

    return Change("attribution", was.name, now.name, place(was, other), place(now, claim))
