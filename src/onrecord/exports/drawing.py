"""Draws stated totals beside the ledger's own figures, as PNG or SVG. Equal panels give equal bytes.

Who states a total is the shape of its mark, and what came of holding it against the ledger its shade, from light to dark, so
that both are seen without colours; a thin line leads from it to the figure that it was held against.
"""

import io
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import Any
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.markers import CARETUP
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from onrecord.exports.harmless import in_line
from onrecord.exports.panels import Mark, Panel, Step, between, described, heading, many, verdicts

# Inches
_WIDE, _LEFT, _RIGHT, _TOP, _GAP, _TALL, _LOW = 10.0, 0.75, 1.35, 1.2, 0.75, 2.3, 1.0
_ROW, _COLUMN, _COLUMNS = 0.21, 2.25, 4
_DOTS = 144
"""Dots per inch of a PNG."""
_MOST_DOTS = 60_000
"""How many dots high a PNG can be."""

_INK, _GREY, _BAND = "#22303c", "#6b7680", "#d5dde6"
_SHADES = {
    "short": ("#f4c95d", _INK, "short: the ledger has more"),
    "consistent": ("#3aa899", _INK, "consistent"),
    "over": ("#5e1f45", _INK, "over: the ledger has fewer"),
    "units_differ": ("#ffffff", _INK, "units differ"),
    "not_comparable": ("#ffffff", "#a9b1b8", "not comparable"),
}
"""Verdicts, each with the fill and the edge of a mark: three steps of light that stay apart in grey and to colour-blind eyes."""
_SHAPES = ("o", "s", "^", "D", "v", "P", "X", "p", "<", "h", ">")
_OTHERS = "d"

_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "onrecord",
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": 9,
    "text.parse_math": False,
    "text.color": _INK,
    "axes.edgecolor": "#b8c0c7",
    "axes.labelcolor": _INK,
    "xtick.color": _GREY,
    "ytick.color": _GREY,
}


def picture(panels: Sequence[Panel], form: str) -> bytes:
    """The panels as a file of a form ("png" or "svg"), one below the other.

    Neither the user's own settings of the library nor what was drawn before bears on it.
    """
    out = io.BytesIO()
    with mpl.rc_context(), warnings.catch_warnings():
        # Letters that the font of a PNG lacks become boxes
        warnings.filterwarnings("ignore", message="Glyph")
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        said = _clean(described(panels))
        about = {"Title": _TITLE, "Description": said}
        figure = _figure(panels)
        if form == "png":
            dots = min(_DOTS, _MOST_DOTS / figure.get_figheight())
            figure.savefig(out, format="png", dpi=dots, metadata={**about, "Software": None})
            return out.getvalue()
        figure.savefig(out, format="svg", metadata={**about, "Creator": None, "Date": None})
    return _told(out.getvalue().decode(), said).encode()


_TITLE = "Stated totals and the ledger's own figures"


def _told(svg: str, said: str) -> str:
    """The SVG with its description where a screen reader looks for it."""
    svg = svg.replace("<svg ", '<svg role="img" aria-labelledby="title desc" ', 1)
    return re.sub(
        r"<title>([^<]*+)</title>",
        lambda found: f'<title id="title">{found[1]}</title>\n <desc id="desc">{escape(said)}</desc>',
        svg,
        count=1,
        flags=re.DOTALL,
    )


def _clean(text: str, most: int | None = None) -> str:
    """Words of strangers as a picture can hold them, cut in view."""
    text = re.sub("[\ufffe\uffff]", "\ufffd", in_line(text))
    return text if most is None or len(text) <= most else text[: most - 1].rstrip() + "…"


# ---- the picture


@dataclass(frozen=True, slots=True)
class _Keys:
    """The shape of each outlet's marks: those that state most have one of their own, and the rest share one."""

    shapes: dict[str, str]
    others: int

    def shape(self, mark: Mark) -> str:
        """The shape of a mark."""
        return self.shapes.get(mark.outlet, _OTHERS)


def _keys(panels: Iterable[Panel]) -> _Keys:
    found = Counter[str]()
    for panel in panels:
        for mark in panel.marks:
            found[mark.outlet] += mark.times
    ranked = sorted(found, key=lambda outlet: (-found[outlet], outlet))
    own = ranked if len(ranked) <= len(_SHAPES) else ranked[: len(_SHAPES)]
    return _Keys(dict(zip(own, _SHAPES, strict=False)), len(ranked) - len(own))


