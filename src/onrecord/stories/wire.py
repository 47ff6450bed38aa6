"""One request to one checked address, under one deadline. Nothing else in the program connects to anything.

A name is looked up once; all of its addresses are checked; the connection goes to one of those, by number. There is no
proxy, no cookie, no password file and no kept connection here: the environment cannot change where a request goes.
"""

import hashlib
import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache

import certifi
import h11

from onrecord.stories.addresses import Address, canonical, not_public, not_public_name

Resolve = Callable[[str, int], list[str]]
Pairs = tuple[tuple[str, str], ...]
PORTS = (80, 443, 8080, 8443)
"""The ports that are asked where nothing else is said."""
_PIECE = 65_536
_MOST_TRIED = 4
_MOST_INTERIM = 8
_LINGER = 0.2
_GRACE = 0.5
_LONGEST_WORDS = 160


class WireError(Exception):
    """A request that came to nothing. The message is the end of a sentence. again: whether a later one may fare better;
    soon: whether one right after it may.
    """

    def __init__(self, words: str, again: bool, soon: bool = False) -> None:
        super().__init__(words)
        self.again = again
        self.soon = soon


class Deadline:
    """How much of a time is left. ticks: a clock in seconds that never goes back. waited: the seconds that did not count."""

    def __init__(self, seconds: float, ticks: Callable[[], float]) -> None:
        self._seconds = seconds
        self._ticks = ticks
        self._end = ticks() + seconds
        self.waited = 0.0

    def left(self) -> float:
        """Seconds, more than 0. Raises WireError where none are left."""
        left = self._end - self._ticks()
        if left <= 0:
            raise WireError(f"took longer than {self._seconds:g} seconds", again=True)
        return left

    def paused(self, seconds: float) -> None:
        """Time spent waiting for a turn does not count."""
        self._end += seconds
        self.waited += seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be asked of where. body and headers: the most bytes; allow: the "host:port"s that may be private."""

    body: int
    headers: int
    ports: tuple[int, ...]
    allow: tuple[str, ...]
    resolve: Resolve
    refuses: Callable[[str], str | None]
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. address: the IP address that was connected to; certificate: the SHA-256 of the one it showed;
    headers: as received, in order; raw: the body as sent; loose: that nothing but the hanging up said where the body
    ends; extra: how many bytes came after its end; allowed: that it came from a private place on the list.
    """

    status: int
    address: str
    headers: Pairs
    raw: bytes
    certificate: str | None = None
    loose: bool = False
    extra: int = 0
    allowed: bool = False

    def header(self, name: str) -> list[str]:
        """The values of a header, none of them empty."""
        return [value for key, value in self.headers if key.casefold() == name and value]


def look_up(host: str, port: int) -> list[str]:
    """The IP addresses of a name, by the system."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


def not_asked(number: str) -> str | None:
    """Why an IP address is not connected to: it is not public, or it is this machine's own; None where it is neither."""
    return not_public(number) or ("this very machine" if own(number) else None)


def own(number: str) -> bool:
    """Whether a public IP address is one of this machine: what is sent there would come from there. Sends nothing."""
    family = socket.AF_INET6 if ":" in number else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((number, 9))
        except OSError:
            return False
        return canonical(str(asking.getsockname()[0])) == canonical(number)


def checked(to: Address, limits: Limits, deadline: Deadline) -> tuple[list[str], bool]:
    """The IP addresses of a place, looked up once, and whether it is a private one on the list.

    Raises WireError: a port or an address that is not asked, no address, no answer in time.
    """
    listed = to.place in limits.allow
    if to.port not in limits.ports and not listed:
        raise WireError(f"is at port {to.port}, where pages are not asked for; {_how_to(to)}", again=False)
    if not_public_name(to.host) and not listed:
        raise WireError(f"is not on the public network; {_how_to(to)}", again=False)
    found = [to.host] if to.number else _found(to, limits.resolve, deadline)
    numbers = list(dict.fromkeys(canonical(number) or number for number in found))
    if not numbers:
        raise WireError("has a host without an address", again=True)
    private = False
    for number in numbers:
        why = limits.refuses(number)
        if canonical(number) is None or (why is not None and not listed):
            raise WireError(f"leads to {number[:60]!r}, which is not public ({why}); {_how_to(to)}", again=False)
        private = private or why is not None
    return numbers, private


