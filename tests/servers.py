"""A PostgreSQL server of a test's own: made in a folder that is thrown away, reached by a socket in it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg

from onrecord.ledger import open_ledger

OWNER, PASSWORD = "keeper", "geheim wort/7"
_QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
_SMALL = "-c listen_addresses='' -c max_connections=40 -c shared_buffers=32MB -c logging_collector=off"


def programs() -> Path | None:
    """Where the programs of a server lie, the newest of them; None where there are none."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    debian = Path("/usr/lib/postgresql")
    places += sorted(debian.glob("*/bin"), key=lambda path: path.parent.name.rjust(4)) if debian.exists() else []
    usable = [place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()]
    return usable[-1] if usable and sys.platform != "win32" else None


def _user() -> dict[str, Any]:
    """A server refuses to run as the administrator."""
    import pwd

    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


class Server:
    """A server that runs from `start` to `stop`. durable: it keeps what it says it has kept."""

    def __init__(self, *, durable: bool = False) -> None:
        bin_ = programs()
        assert bin_ is not None
        self.folder = Path(mkdtemp(prefix="onrecord-pg-"))
        self._bin, self._as, self._durable, self._numbers = bin_, _user(), durable, count(1)
        if self._as:
            os.chown(self.folder, self._as["user"], self._as["group"])
        (self.folder / "password").write_text(PASSWORD + "\n")
        (self.folder / "password").chmod(0o644)
        # Its own language sorts otherwise than code points do, so that nothing can rely on how a server sorts
        self._run("initdb", "-k", "-N", "-E", "UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-US", "-U", OWNER,
                  "-A", "scram-sha-256", f"--pwfile={self.folder / 'password'}", "-D", str(self.folder / "data"))  # fmt: skip

    def _run(self, program: str, *args: str) -> None:
        subprocess.run(
            [str(self._bin / program), *args], cwd=self.folder, env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, timeout=120, **self._as,
        )  # fmt: skip

    def start(self) -> None:
        options = f"{_SMALL} {'' if self._durable else _QUICK} -k {self.folder}"
        log = str(self.folder / "log")
        self._run("pg_ctl", "start", "-w", "-s", "-D", str(self.folder / "data"), "-l", log, "-o", options)

    def stop(self, how: str = "fast") -> None:
        self._run("pg_ctl", "stop", "-w", "-s", "-m", how, "-D", str(self.folder / "data"))

    def address(self, database: str, user: str = OWNER, password: str = PASSWORD) -> str:
        quoted = password.replace(" ", "%20").replace("/", "%2F")
        return f"postgresql://{user}:{quoted}@/{database}?host={self.folder}"

    def run_sql(self, *statements: str, database: str = "postgres") -> list[Any]:
        """What the last statement gives."""
        with psycopg.connect(
            host=str(self.folder), dbname=database, user=OWNER, password=PASSWORD, autocommit=True
        ) as connection:
            found = [connection.execute(statement) for statement in statements]
            return found[-1].fetchall() if found[-1].description else []

    def database(self, template: str = "template1") -> str:
        """The name of a fresh database."""
        name = f"test_{next(self._numbers)}"
        self.run_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def ledger(self) -> str:
        """The address of a fresh ledger."""
        if not self.run_sql("SELECT 1 FROM pg_database WHERE datname = 'empty_ledger'"):
            self.run_sql("CREATE DATABASE empty_ledger")
            open_ledger(self.address("empty_ledger"), create=True).close()
        return self.address(self.database("empty_ledger"))


@contextmanager
def running(*, durable: bool = False) -> Iterator[Server]:
    """A server for the length of a block."""
    server = Server(durable=durable)
    try:
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(server.folder, ignore_errors=True)
