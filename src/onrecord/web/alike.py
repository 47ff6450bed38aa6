"""What else may be the same incident: for a person to merge, or to leave."""

from dataclasses import dataclass

from onrecord.exports import apart
from onrecord.incidents import Growing
from onrecord.web.board import Board, Row


@dataclass(frozen=True, slots=True)
class Alike:
    """Another row, and why it may be the same: what speaks for it, and what against, each with its weight."""

    row: Row
    speaks_for: tuple[str, ...]
    against: tuple[str, ...]


def alike(board: Board, row: Row, growing: Growing) -> tuple[Alike, ...]:
    """The likeliest others, the closest call first."""
    found = []
    for other, refusal in apart.nearest(growing, row, board.home):
        speaks_for, against = apart.reasons(refusal)
        found.append(Alike(other, tuple(speaks_for), tuple(against)))
    return tuple(found)
