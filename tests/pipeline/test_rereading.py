"""Stories read anew: the new readings count all at once, the old ones stay, and the way back is open."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from invented import NOW, rows, write_rows
from newsdesk import FIRST, SECOND, install, opened, say, sheets, store
from newsdesk import rows as all_rows
from onrecord import pipeline
from onrecord.engines import reader_name
from onrecord.errors import WrongUse
from onrecord.ledger import Ledger, open_ledger, read
from onrecord.pipeline import RereadOptions, rereading

HELD = sheets()
IDS = [one.story.id for one in HELD]
OPTIONS = RereadOptions(NOW, workers=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    held = opened(tmp_path)
    store(held, HELD)
    yield held
    held.close()


def current(ledger: Ledger) -> dict[str, str]:
    """The reader of the current reading of each story."""
    with ledger.reading() as connection:
        return {one.story.id: one.reading.reader for one in read.reads(connection)}


def kept(ledger: Ledger, reader: str) -> set[str]:
    """The stories that a reader has read."""
    return set(read.read_by(ledger, IDS, reader))


def test_all_stories_are_read_by_the_installed_reader_and_the_old_readings_stay(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, HELD)
    report = pipeline.reread(ledger, OPTIONS)
    assert (report.reader, report.read, report.switched, report.failed) == (SECOND, len(IDS), len(IDS), ())
    assert current(ledger) == dict.fromkeys(IDS, SECOND)
    assert kept(ledger, FIRST) == kept(ledger, SECOND) == set(IDS)


def test_the_second_time_nothing_is_read_and_nothing_changes(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, HELD)
    pipeline.reread(ledger, OPTIONS)
    before = pipeline.view(ledger)
    again = pipeline.reread(ledger, replace(OPTIONS, now=NOW.replace(year=2040)))
    assert (again.read, again.switched) == (0, 0)
    assert pipeline.view(ledger) == before


def test_what_is_derived_is_that_of_a_ledger_which_the_second_reader_alone_has_read(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install(monkeypatch, HELD)
    pipeline.view(ledger)
    pipeline.reread(ledger, OPTIONS)
    store(alone := opened(tmp_path, "alone"), HELD, SECOND)
    assert pipeline.content(pipeline.view(ledger)) == pipeline.content(pipeline.view(alone))
    alone.close()


def test_going_back_gives_what_was_before(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    before, names = pipeline.content(pipeline.view(ledger)), {row.id: row.events for row in all_rows(ledger)}
    install(monkeypatch, HELD)
    pipeline.reread(ledger, OPTIONS)
    assert pipeline.content(pipeline.view(ledger)) != before
    report = pipeline.reread(ledger, replace(OPTIONS, reader=FIRST))
    assert (report.reader, report.read, report.switched) == (FIRST, 0, len(IDS))
    assert pipeline.content(pipeline.view(ledger)) == before
    assert {row.id: row.events for row in all_rows(ledger)} == names


def test_some_stories_can_be_read_anew_by_id_or_name(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, HELD)
    report = pipeline.reread(ledger, replace(OPTIONS, stories=(IDS[0], "tale-3")))
    assert (report.read, report.switched) == (2, 2)
    assert {id_ for id_, reader in current(ledger).items() if reader == SECOND} == {IDS[0], IDS[2]}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"stories": ("nowhere",)}, "nowhere: no story of that id or name is held"),
        ({"reader": "third"}, f"--reader third: has read nothing here; known are {FIRST}"),
    ],
)
def test_what_is_not_there_is_refused_before_anything_is_read(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, options: dict[str, object], told: str
) -> None:
    install(monkeypatch, HELD)
    with pytest.raises(WrongUse, match=told):
        pipeline.reread(ledger, replace(OPTIONS, **options))  # type: ignore[arg-type]
    assert kept(ledger, SECOND) == set()


def test_a_story_on_which_the_reader_fails_keeps_the_reading_that_it_had(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, HELD, fails=IDS[:2])
    report = pipeline.reread(ledger, OPTIONS)
    assert [failed.what for failed in report.failed] == IDS[:2]
    assert report.switched == len(IDS) - 2
    assert {id_ for id_, reader in current(ledger).items() if reader == FIRST} == set(IDS[:2])


def test_until_all_are_read_everybody_sees_the_old_ones_and_the_rest_is_read_later(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rereading, "BATCH", 2)
    before = pipeline.view(ledger)
    install(monkeypatch, HELD, stop_after=5)
    with pytest.raises(KeyboardInterrupt):
        pipeline.reread(ledger, OPTIONS)
    assert len(kept(ledger, SECOND)) == 4
    assert replace(pipeline.view(ledger)) == before
    install(monkeypatch, HELD)
    report = pipeline.reread(ledger, OPTIONS)
    assert (report.read, report.switched) == (len(IDS) - 4, len(IDS))


def test_a_switch_that_fails_leaves_the_old_readings_current(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    before = pipeline.view(ledger)
    install(monkeypatch, HELD)
    with monkeypatch.context() as broken:
        broken.setattr(rereading.deriving, "keep", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            pipeline.reread(ledger, OPTIONS)
    assert pipeline.view(ledger) == before
    assert pipeline.reread(ledger, OPTIONS).switched == len(IDS)


def test_what_comes_in_between_keeps_its_own_reading(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, HELD)
    pipeline.reread(ledger, replace(OPTIONS, stories=(IDS[0],)))
    pipeline.reread(ledger, replace(OPTIONS, reader=FIRST))
    assert current(ledger) == dict.fromkeys(IDS, FIRST)
    assert pipeline.reread(ledger, OPTIONS).read == len(IDS) - 1


def test_the_report_counts_how_decisions_stand(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    say(ledger, "set", f"{IDS[2]}-e1", field="killed", value="9")
    say(ledger, "set", f"{IDS[2]}-e1", field="kind", value="raid")
    say(ledger, "confirm", f"{IDS[3]}-e2")
    undone = say(ledger, "reject", f"{IDS[4]}-e1").decision
    say(ledger, "undo", undone.id)
    install(monkeypatch, HELD)
    assert pipeline.reread(ledger, OPTIONS).standings == {"needs_look": 1, "carried": 2, "orphaned": 1, "undone": 1}
    assert pipeline.reread(ledger, replace(OPTIONS, reader=FIRST)).standings == {"carried": 4, "undone": 1}


def test_progress_tells_of_every_story(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, HELD)
    told: list[tuple[str, int]] = []
    pipeline.reread(ledger, replace(OPTIONS, progress=lambda stage, count: told.append((stage, count))))
    assert told == [*[("read", 1)] * len(IDS), ("merge", 0)]


def test_the_reader_that_is_installed_reads_what_another_had_read(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "stories.jsonl", rows(3))
    by_add = open_ledger(str(tmp_path / "a.db"), create=True)
    pipeline.add(by_add, [str(source)], pipeline.AddOptions(NOW, workers=1))
    held = opened(tmp_path)
    store(held, HELD[4:5])
    report = pipeline.reread(held, OPTIONS)
    assert (report.reader, report.read, report.switched) == (reader_name(), 1, 1)
    (found,) = pipeline.view(held).reads
    assert found.reading.reader == reader_name()
    assert found.reading.events, "the clause of the ferry is read"
    assert pipeline.reread(by_add, OPTIONS).read == 0
    for ledger in (held, by_add):
        ledger.close()
