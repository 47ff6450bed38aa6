"""How this program gets to the machines of a cluster: one archive of the package, its weights in it, unpacked once by each executor."""

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

OWN = Path(__file__).resolve().parents[1]
"""The package that is running."""


def packed(folder: Path, package: Path = OWN) -> Path:
    """An archive of a package, written into a folder and named after what is in it. What it needs besides has to be installed where it is used."""
    files = sorted(path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(package)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    archive = folder / f"onrecord-{digest.hexdigest()[:12]}.zip"
    # Not packed tighter: weights hardly shrink, and each executor would have to undo it
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as made:
        for path in files:
            made.write(path, Path("onrecord") / path.relative_to(package))
        # The name of a reader has the program's version in it, which is looked up as of what is installed
        said = f"Metadata-Version: 2.1\nName: onrecord\nVersion: {version('onrecord')}\n"
        made.writestr(f"onrecord-{version('onrecord')}.dist-info/METADATA", said)
    return archive


def task(archive: str, act: str, *given: Any) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """A function of `executing` as one that can be sent: it finds the package in its executor's copy of the archive first.

    It names nothing of this package but inside, since what is sent is unpacked before that can be found.
    """

    def run(batches: Iterator[Any]) -> Iterator[Any]:
        import sys
        from importlib import import_module
        from pathlib import Path

        from pyspark import SparkFiles, TaskContext

        place = str(Path(SparkFiles.getRootDirectory()) / archive)
        if place not in sys.path:
            sys.path.insert(0, place)
        context = TaskContext.get()
        begun = context.attemptNumber() if context is not None else 0
        yield from getattr(import_module("onrecord.engines.executing"), act)(batches, begun, *given)

    return run
