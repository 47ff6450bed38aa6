"""Runs the command line: signals, errors and exit status."""

import contextlib
import errno
import io
import os
import signal
import sys
from typing import NoReturn

import typer

from onrecord.cli.app import DONE_WITH_REFUSALS, INTERRUPTED, app
from onrecord.errors import OnRecordError, TryLater, WrongUse


def main() -> NoReturn:
    """The program. Exit status: 0 done, 1 done with refusals, 2 wrong use, 3 cannot work, 4 try again later, 130
    interrupted (128 and the number of the signal that ended it).
    """
    signals = _stop_like_an_interrupt()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal or file without some letter is no reason to stop
            stream.reconfigure(errors="backslashreplace")
    code = _run()
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        # Python would complain again when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno != errno.EPIPE and code in (0, DONE_WITH_REFUSALS):
            # What was told of while writing is not told of again
            code = _complain(_of_system(error))
    if code == INTERRUPTED:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        code = 128 + signals[-1] if signals else code
    sys.exit(code)


def _run() -> int:
    """Parses and carries out the command line; its exit status."""
    try:
        return int(app(standalone_mode=False) or 0)
    except typer.TyperException as error:
        # Typer shows its usage errors itself, and gives them the status of wrong use
        show = getattr(error, "show", None)
        if show is None:
            _complain(WrongUse(str(error)))
        else:
            show()
        return int(getattr(error, "exit_code", WrongUse.exit_code))
    except OnRecordError as error:
        return _complain(error)
    except MemoryError:
        return _complain(TryLater("there is not enough memory; give fewer --workers, or smaller files"))
    except OSError as error:
        return _complain(_of_system(error))
    except SystemExit:
        # Raised for one reason only: whoever read our output has enough of it
        return 0


def _complain(error: OnRecordError) -> int:
    try:
        from onrecord.exports.harmless import in_line

        said = in_line(error)
    except MemoryError:
        # Where there is none left, not even to load that
        said = ascii(str(error))
    with contextlib.suppress(OSError):
        print(f"onrecord: {said}", file=sys.stderr)
    return error.exit_code


def _of_system(error: OSError) -> OnRecordError:
    """What the system refused, as an error for the user; what is no fault of the system's is raised again."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.EROFS):
        where = f"{error.filename}: " if error.filename else ""
        return TryLater(f"{where}{error.strerror}; try again when that is mended")
    raise error


def _stop_like_an_interrupt() -> list[int]:
    """Lets the signals that ask a program to end work like Ctrl-C; the list that is returned names those that came."""
    came: list[int] = []

    def stop(number: int, _frame: object) -> None:
        came.append(number)
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is signal.SIG_DFL:
            signal.signal(getattr(signal, name), stop)
    return came
