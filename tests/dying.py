"""Acts in a process of their own, which they may not survive."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from onrecord.errors import TryLater

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def in_child(act: Callable[[], object]) -> int:
    """Does something in a process of its own; how that ended: 0, 4 for TryLater, or minus the signal."""
    child = os.fork()
    if child == 0:
        try:
            act()
        except TryLater:
            os._exit(4)
        except BaseException:
            os._exit(99)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_beside(module: Any, step: str, moment: str, act: Callable[[], object]) -> int:
    """The same, with a kill before or after a function of a module is called first."""

    def dies() -> None:
        done = getattr(module, step)

        def stop(*args: Any, **options: Any) -> None:
            if moment == "after":
                done(*args, **options)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(module, step, stop)
        act()

    return in_child(dies)


def short_of_room(most: int, act: Callable[[], object]) -> int:
    """The same, where no file may become larger than so many bytes."""

    # Not on every system
    import resource

    def starved() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        act()

    return in_child(starved)
