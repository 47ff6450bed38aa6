"""Which words name a state, a force, an armed group or a body between states, and how they are filed."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, cast, get_args

from onrecord.errors import BadTable
from onrecord.wording import places, shelf

ActorKind = Literal["state", "forces", "police", "intelligence", "rebel", "militia", "gang", "body", "igo", "other"]

_ARTICLE = re.compile(r"\A(?:the|an?)\s+", re.IGNORECASE)
_ENDS = ' \t\r\n.,;:!?"“”[]'
_FILED_KIND: dict[str, ActorKind] = {
    "military": "forces", "security forces": "forces", "coast guard": "forces", "border guard": "forces",
    "police": "police", "intelligence": "intelligence", "government": "state",
}  # fmt: skip
_LONGEST_COUNTRY = 5
_LONGEST_WORDS = 14


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts. name: as filed; country: English name of the country it belongs to or mostly acts in, or None."""

    name: str
    kind: ActorKind
    country: str | None


@dataclass(frozen=True, slots=True)
class _Wording:
    assets: dict[str, str]
    others: frozenset[str]
    before: frozenset[str]
    behind: tuple[str, ...]
    tied: re.Pattern[str]
    hedges: re.Pattern[str]


@lru_cache(maxsize=16384)
def named(words: str) -> Actor | None:
    """The actor that the words name: one of the table, a country, or a country's force ("Ukrainian drones" are the
    Ukraine military). None for words that name none of these.
    """
    bare = _bare(words)
    tokens = bare.split()
    if not tokens or len(tokens) > _LONGEST_WORDS:
        return None
    return _of_table(bare) or _of_country(tokens) or _dressed(tokens)


def canonical(words: str) -> str:
    """The name that the actor is filed under where `named` knows it, else the words without article and hedge, as they
    stand. Never empty for words that hold a letter.
    """
    known = named(words)
    return known.name if known is not None else _bare(words) or words.strip()


def hedge(words: str) -> str | None:
    """The word before an actor that leaves open who it was ("suspected"), as worded; None where there is none."""
    match = _wording().hedges.match(_ARTICLE.sub("", words.strip(_ENDS), count=1))
    return match.group(1) if match else None


def _bare(words: str) -> str:
    """The words without articles, hedges and marks at their ends."""
    bare = " ".join(words.split()).strip(_ENDS)
    for _ in range(3):
        match = _wording().hedges.match(bare) or _ARTICLE.match(bare)
        if match is None or match.end() == len(bare):
            break
        bare = bare[match.end() :]
    return bare[:-2] if bare.endswith(("'s", "’s")) else bare.rstrip("'’")


def _of_table(words: str) -> Actor | None:
    if not any(c.isupper() or c.isdigit() for c in words):
        return None
    names, key = _names(), _key(words)
    return names.get(key) or (names.get(key.casefold()) if key.isupper() else None)


def _of_country(tokens: list[str]) -> Actor | None:
    """A country by itself, or a country or demonym with a noun of force, police, rule or intelligence behind it."""
    for length in range(min(_LONGEST_COUNTRY, len(tokens)), 0, -1):
        head, rest = " ".join(tokens[:length]), tokens[length:]
        country = places.country_of(head)
        if country is None:
            continue
        if not rest:
            return None if places.is_demonym(head) else Actor(country, "state", country)
        filed = _asset(rest)
        if filed is not None:
            name = f"{country} {filed}"
            return _names().get(_key(name)) or Actor(name, _FILED_KIND[filed], country)
    return None


def _asset(tokens: list[str]) -> str | None:
    """What the words behind a country are filed as: the longest noun at their end, if nothing before it turns it into
    somebody else's.
    """
    wording, lower = _wording(), [token.casefold() for token in tokens]
    if len(tokens) > 5:
        return None
    for start in range(len(lower)):
        filed = wording.assets.get(" ".join(lower[start:]))
        if filed is not None:
            between = {part for token in lower[:start] for part in token.split("-")}
            return None if between & wording.others else filed
    return None


def _dressed(tokens: list[str]) -> Actor | None:
    """A group of the table with descriptions before it and its people behind it: "the militant group Hamas",
    "Iran-backed Houthi fighters", "Lebanon's Hezbollah".
    """
    wording = _wording()
    while True:
        words = " ".join(tokens)
        for behind in ("", *wording.behind):
            if words.casefold().endswith(behind):
                known = _of_table(words[: len(words) - len(behind)].rstrip())
                if known is not None and (known.kind in ("rebel", "militia", "gang", "igo", "forces")):
                    return known
        if len(tokens) < 2 or not _describes(tokens[0]):
            return None
        tokens = tokens[1:]


def _describes(token: str) -> bool:
    wording = _wording()
    if token.casefold() in wording.before or wording.tied.fullmatch(token):
        return True
    return places.country_of(token) is not None


def _key(words: str) -> str:
    """The words without dots and capitals, unless they are all capitals: "WHO" is a body, "Who" is not. Nor with an article."""
    key = " ".join(_ARTICLE.sub("", words, count=1).replace("’", "'").replace(".", "").split())
    return key if key.isupper() else key.casefold()


@cache
def _names() -> dict[str, Actor]:
    names: dict[str, Actor] = {}
    for row in shelf.rows("actors.csv"):
        if row["kind"] not in get_args(ActorKind):
            raise BadTable(f"actors.csv: {row['kind']!r} is no kind of actor")
        actor = Actor(row["name"], cast("ActorKind", row["kind"]), row["country"] or None)
        for name in (row["name"], *filter(None, row["aliases"].split(";"))):
            if names.setdefault(_key(name), actor) is not actor:
                raise BadTable(f"actors.csv: {name!r} names both {names[_key(name)].name!r} and {actor.name!r}")
    return names


@cache
def _wording() -> _Wording:
    table = shelf.toml("actors.toml")
    hedges = "|".join(re.escape(word) for word in sorted(table["hedges"]["words"], key=lambda word: (-len(word), word)))
    return _Wording(
        assets={noun: filed for filed, nouns in table["assets"].items() for noun in nouns},
        others=frozenset(table["others"]["words"]),
        before=frozenset(table["around"]["before"]),
        behind=tuple(f" {noun}" for noun in table["around"]["behind"]),
        tied=re.compile(rf"\A[\w.]{{1,40}}-(?:{'|'.join(table['around']['ties'])})"),
        hedges=re.compile(rf"\A({hedges})\s+", re.IGNORECASE),
    )
