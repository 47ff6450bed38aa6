"""Where a report is from: the town, unit or country that all the place names of its opening agree on best."""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from onrecord.records import PlacePrecision, Story, Where
from onrecord.wording import gazetteer, outlets, places, shelf
from onrecord.wording.gazetteer import Candidate

# So many characters of the text open it, and so many are looked at.
_OPENING, _LEAD = 450, 2500
_WORD = r"(?:(?:St|Ft|Mt)\. )?[^\W\d_a-zß-ÿ][\w’'-]*"
_RUN = re.compile(rf"(?<![\w.]){_WORD}(?: (?:(?:of|de|del|la|al|el) )?{_WORD})*")
_HELD = re.compile(r"(?:, | \()((?:[A-Z]\.\s?){2}|[A-Z][A-Za-z]+\.?(?: [A-Z][a-z]+)*)(?!\w)")
_DATELINE = re.compile(
    r"\A\s*+([^\W\d_a-z][^,()\n–—-]{1,30})(?:, ?([^()\n–—-]{2,25}?))?\s{0,40}+(?:\([^)\n]{1,40}\)\s{0,40}+)?(?:[–—:]|--?)\s"
)
_MOST = 40
# A town has to be as heavy as this to be known in an outlet's address.
_LARGE = 4.5
# How heavy a place is: its population to this power. A namesake that is called otherwise in its own right is so much lighter (a logarithm).
_POWER, _OTHER = 0.5, 1.5
# How heavy it is that no place is meant: where nothing tells that one is, and where something does.
_NOBODY, _NOBODY_SURE = 5.0, 3.0
# A share below this tells nothing. So much has to speak for a country or a unit, and by so much more than for any other.
_LEAST, _ENOUGH, _AHEAD = 0.02, 6.0, 0.05
# What a name is worth against the one told before it.
_LATER = 0.97
# Of towns: how little namesakes count once the unit is known, what a district is worth against a town, what places around
# add, and what the outlet's own town is worth.
_SOFT, _DISTRICT, _AROUND, _HOME = 0.3, 0.6, 0.3, 0.3
_TOGETHER_KM = 60.0
# By how much a place so near the outlet's home is likelier meant than a namesake, and one in its unit.
_HOME_KM, _BESIDE_HOME, _IN_UNIT = 140.0, 20.0, 4.0
# So far from the middle of a unit, or from a town, a place lies where a report from there is from. A town as heavy as this is
# known without its country.
_UNIT_KM, _AROUND_KM, _WELL_KNOWN = 300.0, 100.0, 5.0


@dataclass(frozen=True, slots=True)
class _Vote:
    """A name with the places it may mean, each with the share that it gives it. worth: how much it tells; local: a body of the place
    is at work; home: where the outlet is, which tells of the unit and little of the town.
    """

    name: str
    shares: tuple[tuple[Candidate, float], ...]
    worth: float
    local: bool = False
    home: bool = False


@dataclass(frozen=True, slots=True)
class Region:
    """where: the town, unit or country of a report; unit: GeoNames code of the first-level unit, None where that is not known.
    local: whether a body of the place is at work ("Norwick police") or the outlet bears its name, so that streets, quarters and houses
    without a town lie there, too.
    """

    where: Where
    unit: str | None
    local: bool


def of_story(story: Story) -> Region | None:
    """Where the story is from, as narrowly as its names tell; None where they do not agree on anything, or there are none."""
    votes = _gathered(_votes(story))
    land = _first(votes, lambda place: place.country)
    if land is None:
        return None
    votes = _kept(votes, lambda place: place.country == land)
    code = _first(votes, lambda place: place.admin1)
    unit = gazetteer.unit(code) if code is not None else None
    if unit is None:
        return _wide(land)
    town = _town(_kept(votes, lambda place: place.admin1 == code))
    if town is None:
        return Region(_where(unit, None), code, False)
    return Region(_where(town[0], unit), code, town[1])


def settled(where: Where, region: Region | None) -> Where:
    """A place of an event in a report from the region: of places with one name the one that lies there; what no table holds, or only
    far away, lies in the region's town where the report is a local one.
    """
    if region is None or where.precision in ("country", "region", "sea") or _lies_in(where, region):
        return where
    inside = _inside(where, region)
    if inside is not None:
        return inside
    if _is_known(where):
        return where
    town = region.where
    if not region.local:
        abroad = where.lat is not None and where.country != town.country
        return Where(where.name, where.container, town.country, None, None, "unknown", where.span) if abroad else where
    precision: PlacePrecision = "near" if town.precision == "exact" else town.precision
    return Where(where.name, town.name, town.country, town.lat, town.lon, precision, where.span)


