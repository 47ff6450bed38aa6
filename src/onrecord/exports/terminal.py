"""The ledger for reading in a terminal: tables with a line a row, and progress."""

from collections.abc import Callable, Iterable

from rich import progress
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from onrecord.exports.tables import Row
from onrecord.records import Bounds


def figure(bounds: Bounds) -> str:
    """low–best–high in the least space: "?" for unknown, one number where they agree, "38+" for an open upper end."""
    low, best, high = bounds.low, bounds.best, bounds.high
    if low is None and best is None and high is None:
        return "?"
    if low == best == high:
        return str(best)
    if high is None and (best == low or best is None):
        return f"{low}+"
    return "–".join("?" if value is None else str(value) for value in (low, best, high))


def days(first: object, last: object) -> str:
    """An interval of days in the least space."""
    if first is None and last is None:
        return "undated"
    return str(first) if first == last else f"{first or '…'} – {last or '…'}"


def _table(*headings: str, right: Iterable[str] = ()) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", collapse_padding=True)
    for heading in headings:
        # Narrow columns stay whole; the wide ones give way on a narrow terminal.
        table.add_column(heading, justify="right" if heading in right else "left", overflow="fold")
    return table


def incidents(rows: Iterable[Row]) -> Table:
    """One line an incident."""
    table = _table(
        "date", "place", "kind", "killed", "injured", "reports/sources", "who", "id", right=("killed", "injured")
    )
    for row in rows:
        table.add_row(
            days(row["first_day"], row["last_day"]),
            _cell(row["place"]),
            _cell(row["kind"]),
            figure(_bounds(row, "killed")),
            figure(_bounds(row, "injured")),
            f"{row['independent_reports']} / {row['primary_sources']}",
            _cell(row["actor"]),
            _cell(row["id"]),
        )
    return table


def plans(rows: Iterable[Row]) -> Table:
    """One line a plan, threat, possibility or denial."""
    table = _table("status", "kind", "who", "whom", "place", "stories", "id")
    for row in rows:
        table.add_row(*(_cell(row[c]) for c in ("status", "kind", "actor", "target", "place", "stories", "id")))
    return table


def claims(rows: Iterable[Row]) -> Table:
    """One line a claim."""
    table = _table("who says so", "told", "stance", "what", "story", "id")
    for row in rows:
        who = row["source_name"] or row["source_kind"]
        table.add_row(*(_cell(v) for v in (who, row["told"], row["stance"], row["words"], row["story"], row["id"])))
    return table


def tallies(rows: Iterable[Row]) -> Table:
    """One line a stated total."""
    table = _table("stated", "unit", "ledger", "verdict", "words", "outlet", "id", right=("stated", "ledger"))
    for row in rows:
        stated = Bounds(*(_number(row[c]) for c in ("low", "best", "high")))
        off = f" by {row['off_by']}" if row["off_by"] else ""
        verdict = f"{row['verdict'] or '-'}{off}"
        words = (
            figure(stated),
            row["unit"],
            figure(_bounds(row, "ledger")),
            verdict,
            row["words"],
            row["outlet"],
            row["id"],
        )
        table.add_row(*(_cell(word) for word in words))
    return table


def families(rows: Iterable[Row]) -> Table:
    """One line a story, families together."""
    table = _table("family", "relation", "story", "outlet", "origin", "why")
    last: object = None
    for row in rows:
        origin = row["origin"] or (f"ghost: {row['ghost']}" if row["ghost"] else None)
        family = "" if row["id"] == last else _cell(row["id"])
        last = row["id"]
        table.add_row(
            family, *(_cell(v) for v in (row["relation"], row["story"], row["outlet"], origin, row["reasons"]))
        )
    return table


def mutations(rows: Iterable[Row]) -> Table:
    """One line a value that changed on the way."""
    table = _table("field", "was", "now", "story", "outlet", "origin", "words")
    for row in rows:
        table.add_row(*(_cell(row[c]) for c in ("field", "was", "now", "story", "outlet", "origin", "words")))
    return table


def intake(rows: Iterable[Row]) -> Table:
    """One line an input."""
    table = _table("state", "lost", "source", "reason", right=("lost",))
    for row in rows:
        table.add_row(*(_cell(row[c]) for c in ("state", "lost", "source", "reason")))
    return table


def _cell(value: object) -> str:
    return "" if value is None else escape(str(value))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _bounds(row: Row, prefix: str) -> Bounds:
    return Bounds(*(_number(row[f"{prefix}_{end}"]) for end in ("low", "best", "high")))


TABLES: dict[str, Callable[[Iterable[Row]], Table]] = {
    "incidents": incidents,
    "plans": plans,
    "claims": claims,
    "tallies": tallies,
    "families": families,
    "mutations": mutations,
    "intake": intake,
}


class Progress:
    """Shows how far a run is: what is being done, to how many inputs so far, how fast. Use it in a `with`."""

    def __init__(self, console: Console) -> None:
        self._bar = progress.Progress(
            progress.SpinnerColumn(),
            progress.TextColumn("{task.description}"),
            progress.TextColumn("{task.completed:,.0f} inputs"),
            progress.TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._bar.add_task(_STAGES["read"], total=None)

    def __enter__(self) -> "Progress":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, stage: str, count: int) -> None:
        """Told by the pipeline: a stage, and how many inputs are done since the last call."""
        self._bar.update(self._task, description=_STAGES[stage], advance=count)


_STAGES = {"read": "reading", "merge": "grouping and merging"}
