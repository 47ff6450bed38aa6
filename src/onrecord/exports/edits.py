"""A table that came back, held against the ledger → what people changed in it, each change as a judgement, or why it is none.

A cell is held against what the ledger says today and, by the mark of its row (marks.py), against what it said when the table
went out. Changed by a person alone, it becomes a judgement; changed in the ledger alone, it stays; changed in both, it is a
conflict. What a column that is gone said nobody asks, and a row that is gone means nothing.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from onrecord import decisions, incidents
from onrecord.decisions import Target
from onrecord.errors import WrongUse
from onrecord.exports import marks, setting, tables
from onrecord.exports.marks import COLUMN, REST, Settable, plain
from onrecord.exports.private import Cell, Row
from onrecord.exports.returned import Page
from onrecord.exports.setting import Unclear
from onrecord.pipeline import Judgement, View
from onrecord.pipeline.deciding import formed
from onrecord.records import Incident, Plan, digest

State = Literal["new", "changed", "conflict", "refused", "made before"]
"""new: a value where the ledger had none; changed: another than it had; conflict: the ledger has changed as well; refused: it
cannot be changed here; made before: decided already, by this file or otherwise."""


@dataclass(frozen=True, slots=True)
class Change:
    """A cell, or cells that go together, that a person changed. number: of the row; id: of what the row is about; field: what
    is set, or a column that cannot be; was, now: what the ledger says, and the table; judgement: what keeps it, None where
    nothing can.
    """

    file: str
    number: int
    table: str
    id: str
    field: str
    state: State
    was: str | None
    now: str | None
    why: str = ""
    judgement: Judgement | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """Who decides by a file, and why. file: a digest of it, so that importing it twice decides once; theirs: whether what
    the table says holds where the ledger has changed as well.
    """

    by: str
    reason: str
    file: str
    theirs: bool = False


@dataclass(slots=True)
class Compared:
    """What came of a table. rows: how many it has; unchanged: those in which nobody changed anything."""

    table: str
    rows: int = 0
    unchanged: int = 0
    changes: list[Change] = field(default_factory=list)


class Today:
    """What the ledger says now, as far as tables ask for it."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._rows: dict[str, dict[str, Row]] = {}

    def row(self, table: str, id_: str) -> Row | None:
        """The row of that id, as it would go out; under the name that it leads to where it was merged."""
        rows = self._rows.get(table)
        if rows is None:
            rows = self._rows[table] = {str(row["id"]): row for row in tables.rows(self._view, table)}
        return rows.get(id_) or rows.get(incidents.resolve(id_, self._view.names))

    def is_gone(self, id_: str) -> bool:
        """Whether that was the name of an incident or a plan that is there no more."""
        return any(one.name == id_ for one in self._view.names)

    @cached_property
    def keys(self) -> frozenset[str]:
        """Those of all decisions."""
        return frozenset(one.key for one in self._view.decisions if one.key)

    @cached_property
    def said(self) -> frozenset[tuple[str, str, str | None, str | None]]:
        """What decisions in force say: on what, the verdict, the field and the value."""
        made = {one.id: one for one in self._view.decisions}
        return frozenset(
            (standing.target or "", one.verdict, one.field, one.value)
            for standing in self._view.derived.standings
            if (one := made.get(standing.decision)) is not None
            # A judgement that needs another look may be given again; a value that was set is set
            and (standing.state == "carried" or (standing.state == "needs_look" and one.verdict == "set"))
        )

    def version(self, id_: str) -> str | None:
        """The version of a target, on which a decision can be made conditional."""
        found = self._targets.get(id_)
        return decisions.version(found, id_) if found is not None else None

    @cached_property
    def _targets(self) -> Mapping[str, Target]:
        rows: list[Incident | Plan] = [*self._view.derived.incidents, *self._view.derived.plans]
        found: dict[str, Target] = {row.id: row for row in rows}
        for one in self._view.reads:
            found[one.story.id] = one.story
            findings: list[Any] = [*one.reading.claims, *one.reading.events, *one.reading.tallies]
            found.update((finding.id, finding) for finding in findings)
        return found


def table_of(page: Page, first: Mapping[str, Cell] | None) -> str | None:
    """Which table of ours a page is: by the mark of its first row, else by its name and columns; None for another one's."""
    marked = marks.read(str(first.get(COLUMN) or "")) if first is not None else None
    if marked is not None:
        return marked[0]
    here = {plain(column).casefold() for column in page.header}

    def likeness(table: str) -> tuple[float, bool]:
        own = tables.columns()[table].meanings
        return len(here & own.keys()) / len(own), page.stem.casefold().startswith(table)

    named = [table for table in tables.columns() if page.stem.casefold().startswith(table)]
    best = max(named or tables.columns(), key=likeness)
    return best if named or likeness(best)[0] >= 0.5 else None


