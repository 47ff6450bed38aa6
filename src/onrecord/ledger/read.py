"""What a ledger holds: stories, readings, derived records, the books of intake. Nothing here changes anything."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from onrecord.ledger import schema
from onrecord.ledger.codec import decode
from onrecord.ledger.opening import Ledger
from onrecord.records import (
    Campaign,
    Capture,
    Coding,
    Decision,
    Derivation,
    Derived,
    Family,
    Furniture,
    Grouping,
    Incident,
    Masthead,
    Mutation,
    Name,
    Plan,
    Published,
    Read,
    Reading,
    Round,
    Speaker,
    Standing,
    Story,
    Verdict,
)


def held_keys(ledger: Ledger, keys: Iterable[str]) -> set[str]:
    """Those of the intake keys that the books hold already."""
    with ledger.reading() as connection:
        return held(connection, schema.intake.c.key, keys)


def held(connection: sa.Connection, column: sa.Column[Any], values: Iterable[str]) -> set[str]:
    """Those of the values that a column holds."""
    return {row[0] for row in rows(connection, sa.select(column), column, values)}


def rows(
    connection: sa.Connection, query: sa.Select[Any], column: sa.Column[Any], values: Iterable[str]
) -> Iterator[sa.Row[Any]]:
    """The rows of a question where a column has one of the values, however many these are."""
    for some in portions(sorted(values)):
        yield from connection.execute(query.where(column.in_(some)))


def read_by(ledger: Ledger, stories: Iterable[str], reader: str) -> dict[str, Reading]:
    """The readings that this reader has made of those stories."""
    table = schema.reading
    query = sa.select(table.c.body).where(table.c.story.in_(list(stories)), table.c.reader == reader)
    with ledger.reading() as connection:
        readings: list[Reading] = [decode(body, Reading) for body in connection.execute(query).scalars()]
    return {reading.story: reading for reading in readings}


def were_read_by(ledger: Ledger, stories: Sequence[str], reader: str) -> set[str]:
    """Those of some stories that this reader has read."""
    table = schema.reading
    query = sa.select(table.c.story).where(table.c.reader == reader)
    with ledger.reading() as connection:
        return {row.story for row in rows(connection, query, table.c.story, stories)}


def story(ledger: Ledger, name: str) -> Story | None:
    """The story with that id, or the newest version with that name."""
    with ledger.reading() as connection:
        return story_in(connection, name)


def story_in(connection: sa.Connection, name: str) -> Story | None:
    """The same, in a transaction of the caller's."""
    table, books = schema.story, schema.intake
    query = (
        sa.select(table)
        .outerjoin(books, books.c.story == table.c.id)
        .where((table.c.id == name) | (table.c.name == name))
        .order_by(books.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return _story(row) if row else None


def stories(ledger: Ledger) -> Iterator[Story]:
    """Every story version, by id."""
    with ledger.reading() as connection:
        for row in connection.execute(sa.select(schema.story).order_by(schema.story.c.id)):
            yield _story(row)


def stories_of(ledger: Ledger, ids: Sequence[str]) -> list[Story]:
    """The story versions with those ids, by id."""
    table = schema.story
    with ledger.reading() as connection:
        found = connection.execute(sa.select(table).where(table.c.id.in_(ids)).order_by(table.c.id))
        return [_story(row) for row in found]


def _story(row: Any) -> Story:
    return Story(
        id=row.id,
        name=row.name,
        url=row.url,
        outlet=row.outlet,
        headline=row.headline,
        byline=row.byline,
        published=_published(row),
        language=row.language,
        text=row.text,
        furniture=decode(row.furniture, tuple[Furniture, ...]),
    )


def _published(row: Any) -> Published:
    return Published(row.published_start, row.published_end, row.published_precision, row.published_basis)


def capture_of(ledger: Ledger, story: str) -> Capture | None:
    """The bytes that a story came in, as they came last; None where none were kept."""
    books, table = schema.intake, schema.capture
    query = (
        sa.select(table, books.c.source)
        .join(books, books.c.capture == table.c.sha256)
        .where(books.c.story == story)
        .order_by(books.c.seq.desc())
        .limit(1)
    )
    with ledger.reading() as connection:
        row = connection.execute(query).first()
    return Capture(row.sha256, row.source, row.media, row.body) if row else None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that deriving asks for, as it stands at one moment.

    reads: every story that has been read, by id, with its current reading; decisions: in the order in which they were
    made; captures: as `captures` gives them.
    """

    reads: tuple[Read, ...]
    decisions: tuple[Decision, ...]
    campaigns: tuple[Campaign, ...]
    captures: tuple[tuple[str, str], ...] = ()


def facts(connection: sa.Connection) -> Facts:
    """What is to be derived from."""
    return Facts(reads(connection), decisions(connection), tuple(campaigns_in(connection)), captures(connection))


def captures(connection: sa.Connection) -> tuple[tuple[str, str], ...]:
    """The id of each story that came in bytes which are kept, with the SHA-256 of these, once for each bytes it came in; in order."""
    books = schema.intake
    query = sa.select(books.c.story, books.c.capture).where(books.c.story.is_not(None), books.c.capture.is_not(None))
    return tuple(sorted({(row.story, row.capture) for row in connection.execute(query)}))


def reads(connection: sa.Connection, stories: Collection[str] | None = None) -> tuple[Read, ...]:
    """Every story that has been read, by id, with its current reading; of those named, or of all."""
    told, reading, current = schema.story, schema.reading, schema.current
    columns = [c for c in told.c if c.name not in ("text", "furniture", "byline")]
    query = (
        sa.select(*columns, sa.func.length(told.c.text).label("size"), reading.c.body)
        .join(current, current.c.story == told.c.id)
        .join(reading, reading.c.seq == current.c.reading)
    )
    versions = versions_in(connection)
    found = (
        row
        for some in ([None] if stories is None else portions(sorted(stories)))
        for row in connection.execute(query if some is None else query.where(told.c.id.in_(some)))
    )
    return tuple(
        Read(
            Masthead(
                row.id,
                row.name,
                row.url,
                row.outlet,
                row.headline,
                _published(row),
                row.size,
                *versions.get(row.id, (1, None)),
            ),
            decode(row.body, Reading),
        )
        for row in sorted(found, key=lambda row: row.id)
    )


_PORTION = 500
"""How many values one question to a database may hold."""


def portions(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Values, as many at a time as one question may hold."""
    for start in range(0, len(values), _PORTION):
        yield values[start : start + _PORTION]


def versions_in(connection: sa.Connection) -> dict[str, tuple[int, str | None]]:
    """Which version of its text a story is, and the id of the one before, of texts that are held in several.

    Stories of one address are one text; without an address, those of one name at one outlet.
    """
    told, books = schema.story, schema.intake
    text = sa.case((told.c.url.is_not(None), told.c.url), else_=told.c.outlet + sa.literal("\n") + told.c.name)
    several = sa.select(text).where(text.is_not(None)).group_by(text).having(sa.func.count() > 1)
    query = (
        sa.select(told.c.id, text.label("text"), told.c.published_start, sa.func.min(books.c.seq).label("arrived"))
        .join(books, books.c.story == told.c.id)
        .where(text.in_(several))
        .group_by(told.c.id, text, told.c.published_start)
    )
    by_text: dict[str, list[Any]] = {}
    for row in connection.execute(query):
        by_text.setdefault(row.text, []).append(row)
    found: dict[str, tuple[int, str | None]] = {}
    for rows in by_text.values():
        dated = all(row.published_start is not None for row in rows)
        rows.sort(key=lambda row: (row.published_start if dated else 0, row.arrived))
        for number, row in enumerate(rows):
            found[row.id] = (number + 1, rows[number - 1].id if number else None)
    return found


def before(ledger: Ledger, stories: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Those of the stories that are a later version of a text, each behind the version before."""
    if not stories:
        return ()
    with ledger.reading() as connection:
        found = versions_in(connection)
    return tuple((earlier, id_) for id_ in sorted(stories) if (earlier := found.get(id_, (1, None))[1]))


def versions(ledger: Ledger, story: str) -> list[str]:
    """The ids of all versions of a story's text, the first first; none where there is but one."""
    with ledger.reading() as connection:
        before = {id_: earlier for id_, (_, earlier) in versions_in(connection).items()}
    after = {earlier: id_ for id_, earlier in before.items() if earlier}
    chain = [story] if story in before else []
    while chain and (earlier := before[chain[0]]):
        chain.insert(0, earlier)
    while chain and chain[-1] in after:
        chain.append(after[chain[-1]])
    return chain


def current(connection: sa.Connection) -> dict[str, int]:
    """The numbers of the current readings, by story."""
    table = schema.current
    return {row.story: row.reading for row in connection.execute(sa.select(table))}


def readings_state(connection: sa.Connection) -> str:
    """A name for what there is to derive from besides decisions: equal names, equal readings, versions and campaigns."""
    log = schema.log
    told = log.c.fact.in_(("intake", "switch", "campaign"))
    last = connection.execute(sa.select(log.c.hash).where(told).order_by(log.c.seq.desc()).limit(1)).scalar()
    # A first reading is current at once; any other becomes so by a switch
    first = connection.execute(sa.select(sa.func.count()).select_from(schema.current)).scalar()
    return f"{first} {last or ''}"


def decided_state(connection: sa.Connection) -> str:
    """The id of the last decision, or nothing."""
    table = schema.decision
    return connection.execute(sa.select(table.c.id).order_by(table.c.seq.desc()).limit(1)).scalar() or ""


def decisions(connection: sa.Connection) -> tuple[Decision, ...]:
    """All decisions in the order in which they were made."""
    table = schema.decision
    return _bodies(connection, table, table.c.seq, Decision)


def decision_of(connection: sa.Connection, *, key: str) -> Decision | None:
    """The decision that was made under that key."""
    body = connection.execute(sa.select(schema.decision.c.body).where(schema.decision.c.key == key)).scalar()
    return decode(body, Decision) if body else None


def campaigns_in(connection: sa.Connection) -> list[Campaign]:
    """The campaigns that run, by name, each as it was last given."""
    table = schema.campaign
    last = {row.name: row.body for row in connection.execute(sa.select(table).order_by(table.c.seq))}
    return [decode(body, Campaign) for _, body in sorted(last.items()) if body]


def names(connection: sa.Connection) -> tuple[Name, ...]:
    """What became of every name, in the order in which it did."""
    table = schema.name
    return tuple(
        Name(row.name, row.act, row.into, decode(row.body, tuple[str, ...]))
        for row in connection.execute(sa.select(table).order_by(table.c.seq))
    )


def rounds(connection: sa.Connection) -> tuple[Round, ...]:
    """The rounds of coding in the order in which they were opened, each with when it was closed."""
    table = schema.coding_round
    found: dict[str, Round] = {}
    for row in connection.execute(sa.select(table).order_by(table.c.seq)):
        if row.body is not None:
            found[row.id] = decode(row.body, Round)
        elif row.id in found:
            found[row.id] = replace(found[row.id], closed_by=row.person, closed_at=row.at)
    return tuple(found.values())


def codings(connection: sa.Connection, round_: str | None = None) -> tuple[Coding, ...]:
    """What was answered, in that round or in all, in the order in which it was."""
    table = schema.coding
    query = sa.select(table.c.body).order_by(table.c.seq)
    if round_ is not None:
        query = query.where(table.c.round == round_)
    return tuple(decode(body, Coding) for body in connection.execute(query).scalars())


def coding_of(connection: sa.Connection, *, key: str) -> Coding | None:
    """The coding that was made under that key."""
    body = connection.execute(sa.select(schema.coding.c.body).where(schema.coding.c.key == key)).scalar()
    return decode(body, Coding) if body else None


def readings_by(connection: sa.Connection, reader: str, stories: Sequence[str] | None) -> dict[str, int]:
    """The readings of a reader that are not the current ones: their numbers, by story."""
    reading, current = schema.reading, schema.current
    query = (
        sa.select(reading.c.story, reading.c.seq)
        .join(current, current.c.story == reading.c.story)
        .where(reading.c.reader == reader, reading.c.seq != current.c.reading)
    )
    found = {row.story: row.seq for row in connection.execute(query)}
    return found if stories is None else {story: found[story] for story in stories if story in found}


def readers(connection: sa.Connection) -> dict[str, int]:
    """The readers whose readings are current, with how many these are."""
    reading, current = schema.reading, schema.current
    query = (
        sa.select(reading.c.reader, sa.func.count())
        .join(current, current.c.reading == reading.c.seq)
        .group_by(reading.c.reader)
    )
    return dict(sorted((row[0], row[1]) for row in connection.execute(query)))


def readers_of_all(connection: sa.Connection) -> list[str]:
    """Every reader that has read a story here, whether its readings are current or not."""
    return list(connection.execute(sa.select(schema.reading.c.reader).distinct().order_by("reader")).scalars())


def unread_by(connection: sa.Connection, reader: str) -> list[str]:
    """The ids of the stories that this reader has not read, in order."""
    table = schema.reading
    done = sa.select(table.c.story).where(table.c.reader == reader)
    query = sa.select(schema.story.c.id).where(schema.story.c.id.not_in(done)).order_by(schema.story.c.id)
    return list(connection.execute(query).scalars())


def lineages_of(
    connection: sa.Connection, stories: Collection[str]
) -> tuple[tuple[Derivation, ...], tuple[Mutation, ...]]:
    """Whose reports those stories are, and what changed on the way, as derived last."""
    derivations: list[Derivation] = []
    mutations: list[Mutation] = []
    for some in portions(sorted(stories)):
        table = schema.derivation
        query = sa.select(table.c.body).where(table.c.story.in_(some)).order_by(table.c.story)
        derivations += [decode(body, Derivation) for body in connection.execute(query).scalars()]
        table = schema.mutation
        query = sa.select(table.c.body).where(table.c.story.in_(some)).order_by(table.c.seq)
        mutations += [decode(body, Mutation) for body in connection.execute(query).scalars()]
    return tuple(derivations), tuple(mutations)


def stating_totals(connection: sa.Connection) -> set[str]:
    """The ids of the stories whose current reading has a tally."""
    reading, current = schema.reading, schema.current
    query = (
        sa.select(current.c.story)
        .join(reading, reading.c.seq == current.c.reading)
        .where(reading.c.body.not_like('%"tallies":[]%'))
    )
    return set(connection.execute(query).scalars())


def published(connection: sa.Connection) -> dict[str, Published]:
    """When every story that has been read was published, by its id, as given."""
    told, current = schema.story, schema.current
    columns = [c for c in told.c if c.name.startswith("published_")]
    query = sa.select(told.c.id, *columns).join(current, current.c.story == told.c.id)
    return {row.id: _published(row) for row in connection.execute(query)}


def derived_from(connection: sa.Connection) -> tuple[str, str] | None:
    """What the derived rows were made from, as `write.replace_derived` was told; None before the first time."""
    table = schema.derived_from
    row = connection.execute(sa.select(table.c.readings, table.c.decided)).first()
    return (row.readings, row.decided) if row else None


def standings(connection: sa.Connection) -> tuple[Standing, ...]:
    """How the decisions stood when everything was derived last."""
    return _bodies(connection, schema.standing, schema.standing.c.decision, Standing)


def derived(connection: sa.Connection) -> Derived:
    """Everything derived, in the order of ids."""
    return Derived(
        families=_bodies(connection, schema.family, schema.family.c.id, Family),
        derivations=_bodies(connection, schema.derivation, schema.derivation.c.story, Derivation),
        mutations=_bodies(connection, schema.mutation, schema.mutation.c.seq, Mutation),
        incidents=_bodies(connection, schema.incident, schema.incident.c.id, Incident),
        plans=_bodies(connection, schema.plan, schema.plan.c.id, Plan),
        verdicts=_bodies(connection, schema.verdict, schema.verdict.c.tally, Verdict),
        speakers=_bodies(connection, schema.speaker, schema.speaker.c.name, Speaker),
        groupings=_bodies(connection, schema.gathering, schema.gathering.c.id, Grouping),
        standings=standings(connection),
    )


def _bodies(connection: sa.Connection, table: sa.Table, order: sa.Column[Any], type_: type[Any]) -> tuple[Any, ...]:
    return tuple(decode(body, type_) for body in connection.execute(sa.select(table.c.body).order_by(order)).scalars())
