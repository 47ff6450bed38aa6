"""A parser for cells that does what the document says: one that hangs, dies, takes memory, writes or calls out."""

import contextlib
import ctypes
import errno
import os
import signal
import socket
import tempfile
import threading
import time
from pathlib import Path

from onrecord.errors import TryLater
from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories.compose import Found, compose, failed
from onrecord.stories.documents import Document

TEXT = "Two dock workers were wounded when shells landed beside the quay at Brenik, the harbour master said. "


def parse(document: Document, options: ReadOptions) -> tuple[Intake, ...]:
    act, _, more = document.body.decode().removeprefix("<p>").partition(" ")
    text = TEXT
    try:
        text = _ACTS[act](more) or TEXT
    except TryLater:
        raise
    except Exception as error:
        return (failed(document.source, error, Found(document.source, "text/html", document.body, "").capture()),)
    return (compose(Found(document.source, "text/html", document.body, text), options),)


def _hang(_: str) -> None:
    time.sleep(600)


def _compute(_: str) -> None:
    while True:
        pass


def _take(more: str) -> None:
    bytearray(int(more))


def _crash(_: str) -> None:
    ctypes.string_at(0)


def _write(_: str) -> str:
    try:
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"x" * 10)
    except OSError as error:
        return f"{TEXT}{errno.errorcode[error.errno or 0]}"
    return TEXT + "written"


def _call(more: str) -> str:
    seen = []
    for call in (
        lambda: socket.create_connection(("127.0.0.1", int(more)), 1),
        lambda: socket.socket().connect(("127.0.0.1", int(more))),
        lambda: socket.getaddrinfo("localhost", 80),
    ):
        try:
            call()
            seen.append("through")
        except OSError:
            seen.append("refused")
    return TEXT + " ".join(seen)


def _call_below(more: str) -> str:
    """As a parser in C would: by the system's own function."""
    libc = ctypes.CDLL(None, use_errno=True)
    number = libc.socket(2, 1, 0)
    address = b"\x02\x00" + int(more).to_bytes(2, "big") + bytes((127, 0, 0, 1)) + bytes(8)
    found = libc.connect(number, address, 16)
    return f"{TEXT}{'through' if found == 0 else 'refused'}"


def _open(_: str) -> None:
    with contextlib.ExitStack() as kept:
        for _ in range(1000):
            kept.enter_context(Path("/dev/null").open("rb"))


def _limits(_: str) -> str:
    import resource

    names = ("RLIMIT_CORE", "RLIMIT_FSIZE")
    told = [str(resource.getrlimit(getattr(resource, name))) for name in names]
    told.append(str(signal.getsignal(signal.SIGINT) == signal.SIG_IGN))
    return TEXT + " ".join(told)


def _lack(_: str) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _pid(_: str) -> str:
    return f"{TEXT}{os.getpid()} {threading.active_count()}"


_ACTS = {
    "fine": lambda _: None,
    "hang": _hang,
    "compute": _compute,
    "take": _take,
    "crash": _crash,
    "exit": lambda more: os._exit(int(more)),
    "write": _write,
    "call": _call,
    "call_below": _call_below,
    "open": _open,
    "limits": _limits,
    "lack": _lack,
    "pid": _pid,
    "much": lambda more: TEXT * (int(more) // len(TEXT)),
    "deep": lambda _: parse_deep(),
}


def parse_deep() -> str:
    return parse_deep() + "x"
