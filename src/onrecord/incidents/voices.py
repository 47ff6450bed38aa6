"""Which sources are one: a body and those who speak for it, a person under two titles, a group and one of its number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from onrecord.incidents import words
from onrecord.records import Claim, Masthead, Read, Source, Speaker
from onrecord.wording import people
from onrecord.wording.gazetteer import fold

_ONE_OF = ("one of the ", "one of ", "another of the ", "another of ", "some of the ", "some of ")
_PERSONS = frozenset({"anonymous", "witness"})
_COUNTING = frozenset(
    ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "several", "many", "some", "senior", "top"]
)


@dataclass(frozen=True, slots=True)
class Voice:
    """A source as one story gives it. name: as filed; bare: telling words of the name; bodies: telling words of the body
    that it is or speaks for, or whose words a document is; outlet: to whom it spoke.
    """

    kind: str
    name: str
    outlet: str
    bare: frozenset[str]
    bodies: frozenset[str]

    @property
    def nobody(self) -> bool:
        """Whether it is what somebody said, and nothing tells who."""
        return self.kind == "document" and not self.bare


Asked = tuple[str | None, ...]
"""A source of an outlet, as far as its voice goes by it."""


class Cast:
    """For whom people speak, by their last names: what one story tells holds for the others. asked: whose voices were asked for;
    who wants to know empties it first.
    """

    def __init__(self, speak_for: Mapping[str, frozenset[str]]) -> None:
        self.asked: set[Asked] = set()
        self._speak_for = speak_for
        self._bodies = frozenset(speak_for.values())
        self._heard: dict[Asked, tuple[Source, Voice | None]] = {}

    def voice(self, source: Source, outlet: str) -> Voice | None:
        """The voice of a source, or None for the narrator and for a source without a name."""
        key = (source.kind, source.name, source.role, source.affiliation, outlet)
        self.asked.add(key)
        if key not in self._heard:
            self._heard[key] = (source, self._voice(source, outlet))
        return self._heard[key][1]

    def unlike(self, other: "Cast") -> set[Asked]:
        """The sources heard here that have another voice in another cast."""
        return {key for key, (source, voice) in self._heard.items() if other.voice(source, key[-1] or "") != voice}

    def _voice(self, source: Source, outlet: str) -> Voice | None:
        name = source.name or source.role
        if source.kind == "narrator" or not name:
            return None
        if source.kind in _PERSONS:
            lower = fold(name)
            whole = next((lower.removeprefix(start) for start in _ONE_OF if lower.startswith(start)), lower)
            bare = frozenset(words.stem(w) for w in whole.split() if w not in _COUNTING and w not in _ARTICLES)
            return Voice(source.kind, name, outlet, bare, frozenset())
        if source.kind == "named_person" and not self._is_body(words.telling(name)):
            bodies = words.telling(source.affiliation or "") | self._speak_for.get(_last(name), frozenset())
            return Voice(source.kind, name, outlet, frozenset({_last(name)}), bodies)
        if source.kind == "document":
            return _of_document(name, outlet)
        bare = words.telling(name) or frozenset(fold(name).split())
        kind = "named_body" if source.kind == "named_person" else source.kind
        return Voice(kind, name, outlet, bare, bare)

    def _is_body(self, name: frozenset[str]) -> bool:
        """Whether others speak for what is taken for a person's name here."""
        return len(name) > 1 and any(name <= bodies for bodies in self._bodies)


_ARTICLES = frozenset({"a", "an", "the", "of", "in", "at", "with", "who", "and", "for", "from"})


def _of_document(name: str, outlet: str) -> Voice:
    """A document is the word of the body that its name tells of: a ministry's statement, a police report."""
    sender = people.sender(name)
    bodies = words.telling(name if sender is None else sender)
    bare = bodies if sender is not None else bodies or frozenset(fold(name).split())
    return Voice("document", name, outlet, bare, bodies if sender is not None else frozenset())


