"""Place names → where they are; "30 km north of Y" → a point; words of a country → the country."""

import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from onrecord.records import PlacePrecision, Where
from onrecord.wording import gazetteer, shelf
from onrecord.wording.gazetteer import Candidate

EARTH_KM = 6371.0
# What hints add to the weight of a candidate (a logarithm of population) in the same country, in the same unit of it,
# and within some 100 km.
_SAME_COUNTRY, _SAME_UNIT, _SAME_CORNER = 2.0, 4.0, 4.0
# A namesake of a container this much lighter is not meant.
_FAR_BEHIND = 2.0
# A city at least this heavy is meant rather than the unit around it that bears its name.
_CITY_BEFORE_UNIT = 4.3
# A rival this close in weight leaves the name undecided, unless it lies this near.
_MARGIN, _NEAR_KM = 0.5, 60.0
# A place lighter than this is believed only where a hint lies in its country: villages share names with everything.
_KNOWN = {"city": math.log10(15_000), "admin1": 5.0, "admin2": 9.0}
_PRECISION: dict[str, PlacePrecision] = {"city": "exact"}
_MOST_HINTS = 40
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Offset:
    """A place told by another one. relation: "offset" (a distance or a bearing is told), "near", "outside" or "off"
    (at sea before it); anchor: the other place, as worded; km: distance, bearing: degrees clockwise from north, each
    None where not told. start, end: where the words stand in the text that was given.
    """

    relation: Literal["offset", "near", "outside", "off"]
    anchor: str
    km: float | None
    bearing: float | None
    start: int
    end: int


def resolve(name: str, hints: tuple[str, ...] = ()) -> Where | None:
    """Where a name is. hints: other places named in the story and the outlet's country, in any order.

    A name that several places share is decided by weight and hints; where two stay close, the Where has the name and no
    coordinates. None for a name that no table holds. "Paris, Texas" is Paris in Texas. The span is None.
    """
    if len(name) > _LONGEST or name == name.lower():
        return None
    inner, _, outer = (part.strip() for part in name.partition(", "))
    container = outer.rstrip(" ,;:") or None
    words, plain = _trimmed(inner), _spelled_out(inner)
    found = _found(plain)
    if not found:
        return None
    shares = tuple(_shares(hint) for hint in hints[:_MOST_HINTS] if _trimmed(hint) not in (words, name))
    unit = plain.rpartition(" ")[2] in shelf.toml("places.toml")["around"]["units"]
    best = _decided(_within(found, container) if container else found, shares, bool(container) or unit)
    if best is None:
        shared = None if container else _shared_country(found, shares)
        return Where(words, container, shared, None, None, "unknown", None)
    land = gazetteer.country(best.country)
    precision = _PRECISION.get(best.kind, best.kind)
    return Where(words, container, land.name if land else None, best.lat, best.lon, precision, None)  # type: ignore[arg-type]


def candidates(name: str, container: str | None = None) -> tuple[Candidate, ...]:
    """Every place that the words may mean, likeliest first; with a container, those alone that lie in it."""
    if len(name) > _LONGEST:
        return ()
    found = _found(_spelled_out(name))
    return _within(found, container) if container else found


@lru_cache(maxsize=16384)
def country_of(words: str) -> str | None:
    """The usual English name of the country that the words name or are a demonym of ("Iranian", "the UK"), else None:
    a capital is no country.
    """
    bare = words.strip(" ,.;:'’").removesuffix("'s").removesuffix("’s")
    if not bare[:1].isupper() and not bare.startswith("the "):
        return None
    bare = bare.removeprefix("the ").removeprefix("The ")
    land = gazetteer.country_named(bare) or (gazetteer.country_of_demonym(bare) if bare[:1].isupper() else None)
    return land.name if land else None


def is_demonym(word: str) -> bool:
    """Whether the word names the people or things of a country ("Iranian"), and not the country."""
    return word[:1].isupper() and gazetteer.country_of_demonym(word) is not None


def offset_point(lat: float, lon: float, distance_km: float, bearing_words: str) -> tuple[float, float] | None:
    """The point in that distance and direction ("south-east") on a sphere, in degrees; None for unknown words."""
    bearing = _bearing(bearing_words)
    return None if bearing is None else _moved(lat, lon, distance_km, bearing)


