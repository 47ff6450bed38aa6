"""What was worked out of a record, as long as the record is the same one: from one moment to the next hardly any changes."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")
_MOST = 200_000


class Remembered(Generic[Thing, Made]):
    """A function of a record and of what else it depends on, that is asked again only where either is another one."""

    def __init__(self, make: Callable[[Thing], Made]) -> None:
        self._make = make
        self._known: dict[str, tuple[Thing, Hashable, Made]] = {}

    def __call__(self, name: str, thing: Thing, more: Hashable = None) -> Made:
        """What the function makes of the record of that name. more: what else it depends on."""
        found = self._known.get(name)
        # By identity: records are frozen, and comparing them costs more than many a function does
        if found is not None and found[0] is thing and found[1] == more:
            return found[2]
        made = self._make(thing)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[name] = (thing, more, made)
        return made
