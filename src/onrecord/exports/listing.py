"""A list for reading in a terminal: one line a row, whatever the width. Columns that can give way are cut, in view."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from onrecord.exports.harmless import in_line

_CUT = "…"
_ROOMY = 100
"""From this width on, columns stand two blanks apart."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Headings and rows of cells. right: headings whose cells stand at the right. gives: headings whose columns give
    way where the terminal is narrow, each with the least width that it keeps; the widest gives way first. last: the
    heading of the column that matters most, and gives way after the others.
    """

    headings: Sequence[str]
    rows: Iterable[Sequence[object]]
    right: frozenset[str] = frozenset()
    gives: Mapping[str, int] = field(default_factory=dict)
    last: str | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines, none of them wider than the console."""
        rows = [[in_line(cell) for cell in row] for row in self.rows]
        gap, widths = self._widths(rows, options.max_width)
        yield self._line(self.headings, widths, gap, "bold")
        for row in rows:
            yield self._line(row, widths, gap, "")

    def _widths(self, rows: Sequence[Sequence[str]], most: int) -> tuple[int, list[int]]:
        """The space between columns, and the width of each."""
        widths = [max(map(cell_len, column)) for column in zip(self.headings, *rows, strict=True)]
        gap = 2 if most >= _ROOMY else 1
        over = sum(widths) + gap * (len(widths) - 1) - most
        # First the lesser columns, half of the way; then all of them, as far as they can
        easy = [2 * self.gives.get(heading, width) for heading, width in zip(self.headings, widths, strict=True)]
        if self.last in self.headings:
            easy[self.headings.index(self.last)] = max(widths)
        over = _narrow(widths, easy, over)
        _narrow(widths, [self.gives.get(h, width) for h, width in zip(self.headings, widths, strict=True)], over)
        return gap, widths

    def _line(self, cells: Sequence[str], widths: Sequence[int], gap: int, style: str) -> Text:
        line = (" " * gap).join(self._placed(cells, widths)).rstrip()
        return Text(line, style=style, no_wrap=True, overflow="ellipsis")

    def _placed(self, cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
        for heading, cell, width in zip(self.headings, cells, widths, strict=True):
            size = cell_len(cell)
            if size > width:
                cut = set_cell_size(cell, width - 1).rstrip() + _CUT
                yield cut + " " * (width - cell_len(cut))
            else:
                pad = " " * (width - size)
                yield pad + cell if heading in self.right else cell + pad


def _narrow(widths: list[int], least: Sequence[int], over: int) -> int:
    """Takes from the widths what is over, from the widest first; returns what could not be taken."""
    while over > 0:
        spare = sorted(((width, n) for n, width in enumerate(widths) if width > least[n]), reverse=True)
        if not spare:
            break
        width, n = spare[0]
        floor = max(least[n], spare[1][0] - 1 if len(spare) > 1 else 0)
        step = max(min(over, width - floor), 1)
        widths[n] -= step
        over -= step
    return over
