"""A short question to a server that the user named → its answer, or a reason why there is none. It goes by the same one
wire as pages do, and like them never to a machine that is not public unless that is on the list.
"""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from onrecord.stories import addresses, wire
from onrecord.stories.politeness import AGENT
from onrecord.stories.wire import Deadline, Limits, WireError

_LATER = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class PostOptions:
    """How a server is asked. deadline: seconds for all of it; max_body, max_headers: the most bytes of its answer; ports:
    the ports that are asked; allow: the "host:port"s that may be private, at whatever port. The rest is for tests: how names are
    looked up, why an IP address is refused (None: it is not), the clock, whose certificates are believed.
    """

    deadline: float = 30.0
    max_body: int = 100_000
    max_headers: int = 65_536
    ports: tuple[int, ...] = wire.PORTS
    allow: tuple[str, ...] = ()
    resolve: Callable[[str, int], list[str]] = wire.look_up
    refuses: Callable[[str], str | None] = wire.not_asked
    ticks: Callable[[], float] = time.monotonic
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        """Raises WrongUse: a private place that is not "host:port"."""
        addresses.check_places(self.allow)


def post(url: str, body: bytes, media: str, options: PostOptions) -> bytes:
    """The body of the answer to one POST. It is made once and goes nowhere else: a redirect is not followed, for who is asked is
    the user's to say, and robots.txt is for those who walk through pages.

    Raises WireError: its message goes on from the name of the server.
    """
    to = addresses.parse(url)
    if isinstance(to, str):
        raise WireError(f"is not asked. {to}", again=False)
    deadline = Deadline(options.deadline, options.ticks)
    limits = Limits(
        body=options.max_body,
        headers=options.max_headers,
        ports=options.ports,
        allow=options.allow,
        resolve=options.resolve,
        refuses=options.refuses,
        tls=options.tls,
    )
    numbers, _ = wire.checked(to, limits, deadline)
    headers = (
        ("Host", to.authority),
        ("User-Agent", f"{AGENT}/{version('onrecord')}"),
        ("Accept-Encoding", "identity"),
        ("Content-Type", media),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    )
    answer = wire.ask(to, numbers, headers, limits, deadline, body)
    if answer.status == 200:
        return answer.raw
    if 300 <= answer.status < 400:
        words = "sends on to another address, which is not followed; name the one that it sends to"
        raise WireError(f"{words} (status {answer.status})", again=False)
    again = answer.status in _LATER or answer.status >= 500
    raise WireError(f"gave no answer (status {answer.status})", again=again)
