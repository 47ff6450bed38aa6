"""Full text: an index that the running process holds, the same for every database, of what each may read."""

import base64
import json
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from onrecord.errors import TryLater, WrongUse
from onrecord.exports.harmless import harmless
from onrecord.exports.private import Private
from onrecord.records import Published, Read, Story
from onrecord.web.board import Board
from onrecord.wording import words

MOST = 100
"""Hits of one page, at most."""

_PORTION = 200
"""Stories that are taken in between two searches."""
_WEIGHTS = (8.0, 1.0, 2.0, 2.0)
"""What a word is worth in a headline, a text, an outlet's name, a byline."""
_WAIT = 3.0
"""Seconds that a search waits for the first making of the index."""
_MOST_NAMES = 200
"""Up to how many names that became private or public the stories with them are looked for; beyond, all are gone through."""
_BEFORE, _AROUND = 80, 260
"""Signs of a snippet before its first match, and in all."""
_LOOKED_AT = 100_000
"""Signs of a text in which a snippet is looked for."""
_UNDATED = float("inf")

# Words come folded and parted by blanks: to this tokenizer, every sign beyond ASCII is one of a word
_TABLES = """
PRAGMA synchronous=OFF;
PRAGMA journal_mode=MEMORY;
CREATE VIRTUAL TABLE words USING fts5(headline, text, outlet, byline, tokenize='ascii', prefix='2 3');
CREATE TABLE told (n INTEGER PRIMARY KEY, id TEXT NOT NULL, age REAL NOT NULL, plain INTEGER NOT NULL);
"""
# A story has the row 2n; where a reader sees another text, that is 2n + 1
_FOUND = f"""
WITH found AS MATERIALIZED (
    SELECT rowid AS row, bm25(words, {", ".join(map(str, _WEIGHTS))}) AS score FROM words WHERE words MATCH :query
)
SELECT score, age, id, row FROM found JOIN told ON told.n = found.row >> 1
WHERE CASE WHEN :masked THEN found.row & 1 OR told.plain ELSE NOT found.row & 1 END
"""
_PAGE = f"SELECT * FROM ({_FOUND}) WHERE (score, age, id) > (:score, :age, :last) ORDER BY score, age, id LIMIT :limit"
_ONE = f"SELECT * FROM ({_FOUND}) WHERE id = :last"

