"""How often, and by whom: buckets of tokens that fill up again, held in memory, of which there are never more than so many."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from ipaddress import ip_address

_MOST = 10_000


class Buckets:
    """A bucket for each key, full at first. at_once: what a bucket holds; a_second: what it gains; clock: seconds; most: how many
    buckets are held; the one that was used least lately goes first.
    """

    def __init__(self, at_once: float, a_second: float, clock: Callable[[], float], most: int = _MOST) -> None:
        self._at_once, self._a_second, self._clock, self._most = at_once, a_second, clock, most
        self._held: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._held)

    def take(self, key: Hashable) -> float:
        """Takes one out: 0.0, or in how many seconds there will be one."""
        with self._lock:
            now = self._clock()
            held = self._level(key, now)
            wait = 0.0 if held >= 1 else (1 - held) / self._a_second
            self._put(key, held if wait else held - 1, now)
            return wait

    def give_back(self, key: Hashable) -> None:
        """Puts one back that was taken for nothing."""
        with self._lock:
            now = self._clock()
            self._put(key, min(self._at_once, self._level(key, now) + 1), now)

    def _level(self, key: Hashable, now: float) -> float:
        held, at = self._held.get(key, (self._at_once, now))
        return min(self._at_once, held + max(0.0, now - at) * self._a_second)

    def _put(self, key: Hashable, held: float, now: float) -> None:
        self._held[key] = (held, now)
        self._held.move_to_end(key)
        while len(self._held) > self._most:
            self._held.popitem(last=False)


def whence(address: str) -> str:
    """What of an address stands for one subscriber: of IPv6, whose subscribers have very many, the network."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped) if mapped else found.exploded[:19]