def near(text: str) -> tuple[Offset, ...]:
    """The places that the text tells by another one ("30 km north of Y", "off the coast of X", "near Y"), in order."""
    found, last = [], 0
    for match in _offset_pattern().finditer(text):
        if match.start() < last:
            continue
        offset = _read(match)
        if offset is not None:
            found.append(offset)
            last = match.end()
    return tuple(found)


def displaced(anchor: Where, offset: Offset) -> Where:
    """The anchor's Where, moved by the offset as far as it tells, with the precision that remains."""
    lat, lon = anchor.lat, anchor.lon
    if lat is not None and lon is not None and offset.km is not None and offset.bearing is not None:
        lat, lon = _moved(lat, lon, offset.km, offset.bearing)
    exact = anchor.precision in ("exact", "near", "admin2") or (offset.km is not None and offset.bearing is not None)
    precision: PlacePrecision = "sea" if offset.relation == "off" else "near" if exact else anchor.precision
    return Where(anchor.name, anchor.container, anchor.country, lat, lon, precision, anchor.span)


def _spelled_out(name: str) -> str:
    """The name to look up: a short form spelled out ("Calif."), else trimmed."""
    short: dict[str, str] = shelf.toml("places.toml")["short"]
    return short.get(name.strip(" ,;:"), _trimmed(name))


def _trimmed(name: str) -> str:
    """The name without article, possessive, "-based" and the like, and marks at its ends."""
    words = " ".join(name.split()).strip(" ,;:")
    words = words[4:] if words[:4].casefold() == "the " else words
    words = words.removesuffix("'s").removesuffix("’s").rstrip("'’")
    return words if "." in words[:-1] else words.rstrip(".")


# ---- deciding between places of one name


@lru_cache(maxsize=8192)
def _found(name: str) -> tuple[Candidate, ...]:
    """The candidates for a name: as it stands, else without the words that places are dressed in."""
    around = shelf.toml("places.toml")["around"]
    name = shelf.toml("places.toml")["usual"].get(gazetteer.fold(name), name)
    head, _, last = name.rpartition(" ")
    plain = gazetteer.candidates(name)
    stem, _, tail = name.rpartition("-")
    if not plain and stem and tail in around["joined"]:
        return _found(stem)
    if head and last in around["units"]:
        units = tuple(place for place in gazetteer.candidates(head) if place.kind not in ("city", "country"))
        if not plain or units:
            return (*plain, *units) if plain else units or gazetteer.candidates(head)
    if plain or not name[:1]:
        return plain or _of_demonym(name)
    for words in () if last in around["sides"] else (*around["before"], *around["compass"]):
        if name.casefold().startswith(words + " "):
            return _found(name[len(words) + 1 :])
    if head and last in around["behind"]:
        return _found(head)
    return _of_demonym(name)


def _of_demonym(name: str) -> tuple[Candidate, ...]:
    land = gazetteer.country_of_demonym(name) if name[:1].isupper() else None
    return gazetteer.own(land.name) if land else ()


def _decided(found: tuple[Candidate, ...], shares: tuple[dict[str | None, float], ...], sure: bool) -> Candidate | None:
    """The candidate that weight and hints decide for; None where a rival that matters stays close, or where all there
    is is a village that nothing backs. sure: the words tell more than a name ("Tarn, France", "Tarn province").
    """
    scored = [(place.weight + _support(place, shares), place) for place in found]
    scored.sort(key=lambda pair: (-pair[0], pair[1].name, pair[1].key))
    if not scored:
        return None
    score, best = scored[0]
    if any(score - other < _MARGIN and not _agree(best, rival) for other, rival in scored[1:]):
        return None
    best = _city_of(best, found) if best.kind == "admin1" else best
    if best.weight < _KNOWN.get(best.kind, 0.0) and not sure and not _backed(best.country, shares):
        return None
    return best


def _city_of(unit: Candidate, found: tuple[Candidate, ...]) -> Candidate:
    """The city within the unit that shares the name, where it is no village; else the unit."""
    for place in found:
        if place.kind == "city" and place.admin1 == unit.admin1 and place.weight > _CITY_BEFORE_UNIT:
            return place
    return unit


