"""What the pipeline asks of whatever its batches run on, so that no stage knows which it is."""

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from typing import Protocol, Self

from onrecord.families import Matrix, Pairs
from onrecord.records import Reading, Rejection, Story
from onrecord.settings import ReadOptions
from onrecord.stories import Gathered, OnlineOptions

Outcome = Reading | Rejection
"""What became of a story: its reading, or why the reader failed on it."""
Known = Callable[[Sequence[str]], Collection[str]]
"""Those of some stories, by id, that this reader has read already."""


class Engine(Protocol):
    """Takes sources apart, reads stories, finds near copies. Use it in a `with`: what it has started ends with the block.

    Answers do not depend on the engine, the number of its workers, or what became of any of them.
    """

    @property
    def batch(self) -> int:
        """How many inputs are best committed together; 0 where few are, so that an interruption costs little."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def gather(
        self, sources: Sequence[str], options: ReadOptions, online: OnlineOptions | None, known: Known
    ) -> Generator[Gathered, None, None]:
        """What the sources hold, in their order, as `stories.gather` gives it. known: may be asked which stories need not be read.

        Raises:
            WrongUse: a source is not there, or is none for this engine; on the call, before anything is yielded.
        """

    def read(self, stories: Iterable[Story]) -> Iterator[tuple[Story, Outcome | None]]:
        """Each story with its outcome, in the order given; with None where the machines failed it, not the reader: it may be
        offered again.
        """

    def pairs(self, values: Matrix) -> Pairs:
        """The near copies among signatures in order of time, as `families.pairs` gives them."""
