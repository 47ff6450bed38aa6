"""Batches over the cores: the same outcomes in the same order, and nothing lost, whatever happens to a worker."""

import os
import signal
from collections.abc import Iterator

import pytest

from invented import rows, story
from onrecord.engines import Local, local, reader_name
from onrecord.records import Reading, Rejection, Story

POISON = "This story ends the process that reads it."


class Fake:
    """Reads at once. One kind of text makes it fail, another ends its process."""

    def read(self, told: Story) -> Reading:
        if told.text == "fails":
            raise ValueError("no idea\nwhat this is")
        if told.text == POISON:
            os.kill(os.getpid(), signal.SIGKILL)
        return Reading(told.id, "fake", (), (), (), ())


def fake_worker() -> None:
    local._live_with_the_parent()
    local._loaded.cache_clear()
    local.Reader = Fake  # type: ignore[misc, assignment]


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Both this process and the workers read with a fake."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    def pool(workers: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(workers, mp_context=get_context("fork"), initializer=fake_worker)

    monkeypatch.setattr(local, "Reader", Fake)
    monkeypatch.setattr(local, "_pool", pool)
    local._loaded.cache_clear()
    yield
    local._loaded.cache_clear()


def stories(count: int, **texts: str) -> list[Story]:
    return [story(n, text=texts.get(f"s{n}", f"Text {n}.")) for n in range(count)]


@pytest.mark.usefixtures("fakes")
@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 15, 16, 100])
def test_outcomes_come_in_order(workers: int, count: int) -> None:
    told = stories(count)
    with Local(workers) as engine:
        found = list(engine.read(iter(told)))
    assert [one for one, _ in found] == told
    assert [outcome.story for _, outcome in found if isinstance(outcome, Reading)] == [one.id for one in told]


@pytest.mark.usefixtures("fakes")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_reader_that_fails_rejects_by_name_and_goes_on(workers: int) -> None:
    with Local(workers) as engine:
        found = list(engine.read(stories(20, s3="fails", s17="fails")))
    failed = [(one, outcome) for one, outcome in found if isinstance(outcome, Rejection)]
    assert [one.id for one, _ in failed] == [story(3).id, story(17).id]
    assert all(
        outcome.what == one.id and outcome.lost == 5 and "ValueError" in outcome.reason for one, outcome in failed
    )
    assert len(found) == 20


@pytest.mark.usefixtures("fakes")
def test_a_story_that_kills_its_worker_is_rejected_and_no_other() -> None:
    with Local(2) as engine:
        first = list(engine.read(stories(60, s9=POISON, s40=POISON)))
        second = list(engine.read(stories(20)))
    assert [one.id for one, outcome in first if isinstance(outcome, Rejection)] == [story(9).id, story(40).id]
    assert len(first) == 60
    assert all(isinstance(outcome, Reading) for _, outcome in second), "the engine goes on with new workers"


@pytest.mark.usefixtures("fakes")
def test_a_worker_that_is_killed_loses_nothing() -> None:
    told = stories(200)
    with Local(2) as engine:
        found = []
        for number, outcome in enumerate(engine.read(iter(told))):
            found.append(outcome)
            if number in (30, 90) and engine._pool is not None:
                os.kill(next(iter(engine._pool._processes)), signal.SIGKILL)
    assert [one for one, _ in found] == told
    assert all(isinstance(outcome, Reading) for _, outcome in found)


@pytest.mark.usefixtures("fakes")
def test_few_stories_are_under_way_at_a_time() -> None:
    taken = 0

    def endless() -> Iterator[Story]:
        nonlocal taken
        while True:
            taken += 1
            yield story(taken, text="x")

    with Local(2) as engine:
        for number, _ in enumerate(engine.read(endless())):
            if number == 100:
                break
    assert taken < 300


@pytest.mark.slow
def test_one_worker_and_two_read_the_same() -> None:
    told = [
        story(n, text=row["text"], outlet=row["outlet"], headline=row["headline"]) for n, row in enumerate(rows(24))
    ]
    with Local(1) as alone, Local(2) as pooled:
        one, two = list(alone.read(told)), list(pooled.read(told))
    assert one == two
    assert {outcome.reader for _, outcome in one if isinstance(outcome, Reading)} == {reader_name()}
