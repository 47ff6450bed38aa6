"""Files that come back, or come from elsewhere, held against a ledger: tables of ours for what people changed in them, records of
other projects to be compared with.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from onrecord.errors import BadTable
from onrecord.exports import edits, marks, outside, returned, tables
from onrecord.exports.edits import Change, Compared, Signed, Today
from onrecord.exports.listing import Listing
from onrecord.exports.outside import Beside
from onrecord.exports.private import Row
from onrecord.exports.returned import Page
from onrecord.pipeline import Judgement, Outcome, View


@dataclass(slots=True)
class Imported:
    """What came of some files. compared: of each table of ours; beside: of each of another project; passed: what was passed
    over, a sentence each.
    """

    compared: list[Compared] = field(default_factory=list)
    beside: list[Beside] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        """All changes, in the order of the files and their rows."""
        return [change for one in self.compared for change in one.changes]

    @property
    def judgements(self) -> list[Judgement]:
        """Those that can be decided, in that order."""
        return [change.judgement for change in self.changes if change.judgement is not None]


def read(view: View, paths: Sequence[Path], by: str, reason: str, *, theirs: bool = False) -> Imported:
    """Holds files against a ledger; decides nothing.

    Raises WrongUse where a file is not there, BadTable where one cannot be read: then none is.
    """
    found, today = Imported(), Today(view)
    known = outside.known() | {column for one in tables.columns().values() for column in one.meanings}
    for path in paths:
        pages = returned.pages(path, known)
        first = next(pages, None)
        if first is None:
            raise BadTable(f"{path}: holds no table")
        with path.open("rb") as stream:
            signed = Signed(by, reason, hashlib.file_digest(stream, "sha256").hexdigest(), theirs)
        for page in chain([first], pages):
            _one(found, view, today, page, signed)
    if len(found.compared) == 1:
        # What is decided on one table may change what another says; what was compared is then not what is there
        found.compared[0].changes = list(edits.conditional(found.compared[0].changes, today))
    return found


def _one(found: Imported, view: View, today: Today, page: Page, signed: Signed) -> None:
    form = outside.form_of(page.header)
    if form is not None:
        found.beside.append(outside.compare(view, page.name, form, list(outside.records(page, form))))
        return
    row = next(page.rows, None)
    page = replace(page, rows=chain([row] if row is not None else [], page.rows))
    table = edits.table_of(page, row[1] if row is not None else None)
    if table is None:
        _unknown(found, page)
        return
    if table not in marks.settable():
        found.passed.append(f"{page.name}: {table}: nothing in it can be changed by a table; passed over")
        return
    if "id" not in {returned.named(column) for column in page.header}:
        raise BadTable(f"{page.name}: has no column id: nobody can tell what its rows are about")
    own = {*tables.columns()[table].meanings, ""}
    if more := [name for name in page.header if returned.named(name) not in own]:
        found.passed.append(f"{page.name}: passed over, for they are no columns of {table}: {', '.join(more[:20])}")
    found.compared.append(edits.compare(page, table, today, signed))


def _unknown(found: Imported, page: Page) -> None:
    """A table that is none of ours: in a workbook it may be somebody's notes."""
    columns = ", ".join(page.header[:8]) + (" …" if len(page.header) > 8 else "")
    said = f"{page.name}: is neither a table of ours nor shaped like ACLED's or GED's; its columns are {columns}"
    if page.within or page.header == ("table", "column", "meaning"):
        found.passed.append(f"{said}; passed over")
    else:
        raise BadTable(said)


def rows(changes: Iterable[Change]) -> Iterator[Row]:
    """Changes as rows."""
    for one in changes:
        yield {
            "file": one.file,
            "row": one.number,
            "table": one.table,
            "id": one.id,
            "field": one.field if one.judgement is None or one.judgement.verdict == "set" else one.judgement.verdict,
            "state": one.state,
            "was": one.was,
            "now": one.now,
            "why": one.why or None,
        }


def decided(change: Change, made: Outcome | Exception) -> tuple[Change, str | None]:
    """A change after it was decided, with the id of the decision; None where it was not."""
    if isinstance(made, Outcome):
        state = "made before" if made.again else change.state
        return replace(change, state=state, why=made.standing.note), made.decision.id
    return replace(change, state="conflict", judgement=None, why=str(made)), None


def counts(found: Imported, changes: Iterable[Change]) -> str:
    """How much came of the tables, in a line. changes: those of the tables, as they stand now."""
    states = Counter(change.state for change in changes)
    read, same = (sum(getattr(one, name) for one in found.compared) for name in ("rows", "unchanged"))
    before = f", {states['made before']:,} made before" if states["made before"] else ""
    return (
        f"{read:,} rows: {same:,} unchanged; cells: {states['new']:,} new, {states['changed']:,} changed{before}, "
        f"{states['conflict']:,} in conflict, {states['refused']:,} cannot be changed"
    )


def listing(changes: Iterable[Change]) -> Listing:
    """Changes for a terminal, a line each."""
    cells = [
        (
            row["row"],
            row["id"],
            row["field"],
            row["state"],
            row["was"] or "?",
            "->",
            row["now"] or "?",
            row["why"] or "",
        )
        for row in rows(changes)
    ]
    gives = {"id": 11, "was": 10, "now": 10, "why": 12, "field": 8}
    return Listing(("row", "id", "field", "state", "was", "", "now", "why"), cells, frozenset({"row"}), gives, "now")


def beside(one: Beside) -> Listing:
    """A comparison for a terminal, a line for each pair."""
    cells = [tuple(row[name] if row[name] is not None else "" for name in _SHOWN) for row in outside.rows(one)]
    gives = {"record": 8, "place": 7, "their place": 7, "kind": 8, "differs": 12, "why": 10}
    return Listing(tuple(name.replace("_", " ") for name in _SHOWN), cells, gives=gives, last="differs")


_SHOWN = ("state", "incident", "record", "day", "place", "kind", "differs", "why")


def summary(one: Beside) -> str:
    """A comparison in a line."""
    states = Counter(pair.state for pair in one.pairs)
    said = ", ".join(f"{states[state]:,} {state}" for state in ("matched", "differing", "only here", "only there"))
    beyond = f"; {one.beyond:,} incidents lie outside of its days and are not compared" if one.beyond else ""
    return f"{one.name}: {one.records:,} records in the shape of {one.form.upper()}: {said}{beyond}"
