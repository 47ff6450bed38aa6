"""The same stories again, in parts, in another order, under other names, at other times, elsewhere: the same ledger."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import acts
import pytest
import sqlalchemy as sa
from broken import run, sound

from invented import NOW, rows, write_rows
from onrecord import pipeline
from onrecord.ledger import Ledger, inputs, open_ledger, read, schema
from onrecord.pipeline import AddOptions, Judgement
from onrecord.records import Published
from onrecord.settings import ReadOptions

ROWS = rows(acts.SMALL)


@pytest.fixture
def undisturbed(prepared: Path) -> str:
    ledger = open_ledger(str(prepared / "decide.db"))
    try:
        return pipeline.content(pipeline.view(ledger))
    finally:
        ledger.close()


def add(
    ledger: Ledger, folder: Path, found: Sequence[dict[str, str]], name: str = "s.jsonl", now: datetime = NOW
) -> pipeline.AddReport:
    (folder / name).parent.mkdir(exist_ok=True)
    write_rows(folder / name, found)
    with acts.small_and_quick():
        return pipeline.add(ledger, [str(folder / name)], AddOptions(now, workers=1))


def facts(ledger: Ledger) -> dict[str, int]:
    with ledger.reading() as connection:
        tables = (schema.story, schema.reading, schema.intake, schema.capture)
        return {t.name: connection.execute(sa.select(sa.func.count()).select_from(t)).scalar_one() for t in tables}


def twice(ledger: Ledger, folder: Path) -> None:
    add(ledger, folder, ROWS)
    before = facts(ledger)
    report = add(ledger, folder, ROWS, now=NOW + timedelta(days=900))
    assert (report.held, report.states) == (acts.SMALL, {})
    assert facts(ledger) == before


def overlapping(ledger: Ledger, folder: Path) -> None:
    add(ledger, folder, ROWS[:4])
    report = add(ledger, folder, [*ROWS[:2], *ROWS[2:]])
    assert (report.held, report.states) == (4, {"ok": 2})


def other_order(ledger: Ledger, folder: Path) -> None:
    for number, row in enumerate(random.Random(1).sample(ROWS, len(ROWS))):
        add(ledger, folder, [row], f"{number}.jsonl")


def renamed(ledger: Ledger, folder: Path) -> None:
    add(ledger, folder, ROWS, "a.jsonl")
    (folder / "a.jsonl").unlink()
    add(ledger, folder, ROWS, "b.jsonl")


def two_paths(ledger: Ledger, folder: Path) -> None:
    """Both sightings are kept in the books; the bytes, the story and its reading are held once."""
    add(ledger, folder, ROWS, "here/s.jsonl")
    add(ledger, folder, ROWS, "there/s.jsonl")
    assert facts(ledger) == {"story": 6, "reading": 6, "intake": 12, "capture": 6}
    assert {Path(row.source).parent.name for row in inputs.intake(ledger)} == {"here", "there"}


@pytest.mark.parametrize("way", [twice, overlapping, other_order, renamed, two_paths])
def test_whatever_comes_again_adds_no_story_and_no_reading(
    tmp_path: Path, undisturbed: str, way: Callable[[Ledger, Path], None]
) -> None:
    ledger = open_ledger(str(tmp_path / "held.db"), create=True)
    way(ledger, tmp_path)
    held = facts(ledger)
    assert (held["story"], held["reading"], held["capture"]) == (acts.SMALL,) * 3
    sound(ledger)
    assert pipeline.content(pipeline.view(ledger)) == undisturbed
    ledger.close()


# ---- the same wherever it is done

DERIVES = """
from datetime import datetime
from hashlib import sha256
from onrecord import pipeline
from onrecord.exports import files
from onrecord.ledger import open_ledger
now = datetime.fromisoformat(sys.argv[1])
acts.remember(pathlib.Path(sys.argv[2]))
ledger = open_ledger("held.db", create=True)
with acts.small_and_quick():
    pipeline.add(ledger, ["s.jsonl"], pipeline.AddOptions(now, workers=1))
seen = pipeline.view(ledger, now=now)
print(pipeline.content(seen))
for form in files.FORMS:
    for path in files.export(seen, form, pathlib.Path("out", form)):
        print(form, path.name, sha256(path.read_bytes()).hexdigest())
