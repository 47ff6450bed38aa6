"""What every comparison of a copy with its origin gives."""

from dataclasses import dataclass

from onrecord.records import MutationField, Span


@dataclass(frozen=True, slots=True)
class Change:
    """A value that changed. was, now: as a reader would write them; None where it was not there or was dropped."""

    field: MutationField
    was: str | None
    now: str | None
    was_span: Span | None = None
    now_span: Span | None = None
