"""Every error that OnRecord raises on purpose.

    OnRecordError
    ├── CannotWork        the same call can never succeed: change the input or the options
    │   ├── WrongUse      an option, a path or a filter that makes no sense (exit 2)
    │   ├── BadSource     an input that cannot be read as stories at all
    │   ├── BadTable      a table of the user's that does not parse
    │   └── BadLedger     not a ledger, a damaged one, or one of a newer program
    └── TryLater          nothing is wrong with the call: a lock, a full disk, a network (exit 4)
        └── Conflict      what was decided on has changed since it was shown: look at it again

A story that cannot be used is not an error: it is a `records.Rejection`, and the batch goes on.
"""


class OnRecordError(Exception):
    """The root. `str()` is a sentence for the user: it names the input and what to do."""

    exit_code = 3


class CannotWork(OnRecordError):
    """The same call can never succeed."""


class WrongUse(CannotWork):
    """The call itself is off: an unknown filter value, a path that is not there."""

    exit_code = 2


class BadSource(CannotWork):
    """An input that cannot be read as stories at all."""


class BadTable(CannotWork):
    """A table file that does not parse, or holds a word outside the closed lists."""


class BadLedger(CannotWork):
    """Not a ledger, a damaged one, or one written by a newer program."""


class TryLater(OnRecordError):
    """The call may succeed later: the ledger is locked, the disk is full."""

    exit_code = 4


class Conflict(TryLater):
    """What a decision was made on has changed since it was shown. The message has both values."""