def _last(name: str) -> str:
    """The last name, folded: "Adm. Tova Rell" and "Rell" are one."""
    parts = fold(people.strip_title(name) or name).split()
    return parts[-1] if parts else fold(name)


Heard = Mapping[str, frozenset[str]]
"""For whom the people of one story speak: telling words of the bodies, by last names."""


def heard(read: Read) -> Heard:
    """For whom the people of a story speak: by what it says, or for the doer whose act they claim."""
    found: dict[str, set[str]] = defaultdict(set)
    by_claim: dict[str, set[str]] = defaultdict(set)
    for event in read.reading.events:
        if event.actor is not None:
            for id_ in event.claims:
                by_claim[id_] |= words.telling(event.actor.name)
    for claim in read.reading.claims:
        source = claim.source
        if source.kind != "named_person" or not source.name:
            continue
        body = source.affiliation or ""
        found[_last(source.name)] |= words.telling(body)
        # "The militia's spokesman": the militia whose act he tells
        if claim.stance == "claims responsibility" or (body and body == body.lower()):
            found[_last(source.name)] |= by_claim.get(claim.id, set())
    return {last: frozenset(bodies) for last, bodies in found.items() if bodies}


def speakers(stories: Iterable[Heard]) -> tuple[Speaker, ...]:
    """For whom the people of all stories speak."""
    found: dict[str, set[str]] = defaultdict(set)
    for story in stories:
        for last, bodies in story.items():
            found[last] |= bodies
    return tuple(Speaker(last, tuple(sorted(bodies))) for last, bodies in sorted(found.items()))


def cast(speakers: Iterable[Speaker]) -> Cast:
    """The same, to look names up in."""
    return Cast({speaker.name: frozenset(speaker.bodies) for speaker in speakers})


def same(one: Voice, other: Voice) -> bool:
    """Whether two voices are one source."""
    kinds = {one.kind, other.kind}
    if kinds & _PERSONS:
        return kinds <= _PERSONS and _same_group(one, other)
    if kinds == {"document"}:
        return one.bare == other.bare
    if kinds == {"named_person"}:
        return one.bare == other.bare or (bool(one.bodies) and one.bodies == other.bodies)
    return within(one.bodies, other.bodies) or within(other.bodies, one.bodies)


def _same_group(one: Voice, other: Voice) -> bool:
    """Whether two unnamed sources are one: worded alike, or to the same outlet with more or fewer words."""
    if one.bare == other.bare:
        return bool(one.bare)
    near = one.outlet == other.outlet and bool(one.bare) and bool(other.bare)
    return near and (one.bare <= other.bare or other.bare <= one.bare)


def within(part: frozenset[str], whole: frozenset[str]) -> bool:
    """Whether there are words in the one, and every one is akin to a word of the other."""
    return bool(part) and all(any(words.akin(a, b) for b in whole) for a in part)


def distinct(heard: Sequence[Voice]) -> tuple[tuple[Voice, ...], ...]:
    """The voices by source, in the order of their first; each group is one source. A voice that fits two groups goes to
    the first and does not join them: a government's two ministries stay two.
    """
    groups: list[list[Voice]] = []
    for voice in dict.fromkeys(heard):
        home = next((group for group in groups if any(same(voice, other) for other in group)), None)
        if home is None:
            groups.append([voice])
        else:
            home.append(voice)
    return tuple(tuple(group) for group in groups)


def title(group: Sequence[Voice]) -> str:
    """The name that a source is listed under: the body, else the fullest name."""
    rank = {"named_body": 0, "outlet": 1, "named_person": 2, "document": 3, "anonymous": 4, "witness": 5}
    return min(group, key=lambda voice: (rank.get(voice.kind, 9), -len(voice.name), voice.name)).name


def voice_of(claim: Claim, story: Masthead, known: Cast) -> Voice | None:
    """The voice of a claim in a story."""
    return known.voice(claim.source, story.outlet or story.id)