def _how_to(to: Address) -> str:
    return f"if you trust it, put {to.place} on the list of private places that may be read"


def _found(to: Address, resolve: Resolve, deadline: Deadline) -> list[str]:
    """The answer of name servers, which are asked aside: the system's look-up knows no deadline."""
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(to.host, to.port))
        except Exception as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True, name="look-up").start()
    try:
        answer = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise WireError("has a host whose name could not be looked up in time", again=True) from None
    if isinstance(answer, Exception):
        raise WireError(f"has a host that cannot be found ({_brief(answer)})", again=True) from answer
    return answer


def ask(
    to: Address, numbers: list[str], headers: Pairs, limits: Limits, deadline: Deadline, body: bytes | None = None
) -> Answer:
    """One GET, or one POST of a body whose length the headers give. numbers: what `checked` said of the place.

    Raises WireError: no connection, an answer that is torn, too large or no HTTP, no end in time.
    """
    try:
        connection, number = _connected(to, numbers, deadline)
    except OSError as error:
        slow = isinstance(error, TimeoutError)
        raise WireError(f"cannot be reached ({_brief(error)})", again=True, soon=not slow) from error
    with connection, _cut_off(connection, deadline):
        try:
            tls = _secured(connection, to, limits, deadline) if to.scheme == "https" else connection
        except OSError as error:
            # A certificate that is wrong is wrong again at once
            bad = isinstance(error, ssl.SSLCertVerificationError | TimeoutError)
            raise WireError(f"has no safe connection ({_brief(error)})", again=True, soon=not bad) from error
        with tls:
            return _talked(_Exchange(tls, limits, deadline), to, number, headers, body)