def _figure(panels: Sequence[Panel]) -> Figure:
    keys = _keys(panels)
    entries = [*_legend(panels, keys)]
    head = _TOP + _ROW * len(entries)
    talls = [_TALL if panel.steps else _LOW for panel in panels]
    high = head + sum(talls) + _GAP * len(panels)
    figure = Figure(figsize=(_WIDE, high), facecolor="white")
    figure.text(_LEFT / _WIDE, 1 - 0.34 / high, _TITLE, fontsize=14, fontweight="bold", va="center")
    figure.text(_LEFT / _WIDE, 1 - 0.64 / high, _HOW, fontsize=8.5, color=_GREY, va="center")
    for number, row in enumerate(entries):
        for at, one in enumerate(row):
            x, y = (_LEFT + at * _COLUMN) / _WIDE, 1 - (0.92 + number * _ROW) / high
            figure.add_artist(one.handle(x + 0.09 / _WIDE, y))
            figure.text(x + 0.26 / _WIDE, y, one.words, fontsize=8, va="center_baseline")
    top = head
    for panel, tall in zip(panels, talls, strict=True):
        box = (_LEFT / _WIDE, 1 - (top + tall) / high, (_WIDE - _LEFT - _RIGHT) / _WIDE, tall / high)
        span = _span([one for one in panels if one.campaign == panel.campaign])
        _Drawn(figure.add_axes(box), panel, span, tall).all(keys)
        top += tall + _GAP
    return figure


