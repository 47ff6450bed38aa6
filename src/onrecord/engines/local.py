"""Reads batches of stories on this machine, over its cores."""

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from itertools import chain, islice
from multiprocessing import get_context
from typing import TypeVar

from onrecord.engines.reader import Reader
from onrecord.records import Reading, Rejection, Story

BATCH = 8
_WORTH_A_POOL = 16
"""Under this many stories, starting workers takes longer than reading."""

Outcome = Reading | Rejection
T = TypeVar("T")


class Local:
    """Reads stories over the cores of this machine. Use it in a `with`: its processes end with the block.

    workers: how many processes; 0 takes one for each core. Results do not depend on it.
    """

    def __init__(self, workers: int = 0) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Local":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def read(self, stories: Iterable[Story]) -> Iterator[tuple[Story, Outcome]]:
        """Each story with its reading, or with a rejection where the reader failed on it, in the order given.

        Memory stays bounded: a few batches are under way at a time, however many stories there are.
        """
        source = iter(stories)
        head = list(islice(source, _WORTH_A_POOL))
        if self._pool is None and (self._workers == 1 or len(head) < _WORTH_A_POOL):
            for story in chain(head, source):
                yield story, _read(story)
            return
        if self._pool is None:
            spawn = get_context("spawn")
            self._pool = ProcessPoolExecutor(self._workers, mp_context=spawn, initializer=_leave_interrupts)
        yield from _pooled(self._pool, _batches(chain(head, source)), self._workers)


def _leave_interrupts() -> None:
    # Ctrl-C reaches the whole process group; the parent decides what is finished and what is dropped.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _pooled(pool: ProcessPoolExecutor, batches: Iterator[list[Story]], count: int) -> Iterator[tuple[Story, Outcome]]:
    under_way: deque[tuple[list[Story], Future[list[Outcome]] | None]] = deque()
    for batch in batches:
        try:
            under_way.append((batch, pool.submit(_read_batch, batch)))
        except BrokenProcessPool:
            under_way.append((batch, None))
        if len(under_way) >= 3 * count:
            yield from _collect(*under_way.popleft())
    while under_way:
        yield from _collect(*under_way.popleft())


def _collect(batch: list[Story], future: "Future[list[Outcome]] | None") -> Iterator[tuple[Story, Outcome]]:
    # Where a worker died (out of memory, killed), its batch is read here: nothing is lost without a word.
    try:
        outcomes = future.result() if future else _read_batch(batch)
    except BrokenProcessPool:
        outcomes = _read_batch(batch)
    yield from zip(batch, outcomes, strict=True)


def _batches(stories: Iterable[T]) -> Iterator[list[T]]:
    source = iter(stories)
    while batch := list(islice(source, BATCH)):
        yield batch


def _read_batch(batch: list[Story]) -> list[Outcome]:
    return [_read(story) for story in batch]


@cache
def _loaded() -> Reader:
    return Reader()


def _read(story: Story) -> Outcome:
    try:
        return _loaded().read(story)
    except Exception as error:
        return Rejection(story.id, f"the reader failed: {type(error).__name__}: {error}", len(story.text))
