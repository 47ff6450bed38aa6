"""The kinds of event: how the codebooks file each, and which words tell of it."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast, get_args

from onrecord.errors import BadTable
from onrecord.records import EventKind, Mode, Status
from onrecord.wording import shelf

Role = Literal["act", "effect"]
WordClass = Literal["VERB", "NOUN", "ADJ"]

_KINDS = frozenset(get_args(EventKind))
_ROLES = frozenset(get_args(Role))
_LISTS: dict[str, WordClass] = {"verbs": "VERB", "nouns": "NOUN", "adjectives": "ADJ"}
FROM_SYNTAX = frozenset({"number", "counted", "place", "story"})
"""Classes that no list holds: syntax tells a number near the trigger, one at it, and a place; "story" is met where the
story has told of an act."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind and its codes. None: that codebook has no counterpart. ucdp_type: 1 state-based, 2 non-state, 3
    one-sided, where the parties do not say otherwise. harms: casualties told of later in a story may be this kind's.
    """

    name: EventKind
    plover_type: str | None
    plover_mode: str | None
    acled_event: str | None
    acled_sub_event: str | None
    ucdp_type: int | None
    harms: bool


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word that tells of an event. lemma: its head's; rest: lemmas that stand with it ("blow" with "up", "bomb" with
    "car" before it). kind: its own, or None. means: a weapon named at the word overrides the kind. follows: kinds of
    an earlier act of the story that the word may tell of again; "any" for all. needs: classes, of which a word must stand in
    the clause; patient: of which the thing acted on must be; () where nothing is asked. fires: what is thrown is a means. harmless: it
    kills nobody, whatever its kind.
    """

    lemma: str
    rest: tuple[str, ...]
    pos: WordClass
    kind: EventKind | None
    role: Role
    means: bool
    follows: frozenset[str]
    needs: tuple[str, ...]
    patient: tuple[str, ...]
    fires: bool
    harmless: bool

    def is_part_of(self, other: EventKind | None) -> bool:
        """Whether the word, without a weapon of its own, tells again of an act of that kind told of before."""
        return other is not None and ("any" in self.follows or other in self.follows)


@dataclass(frozen=True, slots=True)
class Means:
    """Words of a weapon or carrier and the kind they give. only: lemmas of the triggers they give it to; empty: all."""

    kind: EventKind
    words: frozenset[str]
    only: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Table:
    kinds: dict[str, Kind]
    modes: dict[str, tuple[Mode, ...]]
    triggers: dict[tuple[str, WordClass], tuple[Trigger, ...]]
    means: tuple[Means, ...]
    classes: dict[str, frozenset[str]]
    guards: tuple[tuple[str, frozenset[str]], ...]


def all_kinds() -> tuple[Kind, ...]:
    """Every kind, in the order of the table."""
    return tuple(_table().kinds.values())


def kind(name: str) -> Kind:
    """The kind of that name. Raises KeyError for a name outside the closed list."""
    return _table().kinds[name]


def modes(status: Status, *, background: bool) -> tuple[Mode, ...]:
    """PLOVER's auxiliary modes of an event: future, hypothetical, negation, historical."""
    return (*_table().modes.get(status, ()), *(("historical",) if background else ()))


def triggers(lemma: str, pos: WordClass) -> tuple[Trigger, ...]:
    """The rows that a word with this lemma may be, those with more words first."""
    return _table().triggers.get((lemma, pos), ())


def unlisted(lemma: str, pos: WordClass, kind: EventKind) -> Trigger:
    """A row for a word that no table has: of its own kind, or telling again of one that the story has told of."""
    return Trigger(lemma, (), pos, kind, "act", False, frozenset({"any"}), (), (), False, False)


def means() -> tuple[Means, ...]:
    """Weapons and carriers, in the order in which they win."""
    return _table().means


def guards() -> tuple[tuple[str, frozenset[str]], ...]:
    """Classes that turn triggers near them into talk of something else, with the lemmas they turn; empty for all."""
    return _table().guards


def word_class(name: str) -> frozenset[str]:
    """The words (lemmas, phrases of them) of a class."""
    return _table().classes[name]


@cache
def _table() -> _Table:
    data = shelf.toml("kinds.toml")
    classes = {name: frozenset(words) for name, words in data["classes"].items()}
    rows = [row for group in data["trigger"] for row in _rows(group, classes)]
    index: dict[tuple[str, WordClass], list[Trigger]] = {}
    for row in rows:
        index.setdefault((row.lemma, row.pos), []).append(row)
    return _Table(
        kinds=_kinds(data["kind"]),
        modes=_modes(data["modes"]),
        triggers={key: tuple(sorted(found, key=lambda row: -len(row.rest))) for key, found in index.items()},
        means=tuple(_means(group, classes) for group in data["means"]),
        classes=classes,
        guards=tuple((group["class"], frozenset(group.get("words", ()))) for group in data["guard"]),
    )


def _kinds(groups: list[dict[str, Any]]) -> dict[str, Kind]:
    found: dict[str, Kind] = {}
    for group in groups:
        name = _checked(group["name"])
        found[name] = Kind(
            name,
            group.get("plover_type"),
            group.get("plover_mode"),
            group.get("acled_event"),
            group.get("acled_sub_event"),
            group.get("ucdp_type"),
            group.get("harms", False),
        )
    if missing := sorted(_KINDS - set(found)):
        raise BadTable(f"kinds.toml lacks {', '.join(missing)}")
    return found


def _modes(groups: dict[str, list[str]]) -> dict[str, tuple[Mode, ...]]:
    for status, modes in groups.items():
        if status not in get_args(Status) or not set(modes) <= set(get_args(Mode)):
            raise BadTable(f"kinds.toml: {status!r} with modes {modes} is not of the closed lists")
    return {status: tuple(cast("Mode", mode) for mode in modes) for status, modes in groups.items()}


def _checked(name: str) -> EventKind:
    if name not in _KINDS:
        raise BadTable(f"kinds.toml: {name!r} is no kind of event")
    return cast("EventKind", name)


def _rows(group: dict[str, Any], classes: dict[str, frozenset[str]]) -> list[Trigger]:
    role = group.get("role", "act")
    needs = tuple(group.get("needs", ()))
    patient = tuple(group.get("patient", ()))
    unknown = sorted({*needs, *patient} - set(classes) - FROM_SYNTAX)
    if role not in _ROLES or unknown:
        raise BadTable(f"kinds.toml: a trigger names {role!r} or classes {unknown} that are not there")
    rows = []
    for key, pos in _LISTS.items():
        for phrase in group.get(key, ()):
            words = phrase.split()
            # A verb leads its phrase, a noun ends it ("exchange of fire" is led by "exchange").
            leads = pos != "NOUN" or "of" in words
            lemma, rest = (words[0], words[1:]) if leads else (words[-1], words[:-1])
            rows.append(
                Trigger(
                    lemma=lemma,
                    rest=tuple(rest),
                    pos=pos,
                    kind=_checked(group["kind"]) if "kind" in group else None,
                    role=cast("Role", role),
                    means=group.get("means", False),
                    follows=frozenset(group.get("follows", ())),
                    needs=needs,
                    patient=patient,
                    fires=group.get("fires", False),
                    harmless=group.get("harmless", False),
                )
            )
    return rows


def _means(group: dict[str, Any], classes: dict[str, frozenset[str]]) -> Means:
    words = frozenset(group.get("words", ())) | classes.get(group.get("class", ""), frozenset())
    return Means(_checked(group["kind"]), words, frozenset(group.get("only", ())))
