"""Whose turn it is in a process whose threads share one interpreter: pages a few at a time, one decision beside them."""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

import anyio
from anyio import CapacityLimiter

Given = ParamSpec("Given")
Made = TypeVar("Made")

PAGES = 3
"""How many pages are made at a time. More threads would not make them sooner: each would wait for the interpreter, and wake the others."""
SWITCH = 0.001
"""Seconds after which a thread that computes lets another go on. Python's own are five times as many, and a page asks several times."""

_DECIDING, _ASKING = CapacityLimiter(1), CapacityLimiter(2)


async def deciding(make: Callable[Given, Made], *given: Given.args, **named: Given.kwargs) -> Made:
    """Carries out what decides, in the turn of decisions: who waits for that takes no page's turn."""
    return await anyio.to_thread.run_sync(partial(make, *given, **named), limiter=_DECIDING)


async def asking(make: Callable[Given, Made], *given: Given.args, **named: Given.kwargs) -> Made:
    """Carries out what every request needs before it is let in, without a page's turn."""
    return await anyio.to_thread.run_sync(partial(make, *given, **named), limiter=_ASKING)


def few_pages() -> None:
    """Lets the running server make a few pages at a time."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = PAGES
