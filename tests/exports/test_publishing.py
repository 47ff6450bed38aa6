"""What is published: pages that hold together by themselves, equal for equal ledgers, without names of private persons."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hostile import VECTORS, fill
from invented import NOW
from newsdesk import incident_with, opened, say
from onrecord import pipeline
from onrecord.errors import CannotWork, TryLater, WrongUse
from onrecord.exports.publishing import folder as folders
from onrecord.exports.publishing import scope, shown
from onrecord.exports.publishing.folder import MARKER
from onrecord.exports.publishing.pages import Pages
from onrecord.ledger import Ledger
from onrecord.records import Bounds, Campaign
from published import FIRST_NAMES, LAST_NAMES, PRIVATE, broken, looked_at, pages, published, stored, tree

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = stored(opened(tmp_path))
    yield made
    made.close()


@pytest.fixture(scope="module")
def site(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as it is published."""
    place = tmp_path_factory.mktemp("site")
    (place / "copy.db").write_bytes(sample_file.read_bytes())
    made = pipeline_opened(place / "copy.db")
    published(made, place / "out", title="The Velmora record")
    made.close()
    return place / "out"


def pipeline_opened(path: Path) -> Ledger:
    from onrecord.ledger import open_ledger

    return open_ledger(str(path))


# ---- the pages of the sample


def test_every_link_leads_somewhere(site: Path) -> None:
    assert [*broken(site)] == []


def test_nothing_runs_but_the_scripts_beside_it(site: Path) -> None:
    for path in pages(site):
        assert looked_at(path).inline == [], path
        assert POLICY in path.read_text("utf-8").replace("&#39;", "'"), path


def test_every_incident_has_a_page_with_its_evidence(site: Path) -> None:
    rows = [json.loads(line) for line in (site / "data/incidents.jsonl").read_text("utf-8").splitlines()]
    assert rows
    for row in rows:
        text = (site / "incidents" / f"{row['id']}.html").read_text("utf-8")
        assert "<blockquote>" in text
        assert row["grade_reason"].partition("'")[0] in text
        assert 'rel="external noopener noreferrer"' in text
        assert "How to cite" in text
        assert f"incidents/{row['id']}.html" in (site / "index.html").read_text("utf-8")


def test_plans_stand_apart(site: Path) -> None:
    plans = [json.loads(line)["id"] for line in (site / "data/plans.jsonl").read_text("utf-8").splitlines()]
    assert plans
    text = (site / "plans.html").read_text("utf-8")
    assert "Planned, threatened, possible: not incidents" in text
    assert all(f'id="{id_}"' in text for id_ in plans)
    index = (site / "index.html").read_text("utf-8")
    assert not any(id_ in index for id_ in plans)


def test_what_is_unknown_is_said_to_be(site: Path) -> None:
    rows = [json.loads(line) for line in (site / "data/incidents.jsonl").read_text("utf-8").splitlines()]
    untold = next(row for row in rows if row["injured_best"] is None and row["injured_low"] is None)
    text = (site / "incidents" / f"{untold['id']}.html").read_text("utf-8")
    assert "unknown: no report here gives a number" in text


def test_sums_are_those_of_the_files(site: Path) -> None:
    lines = (site / "data/SHA256SUMS").read_text("utf-8").splitlines()
    told = {name: digest for digest, name in (line.split("  ") for line in lines)}
    there = {path.name for path in (site / "data").iterdir()} - {"SHA256SUMS"}
    assert set(told) == there
    for name, digest in told.items():
        assert hashlib.sha256((site / "data" / name).read_bytes()).hexdigest() == digest
    whole = hashlib.sha256((site / "data/SHA256SUMS").read_bytes()).hexdigest()
    (release,) = (site / "releases").iterdir()
    assert json.loads((release / "release.json").read_bytes())["sha256"] == whole
    assert whole in (site / "data.html").read_text("utf-8")


def test_each_column_has_its_meaning(site: Path) -> None:
    book = [*csv.DictReader(io.StringIO((site / "data/codebook.csv").read_text("utf-8")))]
    for path in (site / "data").glob("*.csv"):
        if path.name != "codebook.csv":
            header = next(csv.reader(io.StringIO(path.read_text("utf-8"))))
            assert header == [row["column"] for row in book if row["table"] == path.stem], path.name


def test_what_coders_wrote_to_each_other_stays_inside(site: Path) -> None:
    assert not [*(site / "data").glob("decisions*")]


def test_the_feed_is_one(site: Path) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    root = ElementTree.fromstring((site / "changes.atom").read_bytes())
    entries = root.findall(f"{atom}entry")
    ids = [entry.findtext(f"{atom}id") for entry in entries]
    assert len(ids) == len(set(ids)) > 1
    for entry in entries:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", entry.findtext(f"{atom}updated") or "")
        lead = entry.find(f"{atom}link")
        assert lead is not None
        assert (site / lead.attrib["href"]).is_file()


