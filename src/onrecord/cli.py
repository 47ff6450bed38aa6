"""The command line: options → one call → print. Data goes to standard output, everything else to standard error."""

import contextlib
import errno
import io
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from onrecord.errors import CannotWork, OnRecordError, TryLater, WrongUse

if TYPE_CHECKING:
    from rich.console import Console

    from onrecord.exports.private import Row
    from onrecord.ledger import Ledger
    from onrecord.pipeline import AddReport, View

app = typer.Typer(
    name="onrecord",
    help="Reads news reports of attacks and plans into a sourced incident ledger.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

Sources = Annotated[
    list[str], typer.Argument(metavar="SOURCE...", help="File, folder, JSONL, HTML, or - for standard input.")
]
LedgerPath = Annotated[
    str, typer.Option("--ledger", metavar="PATH", help="The ledger: a file, or postgresql://USER@HOST/DATABASE.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Day = Annotated[str | None, typer.Option(metavar="DATE", help="YYYY-MM-DD.")]
Words = Annotated[str | None, typer.Option(metavar="TEXT", help="Any part of the name.")]
Listed = Annotated[str | None, typer.Option(metavar="WORD", help="A word of the closed list.")]
Workers = Annotated[int, typer.Option(min=0, help="Processes; 0 takes one for each core.")]
Published = Annotated[
    str | None, typer.Option(metavar="DATE", help="When stories that give no date were published: YYYY-MM-DD.")
]

DONE_WITH_REFUSALS = 1
INTERRUPTED = 130
DEFAULT_LEDGER = "onrecord.db"


def main() -> NoReturn:
    """The program. Exit status: 0 done, 1 done with refusals, 2 wrong use, 3 cannot work, 4 try again later, 130
    interrupted (128 and the number of the signal that ended it).
    """
    signals = _stop_like_an_interrupt()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal or file without some letter is no reason to stop
            stream.reconfigure(errors="backslashreplace")
    code = _run()
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        # Python would complain again when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno != errno.EPIPE and code in (0, DONE_WITH_REFUSALS):
            # What was told of while writing is not told of again
            code = _complain(_of_system(error))
    if code == INTERRUPTED:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        code = 128 + signals[-1] if signals else code
    sys.exit(code)


def _run() -> int:
    """Parses and carries out the command line; its exit status."""
    try:
        return int(app(standalone_mode=False) or 0)
    except typer.TyperException as error:
        # Typer shows its usage errors itself, and gives them the status of wrong use
        show = getattr(error, "show", None)
        if show is None:
            _complain(WrongUse(str(error)))
        else:
            show()
        return int(getattr(error, "exit_code", WrongUse.exit_code))
    except OnRecordError as error:
        return _complain(error)
    except MemoryError:
        return _complain(TryLater("there is not enough memory; give fewer --workers, or smaller files"))
    except OSError as error:
        return _complain(_of_system(error))
    except SystemExit:
        # Raised for one reason only: whoever read our output has enough of it
        return 0


def _complain(error: OnRecordError) -> int:
    from onrecord.exports.harmless import in_line

    with contextlib.suppress(OSError):
        print(f"onrecord: {in_line(error)}", file=sys.stderr)
    return error.exit_code


def _of_system(error: OSError) -> OnRecordError:
    """What the system refused, as an error for the user; what is no fault of the system's is raised again."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.EROFS):
        where = f"{error.filename}: " if error.filename else ""
        return TryLater(f"{where}{error.strerror}; try again when that is mended")
    raise error


def _stop_like_an_interrupt() -> list[int]:
    """Lets the signals that ask a program to end work like Ctrl-C; the list that is returned names those that came."""
    came: list[int] = []

    def stop(number: int, _frame: object) -> None:
        came.append(number)
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is signal.SIG_DFL:
            signal.signal(getattr(signal, name), stop)
    return came


def _console(*, stderr: bool = False, cut: bool = False) -> "Console":
    """A console. cut: lines that are longer than a terminal is wide are cut there, and stay whole in a file."""
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = 100_000 if cut else 100
    return console


def _day(words: str | None, option: str) -> date | None:
    if words is None:
        return None
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise WrongUse(f"{option} {words}: is not a day; write it as YYYY-MM-DD") from None


def _print_json(rows: Iterable[object]) -> None:
    from onrecord.exports.harmless import json_line

    ascii_only = "utf" not in str(getattr(sys.stdout, "encoding", None) or "").casefold()
    for row in rows:
        print(json_line(row, ascii_only=ascii_only))


@app.command()
def read(source: Sources, as_json: AsJson = False, published: Published = None, workers: Workers = 0) -> None:
    """Read without a ledger: who says what, what happened, what is only planned."""
    from onrecord import pipeline
    from onrecord.exports import evidence, reading
    from onrecord.settings import ReadOptions

    options = ReadOptions(published=_day(published, "--published"))
    refused = seen = 0
    for item, outcome in pipeline.read_only(source, options, workers):
        seen += 1
        found = reading.as_json(item, outcome)
        refused += found["story"] is None or found["story"]["state"] != "ok"
        if as_json:
            _print_json([found])
        else:
            _console().print(evidence.reading(item, outcome))
    _nothing(seen, source)
    raise typer.Exit(DONE_WITH_REFUSALS if refused else 0)


def _nothing(seen: int, source: list[str]) -> None:
    if not seen:
        raise WrongUse(f"{', '.join(source)}: holds nothing to read; give files of text, HTML or JSONL")


@app.command()
def add(
    source: Sources,
    ledger: LedgerPath = DEFAULT_LEDGER,
    engine: Annotated[str, typer.Option(help="Where stories are read: local.")] = "local",
    published: Published = None,
    workers: Workers = 0,
) -> None:
    """Capture, read, group and merge stories into the ledger. Safe to repeat: what is held is passed over."""
    if engine == "spark":
        raise CannotWork("--engine spark: is not there yet; use local")
    if engine != "local":
        raise WrongUse(f"--engine {engine}: is not one of local, spark")
    from onrecord import pipeline
    from onrecord.exports import terminal
    from onrecord.ledger import open_ledger
    from onrecord.settings import ReadOptions

    options = ReadOptions(published=_day(published, "--published"))
    pipeline.check(source, options)
    held = open_ledger(ledger, create=True)
    try:
        with terminal.Progress(_console(stderr=True)) as progress:
            now = datetime.now(UTC)
            report = pipeline.add(held, source, pipeline.AddOptions(now, options, workers, progress=progress))
    except KeyboardInterrupt:
        print("onrecord: interrupted; what was read is kept, and the same command goes on from there", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        held.close()
    _nothing(report.offered, source)
    _print_report(report, held.place)
    raise typer.Exit(DONE_WITH_REFUSALS if report.refused else 0)


def _print_report(report: "AddReport", ledger: str) -> None:
    from onrecord.exports.harmless import in_line

    states = ", ".join(f"{count:,} {state}" for state, count in sorted(report.states.items())) or "nothing new"
    print(f"{report.offered:,} inputs: {report.held:,} held already, {states}")
    for item in report.refused[:20]:
        reasons = "; ".join(rejection.reason for rejection in item.rejections)
        print(in_line(f"  {item.state}: {item.source}: {reasons}"), file=sys.stderr)
    if len(report.refused) > 20:
        print(f"  and {len(report.refused) - 20:,} more: onrecord intake --ledger {ledger}", file=sys.stderr)
    print(f"{ledger}: {report.incidents:,} incidents, {report.plans:,} plans and other things that did not happen")


@contextlib.contextmanager
def _held(ledger: str) -> Iterator["Ledger"]:
    """The ledger, and the file given back afterwards: closed, it is one file again."""
    from onrecord.ledger import open_ledger

    held = open_ledger(ledger)
    try:
        yield held
    finally:
        held.close()


def _view(ledger: str) -> "View":
    from onrecord import pipeline

    with _held(ledger) as held:
        return pipeline.view(held)


def _listing(table: str, meaning: str) -> None:
    """A command that lists a table, by the filters that all of them share."""

    def command(
        ledger: LedgerPath = DEFAULT_LEDGER,
        as_json: AsJson = False,
        since: Day = None,
        until: Day = None,
        place: Words = None,
        kind: Listed = None,
        actor: Words = None,
        status: Listed = None,
        outlet: Words = None,
        campaign: Annotated[str | None, typer.Option(metavar="NAME", help="Not there yet: a named watch.")] = None,
    ) -> None:
        if campaign is not None:
            raise CannotWork(f"--campaign {campaign}: campaigns are not there yet; use --since, --until and --place")
        from onrecord.exports import filters, terminal

        span = _day(since, "--since"), _day(until, "--until")
        wanted = filters.Filter(*span, place, kind, actor, status, outlet)
        wished = "plans" if table == "incidents" and status not in (None, *filters.HAPPENED) else table
        rows = filters.select(_view(ledger), wished, wanted)
        if as_json:
            _print_json(rows)
        elif rows:
            _console(cut=True).print(terminal.TABLES[wished](rows))
        else:
            from onrecord.ledger import shown

            asked = wanted != filters.Filter()
            print(f"{shown(ledger)}: no {wished}{' that match' if asked else ''}", file=sys.stderr)

    app.command(table, help=meaning)(command)


_listing(
    "incidents",
    "One line an incident: when, where, what, killed and injured (low–best–high), independent reports/primary sources, "
    "who. With --status planned (or threatened, possible, denied ...): what is told of and is not held to have happened.",
)
_listing("claims", "Who says what. --actor looks in the source and in the actor of what is told.")
_listing("tallies", "Running totals in the press, each held against the ledger.")
_listing("families", "Whose report each story is: copies, rewrites, and originals that are not held.")
_listing("mutations", "Values that a story states differently from its origin.")


@app.command()
def show(id_: Annotated[str, typer.Argument(metavar="ID")], ledger: LedgerPath = DEFAULT_LEDGER) -> None:
    """One story, claim, event, incident, plan, tally or family, with its words marked in the text."""
    from onrecord import pipeline
    from onrecord.exports import evidence
    from onrecord.ledger import read as reading

    with _held(ledger) as held:
        found = evidence.Shown(pipeline.view(held), lambda name: reading.story(held, name)).find(id_)
        if found is None:
            raise WrongUse(f"{id_}: nothing in {held.place} has this id; onrecord incidents lists some")
        _console().print(found)


@app.command()
def export(
    form: Annotated[str, typer.Option("--as", metavar="FORM", help="csv, jsonl or geojson.")],
    out: Annotated[Path, typer.Option(help="The folder to write into.")] = Path("export"),
    ledger: LedgerPath = DEFAULT_LEDGER,
) -> None:
    """Write the ledger as files that others read."""
    from onrecord.exports import files

    if form not in files.FORMS:
        later = ("parquet", "xlsx", "acled", "ucdp", "plover", "airwars", "prov")
        why = "is not there yet" if form in later else "is not a form of export"
        raise (
            CannotWork(f"--as {form}: {why}; use {', '.join(files.FORMS)}")
            if form in later
            else WrongUse(f"--as {form}: {why}; use {', '.join(files.FORMS)}")
        )
    for path in files.export(_view(ledger), form, out):
        print(path)


@app.command()
def rebuild(ledger: LedgerPath = DEFAULT_LEDGER) -> None:
    """Drop everything derived and make it again from the readings held."""
    from onrecord import pipeline

    with _held(ledger) as held:
        derived = pipeline.rebuild(held, "joint", datetime.now(UTC))
    print(f"{held.place}: {len(derived.incidents):,} incidents, {len(derived.plans):,} plans, made anew")


@app.command()
def migrate(
    ledger: LedgerPath = DEFAULT_LEDGER,
    user: Annotated[
        str | None,
        typer.Option("--for", metavar="USER", help="A user of the server who is to code, and to own nothing."),
    ] = None,
) -> None:
    """Bring a ledger to the newest schema; on a server, let a second user add and decide, but change no fact."""
    from onrecord.ledger import guards

    with _held(ledger) as held:
        if user is not None:
            guards.let_in(held, user)
            print(f"{held.place}: {user} may read, add and decide; facts stay as they are")
        else:
            print(f"{held.place}: has the newest schema")


@app.command()
def move(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The ledger as it is: a path or an address.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Where it is to be; nothing may be there yet.")],
) -> None:
    """Move a ledger to another place or database. The old one stays; what comes out is compared with it."""
    from onrecord import pipeline
    from onrecord.ledger import open_ledger

    with _held(source) as held:
        made = open_ledger(target, create=True)
        try:
            report = pipeline.move(held, made, datetime.now(UTC))
        finally:
            made.close()
    print(f"{made.place}: {sum(report.facts.values()):,} rows of facts, as in {held.place}")
    print(f"  log: entry {report.head[0]:,}, {report.head[1]}, on both sides")
    print(f"  content: {report.content}, on both sides")


@app.command()
def intake(ledger: LedgerPath = DEFAULT_LEDGER, as_json: AsJson = False) -> None:
    """The books: every input, its state, the reason, and how much of it was lost."""
    from onrecord.exports import terminal
    from onrecord.ledger import read as reading

    with _held(ledger) as held:
        rows: Iterable[Row] = (
            {"source": row.source, "state": row.state, "reason": row.reason, "lost": row.lost}
            for row in reading.intake(held)
        )
        if as_json:
            _print_json(rows)
        else:
            _console(cut=True).print(terminal.TABLES["intake"](rows))


@app.command()
def demo() -> None:
    """The bundled sample: a ledger, its tables, and where to look next."""
    from onrecord.exports import demo as show_demo

    show_demo.run(_console(), datetime.now(UTC))


NOT_YET = {
    "count": "questions to the ledger",
    "decide": "decisions of people",
    "campaigns": "named watches",
    "serve": "the review pages and the API",
    "compare": "two codebook profiles side by side",
    "publish": "a public copy of the ledger",
    "import": "tables back into the ledger",
    "watch": "following feeds",
    "reread": "reading held stories anew",
    "backup": "a copy under load",
    "restore": "a ledger from a backup",
    "verify": "hashes, spans and references",
    "checkpoint": "the state of the ledger, to keep outside",
}


def _not_yet(name: str, what: str) -> None:
    def later(_context: typer.Context) -> None:
        raise CannotWork(f"onrecord {name}: {what}: is not there yet")

    settings = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command(name, help=f"Not there yet: {what}.", context_settings=settings)(later)


for _name, _what in NOT_YET.items():
    _not_yet(_name, _what)
