"""The claims of all readings as rows that the database itself searches, so that nobody loads a ledger to find words in it.

They follow from the readings and are no facts: they come with their reading, in its transaction, and can be made anew at will. What a
word is, we say (`wording.words`), and the database holds the words as we folded them, parted by blanks: a server in an index of
tsvectors without places, a file in one of FTS5 without places. So both find the same, and neither knows of languages. Which words
stand in a row is for whoever asks to look at, in the few rows that have all of them.
"""

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from onrecord.ledger import bulk, partitions, schema
from onrecord.ledger.codec import decode, encode
from onrecord.ledger.findings import Finding
from onrecord.ledger.read import portions, rows
from onrecord.records import Claim, Reading, Source
from onrecord.wording import words

_CLAIMS = 20
"""Bits of a claim's number for its place in its reading; those above are the number of the reading."""
_LONGEST = 100
"""Letters of a word that are held against others."""
_MOST = 100_000
"""Letters of a claim's words in which is searched: a server's index takes about a million bytes."""
_READINGS = 500
"""How many readings are in memory at a time."""

Row = dict[str, Any]
PERSONS = ("named_person", "witness")
"""Kinds of sources whose name may be one to withhold."""

_COLUMNS = {"folded": "claim_words", "named": "claim_named"}
"""What is searched, and the index of its words."""


def prepare(connection: sa.Connection) -> None:
    """Makes the indexes beside the table, which is there already."""
    if connection.dialect.name == "postgresql":
        _make_indexes(connection)
        partitions.make_function(connection)
        return
    for column, index in _COLUMNS.items():
        connection.exec_driver_sql(
            f"CREATE VIRTUAL TABLE {index} USING fts5({column}, content='claim', content_rowid='n', tokenize='ascii',"
            " detail='none')"
        )


def _make_indexes(connection: sa.Connection) -> None:
    for column, index in _COLUMNS.items():
        connection.exec_driver_sql(
            f"CREATE INDEX {index} ON claim USING gin (array_to_tsvector(string_to_array({column}, ' ')))"
            f" WHERE {column} IS NOT NULL"
        )


def _holding(connection: sa.Connection, column: str, asked: str) -> sa.TextClause:
    """The rows with those words in a column."""
    if connection.dialect.name == "postgresql":
        made = f"array_to_tsvector(string_to_array(claim.{column}, ' ')) @@ CAST(:asked AS tsquery)"
        return sa.text(f"claim.{column} IS NOT NULL AND {made}").bindparams(asked=asked)
    index = _COLUMNS[column]
    return sa.text(f"claim.n IN (SELECT rowid FROM {index} WHERE {index} MATCH :asked)").bindparams(asked=asked)


def add(connection: sa.Connection, readings: Sequence[tuple[int, Reading]]) -> None:
    """Adds the claims of readings, each with its number, in a transaction of the caller's; their stories are held."""
    put(connection, _rows(connection, readings), max((seq for seq, _ in readings), default=0))


def put(connection: sa.Connection, found: Sequence[Row], last: int) -> None:
    """Adds rows (`rows_of`), in a transaction of the caller's. last: how many readings the ledger has."""
    partitions.make_room(connection, (row["day"] for row in found), last)
    bulk.put(connection, schema.claim, found)
    if connection.dialect.name == "sqlite" and found:
        for column, index in _COLUMNS.items():
            given = [(row["n"], row[column]) for row in found if row[column] is not None]
            if given:
                connection.exec_driver_sql(f"INSERT INTO {index}(rowid, {column}) VALUES (?, ?)", given)


def lay_anew(connection: sa.Connection) -> None:
    """Drops all claims and makes them again from the readings, in a transaction of the caller's."""
    connection.execute(sa.delete(schema.claim))
    if connection.dialect.name == "sqlite":
        for index in _COLUMNS.values():
            connection.exec_driver_sql(f"INSERT INTO {index}({index}) VALUES ('delete-all')")
    last = connection.execute(sa.select(sa.func.max(schema.reading.c.seq))).scalar() or 0
    with indexed_behind(connection):
        for some in _readings(connection):
            put(connection, _rows(connection, some), last)


