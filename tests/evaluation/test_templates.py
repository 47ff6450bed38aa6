from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluation.muc import setting
from evaluation.muc.recasing import recased
from evaluation.predict import predicted
from evaluation.tasks.order import Order

Lines = Callable[[str, list[dict[str, Any]]], Path]

KIDNAPPED = (
    "   QUITO, 3 MAR 91 (KETTLE WIRE) -- [TEXT] FOUR HOODED GUERRILLAS OF THE SHINING PATH KIDNAPPED A TEACHER NEAR\n"
    "GUAYAQUIL ON 1 MARCH.  THE TEACHER, ANSELMO QUIROGA, WAS TAKEN TO THE HILLS, POLICE SAID."
)
BOMBED = (
    "   LIMA, 9 FEB 91 -- [TEXT] A CAR BOMB EXPLODED IN FRONT OF A BANK IN LIMA YESTERDAY, WOUNDING TWO NUNS.  THE BANK WAS\n"
    "DAMAGED.  NO ONE HAS CLAIMED THE ACT."
)
FOUGHT = "   LIMA, 9 FEB 91 -- [TEXT] TEN SOLDIERS WERE KILLED IN A CLASH WITH REBELS ON 8 FEBRUARY, THE ARMY SAID."
AIRCRAFT = "   LIMA, 9 FEB 91 -- [TEXT] REBELS ATTACKED TWO ARMY HELICOPTERS ON 8 FEBRUARY, THE ARMY SAID."
QUIET = "   QUITO, 3 MAR 91 -- [TEXT] THE COUNCIL MET TO TALK ABOUT DRAINS.  IT WILL MEET AGAIN."


def of(lines: Lines, text: str) -> list[dict[str, Any]]:
    """The templates of one message."""
    rows = predicted("templates", Order(lines("messages.jsonl", [{"id": "m", "text": text}])))
    assert isinstance(rows, list)
    assert [row["id"] for row in rows] == ["m"]
    templates: list[dict[str, Any]] = rows[0]["templates"]
    return templates


def said(template: dict[str, Any], slot: str) -> list[str]:
    """The values in a slot."""
    return [fill if isinstance(fill, str) else fill["value"] for fill in template.get(slot, [])]


def test_a_kidnapping_is_told_with_all_its_slots(lines: Lines) -> None:
    [one] = of(lines, KIDNAPPED)
    assert said(one, "inc-type") == ["KIDNAPPING"]
    assert said(one, "inc-stage") == ["ACCOMPLISHED"]
    assert said(one, "inc-date") == ["1991-03-01"]
    assert said(one, "inc-loc") == ["ECUADOR: GUAYAQUIL (CITY)"]
    assert said(one, "perp-inc-cat") == ["TERRORIST ACT"]
    assert said(one, "perp-org-id") == ["SHINING PATH"]
    assert said(one, "hum-tgt-name") == ["ANSELMO QUIROGA"]
    assert said(one, "hum-tgt-type") == ["CIVILIAN"]
    assert one["hum-tgt-num"] == [{"value": "1", "xref": "ANSELMO QUIROGA"}]


def test_a_bombing_hits_people_and_things(lines: Lines) -> None:
    [one] = of(lines, BOMBED)
    assert said(one, "inc-type") == ["BOMBING"]
    assert said(one, "inc-date") == ["1991-02-08"]
    assert said(one, "inc-loc") == ["PERU: LIMA (CITY)"]
    assert one["inc-instr-type"] == [{"value": "VEHICLE BOMB", "xref": "CAR BOMB"}]
    assert said(one, "phys-tgt-id") == ["BANK"]
    assert said(one, "phys-tgt-type") == ["FINANCIAL"]
    assert said(one, "hum-tgt-desc") == ["NUNS"]
    assert said(one, "hum-tgt-num") == ["2"]
    assert said(one, "hum-tgt-effect") == ["INJURY"]


@pytest.mark.parametrize("text", [FOUGHT, QUIET, "X", "-- [TEXT]"])
def test_what_is_no_terror_has_no_template(lines: Lines, text: str) -> None:
    assert of(lines, text) == []


def test_aircraft_are_targets_of_war(lines: Lines) -> None:
    assert of(lines, AIRCRAFT) == []


def test_fills_are_cut_from_the_message(lines: Lines) -> None:
    flat = " ".join(KIDNAPPED.split())
    for one in of(lines, KIDNAPPED):
        for slot in ("hum-tgt-name", "hum-tgt-desc", "perp-ind-id", "perp-org-id"):
            assert all(value in flat for value in said(one, slot))


# ---- sentence case


@pytest.mark.parametrize(
    ("shouted", "quiet"),
    [
        ("THE MAYOR OF LIMA DIED. HE WAS 40.", "The mayor of Lima died. He was 40."),
        ("POLICE SAID THE FMLN ATTACKED", "Police said the FMLN attacked"),
        ("SHINING PATH MEN TOOK A PATH", "Shining Path men took a path"),
        ("ON 3 MAY HE MAY LEAVE THE U.S. EMBASSY", "On 3 May he may leave the U.S. embassy"),
        ("A MAN CALLED O'HIGGINS", "A man called O'Higgins"),
        ("It Stays As IT is", "It Stays As IT is"),
        ("", ""),
    ],
)
def test_sentence_case_comes_back_letter_for_letter(shouted: str, quiet: str) -> None:
    assert recased(shouted) == quiet
    assert len(recased(shouted)) == len(shouted)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (KIDNAPPED, "1991-03-03"),
        ("   SANTA CRUZ (BOLIVIA), 12 JAN 90 -- [TEXT]", "1990-01-12"),
        ("   QUITO, 31 FEB 91 -- [TEXT]", None),
        ("NO DATELINE STANDS HERE", None),
    ],
)
def test_the_day_stands_in_the_dateline(text: str, day: str | None) -> None:
    found = setting.published(text)
    assert (found.isoformat() if found else None) == day
