"""Records of another project (ACLED- or GED-shaped CSV) beside the ledger: matched, differing, only here, only there, and why.

They are compared with and never taken over: nothing of them goes into the ledger. Figures are compared as that project's
codebook makes them of the same words.
"""

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from onrecord.errors import BadTable
from onrecord.exports import setting, tables
from onrecord.exports.codebooks import acled, ucdp
from onrecord.exports.losses import Losses
from onrecord.exports.private import Cell, Row
from onrecord.exports.returned import Page
from onrecord.exports.setting import Unclear
from onrecord.pipeline import View, under
from onrecord.records import Bounds
from onrecord.wording import actors, kinds, places
from onrecord.wording.gazetteer import fold

Found = Literal["matched", "differing", "only here", "only there"]


@dataclass(frozen=True, slots=True)
class Record:
    """One of theirs. slack: how many days its days may be off by; km: how far its place. killed: as its codebook has it, empty
    for unknown.
    """

    id: str
    number: int
    first: date
    last: date
    slack: int
    place: str | None
    country: str | None
    point: tuple[float, float] | None
    km: float
    kind: str
    kind_within: str | None
    actors: tuple[str, ...]
    killed: Bounds


@dataclass(frozen=True, slots=True)
class Pair:
    """What stands beside what. here: the row of the incident; there: the record; why: what speaks for it, in words; differs: each
    field that does, with what either says.
    """

    state: Found
    here: Row | None
    there: Record | None
    why: tuple[str, ...] = ()
    differs: tuple[tuple[str, str | None, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """The whole comparison with one file. beyond: how many incidents lie outside of the days that it tells of, or have no day,
    and are not compared.
    """

    name: str
    form: str
    records: int
    beyond: int
    pairs: tuple[Pair, ...]


@cache
def forms() -> Mapping[str, Mapping[str, Any]]:
    """The shapes that are known, by name, as outside.toml has them."""
    raw = _raw()
    return {name: one for name, one in raw.items() if name != "matching"}


@cache
def _raw() -> dict[str, Any]:
    return tomllib.loads(files("onrecord.exports").joinpath("outside.toml").read_text("utf-8"))


def known() -> frozenset[str]:
    """Every column that such files are known by or read from."""
    return frozenset(name for one in forms().values() for names in one["columns"].values() for name in names)


def form_of(header: Sequence[str]) -> str | None:
    """Which shape a table has, by the names of its columns; None for none of them."""
    here = {column.casefold().strip() for column in header}
    for name, form in forms().items():
        if all(here & set(form["columns"][field]) for field in form["known_by"]):
            return name
        if "order" in form and len(header) == len(form["order"]) and header[0].strip().isdigit():
            return name
    return None


def records(page: Page, form: str) -> Iterator[Record]:
    """The records of a page of that shape. Raises BadTable, with the row, for a day, a number or a point that is none."""
    shape = forms()[form]
    order = shape.get("order", ())
    renamed = dict(zip(page.header, order, strict=False)) if page.header[0].strip().isdigit() else {}
    for number, cells in page.rows:
        row = {renamed.get(column, column): cell for column, cell in cells.items()}
        try:
            yield _record(shape, number, row)
        except Unclear as error:
            raise BadTable(f"{page.name}: row {number}: {error}") from error


def _record(shape: Mapping[str, Any], number: int, row: Mapping[str, Cell]) -> Record:
    def cell(field: str) -> Cell:
        names = shape["columns"].get(field, ())
        return next((row[name] for name in names if row.get(name) not in (None, "")), None)

    def grade(field: str, table: str) -> int:
        found = setting.whole(field, cell(field))
        return int(shape[table].get(str(found), shape[table]["1"]))

    first, last = (_day(field, cell(field)) for field in ("first", "last"))
    lat, lon = setting.degrees("latitude", cell("latitude"), 90), setting.degrees("longitude", cell("longitude"), 180)
    named = (setting.text(cell(field)) for field in ("actor", "other_actor"))
    return Record(
        setting.text(cell("id")) or f"row {number}",
        number,
        first,
        max(first, last),
        grade("day_precision", "days"),
        # A place without a point is only described: its name, then what it lies in
        setting.text(cell("place")) or (setting.text(cell("place_words")) or "").partition(",")[0].strip() or None,
        setting.text(cell("country")),
        (lat, lon) if lat is not None and lon is not None else None,
        grade("place_precision", "km"),
        setting.text(cell("kind")) or "",
        setting.text(cell("kind_within")),
        tuple(one for one in named if one),
        _killed(cell),
    )


def _killed(cell: Any) -> Bounds:
    """Of ACLED one figure, 0 for none and for unknown; of GED three."""
    one = setting.whole("fatalities", cell("fatalities"))
    if one is not None:
        return Bounds(one, one, one) if one else Bounds(None, None, None)
    low, best, high = (setting.whole(field, cell(field)) for field in ("low", "best", "high"))
    return Bounds(low, best, high)


def _day(field: str, cell: Cell) -> date:
    """A day; GED writes the moment at which it begins, old ACLED files the month in letters ("01 March 2031")."""
    words = str(setting.text(cell) or "")
    if len(parts := words.split()) == 3 and parts[1].isalpha() and parts[1].casefold()[:3] in _MONTHS:
        words = f"{parts[2]}-{_MONTHS.index(parts[1].casefold()[:3]) + 1:02}-{parts[0]:0>2}"
    found = setting.day(field, words)
    if found is None:
        raise Unclear(f"{field}: there is no day")
    return found


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


# ---- beside each other


def compare(view: View, name: str, form: str, found: Sequence[Record]) -> Beside:
    """The ledger beside those records. Each incident is matched with one of them at most, the likeliest first."""
    seen = under(view, forms()[form]["profile"])
    rows = list(tables.rows(seen, "incidents"))
    if not found:
        return Beside(name, form, 0, len(rows), ())
    slack = timedelta(max(one.slack for one in found))
    since, until = min(one.first for one in found) - slack, max(one.last for one in found) + slack
    within = [row for row in rows if _lies(row, since, until)]
    sides = _Sides(within, found, form, _filed(seen, form))
    matched = dict(sides.matches())
    pairs = [sides.pair(here, there) for here, there in matched.items()]
    pairs += [Pair("only here", row, None) for n, row in enumerate(within) if n not in matched]
    taken = set(matched.values())
    pairs += [Pair("only there", None, one) for n, one in enumerate(found) if n not in taken]
    return Beside(name, form, len(found), len(rows) - len(within), tuple(sorted(pairs, key=_order)))


def _filed(view: View, form: str) -> dict[str, tuple[str | None, str | None]]:
    """How each incident is filed there, head and kind within, as the export files it; one without a row by its kind alone."""
    found: dict[str, tuple[str | None, str | None]] = {}
    for incident in view.derived.incidents:
        kind = kinds.kind(incident.kind)
        by_kind = (kind.acled_event, kind.acled_sub_event)
        found[incident.id] = (str(kind.ucdp_type), None) if form == "ged" else by_kind
    if form == "ged":
        return found | {id_: (str(row["type_of_violence"]), None) for id_, row in ucdp.rows(view, Losses())}
    rows = acled.rows(view, Losses())
    return found | {id_: (str(row["event_type"]), str(row["sub_event_type"])) for id_, row in rows}


def _order(pair: Pair) -> tuple[str, str, str]:
    here = str(pair.here["first_day"]) if pair.here is not None else ""
    there = pair.there.first.isoformat() if pair.there is not None else ""
    return (here or there, str(pair.here["id"]) if pair.here is not None else "", pair.there.id if pair.there else "")


def _lies(row: Row, since: date, until: date) -> bool:
    days = _days(row)
    return days is not None and days[0] <= until and days[1] >= since


def _days(row: Row) -> tuple[date, date] | None:
    first, last = row["first_day"], row["last_day"]
    if first is None and last is None:
        return None
    return date.fromisoformat(str(first or last)), date.fromisoformat(str(last or first))


class _Sides:
    """Incidents on one side, records on the other, both by their place in the order."""

    def __init__(
        self,
        rows: Sequence[Row],
        found: Sequence[Record],
        form: str,
        filed: Mapping[str, tuple[str | None, str | None]],
    ) -> None:
        self._rows, self._records, self._form, self._filed = rows, found, form, filed
        self._weights: Mapping[str, float] = _raw()["matching"]
        self._by_day: defaultdict[date, list[int]] = defaultdict(list)
        self._long: list[int] = []
        for n, row in enumerate(rows):
            days = _days(row)
            assert days is not None
            if (days[1] - days[0]).days > 62:
                self._long.append(n)
            else:
                for off in range((days[1] - days[0]).days + 1):
                    self._by_day[days[0] + timedelta(off)].append(n)

    def matches(self) -> Iterator[tuple[int, int]]:
        """Which row is which record, each once."""
        scored: list[tuple[float, int, int]] = []
        for there, record in enumerate(self._records):
            for here in sorted(self._near(record)):
                score = sum(weight for weight, _ in self._for(self._rows[here], record))
                if score >= self._weights["least"]:
                    scored.append((-score, here, there))
        here_taken, there_taken = set[int](), set[int]()
        for _, here, there in sorted(scored):
            if here not in here_taken and there not in there_taken:
                here_taken.add(here)
                there_taken.add(there)
                yield here, there

    def _near(self, record: Record) -> set[int]:
        found = set(self._long)
        span = (record.last - record.first).days + 2 * record.slack + 1
        for off in range(min(span, 800)):
            found.update(self._by_day.get(record.first - timedelta(record.slack) + timedelta(off), ()))
        return found

    def pair(self, here: int, there: int) -> Pair:
        """Both, with what speaks for it, and what differs."""
        row, record = self._rows[here], self._records[there]
        why = tuple(words for _, words in self._for(row, record))
        differs = tuple(self._differs(row, record))
        return Pair("differing" if differs else "matched", row, record, why, differs)

    # ---- what speaks for it

    def _for(self, row: Row, record: Record) -> list[tuple[float, str]]:
        """Weights and words. Without a day within what either says, and a place, nothing does."""
        day, place = self._day(row, record), self._place(row, record)
        if day is None or place is None:
            return []
        return [day, place, *self._kind(row, record), *self._actor(row, record)]

    def _day(self, row: Row, record: Record) -> tuple[float, str] | None:
        apart = _apart(row, record)
        if apart == 0:
            return self._weights["same_day"], "same day"
        if apart <= record.slack:
            return self._weights["near_day"], f"{apart} day{'s' if apart > 1 else ''} apart, within their precision"
        return None

    def _place(self, row: Row, record: Record) -> tuple[float, str] | None:
        if _same_name(row["place"], record.place):
            return self._weights["same_place"], f"both at {record.place}"
        distance = _distance(row, record)
        if distance is not None:
            if distance > record.km:
                return None
            return self._weights["near"], f"{distance:.0f} km apart, within {record.km:g}"
        if _same_name(row["country"], record.country):
            return self._weights["country_only"], f"both in {record.country}, no place on one side"
        return None

    def _kind(self, row: Row, record: Record) -> Iterator[tuple[float, str]]:
        alike = self._alike(row, record)
        if alike is not None:
            exactly = alike == "same"
            yield (
                self._weights["same_kind" if exactly else "alike_kind"],
                f"{row['kind']} is {record.kind_within or record.kind}",
            )

    def _actor(self, row: Row, record: Record) -> Iterator[tuple[float, str]]:
        for name in (row["actor"], row["target"]):
            if name is not None and (shared := _shared(str(name), record.actors)):
                yield self._weights["same_actor"], f"{name} is {shared}"
                return

    def _alike(self, row: Row, record: Record) -> Literal["same", "alike"] | None:
        """Whether the incident is filed just so, or under the same head."""
        head, within = self._filed[str(row["id"])]
        if record.kind_within is not None and within == record.kind_within:
            return "same"
        if head != record.kind:
            return None
        return "same" if self._form == "ged" else "alike"

    # ---- what differs

    def _differs(self, row: Row, record: Record) -> Iterator[tuple[str, str | None, str | None]]:
        here = _killed_here(row)
        if not _agree(here, record.killed, self._form):
            yield "fatalities", _figure(here), _figure(record.killed)
        if _apart(row, record):
            yield "day", _span(_days(row)), _span((record.first, record.last))
        if not _same_name(row["place"], record.place):
            distance = _distance(row, record)
            if distance is None or distance > self._weights["apart_km"]:
                yield "place", None if row["place"] is None else str(row["place"]), record.place
        if self._alike(row, record) is None:
            yield "type", str(row["kind"]), record.kind_within or record.kind or None


def _apart(row: Row, record: Record) -> int:
    """Days between the two; 0 where they share one."""
    days = _days(row)
    assert days is not None
    return max((days[0] - record.last).days, (record.first - days[1]).days, 0)


def _same_name(one: Cell, other: str | None) -> bool:
    if one is None or other is None:
        return False
    here, there = fold(str(one)), fold(other)
    # "Varnholm - Old Quay" is in Varnholm; "Varnholm city" as GED says is it
    return (
        here == there
        or here in {fold(part) for part in other.split(" - ")}
        or there in (f"{here} city", f"{here} town")
    )


def _distance(row: Row, record: Record) -> float | None:
    if record.point is None or row["latitude"] is None or row["longitude"] is None:
        return None
    return places.km(float(row["latitude"]), float(row["longitude"]), *record.point)


def _shared(name: str, theirs: Collection[str]) -> str | None:
    """Which of their actors is the one of that name, by the words of it or by who both are filed as."""
    filed, words = actors.canonical(name), set(fold(name).split())
    for other in theirs:
        bare = other.partition("(")[0].strip()
        if not bare:
            continue
        if actors.canonical(bare) == filed or words <= set(fold(bare).split()) or set(fold(bare).split()) <= words:
            return other
    return None


def _agree(here: Bounds, there: Bounds, form: str) -> bool:
    """Whether the figures are the same: ACLED's one, which is the lowest; GED's best, or its span where there is none."""
    if form == "acled":
        return (here.low or None) == there.low
    if here.best is not None and there.best is not None:
        return here.best == there.best
    return (here.low or 0) <= (there.high or 10**9) and (there.low or 0) <= (here.high or 10**9)


def _figure(bounds: Bounds) -> str | None:
    found = ["?" if one is None else str(one) for one in (bounds.low, bounds.best, bounds.high)]
    return None if set(found) == {"?"} else found[0] if len(set(found)) == 1 else "–".join(found)


def _killed_here(row: Row) -> Bounds:
    """What the ledger says, under their codebook."""
    low, best, high = (row[f"killed_{one}"] for one in ("low", "best", "high"))
    return Bounds(*(one if isinstance(one, int) else None for one in (low, best, high)))


def _span(days: tuple[date, date] | None) -> str | None:
    return None if days is None else str(days[0]) if days[0] == days[1] else f"{days[0]}–{days[1]}"


def rows(beside: Beside) -> Iterator[Row]:
    """The comparison as rows, one for each pair."""
    for pair in beside.pairs:
        here, there = pair.here or {}, pair.there
        yield {
            "state": pair.state,
            "incident": here.get("id"),
            "record": there.id if there else None,
            "row": there.number if there else None,
            "day": _span(_days(here)) if here else None,
            "their_day": _span((there.first, there.last)) if there else None,
            "place": here.get("place"),
            "their_place": there.place if there else None,
            "kind": here.get("kind"),
            "their_kind": (there.kind_within or there.kind or None) if there else None,
            "killed": _figure(_killed_here(here)) if here else None,
            "their_killed": _figure(there.killed) if there else None,
            "differs": "; ".join(
                f"{name}: {one or 'unknown'} here, {other or 'unknown'} there" for name, one, other in pair.differs
            )
            or None,
            "why": "; ".join(pair.why) or None,
        }