"""
PLACES = [
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "now": "2041-01-01T00:00:00+14:00"},
    {"PYTHONHASHSEED": "random", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "now": "1999-12-31T23:59:59+00:00"},
    pytest.param(
        {"PYTHONHASHSEED": "2", "TZ": "Asia/Kathmandu", "LC_ALL": "ar_EG.UTF-8", "now": "2031-03-30T02:30:00+01:00"},
        marks=pytest.mark.slow,
    ),
]
HERE = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8", "now": "2031-04-02T08:30:00+00:00"}


def exported(prepared: Path, folder: Path, place: dict[str, str]) -> str:
    folder.mkdir()
    shutil.copy(prepared / "s.jsonl", folder)
    code = (
        f"import sys; sys.path[:0] = {[str(Path(acts.__file__).parent), *sys.path]!r}; import acts, pathlib\n{DERIVES}"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, place["now"], str(prepared)],
        cwd=folder,
        env={**os.environ, **place},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


@pytest.fixture(scope="module")
def here(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return exported(prepared, tmp_path_factory.mktemp("here") / "held", HERE)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place["TZ"])
def test_an_export_is_the_same_wherever_and_whenever_it_is_made(
    prepared: Path, tmp_path: Path, here: str, place: dict[str, str]
) -> None:
    found = exported(prepared, tmp_path / "ein anderer Ort %", place)
    assert found == here
    assert len(found.splitlines()) > 8


# ---- time

CLOCK = [timedelta(), timedelta(hours=-1), timedelta(days=3653), timedelta(hours=-2), timedelta(days=-9000)]


def test_a_clock_that_jumps_changes_nothing_but_stamps(tmp_path: Path, undisturbed: str) -> None:
    ledger = open_ledger(str(tmp_path / "held.db"), create=True)
    for number, step in enumerate(CLOCK):
        add(ledger, tmp_path, ROWS[number : number + 2], f"{number}.jsonl", NOW + step)
    assert pipeline.content(pipeline.view(ledger, now=NOW)) == undisturbed
    incident = pipeline.view(ledger).derived.incidents[0]
    made = [
        pipeline.decide(ledger, Judgement("set", incident.id, "Ida Roon", field="killed", value=str(n)), NOW + step)
        for n, step in enumerate(CLOCK)
    ]
    sound(ledger)
    with ledger.reading() as connection:
        kept = read.decisions(connection)
        stamps = connection.execute(sa.select(schema.log.c.at).order_by(schema.log.c.seq)).scalars().all()
    assert [d.id for d in kept] == [one.decision.id for one in made], "by their order, not by their stamps"
    assert [d.at for d in kept] == [NOW + step for step in CLOCK]
    assert list(stamps) != sorted(stamps)
    (incident,) = (one for one in pipeline.view(ledger).derived.incidents if one.id == incident.id)
    assert incident.killed.best == len(CLOCK) - 1, "the decision that was made last holds"
    ledger.close()


def test_a_time_without_a_zone_is_kept_nowhere(tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "held.db"), create=True)
    with pytest.raises(sa.exc.StatementError, match="a datetime without a zone"):
        add(ledger, tmp_path, ROWS[:2], now=NOW.replace(tzinfo=None))
    assert facts(ledger) == {"story": 0, "reading": 0, "intake": 0, "capture": 0}
    add(ledger, tmp_path, ROWS[:2], now=NOW.astimezone(UTC))
    ledger.close()


TEXT = "A drone struck a fuel depot at Varnholm, killing three people, the Interior Ministry said on that day."
DATES: dict[str, str | None] = {
    "2031-05-02T00:30:00+14:00": "2031-05-01T10:30:00+00:00",
    "2031-05-02T23:30:00-12:00": "2031-05-03T11:30:00+00:00",
    "2031-03-30T02:30:00": "2031-03-30T02:30:00+00:00",
    "2031-10-26T02:30:00+02:00": "2031-10-26T00:30:00+00:00",
    "2031-10-26T02:30:00+01:00": "2031-10-26T01:30:00+00:00",
    "2031-05-02": "2031-05-02T00:00:00+00:00",
    "0001-01-01T00:00:00+14:00": None,
    "0001-01-01": None,
    "0000-01-01": None,
    "9999-12-31T23:59:59-12:00": None,
    "10000-01-01": None,
    "2031-02-30": None,
    "2031-05-02T25:61:00Z": None,
    "2031-05-02T10:00:00+99:99": None,
    "1453-08-12": None,
    "٢٠٣١-٠٥-٠٢": "2031-05-02T00:00:00+00:00",
    "2574-05-02": None,
    "-2031-05-02": None,
}


def test_odd_dates_are_kept_in_utc_or_told_to_be_none(tmp_path: Path) -> None:
    found = [{"id": str(n), "published": words, "text": f"{TEXT} ({n})"} for n, words in enumerate(DATES)]
    path = write_rows(tmp_path / "s.jsonl", found)
    for item, (words, expected) in zip(pipeline.check([str(path)], ReadOptions()), DATES.items(), strict=True):
        assert item.story, (words, item.rejections)
        published: Published = item.story.published
        if expected is None:
            assert (published.start, published.basis) == (None, "unknown"), words
            assert any(words in r.reason or words in r.what for r in item.rejections), (words, item.rejections)
        else:
            assert published.start
            assert (published.start.isoformat(), published.basis) == (expected, "given"), words


@pytest.mark.slow
def test_odd_dates_on_the_command_line_are_no_traceback(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "s.jsonl", [{"published": words, "text": f"{TEXT} {words}"} for words in DATES])
    added = run("add", path.name, "--ledger", "held.db", "--workers", "1", cwd=tmp_path)
    assert "Traceback" not in added.stderr, added.stderr
    assert added.returncode in (0, 1)
    ledger = open_ledger(str(tmp_path / "held.db"))
    starts = {s.published.start.isoformat() if s.published.start else None for s in read.stories(ledger)}
    sound(ledger)
    ledger.close()
    assert starts == set(DATES.values())
