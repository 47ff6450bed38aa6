"""A search says what the whole ledger says: as people set it right, without private names, on every database."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from invented import NOW, intake, story
from onrecord import cli, pipeline
from onrecord.errors import WrongUse
from onrecord.exports import searching
from onrecord.exports.private import Private, public_name
from onrecord.exports.searching import Asked, Hit, search
from onrecord.ledger import Ledger, claims, open_ledger, write
from onrecord.pipeline import Judgement, View
from onrecord.records import Claim, Published, Reading, Source, Span, Story
from onrecord.wording import words

SEEN = "The quay was on fire, said a man who knew Oda Brenk well"
TEXT = f"Nine raids struck the quay. {SEEN}. Oda Brenk saw two boats sink. Governor Ilke Varn counted six raids. No raid was seen."
SELLER, GOVERNOR = Source("named_person", "Oda Brenk", "fishmonger"), Source("named_person", "Ilke Varn", "governor")
BODY = Source("named_body", "Harbour Authority")


def told(number: int, day: int | None = None, outlet: str = "Varn Courier") -> tuple[Story, Reading]:
    start = datetime(2031, 4, day, tzinfo=UTC) if day else None
    published = Published(start, start, "day" if day else "unknown", "given" if day else "unknown")
    made = story(number, TEXT, published=published, outlet=outlet)

    def claim(n: int, said: str, source: Source) -> Claim:
        at = TEXT.index(said)
        return Claim(
            f"{made.id}-c{n}", (Span(made.id, "text", at, at + len(said), said),), None, source, "indirect", "asserts"
        )

    found = (claim(1, "Nine raids struck the quay", BODY), claim(2, SEEN, Source("witness", "Ulf Tarn")), claim(3, "Oda Brenk saw two boats sink", SELLER),
             claim(4, "six raids", GOVERNOR), claim(5, "No raid was seen", BODY))  # fmt: skip
    return made, Reading(made.id, "by hand", found, (), (), ())


@pytest.fixture
def ledger(new_place: Callable[[str], str]) -> Iterator[Ledger]:
    with closing(open_ledger(new_place("held"), create=True)) as held:
        made = [told(1, 3), told(2, 9, "Ostrey Post"), told(3)]
        write.store(held, [intake(one) for one, _ in made], [found for _, found in made], NOW)
        yield held


ONE, TWO, THREE = (told(n)[0].id for n in (1, 2, 3))


def ids(ledger: Ledger, question: str, **asked: Any) -> list[str]:
    return [hit.claim for hit in search(ledger, Asked(question, **asked))]


def decide(ledger: Ledger, verdict: str, target: str, **more: Any) -> None:
    pipeline.decide(ledger, Judgement(verdict, target, "Ada Holm", **more), NOW)


def test_the_newest_come_first_and_the_words_are_marked(ledger: Ledger) -> None:
    first, *_ = hits = search(ledger, Asked("Raids"))
    assert first == Hit(f"{TWO}-c1", "tale-2", date(2031, 4, 9), "Ostrey Post", "named_body", "Harbour Authority",
                        "Nine raids struck the quay", ((5, 10),))  # fmt: skip
    assert [hit.claim for hit in hits] == [f"{one}-c{n}" for one in (TWO, ONE, THREE) for n in (1, 4)]
    assert hits[-1].day is None
    assert hits[-1].who == "Ilke Varn"


@pytest.mark.parametrize(
    ("question", "of_a_story"),
    [('"raids struck"', [1]), ('"struck raids"', []), ("raid*", [1, 4, 5]), ("raid* -quay", [4, 5]), ('raid* -"no raid"', [1, 4]), ("quay fire", [2])],
)  # fmt: skip
def test_words_in_a_row_beginnings_and_what_is_left_out(ledger: Ledger, question: str, of_a_story: list[int]) -> None:
    assert ids(ledger, question, outlet="OSTREY") == [f"{TWO}-c{n}" for n in of_a_story]


def test_days_outlet_and_limit(ledger: Ledger) -> None:
    assert ids(ledger, "six", first=date(2031, 4, 4)) == ids(ledger, "six", limit=1) == [f"{TWO}-c4"]
    assert ids(ledger, "six", last=date(2031, 4, 8)) == [f"{ONE}-c4"]
    assert ids(ledger, "six", outlet="courier") == [f"{ONE}-c4", f"{THREE}-c4"]
    assert ids(ledger, "six", outlet="nobody's") == []


@pytest.mark.parametrize(
    "asked",
    [
        Asked("  "),
        Asked("-raid"),
        Asked("…"),
        Asked("raid", date(2031, 5, 2), date(2031, 5, 1)),
        Asked("raid", limit=0),
    ],
)
def test_what_cannot_be_asked_is_told(ledger: Ledger, asked: Asked) -> None:
    with pytest.raises(WrongUse):
        search(ledger, asked)


def test_private_names_are_neither_shown_nor_found(ledger: Ledger) -> None:
    boats = search(ledger, Asked("boats", outlet="Ostrey"))
    assert [(hit.who, hit.said) for hit in boats] == [("(name withheld)", "███ █████ saw two boats sink")]
    assert [hit.who for hit in search(ledger, Asked("fire", limit=1))] == ["(name withheld)"]
    for name in ("Brenk", "oda", '"Oda Brenk"', "bren*", "boats Brenk"):
        assert ids(ledger, name) == []
    # Nor does leaving one out tell that it was there
    assert ids(ledger, "boats -Brenk") == ids(ledger, "boats")


def test_a_name_that_some_story_gives_an_office_is_shown_until_people_say_otherwise(ledger: Ledger) -> None:
    one, found = told(4, 1)
    as_mayor = replace(found.claims[2], source=replace(SELLER, role="mayor"))
    write.store(ledger, [intake(one)], [replace(found, claims=(*found.claims[:2], as_mayor, *found.claims[3:]))], NOW)
    assert {hit.said for hit in search(ledger, Asked("boats"))} == {"Oda Brenk saw two boats sink"}
    assert [hit.who for hit in search(ledger, Asked("Brenk boats"))] == [
        *["(name withheld)"] * 2,
        "Oda Brenk",
        "(name withheld)",
    ]
    decide(ledger, "reject", f"{one.id}-c3")
    assert {hit.said for hit in search(ledger, Asked("boats"))} == {"███ █████ saw two boats sink"}
    assert ids(ledger, "Brenk boats") == []


def test_what_people_decided_holds(ledger: Ledger) -> None:
    decide(ledger, "reject", f"{ONE}-c1")
    assert ids(ledger, "nine") == [f"{TWO}-c1", f"{THREE}-c1"]
    decide(ledger, "set", f"{TWO}-c1", field="source", value="Port Office")
    assert [hit.who for hit in search(ledger, Asked("nine"))] == ["Port Office", "Harbour Authority"]
    at = TEXT.index("two boats sink")
    decide(ledger, "add", THREE, field="claim", value="Coast Guard", words=(f"{THREE}:{at}-{at + 9}",))
    assert [hit.who for hit in search(ledger, Asked('"two boats"')) if hit.kind == "named_body"] == ["Coast Guard"]
    decide(ledger, "set", THREE, field="published", value="2031-06-01")
    decide(ledger, "set", ONE, field="outlet", value="Kelm Gazette")
    assert ids(ledger, "six") == [f"{one}-c4" for one in (THREE, TWO, ONE)]
    assert ids(ledger, "six", first=date(2031, 6, 1)) == [f"{THREE}-c4"]
    assert ids(ledger, "six", outlet="gazette") == [f"{ONE}-c4"]
    assert ids(ledger, "six", outlet="courier") == [f"{THREE}-c4"]


def whole(view: View, private: Private, question: str) -> list[tuple[str, str, str]]:
    """The same by going through all that the ledger says."""
    terms = words.terms(question)
    found = [
        (
            -(start.toordinal() if (start := read.story.published.start) else date.min.toordinal()),
            read.story.id,
            n,
            claim,
        )
        for read in view.reads
        for n, claim in enumerate(read.reading.claims)
    ]
    rows = [
        (c.id, public_name(c.source) or c.source.kind, private.masked(claims.said(c)))
        for *_, c in sorted(found, key=lambda one: one[:3])
    ]
    return [row for row in rows if all(bool(words.matches(row[2], [replace(t, out=False)])) != t.out for t in terms)]


@pytest.mark.slow
def test_it_says_what_the_whole_ledger_says(sample_ledger: Ledger, new_place: Callable[[str], str]) -> None:
    """Every word of every claim of the sample, with decisions on some."""
    with closing(open_ledger(new_place("sample"), create=True)) as held:
        pipeline.move(sample_ledger, held, NOW)
        every = [claim for read in pipeline.view(held, now=NOW).reads for claim in read.reading.claims]
        decide(held, "reject", every[3].id)
        decide(held, "set", every[8].id, field="source", value="Mara Quell")
        decide(held, "set", every[20].id.rpartition("-")[0], field="published", value="2024-12-01")
        said = sorted({word for claim in every for word in words.folded(claims.said(claim))})
        assert len(said) > 100
        view = pipeline.view(held, now=NOW)
        private = Private(view)
        for question in [*said[::9], "killed -police", '"have been killed"', "t* r*", "mara"]:
            hits = search(held, Asked(question, limit=10**6))
            assert [(hit.claim, hit.who, hit.said) for hit in hits] == whole(view, private, question)


def test_the_command(tmp_path: Path) -> None:
    path = tmp_path / "held.db"
    with closing(open_ledger(str(path), create=True)) as held:
        one, found = told(1, 3)
        write.store(held, [intake(replace(one, name="tale\x1b[2J"))], [found], NOW)
    said = CliRunner().invoke(cli.app, ["search", "raids", "six", "--ledger", str(path)]).output
    assert said.splitlines()[0] == f"2031-04-03  Varn Courier  Ilke Varn  {ONE}-c4"
    assert said.splitlines()[1].strip() == "⟦six⟧ ⟦raids⟧"
    rows = (
        CliRunner()
        .invoke(
            cli.app,
            ["search", "raids struck", "--ledger", str(path), "--json", "--from", "2031-04-03", "--to", "2031-04-03"],
        )
        .output
    )
    assert '"marks": [[5, 17]]' in rows.replace("[5, 10], [11, 17]", "[5, 17]")
    nothing = CliRunner().invoke(cli.app, ["search", "struck raids", "--ledger", str(path)])
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert "no claim has these words" in nothing.stderr


def test_a_search_reads_no_reading(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching.read, "reads", lambda *_: pytest.fail("the ledger was loaded"))
    assert len(ids(ledger, "raids")) == 6
