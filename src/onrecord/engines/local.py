"""Reads batches of stories on this machine, over its cores."""

import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import TypeVar

from onrecord import families, stories
from onrecord.engines.engine import Known, Outcome
from onrecord.engines.reader import Reader
from onrecord.errors import TryLater
from onrecord.families import Matrix, Pairs
from onrecord.records import Rejection, Story
from onrecord.settings import ReadOptions
from onrecord.stories import Gathered, OnlineOptions

BATCH = 8
_WORTH_A_POOL = 16
"""Under this many stories, starting workers takes longer than reading."""

T = TypeVar("T")


class Local:
    """Reads stories over the cores of this machine. Use it in a `with`: its processes end with the block.

    workers: how many processes; 0 takes one for each core. Results do not depend on it.
    """

    batch = 0

    def __init__(self, workers: int = 0) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Local":
        return self

    def __exit__(self, *_: object) -> None:
        self._drop()

    def gather(
        self, sources: Sequence[str], options: ReadOptions, online: OnlineOptions | None, known: Known
    ) -> Generator[Gathered, None, None]:
        """What the sources hold, as it comes."""
        return stories.gather(sources, options, online, self._workers)

    def pairs(self, values: Matrix) -> Pairs:
        """The near copies among signatures."""
        return families.pairs(values)

    def read(self, stories: Iterable[Story]) -> Iterator[tuple[Story, Outcome]]:
        """Each story with its reading, or with a rejection where the reader failed on it, in the order given.

        Memory stays bounded: a few batches are under way at a time, however many stories there are. A story that costs
        a worker its life is rejected by name; the others of its batch are read again.
        """
        source = iter(stories)
        head = list(islice(source, _WORTH_A_POOL))
        if self._pool is None and (self._workers == 1 or len(head) < _WORTH_A_POOL):
            for story in chain(head, source):
                yield story, outcome_of(story)
            return
        under_way: deque[tuple[list[Story], Future[list[Outcome]] | None]] = deque()
        for batch in _batches(chain(head, source)):
            under_way.append((batch, self._begin(batch)))
            if len(under_way) >= 3 * self._workers:
                yield from self._finish(*under_way.popleft())
        while under_way:
            yield from self._finish(*under_way.popleft())

    def _begin(self, batch: list[Story]) -> "Future[list[Outcome]] | None":
        """The batch under way; None where the pool has just died."""
        if self._pool is None:
            self._pool = _pool(self._workers)
        try:
            with _deaf_to_interrupts():
                return self._pool.submit(_read_batch, batch)
        except BrokenProcessPool:
            return None

    def _finish(self, batch: list[Story], future: "Future[list[Outcome]] | None") -> Iterator[tuple[Story, Outcome]]:
        try:
            outcomes = future.result() if future else None
        except BrokenProcessPool:
            outcomes = None
        if outcomes is None:
            # A worker died (out of memory, killed): the pool is gone, and with it all that was under way
            self._drop()
            outcomes = outcomes_alone(batch)
        yield from zip(batch, outcomes, strict=True)

    def _drop(self) -> None:
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = None


def outcomes_alone(batch: list[Story]) -> list[Outcome]:
    """The outcomes of a batch that a worker died on: each story in a process where it can harm no other."""
    outcomes: list[Outcome] = []
    pool: ProcessPoolExecutor | None = None
    for story in batch:
        pool = pool or _pool(1)
        try:
            with _deaf_to_interrupts():
                future = pool.submit(_read_batch, [story])
            outcomes.extend(future.result())
        except BrokenProcessPool:
            pool.shutdown(wait=False)
            pool = None
            reason = "the process that read it died, twice: it may need more memory than there is"
            outcomes.append(Rejection(story.id, reason, len(story.text)))
    if pool:
        pool.shutdown()
    return outcomes


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_live_with_the_parent)


def _live_with_the_parent() -> None:
    # Ctrl-C reaches the whole process group; the parent decides what is finished and what is dropped. Where the parent
    # is killed nobody tells its workers to end: they would wait for work for ever.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    # A worker that is starting, before it can ignore Ctrl-C itself, inherits that it is held back; ours comes later.
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _batches(stories: Iterable[T]) -> Iterator[list[T]]:
    source = iter(stories)
    while batch := list(islice(source, BATCH)):
        yield batch


def _read_batch(batch: list[Story]) -> list[Outcome]:
    return [outcome_of(story) for story in batch]


@cache
def _loaded() -> Reader:
    try:
        return Reader()
    except MemoryError:
        raise
    except Exception as error:
        reason = f"the reader cannot be loaded ({type(error).__name__}: {error})"
        raise TryLater(f"{reason}; there may be too little memory, or OnRecord is to be installed anew") from error


def outcome_of(story: Story) -> Outcome:
    """A story read in this process. Raises TryLater, or MemoryError, where the machine lacks something."""
    # What the machine lacks is no fault of the story's: said of it, it would stand in the books for ever
    reader = _loaded()
    try:
        return reader.read(story)
    except MemoryError:
        raise
    except OSError as error:
        raise TryLater(f"{story.id}: could not be read ({error}); try again when that is mended") from error
    except Exception as error:
        return Rejection(story.id, f"the reader failed: {type(error).__name__}: {error}", len(story.text))
