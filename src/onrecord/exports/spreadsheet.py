"""The sheets of an XLSX file, read in a process of its own: what a stranger packed may unpack to more than there is memory.

The process has no network, so much memory and time and no more; what it says comes back as plain values.
"""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import msgspec

from onrecord.errors import BadTable, TryLater
from onrecord.stories.confined import (
    confine,
    deaf_to_interrupts,
    live_with_the_parent,
    program_aside,
    spend,
    without_network,
)

Plain = str | int | float | bool | None

_ROWS = 2_000
_FILES = 16


@dataclass(frozen=True, slots=True)
class Confines:
    """memory: bytes that reading a file may take; seconds: of computing; wall: how long an answer may take; batch: bytes of one."""

    memory: int = 3_000_000_000
    seconds: int = 300
    wall: float = 300.0
    batch: int = 500_000_000


class _Said(msgspec.Struct, array_like=True):
    """names: of the sheets, said once; rows: the next ones, by number; why: the reason for which there are no more to come."""

    names: list[str] = []
    rows: list[tuple[int, list[Plain]]] = []
    why: str = ""


def sheets(path: Path, confines: Confines | None = None) -> Iterator[tuple[str, Iterator[tuple[int, Sequence[Plain]]]]]:
    """The name of each sheet, with its rows by number; days as YYYY-MM-DD, an empty cell None. The rows of one before the next sheet.

    Raises BadTable for what is no such file, or needs more than the confines, TryLater where no process can be started.
    """
    confines = confines or Confines()
    process, line = _started(path, confines)
    try:
        for name in _heard(path, process, line, confines).names:
            yield name, _rows(path, process, line, confines)
    finally:
        line.close()
        process.kill()
        process.join()
        process.close()


def _started(path: Path, confines: Confines) -> tuple[BaseProcess, Connection]:
    context = get_context("spawn")
    try:
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, str(path), confines), daemon=True)
        with deaf_to_interrupts(), program_aside():
            process.start()
    except OSError as error:
        raise TryLater(f"{path}: no process could be started to read it ({error.strerror})") from error
    theirs.close()
    return process, ours


def _rows(
    path: Path, process: BaseProcess, line: Connection, confines: Confines
) -> Iterator[tuple[int, Sequence[Plain]]]:
    while found := _heard(path, process, line, confines).rows:
        yield from found


def _heard(path: Path, process: BaseProcess, line: Connection, confines: Confines) -> _Said:
    try:
        if not line.poll(confines.wall):
            raise BadTable(f"{path}: takes longer than {confines.wall:g} seconds to read")
        said = msgspec.msgpack.decode(line.recv_bytes(confines.batch), type=_Said)
    except (EOFError, OSError, msgspec.MsgspecError) as error:
        process.join(5)
        why = "needs more memory or time than a table may: it is damaged, or made to do harm"
        raise BadTable(f"{path}: {why} ({confines.memory:,} bytes, {confines.seconds} seconds)") from error
    if said.why:
        raise BadTable(f"{path}: {said.why}")
    return said


# ---- in the process


def _work(line: Connection, path: str, confines: Confines) -> None:
    without_network()
    live_with_the_parent()
    # Loaded before the memory is counted
    import python_calamine

    confine(confines.memory, _FILES)
    spend(confines.seconds)
    with suppress(BrokenPipeError):
        try:
            book = python_calamine.CalamineWorkbook.from_path(path)
            names = [one.name for one in book.sheets_metadata if one.typ is python_calamine.SheetTypeEnum.WorkSheet]
            _say(line, _Said(names=names))
            for name in names:
                _tell(line, book.get_sheet_by_name(name))
        except MemoryError:
            _say(line, _Said(why=f"needs more than {confines.memory:,} bytes of memory"))
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            _say(line, _Said(why=f"is no whole .xlsx file ({str(error)[:100]})"))


def _tell(line: Connection, sheet: object) -> None:
    """All rows of a sheet, and then none."""
    rows: list[tuple[int, list[Plain]]] = []
    for number, cells in enumerate(sheet.iter_rows(), 1):  # type: ignore[attr-defined]
        rows.append((number, [_plain(cell) for cell in cells]))
        if len(rows) == _ROWS:
            _say(line, _Said(rows=rows))
            rows = []
    if rows:
        _say(line, _Said(rows=rows))
    _say(line, _Said())


def _say(line: Connection, said: _Said) -> None:
    line.send_bytes(msgspec.msgpack.encode(said))


def _plain(cell: object) -> Plain:
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime.datetime):
        at_midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if at_midnight else cell.isoformat(" ")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    return cell if isinstance(cell, (str, int, float, bool)) else str(cell)