@contextmanager
def indexed_behind(connection: sa.Connection) -> Iterator[None]:
    """Makes a server's indexes when all rows are there, which is quicker than row by row; for whoever may, which is the owner. Nobody
    else reads the claims meanwhile.
    """
    owned = sa.text("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('claim')")
    if connection.dialect.name != "postgresql" or not connection.execute(owned).scalar():
        yield
        return
    connection.exec_driver_sql(f"DROP INDEX {', '.join(_COLUMNS.values())}")
    yield
    _make_indexes(connection)


def differing(connection: sa.Connection) -> Iterator[Finding]:
    """The readings whose claims are not held as they were read."""
    table = schema.claim
    last = 0
    for some in _readings(connection):
        due = {row["n"]: row for row in _rows(connection, some)}
        behind = some[-1][0] + 1
        held = sa.select(table).where(table.c.n >= last << _CLAIMS, table.c.n < behind << _CLAIMS)
        last = behind
        wrong = {
            row["n"] >> _CLAIMS for row in connection.execute(held).mappings() if due.pop(row["n"], None) != dict(row)
        }
        yield from _told(wrong | {n >> _CLAIMS for n in due})
    more = sa.select(table.c.reading).where(table.c.n >= last << _CLAIMS).distinct()
    yield from _told(connection.execute(more).scalars())
    if connection.dialect.name == "sqlite":
        # What is in the index under words that are no row's: a row that is found and lost by turns
        for column, index in _COLUMNS.items():
            # One without a word has a row there where the index was made anew by SQLite itself
            counted = (
                f"SELECT (SELECT count(nullif({column}, '')) FROM claim)"
                f" - (SELECT count(*) FROM {index}_docsize WHERE sz <> x'00')"
            )
            if connection.exec_driver_sql(counted).scalar():
                yield Finding("claim", "", "the index of words is of other claims: onrecord rebuild makes it anew")


def _told(readings: Iterable[int]) -> Iterator[Finding]:
    for seq in sorted(readings):
        what = "what is searched of it is not what follows from it: onrecord rebuild makes it anew"
        yield Finding("claim", f"of reading {seq}", what)


def _readings(connection: sa.Connection) -> Iterator[list[tuple[int, Reading]]]:
    table, last = schema.reading, 0
    query = sa.select(table.c.seq, table.c.body).order_by(table.c.seq).limit(_READINGS)
    while found := connection.execute(query.where(table.c.seq > last)).all():
        yield [(row.seq, decode(row.body, Reading)) for row in found]
        last = found[-1].seq


def _rows(connection: sa.Connection, readings: Sequence[tuple[int, Reading]]) -> list[Row]:
    told = schema.story
    query = sa.select(told.c.id, told.c.outlet, told.c.published_start)
    found = rows(connection, query, told.c.id, {one.story for _, one in readings})
    return list(rows_of(readings, {row.id: (row.published_start, row.outlet) for row in found}))


def rows_of(
    readings: Iterable[tuple[int, Reading]], stories: Mapping[str, tuple[datetime | None, str | None]]
) -> Iterator[Row]:
    """The claims of readings, each with its number. stories: when each was published, and where."""
    for seq, reading in readings:
        start, outlet = stories.get(reading.story, (None, None))
        for place, claim in enumerate(reading.claims):
            words_ = said(claim)
            yield {
                "day": start.date() if start is not None else partitions.UNDATED,
                "n": (seq << _CLAIMS) + place,
                "reading": seq,
                "claim": claim.id,
                "story": reading.story,
                "outlet": outlet,
                "kind": claim.source.kind,
                "name": claim.source.name,
                "role": claim.source.role,
                "affiliation": claim.source.affiliation,
                "named": _named(claim.source),
                "words": words_,
                "folded": folded(words_),
            }


def _named(source: Source) -> str | None:
    """The words of a person's name. What is written without a capital is no name: "a resident"."""
    if source.kind not in PERSONS or not source.name or source.name == source.name.lower():
        return None
    return folded(source.name) or None


def said(claim: Claim) -> str:
    """The words of a claim."""
    return " … ".join(piece.text for piece in claim.content)