def compare(page: Page, table: str, today: Today, signed: Signed) -> Compared:
    """What people changed in a page of that table. Raises BadTable where its rows cannot be read."""
    found, own = Compared(table), marks.settable()[table]
    for number, cells in page.rows:
        changes = list(_Row(page.name, number, own, cells, today, signed).changes())
        found.rows += 1
        found.unchanged += not changes
        found.changes += changes
    found.changes = list(_one_of_each(found.changes))
    return found


def conditional(changes: Iterable[Change], today: Today) -> Iterator[Change]:
    """The same, the first decision on each target only for the version of it that was compared."""
    seen = set[str]()
    for change in changes:
        asked = change.judgement
        if asked is None or asked.target in seen:
            yield change
        else:
            seen.add(asked.target)
            yield replace(change, judgement=replace(asked, version=today.version(asked.target)))


def _one_of_each(changes: Sequence[Change]) -> Iterator[Change]:
    """Of a row that stands twice the changes once, and none that differ."""
    wanted: dict[tuple[str, str], set[str | None]] = {}
    for change in changes:
        wanted.setdefault((change.id, change.field), set()).add(change.now)
    told = set[tuple[str, str]]()
    for change in changes:
        what = (change.id, change.field)
        if len(wanted[what]) > 1:
            yield replace(change, state="refused", judgement=None, why="the row stands twice, with different values")
        elif what not in told or change.field == "id":
            told.add(what)
            yield change