def _within(found: tuple[Candidate, ...], container: str) -> tuple[Candidate, ...]:
    """Those of the candidates that lie in a place of the container's name, for the likeliest such place; none where
    no table holds the container: a place in an unknown land is not its namesake elsewhere.
    """
    outers = _found(_spelled_out(container))
    for outer in (outer for outer in outers if outer.weight > outers[0].weight - _FAR_BEHIND):
        inside = tuple(place for place in found if _lies_in(place, outer))
        if inside:
            return inside
    return ()


def _lies_in(place: Candidate, outer: Candidate) -> bool:
    if outer.kind == "country":
        return place.country == outer.country
    if outer.kind == "admin1":
        return place.admin1 == outer.admin1
    reach = 400.0 if outer.kind in ("region", "sea") else 80.0
    return place.kind != "country" and km(place.lat, place.lon, outer.lat, outer.lon) < reach


def _backed(country: str | None, shares: tuple[dict[str | None, float], ...]) -> bool:
    """Whether any hint speaks for the country."""
    return any(share.get(country, 0.0) > 0.2 for share in shares)


def _support(place: Candidate, shares: tuple[dict[str | None, float], ...]) -> float:
    """What the hints add: half for the one that fits best, half for how many of them fit."""
    if not shares or place.country is None:
        return 0.0
    total = 0.0
    corner = _corner(place) if place.kind in ("city", "admin2") else None
    for weight, code in ((_SAME_COUNTRY, place.country), (_SAME_UNIT, place.admin1), (_SAME_CORNER, corner)):
        fits = [share.get(code, 0.0) for share in shares] if code else [0.0]
        total += weight * (0.5 * max(fits) + 0.5 * sum(fits) / len(fits))
    return total


def _corner(place: Candidate, down: int = 0, right: int = 0) -> str:
    """The half-degree field that the place lies in, or one beside it."""
    return f"{math.floor(place.lat * 2) + down} {math.floor(place.lon * 2) + right}"


@lru_cache(maxsize=8192)
def _shares(hint: str) -> dict[str | None, float]:
    """How much a hint speaks for each country, unit and corner of the world: 1 where it can mean nothing else."""
    places = _found(_spelled_out(hint.partition(", ")[0]))[:40]
    weights = [10 ** (0.5 * place.weight) for place in places]
    shares: dict[str | None, float] = {}
    for place, weight in zip(places, weights, strict=True):
        share = weight / sum(weights)
        for code in filter(None, (place.country, place.admin1)):
            shares[code] = shares.get(code, 0.0) + share
        if place.kind in ("city", "admin2"):
            for code in (_corner(place, down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)):
                shares[code] = max(shares.get(code, 0.0), math.sqrt(share))
    return shares


def _agree(one: Candidate, other: Candidate) -> bool:
    """Whether it does not matter which of the two is meant: near each other, or one within the other."""
    if one.admin1 is not None and one.admin1 == other.admin1 and "admin1" in (one.kind, other.kind):
        return True
    if one.country == other.country is not None and {"region", "country"} & {one.kind, other.kind}:
        return True
    return km(one.lat, one.lon, other.lat, other.lon) < _NEAR_KM


def _shared_country(found: tuple[Candidate, ...], shares: tuple[dict[str | None, float], ...]) -> str | None:
    """The country that all candidates lie in, unless they are villages that nothing backs."""
    codes = sorted({place.country or "" for place in found})
    if len(codes) > 1 or (found[0].weight < _KNOWN.get(found[0].kind, 0.0) and not _backed(codes[0], shares)):
        return None
    land = gazetteer.country(codes[0])
    return land.name if land else None


# ---- distances and bearings