def folded(text: str) -> str:
    """The words in which is searched, parted by blanks."""
    whole = " ".join(word[:_LONGEST] for word in words.folded(text))
    return whole if len(whole) <= _MOST else whole[:_MOST].rpartition(" ")[0]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which claims are searched for. terms: of which all words are wanted, but for those that are left out; first, last: days,
    both included; outlets: one of those; without: stories that are left out.
    """

    terms: Sequence[words.Term]
    first: date | None = None
    last: date | None = None
    outlets: Sequence[str] | None = None
    without: Collection[str] = ()


def matching(connection: sa.Connection, wanted: Wanted) -> Generator[Mapping[str, Any], None, None]:
    """The rows of current claims with all words of the terms that are wanted, wherever these stand in it, the newest day first. None
    where no word is wanted. To be closed by whoever does not go to the end.
    """
    table, current = schema.claim, schema.current
    asked = _asked(connection, wanted.terms)
    if not asked:
        return
    query = (
        sa.select(table)
        .join(current, (current.c.story == table.c.story) & (current.c.reading == table.c.reading))
        .where(_holding(connection, "folded", asked))
        .order_by(table.c.day.desc(), table.c.story, table.c.n)
    )
    if wanted.first is not None or wanted.last is not None:
        query = query.where(table.c.day.between(wanted.first or date(1, 1, 2), wanted.last or date.max))
    if wanted.outlets is not None:
        query = query.where(table.c.outlet.in_(_listed(connection, wanted.outlets)))
    for first, behind in _stretches(connection):
        some = query
        if first is not None:
            some = some.where(table.c.day >= first)
        if behind is not None:
            some = some.where(table.c.day < behind)
        with connection.execute(some.execution_options(yield_per=100)) as result:
            yield from (dict(row) for row in result.mappings() if row["story"] not in wanted.without)


def _stretches(connection: sa.Connection) -> Iterator[tuple[date | None, date | None]]:
    """The days of all parts, the newest first: few at a time, and then more. Who wants few hits seldom needs the others."""
    parts, many = partitions.held(connection)[::-1], 2
    while parts:
        some, parts = parts[:many], parts[many:]
        yield some[-1].first, some[0].behind
        many *= 2


def _asked(connection: sa.Connection, terms: Sequence[words.Term]) -> str:
    """The words in the language of a database. Nothing that a person wrote stands in it but letters and numbers, in marks."""
    found: dict[tuple[str, bool], None] = {}
    for term in terms:
        if not term.out:
            for at, word in enumerate(term.words, start=1):
                found[word[:_LONGEST], term.begins and at == len(term.words)] = None
    if connection.dialect.name == "postgresql":
        return " & ".join(f"'{word}'{':*' if begins else ''}" for word, begins in found)
    return " AND ".join(f'"{word}"{"*" if begins else ""}' for word, begins in found)


def outlets(connection: sa.Connection) -> list[str]:
    """The outlets of all stories, each once."""
    column = schema.story.c.outlet
    return list(connection.execute(sa.select(column).where(column.is_not(None)).distinct().order_by(column)).scalars())


def names_of(connection: sa.Connection, stories: Collection[str]) -> dict[str, str]:
    """How those stories are called: by the id that the source gave, where it gave one."""
    table = schema.story
    return {
        row.id: row.name or row.id for row in rows(connection, sa.select(table.c.id, table.c.name), table.c.id, stories)
    }


def persons(connection: sa.Connection, texts: Iterable[str], without: Collection[str] = ()) -> list[Source]:
    """The persons whom current claims rest on and whose name has a word of those texts, each once: all that matter where names are
    withheld in these. without: not of those stories.
    """
    said_ = sorted({word for text in texts for word in folded(text).split()})
    table, current = schema.claim, schema.current
    found: dict[Source, None] = {}
    for some in portions(said_):
        either = " | ".join(f"'{word}'" for word in some)
        if connection.dialect.name == "sqlite":
            either = " OR ".join(f'"{word}"' for word in some)
        query = (
            sa.select(table.c.kind, table.c.name, table.c.role, table.c.affiliation)
            .join(current, (current.c.story == table.c.story) & (current.c.reading == table.c.reading))
            .where(_holding(connection, "named", either), table.c.story.not_in(_listed(connection, without)))
            .distinct()
        )
        found |= dict.fromkeys(Source(*row) for row in connection.execute(query))
    return list(found)


def _listed(connection: sa.Connection, values: Collection[str]) -> sa.Select[tuple[str]]:
    """Values as rows, however many: a question may hold only so many."""
    if connection.dialect.name == "postgresql":
        return sa.select(sa.func.unnest(sa.cast(list(values), sa.ARRAY(sa.String))))
    return sa.select(sa.func.json_each(encode(tuple(values))).table_valued("value").c.value)
