"""What a folder's list of names says, be it on this machine or in a store."""

from dataclasses import dataclass

from onrecord.records import Intake
from onrecord.stories.compose import refused

# What Hadoop and Spark leave beside what they wrote: no part of it, or parts that were never finished
_MARKS = frozenset({"_SUCCESS", "_temporary"})


@dataclass(frozen=True, slots=True)
class Listed:
    """A file to be read. path: what `gather` takes to read it alone; for a store it has in it all that this takes, credentials
    too, and is nothing to print. size: in bytes, 0 where nobody knows.
    """

    path: str
    size: int


def passed_over(name: str, shown: str) -> Intake | None:
    """The refusal of a file or folder that is not looked at where it was not named itself; None for all others."""
    if name.startswith("."):
        return refused(shown, f"{shown} is hidden: name it itself if it is to be read.")
    if name in _MARKS:
        return refused(
            shown,
            f"{shown} is a mark of the program that wrote the files beside it: name it itself if it is to be read.",
        )
    return None
