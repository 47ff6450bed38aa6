"""Work on many items over the cores of this machine, with the loaded language model where it is needed."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from typing import TypeVar

from rich.console import Console
from rich.progress import track

from onrecord.language import Annotator

T = TypeVar("T")
R = TypeVar("R")
WORTH_A_POOL = 16
"""Under this many items, starting workers takes longer than the work."""
_WORTH_A_BAR = 100
_CHUNK = 8


@cache
def annotator() -> Annotator:
    """The annotator of this process, loaded on the first call."""
    return Annotator()


def over(work: Callable[[T], R], items: Sequence[T], what: str) -> list[R]:
    """What the work makes of each item, in their order. work: a function of a module, so that it can be sent."""
    if len(items) < WORTH_A_POOL:
        return [work(item) for item in items]
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        return list(watched(pool.map(work, items, chunksize=_CHUNK), what, len(items)))


def watched(items: Iterator[T], what: str, total: int) -> Iterator[T]:
    """The same items, with a bar on standard error where there are many of them and somebody may be looking."""
    if total < _WORTH_A_BAR or not sys.stderr.isatty():
        yield from items
        return
    yield from track(items, description=what, total=total, console=Console(stderr=True), transient=True)
