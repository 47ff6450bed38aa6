"""How a desk is served."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from onrecord.errors import WrongUse

_PORTS = {"http": 80, "https": 443}
_HERE = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Hashing:
    """What hashing a password costs, by default as RFC 9106 has it where memory is scarce. memory: KiB; lanes: of the work."""

    rounds: int = 3
    memory: int = 64 * 1024
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class Pace:
    """How many requests one person, or one address, may make: so many at once, and then so many a second."""

    at_once: int = 200
    a_second: float = 40.0


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Options:
    """host, port: where it listens. by: who the one person on this machine is, where there are no accounts. origin: the address that
    browsers know it by, behind a proxy or with a certificate of its own; None on this machine alone. certificate, key: files, for
    TLS without a proxy. sign_off: how many people have to confirm an incident before it is signed off. code: what whoever makes
    the first account has to know. backups: a folder in which backups and checkpoints are put, whose age is told. body: the most bytes of a request. clock, ticks: the time, and seconds since whenever.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    by: str = "somebody"
    origin: str | None = None
    certificate: str | None = None
    key: str | None = None
    sign_off: int = 2
    code: str | None = None
    backups: str | None = None
    hashing: Hashing = Hashing()
    pace: Pace = Pace()
    body: int = 1_000_000
    clock: Callable[[], datetime] = _now
    ticks: Callable[[], float] = time.monotonic

    @property
    def on_loopback(self) -> bool:
        """Whether it listens to this machine alone."""
        return self.host == "localhost" or _is(self.host, "is_loopback")

    @property
    def beyond(self) -> bool:
        """Whether others than whoever is at this machine can reach it."""
        return self.origin is not None or not self.on_loopback

    @property
    def https(self) -> bool:
        """Whether browsers reach it by https."""
        return self.origin is not None or self.certificate is not None

    @property
    def address(self) -> str:
        """What browsers know it by: scheme, host, and the port where it is not the usual one."""
        if self.origin is not None:
            return self.origin.rstrip("/").lower()
        scheme, host = "https" if self.https else "http", f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}" + (f":{self.port}" if self.port != _PORTS[scheme] else "")

    def hosts(self) -> frozenset[str]:
        """What the Host header of a request may say. Any other name has been made to lead here by somebody else."""
        return frozenset(self._hosts())

    def probed(self) -> frozenset[str]:
        """The same of a request that asks how the desk is: a probe on this machine goes by its number."""
        return self.hosts() | {f"{name}:{self.port}" for name in _HERE}

    def _hosts(self) -> Iterator[str]:
        at = urlsplit(self.address)
        yield at.netloc
        if at.port in (None, _PORTS[at.scheme]):
            yield f"{at.netloc.removesuffix(f':{at.port}')}:{_PORTS[at.scheme]}"
        if self.on_loopback:
            yield from (f"{name}:{self.port}" for name in _HERE)
            yield from _HERE if self.port == _PORTS["https" if self.certificate else "http"] else ()

    def check(self) -> None:
        """Raises WrongUse for what would let in whoever comes by, or could not work."""
        if (self.certificate is None) != (self.key is None):
            raise WrongUse("--cert and --key: give both, the certificate and its key")
        if self.origin is not None:
            _check_origin(self.origin)
        elif not self.on_loopback and self.certificate is None:
            raise WrongUse(
                f"--host {self.host}: passwords would go over the network unhidden; give --cert and --key, or --origin"
                " https://NAME if a proxy in front of it has the certificate"
            )
        elif _is(self.host, "is_unspecified"):
            raise WrongUse(
                f"--host {self.host}: say by which name browsers reach it, too: --origin https://NAME:{self.port}"
            )
        if self.sign_off < 1:
            raise WrongUse(f"--sign-off {self.sign_off}: give 1 or more")
        if not self.by.strip() or not self.by.isprintable() or self.by.casefold().startswith("pe-"):
            raise WrongUse(f"--by {self.by}: is no name; give the one that decisions are to be signed with")


def _is(host: str, what: str) -> bool:
    try:
        return bool(getattr(ip_address(host), what))
    except ValueError:
        return False


def _check_origin(origin: str) -> None:
    try:
        at = urlsplit(origin)
        whole = at.scheme == "https" and bool(at.hostname) and at.port != 0 and not at.username
        rest = at.path.strip("/") or at.query or at.fragment
    except ValueError:
        whole, rest = False, ""
    if not whole or rest or not origin.isascii() or not origin.isprintable() or " " in origin:
        raise WrongUse(
            f"--origin {origin}: write https://NAME or https://NAME:PORT, as browsers have it, and nothing behind"
        )