def _lies_in(where: Where, region: Region) -> bool:
    """Whether the place lies where the report is from already."""
    if where.lat is None or where.lon is None or region.where.lat is None or region.where.lon is None:
        return False
    if region.where.precision == "country":
        return where.country == region.where.country
    reach = _UNIT_KM if region.where.precision == "admin1" else _AROUND_KM
    return places.km(where.lat, where.lon, region.where.lat, region.where.lon) < reach


def _inside(where: Where, region: Region) -> Where | None:
    """The place of that name, or of that container, in the region."""
    town = region.where
    for name in (where.name, where.container):
        found = [p for p in places.candidates(name) if p.country and _is_of(p, region)] if name else []
        if found and (name == where.name or where.precision == "near"):
            near = min(found, key=lambda p: (places.km(p.lat, p.lon, town.lat or 0.0, town.lon or 0.0), p.key))
            plain = _precision(near) if name == where.name else where.precision
            return Where(where.name, where.container, town.country, near.lat, near.lon, plain, where.span)
    return None


def _is_of(place: Candidate, region: Region) -> bool:
    if region.unit is not None:
        return place.admin1 == region.unit and place.kind != "admin1"
    land = gazetteer.country(place.country)
    return land is not None and land.name == region.where.country and place.kind != "country"


def _is_known(where: Where) -> bool:
    """Whether the name is a place's that the whole world knows by it, or the words say in what it lies."""
    if where.lat is None or where.precision == "near":
        return False
    found = [p for p in places.candidates(where.name) if (p.lat, p.lon) == (where.lat, where.lon)]
    return where.container is not None or any(p.weight > _WELL_KNOWN and _is_own(where.name, p) for p in found)


def _is_own(name: str, place: Candidate) -> bool:
    """Whether a place is called so in its own right, and not elsewhere or in other times."""
    own = set(gazetteer.fold(place.name).split())
    return any(word in own for word in gazetteer.fold(name).split())


def _precision(place: Candidate) -> PlacePrecision:
    return "exact" if place.kind == "city" else place.kind


def _table(name: str) -> Any:
    return shelf.toml("regions.toml")[name]


# ---- votes


def _votes(story: Story) -> Iterator[_Vote]:
    """What all names of the story tell. An outlet's home is known from the table, and then its address and the end of the headline
    tell no more; else these tell of it.
    """
    host = urlsplit(story.url or "").hostname or story.outlet or ""
    home = _home(host)
    if home is None:
        yield from _told(story, host)
        return
    yield _Vote("home", ((home, 1.0),), _table("part")["home"], local=True, home=True)
    yield from (_near(vote, home) for vote in _told(story, "") if not vote.home)


@lru_cache(maxsize=4096)
def _home(host: str) -> Candidate | None:
    """The town where the outlet of an address is at home, by the table."""
    town, _, outer = outlets.home(host).partition(", ")
    found = places.candidates(town, outer) if outer else ()
    return found[0] if found else None


def _near(vote: _Vote, home: Candidate) -> _Vote:
    """The vote as readers around the outlet's home take it: of places with one name that beside them is meant, or else that in their
    unit.
    """
    likelier = [(place, share * _likelier(place, home)) for place, share in vote.shares]
    whole = 1.0 + sum(share for _, share in likelier) - sum(share for _, share in vote.shares)
    return replace(vote, shares=tuple((place, share / whole) for place, share in likelier))


def _likelier(place: Candidate, home: Candidate) -> float:
    if place.kind in ("city", "admin2") and _apart(place, home) < _HOME_KM:
        return _BESIDE_HOME
    return _IN_UNIT if place.admin1 is not None and place.admin1 == home.admin1 else 1.0


def _told(story: Story, host: str) -> Iterator[_Vote]:
    worth = _table("part")
    title = re.split(r"\s[-|–—:]+\s|\s?::\s?", story.headline)
    yield from _in_words(title[0], worth["headline"])
    for rest in title[1:]:
        yield from (replace(vote, home=True) for vote in _in_words(rest, worth["suffix"]))
    yield from _of_host(host)
    seen = 0
    for paragraph in _paragraphs(story):
        dateline = _DATELINE.match(paragraph) if seen < _OPENING else None
        if dateline is not None:
            vote = _vote(dateline.group(1).strip(), dateline.group(2), worth["dateline"], True)
            if vote is not None:
                yield vote
                paragraph = paragraph[dateline.end() :]
        yield from _in_words(paragraph[: _LEAD - seen], worth["opening" if seen < _OPENING else "lead"])
        seen += len(paragraph)
        if seen >= _LEAD:
            return


