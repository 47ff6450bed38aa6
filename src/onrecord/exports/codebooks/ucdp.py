"""The ledger as UCDP's table of georeferenced events (GED)."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import floor

from onrecord.exports.codebooks import lands
from onrecord.exports.codebooks.dead import Dead, dead
from onrecord.exports.codebooks.facts import Casebook, Facts, numbers, several, withdrawn
from onrecord.exports.codebooks.lookup import Lookup
from onrecord.exports.codebooks.parties import NON_STATE, UNARMED, Party
from onrecord.exports.losses import Losses
from onrecord.exports.parts import File, codebook, pretty, table
from onrecord.exports.private import Row
from onrecord.exports.sheets import Sheet, columns_of
from onrecord.pipeline import View
from onrecord.records import PlacePrecision
from onrecord.wording import kinds

_WHERE: dict[PlacePrecision, int] = {
    "exact": 1, "near": 2, "admin2": 3, "admin1": 4, "region": 5, "country": 6, "sea": 7,
}  # fmt: skip
_NEVER_KNOWN = ("active_year",)
_LOOKED_UP = (
    *(
        "conflict_dset_id",
        "conflict_new_id",
        "conflict_name",
        "dyad_dset_id",
        "dyad_new_id",
        "side_a_dset_id",
        "side_a_new_id",
    ),
    *("side_b_dset_id", "side_b_new_id", "country_id", "gwnoa", "gwnob"),
)
_TABLE = "ucdp.csv"


def made(view: View, lookup: Lookup | None = None) -> Iterator[File]:
    """The table, what its columns mean, and what it could not say. view: under profile ucdp; lookup: ids that the user knows."""
    losses = Losses()
    held = [row for _, row in rows(view, losses, lookup)]
    for column in (*_NEVER_KNOWN, *_LOOKED_UP):
        if all(row[column] is None for row in held):
            why = (
                "only UCDP says it"
                if column in _NEVER_KNOWN
                else "the ledger does not know it; --lookup FILE.csv tells it"
            )
            losses.add(_TABLE, "dropped", column, None, None, f"{why}: empty in every row")
    sheet = Sheet("ucdp", columns_of("ucdp"), held)
    yield table(sheet)
    yield codebook([sheet])
    yield pretty("loss.json", losses.report("ucdp", _rules(), {_TABLE: len(sheet.rows)}))


def rows(view: View, losses: Losses, lookup: Lookup | None = None) -> Iterator[tuple[str, Row]]:
    """Each incident that gets a row, by its id. losses: where what is lost goes; an incident without a row is left out there."""
    book = Casebook(view)
    for facts in book.facts():
        dyad = _dyad(facts)
        why = _why_not(facts, dyad)
        if why is None and dyad is not None:
            yield facts.incident.id, _row(facts, dyad, losses, lookup or Lookup())
        else:
            losses.add(facts.incident.id, "left out", None, _killed(facts), None, why or "")
    book.not_happened(losses, "UCDP")


def _killed(facts: Facts) -> str:
    killed = facts.incident.killed
    return f"killed: {numbers(killed.low, killed.best, killed.high)}"


def _why_not(facts: Facts, dyad: "_Dyad | None") -> str | None:
    """Why an incident gets no row; None where it does."""
    killed = facts.incident.killed
    ends = [one for one in (killed.low, killed.best, killed.high) if one is not None]
    if not ends:
        return "how many died is unknown, and UCDP counts what has at least one death in some estimate"
    if max(ends) < 1:
        return "nobody died in any estimate"
    if facts.days is None or (facts.days[1] - facts.days[0]).days > 365:
        return "the day is not known to a year, and UCDP asks for that"
    if dyad is None:
        return f"neither the parties nor the kind, {facts.incident.kind}, tell a type of violence"
    return withdrawn(facts)


def _row(facts: Facts, dyad: "_Dyad", losses: Losses, lookup: Lookup) -> Row:
    if not dyad.sure:
        why = "by the kind, for the parties do not tell"
        losses.add(facts.incident.id, "guessed", "type_of_violence", facts.incident.kind, dyad.type, why)
    side_a, side_b = _called(dyad.a), _called(dyad.b)
    name = f"{side_a} - {side_b}" if side_a and side_b else None
    ids = lookup.ids(side_a, side_b, name, facts.land.name if facts.land else None)
    assert facts.days is not None
    first, last = facts.days
    row: Row = {
        "id": facts.number,
        "relid": f"{facts.acronym}-{first.year}-{dyad.type}-{ids['dyad_new_id'] or 0}-{facts.number}",
        "year": first.year,
        "active_year": None,
        "code_status": "Clear" if facts.words("review") in ("confirmed", "decided") else None,
        "type_of_violence": dyad.type,
        "dyad_name": name,
        "side_a": side_a,
        "side_b": side_b,
        **ids,
        **_sources(facts, losses),
        **_place(facts, losses),
        "event_clarity": 1 if first == last and facts.incident.status == "happened" else 2,
        "date_prec": _date_precision((last - first).days + 1),
        "date_start": f"{first} 00:00:00.000",
        "date_end": f"{last} 00:00:00.000",
        **_deaths(facts, dyad, losses),
    }
    return {column.name: row[column.name] for column in columns_of("ucdp")}


def _date_precision(days: int) -> int:
    return next((code for code, most in ((1, 1), (2, 6), (3, 7), (4, 31)) if days <= most), 5)


# ---- who and whom


@dataclass(frozen=True, slots=True)
class _Dyad:
    """Who fights whom. sure: the parties tell the type, and not only the kind."""

    type: int
    a: Party
    b: Party
    sure: bool


def _dyad(facts: Facts) -> _Dyad | None:
    """The type of violence and its sides; None where neither the parties nor the kind tell it."""
    actor, target = facts.actor, facts.target
    usual = kinds.kind(facts.incident.kind).ucdp_type
    if target.side in UNARMED and actor.side not in UNARMED:
        # Of what the table does not count as armed force, civilians hit by nobody known are no sign
        return _Dyad(3, actor, _CIVILIANS, target.side != "unsaid") if usual or actor.side else None
    state = "state" in (actor.side, target.side)
    both = _fights(actor) and _fights(target)
    if state and (both or target.side == "state"):
        a, b = (target, actor) if actor.side != "state" and target.side == "state" else (actor, target)
        return _Dyad(1, a, b, both)
    if both:
        return _Dyad(2, actor, target, True)
    if usual is None:
        return None
    return _Dyad(usual, actor, _CIVILIANS if usual == 3 else target if _fights(target) else _NOBODY, False)


_CIVILIANS = Party("Civilians", "civilians")
_NOBODY = Party(None)


def _fights(party: Party) -> bool:
    return party.side == "state" or party.side in NON_STATE


def _called(party: Party) -> str | None:
    """A side as UCDP calls it."""
    own = party.sort in ("state", "forces", "police", "intelligence", "body")
    return f"Government of {party.country}" if own and party.country is not None else party.name


# ---- sources and places


def _sources(facts: Facts, losses: Losses) -> Row:
    if not facts.incident.reports:
        why = "the codebook's word for unknown: no report of its own has a sourced claim"
        losses.add(facts.incident.id, "guessed", "number_of_sources", 0, -1, why)
    told = [(one.outlet or "", str(one.day or ""), one.headline) for one in facts.reports]
    office, day, headline = (
        [piece.replace(";", ",") for piece in one] for one in (list(zip(*told, strict=True)) or [()] * 3)
    )
    return {
        "number_of_sources": len(facts.incident.reports) or -1,
        "source_article": ";".join(",".join(pieces) for pieces in zip(office, day, headline, strict=True)) or None,
        "source_office": _parallel(office),
        "source_date": _parallel(day),
        "source_headline": _parallel(headline),
        "source_original": several(facts.listed("sources"), ";"),
    }


def _parallel(pieces: list[str]) -> str | None:
    return ";".join(pieces) if any(pieces) else None


def _place(facts: Facts, losses: Losses) -> Row:
    where, land = facts.incident.where, facts.land
    adm_1, adm_2 = lands.units(where)
    precision = _WHERE.get(where.precision) if where is not None else None
    lat = _degrees(facts, "latitude", where.lat if where is not None else None, losses)
    lon = _degrees(facts, "longitude", where.lon if where is not None else None, losses)
    located = lat is not None and lon is not None
    inside = where.container if where is not None else None
    return {
        "where_prec": precision if precision is not None else 6 if land is not None else None,
        "where_coordinates": facts.words("place") if located else None,
        "where_description": ", ".join(filter(None, (facts.words("place"), inside))) or None,
        "adm_1": adm_1,
        "adm_2": adm_2,
        "latitude": lat,
        "longitude": lon,
        "geom_wkt": f"POINT ({lon} {lat})" if located else None,
        "priogrid_gid": cell(lat, lon) if lat is not None and lon is not None else None,
        "country": land.name if land is not None else None,
        "region": land.ucdp if land is not None else None,
    }


def _degrees(facts: Facts, column: str, exact: float | None, losses: Losses) -> float | None:
    if exact is None:
        return None
    found = round(exact, 6)
    if found != exact:
        losses.add(facts.incident.id, "rounded", column, exact, found, "UCDP has 6 decimals")
    return found


def cell(lat: float, lon: float) -> int:
    """The cell of the PRIO-GRID that a point lies in: half degrees from 90 south and 180 west, 720 in a row, from 1."""
    row = min(floor((lat + 90) * 2), 359)
    return row * 720 + min(floor((lon + 180) * 2), 719) + 1


# ---- deaths


def _deaths(facts: Facts, dyad: _Dyad, losses: Losses) -> Row:
    killed = facts.incident.killed
    for column, value in (("best", killed.best), ("high", killed.high), ("low", killed.low)):
        if value is None:
            had = numbers(killed.low, killed.best, killed.high)
            losses.add(facts.incident.id, "dropped", column, had, None, f"no source tells {column}; it is not made up")
    if facts.incident.injured.high or facts.incident.injured.best or facts.incident.injured.low:
        injured = facts.incident.injured
        had = f"injured: {numbers(injured.low, injured.best, injured.high)}"
        losses.add(facts.incident.id, "dropped", "injured", had, None, "UCDP has no column for the injured")
    split = dead(facts, dyad.a, dyad.b) if killed.best is not None else Dead()
    known = split.a + split.b + split.civilians
    return {
        "deaths_a": split.a if killed.best is not None else None,
        "deaths_b": split.b if killed.best is not None else None,
        "deaths_civilians": split.civilians if killed.best is not None else None,
        "deaths_unknown": killed.best - known if killed.best is not None else None,
        "best": killed.best,
        "high": killed.high,
        "low": killed.low,
    }


@cache
def _rules() -> str:
    raw = files("onrecord.exports").joinpath("codebooks/ucdp.toml").read_text("utf-8")
    return str(tomllib.loads(raw)["rules"])
