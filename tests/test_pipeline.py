"""The one path: whatever the order, the number of workers or the interruptions, the same ledger comes out."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from invented import NOW, rows, write_rows
from onrecord import pipeline
from onrecord.engines import local
from onrecord.errors import WrongUse
from onrecord.exports import files
from onrecord.ledger import Ledger, inputs, open_ledger, read, write
from onrecord.pipeline import AddOptions, AddReport, deriving
from onrecord.records import Derived, Reading, Rejection, Story
from onrecord.settings import ReadOptions

OPTIONS = AddOptions(NOW, workers=1)
COUNT = 20


@pytest.fixture
def fresh(new_place: Callable[[str], str]) -> Iterator[Callable[[str], Ledger]]:
    """Empty ledgers by name, in files, and then on a server."""
    made: list[Ledger] = []

    def ledger(name: str) -> Ledger:
        made.append(open_ledger(new_place(name), create=True))
        return made[-1]

    yield ledger
    for one in made:
        one.close()


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "stories.jsonl", rows(COUNT))


def exported(ledger: Ledger, folder: Path) -> str:
    """The hash of everything that is exported."""
    view = pipeline.view(ledger)
    found = sha256()
    for form in files.FORMS:
        for path in files.export(view, form, folder / str(id(ledger)) / form):
            found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def total(report: AddReport) -> int:
    return report.held + sum(report.states.values())


def test_adding_reads_groups_and_merges(fresh: Callable[[str], Ledger], sources: Path) -> None:
    report = pipeline.add(ledger := fresh("a"), [str(sources)], OPTIONS)
    assert (report.offered, report.held, report.states, report.refused) == (COUNT, 0, {"ok": COUNT}, ())
    view = pipeline.view(ledger)
    assert len(view.reads) == COUNT
    assert (len(view.derived.incidents), len(view.derived.plans)) == (report.incidents, report.plans)
    assert report.incidents > 0
    assert report.plans > 0
    assert [r.story.published.start for r in view.reads] == sorted(r.story.published.start for r in view.reads)  # type: ignore[type-var]


def test_adding_again_adds_nothing(fresh: Callable[[str], Ledger], sources: Path, tmp_path: Path) -> None:
    pipeline.add(ledger := fresh("a"), [str(sources)], OPTIONS)
    before, books = exported(ledger, tmp_path), list(inputs.intake(ledger))
    again = pipeline.add(ledger, [str(sources)], replace(OPTIONS, now=NOW.replace(year=2050)))
    assert (again.offered, again.held, again.states) == (COUNT, COUNT, {})
    assert exported(ledger, tmp_path) == before
    assert list(inputs.intake(ledger)) == books


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_halves_in_either_order_are_the_whole(
    fresh: Callable[[str], Ledger], sources: Path, tmp_path: Path, order: tuple[int, int]
) -> None:
    # The odd lines are copies of the even ones, so every family and every incident is torn apart
    halves = [write_rows(tmp_path / f"half{n}.jsonl", rows(COUNT)[n::2]) for n in (0, 1)]
    pipeline.add(whole := fresh("whole"), [str(sources)], OPTIONS)
    torn = fresh("torn")
    for n in order:
        pipeline.add(torn, [str(halves[n])], OPTIONS)
    # The names of incidents keep what they were first given for, and stand outside
    assert pipeline.content(pipeline.view(torn)) == pipeline.content(pipeline.view(whole))


def test_a_rebuild_changes_nothing(fresh: Callable[[str], Ledger], sources: Path, tmp_path: Path) -> None:
    pipeline.add(ledger := fresh("a"), [str(sources)], OPTIONS)
    before, held = exported(ledger, tmp_path), derived(ledger)
    pipeline.rebuild(ledger, "joint", NOW)
    assert exported(ledger, tmp_path) == before
    assert derived(ledger) == held


def derived(ledger: Ledger) -> Derived:
    with ledger.reading() as connection:
        return read.derived(connection)


def test_every_input_is_in_the_books_once(fresh: Callable[[str], Ledger], tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    good = rows(2)[0]["text"]
    offered = {
        "good.txt": good, "empty.txt": "", "again.txt": good, "same.md": good,
        "fremd.txt": "Granaten trafen am Montag den Kai von Varnholm, und sechs Menschen starben dort sofort. " * 6,
        "huge.txt": good * 120, "long.txt": "It rained at Varnholm and nothing else took place on that day. " * 40,
    }  # fmt: skip
    for name, text in offered.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 9)
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / "nul.txt").write_bytes(good.encode() + b" \x00\x00 ")
    write_rows(folder / "rows.jsonl", [*rows(2), {"text": ""}, {"headline": "no text"}])
    with (folder / "rows.jsonl").open("a") as file:
        file.write("{torn\n")
    options = replace(OPTIONS, read=ReadOptions(max_bytes=30_000))
    report = pipeline.add(ledger := fresh("a"), [str(folder)], options)
    books = list(inputs.intake(ledger))
    assert report.offered == total(report) == len(books) == 15
    states = {Path(row.source).name: (row.state, row.lost) for row in books}
    assert states["good.txt"] == states["again.txt"] == states["same.md"] == ("ok", 0)
    assert states["fremd.txt"] == ("partial", len(offered["fremd.txt"]))
    assert states["huge.txt"] == ("refused", len(offered["huge.txt"].encode()))
    assert states["nul.txt"] == ("partial", 2)
    assert {name for name, (state, _) in states.items() if state == "refused"} == {
        "empty.txt", "huge.txt", "binary.txt", "picture.png", "rows.jsonl:3", "rows.jsonl:4", "rows.jsonl:5",
    }  # fmt: skip
    assert all(row.reason for row in books if row.state != "ok")
    assert {item.source for item in report.refused} == {row.source for row in books if row.state != "ok"}
    assert all(item.capture is None and item.story is None for item in report.refused), "reports hold no texts"
    assert report.unread == 1


def test_a_story_that_is_offered_again_elsewhere_is_as_partial_as_before(
    fresh: Callable[[str], Ledger], tmp_path: Path
) -> None:
    text = "Granaten trafen am Montag den Kai von Varnholm, und sechs Menschen starben dort sofort. " * 6
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(text)
        pipeline.add(ledger := fresh("a"), [str(tmp_path / name)], OPTIONS)
    assert [(row.state, row.lost) for row in inputs.intake(ledger)] == [("partial", len(text))] * 2


def test_a_source_that_is_not_there_is_told_before_anything_is_added(
    fresh: Callable[[str], Ledger], sources: Path
) -> None:
    ledger = fresh("a")
    with pytest.raises(WrongUse, match="nowhere"):
        pipeline.add(ledger, [str(sources), "nowhere"], OPTIONS)
    assert list(inputs.intake(ledger)) == []


def test_another_profile_derives_anew(
    fresh: Callable[[str], Ledger], sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.add(ledger := fresh("a"), [str(sources)], OPTIONS)
    profiles: list[str] = []
    made = deriving.made
    monkeypatch.setattr(deriving, "made", lambda *facts: (profiles.append(facts[1]), made(*facts))[1])
    for profile in ("joint", "ucdp", "ucdp", "joint"):
        pipeline.view(ledger, profile)
    assert profiles == ["ucdp", "joint"]


def test_another_reading_derives_anew_once_it_is_current(fresh: Callable[[str], Ledger], sources: Path) -> None:
    pipeline.add(ledger := fresh("a"), [str(sources)], OPTIONS)
    before = pipeline.view(ledger)
    story = before.reads[0].story.id
    write.store(ledger, [], [Reading(story, "a blind reader", (), (), (), ())], NOW)
    assert pipeline.view(ledger) == before
    with ledger.writing() as connection:
        assert write.switch(connection, "a blind reader", None, NOW) == 1
    again = pipeline.view(ledger)
    assert next(r.reading.reader for r in again.reads if r.story.id == story) == "a blind reader"
    assert again.derived != before.derived


def test_a_reader_that_fails_on_a_story_is_in_the_books(
    fresh: Callable[[str], Ledger], sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(told: Story) -> Reading | Rejection:
        return Rejection(told.id, "the reader failed: no idea", len(told.text))

    monkeypatch.setattr(local, "outcome_of", fails)
    report = pipeline.add(ledger := fresh("a"), [str(sources)], OPTIONS)
    assert report.states == {"failed": COUNT}
    assert {(row.state, row.reason) for row in inputs.intake(ledger)} == {("failed", "the reader failed: no idea")}
    assert pipeline.view(ledger).reads == ()


def test_progress_counts_every_input(fresh: Callable[[str], Ledger], sources: Path) -> None:
    told: list[tuple[str, int]] = []
    pipeline.add(
        fresh("a"), [str(sources)], replace(OPTIONS, progress=lambda stage, count: told.append((stage, count)))
    )
    assert sum(count for stage, count in told if stage == "read") == COUNT
    assert told[-1] == ("merge", 0)


def test_reading_without_a_ledger_gives_every_input_in_order(sources: Path, tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"\x00")
    paths = [str(tmp_path / "x.bin"), str(sources), str(tmp_path / "x.bin")]
    found = list(pipeline.read_only(paths, ReadOptions(), workers=1))
    assert len(found) == COUNT + 2
    assert [outcome is None for _, outcome in found] == [True, *[False] * COUNT, True]
    assert all(o.story == item.story.id for item, o in found if isinstance(o, Reading) and item.story)


# ---- whatever the surroundings

EXPORT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from onrecord import pipeline
from onrecord.exports import files
from onrecord.ledger import open_ledger
if __name__ == "__main__":
    source, place, out, workers = sys.argv[1:]
    ledger = open_ledger(place, create=True)
    pipeline.add(ledger, [source], pipeline.AddOptions(datetime.now(UTC), workers=int(workers)))
    for form in files.FORMS:
        files.export(pipeline.view(ledger), form, Path(out, form))
"""
SURROUNDINGS = (
    ("1", {"PYTHONHASHSEED": "0", "TZ": "UTC"}),
    ("2", {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8"}),
)


@pytest.mark.slow
def test_the_same_bytes_whatever_the_workers_seed_zone_and_place(sources: Path, tmp_path: Path) -> None:
    (tmp_path / "export.py").write_text(EXPORT)
    found = []
    for number, (workers, changed) in enumerate(SURROUNDINGS):
        folder = tmp_path / f"place {number}"
        folder.mkdir()
        args = [
            sys.executable,
            str(tmp_path / "export.py"),
            str(sources),
            str(folder / "x.db"),
            str(folder / "out"),
            workers,
        ]
        subprocess.run(args, env={**os.environ, **changed}, check=True, timeout=120)
        found.append({p.relative_to(folder): p.read_bytes() for p in sorted((folder / "out").rglob("*.*"))})
    assert len(found[0]) > 10
    assert found[0] == found[1]
