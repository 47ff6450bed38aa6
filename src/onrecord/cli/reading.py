"""Commands that read stories, and the books of what was offered."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.app import (
    DEFAULT_LEDGER,
    DONE_WITH_REFUSALS,
    INTERRUPTED,
    AsJson,
    Contact,
    LedgerPath,
    MetricsFile,
    Published,
    SettingsPath,
    Sources,
    Workers,
    app,
    asking,
    chosen,
    console,
    day,
    held,
    print_json,
    shown,
    upgrade,
)
from onrecord.errors import TryLater, WrongUse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from onrecord.engines import Engine
    from onrecord.exports.private import Row
    from onrecord.ledger.inputs import IntakeRow
    from onrecord.pipeline import AddReport
    from onrecord.settings import ReadOptions, Settings


@app.command()
def read(
    source: Sources,
    as_json: AsJson = False,
    published: Published = None,
    contact: Contact = None,
    settings: SettingsPath = None,
    workers: Workers = 0,
) -> None:
    """Read without a ledger: who says what, what happened, what is only planned."""
    from onrecord import pipeline
    from onrecord.exports import evidence, reading

    choice = chosen(settings)
    refused = seen = 0
    options = _options(choice, published)
    for item, outcome in pipeline.read_only(source, options, workers, asking(choice, contact)):
        seen += 1
        found = reading.as_json(item, outcome)
        refused += found["story"] is None or found["story"]["state"] != "ok"
        if as_json:
            print_json([found])
        else:
            console().print(evidence.reading(item, outcome))
    _nothing(seen, source)
    raise typer.Exit(DONE_WITH_REFUSALS if refused else 0)


def _options(choice: "Settings", published: str | None) -> "ReadOptions":
    return replace(choice.read, published=day(published, "--published")) if published else choice.read


def _nothing(seen: int, source: list[str]) -> None:
    if not seen:
        raise WrongUse(
            f"{', '.join(source)}: holds nothing to read; give stories: text, pages, PDF, feeds, archives, JSON Lines"
        )


@app.command()
def add(
    source: Sources,
    ledger: LedgerPath = DEFAULT_LEDGER,
    engine: Annotated[str, typer.Option(help="Where stories are read: local, or spark.")] = "local",
    master: Annotated[str, typer.Option(help="With --engine spark: where the cluster is.")] = "local[*]",
    work: Annotated[
        str, typer.Option(help="With --engine spark: a folder that all machines see; what is made there stays.")
    ] = "",
    published: Published = None,
    contact: Contact = None,
    settings: SettingsPath = None,
    workers: Workers = 0,
    metrics: MetricsFile = None,
) -> None:
    """Capture, read, group and merge stories into the ledger. Safe to repeat: what is held is passed over."""
    if engine not in ("local", "spark"):
        raise WrongUse(f"--engine {engine}: is not one of local, spark")
    if engine == "local" and (work or master != "local[*]"):
        raise WrongUse(f"{'--work' if work else '--master'}: goes with --engine spark")
    from onrecord import pipeline
    from onrecord.exports import terminal, textfile
    from onrecord.ledger import open_ledger

    if metrics:
        textfile.check(metrics)
    choice = chosen(settings)
    options, online = _options(choice, published), asking(choice, contact)
    progress = terminal.Progress(console(stderr=True))
    runner = _spark(master, work, workers, progress.tell) if engine == "spark" else None
    pipeline.check(source, options, online, runner)
    opened = open_ledger(ledger, create=True)
    if said := upgrade(opened):
        print(said, file=sys.stderr)
    try:
        with progress:
            now = datetime.now(UTC)
            run = textfile.Run("add", progress)
            how = pipeline.AddOptions(now, options, workers, progress=run, online=online, engine=runner)
            report = pipeline.add(opened, source, how)
    except KeyboardInterrupt:
        print("onrecord: interrupted; what was read is kept, and the same command goes on from there", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        opened.close()
    if metrics:
        run.write(metrics, report, datetime.now(UTC))
    _nothing(report.offered, source)
    print_report(report, ledger)
    if report.left:
        raise TryLater(_left(report.left))
    raise typer.Exit(DONE_WITH_REFUSALS if report.refused else 0)


def _spark(master: str, work: str, workers: int, told: "Callable[[str, int, int], None]") -> "Engine":
    from onrecord.engines.spark import Spark, SparkOptions

    here = f"local[{workers}]" if workers and master == "local[*]" else master
    return Spark(SparkOptions(master=here, work=work, told=told))


def _left(sources: "Sequence[str]") -> str:
    named = ", ".join(sources[:20]) + (f" and {len(sources) - 20:,} more" if len(sources) > 20 else "")
    return f"{len(sources):,} inputs were not read, since the processes that read them died each time; the same command offers them again: {named}"


def print_report(report: "AddReport", ledger: str) -> None:
    """What became of the inputs, in lines: what was refused goes to standard error."""
    from onrecord.exports.harmless import in_line

    states = ", ".join(f"{count:,} {state}" for state, count in sorted(report.states.items())) or "nothing new"
    print(f"{report.offered:,} inputs: {report.held:,} held already, {states}")
    for item in report.refused[:20]:
        reasons = "; ".join(rejection.reason for rejection in item.rejections)
        print(in_line(f"  {item.state}: {item.source}: {reasons}"), file=sys.stderr)
    if len(report.refused) > 20:
        print(f"  and {len(report.refused) - 20:,} more: onrecord intake --ledger {shown(ledger)}", file=sys.stderr)
    if report.edited:
        print(f"{len(report.edited):,} texts in a later version:")
    for _, later in report.edited[:20]:
        print(in_line(f"  onrecord show {later} --ledger {shown(ledger)}"))
    if report.withdrawn:
        print(f"{report.withdrawn:,} claims, events and totals rejected: their publishers took them back")
    print(
        f"{shown(ledger)}: {report.incidents:,} incidents, {report.plans:,} plans and other things that did not happen"
    )


@app.command()
def intake(ledger: LedgerPath = DEFAULT_LEDGER, as_json: AsJson = False) -> None:
    """The books: every input, its state, the reason, and how much of it was lost."""
    from onrecord.exports import terminal
    from onrecord.ledger import inputs

    with held(ledger) as opened:
        found = inputs.intake(opened)
        if as_json:
            print_json({**_row(row), "books": row.books} for row in found)
            return
        kept = list(found)
    console(cut=True).print(terminal.TABLES["intake"](map(_row, kept)))
    for line in terminal.balance([row.state for row in kept], [row.books for row in kept if row.books]):
        print(line)


def _row(row: "IntakeRow") -> "Row":
    return {"source": row.source, "state": row.state, "reason": row.reason, "lost": row.lost}
