"""A page of the open web → its bytes and how they came, or a reason why not. All that is read from the web goes through
`Fetcher.get`: pages, feeds, site maps, robots.txt.
"""

import hashlib
import re
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.metadata import version

from onrecord.errors import WrongUse
from onrecord.records import Rejection
from onrecord.stories import addresses, codings, politeness, wire
from onrecord.stories.addresses import Address
from onrecord.stories.fetched import Fetched, Redirect, Unfetched, UnfetchedForGood, UnfetchedForNow
from onrecord.stories.politeness import AGENT, Rules, Turns
from onrecord.stories.wire import Answer, Deadline, Limits, Pairs, WireError

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 503})
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_DAY = 86_400.0
_ROBOTS_AGAIN = 600.0
_ROBOTS_DEADLINE = 10.0
_ROBOTS_BODY = 2_000_000
_MOST_LINES = 100_000
_MOST_WAITS = 5
_LOCKS = 256
_SENDABLE = re.compile(r"[\x21-\x7e\x80-\xff](?:[\x20-\x7e\x80-\xff]{0,1000}[\x21-\x7e\x80-\xff])?")
_CONTACT = re.compile(r"[\x21-\x27\x2a-\x7e](?:[\x20-\x27\x2a-\x7e]{0,198}[\x21-\x27\x2a-\x7e])")


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How pages are asked for.

    contact: who asks, for the people of the sites: a mail address or the address of a page. deadline: seconds for one try,
    all redirects together, waits for a turn and robots.txt apart (which has its own, at most 10). max_body: the most
    bytes of an answer, both as sent and unpacked; max_headers: of its headers. hops: the most redirects. gap: seconds between two requests to a
    host. retries: further tries at once after a broken connection or a busy server, with pause seconds before the first and twice as
    many before each next. patience: the most seconds that a site's own wishes (Retry-After, Crawl-delay) are waited out.
    ports: the ports that are asked; allow: the "host:port"s that may be private, at whatever port. The rest is for tests: how names are
    looked up, why an IP address is refused (None: it is not), the clocks, how to wait, whose certificates are believed.
    """

    contact: str
    deadline: float = 30.0
    max_body: int = 20_000_000
    max_headers: int = 65_536
    hops: int = 5
    gap: float = 1.0
    retries: int = 2
    pause: float = 2.0
    patience: float = 60.0
    ports: tuple[int, ...] = wire.PORTS
    allow: tuple[str, ...] = ()
    robots: bool = True
    resolve: Callable[[str, int], list[str]] = wire.look_up
    refuses: Callable[[str], str | None] = wire.not_asked
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ticks: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        """Raises WrongUse: nobody to write to, or a private place that is not "host:port"."""
        if not _CONTACT.fullmatch(self.contact):
            raise WrongUse("Fetching pages needs a contact: a mail address, or the address of a page about you.")
        addresses.check_places(self.allow)


@dataclass(slots=True)
class _Try:
    """One go at a page. to: the step that it is at; home: the place that was named, None once it was left; status: what
    went wrong, with the seconds that the server wants to be left alone.
    """

    url: str
    first: Address
    conditions: Pairs
    deadline: Deadline
    to: Address
    home: Address | None
    redirects: list[Redirect] = field(default_factory=list)
    status: int | None = None
    after: float | None = None


class Fetcher:
    """Asks the web for pages: politely, and never a machine that is not public. May be used by several threads."""

    def __init__(self, options: FetchOptions) -> None:
        self._options = options
        self._limits = Limits(
            body=options.max_body,
            headers=options.max_headers,
            ports=options.ports,
            allow=options.allow,
            resolve=options.resolve,
            refuses=options.refuses,
            tls=options.tls,
        )
        self._turns = Turns(options.ticks)
        self._rules: dict[str, Rules] = {}
        self._locks = tuple(threading.Lock() for _ in range(_LOCKS))

    def get(self, url: str, etag: str | None = None, modified: str | None = None) -> Fetched:
        """A page. etag and modified: the headers ETag and Last-Modified of the copy that is at hand, if any.

        Raises Unfetched: its `again` says whether a later call may succeed; the message names the address and what to do.
        """
        to = addresses.parse(url)
        if isinstance(to, str):
            raise _unfetched(url, f"is not asked for. {to}", again=False)
        conditions = tuple(
            (name, value)
            for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified))
            if value is not None and _SENDABLE.fullmatch(value)
        )
        pause = self._options.pause
        for tried in range(self._options.retries + 1):
            going = _Try(url, to, conditions, Deadline(self._options.deadline, self._options.ticks), to, to)
            try:
                return self._fetched(going)
            except WireError as error:
                wait = pause if going.after is None else going.after
                if going.after is not None:
                    self._turns.rest(going.to.host, min(wait, self._options.patience))
                if not error.soon or tried == self._options.retries or wait > self._options.patience:
                    raise self._given_up(going, error) from error
                self._turns.rest(going.to.host, wait)
                pause *= 2
        raise AssertionError  # pragma: no cover -- the last try returns or raises

    def _given_up(self, going: _Try, error: WireError) -> Unfetched:
        words = str(error)
        if going.to != going.first:
            words = f"sends on to {_shown(going.to.url)}, which {words}"
        made = _unfetched(going.url, words, error.again)
        made.status, made.after, made.redirects = going.status, going.after, tuple(going.redirects)
        return made

    def _fetched(self, going: _Try) -> Fetched:
        """Raises WireError."""
        while True:
            answer, request, private = self._hop(going)
            if answer.status not in _REDIRECTS:
                return self._used(going, answer, request, private)
            going.to = self._onward(going, answer)

    def _hop(self, going: _Try) -> tuple[Answer, Pairs, str | None]:
        numbers, private = self._numbers(going.to, going.home, going.deadline)
        gap = self._options.gap
        if self._options.robots:
            before = self._options.ticks()
            rules = self._robots(going.to, numbers)
            going.deadline.paused(self._options.ticks() - before)
            if rules.why is not None:
                raise WireError(f"is not asked for now: its site's robots.txt {rules.why}", again=True)
            if not rules.allow(going.to.url):
                raise WireError("is closed to programs by its site's robots.txt; save the page by hand", again=False)
            gap = max(gap, min(rules.delay, self._options.patience))
        request = self._request(going.to, going.conditions)
        answer = self._asked(going.to, numbers, request, gap, going.deadline, self._limits)
        return answer, request, going.to.place if private else None

    def _numbers(self, to: Address, home: Address | None, deadline: Deadline) -> tuple[list[str], bool]:
        """The IP addresses of a place. A private one is read when it is named, not when some page sends there."""
        numbers, private = wire.checked(to, self._limits, deadline)
        if private and (home is None or to.place != home.place):
            raise WireError("is a private place, to which others cannot send; name it itself", again=False)
        return numbers, private

    def _asked(
        self, to: Address, numbers: list[str], request: Pairs, gap: float, deadline: Deadline, limits: Limits
    ) -> Answer:
        wait = self._turns.take(to.host, gap)
        if wait > 0:
            if deadline.waited + wait > _MOST_WAITS * max(self._options.patience, gap):
                raise WireError(
                    "is at a host where too many wait, or one that wants to be asked too slowly", again=True
                )
            before = self._options.ticks()
            self._options.sleep(wait)
            deadline.paused(self._options.ticks() - before)
        return wire.ask(to, numbers, request, limits, deadline)

    def _request(self, to: Address, conditions: Pairs) -> Pairs:
        return (
            ("Host", to.authority),
            ("User-Agent", f"{AGENT}/{_versions()[0]} ({self._options.contact})"),
            ("Accept", "*/*"),
            ("Accept-Encoding", "gzip"),
            ("Connection", "close"),
            *conditions,
        )

    def _onward(self, going: _Try, answer: Answer) -> Address:
        """Where a redirect leads. Keeps the step."""
        going.redirects.append(Redirect(going.to.url, answer.status, answer.address))
        onward = _location(going.to, answer)
        if len(going.redirects) > self._options.hops:
            raise WireError(f"sends on more than {self._options.hops} times", again=False)
        if going.home is not None and onward.place != going.home.place:
            going.home = None
        return onward

    def _used(self, going: _Try, answer: Answer, request: Pairs, private: str | None) -> Fetched:
        unchanged = answer.status == 304 and bool(going.conditions)
        if not unchanged and (not 200 <= answer.status < 300 or answer.status in {204, 205, 206}):
            self._turned_down(going, answer)
        body, left = _unpacked(answer, self._options.max_body)
        return Fetched(
            url=going.url,
            final_url=going.to.url,
            status=answer.status,
            redirects=tuple(going.redirects),
            request=request,
            headers=answer.headers,
            body=body,
            sha256=hashlib.sha256(answer.raw).hexdigest(),
            length=len(answer.raw),
            address=answer.address,
            fetched_at=self._options.clock(),
            tool=_versions()[1],
            certificate=answer.certificate,
            private=private,
            not_modified=unchanged,
            notes=_notes(going.url, answer, left),
        )

    def _turned_down(self, going: _Try, answer: Answer) -> None:
        going.status = answer.status
        if answer.status in _BUSY:
            going.after = _retry_after(answer, self._options.clock())
        again = answer.status in _AGAIN or answer.status > 504
        what = {401: "asks for a password", 403: "is closed to us", 404: "is not there", 410: "is gone"}
        words = what.get(answer.status, "was not given")
        hint = "" if again else "; save the page by hand if you can see it"
        raise WireError(f"{words} (status {answer.status}){hint}", again=again, soon=again)

    def _robots(self, to: Address, numbers: list[str]) -> Rules:
        """What a site allows, from the file that was read within the last day."""
        with self._locks[hash(to.origin) % _LOCKS]:
            known = self._rules.get(to.origin)
            now = self._options.ticks()
            if known is not None and known.until > now:
                return known
            made = self._robots_anew(to, numbers, now)
            # A stranger with many hosts must not fill the memory
            if made.lines + sum(rules.lines for rules in list(self._rules.values())) > _MOST_LINES:
                self._rules = {}
            self._rules[to.origin] = made
            return made

    def _robots_anew(self, first: Address, numbers: list[str], now: float) -> Rules:
        deadline = Deadline(min(_ROBOTS_DEADLINE, self._options.deadline), self._options.ticks)
        limits = replace(self._limits, body=_ROBOTS_BODY)
        to = replace(first, target="/robots.txt")
        home: Address | None = first
        try:
            for _ in range(self._options.hops + 1):
                answer = self._asked(to, numbers, self._request(to, ()), self._options.gap, deadline, limits)
                if answer.status in _REDIRECTS:
                    to = _location(to, answer)
                    home = home if to.place == first.place else None
                    numbers, _ = self._numbers(to, home, deadline)
                elif 200 <= answer.status < 300:
                    return politeness.rules(_unpacked(answer, _ROBOTS_BODY)[0], now + _DAY)
                elif 400 <= answer.status < 500 and answer.status != 429:
                    return Rules(now + _DAY)
                else:
                    return Rules(now + _ROBOTS_AGAIN, why=f"was not given (status {answer.status})")
        except WireError as error:
            return Rules(now + _ROBOTS_AGAIN, why=str(error))
        except ValueError as error:
            # Of the parser's making: a file that nobody foresaw
            return Rules(now + _ROBOTS_AGAIN, why=f"cannot be read ({type(error).__name__})")
        return Rules(now + _ROBOTS_AGAIN, why=f"sends on more than {self._options.hops} times")


def _location(to: Address, answer: Answer) -> Address:
    said = set(answer.header("location"))
    if len(said) != 1:
        raise WireError("sends on to no address, or to several", again=False)
    written = said.pop()
    with suppress(UnicodeDecodeError):
        written = written.encode("latin-1").decode("utf-8")
    onward = addresses.follow(to, written)
    if isinstance(onward, str):
        raise WireError(f"sends on to {_shown(written)}, which is not asked for. {onward}", again=False)
    if to.scheme == "https" and onward.scheme == "http":
        raise WireError(f"sends on from a safe connection to an open one, {_shown(onward.url)}", again=False)
    return onward


def _unpacked(answer: Answer, limit: int) -> tuple[bytes, int]:
    if not answer.raw:
        return b"", 0
    try:
        return codings.unpack(answer.raw, codings.chain(answer.header("content-encoding")), limit)
    except codings.TornCoding as error:
        raise WireError(str(error), again=True, soon=True) from error
    except codings.BadCoding as error:
        raise WireError(str(error), again=False) from error


def _notes(url: str, answer: Answer, left: int) -> tuple[Rejection, ...]:
    """What may be missing, or was left."""
    notes = []
    # Packed or not: a packed answer may have several parts, and be cut between two of them
    if answer.loose:
        words = "ended when the server hung up, and nothing had said how long it would be: its end may be missing"
        notes.append(Rejection(url, f"{_shown(url)} {words}.", 1))
    if answer.extra or left:
        lost = answer.extra + left
        notes.append(Rejection(url, f"{_shown(url)} went on past its own end: {lost} bytes were left.", lost))
    return tuple(notes)


def _retry_after(answer: Answer, now: datetime) -> float | None:
    said = next(iter(answer.header("retry-after")), "").strip()[:60]
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        at = parsedate_to_datetime(said)
        return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def _unfetched(url: str, words: str, again: bool) -> Unfetched:
    end = "" if words.endswith((".", "?")) else "."
    if again:
        return UnfetchedForNow(f"{_shown(url)} {words}{end} Try again later.")
    return UnfetchedForGood(f"{_shown(url)} {words}{end}")


def _shown(url: str) -> str:
    """An address fit to print, however it was meant."""
    shown = ascii(url[:200])[1:-1] if not url[:200].isprintable() else url[:200]
    return shown + ("…" if len(url) > 200 else "")


@cache
def _versions() -> tuple[str, str]:
    ours = version("onrecord")
    return ours, f"onrecord {ours} (h11 {version('h11')}, protego {version('protego')})"
