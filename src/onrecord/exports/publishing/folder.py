"""The folder of a published site: ours by its marker, written whole or not at all.

Everything new is laid beside what is there, in a folder of its own; only when all of it is there are the files put in their places, and
that goes to its end whatever interrupts it: at once, or when the folder is next published into.
"""

import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from onrecord.errors import CannotWork, TryLater, WrongUse
from onrecord.exports.parts import as_json

MARKER = "onrecord-site.json"
_WHAT = "A site made by onrecord publish, which writes and removes the files listed here and no others"
_NEW, _READY, _LOCK = ".onrecord-new", ".onrecord-ready", ".onrecord-lock"


@dataclass(frozen=True, slots=True)
class Marker:
    """What a folder says of itself. id: of its feed; campaign: what is published here, None for a whole ledger; releases: oldest first;
    files: the sum of each file of ours, by its path in the folder.
    """

    id: str
    title: str
    campaign: str | None
    releases: tuple[str, ...]
    files: dict[str, str]


@contextlib.contextmanager
def held(folder: Path) -> Iterator["Site"]:
    """The folder, made where there is none, for one publication at a time. Raises WrongUse for one that is not ours, TryLater where
    somebody else publishes into it or it cannot be written.
    """
    _ours(folder)
    new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / _LOCK)
        with lock.acquire(timeout=0):
            site = Site(folder, _ours(folder))
            try:
                site.recover()
                yield site
            finally:
                site.drop()
                (folder / _LOCK).unlink(missing_ok=True)
    except Timeout as error:
        raise TryLater(f"{folder}: somebody else is publishing into it; try again when that is done") from error
    except (NotADirectoryError, FileExistsError) as error:
        raise WrongUse(f"{folder}: is not a folder, or lies in none; choose another one") from error
    except PermissionError as error:
        raise TryLater(f"{folder}: cannot be written ({error.strerror}); choose another folder") from error
    finally:
        if new and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _ours(folder: Path) -> Marker | None:
    """What the folder says of itself; None where it is empty or not there."""
    try:
        there = {path.name for path in folder.iterdir()} if folder.exists() else set()
    except NotADirectoryError as error:
        raise WrongUse(f"{folder}: is not a folder; choose another one") from error
    if MARKER in there:
        return _read(folder)
    if there - {_NEW, _LOCK, _READY}:
        raise WrongUse(
            f"{folder}: holds files and no site of ours ({MARKER} is not there); choose a new or an empty folder"
        )
    return None


def _read(folder: Path) -> Marker | None:
    try:
        told = json.loads((folder / MARKER).read_text("utf-8"))
        made = Marker(told["id"], told["title"], told["campaign"], tuple(told["releases"]), dict(told["files"]))
        # What is to be removed is removed in this folder, whoever wrote the marker
        if any(name.startswith("/") or ".." in name.split("/") or "\\" in name for name in made.files):
            raise ValueError
        return made
    except (ValueError, KeyError, TypeError) as error:
        raise CannotWork(
            f"{folder / MARKER}: is not as it was written; bring back a copy, or choose a new folder"
        ) from error


class Site:
    """A folder that is being published into. marker: what it said of itself before, None for a new one."""

    def __init__(self, folder: Path, marker: Marker | None) -> None:
        self.folder = folder
        self.marker = marker
        self._sums: dict[str, str] = {}

    def recover(self) -> None:
        """Ends what an earlier publication began: puts all in place where all was there, and drops it where not."""
        if (self.folder / _READY).exists():
            self._place()
            self.marker = _read(self.folder)
        self.drop()

    def drop(self) -> None:
        """Drops what was laid beside and not put in place."""
        if not (self.folder / _READY).exists():
            shutil.rmtree(self.folder / _NEW, ignore_errors=True)

    def lay(self, name: str, data: bytes) -> None:
        """Lays a file beside, to be put in place with all others. What is there already with the same bytes is left alone."""
        self._sums[name] = hashlib.sha256(data).hexdigest()
        there = self.folder / name
        if there.is_file() and there.stat().st_size == len(data) and there.read_bytes() == data:
            return
        beside = self.folder / _NEW / name
        beside.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)

    def keep(self, names: Iterator[str]) -> None:
        """Lets files of ours stay as they are."""
        for name in names:
            self._sums[name] = hashlib.sha256((self.folder / name).read_bytes()).hexdigest()

    def finish(self, id_: str, title: str, campaign: str | None, releases: tuple[str, ...]) -> Marker:
        """Puts everything in place, and removes what of ours is no more."""
        made = Marker(id_, title, campaign, releases, dict(sorted(self._sums.items())))
        told = {
            "what": _WHAT,
            "id": made.id,
            "title": made.title,
            "campaign": made.campaign,
            "releases": list(made.releases),
            "files": made.files,
        }
        gone = sorted(set(self.marker.files) - set(made.files)) if self.marker is not None else []
        data = as_json(told)
        marker = self.folder / MARKER
        if not marker.exists() or marker.read_bytes() != data:
            (self.folder / _NEW).mkdir(exist_ok=True)
            (self.folder / _NEW / MARKER).write_bytes(data)
        half = self.folder / _NEW / _READY
        if (self.folder / _NEW).exists() or gone:
            (self.folder / _NEW).mkdir(exist_ok=True)
            half.write_bytes(as_json(gone))
            half.replace(self.folder / _READY)
            self._surely_place()
        self.marker = made
        return made

    def _surely_place(self) -> None:
        """From here on there is no way back: whoever interrupts waits for the end of it."""
        try:
            self._place()
        except KeyboardInterrupt:
            self._place()
            raise

    def _place(self) -> None:
        beside = self.folder / _NEW
        gone = json.loads((self.folder / _READY).read_text("utf-8"))
        # The marker last: it tells of what is there
        names = sorted(path.relative_to(beside).as_posix() for path in beside.rglob("*") if path.is_file())
        for name in sorted(names, key=lambda one: one == MARKER):
            there = self.folder / name
            there.parent.mkdir(parents=True, exist_ok=True)
            (beside / name).replace(there)
        for name in gone:
            there = self.folder / name
            there.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                there.parent.rmdir()
        shutil.rmtree(beside, ignore_errors=True)
        (self.folder / _READY).unlink(missing_ok=True)
