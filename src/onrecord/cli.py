"""The command line: options → one call → print. Data goes to standard output, everything else to standard error."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from onrecord.errors import CannotWork, OnRecordError, WrongUse

if TYPE_CHECKING:
    from rich.console import Console

    from onrecord.exports.filters import Filter
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
LedgerPath = Annotated[str, typer.Option("--ledger", metavar="PATH", help="The ledger file.")]
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
    interrupted.
    """
    try:
        app()
    except OnRecordError as error:
        print(f"onrecord: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # Whoever read our output has enough of it. Python would complain again when it flushes at exit.
        sys.stdout = None
        sys.exit(0)
    sys.exit(0)


def _console(*, stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def _day(words: str | None, option: str) -> date | None:
    if words is None:
        return None
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise WrongUse(f"{option} {words}: is not a day; write it as YYYY-MM-DD") from None


def _print_json(rows: Any) -> None:
    import json

    for row in rows:
        print(json.dumps(row, ensure_ascii=False))


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
    if engine != "local":
        raise CannotWork(f"--engine {engine}: is not there yet; use local")
    from onrecord import pipeline
    from onrecord.exports import terminal
    from onrecord.ledger import open_ledger
    from onrecord.settings import ReadOptions

    options = ReadOptions(published=_day(published, "--published"))
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
    _print_report(report, ledger)
    raise typer.Exit(DONE_WITH_REFUSALS if report.refused else 0)


def _print_report(report: "AddReport", ledger: str) -> None:
    states = ", ".join(f"{count:,} {state}" for state, count in sorted(report.states.items())) or "nothing new"
    print(f"{report.offered:,} inputs: {report.held:,} held already, {states}")
    for item in report.refused[:20]:
        print(f"  {item.state}: {item.source}: {'; '.join(r.reason for r in item.rejections)}", file=sys.stderr)
    if len(report.refused) > 20:
        print(f"  and {len(report.refused) - 20:,} more: onrecord intake --ledger {ledger}", file=sys.stderr)
    print(f"{ledger}: {report.incidents:,} incidents, {report.plans:,} plans and other things that did not happen")


def _open(ledger: str) -> "Ledger":
    from onrecord.ledger import open_ledger

    return open_ledger(ledger)


def _view(ledger: str) -> "View":
    from onrecord import pipeline

    return pipeline.view(_open(ledger))


def _list(table: str, ledger: str, wanted: "Filter", as_json: bool) -> None:
    from onrecord.exports import filters, terminal

    rows = filters.select(_view(ledger), table, wanted)
    if as_json:
        _print_json(rows)
    elif rows:
        _console().print(terminal.TABLES[table](rows))
    else:
        print(f"no {table} that match", file=sys.stderr)


@app.command()
def incidents(
    ledger: LedgerPath = DEFAULT_LEDGER,
    as_json: AsJson = False,
    since: Day = None,
    until: Day = None,
    place: Words = None,
    kind: Listed = None,
    actor: Words = None,
    status: Listed = None,
    outlet: Words = None,
) -> None:
    """One line an incident: date, place, kind, killed low–best–high, independent reports / primary sources.

    With --status planned (or threatened, possible, denied ...): what is told of and is not held to have happened.
    """
    from onrecord.exports.filters import HAPPENED, Filter

    wanted = Filter(_day(since, "--since"), _day(until, "--until"), place, kind, actor, status, outlet)
    _list("incidents" if status is None or status in HAPPENED else "plans", ledger, wanted, as_json)


@app.command()
def claims(
    ledger: LedgerPath = DEFAULT_LEDGER,
    as_json: AsJson = False,
    since: Day = None,
    until: Day = None,
    place: Words = None,
    kind: Listed = None,
    actor: Words = None,
    status: Listed = None,
    outlet: Words = None,
) -> None:
    """Who says what. --actor looks in the source and in the actor of what is told."""
    from onrecord.exports.filters import Filter

    wanted = Filter(_day(since, "--since"), _day(until, "--until"), place, kind, actor, status, outlet)
    _list("claims", ledger, wanted, as_json)


@app.command()
def tallies(
    ledger: LedgerPath = DEFAULT_LEDGER,
    as_json: AsJson = False,
    since: Day = None,
    until: Day = None,
    outlet: Words = None,
) -> None:
    """Running totals in the press, each held against the ledger."""
    from onrecord.exports.filters import Filter

    _list("tallies", ledger, Filter(_day(since, "--since"), _day(until, "--until"), outlet=outlet), as_json)


@app.command()
def families(
    ledger: LedgerPath = DEFAULT_LEDGER,
    as_json: AsJson = False,
    since: Day = None,
    until: Day = None,
    outlet: Words = None,
) -> None:
    """Whose report each story is: copies, rewrites, and originals that are not held."""
    from onrecord.exports.filters import Filter

    _list("families", ledger, Filter(_day(since, "--since"), _day(until, "--until"), outlet=outlet), as_json)


@app.command()
def mutations(
    ledger: LedgerPath = DEFAULT_LEDGER,
    as_json: AsJson = False,
    since: Day = None,
    until: Day = None,
    outlet: Words = None,
) -> None:
    """Values that a story states differently from its origin."""
    from onrecord.exports.filters import Filter

    _list("mutations", ledger, Filter(_day(since, "--since"), _day(until, "--until"), outlet=outlet), as_json)


@app.command()
def show(id_: Annotated[str, typer.Argument(metavar="ID")], ledger: LedgerPath = DEFAULT_LEDGER) -> None:
    """One story, claim, event, incident, plan, tally or family, with its words marked in the text."""
    from onrecord import pipeline
    from onrecord.exports import evidence
    from onrecord.ledger import read as reading

    held = _open(ledger)
    found = evidence.Shown(pipeline.view(held), lambda name: reading.story(held, name)).find(id_)
    if found is None:
        raise WrongUse(f"{id_}: nothing in {ledger} has this id; onrecord incidents lists some")
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

    derived = pipeline.rebuild(_open(ledger))
    print(f"{ledger}: {len(derived.incidents):,} incidents, {len(derived.plans):,} plans, made anew")


@app.command()
def intake(ledger: LedgerPath = DEFAULT_LEDGER, as_json: AsJson = False) -> None:
    """The books: every input, its state, the reason, and how much of it was lost."""
    from onrecord.exports import terminal
    from onrecord.ledger import read as reading

    rows = [
        {"source": row.source, "state": row.state, "reason": row.reason, "lost": row.lost}
        for row in reading.intake(_open(ledger))
    ]
    if as_json:
        _print_json(rows)
    else:
        _console().print(terminal.TABLES["intake"](rows))


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
    "migrate": "moving an old ledger to a newer schema",
    "backup": "a copy under load",
    "restore": "a ledger from a backup",
    "move": "a ledger to another database",
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
