"""The pages of a published ledger and its feed: plain files with links between them, and nothing that is loaded from elsewhere."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from itertools import groupby
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, uuid5

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from onrecord.exports import questions
from onrecord.exports.filters import Filter
from onrecord.exports.harmless import harmless
from onrecord.exports.private import Private, Row
from onrecord.exports.publishing.data import Ends
from onrecord.exports.publishing.releases import Release
from onrecord.exports.publishing.shown import (
    QUOTED,
    Cleared,
    Happened,
    Shown,
    Told,
    Total,
    dated,
    day,
    days,
    figure,
    title,
)
from onrecord.records import Bounds

Thing = TypeVar("Thing")
Page = tuple[str, bytes]
"""Its path in the site, and its bytes."""

_TOGETHER = 200
"""How many plans or totals stand on one page."""
_IN_FEED = 50
_VENDORED = ("leaflet.js", "leaflet.css", "d3.min.js", "plot.min.js", "leaflet.LICENSE", "d3.LICENSE", "plot.LICENSE")
_NO_XML = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}


@dataclass(frozen=True, slots=True)
class Site:
    """What every page says. title: of the site; moment: the day of the release, as a feed writes it; citation: a sentence."""

    title: str
    campaign: str | None
    release: Release
    moment: str
    citation: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An incident in a list."""

    row: Row
    title: Cleared
    killed: Bounds
    injured: Bounds
    updated: date | None


@dataclass(frozen=True, slots=True)
class Period:
    """Some months or years in figures. unknown: how many incidents have no number of killed."""

    label: str
    incidents: int
    killed: Bounds
    unknown: int


def site(title: str, campaign: str | None, release: Release) -> Site:
    """What every page says."""
    whole = f" The campaign {campaign}." if campaign and campaign not in title else ""
    citation = f"{title}.{whole} Release {release.name}. SHA-256 {release.hash[:16]}. Made with OnRecord from public news reports."
    return Site(title, campaign, release, _moment(release.day) or "1970-01-01T00:00:00Z", citation)


def assets() -> Iterator[Page]:
    """Style, scripts and the map. A page that lies on a disk may load scripts and read nothing else, so that the map is one."""
    ours, others = files("onrecord.exports.publishing").joinpath("static"), files("onrecord").joinpath("vendored")
    for name in ("site.css", "site.js", "icon.svg"):
        yield f"assets/{name}", ours.joinpath(name).read_bytes()
    for name in _VENDORED:
        yield f"assets/{name}", others.joinpath(name).read_bytes()
    ground = others.joinpath("basemap.json").read_text("utf-8").strip()
    yield "assets/basemap.js", f"window.onrecordGround = {ground};\n".encode()


