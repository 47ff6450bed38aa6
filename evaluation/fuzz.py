"""`python -m evaluation.fuzz [--minutes N] [--seed N] [--only FORM...] [--replay FILE]`: bytes that went wrong, for every reader of inputs.

Seeds of every form (`evaluation.seeds`) are changed (`evaluation.changes`) and read, in a process that is watched: one that dies, takes
more than 20 seconds of computing or asks for more than a gigabyte is a find, as is every exception that leaves a reader and whatever `evaluation.sound`
complains of. Pages and texts go through cells as well. A story that "could not be parsed", by an exception that nobody foresaw, is no
find of its own kind only because it is named: these are listed apart. Each kind of find is written to a folder, bytes and traceback, so that it
can be replayed. Exit status 1 where there is any, of either sort.
"""

import argparse
import io
import json
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from evaluation import changes, seeds, sound
from onrecord.errors import TryLater
from onrecord.records import Capture, Intake
from onrecord.settings import ReadOptions
from onrecord.stories import (
    compose,
    compressed,
    exports,
    feeds,
    mail,
    parquet,
    parsing,
    pdfs,
    rows,
    sheets,
    sitemaps,
    warc,
    zipped,
)
from onrecord.stories.cell import Cells, Limits
from onrecord.stories.confined import confine, live_with_the_parent, spend
from onrecord.stories.documents import Document
from onrecord.stories.links import Item

CELLS = "cells"
FORMS = (*seeds.MAKERS, CELLS)
LIMIT = 20
"""Seconds of computing that one input may take."""
_PATIENCE = 6.0 * LIMIT  # seconds until an answer, on a machine that others use
_MEMORY = 1 << 30
_TURN = 2.0  # seconds for one form, before it is another's turn
_LONGER = 3  # times that, for pages: their parsers are slow, and large
_AT_ONCE = 24  # documents for the cells
_OTHERS = 0.1  # share of inputs that a reader gets of another's form
_FOLLOWED = 2  # documents of a container that are read as well
_KEPT = 3  # finds of one kind that are written down
_OPTIONS = ReadOptions()
_MEDIA: Mapping[str, str] = {"pages": "text/html", "texts": "text/plain"}


@dataclass(frozen=True, slots=True)
class Find:
    """One complaint. kind: the same for all that are likely one fault; details: the traceback, or the complaint at length;
    named: whether all that is wrong is that a reason names an exception that nobody foresaw.
    """

    kind: str
    details: str = ""
    named: bool = False


@dataclass
class Seen:
    """What was seen of one form. items: by state, or "other" for what is no intake."""

    inputs: int = 0
    items: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    finds: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)


Outcome = tuple[list[Find], Counter[str], float]


def case(seed: int, form: str, number: int) -> bytes:
    """The input of this number: the same whenever and wherever it is asked for."""
    chance = random.Random(f"{seed}/{form}/{number}")
    of = chance.choice(tuple(seeds.MAKERS)) if chance.random() < _OTHERS else form
    if of == CELLS:
        of = chance.choice(("pages", "pages", "texts"))

    def another() -> bytes:
        other = chance.choice(tuple(seeds.MAKERS)) if chance.random() < 0.2 else of
        return seeds.draw(chance, other)

    return changes.changed(chance, seeds.draw(chance, of), another)


READERS: Mapping[str, Callable[[Document], Iterator[Item]]] = {
    "pages": lambda document: iter(parsing.parse(replace(document, media="text/html"), _OPTIONS)),
    "texts": lambda document: iter(parsing.parse(document, _OPTIONS)),
    "feeds": lambda document: feeds.entries(document, _OPTIONS),
    "sitemaps": lambda document: sitemaps.links(document, _OPTIONS),
    "sheets": lambda document: sheets.links(document, _OPTIONS),
    "exports": lambda document: exports.items(document, _OPTIONS),
    "rows": lambda document: rows.rows(io.BytesIO(document.body), document.source, _OPTIONS),
    "parquets": lambda document: parquet.table(io.BytesIO(document.body), document.source, _OPTIONS),
    "mail": lambda document: mail.parts(document, _OPTIONS),
    "pdfs": lambda document: iter((pdfs.story(document, _OPTIONS),)),
    "warcs": lambda document: warc.documents(io.BytesIO(document.body), document.source, _OPTIONS),
    "zips": lambda document: zipped.documents(io.BytesIO(document.body), document.source, _OPTIONS),
}


