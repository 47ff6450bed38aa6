"""Where measured ledgers lie: on a PostgreSQL server of the tests', which is started in a folder and thrown away."""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def server() -> Iterator[Callable[[], str]]:
    """Gives the addresses of fresh ledgers. The server does not wait for the disk. Exits where its programs are not installed."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    servers: Any = importlib.import_module("servers")
    if servers.programs() is None:
        raise SystemExit("PostgreSQL is not installed here: its programs initdb and pg_ctl are asked for")
    with servers.running() as made:
        yield made.ledger
