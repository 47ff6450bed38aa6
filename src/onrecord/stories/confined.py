"""What a process gives up before it reads what strangers wrote."""

import contextlib
import ctypes
import math
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing import get_all_start_methods, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any, NoReturn

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_DEATH_SIGNAL = 1
_PRELOADED = ["onrecord.stories.pages", "onrecord.stories.cell", "onrecord.stories.columns"]


def begun(target: Callable[..., None], *args: object) -> tuple[Connection, BaseProcess]:
    """A line to a process that runs the target with the line's other end and the arguments, and the process, which knows nothing
    of the threads, files and program of this one. Raises OSError where the system has none to give.
    """
    forks = "forkserver" in get_all_start_methods()
    context: Any = get_context("forkserver") if forks else get_context("spawn")
    if forks:
        # Loaded once; the processes that follow are made of it in no time
        context.set_forkserver_preload(_PRELOADED)
    line, theirs = context.Pipe()
    process: BaseProcess = context.Process(target=target, args=(theirs, *args), daemon=True)
    try:
        with deaf_to_interrupts(), program_aside():
            process.start()
    except OSError:
        line.close()
        raise
    finally:
        theirs.close()
    return line, process


def without_network() -> bool:
    """Leaves the network; call it while the process has one thread. Whether the system took it away: else only Python's own
    sockets refuse, which what is written in C need not ask.
    """
    for name in ("connect", "connect_ex", "bind", "sendto", "sendmsg"):
        if hasattr(socket.socket, name):
            setattr(socket.socket, name, _no_network)
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "create_connection"):
        setattr(socket, name, _no_network)
    if sys.platform != "linux":
        return False
    try:
        return bool(ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK) == 0)
    except (OSError, AttributeError):
        return False


def _no_network(*_: object, **__: object) -> NoReturn:
    # Without a number: one would say that the machine lacks something
    raise OSError("there is no network where documents are parsed")


def live_with_the_parent() -> None:
    """Ends the process with its parent, and leaves Ctrl-C to that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        # Also where a parser lets no other thread run
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def confine(memory: int, files: int) -> bool:
    """Limits this process from here on. memory: bytes of address space beyond what is mapped; files: open ones beyond those
    that are. Whether the memory is limited by us: where the whole program is held shorter, or where a system has no such
    limits, too little memory is the machine's doing.
    """
    sys.dont_write_bytecode = True
    try:
        import resource
    except ImportError:
        return False
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NOFILE, _open_files() + files)
    return _lower(resource.RLIMIT_AS, _mapped() + memory) if _mapped() else False


def _lower(what: int, most: int) -> bool:
    """Whether the limit is the one asked for; a lower one that holds already stays."""
    import resource

    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY and hard < most:
        return False
    resource.setrlimit(what, (most, most))
    return True


def spend(seconds: int) -> None:
    """Allows so many seconds of computing from now on; then the system ends the process."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _mapped() -> int:
    """Bytes of address space that the process has; 0 where nobody tells."""
    try:
        with open("/proc/self/statm", "rb") as told:  # noqa: PTH123
            return int(told.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _open_files() -> int:
    """One above the highest number of an open file, which is what the limit counts."""
    for place in ("/proc/self/fd", "/dev/fd"):
        with contextlib.suppress(OSError, ValueError):
            return max(map(int, os.listdir(place))) + 1  # noqa: PTH208
    return 64


@contextlib.contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """What is started within inherits that Ctrl-C is held back until it can ignore it itself; ours comes later."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def program_aside() -> Iterator[None]:
    """Processes that start meanwhile do not load the program that is running: a parser has no use for it, and one that is a
    script without a guard would begin anew in each of them.
    """
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program