Stories = Callable[[list[str]], Mapping[str, Story]]
"""The words of stories, by id."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A story that was found. snippet: words around the first match, and where matches lie in them: [start, end)."""

    story: str
    headline: str
    outlet: str | None
    published: Published
    snippet: tuple[str, list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class _Taken:
    """A story as it is in the index."""

    n: int
    outlet: str | None
    age: float


class Index:
    """The words of all stories of a ledger, in a file of SQLite's that nobody else can open and that goes with the process.

    What readers may not read has a second row beside, without it: searching among those rows, nobody finds it, nor learns from
    a count that it is there.
    """

    def __init__(self) -> None:
        self._base: sqlite3.Connection | None = None
        self._taken: dict[str, _Taken] = {}
        self._board: Board | None = None
        self._hidden: frozenset[str] = frozenset()
        self._made = threading.Event()
        self._first: threading.Thread | None = None
        self._following = threading.Lock()
        self._using = threading.Lock()

    def begin(self, look: Callable[[], Board], stories: Stories) -> None:
        """Makes the index in the background, unless it is there or being made."""
        with self._using:
            if self._made.is_set() or (self._first is not None and self._first.is_alive()):
                return
            self._first = threading.Thread(target=self._begun, args=(look, stories), name="search index", daemon=True)
            self._first.start()

    def _begun(self, look: Callable[[], Board], stories: Stories) -> None:
        try:
            self.follow(look, stories)
        except Exception:
            # Whatever it was, who searches next begins again and is told that it is not ready
            return
        self._made.set()

    def ready(self, look: Callable[[], Board], stories: Stories) -> None:
        """Brings the index up to date. Raises TryLater while it is made for the first time, and that takes long."""
        self.begin(look, stories)
        if not self._made.wait(_WAIT):
            raise TryLater("the stories are still being gone through for searching; search again in a moment")
        self.follow(look, stories)

    def follow(self, look: Callable[[], Board], stories: Stories) -> None:
        """Takes in what is new on the board of the moment, and what a reader may read now and could not before, or no more."""
        with self._following:
            board = look()
            if board is self._board:
                return
            base = self._opened()
            hidden = board.private.hidden()
            again = self._changed(base, board, hidden)
            new = [read for read in board.view.reads if read.story.id not in self._taken]
            due = [*(board.reads[id_] for id_ in again), *new]
            for start in range(0, len(due), _PORTION):
                portion = due[start : start + _PORTION]
                self._take(base, board.private, portion, stories([read.story.id for read in portion]))
            self._board, self._hidden = board, hidden

    def _opened(self) -> sqlite3.Connection:
        with self._using:
            if self._base is None:
                base = sqlite3.connect("", check_same_thread=False, isolation_level=None)
                base.executescript(_TABLES)
                self._base = base
            return self._base

    def _changed(self, base: sqlite3.Connection, board: Board, hidden: frozenset[str]) -> list[str]:
        """The stories that are otherwise now: by a decision on them, or because they have a name that is private now, or no more."""
        found = {
            id_
            for id_, taken in self._taken.items()
            if (read := board.reads[id_]) and (taken.outlet, taken.age) != (read.story.outlet, _age(read))
        }
        names = hidden ^ self._hidden
        if self._taken and names:
            if len(names) > _MOST_NAMES:
                return list(self._taken)
            for name in names:
                said = tuple(words.folded(name))
                query = _expression((words.Term(said, begins=False, out=False),)) if said else ""
                if query:
                    with self._using:
                        found.update(row[2] for row in base.execute(_FOUND, {"query": query, "masked": False}))
        return sorted(found)

    def _take(
        self, base: sqlite3.Connection, private: Private, portion: Sequence[Read], stories: Mapping[str, Story]
    ) -> None:
        taken: dict[str, _Taken] = {}
        told, rows, out = [], [], []
        for read in portion:
            story, id_ = stories.get(read.story.id), read.story.id
            if story is None:
                continue
            n = self._taken[id_].n if id_ in self._taken else len(self._taken) + len(taken)
            whole = (story.headline, story.text, read.story.outlet or "", story.byline or "")
            seen = tuple(private.masked(part) for part in whole)
            taken[id_] = _Taken(n, read.story.outlet, _age(read))
            told.append((n, id_, _age(read), seen == whole))
            out.append((2 * n, 2 * n + 1))
            rows.append((2 * n, *_joined(whole)))
            if seen != whole:
                rows.append((2 * n + 1, *_joined(seen)))
        with self._using:
            base.execute("BEGIN")
            try:
                base.executemany("DELETE FROM words WHERE rowid IN (?, ?)", out)
                base.executemany("INSERT OR REPLACE INTO told (n, id, age, plain) VALUES (?, ?, ?, ?)", told)
                base.executemany(
                    "INSERT INTO words (rowid, headline, text, outlet, byline) VALUES (?, ?, ?, ?, ?)", rows
                )
            except BaseException:
                base.execute("ROLLBACK")
                raise
            base.execute("COMMIT")
            self._taken |= taken

    def search(
        self, question: str, stories: Stories, *, masked: bool, limit: int, after: str | None
    ) -> tuple[list[Hit], str | None]:
        """What `Desk.search` says, of the board that was followed last."""
        wanted = words.terms(question)
        query, limit = _expression(wanted), max(1, min(limit, MOST))
        last = _place(after)
        if not query:
            return [], None
        given: dict[str, object] = {"query": query, "masked": masked, "limit": limit + 1}
        with self._using:
            board = self._board
            if board is None or self._base is None:
                raise TryLater("the stories are still being gone through for searching; search again in a moment")
            score, age, id_ = last or (float("-inf"), 0.0, "")
            if last is not None:
                # What came meanwhile moves all scores a little: the place is where that story stands now
                now = self._base.execute(_ONE, {**given, "last": id_}).fetchone()
                score, age = (now[0], now[1]) if now is not None else (score, age)
            rows = self._base.execute(_PAGE, {**given, "score": score, "age": age, "last": id_}).fetchall()
        shown, more = rows[:limit], len(rows) > limit
        told = stories([row[2] for row in shown])
        mask = board.private.masked if masked else str
        hits = [_hit(board.reads[row[2]], told[row[2]], wanted, mask) for row in shown if row[2] in told]
        return hits, _token(*shown[-1][:3]) if more else None


def _age(read: Read) -> float:
    """By which newer stories come first, and those without a date last."""
    start = read.story.published.start
    return -start.timestamp() if start is not None else _UNDATED


def _joined(parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(" ".join(words.folded(part)) for part in parts)


def _expression(wanted: Sequence[words.Term]) -> str:
    """The same in the language of FTS5; "" where nothing is asked for. Nothing that a person wrote stands in it but letters and
    numbers, in quotation marks.
    """
    said = [(term.out, f'"{" ".join(term.words)}"{"*" if term.begins else ""}') for term in wanted]
    asked = " AND ".join(one for out, one in said if not out)
    left_out = " OR ".join(one for out, one in said if out)
    return f"({asked}) NOT ({left_out})" if asked and left_out else asked


def _hit(read: Read, story: Story, wanted: Sequence[words.Term], mask: Callable[[str], str]) -> Hit:
    head = read.story
    outlet = mask(head.outlet) if head.outlet is not None else None
    snippet = _snippet(harmless(mask(story.text)), wanted)
    return Hit(head.id, harmless(mask(story.headline)), outlet, head.published, snippet)


def _snippet(text: str, wanted: Sequence[words.Term]) -> tuple[str, list[tuple[int, int]]]:
    found = words.matches(text[:_LOOKED_AT], wanted)
    start = max(0, (found[0][0] if found else 0) - _BEFORE)
    stop = min(len(text), start + _AROUND)
    # Not from within a word, where a blank is near
    start = text.rfind(" ", 0, start + 1) + 1 if 0 < start - text.rfind(" ", 0, start + 1) < 30 else start
    stop = cut if stop < len(text) and stop - (cut := text.rfind(" ", start, stop)) < 30 else stop
    before, behind = "…" if start else "", "…" if stop < len(text) else ""
    shift = len(before) - start
    marks = [(s + shift, min(e, stop) + shift) for s, e in found if start <= s < stop]
    return f"{before}{text[start:stop]}{behind}".replace("\n", " "), marks


def _token(score: float, age: float, id_: str) -> str:
    packed = json.dumps([score, None if age == _UNDATED else age, id_], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def _place(after: str | None) -> tuple[float, float, str] | None:
    """What a cursor holds. Raises WrongUse for what is none."""
    if not after:
        return None
    try:
        packed = base64.b64decode(after.encode("ascii") + b"=" * (-len(after) % 4), altchars=b"-_", validate=True)
        score, age, id_ = json.loads(packed)
        return float(score), _UNDATED if age is None else float(age), str(id_)
    except (ValueError, TypeError, RecursionError):
        raise WrongUse(f"{after[:40]}: is no place in a list of hits; search again") from None
