"""The lists of the API: sorted once for a moment, and rows made only for the page that is asked for."""

import threading
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from weakref import WeakKeyDictionary, proxy

from onrecord.exports.filters import Filter, check
from onrecord.exports.private import Cell, Row, public_name
from onrecord.exports.tables import Rows
from onrecord.records import Decision, Event, Family, Incident, Mutation, Plan, Read, When
from onrecord.web.board import Board
from onrecord.web.cursors import Key, decoded, encoded
from onrecord.web.shapes import OfDecisions, Paging

Record = Any
"""What a list is of: a record, or a story's reading and a record in it."""

_UNDATED = "9999"


@dataclass(frozen=True, slots=True)
class _List:
    """One list. records: each with its key; row: as it is given; facets: what filters look at, one or several rows, of which any
    may match.
    """

    size: int
    records: Callable[["Lists"], Iterable[tuple[Key, Record]]]
    row: Callable[["Lists", Record], Any]
    facets: Callable[["Lists", Record], list["Facets"]]


class Lists:
    """The lists of one moment for one class of people. masked: names of private persons are hidden from them, and filters find
    what is shown, and nothing else.
    """

    def __init__(self, board: Board, *, masked: bool) -> None:
        # Lists are kept beside their board, and must not keep it
        self.board: Board = proxy(board)
        self.masked = masked
        self.rows = Rows(board.view, board.private if masked else None)
        self._sorted: dict[str, tuple[list[Key], list[Record]]] = {}
        self._facets: defaultdict[str, dict[Key, list[Facets]]] = defaultdict(dict)
        self._seen = lru_cache(maxsize=None)(self._hidden)

    def page(
        self, table: str, paging: Paging, keeps: Callable[[str, Key, Record], bool] | None = None
    ) -> tuple[list[Any], str | None]:
        """The rows of a page, and the cursor of the next one. keeps: whether a record is asked for. Raises Refused (422)."""
        order, said = paging.order, _LISTS[table]
        after = decoded(table, order, paging.cursor, said.size) if paging.cursor is not None else None
        found: list[tuple[Key, Record]] = []
        for key, record in self._behind(table, order, after):
            if keeps is None or keeps(table, key, record):
                found.append((key, record))
                if len(found) > paging.limit:
                    break
        more, found = len(found) > paging.limit, found[: paging.limit]
        following = encoded(table, order, found[-1][0]) if more else None
        return [said.row(self, record) for _, record in found], following

    def wanted(self, filter_: Filter) -> Callable[[str, Key, Record], bool] | None:
        """What a filter keeps; None where it keeps everything. Raises WrongUse for a campaign that is not of this ledger."""
        check(self.board.view, filter_)
        if filter_ == Filter():
            return None
        return lambda table, key, record: any(filter_.keeps(row) for row in self._facets_of(table, key, record))

    def _behind(self, table: str, order: str, after: Key | None) -> Iterator[tuple[Key, Record]]:
        keys, records = self._laid_out(table)
        if order == "asc":
            places = range(bisect_right(keys, after) if after is not None else 0, len(keys))
        else:
            places = range((bisect_left(keys, after) if after is not None else len(keys)) - 1, -1, -1)
        return ((keys[at], records[at]) for at in places)

    def _laid_out(self, table: str) -> tuple[list[Key], list[Record]]:
        if table not in self._sorted:
            found = sorted(_LISTS[table].records(self), key=lambda one: one[0])
            self._sorted[table] = [key for key, _ in found], [record for _, record in found]
        return self._sorted[table]

    def _facets_of(self, table: str, key: Key, record: Record) -> list["Facets"]:
        known = self._facets[table]
        if key not in known:
            known[key] = _LISTS[table].facets(self, record)
        return known[key]

    # ---- what filters look at

    def _hidden(self, column: str, text: str) -> Any:
        private = self.board.private
        cell = private.withheld({column: text})[column]
        return private.masked(cell) if isinstance(cell, str) else cell

    def seen(self, column: str, cell: Cell) -> Cell:
        """A cell as these people see it."""
        return self._seen(column, cell) if self.masked and isinstance(cell, str) else cell

    @cached_property
    def telling(self) -> dict[str, list[Event]]:
        """The events that each claim tells of."""
        found: defaultdict[str, list[Event]] = defaultdict(list)
        for read in self.board.view.reads:
            for event in read.reading.events:
                for claim in event.claims:
                    found[claim].append(event)
        return dict(found)

    def of_story(self, story: str) -> "Facets":
        """What filters look at of a story, by its id."""
        read = self.board.reads[story]
        return Facets(self, read, read.reading.events)

    @cached_property
    def sequence(self) -> dict[str, int]:
        """The place of each decision in the order in which they were made."""
        return {one.id: n for n, one in enumerate(self.board.view.decisions)}

    @cached_property
    def campaigns(self) -> list[Row]:
        """The rows of all campaigns."""
        return sorted(self.rows.campaigns(), key=lambda row: str(row["name"]))