def tried(form: str, body: bytes, unforeseen: Sequence[str] = ()) -> tuple[list[Find], Counter[str]]:
    """What is wrong with what a reader makes of an input, and what it made. unforeseen: a list that grows by the traceback
    of each exception that a reader names as one that it did not foresee, where somebody watches for them.
    """
    before = len(unforeseen)
    counts = Counter[str]()
    try:
        if form == "compressed":
            return [Find(words) for words in _undone(body)], Counter({"other": 1})
        items = list(READERS[form](Document("fuzz", body, _MEDIA.get(form))))
        documents = [item for item in items if isinstance(item, Document)]
        for document in documents[:_FOLLOWED]:
            items += parsing.parse(document, _OPTIONS)
        counts.update(item.state if isinstance(item, Intake) else "other" for item in items)
        found = [Find(_blurred(words), words) for words in sound.complaints(items, "fuzz")]
    except TryLater as error:
        found = [Find("it asks for more than the machine has", f"{error}\n{traceback.format_exc()}")]
    except Exception as error:
        found = [Find(f"{type(error).__name__} in {_where(error)}", traceback.format_exc())]
    named = [Find(words.rstrip().splitlines()[-1][:100], words, named=True) for words in unforeseen[before:]]
    return [*found, *(Find(_signed(find), find.details, True) for find in named)], counts


def _undone(body: bytes) -> Iterator[str]:
    caps = compressed.Caps(most=2_000_000)
    kind = compressed.told(body[:8])
    for tried_as in (kind,) if kind else ("deflate", "br"):
        made = compressed.undo(body, tried_as, caps)
        if made.end.state not in ("proper", "torn", "broken", "capped"):
            yield f"it ended in {made.end.state!r}"
        if made.end.state != "proper" and not made.end.reason:
            yield "it did not end properly, and nobody says why"
        if not 0 <= made.after <= len(body) or not 0 <= made.end.lost <= len(body):
            yield "more is lost than there was"
        if len(made.body) > caps.most + (1 << 17):
            yield "it unpacks to more than was allowed"


