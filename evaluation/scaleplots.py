"""`python -m evaluation.scaleplots [FILE]`: draws what `evaluation.scale` measured into docs/pictures, as SVG, and writes the table of docs/scale.md.

Equal figures give equal bytes. The ground is white and drawn with, so that a picture reads the same on a light and on a dark page; curves differ in their marks
as well as in their shades.
"""

import argparse
import io
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluation import scale
from evaluation.rows import Row

DOCS = Path(__file__).resolve().parent.parent / "docs"
BEGIN, END = "<!-- scale: begin -->", "<!-- scale: end -->"
TIME = ("read", "group", "merge", "load, SQLite", "load, PostgreSQL", "export, csv", "export, acled")
MEMORY = ("read", "group", "merge", "load, SQLite", "export, csv")
_INK, _GREY = "#22303c", "#6b7680"
_LOOKS = (
    ("o", "#5e1f45"),
    ("s", "#3aa899"),
    ("^", "#b0721d"),
    ("D", "#31688e"),
    ("v", "#6b7680"),
    ("P", "#a33b3b"),
    ("X", "#4b6b2f"),
)
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "onrecord",
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": 9,
    "text.color": _INK,
    "axes.edgecolor": "#b8c0c7",
    "axes.labelcolor": _INK,
    "xtick.color": _GREY,
    "ytick.color": _GREY,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the pictures; exit status 2 where nothing was measured."""
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.scaleplots", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("file", type=Path, nargs="?", default=scale.OUT, help="what was measured")
    asked = parser.parse_args(arguments)
    curves = scale.curves(scale.held(asked.file))
    if not curves:
        parser.error(f"{asked.file}: holds no measurements; run python -m evaluation.scale first")
    for name, picture in (("scale-time", time(curves)), ("scale-memory", memory(curves))):
        (DOCS / "pictures" / f"{name}.svg").write_bytes(picture)
    page = DOCS / "scale.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n\n{table(curves)}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return 0


def table(curves: Mapping[str, Sequence[Row]]) -> str:
    """What was measured, as a table in Markdown: seconds of computing at each number of stories, and what they grow by."""
    sizes = sorted({row["stories"] for curve in curves.values() for row in curve})
    head = ["seconds of computing", *(f"{size:,}" for size in sizes), "slope", "a story", "most GB"]
    lines = [head, ["---", *["--:"] * (len(head) - 1)]]
    for part, curve in curves.items():
        at = {row["stories"]: row for row in curve}
        last, found = curve[-1], scale.slope_of(curve)
        took = (f"{at[size]['cpu']:.2f}" if size in at else "" for size in sizes)
        each = f"{1000 * last['cpu'] / last['stories']:.2f} ms"
        lines.append([part, *took, "" if found is None else f"{found:.2f}", each, f"{last['peak_gb']:.1f}"])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def time(curves: Mapping[str, Sequence[Row]]) -> bytes:
    """Seconds of computing by the number of stories, both in powers of ten, with the slope of each stage."""

    def named(part: str, curve: Sequence[Row]) -> str:
        found = scale.slope_of(curve)
        return part if found is None else f"{part}: slope {found:.2f}"

    return _drawn(curves, TIME, "cpu", "seconds of computing", named, "Time of each stage by the number of stories")


def memory(curves: Mapping[str, Sequence[Row]]) -> bytes:
    """Gigabytes at the highest by the number of stories."""
    title = "Memory of each stage by the number of stories"
    return _drawn(curves, MEMORY, "peak_gb", "GB at the highest", lambda part, _: part, title)


def _drawn(
    curves: Mapping[str, Sequence[Row]], parts: Sequence[str], of: str, label: str, named: Any, title: str
) -> bytes:
    out = io.BytesIO()
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        figure = Figure(figsize=(8, 4.6), facecolor="white", layout="constrained")
        axes = figure.add_subplot(facecolor="white")
        for (mark, shade), part in zip(_LOOKS, parts, strict=False):
            if curve := curves.get(part):
                sizes, values = [row["stories"] for row in curve], [row[of] for row in curve]
                axes.plot(
                    sizes, values, marker=mark, color=shade, linewidth=1.4, markersize=5, label=named(part, curve)
                )
        _labelled(axes, label)
        figure.savefig(out, format="svg", metadata={"Title": title, "Creator": None, "Date": None})
    return out.getvalue()


def _labelled(axes: Axes, label: str) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("stories")
    axes.set_ylabel(label)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(which="major", color="#e3e8ec", linewidth=0.6)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.01, 1))


if __name__ == "__main__":
    raise SystemExit(main())