def test_every_file_is_listed_as_ours(site: Path) -> None:
    told = json.loads((site / MARKER).read_bytes())["files"]
    assert {name: hashlib.sha256(data).hexdigest() for name, data in tree(site).items() if name != MARKER} == told


def test_equal_ledgers_give_equal_bytes(sample_ledger: Ledger, site: Path, tmp_path: Path) -> None:
    published(sample_ledger, tmp_path / "again", title="The Velmora record")
    assert tree(tmp_path / "again") == tree(site)


# ---- names and hostile words


def test_no_page_names_a_private_person(tmp_path: Path) -> None:
    ledger = stored(opened(tmp_path), people=True)
    out = tmp_path / "out"
    published(ledger, out)
    ledger.close()
    assert len(PRIVATE) == 20
    for name, data in tree(out).items():
        if not name.startswith("assets/"):
            text = data.decode().casefold()
            assert not [one for one in PRIVATE if one.casefold() in text or one.casefold().replace(" ", "-") in text], (
                name
            )
            if name.endswith((".html", ".atom")):
                assert not [one for one in LAST_NAMES if one.casefold() in text], name
    # They are there to be withheld: the places in which they stood are
    incidents = "".join(path.read_text("utf-8") for path in (out / "incidents").iterdir())
    assert incidents.count("(name withheld)") >= 20
    assert incidents.count("███ █████ at Kelm Point") >= 1
    assert FIRST_NAMES[0] not in incidents


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_words_of_strangers_are_words(tmp_path: Path, step: int) -> None:
    ledger = opened(tmp_path)
    fill(ledger, VECTORS[::step])
    out = tmp_path / "out"
    published(ledger, out, title='<script>alert(1)</script> & "title" \'')
    ledger.close()
    assert [*broken(out)] == []
    for path in pages(out):
        text = path.read_text("utf-8")
        assert looked_at(path).inline == [], path
        assert len(re.findall("<script", text)) == (5 if path.name == "index.html" and path.parent == out else 0), path
        assert not re.search(r"<(?:img|iframe|object|embed|base|svg|style|form action|template|marquee)\b", text), path
        for lead in looked_at(path).leads:
            assert not re.match(r"\s*(?:javascript|data|vbscript):", lead, re.IGNORECASE), path
    ElementTree.fromstring((out / "changes.atom").read_bytes())


def test_only_web_addresses_are_led_to() -> None:
    from invented import view

    made = shown.Shown(view(), {})
    assert made._link("https://varn.example/quay") == "https://varn.example/quay"
    for odd in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://ann:secret@varn.example/",
        "https://",
        "http://[",
        None,
        "https://varn.example/oda-brenk-tells",
        "https://varn.example/news?q=Oda%20Brenk",
    ):
        assert made._link(odd) is None, odd


# ---- folders


def test_a_folder_of_others_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    with pytest.raises(WrongUse, match="no site of ours"):
        published(ledger, out)
    assert tree(out) == {"thesis.txt": b"years of work"}
    with pytest.raises(WrongUse, match="not a folder"):
        published(ledger, out / "thesis.txt")


