"""Backups of a ledger on a server as its own programs make them: into a database that is there for as long as they are looked at."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from onrecord.errors import BadLedger, TryLater, WrongUse
from onrecord.ledger import servers
from onrecord.ledger.failures import explained

_SIGN = b"PGDMP"
_HOURS = 6 * 3600
_SAID = 500


def is_dump(path: Path) -> bool:
    """Whether a file is what `pg_dump --format=custom` writes. Raises WrongUse where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(_SIGN)) == _SIGN
    except OSError as error:
        raise WrongUse(f"{path}: cannot be read ({error.strerror}); give the path of a backup") from None


@contextmanager
def scratch(place: str) -> Iterator[str]:
    """The address of an empty database on the server of an address, gone with all that is in it afterwards.

    Raises WrongUse where that user may make none, TryLater where the server is away.
    """
    url = servers.address(place)
    name = f"onrecord_drill_{token_hex(6)}"
    engine = servers.engine(url).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with explained(servers.shown(url)), engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            yield url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        engine.dispose()


def restore(dump: Path, place: str) -> None:
    """Brings a dump back into an empty database. Raises BadLedger where it is truncated or damaged, WrongUse where pg_restore is not
    installed, TryLater where it takes longer than six hours.
    """
    url = servers.address(place)
    # Other users of the machine see the command line, but not its environment
    secret = {name: url.query[name] for name in url.query if name == "password"}
    plain = url.difference_update_query(secret)._replace(password=None, drivername="postgresql")
    password = url.password or secret.get("password")
    try:
        done = subprocess.run(
            ["pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={plain.render_as_string()}",
             str(dump.absolute())],
            env={**os.environ, "LC_ALL": "C", **({"PGPASSWORD": str(password)} if password else {})},
            stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_HOURS,
        )  # fmt: skip
    except FileNotFoundError:
        raise WrongUse("pg_restore is not installed here; on Debian: apt-get install postgresql-client") from None
    except subprocess.TimeoutExpired:
        raise TryLater(f"{dump}: is not brought back after six hours; try again when the server is less busy") from None
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:_SAID]
        raise BadLedger(f"{dump}: cannot be brought back ({said}); take another backup")