def km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """How far two points lie from each other on a sphere, in kilometres; the points in degrees."""
    a, b, c, d = map(math.radians, (lat, lon, other_lat, other_lon))
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def _moved(lat: float, lon: float, km: float, bearing: float) -> tuple[float, float]:
    a, b, way, turn = math.radians(lat), math.radians(lon), km / EARTH_KM, math.radians(bearing)
    c = math.asin(max(-1.0, min(1.0, math.sin(a) * math.cos(way) + math.cos(a) * math.sin(way) * math.cos(turn))))
    d = b + math.atan2(math.sin(turn) * math.sin(way) * math.cos(a), math.cos(way) - math.sin(a) * math.sin(c))
    return round(math.degrees(c), 5), round((math.degrees(d) + 540) % 360 - 180, 5)


def _bearing(words: str) -> float | None:
    key = words.casefold().replace(" ", "-").replace("ern", "").strip("-")
    table: dict[str, float] = shelf.toml("places.toml")["bearing"]
    parts = key.split("-")
    joined = "".join(parts) if len(parts) == 2 else "-".join([parts[0], "".join(parts[1:])])
    found = table.get(key, table.get(joined))
    return None if found is None else float(found)


@cache
def _offset_pattern() -> re.Pattern[str]:
    table = shelf.toml("places.toml")
    spelled = "|".join(sorted(table["number"], key=lambda word: (-len(word), word)))
    unit = "|".join(sorted(table["unit"], key=lambda word: (-len(word), word)))
    turn = r"(?:north|south|east|west)(?:[- ]?(?:north|south|east|west)){0,2}(?:ern)?"
    word = r"[A-ZÀ-Þ][\w’'-]{0,40}"
    anchor = rf"(?:the )?(?:(?:port |coastal |border |provincial )?(?:city|town|village|port|island|district|province)(?: of)? |capital,? )?(?P<anchor>(?:(?:St|Mt|Ft)\. )?{word}(?: (?:(?:of|de|al|el|la|du|del) )?{word}){{0,4}})"
    distance = rf"(?:(?<![\d.,])(?P<number>\d{{1,4}}(?:[.,]\d{{1,3}})?)[ -]?|\b(?P<spelled>{spelled})[ -])(?P<unit>{unit})\b(?: \(\d[\d.,]{{0,6}} [\w ]{{1,15}}\))?"
    side = rf"(?:(?:to the |due )?(?P<turn>{turn}) (?:of|from|off)|from|off|outside|away from|offshore from)"
    coast = rf"(?: the)?(?: {turn})? (?:coast|coastline|shores?) of"
    alone = rf"\b(?:just |to the )?(?P<turn2>{turn}) of"
    close = r"\b(?P<close>near|close to|not far from|in the vicinity of|next to|adjacent to|around)"
    out = r"\b(?P<out>outside|on the outskirts of|at the edge of|on the edge of)"
    off = rf"\b(?P<off>off)(?:{coast})?"
    return re.compile(
        rf"(?=\d|\b[a-z]{{2}}|\ba[ -])(?:{distance} {side}(?:{coast})?|{alone}|{off}|{close}|{out}) {anchor}"
    )


def _read(match: re.Match[str]) -> Offset | None:
    words = match.groupdict()
    if words["anchor"].partition(" ")[0] in shelf.toml("places.toml")["around"]["times"]:
        return None
    anchor = words["anchor"].removesuffix("'s").removesuffix("’s").rstrip("'’-")
    turn = words["turn"] or words["turn2"]
    bearing = _bearing(turn) if turn else None
    number = words["number"] or words["spelled"]
    if number is not None:
        km = _figure(number) * float(shelf.toml("places.toml")["unit"][words["unit"]])
        relation: Literal["offset", "near", "outside", "off"] = "off" if " off " in f"{match.group()} " else "offset"
        return Offset(relation, anchor, round(km, 3), bearing, match.start(), match.end())
    if words["turn2"] is not None:
        return Offset("offset", anchor, None, bearing, match.start(), match.end()) if bearing is not None else None
    relation = "off" if words["off"] else "near" if words["close"] else "outside"
    return Offset(relation, anchor, None, None, match.start(), match.end())


def _figure(words: str) -> float:
    spelled: dict[str, int] = shelf.toml("places.toml")["number"]
    if words in spelled:
        return float(spelled[words])
    whole, mark, rest = words.replace(",", "." if len(words.rpartition(",")[2]) != 3 else "").partition(".")
    return float(f"{whole}{mark}{rest}")
