"""`python -m evaluation.intake [--pages N] [--workers N] [--archive MB]`: what confinement and accounting cost beside the bare main-text finder.

Generated pages of 20 to 60 KB go through the bare finder in a pool of processes, and through cells, with as many, where each is also
decoded, compared with what a visitor sees, dated, told its language and searched for furniture. Both have their processes up before
the clock starts, and take turns. Prints the times, how many pages came out in which state, and the books of their visible characters. Exit status 1 where cells take more than `ASKED` times as long, or a
page is lost on the way.

With `--archive` it streams a web archive of that size instead, a fifth of it pages and the rest pictures, and prints the most memory that this took.
The processes that parse have a limit of their own, and see one page at a time. Exit status 1 where it is more than `MEMORY` bytes.
"""

import argparse
import gzip
import random
import resource
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from evaluation import seeds
from evaluation.newspages import page
from onrecord.records import Books, Intake
from onrecord.settings import ReadOptions
from onrecord.stories import gather
from onrecord.stories.cell import Cells
from onrecord.stories.documents import Document

ASKED = 1.5
"""How many times as long as the bare finder cells may take."""
MEMORY = 400_000_000
"""Bytes that streaming an archive may take, whatever its size."""
_DATES = {"original_date": True, "extensive_search": False, "min_date": "1995-01-01", "max_date": "2100-12-31"}
_ROUND = 50


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.intake", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--archive", type=int, metavar="MB")
    asked = parser.parse_args(arguments)
    if asked.archive:
        return _streamed(asked.archive, asked.workers)
    pages = [page(number) for number in range(asked.pages)]
    bare, confined, done = _timed(pages, asked.workers)
    states = Counter(item.state for item in done)
    table = Table(title=f"{asked.pages:,} pages, {sum(map(len, pages)) / 1e6:.1f} MB, {asked.workers} processes")
    for name in ("way", "seconds", "pages a second"):
        table.add_column(name, justify="left" if name == "way" else "right")
    for name, took in (("the bare finder", sum(bare)), ("cells", sum(confined))):
        table.add_row(name, f"{took:.1f}", f"{asked.pages / took:.1f}")
    Console(width=120).print(table)
    # Others may use the machine meanwhile: the middle of many short rounds says more than the sum
    times = median(ours / theirs for ours, theirs in zip(confined, bare, strict=True))
    told = ", ".join(f"{count:,} {state}" for state, count in sorted(states.items()))
    print(f"Cells take {times:.2f} times as long (asked for: {ASKED}). States: {told}.")
    print(_balance([item.books for item in done if item.books is not None]))
    return 0 if times <= ASKED and states.total() == asked.pages else 1


def _streamed(megabytes: int, workers: int) -> int:
    with TemporaryDirectory() as folder:
        path = Path(folder, "made.warc.gz")
        _archive(path, megabytes * 1_000_000)
        start, rest = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        states = Counter(
            item.state for item in gather([str(path)], ReadOptions(), workers=workers) if isinstance(item, Intake)
        )
        took = time.perf_counter() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    told = ", ".join(f"{count:,} {state}" for state, count in sorted(states.items()))
    print(f"{megabytes:,} MB in {took:.0f} s. States: {told}.")
    print(f"Most memory: {most / 1e6:.0f} MB, at rest {rest / 1e6:.0f}.")
    return 0 if most <= MEMORY else 1


def _archive(path: Path, size: int) -> None:
    """A packed web archive, a member a record, of that many bytes unpacked."""
    chance, written, number = random.Random(0), 0, 0
    with path.open("wb") as file:
        while written < size:
            number += 1
            body, media = page(number), "text/html; charset=utf-8"
            if number % 5:
                body, media = chance.randbytes(len(body)), "image/jpeg"
            block = f"HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
            record = seeds.record("response", block, number, "application/http; msgtype=response")
            file.write(gzip.compress(record, 1))
            written += len(record)


def _timed(pages: list[bytes], workers: int) -> tuple[list[float], list[float], list[Intake]]:
    """Seconds of each round, of the one way and of the other, which take turns; and what cells made of the pages."""
    bare: list[float] = []
    confined: list[float] = []
    made: list[Intake] = []
    documents = [Document(f"page-{number}.html", body, "text/html") for number, body in enumerate(pages)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool, Cells(workers) as cells:
        list(pool.map(_extracted, pages[: 4 * workers]))
        list(cells.parse(documents[: 4 * workers]))
        for first in range(0, len(pages), _ROUND):
            start = time.perf_counter()
            list(pool.map(_extracted, pages[first : first + _ROUND]))
            middle = time.perf_counter()
            done = cells.parse(documents[first : first + _ROUND])
            made.extend(item for _, items in done for item in items if isinstance(item, Intake))
            bare.append(middle - start)
            confined.append(time.perf_counter() - middle)
    return bare, confined, made


def _balance(books: list[Books]) -> str:
    """What became of the visible characters of all pages, and how that differs from page to page."""
    visible = sum(book.visible for book in books)
    dropped = Counter[str]()
    for book in books:
        dropped.update(book.dropped)
    shares = {"kept": sum(book.kept for book in books), **dropped, "lost": sum(book.lost for book in books)}
    told = ", ".join(f"{share / visible:.1%} {name}" for name, share in shares.items())
    parts = quantiles([book.kept / max(book.visible, 1) for book in books], n=20)
    pages = f"kept of a page: {parts[0]:.0%} (p5), {parts[9]:.0%} (median), {parts[-1]:.0%} (p95)"
    odd = sum(book.visible != book.kept + sum(book.dropped.values()) + book.lost for book in books)
    return f"Of {visible:,} visible characters {told}; {pages}. Out of balance: {odd} pages."


def _extracted(body: bytes) -> str:
    import trafilatura

    # The same questions: left to itself its search for dates takes three times as long as all the rest
    found = trafilatura.bare_extraction(
        body, include_comments=False, with_metadata=True, date_extraction_params=dict(_DATES)
    )
    return str(getattr(found, "text", ""))


if __name__ == "__main__":
    raise SystemExit(main())
