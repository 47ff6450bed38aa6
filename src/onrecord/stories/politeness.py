"""How often a host is asked, and what its robots.txt allows. Opens nothing: the files are fetched elsewhere."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego

AGENT = "OnRecord"
_MOST_HOSTS = 10_000
# What RFC 9309 asks to be read; its rules go by the line
_MOST_BYTES = 500 * 1024
_AGENT_LINE = re.compile(r"\A\s*+user[-\s]*+agent\s*[:\s]\s*(.*)", re.IGNORECASE)
# What ends the name of a program: "OnRecord/1.0" and "OnRecord (a reader)" name it, too
_TOKEN = re.compile(r"[^a-z_-]")


class Turns:
    """Whose turn it is: the requests to one host, from all threads, stand a gap apart.

    ticks: a clock in seconds that never goes back.
    """

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def take(self, host: str, gap: float) -> float:
        """Takes the next turn at a host and says how many seconds it is off. gap: seconds until the one after it."""
        with self._lock:
            now = self._ticks()
            if len(self._next) > _MOST_HOSTS:
                self._next = {name: at for name, at in self._next.items() if at > now}
            at = max(now, self._next.get(host, now))
            self._next[host] = at + gap
            return at - now

    def rest(self, host: str, seconds: float) -> None:
        """A host asked to be left alone for so long."""
        with self._lock:
            self._next[host] = max(self._next.get(host, 0.0), self._ticks() + seconds)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host allows. until: on the ticks' clock; delay: the seconds that it wants between two requests;
    why: why nothing can be asked for now, None where its rules are known. lines: how much there is to keep in mind.
    """

    until: float
    robots: Protego | None = None
    delay: float = 0.0
    why: str | None = None
    lines: int = 1

    def allow(self, url: str) -> bool:
        """Whether the page may be fetched, by rules that are known."""
        return self.robots is None or self.robots.can_fetch(url, AGENT)


def rules(body: bytes, until: float) -> Rules:
    """What a robots.txt says. Of one that is longer than 500 KB, the first 500 KB."""
    lines = body[:_MOST_BYTES].decode("utf-8-sig", "replace").splitlines()
    if len(body) > _MOST_BYTES:
        del lines[-1:]
    robots = Protego.parse("\n".join(_of_use(line) for line in lines))
    return Rules(until, robots, robots.crawl_delay(AGENT) or 0.0, lines=1 + len(lines))


def _of_use(line: str) -> str:
    """A line, with every agent that is not meant here under one name: the parser keeps all rules for each of them, so
    that a file of a thousand names and ten thousand rules would fill the memory.
    """
    line = line.partition("#")[0]
    named = _AGENT_LINE.match(line)
    if named is None:
        return line
    agent = named[1].strip().casefold()
    if _TOKEN.split(agent.replace("*", ""), maxsplit=1)[0] == AGENT.casefold():
        return f"User-agent: {AGENT}"
    return f"User-agent: {'*' if agent == '*' else 'another'}"