@contextmanager
def _cut_off(connection: socket.socket, deadline: Deadline) -> Iterator[None]:
    """Ends a connection from outside soon after the deadline: a server can keep the TLS library busy within one call,
    for which no time can be set.
    """
    same = connection.dup()

    def cut() -> None:
        with suppress(OSError):
            same.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(deadline.left() + _GRACE, cut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        watch.join()
        same.close()


def _talked(exchange: "_Exchange", to: Address, number: str, headers: Pairs, body: bytes | None) -> Answer:
    try:
        return exchange.run(to, number, headers, body)
    except TimeoutError as error:
        raise WireError("did not answer in time", again=True) from error
    except OSError as error:
        raise WireError(f"broke off ({_brief(error)})", again=True, soon=True) from error
    except h11.RemoteProtocolError as error:
        raise WireError(f"broke off or gave no proper answer ({_brief(error)})", again=True, soon=True) from error
    except h11.LocalProtocolError as error:
        raise WireError(f"cannot be asked for ({_brief(error)})", again=False) from error


def _brief(error: Exception) -> str:
    """What an error says, in which a server may have had its say."""
    said = str((error.strerror if isinstance(error, OSError) else None) or error or type(error).__name__)
    return ascii(said[:_LONGEST_WORDS])[1:-1]


def _connected(to: Address, numbers: list[str], deadline: Deadline) -> tuple[socket.socket, str]:
    tried = numbers[:_MOST_TRIED]
    failure: OSError = ConnectionError("no address")
    for place, number in enumerate(tried):
        family = socket.AF_INET6 if ":" in number else socket.AF_INET
        made = None
        try:
            made = socket.socket(family, socket.SOCK_STREAM)
            # A dead address must leave time for the next
            made.settimeout(deadline.left() / (len(tried) - place))
            made.connect((number, to.port))
            return made, number
        except OSError as error:
            failure = error
            if made is not None:
                made.close()
        except BaseException:
            if made is not None:
                made.close()
            raise
    deadline.left()
    raise failure


@cache
def _trust() -> ssl.SSLContext:
    """Who is believed about names: not by the environment's word, which the library's own context takes."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.load_verify_locations(certifi.where())
    made.set_alpn_protocols(["http/1.1"])
    return made


def _secured(connection: socket.socket, to: Address, limits: Limits, deadline: Deadline) -> ssl.SSLSocket:
    connection.settimeout(deadline.left())
    # Without a close that is said, an answer that ends by it may have been cut
    return (limits.tls or _trust()).wrap_socket(connection, server_hostname=to.host, suppress_ragged_eofs=False)


class _Exchange:
    """One request and its answer on one connection."""

    def __init__(self, connection: socket.socket, limits: Limits, deadline: Deadline) -> None:
        self._connection = connection
        self._limits = limits
        self._deadline = deadline
        self._talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=limits.headers + 2 * _PIECE)
        self._received = 0
        self._certificate: str | None = None
        self._ragged = True
        if isinstance(connection, ssl.SSLSocket):
            self._certificate = hashlib.sha256(connection.getpeercert(True) or b"").hexdigest()
            self._ragged = False

    def run(self, to: Address, number: str, headers: Pairs, body: bytes | None) -> Answer:
        request = h11.Request(
            method="GET" if body is None else "POST",
            target=to.target,
            headers=[(k.encode("ascii"), v.encode("latin-1")) for k, v in headers],
        )
        for sent in (request, *([] if body is None else [h11.Data(body)]), h11.EndOfMessage()):
            self._connection.settimeout(self._deadline.left())
            self._connection.sendall(self._talk.send(sent) or b"")
        head = self._head()
        # Only of what is used: what a refusal or a redirect says besides is not even read
        hollow = not 200 <= head.status_code < 300 or head.status_code == 204
        framed = "chunked" in _values(head, b"transfer-encoding") or _values(head, b"content-length") != ""
        raw = b"" if hollow else self._body(head)
        return Answer(
            status=head.status_code,
            address=number,
            headers=tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in head.headers.raw_items()),
            raw=raw,
            certificate=self._certificate,
            loose=not framed and not hollow and self._ragged,
            extra=self._extra() if framed and not hollow else 0,
        )

    def _head(self) -> h11.Response:
        for _ in range(_MOST_INTERIM):
            event = self._event()
            if isinstance(event, h11.Response):
                if sum(len(k) + len(v) + 4 for k, v in event.headers.raw_items()) > self._limits.headers:
                    raise WireError(f"has headers of more than {self._limits.headers} bytes", again=False)
                return event
            if not isinstance(event, h11.InformationalResponse):
                break
        raise WireError("was answered with anything but an answer", again=True)

    def _body(self, head: h11.Response) -> bytes:
        said = _values(head, b"content-length") or "0"
        too_large = WireError(f"is larger than {self._limits.body} bytes", again=False)
        if len(said) > 19 or int(said) > self._limits.body:
            raise too_large
        body = bytearray()
        while isinstance(event := self._event(), h11.Data):
            body += event.data
            if len(body) > self._limits.body:
                raise too_large
        if not isinstance(event, h11.EndOfMessage):
            raise WireError("was answered with anything but an answer", again=True)
        return bytes(body)

    def _event(self) -> object:
        while True:
            left = self._deadline.left()
            event = self._talk.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self._talk.their_state is h11.SEND_RESPONSE and self._received >= self._limits.headers:
                raise WireError(f"has headers of more than {self._limits.headers} bytes", again=False)
            self._connection.settimeout(left)
            try:
                data = self._connection.recv(_PIECE)
            except ssl.SSLEOFError:
                self._ragged, data = True, b""
            self._received += len(data)
            self._talk.receive_data(data)

    def _extra(self) -> int:
        """Bytes after the end that the answer gave itself: its length was a lie, or it is two answers."""
        extra = len(self._talk.trailing_data[0])
        if extra:
            return extra
        self._connection.settimeout(min(_LINGER, self._deadline.left()))
        try:
            return len(self._connection.recv(_PIECE))
        except OSError:
            return 0


def _values(head: h11.Response, name: bytes) -> str:
    return ",".join(v.decode("latin-1") for k, v in head.headers if k == name).casefold()
