"""A disk that loses power: what a recorded run wrote, and the files that could be found after a loss at any moment.

A write is safe once its file is synced, a new or a removed name once its folder is. Of what is not safe any part may be
there, sector by sector, in whatever order it was written.
"""

import os
import random
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
CALLS = "openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink,rename"
_LINE = re.compile(r"(?:\d+ +)?(?P<call>\w+)\((?P<args>.*)\) += (?P<result>-?\d+)")
_HEX = re.compile(r"(?:\\x[0-9a-f]{2})+")
_FILE = re.compile(r"^\d+<(?P<path>[^>]*)>")


@dataclass(frozen=True, slots=True)
class Op:
    """One step of a run. act: "write", "truncate", "sync", "create", "unlink", "folder" (its names are synced) or "ack"."""

    act: str
    path: str = ""
    at: int = 0
    body: bytes = b""


def record(folder: Path, command: Sequence[str]) -> list[Op]:
    """Runs a command in a folder under strace; what it did to the files there. Raises where the command fails."""
    log = folder.parent / f"{folder.name}.strace"
    watched = [f"{folder}/{name}" for name in ("held.db", "held.db-wal", "held.db-journal", "acks")]
    paths = [word for path in (str(folder), *watched) for word in ("-P", path)]
    strace = ["strace", "-f", "-qq", "-y", "-xx", "-s", "10000000", "-e", f"trace={CALLS}", *paths, "-o", str(log)]
    subprocess.run([*strace, *command], cwd=folder, check=True, timeout=200)
    return list(_ops(log.read_text("ascii").splitlines(), folder))


def _ops(lines: Sequence[str], folder: Path) -> Iterator[Op]:
    there: set[str] = set()
    for line in lines:
        match = _LINE.match(line)
        assert match, f"a step that is not understood: {line[:200]}"
        if int(match["result"]) < 0:
            continue
        args = _HEX.sub(lambda found: found[0].replace("\\x", ""), match["args"])
        call = match["call"]
        if call in ("openat", "unlink"):
            path = bytes.fromhex(re.findall(r'"([0-9a-f]*)"', args)[0]).decode()
            name = os.path.relpath(folder / path, folder)
            if call == "unlink":
                there.discard(name)
                yield Op("unlink", name)
            elif "O_CREAT" in args and name not in there:
                there.add(name)
                yield Op("create", name)
            continue
        file = _FILE.match(args)
        assert file, f"a step that is not understood: {line[:200]}"
        assert call != "rename"
        name = os.path.relpath(bytes.fromhex(file["path"]).decode(), folder)
        rest = args[file.end() + 2 :].split(", ")
        if name.startswith("acks"):
            yield Op("ack", body=bytes.fromhex(rest[0].strip('"')))
        elif call in ("fsync", "fdatasync"):
            yield Op("folder" if name == "." else "sync", name)
        elif call == "ftruncate":
            yield Op("truncate", name, int(rest[0]))
        else:
            assert call == "pwrite64", f"a step that is not understood: {line[:200]}"
            body = bytes.fromhex(rest[0].strip('"'))
            assert len(body) == int(match["result"])
            yield Op("write", name, int(rest[2]), body)


@dataclass(slots=True)
class _File:
    safe: bytearray = field(default_factory=bytearray)
    pending: list[Op] = field(default_factory=list)


class Disk:
    """A disk to which a run is played back. held: the files that were there, all of them safe."""

    def __init__(self, held: dict[str, bytes]) -> None:
        self._names = {name: _File(bytearray(body)) for name, body in held.items()}
        self._seen = dict(self._names)
        self._moved: list[tuple[str, _File | None]] = []
        self.acks: list[str] = []

    def play(self, op: Op) -> None:
        """The next step of the run."""
        if op.act == "ack":
            self.acks += op.body.decode().split()
        elif op.act == "create":
            if op.path not in self._seen:
                self._seen[op.path] = _File()
                self._moved.append((op.path, self._seen[op.path]))
        elif op.act == "unlink":
            del self._seen[op.path]
            self._moved.append((op.path, None))
        elif op.act == "folder":
            for name, file in self._moved:
                _name(self._names, name, file)
            self._moved.clear()
        elif op.act == "sync":
            file = self._seen[op.path]
            for write in file.pending:
                _apply(file.safe, write)
            file.pending.clear()
        else:
            self._seen[op.path].pending.append(op)

    def after(self, loss: str, chance: random.Random) -> dict[str, bytes]:
        """The files after a loss of power: "all" that is not safe is lost, "none" of it, or "some"."""
        keep = {"all": lambda: False, "none": lambda: True, "some": lambda: chance.random() < 0.5}[loss]
        names = dict(self._names)
        for name, moved in self._moved:
            if keep():
                _name(names, name, moved)
        found = {}
        for name, file in names.items():
            body = bytearray(file.safe)
            for op in file.pending:
                if op.act == "truncate":
                    if keep():
                        _apply(body, op)
                    continue
                for piece in _sectors(op):
                    if keep():
                        _apply(body, piece)
            found[name] = bytes(body)
        return found


def _name(names: dict[str, _File], name: str, file: _File | None) -> None:
    if file is None:
        names.pop(name, None)
    else:
        names[name] = file


def _apply(body: bytearray, op: Op) -> None:
    if op.act == "truncate":
        del body[op.at :]
        body.extend(bytes(op.at - len(body)))
        return
    if len(body) < op.at:
        body.extend(bytes(op.at - len(body)))
    body[op.at : op.at + len(op.body)] = op.body


def _sectors(op: Op) -> Iterator[Op]:
    start, end = op.at, op.at + len(op.body)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        yield Op("write", op.path, start, op.body[start - op.at : stop - op.at])
        start = stop


def lay(files: dict[str, bytes], folder: Path) -> Path:
    """Lays files into a fresh folder; the path of the ledger there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, body in files.items():
        (folder / name).write_bytes(body)
    return folder / "held.db"