def _paragraphs(story: Story) -> Iterator[str]:
    """The paragraphs of the text, without furniture; datelines stay."""
    skip, at = [(f.start, f.end) for f in story.furniture if f.kind != "dateline"], 0
    for paragraph in story.text.split("\n"):
        if paragraph.strip() and not any(start <= at < end for start, end in skip):
            yield paragraph
        at += len(paragraph) + 1


def _in_words(words: str, worth: float) -> Iterator[_Vote]:
    cues, beside = _cues(), _table("beside")
    for run in _RUN.finditer(words):
        found = _name(run.group())
        if found is None:
            continue
        first, last, tokens = found
        name = _bare(" ".join(tokens[first:last]))
        held = _HELD.match(words, run.end()) if last == len(tokens) else None
        before = _plain((tokens[first - 1 : first] or words[: run.start()].split()[-1:] or [""])[0])
        after = _plain((tokens[last:] or words[run.end() : run.end() + 40].lstrip(" -").split(None, 1) or [""])[0])
        told = {key for key in ("within", "from") if before in cues[key]}
        told |= {key for key in ("body", "people", "quarter", "aid") if after in cues[key]}
        factor = max((beside[key] for key in told), default=beside["bare"])
        factor = min([factor, *(beside[key] for key in ("quarter", "aid") if key in told)])
        sure = bool(told & {"within", "body", "people"})
        vote = _vote(name, held.group(1), worth * max(factor, 1.0) * beside["held"], True) if held else None
        vote = vote or _vote(name, None, worth * factor, sure)
        if vote is not None:
            yield replace(vote, local=after in cues["local"])


def _plain(word: str) -> str:
    return word.lower().strip(".,")


def _bare(name: str) -> str:
    return name.removeprefix("The ").removeprefix("the ").removesuffix("'s").removesuffix("’s")


def _name(run: str) -> tuple[int, int, list[str]] | None:
    """The first and last word of the place's name in a run of words with capitals."""
    cues, tokens, units = _cues(), run.split(), _table("units")
    for first in range(min(len(tokens), 4)):
        for last in range(min(len(tokens), first + 4), first, -1):
            rest = tokens[last:]
            owned = tokens[last - 1].endswith(("'s", "’s"))
            if rest and not owned and rest[0].lower() not in cues["body"] | cues["press"]:
                continue
            name = _bare(" ".join(tokens[first:last]))
            if name.lower() in cues["before"] | cues["body"] | cues["never"] | cues["times"]:
                continue
            if (name in units and name not in cues["ambiguous"]) or (not _shouted(name) and _places(name, None)):
                return first, last, tokens
        if tokens[first].lower() not in cues["before"] and tokens[first] not in units:
            return None
    return None


def _shouted(name: str) -> bool:
    return name.isupper() and len(name) < 6


@cache
def _cues() -> dict[str, frozenset[str]]:
    times = frozenset(word.lower() for word in shelf.toml("places.toml")["around"]["times"])
    return {key: frozenset(words) for key, words in _table("words").items()} | {"times": times}


@lru_cache(maxsize=4096)
def _of_host(host: str) -> tuple[_Vote, ...]:
    """The towns that parts of an outlet's address begin with ("norwickpost.example")."""
    press = rf"\A\d*+(?:{'|'.join(_table('words')['press'])})*\d*+"
    ahead = "|".join(_table("words")["press_before"])
    made = []
    for label in host.split(".")[:-1]:
        bare = re.sub(rf"^(?:{ahead})\d*(?=\w{{4}})", "", label)
        name, found = next((pair for start in (label, bare) for pair in _glued(start, press)), ("", ()))
        if found:
            made.append(_Vote(name, _shares(name, found, True), _table("part")["outlet"], home=True))
    return tuple(made)


def _glued(label: str, press: str) -> Iterator[tuple[str, tuple[Candidate, ...]]]:
    """The names of large places that the label begins with, where words of the press end it."""
    for size in range(len(label), 3, -1):
        if not re.fullmatch(press, label[size:]):
            continue
        for name in (label[:size], *(f"{label[:n]} {label[n:size]}" for n in range(3, size - 2))):
            found = tuple(p for p in gazetteer.candidates(name) if p.kind != "city" or p.weight > _LARGE)
            if found:
                yield gazetteer.fold(name), found


def _vote(name: str, container: str | None, worth: float, sure: bool) -> _Vote | None:
    found = _places(name, container)
    return _Vote(gazetteer.fold(name), _shares(name, found, sure), worth) if found else None


