"""Figures that tests show, for the table of `evaluation.faults`."""

from collections.abc import Callable


class Seen:
    """Takes down what a test saw, under words with underscores for spaces."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._most: dict[str, float] = {}

    def __call__(self, **counts: int) -> None:
        """Numbers that are added up over all tests of a row."""
        for name, number in counts.items():
            self._counts[name] = self._counts.get(name, 0) + number

    def most(self, **figures: float) -> None:
        """Figures of which the largest is shown."""
        for name, figure in figures.items():
            self._most[name] = max(self._most.get(name, 0.0), figure)

    def put_down(self, record: Callable[[str, object], None]) -> None:
        """As properties of the test."""
        for name, number in self._counts.items():
            record(f"seen {name.replace('_', ' ')}", number)
        for name, figure in self._most.items():
            record(f"most {name.replace('_', ' ')}", round(figure, 2))
