"""Letting others go first: long work asks now and then whether somebody waits for the interpreter, and stands back if so.

Who starts the work says how to wait (`standing_back`); everywhere else asking costs next to nothing, and it never changes what comes out.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Thing = TypeVar("Thing")
_wait: ContextVar[Callable[[], None] | None] = ContextVar("wait", default=None)


@contextmanager
def standing_back(wait: Callable[[], None]) -> Iterator[None]:
    """Work that is done meanwhile, by this thread, waits by that whenever it asks."""
    token = _wait.set(wait)
    try:
        yield
    finally:
        _wait.reset(token)


def breathe() -> None:
    """Waits, where somebody is to go first."""
    wait = _wait.get()
    if wait is not None:
        wait()


def breathing(things: Iterable[Thing], every: int = 16) -> Iterator[Thing]:
    """The things, with a breath before every so many of them."""
    for number, thing in enumerate(things):
        if number % every == 0:
            breathe()
        yield thing