_HOW = (
    "A mark is a total as stated, on its day; a circle with a number is so many of them. A thin line leads to the ledger's "
    "figure for what they count."
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the legend. shape: None for the line and the band of the ledger."""

    words: str
    shape: str | None
    fill: str
    edge: str = _INK

    def handle(self, x: float, y: float) -> Line2D:
        """What stands before the words."""
        if self.shape is None:
            wide = 1.6 if self.fill == _INK else 7
            return Line2D([x - 0.011, x + 0.011], [y, y], color=self.fill, lw=wide, solid_capstyle="butt")
        return Line2D([x], [y], **_at(self.shape, 3.5 if self.shape == "caretup" else 6.5, self.fill, self.edge))


def _legend(panels: Sequence[Panel], keys: _Keys) -> Iterator[list[_Entry]]:
    """The rows of the legend: outlets, verdicts, and the ledger."""
    outlets = [_Entry(_clean(outlet, 28), shape, "#c9d0d6") for outlet, shape in keys.shapes.items()]
    if keys.others:
        outlets.append(_Entry(many(keys.others, "other outlet"), _OTHERS, "#c9d0d6"))
    marks = [mark for panel in panels for mark in panel.marks]
    used = {mark.verdict for mark in marks}
    held = [_Entry(words, "o", fill, edge) for word, (fill, edge, words) in _SHADES.items() if word in used]
    if any(panel.steps for panel in panels):
        held += [_Entry("ledger, best", None, _INK), _Entry("ledger, low to high", None, _BAND)]
    if any(mark.stated.high is None for mark in marks):
        held.append(_Entry("at least so many", "caretup", _INK))
    for group in (outlets, held):
        yield from (group[n : n + _COLUMNS] for n in range(0, len(group), _COLUMNS))


def _span(panels: Iterable[Panel]) -> tuple[float, float]:
    """The first and last day that the panels show: those of the totals, and of the ledger as long before and after as they run."""
    told = [mark.day.toordinal() for panel in panels for mark in panel.marks]
    steps = [step.day.toordinal() for panel in panels for step in panel.steps]
    told = told or steps or [date.max.toordinal() // 2]
    reach = max(max(told) - min(told), 30)
    shown = told + [day for day in steps if min(told) - reach <= day <= max(told) + reach]
    first, last = min(shown), max(shown)
    pad = max((last - first) * 0.03, 3)
    return max(first - pad, 1), min(last + pad, date.max.toordinal())


# ---- one panel

_FAR = 2
"""Totals that are more than so many times what else is there stand at the upper edge, with their number."""


class _Drawn:
    """One panel on its axes. span: the first and last day; tall: inches."""

    def __init__(self, axes: Axes, panel: Panel, span: tuple[float, float], tall: float) -> None:
        self.axes, self.panel = axes, panel
        self.first, self.last = span
        steps = [step for step in panel.steps if step.day.toordinal() <= self.last]
        before = sum(step.day.toordinal() <= self.first for step in steps)
        self.steps = steps[max(before - 1, 0) :]
        self.limit, self.top = _heights(panel.marks, self.steps)
        crowd = len(panel.marks)
        self.size = 7.5 if crowd <= 60 else 6.0
        self.per_day = 72 * (_WIDE - _LEFT - _RIGHT) / (self.last - self.first)
        self.per_one = 72 * tall / self.top

    def all(self, keys: _Keys) -> None:
        """Draws everything."""
        self._frame()
        self._ledger()
        self._marks(keys)

    def _frame(self) -> None:
        axes = self.axes
        axes.set_xlim(self.first, self.last)
        axes.set_ylim(0, self.top)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.grid(axis="y", color="#e8ebee", lw=0.7)
        axes.set_axisbelow(True)
        axes.tick_params(length=3, labelsize=8)
        ticks = _days_between(self.first, self.last)
        axes.set_xticks([day.toordinal() for day in ticks], _named(ticks))
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5 if self.panel.steps else 3, integer=True))
        axes.annotate(_clean(heading(self.panel), 60), (0, 1), (0, 7), **_ABOVE, fontsize=10, fontweight="bold")
        note = verdicts(self.panel) + ("" if self.panel.steps else "; the ledger holds nothing to compare")
        axes.annotate(note, (1, 1), (0, 7), **_ABOVE, fontsize=8, color=_GREY, ha="right")

    def _ledger(self) -> None:
        steps = self.steps
        if not steps:
            return
        days = [max(step.day.toordinal(), self.first) for step in steps] + [self.last]
        low, best = ([*values, values[-1]] for values in ([s.low for s in steps], [s.best for s in steps]))
        closed = [step.high if step.high is not None else self.top for step in steps]
        self.axes.fill_between(days, low, [*closed, closed[-1]], step="post", color=_BAND, lw=0, zorder=1)
        self.axes.step(days, best, where="post", color=_INK, lw=1.6, zorder=2, solid_joinstyle="miter")
        last = steps[-1]
        self.axes.annotate(
            f"ledger {last.best:,}{between(last)}".replace(" (", "\n("),
            (self.last, min(last.best, self.top)),
            (6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            annotation_clip=False,
        )

    def _marks(self, keys: _Keys) -> None:
        spots = self._spots()
        for spot, aside in zip(spots, _apart(spots, self.size), strict=True):
            day, height = (spot.x + aside) / self.per_day, spot.y / self.per_one
            if len(spot.marks) == 1:
                self._mark(spot.marks[0], day, height, keys.shape(spot.marks[0]))
            else:
                self._bubble(spot.marks, day, height)
            if any(mark.value > self.limit for mark in spot.marks):
                self._beyond(sorted(mark.value for mark in spot.marks), day, height)

    def _spots(self) -> list["_Spot"]:
        """Where marks stand, in points. Totals of one verdict of which too many are at one spot stand there together."""
        near: list[list[_Spot]] = []
        for mark in self.panel.marks:
            x, y = mark.day.toordinal() * self.per_day, min(mark.value, self.limit) * self.per_one
            spot = _Spot(x, y, (mark,), 4 if mark.value > self.limit else 1)
            beside = (one for one in reversed(near) if one[0].meets(spot))
            if (found := next(beside, None)) is not None:
                found.append(spot)
            else:
                near.append([spot])
        return [
            one for spots in near for one in (spots if len(spots) <= _SIDE_BY_SIDE else [_together(spots, self.size)])
        ]

    def _mark(self, mark: Mark, day: float, height: float, shape: str) -> None:
        fill, edge, _ = _SHADES[mark.verdict]
        self._stem(mark, day, height)
        low, high = mark.stated.low, mark.stated.high
        if low is not None and high not in (None, low):
            self.axes.plot([day, day], [min(low, self.limit), min(high or 0, self.limit)], color=edge, lw=2, zorder=3)
        self.axes.plot([day], [height], **_at(shape, self.size, fill, edge))
        if high is None:
            up = self.axes.transData + ScaledTranslation(0, (self.size / 2 + 2) / 72, self.axes.figure.dpi_scale_trans)
            self.axes.plot([day], [height], **{**_at("caretup", 3.5, edge, edge), "transform": up})

    def _stem(self, mark: Mark, day: float, height: float) -> None:
        if mark.against is None or mark.value == mark.against:
            return
        end = min(float(mark.against), self.top)
        line: dict[str, Any] = {"color": _SHADES[mark.verdict][1], "lw": 0.8, "alpha": 0.55, "zorder": 3}
        self.axes.plot([day, day], sorted((height, end)), solid_capstyle="butt", **line)
        self.axes.plot([day], [end], marker="_", ms=5, mew=1, **line)

    def _bubble(self, marks: Sequence[Mark], day: float, height: float) -> None:
        fill, edge, _ = _SHADES[marks[0].verdict]
        self._stem(marks[len(marks) // 2], day, height)
        self.axes.plot([day], [height], **_at("o", _BUBBLE, fill, edge))
        ink = "white" if marks[0].verdict == "over" else _INK
        count = sum(mark.times for mark in marks)
        at: dict[str, Any] = {"ha": "center", "va": "center_baseline", "zorder": 5}
        self.axes.text(day, height, f"{count}" if count < 1000 else "…", fontsize=5.5, color=ink, **at)

    def _beyond(self, values: Sequence[int], day: float, height: float) -> None:
        """The numbers of totals that stand at the upper edge."""
        side = -1 if day > self.first + 0.9 * (self.last - self.first) else 1
        words = f"{values[0]:,}" + (f"–{values[-1]:,}" if values[-1] > values[0] else "") + " ↑"
        away = (side * (self.size / 2 + 3), 0)
        at: dict[str, Any] = {"va": "center_baseline", "ha": "left" if side > 0 else "right"}
        self.axes.annotate(words, (day, height), away, textcoords="offset points", fontsize=7, color=_GREY, **at)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place in a panel, in points, with the totals that stand there. room: how wide it is, in marks."""

    x: float
    y: float
    marks: tuple[Mark, ...]
    room: float

    def meets(self, other: "_Spot") -> bool:
        """Whether a mark for several totals that stands at either would cover the other, and both have one verdict."""
        near = abs(self.x - other.x) <= _BUBBLE and abs(self.y - other.y) <= _BUBBLE
        return near and self.marks[0].verdict == other.marks[0].verdict


def _together(spots: Sequence[_Spot], size: float) -> _Spot:
    marks = tuple(mark for spot in spots for mark in spot.marks)
    return _Spot(spots[0].x, spots[0].y, marks, max(spots[0].room, _BUBBLE / size))


def _at(shape: str, size: float, fill: str, edge: str) -> dict[str, Any]:
    marker = CARETUP if shape == "caretup" else shape
    return {
        "marker": marker,
        "ms": size,
        "mfc": fill,
        "mec": edge,
        "mew": 0.8,
        "ls": "none",
        "zorder": 4,
        "clip_on": False,
    }


_SIDE_BY_SIDE = 3
"""How many totals of one verdict may stand at one spot each by itself."""
_BUBBLE = 11.0
"""How wide a mark for several totals is, in points."""
_ABOVE: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "bottom"}