class _Row:
    """One row that came back."""

    def __init__(
        self, file: str, number: int, own: Settable, cells: Mapping[str, Cell], today: Today, signed: Signed
    ) -> None:
        self._file, self._number, self._own, self._cells = file, number, own, cells
        self._ledger, self._signed = today, signed
        self._asked = str(plain(cells.get("id")))
        self._today: Row = today.row(own.table, self._asked) or {}
        marked = marks.read(str(cells.get(COLUMN) or ""))
        self._base = marked[1] if marked is not None and marked[0] == own.table else None
        self._id = str(self._today.get("id") or self._asked)

    def changes(self) -> Iterator[Change]:
        """What a person changed in it."""
        if not self._today:
            yield self._missing()
            return
        yield from self._locked()
        fields = self._own.columns
        touched = {name: self._is_touched(name) for name in fields}
        if touched.get("place") or touched.get("point"):
            moved = [name for name in ("place", "point") if touched.get(name)]
            cells = {**self._theirs("place"), **(self._theirs("point") if "point" in fields else {})}
            yield from self._set("place", moved, lambda: [self._place(cells, touched.get("point", False))])
        for name in fields:
            if not touched[name] or name in ("place", "point", "review"):
                continue
            theirs = self._theirs(name)
            if name == "campaign":
                yield from self._set(name, [name], lambda t=theirs: self._campaigns(t))  # type: ignore[misc]
            else:
                yield from self._set(name, [name], lambda n=name, t=theirs: [setting.value(self._own.sort, n, t)])  # type: ignore[misc]
        if touched.get("review"):
            yield from self._review()

    def _missing(self) -> Change:
        """What is said of a row that the ledger has not: a decision of this very file may have taken it away."""
        if any(self._key(name) in self._ledger.keys for name in self._own.columns):
            return self._change("id", "made before", None, self._asked, "by this very file")
        why = "the ledger has no such row" if self._asked else "has no id"
        if self._ledger.is_gone(self._asked):
            why = "is no incident or plan any more"
        return self._change("id", "refused", None, self._asked or None, why)

    # ---- what was touched

    def _theirs(self, name: str) -> dict[str, Cell]:
        """The cells of a field, those of columns that are gone as they are today."""
        return {
            one: self._cells.get(one) if one in self._cells else self._today[one] for one in self._own.columns[name]
        }

    def _ours(self, name: str) -> dict[str, Cell]:
        return {one: self._today[one] for one in self._own.columns[name]}

    def _is_touched(self, name: str) -> bool:
        """Whether a person changed a field: it says what neither the ledger says, nor the row as it went out."""
        theirs, ours = self._form(name, self._theirs(name)), list(self._ours(name).values())
        if list(map(plain, theirs)) == list(map(plain, ours)):
            return False
        return self._base is None or marks.digest(theirs) != self._base[name]

    def _form(self, name: str, cells: Mapping[str, Cell]) -> list[Cell]:
        """Numbers that a spreadsheet rewrote as the numbers that they are."""
        counts = len(cells) == 3
        found: list[Cell] = []
        for column, cell in cells.items():
            try:
                if counts:
                    found.append(setting.whole(column, cell))
                elif name == "point":
                    found.append(setting.degrees(column, cell, 180))
                else:
                    found.append(cell)
            except Unclear:
                found.append(cell)
        return found

    def _moved(self, name: str) -> bool:
        """Whether the ledger says another thing of a field than when the row went out, as far as that is known."""
        return self._base is None or marks.digest(self._ours(name).values()) != self._base[name]

    def _locked(self) -> Iterator[Change]:
        """Cells that were changed and cannot be."""
        table = self._own.table
        theirs = marks.rest(table, {one: self._cells.get(one, cell) for one, cell in self._today.items()})
        ours = marks.rest(table, self._today)
        odd = [one for one in ours if one != "id" and plain(theirs[one]) != plain(ours[one])]
        if not odd or (self._base is not None and marks.digest(theirs.values()) == self._base[REST]):
            return
        if self._base is not None and marks.digest(ours.values()) == self._base[REST]:
            for one in odd:
                yield self._change(one, "refused", _words([ours[one]]), _words([theirs[one]]), "cannot be changed here")
        elif all(one in self._cells for one in ours):
            why = "cannot be changed here; in some of them the ledger may have changed, and not the table"
            yield self._change(", ".join(odd), "refused", None, None, why)

    # ---- judgements

    def _place(self, cells: dict[str, Cell], point: bool) -> str:
        return setting.place(self._own.sort, cells, self._today, point)

    def _campaigns(self, theirs: Mapping[str, Cell]) -> list[str]:
        found = setting.campaigns(list(theirs.values()), [self._today["campaigns"]])
        if not found:
            raise Unclear("says the same in other words")
        return found

    def _set(self, name: str, groups: Sequence[str], values: Callable[[], list[str]]) -> Iterator[Change]:
        was = " ".join(filter(None, (_words(list(self._ours(one).values())) for one in groups))) or None
        said = " ".join(filter(None, (_words(list(self._theirs(one).values())) for one in groups))) or None
        try:
            found = values()
        except Unclear as error:
            yield self._change(name, "refused", was, said, str(error))
            return
        moved = any(map(self._moved, groups))
        for number, value in enumerate(found):
            asked = self._judgement("set", f"{name}{number or ''}", name, value)
            yield self._judged(name, asked, was, value, moved)

    def _review(self) -> Iterator[Change]:
        was, said = _words([self._today["review"]]), _words([self._cells.get("review")])
        try:
            verdict = setting.verdict(self._cells.get("review"))
        except Unclear as error:
            yield self._change("review", "refused", was, said, str(error))
            return
        # Whoever judges a row judges what it says, and that was another thing
        moved = any(map(self._moved, (one for one in self._own.columns if one != "review")))
        yield self._judged("review", self._judgement(verdict, "review", None, None), was, said, moved)

    def _judgement(self, verdict: str, what: str, field_: str | None, value: str | None) -> Judgement:
        return Judgement(verdict, self._id, self._signed.by, self._signed.reason, field_, value, key=self._key(what))

    def _key(self, what: str) -> str:
        """Another file, row or field has another."""
        return f"import-{digest(self._signed.file, self._own.table, self._asked, what)[:24]}"

    def _judged(self, name: str, asked: Judgement, was: str | None, now: str | None, moved: bool) -> Change:
        """A change that could be decided."""
        if asked.key in self._ledger.keys:
            return self._change(name, "made before", was, now, "by this very file")
        if (self._id, asked.verdict, asked.field, asked.value) in self._ledger.said:
            return self._change(name, "made before", was, now, "a decision in force says so")
        try:
            formed(asked)
        except WrongUse as error:
            return self._change(name, "refused", was, now, str(error))
        if (moved or self._asked != self._id) and not self._signed.theirs:
            why = "the ledger has changed since the table went out"
            if self._base is None:
                why = f"the row has no {COLUMN}: nobody knows what it said when it went out"
            elif self._asked != self._id:
                why = f"{self._asked} was merged since the table went out, and leads to {self._id}"
            return self._change(name, "conflict", was, now, why)
        return replace(self._change(name, "changed" if was is not None else "new", was, now), judgement=asked)

    def _change(self, name: str, state: State, was: str | None, now: str | None, why: str = "") -> Change:
        return Change(self._file, self._number, self._own.table, self._id, name, state, was, now, why)


def _words(cells: Collection[Cell]) -> str | None:
    """What some cells that go together say, as a decision would: "6-7-9", "2031-03-30/2031-03-31"."""
    if all(cell in (None, "") for cell in cells):
        return None
    said = ["?" if cell in (None, "") else plain(cell) for cell in cells]
    return said[0] if len(set(said)) == 1 else ("-" if len(said) == 3 else "/").join(said)
