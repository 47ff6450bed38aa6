"""What the pages share in one process: the ledger, its board of the moment, and the words of its stories."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import chain
from secrets import token_hex

from fastapi import Request

from onrecord import decisions, pipeline
from onrecord.decisions import Target
from onrecord.exports import filters
from onrecord.exports.filters import Filter
from onrecord.ledger import Ledger, people, read
from onrecord.pipeline import Answers, Judgement, Opening, Outcome, View
from onrecord.records import Coding, Round, Shown, Story
from onrecord.web import turns
from onrecord.web.access import Person
from onrecord.web.board import Board, Row
from onrecord.web.counting import Counts
from onrecord.web.keepers import Here, Keeper
from onrecord.web.near import Near
from onrecord.web.queue import Queue
from onrecord.web.searching import Hit, Index
from onrecord.wording import places

_REMEMBERED = 20_000


class Desk:
    """One ledger that people work on. A board is made once for each moment; who reads never waits for who decides.

    keeper: who keeps it in memory; this very process where none is given.
    """

    def __init__(self, ledger: Ledger, keeper: Keeper | None = None) -> None:
        self.ledger = ledger
        self.keeper = keeper if keeper is not None else Here(ledger)
        self.counts = Counts()
        self._laid_out = time.monotonic()
        self._boot = token_hex(4)
        self._count = 0
        self._lock = threading.Lock()
        self._busy = threading.Lock()
        self._board: Board | None = None
        self._seen: OrderedDict[str, Shown] = OrderedDict()
        self._index = Index()
        self.queue = Queue()
        self._near: dict[str, tuple[str, tuple[Near, ...]]] = {}

    def board(self) -> Board:
        """The ledger as it stands now; while a decision is being made or the ledger is being looked at, as it stood before."""
        if self._busy.acquire(blocking=self._board is None):
            try:
                self._lay_out(self.keeper.look(datetime.now(UTC)), lambda: None)
            finally:
                self._busy.release()
        assert self._board is not None
        return self._board

    def _lay_out(self, view: View, breathe: Callable[[], None]) -> None:
        """Makes the board of a view. Whoever asks for one meanwhile is shown the last. breathe: called now and then, to let others go first."""
        if self._board is None or self._board.view is not view:
            self._count += 1
            board = Board(view, f"{self._boot}-{self._count}", self._board)
            if self._board is not None:
                # What the next pages would each wait for is worked out before they are shown it
                for _ in chain(board.parts(), self.queue.keep_up(board)):
                    breathe()
            self._board, self._laid_out = board, time.monotonic()

    @property
    def laid_out(self) -> tuple[int, float]:
        """How many boards there have been, and when the last was made, in seconds as `time.monotonic` counts them."""
        return self._count, self._laid_out

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
        with self.counts.deciding(), self._busy:
            made = self.keeper.decide(asked, datetime.now(UTC))
            self._lay_out(self.keeper.view, turns.first())
            return made

    def people(self) -> dict[str, str]:
        """The names of those who have accounts, by what they sign with."""
        with self.ledger.reading() as connection:
            return people.names(connection)

    def kept_by(self, board: Board, wanted: Filter, person: Person) -> frozenset[str]:
        """The ids of the incidents and plans that a filter keeps, as far as that person may know."""
        filters.check(board.view, wanted)
        rows = board.filtered if person.knows_names else board.filtered_openly
        return frozenset(id_ for id_, row in rows.items() if wanted.keeps(row))

    def alike(self, board: Board, row: Row) -> list[tuple[Row, Near]]:
        """What else may be the same as an incident or plan, the likeliest first, with what speaks for it and against.

        While a decision is being made nobody waits for that: what was found before is shown, or nothing.
        """
        known = self._near.get(row.id)
        if known is None or known[0] != board.state:
            found = self.keeper.near(row.id, board.view)
            if found is not None:
                known = self._near[row.id] = (board.state, found)
        rows = ((board.row(one.id), one) for one in (known[1] if known else ()))
        return [(other, one) for other, one in rows if other is not None and other is not row]

    def rounds(self) -> tuple[Round, ...]:
        """The rounds of coding, in the order in which they were opened."""
        with self.ledger.reading() as connection:
            return read.rounds(connection)

    def codings(self, round_: str | None = None) -> tuple[Coding, ...]:
        """What coders answered, in that round or in all."""
        with self.ledger.reading() as connection:
            return read.codings(connection, round_)

    def open_round(self, asked: Opening) -> Round:
        """What `pipeline.open_round` does."""
        return pipeline.open_round(self.ledger, asked, datetime.now(UTC))

    def code(self, asked: Answers) -> Coding:
        """What `pipeline.code` does."""
        return pipeline.code(self.ledger, asked, datetime.now(UTC))

    def close_round(self, id_: str, by: str) -> Round:
        """What `pipeline.close_round` does."""
        return pipeline.close_round(self.ledger, id_, by, datetime.now(UTC))

    def story(self, id_: str) -> Story | None:
        """The words of a story."""
        return read.story(self.ledger, id_)

    def stories(self, ids: list[str]) -> dict[str, Story]:
        """The words of some stories, by id."""
        return {story.id: story for story in read.stories_of(self.ledger, ids)}

    def warm(self) -> None:
        """Begins, in the background, what the first search would wait for, and the first place that is set."""
        self._index.begin(self.board, self.stories)
        threading.Thread(target=_load_places, daemon=True).start()

    def search(self, q: str, masked: bool, limit: int, after: str | None) -> tuple[list[Hit], str | None]:
        """The stories in which all words asked for stand (`words.terms`), the fittest first, then the newest; and the place after the
        last of them, where more follow. masked: as a reader sees the texts. after: such a place, of the same question.

        Raises WrongUse for a place that is none, TryLater while the index is being made.
        """
        self._index.ready(self.board, self.stories)
        return self._index.search(q, self.stories, masked=masked, limit=limit, after=after)


def _load_places() -> None:
    places.resolve("London")
    turns.set_aside()


def desk_of(request: Request) -> Desk:
    """The desk that an application serves."""
    desk: Desk = request.app.state.desk
    return desk
