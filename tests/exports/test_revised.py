"""What an incident said before, its grade and its sides, as a user sees them, before and after people decide."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from invented import NOW
from newsdesk import Act, Sheet, opened, page, say, sheet, store
from onrecord import pipeline
from onrecord.exports import tables
from onrecord.exports.evidence import Shown
from onrecord.ledger import Ledger, read

FIRST = "Shells hit the quay at Varnholm on April 1 and three people died"
AGAIN = "The dead of the Varnholm quay, hit by shells on April 1, are now eleven"
FRONT = "Seventeen fishermen were lost on April 1 when army guns hit Varnholm"


def told() -> list[Sheet]:
    """The authority says 3 and four days later 11; the front says 17 from the first."""
    quay = Act(FIRST, "hit", day=1, place="Varnholm", killed=3)
    front = Act(FRONT, "hit", day=1, place="Varnholm", killed=17, source="Tern Front")
    return [
        sheet(page(1, FIRST + "."), [quay]),
        sheet(page(2, FRONT + ".", day=2), [front]),
        sheet(page(4, AGAIN + ".", day=5), [Act(AGAIN, "hit", day=1, place="Varnholm", killed=11)]),
    ]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    held = opened(tmp_path)
    store(held, told())
    yield held
    held.close()


def rows(ledger: Ledger, table: str) -> list[dict[str, Any]]:
    return list(tables.rows(pipeline.view(ledger, now=NOW), table))


def shown(ledger: Ledger, id_: str) -> str:
    out = io.StringIO()
    found = Shown(pipeline.view(ledger, now=NOW), lambda name: read.story(ledger, name)).find(id_)
    Console(file=out, width=400, color_system=None, highlight=False).print(found)
    return re.sub(r" +", " ", out.getvalue())


def test_a_revision_is_a_row(ledger: Ledger) -> None:
    (incident,) = rows(ledger, "incidents")
    assert incident["killed_best"] == 11
    (row,) = [row for row in rows(ledger, "revisions") if row["field"] == "killed" and row["now"] == "11"]
    assert (row["incident"], row["day"], row["outlet"], row["story"]) == (incident["id"], "2031-04-05", "Ostrey Post", "tale-4")  # fmt: skip
    assert row["words"] == AGAIN


def test_an_incident_is_shown_with_its_grade_its_sides_and_its_revisions(ledger: Ledger) -> None:
    (incident,) = rows(ledger, "incidents")
    text = shown(ledger, incident["id"])
    assert "grade: contested: Harbour Authority gives 11 killed, Tern Front 17" in text
    assert "killed: Harbour Authority: 11; Tern Front: 17" in text
    assert f"3 killed, revised to 11 on 2031-04-05: later deaths (Ostrey Post, Harbour Authority: “{AGAIN}”)" in text


def test_a_decision_is_the_last_revision_and_changes_the_grade(ledger: Ledger) -> None:
    (incident,) = rows(ledger, "incidents")
    assert incident["grade"] == "contested"
    made = say(ledger, "set", incident["id"], field="killed", value="12", reason="the town's list")
    (after,) = rows(ledger, "incidents")
    assert (after["killed_best"], after["grade"]) == (12, "fair")
    assert after["grade_reason"] == "2 independent reports and 2 sources stand behind it"
    last = [row for row in rows(ledger, "revisions") if row["field"] == "killed"][-1]
    assert (last["was"], last["now"], last["day"], last["why"], last["source"]) == ("11", "12", None, "decision", made.decision.id)  # fmt: skip
    assert f"11 killed, revised to 12: decision ({made.decision.id})" in shown(ledger, incident["id"])
    say(ledger, "undo", made.decision.id)
    (undone,) = rows(ledger, "incidents")
    assert (undone["killed_best"], undone["grade"]) == (11, "contested")


def test_one_that_is_derived_anew_says_the_same(ledger: Ledger) -> None:
    before = rows(ledger, "revisions"), rows(ledger, "incidents")
    pipeline.rebuild(ledger, "joint", NOW)
    assert (rows(ledger, "revisions"), rows(ledger, "incidents")) == before


@pytest.mark.parametrize(("profile", "best"), [("acled", 11), ("ucdp", 11), ("airwars", None)])
def test_revisions_follow_the_codebook_by_which_the_ledger_is_seen(
    ledger: Ledger, profile: str, best: int | None
) -> None:
    seen = pipeline.view(ledger, profile, NOW)
    (incident,) = tables.rows(seen, "incidents")
    assert (incident["killed_low"], incident["killed_best"], incident["killed_high"]) == (11, best, 17)
    last = [row for row in tables.rows(seen, "revisions") if row["field"] == "killed"][-1]
    assert last["now"] == ("11" if best else "at least 11")
    assert last["why"] != "decision"
