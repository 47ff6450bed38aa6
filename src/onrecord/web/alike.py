"""What else may be the same incident: for a person to merge, or to leave."""

from dataclasses import dataclass

from onrecord.web.board import Board, Row


@dataclass(frozen=True, slots=True)
class Alike:
    """Another row, and why it may be the same: what speaks for it, and what against."""

    row: Row
    speaks_for: tuple[str, ...]
    against: tuple[str, ...]


def alike(board: Board, row: Row) -> list[Alike]:
    """The likeliest others."""
    return []
