"""Countries, their regions and units, as codebooks write them."""

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import pycountry

from onrecord.records import Where
from onrecord.wording import gazetteer, places

NOWHERE = "ZZZ"
"""The acronym of an unknown country: ISO 3166 leaves it to its users."""


@dataclass(frozen=True, slots=True)
class Land:
    """A country. name: in English; acronym: three letters, `NOWHERE` without one; number: ISO 3166 numeric; acled, ucdp: the regions of
    the codebooks.
    """

    name: str
    acronym: str = NOWHERE
    number: int | None = None
    acled: str | None = None
    ucdp: str | None = None


@lru_cache(maxsize=1024)
def land(name: str | None) -> Land | None:
    """The country of that name; without codes where no table holds it. None for none."""
    if name is None:
        return None
    known = gazetteer.country_named(name)
    if known is None:
        return Land(name)
    coded = pycountry.countries.get(alpha_2=known.code)
    acled = _regions()["acled"].get(known.code)
    return Land(
        name,
        coded.alpha_3 if coded else NOWHERE,
        int(coded.numeric) if coded else None,
        acled,
        _regions()["countries"].get(known.code) or _regions()["ucdp"].get(acled or ""),
    )


@lru_cache(maxsize=65536)
def _unit(name: str, country: str | None) -> str | None:
    found = places.resolve(name, (country,) if country else ())
    return found.precision if found is not None else None


def units(where: Where | None) -> tuple[str | None, str | None]:
    """The first and the second level unit that a place is or lies in, as far as its own words tell."""
    if where is None:
        return None, None
    held: dict[str, str] = {where.precision: where.name}
    if where.container is not None:
        held.setdefault(_unit(where.container, where.country) or "unknown", where.container)
    return held.get("admin1"), held.get("admin2")


@cache
def _regions() -> dict[str, dict[str, str]]:
    raw: dict[str, Any] = tomllib.loads(files("onrecord.exports").joinpath("codebooks/regions.toml").read_text("utf-8"))
    return {
        name: {one: region for region, held in raw[table].items() for one in held}
        for name, table in (("acled", "acled"), ("ucdp", "ucdp"), ("countries", "ucdp_countries"))
    }
