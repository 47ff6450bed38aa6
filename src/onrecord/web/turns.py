"""Whose turn it is in a process whose threads share one interpreter: pages a few at a time, one decision beside them."""

import gc
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

import anyio
from anyio import CapacityLimiter
from anyio.lowlevel import RunVar

Given = ParamSpec("Given")
Made = TypeVar("Made")

PAGES = 3
"""How many pages are made at a time. More threads would not make them sooner: each would wait for the interpreter, and wake the others."""
SWITCH = 0.001
"""Seconds after which a thread that computes lets another go on. Python's own are five times as many, and a page asks several times."""

_DECIDING: RunVar[CapacityLimiter] = RunVar("deciding")
_ASKING: RunVar[CapacityLimiter] = RunVar("asking")
_CHECKING: RunVar[CapacityLimiter] = RunVar("checking")
"""A limiter wakes who waits in its own event loop only: each loop of this process has its own."""


class _UnderWay:
    """How many things of a sort are being done or wait for it; others may wait until there are none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._none = threading.Event()
        self._none.set()

    def __enter__(self) -> None:
        with self._lock:
            self._count += 1
            self._none.clear()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._count -= 1
            if not self._count:
                self._none.set()

    @property
    def count(self) -> int:
        """How many there are now."""
        return self._count

    def wait(self, seconds: float) -> None:
        """Waits until there are none, but no longer than that."""
        self._none.wait(seconds)


PAGE = _UnderWay()
"""To be held while a page is made: whoever lays out the board after a decision stands back meanwhile."""
DECISIONS = _UnderWay()
"""Decisions that are being made, or wait for their turn."""
_PATIENCE = 0.5
"""Seconds, at most, that one decision stands back."""


def first() -> Callable[[], None]:
    """A way to wait while pages are made, in all no longer than a decision may take on their account."""
    left = _PATIENCE

    def wait() -> None:
        nonlocal left
        began = time.monotonic()
        PAGE.wait(max(0.0, left))
        left -= time.monotonic() - began

    return wait


def _turns(kept: RunVar[CapacityLimiter], together: int) -> CapacityLimiter:
    limiter = kept.get(None)
    if limiter is None:
        kept.set(limiter := CapacityLimiter(together))
    return limiter


async def deciding(make: Callable[Given, Made], *given: Given.args, **named: Given.kwargs) -> Made:
    """Carries out what decides, in the turn of decisions: who waits for that takes no page's turn."""
    with DECISIONS:
        return await anyio.to_thread.run_sync(partial(make, *given, **named), limiter=_turns(_DECIDING, 1))


async def asking(make: Callable[Given, Made], *given: Given.args, **named: Given.kwargs) -> Made:
    """Carries out what every request needs before it is let in, without a page's turn."""
    return await anyio.to_thread.run_sync(partial(make, *given, **named), limiter=_turns(_ASKING, 2))


async def checking(make: Callable[[], Made], seconds: float) -> Made | None:
    """Carries out what looks after the desk, beside all others; None where it takes longer than that, and is left to itself."""
    with anyio.move_on_after(seconds):
        return await anyio.to_thread.run_sync(make, abandon_on_cancel=True, limiter=_turns(_CHECKING, 4))
    return None


def few_pages() -> None:
    """Lets the running server make a few pages at a time."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = PAGES


def set_aside() -> None:
    """Has garbage looked for once more among all that a process has loaded, and no longer among what is left of it.

    Of a large ledger that is millions of objects, among which looking takes seconds while nobody else runs, and they stay for as
    long as the process does. What is let go of them later is still freed at once, for records lead to no circles.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