@lru_cache(maxsize=16384)
def _places(name: str, container: str | None) -> tuple[Candidate, ...]:
    units = _table("units")
    if name in units and container is None:
        return places.candidates(units[name])
    if len(name) < 3 or name.isdigit():
        return ()
    if container is not None:
        plain = container.title() if container.isupper() and len(container) > 3 else container
        container = units.get(container.replace(".", "").replace(" ", "").upper(), plain)
    return places.candidates(name if not name.isupper() else name.title(), container)


def _shares(name: str, found: tuple[Candidate, ...], sure: bool) -> tuple[tuple[Candidate, float], ...]:
    """sure: whether the words tell that the name is a place's; else it may as well be somebody's."""
    # A place that is called so elsewhere, or once was, is seldom meant where others have the name.
    other = [0.0 if _is_own(name, place) else _OTHER for place in found]
    weights = [10 ** (_POWER * (place.weight - less)) for place, less in zip(found[:_MOST], other, strict=False)]
    whole = sum(weights) + 10 ** (_POWER * (_NOBODY_SURE if sure else _NOBODY))
    return tuple((place, weight / whole) for place, weight in zip(found, weights, strict=False))


# ---- counting


def _gathered(votes: Iterable[_Vote]) -> list[_Vote]:
    """One vote a name: the strongest, and half of what the others are worth, up to as much again; the later told, the less."""
    held: dict[str, list[_Vote]] = {}
    for vote in votes:
        held.setdefault(vote.name, []).append(vote)
    made, told = [], 0
    for name, same in held.items():
        best = max(same, key=lambda vote: vote.worth)
        more = min(best.worth, 0.5 * (sum(vote.worth for vote in same) - best.worth))
        home = all(vote.home for vote in same)
        local = any(vote.local for vote in same) or (not home and any(vote.home for vote in same))
        made.append(_Vote(name, best.shares, (best.worth + more) * _LATER**told, local, home))
        told += not home
    return made


def _first(votes: list[_Vote], unit: Callable[[Candidate], str | None]) -> str | None:
    """The country or unit that most is said for: names that agree tell more than one that has many namesakes."""
    told: dict[str, float] = {}
    for vote in votes:
        shares: dict[str, float] = {}
        for place, share in vote.shares:
            code = unit(place)
            if code is not None:
                shares[code] = max(shares.get(code, 0.0), share)
        for code, share in shares.items():
            told[code] = told.get(code, 0.0) + vote.worth * math.log1p(share / _LEAST)
    ranks = sorted(told, key=lambda code: (-told[code], code))
    if not ranks or told[ranks[0]] < _ENOUGH or (ranks[1:] and told[ranks[1]] > (1 - _AHEAD) * told[ranks[0]]):
        return None
    return ranks[0]


def _kept(votes: list[_Vote], holds: Callable[[Candidate], bool]) -> list[_Vote]:
    made = [_Vote(v.name, tuple((p, s) for p, s in v.shares if holds(p)), v.worth, v.local, v.home) for v in votes]
    return [vote for vote in made if vote.shares]


def _town(votes: list[_Vote]) -> tuple[Candidate, bool] | None:
    """The town, or else the district, that its own name and those around it speak for, and whether its bodies are at work."""
    votes = [replace(vote, worth=_HOME * vote.worth) if vote.home else vote for vote in votes]
    likeliest = [(vote, *max(vote.shares, key=lambda pair: pair[1])) for vote in votes]
    best: tuple[float, str, Candidate, bool] | None = None
    for vote in votes:
        for place, share in vote.shares:
            if place.kind not in ("city", "admin2"):
                continue
            around = [
                (other, other_share)
                for other, its, other_share in likeliest
                if other is not vote and its.kind != "admin1" and _apart(its, place) < _TOGETHER_KM
            ]
            score = vote.worth * share**_SOFT * (1.0 if place.kind == "city" else _DISTRICT)
            score += _AROUND * sum(other.worth * other_share**_SOFT for other, other_share in around)
            if best is None or (score, place.key) > best[:2]:
                best = (score, place.key, place, any(v.local for v in (vote, *(other for other, _ in around))))
    return best[2:] if best else None


def _apart(one: Candidate, other: Candidate) -> float:
    return places.km(one.lat, one.lon, other.lat, other.lon)


# ---- naming


def _where(place: Candidate, unit: Candidate | None) -> Where:
    land = gazetteer.country(place.country)
    container = unit.name if unit is not None else None
    return Where(place.name, container, land.name if land else None, place.lat, place.lon, _precision(place), None)


def _wide(code: str) -> Region | None:
    land = gazetteer.country(code)
    return Region(Where(land.name, None, land.name, land.lat, land.lon, "country", None), None, False) if land else None