def _heights(marks: Iterable[Mark], steps: Iterable[Step]) -> tuple[float, float]:
    """Up to which number marks stand at their height, and where the panel ends."""
    values = sorted(mark.value for mark in marks)
    usual = values[(len(values) - 1) // 2] if values else 0
    held = max((step.high if step.high is not None else step.best for step in steps), default=0)
    base = max(held, *(v for v in values if v <= _FAR * max(held, usual)), 1)
    far = any(value > base for value in values)
    return (base * 1.22, base * 1.32) if far else (base * 1.12, base * 1.12)


def _apart(spots: Sequence[_Spot], size: float) -> Iterator[float]:
    """How far each spot is moved aside, in points, so that it covers none before it. size: of a mark, in points.

    Where there is no room near its day it stays on that, over the others.
    """
    taken: dict[int, list[_Spot]] = {}

    def free(x: float, spot: _Spot) -> bool:
        others = [one for row in (-2, -1, 0, 1, 2) for one in taken.get(int(spot.y // size) + row, ())]
        return all(
            abs(spot.y - one.y) >= size * min(max(spot.room, one.room), 2)
            or abs(x - one.x) >= size * (spot.room + one.room) / 2
            for one in others
        )

    for spot in spots:
        steps = (sign * n * size / 2 for n in range(_TRIES) for sign in (1, -1))
        aside = next((step for step in steps if free(spot.x + step, spot)), 0.0)
        taken.setdefault(int(spot.y // size), []).append(replace(spot, x=spot.x + aside))
        yield aside


_TRIES = 9
"""How many halves of a mark one is moved aside at most."""


def _days_between(first: float, last: float) -> list[date]:
    """Days to stand below an axis: Mondays, or the first of round months or years, where they are not few."""
    days = [date.fromordinal(n) for n in range(ceil(first), int(last) + 1)]
    for step in (1, 2, 7, 14):
        if (last - first) / step <= _TICKS:
            return [day for day in days if day.toordinal() % step == 1 % step]
    firsts = [day for day in days if day.day == 1]
    steps = (1, 2, 3, 6, *(12 * years for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)))
    rounds = ([day for day in firsts if (12 * day.year + day.month - 1) % step == 0] for step in steps)
    return next(found for found in rounds if len(found) <= _TICKS)


_TICKS = 8
"""How many days find room below an axis."""


def _named(days: Sequence[date]) -> list[str]:
    if all((day.month, day.day) == (1, 1) for day in days):
        return [f"{day.year:04}" for day in days]
    return [day.isoformat()[: 7 if all(day.day == 1 for day in days) else 10] for day in days]
