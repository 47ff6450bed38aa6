"""Releases stay as they were, and tell what changed."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from invented import NOW
from newsdesk import opened, say
from onrecord import pipeline
from onrecord.errors import CannotWork, WrongUse
from onrecord.exports.publishing import releases
from onrecord.ledger import Ledger
from published import broken, published, stored, tree


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = stored(opened(tmp_path))
    yield made
    made.close()


def at(ledger: Ledger, place: str) -> str:
    found = pipeline.view(ledger, now=NOW).derived.incidents
    return next(one.id for one in found if one.where is not None and one.where.name == place)


def told(out: Path, name: str, file: str = "changes.json") -> Any:
    return json.loads((out / "releases" / name / file).read_bytes())


def test_the_same_ledger_again_changes_no_file(ledger: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = published(ledger, out)
    before, times = tree(out), {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    again = published(ledger, out)
    assert (first.new, again.new) == (True, False)
    assert again.release == first.release
    assert tree(out) == before
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()} == times


def test_a_release_is_called_after_the_last_day_of_the_ledger(ledger: Ledger, tmp_path: Path) -> None:
    assert published(ledger, tmp_path / "out").release.name == "2031-04-11"


def test_other_content_under_the_same_name_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "out"
    published(ledger, out, release="one")
    before = tree(out)
    say(ledger, "set", at(ledger, "Varnholm"), field="killed", value="7")
    with pytest.raises(WrongUse, match="a release never changes; give another name"):
        published(ledger, out, release="one")
    assert tree(out) == before


def test_what_became_of_each_incident_is_told(ledger: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "out"
    quay, depot, ferry, bridge = (at(ledger, place) for place in ("Varnholm", "Ostrey", "Tolle Roads", "Kelm Point"))
    say(ledger, "not_an_incident", ferry)
    published(ledger, out, release="one")
    first = tree(out / "releases/one")
    undone = next(one.id for one in pipeline.view(ledger, now=NOW).decisions)
    say(ledger, "undo", undone)
    say(ledger, "set", quay, field="killed", value="7-8-9")
    say(ledger, "merge", bridge, into=depot)
    say(ledger, "not_an_incident", at(ledger, "Brackwater"))
    made = published(ledger, out, release="two")
    found = told(out, "two")
    assert at(ledger, "Tolle Roads") in found["added"]
    assert [bridge, depot] in found["merged"]
    assert found["gone"]
    assert {"id": quay, "field": "killed_low", "was": 6, "now": 7} in found["changed"]
    assert not [one for one in found["changed"] if one["field"] == "updated_at"]
    assert made.release.before == "one"
    assert made.release.difference.counts() == told(out, "two", "release.json")["difference"]
    # As a table, and as a page
    rows = [*csv.DictReader(io.StringIO((out / "releases/two/changes.csv").read_text("utf-8")))]
    assert {"id": quay, "change": "changed", "field": "killed_low", "was": "6", "now": "7"} in rows
    assert {row["change"] for row in rows} == {"added", "changed", "gone", "merged"}
    page = (out / "releases/two/index.html").read_text("utf-8")
    assert all(id_ in page for id_ in (quay, bridge, depot, *found["gone"]))
    # What was released before stays
    later = tree(out / "releases/one")
    assert {name: data for name, data in later.items() if name != "index.html"} == {
        name: data for name, data in first.items() if name != "index.html"
    }
    history = (out / "changes.html").read_text("utf-8")
    assert history.index("releases/two") < history.index("releases/one")
    assert [*broken(out)] == []


def test_a_merged_incident_leads_to_the_other(ledger: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "out"
    depot, bridge = at(ledger, "Ostrey"), at(ledger, "Kelm Point")
    published(ledger, out, release="one")
    say(ledger, "merge", bridge, into=depot)
    published(ledger, out, release="two")
    page = (out / "incidents" / f"{bridge}.html").read_text("utf-8")
    assert f'http-equiv="refresh" content="3; url={depot}.html"' in page
    assert f'href="{depot}.html"' in page
    assert bridge in (out / "incidents" / f"{depot}.html").read_text("utf-8")
    assert f"{bridge},{depot}\n" in (out / "data/redirects.csv").read_text("utf-8")
    assert [*broken(out)] == []


def test_one_that_is_gone_stays_gone(ledger: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ferry = at(ledger, "Tolle Roads")
    published(ledger, out, release="one")
    say(ledger, "not_an_incident", ferry)
    published(ledger, out, release="two")
    assert "Not an incident any more" in (out / "incidents" / f"{ferry}.html").read_text("utf-8")
    assert f"{ferry},two\n" in (out / "data/deletions.csv").read_text("utf-8")
    say(ledger, "set", at(ledger, "Varnholm"), field="killed", value="7")
    published(ledger, out, release="three")
    assert f"{ferry},two\n" in (out / "data/deletions.csv").read_text("utf-8")
    assert told(out, "three")["gone"] == []
    # Once more the same, with what the folder knows of the past
    before = tree(out)
    published(ledger, out, release="three")
    assert tree(out) == before


def test_an_earlier_release_is_not_made_again(ledger: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "out"
    published(ledger, out, release="one")
    published(ledger, out, release="two")
    with pytest.raises(WrongUse, match="two came after it"):
        published(ledger, out, release="one")


@pytest.mark.parametrize("name", ["../up", "", ".hidden", "a/b", "a b", "x" * 65, "dot."])
def test_names_that_are_no_folders_are_refused(name: str) -> None:
    with pytest.raises(WrongUse, match="--release"):
        releases.check(name)


def test_a_release_that_was_changed_by_hand_is_named(ledger: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "out"
    published(ledger, out, release="one")
    (out / "releases/one/incidents.jsonl").write_text("{")
    with pytest.raises(CannotWork, match="not as it was published"):
        published(ledger, out, release="two")


def test_a_column_that_is_new_changed_nothing() -> None:
    found = releases.difference(
        [{"id": "in-1", "kind": "raid", "place": None}], [{"id": "in-1", "kind": "raid", "place": None, "more": 1}], {}
    )
    assert found.changed == ()


def test_the_title_stays_where_none_is_given(ledger: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "out"
    published(ledger, out, release="one", title="The coast")
    published(ledger, out, release="two")
    assert '<h1 dir="auto">The coast</h1>' in (out / "index.html").read_text("utf-8")