def test_files_of_others_in_a_site_stay(ledger: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "out"
    published(ledger, out)
    (out / "CNAME").write_text("record.example")
    (out / ".git").mkdir()
    (out / ".git/HEAD").write_text("ref")
    say(ledger, "not_an_incident", incident_with(ledger, _event(ledger, "Varnholm")).id)
    published(ledger, out, release="two")
    assert (out / "CNAME").read_text() == "record.example"
    assert (out / ".git/HEAD").read_text() == "ref"


@pytest.mark.parametrize("at", [0, 3, 9])
def test_an_interrupted_publication_changes_nothing(
    ledger: Ledger, tmp_path: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    published(ledger, out)
    before = tree(out)
    say(ledger, "not_an_incident", incident_with(ledger, _event(ledger, "Varnholm")).id)
    whole = Pages._page

    def stopping(self: Pages, *given: object, **more: object) -> object:
        nonlocal at
        at -= 1
        if at < 0:
            raise KeyboardInterrupt
        return whole(self, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Pages, "_page", stopping)
    with pytest.raises(KeyboardInterrupt):
        published(ledger, out, release="two")
    assert tree(out) == before
    with pytest.raises(KeyboardInterrupt):
        published(ledger, tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("after", [0, 1, 5])
def test_one_killed_while_putting_in_place_is_ended_next_time(
    ledger: Ledger, tmp_path: Path, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean, out = tmp_path / "clean", tmp_path / "out"
    for place in (clean, out):
        published(ledger, place)
    say(ledger, "not_an_incident", incident_with(ledger, _event(ledger, "Varnholm")).id)
    published(ledger, clean, release="two")
    replaced = Path.replace

    class Killed(BaseException):
        pass

    def dying(self: Path, target: Path) -> Path:
        nonlocal after
        if folders._NEW in str(self) and not self.name.startswith(".onrecord"):
            after -= 1
            if after < 0:
                raise Killed
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", dying)
    with pytest.raises(Killed):
        published(ledger, out, release="two")
    monkeypatch.undo()
    assert tree(out) != tree(clean)
    published(ledger, out, release="two")
    assert tree(out) == tree(clean)


def test_an_interrupt_while_putting_in_place_waits_for_the_end(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced, left = Path.replace, [4]

    def stopping(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", stopping)
    with pytest.raises(KeyboardInterrupt):
        published(ledger, tmp_path / "out")
    monkeypatch.undo()
    published(ledger, tmp_path / "clean")
    assert tree(tmp_path / "out") == tree(tmp_path / "clean")


def test_two_do_not_publish_at_once(ledger: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with folders.held(out), pytest.raises(TryLater, match="somebody else"):
        published(ledger, out)


@pytest.mark.parametrize(
    "said", ["{", "{}", '{"id": "", "title": "", "campaign": null, "releases": [], "files": {"../x": ""}}']
)
def test_a_marker_that_is_not_as_written_is_named(ledger: Ledger, tmp_path: Path, said: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / MARKER).write_text(said)
    with pytest.raises(CannotWork, match="not as it was written"):
        published(ledger, out)


# ---- days, words and figures


def _event(ledger: Ledger, place: str) -> str:
    found = pipeline.view(ledger, now=NOW).derived.incidents
    return next(one.events[0] for one in found if one.where is not None and one.where.name == place)


def test_updated_is_the_last_day_that_bears_on_it(ledger: Ledger) -> None:
    seen = pipeline.view(ledger, now=NOW)
    quay = next(one for one in seen.derived.incidents if one.where is not None and one.where.name == "Varnholm")
    published_ = {read.story.id: read.story.published.day for read in seen.reads}
    last = max(day for story in quay.stories if (day := published_[story]))
    assert scope.updated(seen)[quay.id] == last == date(2031, 4, 3)
    made = pipeline.decide(
        ledger, pipeline.Judgement("set", quay.id, "Ann Ode", "counted", "killed", "7"), NOW.replace(day=20)
    )
    seen = pipeline.view(ledger, now=NOW)
    days = scope.updated(seen)
    assert days[quay.id] == date(2031, 4, 20) == scope.latest(seen, days)
    pipeline.decide(ledger, pipeline.Judgement("undo", made.decision.id, "Ann Ode"), NOW.replace(day=22))
    assert scope.updated(pipeline.view(ledger, now=NOW))[quay.id] == date(2031, 4, 22)


def test_a_campaign_is_published_alone(ledger: Ledger, tmp_path: Path) -> None:
    pipeline.start_campaigns(ledger, [Campaign("Ostrey depots", places=("Ostrey",))], NOW)
    out = tmp_path / "out"
    published(ledger, out, campaign="Ostrey depots")
    rows = [json.loads(line) for line in (out / "data/incidents.jsonl").read_text("utf-8").splitlines()]
    assert [row["place"] for row in rows] == ["Ostrey"]
    assert "Varnholm" not in "".join(path.read_text("utf-8") for path in pages(out))
    assert [*broken(out)] == []
    with pytest.raises(WrongUse, match="publishes the campaign Ostrey depots"):
        published(ledger, out)
    with pytest.raises(WrongUse, match="is not one of"):
        published(ledger, tmp_path / "none", campaign="Nowhere")


def test_a_ledger_without_a_day_asks_for_a_name(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    with pytest.raises(WrongUse, match="--release"):
        published(ledger, tmp_path / "out")
    published(ledger, tmp_path / "out", release="nothing")
    assert "There is no incident here" in (tmp_path / "out/index.html").read_text("utf-8")
    assert [*broken(tmp_path / "out")] == []
    ledger.close()


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        (Bounds(6, 6, 6), "6"),
        (Bounds(8, 9, 13), "9 (8 to 13)"),
        (Bounds(38, 38, None), "at least 38"),
        (Bounds(8, 11, None), "11 (at least 8)"),
        (Bounds(40, None, None), "at least 40"),
        (Bounds(None, None, 5), "at most 5"),
        (Bounds(24, None, 60), "24 to 60"),
        (Bounds(0, 0, 0), "0"),
        (Bounds(None, None, None), None),
    ],
)
def test_figures_in_words(bounds: Bounds, said: str | None) -> None:
    assert shown.figure(bounds) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2031-04-01", "2031-04-01", "1 April 2031"),
        ("2031-04-01", "2031-04-03", "1 to 3 April 2031"),
        ("2031-03-30", "2031-04-02", "30 March 2031 to 2 April 2031"),
        ("2031-04-01", None, "from 1 April 2031"),
        (None, "2031-04-01", "until 1 April 2031"),
        (None, None, None),
    ],
)
def test_days_in_words(first: str | None, last: str | None, said: str | None) -> None:
    assert shown.days({"first_day": first, "last_day": last}) == said