class Pages:
    """Makes the pages of one release. history: all releases, the latest first; ended: what became of names."""

    def __init__(self, shown: Shown, about: Site, history: Sequence[Release], ended: Ends) -> None:
        self._shown = shown
        self._about = about
        self._history = history
        self._ended = ended
        self._templates = _environment(shown.private)
        self._titles = {one.id: title(shown.rows.incident(one)) for one in shown.view.derived.incidents}

    def made(self) -> Iterator[Page]:
        """All pages."""
        entries: list[Entry] = []
        for one in self._shown.view.derived.incidents:
            told = self._shown.incident(one)
            entries.append(Entry(told.row, told.title, told.killed, told.injured, told.updated))
            yield self._incident(told)
        yield self._index(entries)
        yield from self._ends()
        yield from self._listed("tallies", list(self._shown.totals()))
        plans = [self._shown.plan(one) for one in self._shown.view.derived.plans]
        yield from self._listed("plans", plans)
        yield self._changes(plans)
        yield from map(self._release, self._history)
        yield self._page("method.html", "method.html", "method.html")
        files = sorted(self._about.release.files, key=lambda one: one.name)
        yield self._page("data.html", "data.html", "data.html", files=files)
        yield self._feed(entries)

    def _page(self, path: str, template: str, here: str, **context: Any) -> Page:
        root = "../" * path.count("/")
        given = {"site": self._about, "root": root, "here": here, "pages": self._titles, **context}
        return path, self._templates.get_template(template).render(given).encode()

    def _incident(self, told: Happened) -> Page:
        return self._page(f"incidents/{told.row['id']}.html", "incident.html", "", it=told)

    def _index(self, entries: Sequence[Entry]) -> Page:
        view = self._shown.view
        unit, periods = _periods(entries)
        told = {story for one in view.derived.incidents for story in one.stories}
        outlets = {read.story.outlet for read in view.reads if read.story.id in told}
        counted = {name: Counter(str(one.row[name]) for one in entries) for name in ("kind", "grade")}
        return self._page(
            "index.html",
            "index.html",
            "index.html",
            entries=_newest_first(entries),
            span=_span(entries),
            stories=len(told),
            outlets=len(outlets),
            killed=questions.ask(view, "killed", Filter()).bounds,
            unknown=sum(_untold(one.killed) for one in entries),
            unit=unit,
            periods=periods,
            kinds=_most(counted["kind"]),
            grades=_most(counted["grade"]),
        )

    def _ends(self) -> Iterator[Page]:
        """A page for each name that is no more an incident's, so that no link to it leads nowhere."""
        for id_, into in self._ended.redirects.items():
            if id_.startswith("in-") and into in self._titles:
                yield self._page(f"incidents/{id_}.html", "redirect.html", "", id=id_, into=into)
        for id_, release in self._ended.deletions.items():
            if id_.startswith("in-"):
                yield self._page(f"incidents/{id_}.html", "gone.html", "", id=id_, release=release)

    def _listed(self, name: str, items: Sequence[Told] | Sequence[Total]) -> Iterator[Page]:
        """A long list, in pages."""
        last = max(1, -(-len(items) // _TOGETHER))
        for number in range(1, last + 1):
            some = items[(number - 1) * _TOGETHER : number * _TOGETHER]
            here = f"{name}.html"
            path = here if number == 1 else f"{name}-{number}.html"
            yield self._page(path, here, here, items=some, total=len(items), number=number, last=last)

    def _changes(self, plans: Sequence[Told]) -> Page:
        places = {
            str(one.row["id"]): "plans.html" if n < _TOGETHER else f"plans-{n // _TOGETHER + 1}.html"
            for n, one in enumerate(plans)
        }
        return self._page(
            "changes.html",
            "changes.html",
            "changes.html",
            history=self._history,
            redirects=sorted(self._ended.redirects.items()),
            deletions=list(self._ended.deletions.items()),
            plan_pages=places,
        )

    def _release(self, release: Release) -> Page:
        titles = dict(release.difference.titles)
        return self._page(f"releases/{release.name}/index.html", "release.html", "", r=release, titles=titles)

    def _feed(self, entries: Iterable[Entry]) -> Page:
        dated = [one for one in entries if one.updated is not None]
        latest = sorted(dated, key=lambda one: (str(one.updated), str(one.row["id"])), reverse=True)[:_IN_FEED]
        id_ = feed_id(self._history[-1].hash)

        def uuid(*names: str) -> str:
            return uuid5(NAMESPACE_URL, "/".join((id_, *names))).urn

        given = {"site": self._about, "feed": id_, "uuid": uuid, "history": self._history[:_IN_FEED], "entries": latest}
        return "changes.atom", self._templates.get_template("changes.atom").render(given).translate(_NO_XML).encode()


def feed_id(first: str) -> str:
    """The name of a feed, by the hash of the first release in it."""
    return uuid5(NAMESPACE_URL, f"onrecord:{first}").urn


# ---- what lists show


def _newest_first(entries: Sequence[Entry]) -> list[Entry]:
    """By the day, the latest first; what has none stands last."""
    dated = [one for one in entries if one.row["first_day"] is not None]
    return [*reversed(dated), *(one for one in entries if one.row["first_day"] is None)]


def _span(entries: Sequence[Entry]) -> str | None:
    known = [str(one.row[end]) for one in entries for end in ("first_day", "last_day") if one.row[end]]
    return f"{day(min(known))} to {day(max(known))}" if known else None


def _periods(entries: Sequence[Entry]) -> tuple[str, list[Period]]:
    """The incidents by month, or by year where these are many."""
    months = {str(one.row["first_day"])[:7] for one in entries if one.row["first_day"]}
    unit, letters = ("year", 4) if len(months) > 36 else ("month", 7)

    def period(one: Entry) -> str:
        return str(one.row["first_day"] or "")[:letters]

    ordered = sorted(entries, key=lambda one: period(one) or "9999")
    return unit, [_period(label, list(some)) for label, some in groupby(ordered, key=period)]


def _period(label: str, some: Sequence[Entry]) -> Period:
    told = [one.killed for one in some if not _untold(one.killed)]
    highs = [one.high for one in told]
    known = [high for high in highs if high is not None]
    killed = Bounds(
        sum(_first(one.low, one.best) for one in told) if told else None,
        sum(_first(one.best, one.low) for one in told) if told else None,
        sum(known) if told and len(known) == len(highs) else None,
    )
    said = label if len(label) == 4 else day(f"{label}-01").partition(" ")[2] if label else "day unknown"
    return Period(said, len(some), killed, len(some) - len(told))


def _first(*numbers: int | None) -> int:
    return next((number for number in numbers if number is not None), 0)


def _untold(killed: Bounds) -> bool:
    return killed == Bounds(None, None, None)


def _most(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


# ---- how templates print


def _environment(private: Private) -> Environment:
    """The templates: all that they print is escaped, and looked through for names of private persons."""

    def masked(value: Any) -> Any:
        if value is None:
            return ""
        if isinstance(value, Markup) or not isinstance(value, str):
            return value
        return harmless(value if isinstance(value, Cleared) else private.masked(value))

    def short(value: object) -> Cleared:
        said = private.masked(str(value))
        return Cleared(said if len(said) <= QUOTED else said[: QUOTED - 1].rstrip() + "…")

    made = Environment(
        loader=PackageLoader("onrecord.exports.publishing"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=masked,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "amount": lambda number: f"{number:,}",
        "cleared": Cleared,
        "dated": dated,
        "day": day,
        "days": days,
        "figure": figure,
        "moment": _moment,
        "short": short,
        "words": lambda word: str(word).replace("_", " "),
    }
    made.filters.update(filters)
    return made


def _moment(value: date | str | None) -> str | None:
    """A day as a feed writes moments."""
    return f"{value}T00:00:00Z" if value else None
