"""What the pages share in one process: the ledger, its board of the moment, and the words of its stories."""

import threading
from collections import OrderedDict
from datetime import UTC, datetime
from secrets import token_hex

from fastapi import Request

from onrecord import decisions
from onrecord.decisions import Target
from onrecord.exports import filters
from onrecord.exports.filters import Filter
from onrecord.ledger import Ledger, people, read
from onrecord.pipeline import Judgement, Kept, Outcome, View
from onrecord.records import Shown, Story
from onrecord.web.alike import Alike, alike
from onrecord.web.board import Board, Row
from onrecord.web.queue import Queue
from onrecord.web.searching import Index

_REMEMBERED = 20_000


class Desk:
    """One ledger that people work on. A board is made once for each moment; who reads never waits for who decides."""

    def __init__(self, ledger: Ledger, profile: str = "joint") -> None:
        self.ledger = ledger
        self._kept = Kept(ledger, profile)
        self._boot = token_hex(4)
        self._count = 0
        self._lock = threading.Lock()
        self._board: Board | None = None
        self._seen: OrderedDict[str, Shown] = OrderedDict()
        self.index = Index()
        self.queue = Queue()

    def board(self) -> Board:
        """The ledger as it stands now."""
        return self._laid_out(self._kept.look(datetime.now(UTC)))

    def _laid_out(self, view: View) -> Board:
        with self._lock:
            if self._board is None or self._board.view is not view:
                self._count += 1
                self._board = Board(view, f"{self._boot}-{self._count}")
            return self._board

    def shown(self, target: Target, id_: str) -> str:
        """The version of a target that a page shows. Its values are remembered, for who decides on them when they have changed."""
        name = decisions.version(target, id_)
        with self._lock:
            self._seen[name] = decisions.shown(target)
            self._seen.move_to_end(name)
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
        return name

    def seen(self, version: str) -> Shown | None:
        """The values of a version that some page showed; None where that is long ago."""
        return self._seen.get(version)

    def decide(self, asked: Judgement) -> Outcome:
        """Keeps a judgement; the next board has it."""
        return self._kept.decide(asked, datetime.now(UTC))

    def people(self) -> dict[str, str]:
        """The names of those who have accounts, by what they sign with."""
        with self.ledger.reading() as connection:
            return people.names(connection)

    def kept_by(self, board: Board, wanted: Filter) -> frozenset[str]:
        """The ids of the incidents and plans that a filter keeps."""
        filters.check(board.view, wanted)
        return frozenset(id_ for id_, row in board.filtered.items() if wanted.keeps(row))

    def alike(self, board: Board, row: Row) -> list[Alike]:
        """What else may be the same as an incident or plan, the likeliest first, with what speaks for it and against."""
        return alike(board, row)

    def story(self, id_: str) -> Story | None:
        """The words of a story."""
        return read.story(self.ledger, id_)

    def stories(self, ids: list[str]) -> dict[str, Story]:
        """The words of some stories, by id."""
        return {story.id: story for story in read.stories_of(self.ledger, ids)}


def desk_of(request: Request) -> Desk:
    """The desk that an application serves."""
    desk: Desk = request.app.state.desk
    return desk