class Facets(Mapping[str, Cell]):
    """What filters look at of a record, each column made when a filter first asks for it.

    read: the story that it stands in; events: those that it tells of; own: columns of its own, before all.
    """

    __slots__ = ("_cells", "_events", "_lists", "_read")

    def __init__(self, lists: Lists, read: Read | None, events: Sequence[Event], own: Mapping[str, Cell] = {}) -> None:
        self._lists: Lists = proxy(lists)
        self._read = read
        self._events = events
        self._cells: Row = {column: lists.seen(column, cell) for column, cell in own.items()}

    def __getitem__(self, column: str) -> Cell:
        if column not in self._cells:
            self._cells[column] = self._lists.seen(column, self._made(column))
        return self._cells[column]

    def _made(self, column: str) -> Cell:
        if self._read is None:
            return None
        if column == "outlet":
            return self._read.story.outlet
        if column == "published":
            start = self._read.story.published.start
            return start.isoformat() if start else None
        if column == "campaigns":
            homes = (self._lists.board.home.get(event.id) for event in self._events)
            return "; ".join(name for home in homes if home is not None for name in home.campaigns)
        cells = map(_OF_EVENTS[column], self._events) if column in _OF_EVENTS else ()
        return "; ".join(filter(None, cells))

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)


_OF_EVENTS: dict[str, Callable[[Event], str | None]] = {
    "kind": lambda event: event.kind,
    "status": lambda event: event.status,
    "place": lambda event: event.where.name if event.where is not None else None,
    "country": lambda event: event.where.country if event.where is not None else None,
    "actor": lambda event: event.actor.name if event.actor is not None else None,
}


def decision(lists: Lists, one: Decision) -> dict[str, Any]:
    """A decision as a row; who made it, and when, is for those who decide."""
    by, at = (None, None) if lists.masked else (one.by, one.at.isoformat())
    return {**lists.rows.decision(one), "by": by, "at": at}


def family(lists: Lists, one: Family) -> dict[str, Any]:
    """A family with its stories."""
    carried = [lists.rows.carrier(one, story) for story in one.stories]
    return {"id": one.id, "root": one.root, "stories": [{k: v for k, v in row.items() if k != "id"} for row in carried]}


def of_decisions(asked: OfDecisions, lists: Lists) -> Callable[[str, Key, Record], bool] | None:
    """Which decisions are asked for; None for all."""
    if asked.state is None and asked.target is None:
        return None

    def keeps(_table: str, _key: Key, one: Decision) -> bool:
        standing = lists.board.standing.get(one.id)
        state, bears_on = (standing.state, standing.target) if standing is not None else (None, None)
        return asked.state in (None, state) and asked.target in (None, one.target, bears_on)

    return keeps


# ---- the lists


def _moment(read: Read) -> str:
    start = read.story.published.start
    return start.isoformat() if start else _UNDATED


def _in_stories(
    part: Callable[[Read], Iterable[tuple[str, int, str, Any]]],
) -> Callable[[Lists], Iterator[tuple[Key, Record]]]:
    """Records within stories, in the order of publication and then of the text. part: each with its part, start and id."""

    def records(lists: Lists) -> Iterator[tuple[Key, Record]]:
        for read in lists.board.view.reads:
            moment = _moment(read)
            for of, start, id_, one in part(read):
                yield (moment, read.story.id, f"{of != 'headline':d}{start:08}", id_), (read, one)

    return records


def _told(lists: Lists, one: Incident | Plan) -> Key:
    if isinstance(one, Incident):
        return (one.when.start.isoformat() if one.when and one.when.start else _UNDATED, one.id)
    return (_first(lists, one.stories), one.id)


def _first(lists: Lists, stories: Iterable[str]) -> str:
    return min((_moment(lists.board.reads[story]) for story in stories), default=_UNDATED)