def _where(error: BaseException) -> str:
    """The innermost place of ours, then the innermost of all."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "onrecord" in frame.filename]
    named = dict.fromkeys(f"{Path(frame.filename).stem}.{frame.name}" for frame in (*ours[-1:], *frames[-1:]))
    return ", ".join(named)


def _signed(find: Find) -> str:
    """An exception's name and where it came from, out of the traceback's words."""
    lines = [line.strip() for line in find.details.splitlines() if line.strip().startswith("File ")]
    places = [(Path(line.split('"')[1]).stem, line.rpartition(" in ")[2]) for line in lines]
    ours = [place for line, place in zip(lines, places, strict=True) if "onrecord" in line]
    named = dict.fromkeys(".".join(place) for place in (*ours[-1:], *places[-1:]))
    return f"{find.kind.partition(':')[0]} in {', '.join(named)}"


def _blurred(words: str) -> str:
    """The complaint without what differs from one input to the next."""
    return "".join("0" if c.isdigit() else c for c in words.partition(": ")[0])[:100]


# ---- the process that reads


def noting(unforeseen: list[str]) -> Callable[..., Intake]:
    """What stands for `compose.failed`, and puts the traceback of each exception into the list."""
    real = compose.failed

    def failed(source: str, error: Exception, kept: Capture) -> Intake:
        unforeseen.append("".join(traceback.format_exception(error)))
        return real(source, error, kept)

    return failed


@contextmanager
def watched() -> Iterator[list[str]]:
    """A list of the tracebacks of all exceptions that a reader names as unforeseen from here to the end of the block."""
    unforeseen: list[str] = []
    real, stand_in = compose.failed, noting(unforeseen)
    modules = [module for name, module in sys.modules.items() if name.startswith("onrecord.stories.")]
    held = [module for module in modules if module is not compose and getattr(module, "failed", None) is real]
    try:
        for module in held:
            module.failed = stand_in  # type: ignore[attr-defined]
        yield unforeseen
    finally:
        for module in held:
            module.failed = real  # type: ignore[attr-defined]


def _work(line: Connection, seed: int) -> None:
    """Reads inputs by number until the line is closed."""
    live_with_the_parent()
    with watched() as unforeseen, suppress(EOFError):
        for form in seeds.MAKERS:  # what the parsers load with their first input is no part of its memory
            tried(form, seeds.MAKERS[form](1), unforeseen)
        confine(_MEMORY, 32)
        line.send(None)
        while True:
            form, number = line.recv()
            body = case(seed, form, number)
            unforeseen.clear()
            spend(LIMIT)
            start = time.process_time()
            found, counts = tried(form, body, unforeseen)
            line.send((found, counts, time.process_time() - start))


class Reader:
    """A process that reads, and is replaced where it dies or takes too long."""

    def __init__(
        self, seed: int, work: Callable[[Connection, int], None] | None = None, patience: float = _PATIENCE
    ) -> None:
        self._seed, self._work, self._patience = seed, work or _work, patience
        self._begin()

    def _begin(self) -> None:
        context = get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(
            target=self._work, args=(theirs, self._seed)
        )  # tables are read in one of its own
        self._process.start()
        theirs.close()
        self._line.recv()

    def ask(self, form: str, number: int) -> Outcome:
        """What came of this input."""
        start = time.monotonic()
        self._line.send((form, number))
        try:
            if self._line.poll(self._patience):
                found: Outcome = self._line.recv()
                return found
            wrong = Find(f"no answer comes within {self._patience:g} seconds")
        except EOFError:
            self._process.join(5)
            status = self._process.exitcode
            took_long = status == -getattr(signal, "SIGXCPU", 0)
            wrong = Find(
                f"it takes longer than {LIMIT} seconds" if took_long else f"its process dies (status {status})"
            )
        self.end()
        self._begin()
        return [wrong], Counter(), time.monotonic() - start

    def end(self) -> None:
        """At once."""
        self._line.close()
        self._process.kill()
        self._process.join()


# ---- the run


class Run:
    """A run: what was seen by form, and what is written down of it."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed, self.folder = seed, folder
        self.seen: dict[str, Seen] = {}
        self._numbers = Counter[str]()

    def turns(self, forms: Sequence[str], seconds: float) -> Iterator[float]:
        """Reads, form by form in turn, for so long; gives the seconds gone by after each turn."""
        begun = time.monotonic()
        reader = Reader(self.seed)
        try:
            with Cells(1, Limits(wall=_PATIENCE, cpu=LIMIT)) as cells:
                for form in cycle(forms):
                    if (gone := time.monotonic() - begun) >= seconds:
                        return
                    yield gone
                    if form == CELLS:
                        self._celled(cells)
                    else:
                        self._turn(
                            reader,
                            form,
                            time.monotonic() + min(_TURN * (_LONGER if form == "pages" else 1), seconds - gone),
                        )
        finally:
            reader.end()

    def _turn(self, reader: Reader, form: str, until: float) -> None:
        while time.monotonic() < until:
            self._numbers[form] += 1
            number = self._numbers[form]
            self.add(form, number, reader.ask(form, number))

    def _celled(self, cells: Cells) -> None:
        first = self._numbers[CELLS] + 1
        self._numbers[CELLS] += _AT_ONCE
        numbers = range(first, first + _AT_ONCE)
        documents = [Document("fuzz", case(self.seed, CELLS, number)) for number in numbers]
        begun = time.monotonic()
        for number, (_, items) in zip(numbers, cells.parse(documents), strict=True):
            found = [Find(_blurred(words), words) for words in sound.complaints(items, "fuzz")]
            for item in items:
                if not isinstance(item, Intake):
                    continue
                reasons = " ".join(note.reason for note in item.rejections)
                if "was given up: " in reasons:
                    found.append(Find(f"a cell gives it up: {_blurred(reasons.partition('given up: ')[2])}", reasons))
                elif item.state == "failed":
                    found.append(Find("a cell cannot parse it", reasons, named=True))
            self.add(CELLS, number, (found, Counter(item.state for item in items if isinstance(item, Intake)), 0.0))
        self.seen[CELLS].slowest = max(self.seen[CELLS].slowest, (time.monotonic() - begun) / _AT_ONCE)

    def add(self, form: str, number: int, outcome: Outcome) -> None:
        """Counts what came of an input, and writes down the first finds of each kind."""
        found, counts, took = outcome
        seen = self.seen.setdefault(form, Seen())
        seen.inputs += 1
        seen.items += counts
        seen.slowest = max(seen.slowest, took)
        for find in found:
            counted = seen.named if find.named else seen.finds
            counted[find.kind] += 1
            if counted[find.kind] <= _KEPT:
                self._write(form, number, find)

    def _write(self, form: str, number: int, find: Find) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        place = self.folder / f"{form}-{self.seed}-{number}"
        place.with_suffix(".bin").write_bytes(case(self.seed, form, number))
        told = {"form": form, "seed": self.seed, "number": number, "kind": find.kind, "details": find.details}
        place.with_suffix(".json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found, of either sort."""
        return not any(seen.finds or seen.named for seen in self.seen.values())


def replay(path: Path, console: Console) -> int:
    """Reads the bytes of a find (its .bin or .json) once more, here, and prints what is wrong with what comes of them."""
    told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    form = told["form"] if told["form"] != CELLS else "texts"
    start = time.monotonic()
    with watched() as unforeseen:
        found, counts = tried(form, path.with_suffix(".bin").read_bytes(), unforeseen)
    for find in found:
        console.print(f"{find.kind}\n{find.details}", markup=False)
    made = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    console.print(f"{form}: {made or 'nothing'} in {time.monotonic() - start:.1f} s, {len(found)} complaints")
    return 1 if found else 0


def report(run: Run, console: Console) -> None:
    """Prints the table, the finds by kind, and the unforeseen exceptions that were named."""
    names = (
        "form",
        "inputs",
        "items",
        "ok",
        "partial",
        "refused",
        "failed",
        "other",
        "slowest, s",
        "unforeseen",
        "finds",
    )
    table = Table(title=f"seed {run.seed}")
    for name in names:
        table.add_column(name, justify="left" if name == "form" else "right")
    for form, seen in run.seen.items():
        states = [f"{seen.items[state]:,}" for state in ("ok", "partial", "refused", "failed", "other")]
        sums = (f"{seen.slowest:.2f}", f"{seen.named.total():,}", f"{seen.finds.total():,}")
        table.add_row(form, f"{seen.inputs:,}", f"{seen.items.total():,}", *states, *sums)
    console.print(table)
    for title in ("finds", "named"):
        kinds = [(n, form, kind) for form, seen in run.seen.items() for kind, n in getattr(seen, title).items()]
        if kinds:
            console.print("Found:" if title == "finds" else "Named, but not foreseen:")
        for count, form, kind in sorted(kinds, reverse=True):
            console.print(f"  {count:>6,}  {form}: {kind}", markup=False)
    if not run.is_clean:
        console.print(f"Written to {run.folder}; look at one again with --replay FILE.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; exit status 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.fuzz", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="one by the clock where none is given")
    parser.add_argument("--only", nargs="+", choices=FORMS, default=list(FORMS), metavar="FORM", help=", ".join(FORMS))
    parser.add_argument("--folder", type=Path, default=Path("out/fuzz"), help="where finds are written")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="a find to be read once more")
    asked = parser.parse_args(arguments)
    console = Console(width=140)
    if asked.replay is not None:
        return replay(asked.replay, console)
    run = Run(int(time.time()) % 1_000_000 if asked.seed is None else asked.seed, asked.folder)
    seconds = 60 * asked.minutes
    shown = (*Progress.get_default_columns()[:3], TimeRemainingColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*shown, console=console) as progress:
        task = progress.add_task("fuzzing", total=seconds, told="")
        for gone in run.turns(asked.only, seconds):
            found = sum(seen.finds.total() + seen.named.total() for seen in run.seen.values())
            inputs = sum(seen.inputs for seen in run.seen.values())
            progress.update(task, completed=gone, told=f"{inputs:,} inputs, {found:,} finds")
    report(run, console)
    return 0 if run.is_clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
