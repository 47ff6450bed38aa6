"""What is searched follows from the readings, lies in parts by days on a server, and is found alike on every database."""

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invented import NOW, intake, reading, story
from onrecord import pipeline
from onrecord.errors import WrongUse
from onrecord.ledger import Ledger, claims, guards, open_ledger, partitions, schema, write
from onrecord.ledger.partitions import Part
from onrecord.records import UNDATED, Claim, Published, Reading, Source, Span, Story
from onrecord.wording import words
from servers import Server

AUTHORITY = Source("named_body", "Harbour Authority")


def claimed(
    number: int, said: str, day: date | None = date(2031, 4, 1), outlet: str | None = "Varn Courier"
) -> tuple[Story, Reading]:
    """A story that is one claim."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
    published = Published(start, start, "day", "given") if start else UNDATED
    told = story(number, said, published=published, outlet=outlet)
    span = Span(told.id, "text", 0, len(said), said)
    return told, Reading(
        told.id, "by hand", (Claim(f"{told.id}-c1", (span,), None, AUTHORITY, "direct", "asserts"),), (), (), ()
    )


def kept(ledger: Ledger, told: Sequence[tuple[Story, Reading]]) -> None:
    write.store(ledger, [intake(one) for one, _ in told], [found for _, found in told], NOW)


def found(ledger: Ledger, question: str, **wanted: Any) -> list[str]:
    """The words of the claims that have those words."""
    terms = words.terms(question)
    with ledger.reading() as connection:
        return [row["words"] for row in claims.matching(connection, claims.Wanted(terms, **wanted))]


HARD = [
    "the twenty-two o'clock raid on Kelm-Point", "l’attaque d’Ostrey", "Взрыв на складе в Кельме", "انفجار في الميناء", "انفِجارٌ",
    "港口发生爆炸", "38 dead, 1,204 hurt & 3|4 missing", "a:b <-> c & !d | (e) :* 'f'", 'he said "never" OR NOT near', "x*y*z",
    "'; DROP TABLE claim; --", "%_percent_under%", "back\\slash \\' \\\\", "İSTANBUL ıssız STRASSE straße", "œuvre æther þorn", "é e\u0301",
    "a\u200db soft\u00adhyphen", "ท่าเรือถูกโจมตี", "한국어 공격", "AND", "NEAR", "folded:word", "w" * 99 + "tail", "w" * 100, "w" * 101 + "z", "", "…",
    "½ ² ④ ٣٤", "𝔘𝔫𝔦 code", "tab\tfeed\nline",
]  # fmt: skip


@pytest.fixture(scope="module")
def both(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Ledger]]:
    """The hard words in a file, and on a server."""
    places = [str(tmp_path_factory.mktemp("hard") / "hard.db"), server.ledger()]
    made = [open_ledger(place, create=True) for place in places]
    for ledger in made:
        kept(ledger, [claimed(n, said, date(2031, 1 + n % 12, 3)) for n, said in enumerate(HARD)])
    yield made
    for ledger in made:
        ledger.close()


def due(question: str) -> set[str]:
    """The same by looking at every claim."""
    asked = [
        (word, t.begins and t.words[-1:] == (word,)) for t in words.terms(question) if not t.out for word in t.words
    ]
    if not asked:
        return set()
    return {
        said
        for said in HARD
        if all(
            any(one[:100] == word[:100] or (begins and one.startswith(word[:100])) for one in words.folded(said))
            for word, begins in asked
        )
    }


def same_everywhere(both: list[Ledger], question: str) -> None:
    answers = [found(ledger, question) for ledger in both]
    assert answers[0] == answers[1]
    assert set(answers[0]) == due(question)


@pytest.mark.parametrize(
    "said", [*HARD, *(one.upper() for one in HARD), *(unicodedata.normalize("NFD", one) for one in HARD)]
)
def test_every_hard_word_finds_its_claim_on_both(both: list[Ledger], said: str) -> None:
    same_everywhere(both, said)
    for word in words.folded(said):
        same_everywhere(both, word)
        same_everywhere(both, f"{word[:2]}*")
        assert any(word in words.folded(one) for one in found(both[0], word))


@pytest.mark.parametrize(
    "question",
    [
        "raid -point",
        "a & !b",
        "a:*",
        "'a'",
        "NOT",
        "a OR b",
        "w" * 300,
        "\x00",
        "raid\x00",
        "^a",
        "a + b",
        "{folded}: a",
        "\\",
        '"',
        "- -",
        "* *",
    ],
)
def test_no_question_is_a_language_of_the_database(both: list[Ledger], question: str) -> None:
    same_everywhere(both, question)


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [
                "raid",
                "a",
                "e",
                "d*",
                "взр*",
                "w*",
                "-x",
                '"',
                "'",
                "&",
                "|",
                "!",
                ":*",
                "(",
                "\x00",
                "½",
                "港",
                "\\",
                "%",
            ]
        )
        | st.text(max_size=4),
        max_size=5,
    )
)
def test_any_question_has_one_answer(both: list[Ledger], parts: list[str]) -> None:
    same_everywhere(both, " ".join(parts))


def test_only_the_current_reading_is_searched_and_the_newest_day_comes_first(ledger: Ledger) -> None:
    told = [
        claimed(1, "a raid", date(2031, 3, 9)),
        claimed(2, "no raid", None),
        claimed(3, "the raid", date(2031, 5, 1), "Ostrey Post"),
    ]
    kept(ledger, told)
    assert found(ledger, "raid") == ["the raid", "a raid", "no raid"]
    assert found(ledger, "raid", first=date(2031, 3, 9), last=date(2031, 4, 30)) == ["a raid"]
    assert (
        found(ledger, "raid", first=date(2031, 3, 10)) == found(ledger, "raid", outlets=["Ostrey Post"]) == ["the raid"]
    )
    assert found(ledger, "raid", last=date(2031, 3, 9)) == ["a raid"]
    assert found(ledger, "raid", without={told[0][0].id}) == ["the raid", "no raid"]
    other = claimed(1, "a rout", date(2031, 3, 9))[1]
    write.store(ledger, [], [replace(other, reader="another")], NOW)
    assert found(ledger, "rout") == []
    with ledger.writing() as connection:
        write.switch(connection, "another", None, NOW)
    assert found(ledger, "rout") == ["a rout"]
    assert found(ledger, "raid") == ["the raid", "no raid"]


def rows(ledger: Ledger) -> list[dict[str, Any]]:
    with ledger.reading() as connection:
        return [dict(row) for row in connection.execute(sa.select(schema.claim).order_by(schema.claim.c.n)).mappings()]


def test_made_anew_it_is_the_same_and_what_is_otherwise_is_named(ledger: Ledger) -> None:
    kept(ledger, [claimed(n, f"raid {n}", date(2031, 1, 1) + timedelta(days=20 * n)) for n in range(70)])
    before = rows(ledger)
    assert list(pipeline.verify(ledger)) == [one for one in pipeline.verify(ledger) if one.remark]
    table = schema.claim
    for spoil, at in (
        (sa.update(table).where(table.c.reading == 7).values(folded="peace"), 7),
        (sa.delete(table).where(table.c.reading == 9), 9),
        (sa.insert(table).values(**{**before[3], "n": before[3]["n"] + 5}), 4),
        (sa.insert(table).values(**{**before[3], "n": 2**40, "reading": 2**20}), 2**20),
    ):
        with ledger.writing() as connection:
            connection.execute(spoil)
        with ledger.reading() as connection:
            places = [one.row for one in claims.differing(connection)]
        assert f"of reading {at}" in places
        assert any(one.place == "claim" and not one.remark for one in pipeline.verify(ledger))
        with ledger.writing() as connection:
            claims.lay_anew(connection)
        with ledger.reading() as connection:
            assert list(claims.differing(connection)) == []
        assert rows(ledger) == before
        assert len(found(ledger, "raid")) == 70


@pytest.mark.parametrize("index", ["claim_words", "claim_named"])
def test_an_index_of_other_claims_is_named(tmp_path: Path, index: str) -> None:
    with closing(open_ledger(str(tmp_path / "held.db"), create=True)) as ledger:
        kept(ledger, [(story(), reading(story()))])
        with ledger.writing() as connection:
            connection.exec_driver_sql(f"INSERT INTO {index}({index}) VALUES ('delete-all')")
        with ledger.reading() as connection:
            assert ["index of words" in one.what for one in claims.differing(connection)] == [True]


# ---- parts


def parts(ledger: Ledger) -> list[Part]:
    with ledger.reading() as connection:
        return partitions.held(connection)


FIRST = Part(None, date(1, 1, 2))
MAY, JUNE = Part(date(2031, 5, 1), date(2031, 6, 1)), Part(date(2031, 6, 1), date(2031, 7, 1))


@pytest.mark.parametrize(
    ("there", "claims_", "readings", "made"),
    [
        ([FIRST], {date(2031, 5, 3): 4, date(2031, 5, 9): 1, date(2031, 6, 30): 1}, 9, [MAY, JUNE]),
        ([FIRST, MAY], {date(2031, 5, 3): 4, date.min: 2}, 10**7, []),
        ([FIRST], {date(2031, 5, 3): 30_000, date(2031, 5, 9): 30_000, date(2031, 6, 30): 1}, 9,
         [Part(date(2031, 5, 3), date(2031, 5, 4)), Part(date(2031, 5, 9), date(2031, 5, 10)), JUNE]),
        ([FIRST], {date(2031, 5, 3): 1}, 10**6, [Part(date(2031, 5, 3), date(2031, 5, 4))]),
        ([FIRST, Part(date(2031, 5, 3), date(2031, 5, 4))], {date(2031, 5, 2): 1, date(2031, 5, 31): 1}, 9,
         [Part(date(2031, 5, 1), date(2031, 5, 3)), Part(date(2031, 5, 4), date(2031, 6, 1))]),
        ([FIRST], {date.max: 1, date(1, 1, 2): 1}, 9, [Part(date(1, 1, 2), date(1, 2, 1)), Part(date(9999, 12, 1), None)]),
        ([FIRST], {date.max: 1}, 10**6, [Part(date.max, None)]),
    ],
)  # fmt: skip
def test_a_month_has_a_part_and_a_day_where_much_comes(
    there: list[Part], claims_: dict[date, int], readings: int, made: list[Part]
) -> None:
    assert partitions.due(there, claims_, readings) == made


@given(st.lists(st.lists(st.dates(), max_size=40), max_size=6), st.sampled_from([1, 10**7]))
def test_every_day_lies_in_one_part_and_these_are_not_too_many(batches: list[list[date]], readings: int) -> None:
    there = [FIRST]
    most, partitions._MOST = partitions._MOST, 20
    try:
        for days in batches:
            there += partitions.due(there, dict.fromkeys(days, 1), readings)
        assert all(sum(part.holds(day) for part in there) == 1 for days in batches for day in days)
        assert len(there) <= 2 * 20 + 1
    finally:
        partitions._MOST = most


def test_a_server_parts_what_comes(server: Server) -> None:
    with closing(open_ledger(server.ledger())) as ledger:
        assert parts(ledger) == [FIRST]
        days = [None, date(1, 1, 1), date(2031, 5, 3), date(2031, 6, 1), date(2031, 6, 30), date(9999, 12, 31)]
        kept(ledger, [claimed(n, "a raid", day) for n, day in enumerate(days)])
        assert parts(ledger) == [FIRST, MAY, JUNE, Part(date(9999, 12, 1), None)]
        assert len(found(ledger, "raid")) == 6
        assert list(pipeline.verify(ledger)) == [one for one in pipeline.verify(ledger) if one.remark]


def test_a_reader_in_the_middle_of_something_holds_up_no_new_part(server: Server) -> None:
    with closing(open_ledger(server.ledger())) as ledger:
        kept(ledger, [claimed(1, "a raid")])
        with ledger.reading() as connection:
            connection.execute(sa.select(schema.claim)).all()
            kept(ledger, [claimed(2, "a raid", date(2031, 9, 9))])
            assert len(connection.execute(sa.select(schema.claim)).all()) == 1
        assert len(found(ledger, "raid")) == 2


def test_a_second_user_adds_new_days_and_can_do_no_more(server: Server) -> None:
    server.run_sql("DROP ROLE IF EXISTS sorter", "CREATE ROLE sorter LOGIN PASSWORD 'w'")
    address = server.ledger()
    with closing(open_ledger(address)) as owned:
        guards.let_in(owned, "sorter")
    database = address.partition("@/")[2].partition("?")[0]
    with closing(open_ledger(server.address(database, "sorter", "w"))) as second:
        kept(second, [claimed(1, "a raid", date(2031, 5, 3)), claimed(2, "a raid", None)])
        assert parts(second) == [FIRST, MAY]
        assert len(found(second, "raid")) == 2
        with second.writing() as connection:
            claims.lay_anew(connection)
        assert len(found(second, "raid")) == 2
        for attempt in ("DROP TABLE claim", "ALTER TABLE claim ADD COLUMN x int", "CREATE TABLE mine (x int)",
                        "TRUNCATE claim", "CREATE INDEX more ON claim (day)", "DROP FUNCTION claim_part"):  # fmt: skip
            with pytest.raises(WrongUse, match="this user may not do that"), second.writing() as connection:
                connection.exec_driver_sql(attempt)
        # A table of its own under that name is not what the function works on
        with second.writing() as connection:
            connection.exec_driver_sql("CREATE TEMP TABLE claim (day date)")
            connection.exec_driver_sql("SELECT claim_part('2031-08-01', '2031-09-01')")
            connection.exec_driver_sql("DROP TABLE pg_temp.claim")
        assert Part(date(2031, 8, 1), date(2031, 9, 1)) in parts(second)
    server.run_sql("DROP ROLE IF EXISTS stray", "CREATE ROLE stray LOGIN PASSWORD 'w'")
    server.run_sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO stray", database=database)
    with closing(open_ledger(server.address(database, "stray", "w"))) as third:
        refused = pytest.raises(WrongUse, match="this user may not do that")
        with refused, third.writing() as connection:
            connection.exec_driver_sql("SELECT claim_part('2031-10-01', '2031-11-01')")


def test_what_an_ideal_reader_finds_is_searched_by_claim(ledger: Ledger) -> None:
    told = story()
    kept(ledger, [(told, reading(told))])
    assert found(ledger, "wounded") == ["Nine others were wounded"]
    assert [row["claim"] for row in rows(ledger)] == [f"{told.id}-c{n}" for n in (1, 2, 3)]
    assert {row["day"] for row in rows(ledger)} == {told.published.start.date()} if told.published.start else None