def _changes(lists: Lists) -> Iterator[tuple[Key, Mutation]]:
    many: defaultdict[tuple[str, str], int] = defaultdict(int)
    for one in lists.board.view.derived.mutations:
        many[one.story, one.field] += 1
        number = f"{many[one.story, one.field]:06}"
        yield (_moment(lists.board.reads[one.story]), one.story, one.field, number), one


def _row_facets(lists: Lists, one: Incident | Plan) -> list[Facets]:
    when, where = one.when if isinstance(one, Incident) else None, one.where
    outlets = (lists.rows.outlets.get(story) or "" for story in one.stories)
    own: Row = {
        **_days(when),
        "place": where.name if where else None,
        "country": where.country if where else None,
        "actor": one.actor,
        "kind": one.kind,
        "status": one.status,
        "outlets": "; ".join(outlets),
        "reports": "; ".join(one.reports) if isinstance(one, Incident) else None,
        "campaigns": "; ".join(one.campaigns),
    }
    return [Facets(lists, None, (), own)]


def _claim_facets(lists: Lists, record: Record) -> list[Facets]:
    read, claim = record
    named = public_name(claim.source) if lists.masked else claim.source.name
    return [Facets(lists, read, lists.telling.get(claim.id, ()), {"source_name": named})]


def _event_facets(lists: Lists, record: Record) -> list[Facets]:
    read, event = record
    return [Facets(lists, read, (event,), _days(event.when))]


def _tally_facets(lists: Lists, record: Record) -> list[Facets]:
    read, tally = record
    return [Facets(lists, read, read.reading.events, {"as_of": tally.as_of.isoformat() if tally.as_of else None})]


def _days(when: When | None) -> Row:
    first, last = (when.start, when.end) if when is not None else (None, None)
    return {"first_day": first.isoformat() if first else None, "last_day": last.isoformat() if last else None}


def _none(_lists: Lists, _record: Record) -> list[Facets]:
    return []


_LISTS: dict[str, _List] = {
    "stories": _List(
        2,
        lambda lists: (((_moment(read), read.story.id), read) for read in lists.board.view.reads),
        lambda lists, read: lists.rows.story(read),
        lambda lists, read: [lists.of_story(read.story.id)],
    ),
    "claims": _List(
        4,
        _in_stories(lambda read: ((c.content[0].part, c.content[0].start, c.id, c) for c in read.reading.claims)),
        lambda lists, record: lists.rows.claim(*record),
        _claim_facets,
    ),
    "events": _List(
        4,
        _in_stories(
            lambda read: (
                (e.mentions[0].span.part, e.mentions[0].span.start, e.id, e) if e.mentions else ("text", 0, e.id, e)
                for e in read.reading.events
            )
        ),
        lambda lists, record: lists.rows.event(*record),
        _event_facets,
    ),
    "tallies": _List(
        4,
        _in_stories(lambda read: ((t.span.part, t.span.start, t.id, t) for t in read.reading.tallies)),
        lambda lists, record: lists.rows.tally(*record),
        _tally_facets,
    ),
    "incidents": _List(
        2,
        lambda lists: ((_told(lists, one), one) for one in lists.board.view.derived.incidents),
        lambda lists, one: lists.rows.incident(one),
        _row_facets,
    ),
    "plans": _List(
        2,
        lambda lists: ((_told(lists, one), one) for one in lists.board.view.derived.plans),
        lambda lists, one: lists.rows.plan(one),
        _row_facets,
    ),
    "families": _List(
        2,
        lambda lists: (((_first(lists, one.stories), one.id), one) for one in lists.board.view.derived.families),
        family,
        lambda lists, one: [lists.of_story(story) for story in one.stories],
    ),
    "mutations": _List(
        4,
        _changes,
        lambda lists, one: lists.rows.mutation(one),
        lambda lists, one: [lists.of_story(one.story)],
    ),
    "decisions": _List(
        2,
        lambda lists: (((f"{n:09}", one.id), one) for n, one in enumerate(lists.board.view.decisions)),
        decision,
        _none,
    ),
    "campaigns": _List(
        1,
        lambda lists: (((str(row["name"]),), row) for row in lists.campaigns),
        lambda _lists, row: row,
        _none,
    ),
}


_KNOWN: WeakKeyDictionary[Board, dict[bool, Lists]] = WeakKeyDictionary()
_LOCK = threading.Lock()


def lists_of(board: Board, *, masked: bool) -> Lists:
    """The lists of a moment, made once for each class of people."""
    with _LOCK:
        known = _KNOWN.setdefault(board, {})
        if masked not in known:
            known[masked] = Lists(board, masked=masked)
        return known[masked]
