"""Records of other projects beside the ledger. All rows are invented; only the names of columns are theirs."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from invented import derived, masthead, reading, story
from onrecord import pipeline
from onrecord.errors import BadTable
from onrecord.exports import files, imported, outside
from onrecord.exports.outside import Beside
from onrecord.ledger import Ledger
from onrecord.pipeline import View, arranged
from onrecord.records import Bounds, Incident, Read, When, Where

ACLED = {
    "event_id_cnty": "QUE12", "event_date": "2031-03-31", "time_precision": "1",
    "event_type": "Explosions/Remote violence", "sub_event_type": "Shelling/artillery/missile attack",
    "actor1": "Tern Brigade", "actor2": "Civilians (Quelland)", "country": "Quelland", "location": "Varnholm",
    "latitude": "54.5000", "longitude": "-3.2500", "geo_precision": "1", "fatalities": "6",
}  # fmt: skip
GED = {
    "id": "501", "relid": "QUE-2031-1-1-1", "type_of_violence": "1", "side_a": "Government of Quelland",
    "side_b": "Tern Brigade", "where_prec": "1", "where_coordinates": "Varnholm town", "latitude": "54.5",
    "longitude": "-3.25", "country": "Quelland", "date_prec": "1", "date_start": "2031-03-31 00:00:00.000",
    "date_end": "2031-03-31 00:00:00.000", "best": "6", "high": "8", "low": "5",
}  # fmt: skip


def ledger(*changed: dict[str, Any]) -> View:
    told = story()
    made = derived(told, reading(told))
    (first,) = made.incidents
    rows: list[Incident] = []
    for number, more in enumerate(changed):
        # What people set holds under every codebook
        fields = {"killed": Bounds(6, 6, 6), "actor": "Tern Brigade", **more}
        set_ = replace(first.statements[1], field="killed")
        rows.append(replace(first, id=f"in-{number:08x}", statements=(*first.statements, set_), **fields))
    return arranged((Read(masthead(told), reading(told)),), replace(made, incidents=tuple(rows)))


def beside(tmp_path: Path, seen: View, *rows: dict[str, str], separator: str = ",") -> Beside:
    path = tmp_path / "theirs.csv"
    lines = [separator.join(rows[0]), *(separator.join(row.values()) for row in rows)]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8-sig")
    (found,) = imported.read(seen, [path], "ines", "").beside
    return found


def days(first: int, last: int | None = None) -> When:
    start, end = date(2031, 3, first), date(2031, 3, last or first)
    return When(start, end, "day" if start == end else "days", None)


def states(found: Beside) -> list[str]:
    return [pair.state for pair in found.pairs]


@pytest.mark.parametrize("theirs", [ACLED, GED], ids=["acled", "ged"])
def test_the_same_event_is_matched_and_says_why(tmp_path: Path, theirs: dict[str, str]) -> None:
    found = beside(tmp_path, ledger({}), theirs)
    (pair,) = found.pairs
    assert pair.state == "matched"
    assert pair.why[0] == "same day"
    assert "both at Varnholm" in pair.why[1]
    assert any("Tern Brigade" in why for why in pair.why[2:])
    assert (found.records, found.beyond) == (1, 0)


def test_old_spellings_are_known(tmp_path: Path) -> None:
    old = {"data_id": "9", "iso3": "QUE", **{k: v for k, v in ACLED.items() if k != "event_id_cnty"}}
    old["event_date"] = "31 March 2031"
    assert states(beside(tmp_path, ledger({}), old)) == ["matched"]
    old = {{"best": "best_est", "low": "low_est", "high": "high_est"}.get(k, k): v for k, v in GED.items()}
    assert states(beside(tmp_path, ledger({}), {k.upper(): v for k, v in old.items()}, separator=";")) == ["matched"]


def test_a_release_without_a_head_is_read_by_its_order(tmp_path: Path) -> None:
    order = outside.forms()["ged"]["order"]
    path = tmp_path / "candidate.csv"
    path.write_text(",".join(GED.get(column, "") for column in order) + "\n", "utf-8-sig")
    (found,) = imported.read(ledger({}), [path], "ines", "").beside
    assert (found.form, states(found)) == ("ged", ["matched"])


DIFFERING: list[tuple[dict[str, Any], dict[str, str], list[str]]] = [
    ({}, {**ACLED, "fatalities": "5"}, ["fatalities"]),
    ({"killed": Bounds(5, 6, 6)}, {**ACLED, "fatalities": "5"}, []),
    ({"killed": Bounds(None, None, None)}, {**ACLED, "fatalities": "0"}, []),
    ({"killed": Bounds(0, 0, 0)}, {**ACLED, "fatalities": "0"}, []),
    ({"when": days(30)}, ACLED, ["day"]),
    ({}, {**ACLED, "event_type": "Battles", "sub_event_type": "Armed clash"}, ["type"]),
    ({}, {**ACLED, "sub_event_type": "Air/drone strike"}, []),
    ({}, {**ACLED, "location": "Kelm Point", "latitude": "54.6"}, ["place"]),
    ({}, {**ACLED, "location": "Varnholm - Old Quay"}, []),
    ({}, {**GED, "best": "7"}, ["fatalities"]),
    ({"killed": Bounds(8, None, None)}, GED, []),
    ({"killed": Bounds(9, None, None)}, GED, ["fatalities"]),
    ({}, {**GED, "type_of_violence": "3"}, ["type"]),
]


@pytest.mark.parametrize(("here", "there", "fields"), DIFFERING)
def test_what_differs_is_named(tmp_path: Path, here: dict[str, Any], there: dict[str, str], fields: list[str]) -> None:
    (pair,) = beside(tmp_path, ledger(here), there).pairs
    assert [name for name, _, _ in pair.differs] == fields
    assert pair.state == ("differing" if fields else "matched")


def test_what_one_side_has_alone(tmp_path: Path) -> None:
    far = Where("Ostrey", None, "Quelland", 60.0, 10.0, "exact", None)
    found = beside(tmp_path, ledger({"where": far}), ACLED)
    assert sorted(states(found)) == ["only here", "only there"]


def test_a_coarse_day_or_place_of_theirs_reaches_further(tmp_path: Path) -> None:
    seen = ledger({"when": days(26)})
    assert sorted(states(beside(tmp_path, seen, ACLED))) == ["only there"]
    assert states(beside(tmp_path, seen, {**ACLED, "time_precision": "2"})) == ["differing"]
    seen = ledger({"where": Where("Ostrey", None, "Quelland", 55.5, -3.25, "exact", None)})
    assert sorted(states(beside(tmp_path, seen, ACLED))) == ["only here", "only there"]
    assert states(beside(tmp_path, seen, {**ACLED, "geo_precision": "3"})) == ["differing"]


def test_each_is_matched_once_with_the_likeliest(tmp_path: Path) -> None:
    seen = ledger({"when": days(30)}, {}, {"where": None})
    found = beside(tmp_path, seen, ACLED, {**ACLED, "event_id_cnty": "QUE13", "event_date": "2031-03-30"})
    matched = {(str(p.here["id"]), p.there.id) for p in found.pairs if p.here and p.there}
    assert matched == {("in-00000000", "QUE13"), ("in-00000001", "QUE12")}
    assert states(found).count("only here") == 1


def test_incidents_of_other_days_are_counted_and_not_compared(tmp_path: Path) -> None:
    found = beside(tmp_path, ledger({}, {"when": days(1)}, {"when": None}), ACLED)
    assert (states(found), found.beyond) == (["matched"], 2)
    assert "2 incidents lie outside of its days" in imported.summary(found)


@pytest.mark.parametrize(
    ("cells", "words"),
    [({"event_date": "31/03/2031"}, "row 2: first: 31/03/2031 could be read"), ({"event_date": ""}, "there is no day"),
     ({"fatalities": "some"}, "row 2: fatalities: some is not clearly"), ({"latitude": "99"}, "row 2: latitude: 99 lies outside")],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, cells: dict[str, str], words: str) -> None:
    with pytest.raises(BadTable, match=words):
        beside(tmp_path, ledger({}), {**ACLED, **cells})


def test_rows_of_a_comparison(tmp_path: Path) -> None:
    found = beside(tmp_path, ledger({}), {**ACLED, "fatalities": "5"})
    (row,) = outside.rows(found)
    assert row == {
        "state": "differing", "incident": "in-00000000", "record": "QUE12", "row": 2, "day": "2031-03-31",
        "their_day": "2031-03-31", "place": "Varnholm", "their_place": "Varnholm", "kind": "shelling",
        "their_kind": "Shelling/artillery/missile attack", "killed": "6", "their_killed": "5",
        "differs": "fatalities: 6 here, 5 there",
        "why": "same day; both at Varnholm; shelling is Shelling/artillery/missile attack; Tern Brigade is Tern Brigade",
    }  # fmt: skip


def test_an_empty_file_of_theirs(tmp_path: Path) -> None:
    path = tmp_path / "theirs.csv"
    path.write_text(",".join(ACLED) + "\n")
    (found,) = imported.read(ledger({}), [path], "ines", "").beside
    assert (found.records, found.beyond, found.pairs) == (0, 1, ())


@pytest.mark.parametrize(("form", "file"), [("acled", "acled.csv"), ("ucdp", "ucdp.csv")])
def test_what_was_exported_is_of_the_same_type(sample_ledger: Ledger, tmp_path: Path, form: str, file: str) -> None:
    seen = pipeline.view(sample_ledger)
    files.export(seen, form, tmp_path)
    (found,) = imported.read(seen, [tmp_path / file], "ines", "").beside
    assert {pair.state for pair in found.pairs} <= {"matched", "differing", "only here"}
    assert [pair.differs for pair in found.pairs if any(name == "type" for name, *_ in pair.differs)] == []
