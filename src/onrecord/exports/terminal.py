"""The ledger for reading in a terminal: tables with a line a row, and progress."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import get_args

from rich import progress
from rich.console import Console

from onrecord.exports.listing import Listing
from onrecord.exports.private import Row
from onrecord.records import Books, Bounds, InputState


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
    """An interval of days in the least space: "2026-02-14–16", "2026-02" for a whole month, "2026" for a whole year."""
    if first is None and last is None:
        return "undated"
    if first is None or last is None:
        return f"{first or '…'}–{last or '…'}"
    start, end = date.fromisoformat(str(first)), date.fromisoformat(str(last))
    behind = end + timedelta(days=1) if end < date.max else end
    if (start.month, start.day, behind) == (1, 1, date(min(start.year + 1, 9999), 1, 1)):
        return f"{start.year:04}"
    if start.day == 1 and behind.day == 1 and (end.year, end.month) == (start.year, start.month):
        return start.isoformat()[:7]
    if start == end:
        return start.isoformat()
    shared = 8 if (start.year, start.month) == (end.year, end.month) else 5 if start.year == end.year else 0
    return f"{start.isoformat()}–{end.isoformat()[shared:]}"


def incidents(rows: Iterable[Row]) -> Listing:
    """One line an incident. rep/src: independent reports / primary sources."""
    return Listing(
        ("date", "place", "kind", "killed", "injured", "rep/src", "grade", "by", "id"),
        [
            (
                days(row["first_day"], row["last_day"]),
                row["place"],
                row["kind"],
                figure(_bounds(row, "killed")),
                figure(_bounds(row, "injured")),
                f"{row['independent_reports']}/{row['primary_sources']}",
                row["grade"],
                row["actor"],
                row["id"],
            )
            for row in rows
        ],
        right=frozenset({"killed", "injured", "rep/src"}),
        gives={"date": 13, "place": 7, "kind": 8, "grade": 9, "by": 5},
    )


def plans(rows: Iterable[Row]) -> Listing:
    """One line a plan, threat, possibility or denial."""
    return _plain(
        rows,
        {
            "status": "status",
            "kind": "kind",
            "by": "actor",
            "against": "target",
            "place": "place",
            "stories": "stories",
        },
        {"kind": 8, "by": 7, "against": 7, "place": 7, "stories": 7},
    )


def claims(rows: Iterable[Row]) -> Listing:
    """One line a claim."""
    filled = ({**row, "who": row["source_name"] or row["source_kind"]} for row in rows)
    return _plain(
        filled,
        {"who says so": "who", "told": "told", "how": "stance", "what": "words", "outlet": "outlet"},
        {"who says so": 11, "told": 4, "how": 8, "what": 12, "outlet": 7},
        "what",
    )


def tallies(rows: Iterable[Row]) -> Listing:
    """One line a stated total."""
    return Listing(
        ("stated", "ledger", "unit", "verdict", "moved", "words", "outlet", "id"),
        [
            (
                figure(Bounds(*(_number(row[c]) for c in ("low", "best", "high")))),
                figure(_bounds(row, "ledger")),
                row["unit"],
                f"{row['verdict'] or '-'}" + (f" by {row['off_by']}" if row["off_by"] else ""),
                _moved(row),
                row["words"],
                row["outlet"],
                row["id"],
            )
            for row in rows
        ],
        right=frozenset({"stated", "ledger"}),
        gives={"unit": 7, "verdict": 12, "moved": 5, "words": 7, "outlet": 6},
        last="words",
    )


def _moved(row: Row) -> str | None:
    """How a total moved from the one before it; what a new incident explains needs no word."""
    by = _number(row["moved_by"])
    if by is None:
        return None
    return f"{by:+}" if row["moved"] in {"new_incident", "unchecked"} else f"{by:+} {row['moved']}"


def families(rows: Iterable[Row]) -> Listing:
    """One line a story, families together."""
    lines: list[Row] = []
    last: object = None
    for row in rows:
        origin = row["origin"] or (f"ghost: {row['ghost']}" if row["ghost"] else None)
        lines.append({**row, "origin": origin, "family": None if row["id"] == last else row["id"]})
        last = row["id"]
    columns = ("family", "story", "outlet", "relation", "origin", "why")
    cells = [[row["reasons" if column == "why" else column] for column in columns] for row in lines]
    return Listing(columns, cells, gives={"story": 8, "outlet": 8, "origin": 8, "why": 6}, last="why")


def mutations(rows: Iterable[Row]) -> Listing:
    """One line a value that changed on the way."""
    columns = {name: name for name in ("field", "was", "now", "story", "outlet", "origin", "words")}
    gives = {"was": 6, "now": 6, "story": 8, "outlet": 8, "origin": 8, "words": 8}
    return _plain(rows, columns, gives, "words", ids=False)


def decisions(rows: Iterable[Row]) -> Listing:
    """One line a decision; who decided is shown where the rows say so."""
    rows = [{**row, "by": row.get("by")} for row in rows]
    columns = {"state": "state", "what": "verdict", "of": "target", "field": "field", "value": "value", "by": "by"}
    gives = {"value": 8, "by": 6, "field": 6}
    return _plain(rows, {**columns, "why": "reason", "note": "note"}, {**gives, "why": 8, "note": 10}, "note")


def campaigns(rows: Iterable[Row]) -> Listing:
    """One line a campaign."""
    rows = [{**row, "days": f"{row['start'] or '…'}–{row['end'] or '…'}"} for row in rows]
    columns = {
        name: name for name in ("name", "days", "places", "actors", "kinds", "incidents", "killed", "plans", "stories")
    }
    return _plain(rows, columns, {"name": 10, "places": 8, "actors": 8, "kinds": 8}, ids=False)


def intake(rows: Iterable[Row]) -> Listing:
    """One line an input."""
    columns = ("state", "lost", "source", "reason")
    cells = [[row[column] for column in columns] for row in rows]
    return Listing(columns, cells, right=frozenset({"lost"}), gives={"source": 16, "reason": 16}, last="reason")


def balance(states: Sequence[str], books: Sequence[Books]) -> Iterator[str]:
    """The books of intake in two lines: how many inputs came to what, and of all the characters that visitors of the pages
    see, how many were kept, dropped on purpose, and lost. Both add up.
    """
    told = ", ".join(f"{states.count(state):,} {state}" for state in get_args(InputState) if state in states) or "none"
    yield f"{len(states):,} inputs: {told}"
    if books:
        dropped = Counter[str]()
        for one in books:
            dropped.update(one.dropped)
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in dropped.most_common() if count)
        visible, kept, lost = (sum(getattr(one, name) for one in books) for name in ("visible", "kept", "lost"))
        yield (
            f"{len(books):,} pages with {visible:,} visible characters: {kept:,} kept, {sum(dropped.values()):,} dropped"
            f"{f' ({reasons})' if reasons else ''}, {lost:,} lost"
        )


def _plain(
    rows: Iterable[Row],
    columns: Mapping[str, str],
    gives: Mapping[str, int],
    last: str | None = None,
    *,
    ids: bool = True,
) -> Listing:
    """A list of columns by heading, with the id at the end."""
    shown = {**columns, "id": "id"} if ids else columns
    cells = [[row[column] for column in shown.values()] for row in rows]
    return Listing(tuple(shown), cells, gives=gives, last=last)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _bounds(row: Row, prefix: str) -> Bounds:
    return Bounds(*(_number(row[f"{prefix}_{end}"]) for end in ("low", "best", "high")))


TABLES: dict[str, Callable[[Iterable[Row]], Listing]] = {
    "incidents": incidents,
    "plans": plans,
    "claims": claims,
    "tallies": tallies,
    "families": families,
    "mutations": mutations,
    "decisions": decisions,
    "campaigns": campaigns,
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

    def tell(self, what: str, done: int, of: int) -> None:
        """Told by a cluster: what it is at, and how many of its tasks are done."""
        self._bar.update(self._task, description=f"{what}, {done:,} of {of:,} tasks" if of else what)


_STAGES = {"read": "reading", "merge": "grouping and merging"}


class Steps:
    """Shows how far something is whose length is known: what is being made, and how many of how many. Use it in a `with`."""

    def __init__(self, console: Console) -> None:
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> "Steps":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, what: str, done: int, of: int) -> None:
        """Told what is being made, how many are done, and how many there are."""
        self._bar.update(self._task, description=what, completed=done, total=of)
