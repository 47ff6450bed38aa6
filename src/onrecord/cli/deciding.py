"""Commands by which people decide: judgements, campaigns, and reading held stories anew."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.app import (
    DEFAULT_LEDGER,
    DONE_WITH_REFUSALS,
    INTERRUPTED,
    AsJson,
    LedgerPath,
    Workers,
    app,
    console,
    held,
    print_json,
    shown,
    view,
    whoever,
)

if TYPE_CHECKING:
    from onrecord.pipeline import RereadReport

Text = Annotated[str | None, typer.Option(metavar="TEXT")]


@app.command()
def decide(
    verdict: Annotated[
        str,
        typer.Argument(
            metavar="VERDICT",
            help="confirm, reject, merge, split, set, add, not_an_incident or undo.",
        ),
    ],
    id_: Annotated[
        str,
        typer.Argument(metavar="ID", help="What it is about: for add a story, for undo a decision, else any id shown."),
    ],
    ledger: LedgerPath = DEFAULT_LEDGER,
    field: Annotated[
        str | None,
        typer.Option(metavar="F", help="What is set (killed, place, outlet ...), or added (claim, event, incident)."),
    ] = None,
    value: Annotated[
        str | None,
        typer.Option(
            metavar="V", help="What it is to be; unknown where it is not known. Of what is added: its source or kind."
        ),
    ] = None,
    into: Annotated[str | None, typer.Option(metavar="ID", help="What it is merged into.")] = None,
    words: Annotated[
        list[str] | None, typer.Option(metavar="STORY:START-END", help="Words selected in a story; may be given again.")
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who decides; else ONRECORD_BY, else the user's name.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help="The same key again gives the same decision, and no second one.")
    ] = None,
    version: Annotated[
        str | None,
        typer.Option(metavar="V", help="The version that was shown: decides nothing if it has changed since."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Keep a person's judgement, and derive again what follows from it. Nothing is overwritten: undo takes it back."""
    from onrecord import pipeline
    from onrecord.exports import judged

    judgement = pipeline.Judgement(
        verdict, id_, by if by is not None else whoever(), reason, field, value, into, tuple(words or ()), key, version
    )
    with held(ledger) as opened:
        outcome = pipeline.decide(opened, judgement, datetime.now(UTC))
    if as_json:
        print_json([judged.outcome(outcome)])
    else:
        print(judged.sentence(outcome))


@app.command()
def decisions(
    ledger: LedgerPath = DEFAULT_LEDGER,
    as_json: AsJson = False,
    state: Annotated[
        str | None, typer.Option(metavar="WORD", help="carried, needs_look, orphaned, superseded or undone.")
    ] = None,
) -> None:
    """What people decided, who and why, and how each decision stands with the readings of today."""
    from onrecord.exports import judged, terminal

    rows = judged.decisions(view(ledger), state)
    if as_json:
        print_json(rows)
    elif rows:
        console(cut=True).print(terminal.TABLES["decisions"](rows))
    else:
        print(f"{shown(ledger)}: no decisions{' that stand so' if state else ''}", file=sys.stderr)


@app.command()
def reread(
    story: Annotated[
        list[str] | None, typer.Argument(metavar="STORY...", help="Ids or names of stories; without one, all.")
    ] = None,
    ledger: LedgerPath = DEFAULT_LEDGER,
    reader: Annotated[
        str | None, typer.Option(metavar="NAME", help="Go back to what this earlier reader read, instead.")
    ] = None,
    workers: Workers = 0,
) -> None:
    """Read held stories anew with the installed reader. Until all are read, everybody sees the old readings."""
    from onrecord import pipeline
    from onrecord.exports import terminal

    try:
        with held(ledger) as opened, terminal.Progress(console(stderr=True)) as progress:
            options = pipeline.RereadOptions(
                datetime.now(UTC), tuple(story or ()), reader, workers=workers, progress=progress
            )
            report = pipeline.reread(opened, options)
    except KeyboardInterrupt:
        print("onrecord: interrupted; what was read is kept, and the same command goes on from there", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    _print_report(report, ledger)
    raise typer.Exit(DONE_WITH_REFUSALS if report.failed else 0)


def _print_report(report: "RereadReport", ledger: str) -> None:
    from onrecord.exports.harmless import in_line

    print(
        f"{shown(ledger)}: {report.read:,} read by {report.reader}; {report.switched:,} stories have another reading now"
    )
    print(f"in use: {', '.join(f'{count:,} readings by {reader}' for reader, count in report.in_use.items())}")
    if report.standings:
        states = ", ".join(f"{count:,} {state}" for state, count in sorted(report.standings.items()))
        print(f"decisions: {states}; onrecord decisions --state needs_look lists what wants a look")
    for failure in report.failed[:20]:
        print(in_line(f"  failed: {failure.what}: {failure.reason}; its old reading stays"), file=sys.stderr)


campaigns = typer.Typer(
    help="Named watches: what belongs to each, and the totals checked within it.", rich_markup_mode=None
)
app.add_typer(campaigns, name="campaigns")


@campaigns.callback(invoke_without_command=True)
def _list(context: typer.Context, ledger: LedgerPath = DEFAULT_LEDGER, as_json: AsJson = False) -> None:
    """Named watches: what belongs to each. Without one, all stories of a ledger are one campaign."""
    if context.invoked_subcommand is not None:
        return
    from onrecord.exports import judged, terminal

    rows = list(judged.campaigns(view(ledger)))
    if as_json:
        print_json(rows)
    elif rows:
        console(cut=True).print(terminal.TABLES["campaigns"](rows))
    else:
        print(
            f"{shown(ledger)}: no campaigns; all stories are one. Add some with: onrecord campaigns add FILE.toml",
            file=sys.stderr,
        )


@campaigns.command("add")
def _add(file: Annotated[Path, typer.Argument(metavar="FILE.toml")], ledger: LedgerPath = DEFAULT_LEDGER) -> None:
    """Add campaigns from a TOML file (name, start, end, places, actors, kinds), or give those held their new bounds."""
    from onrecord import pipeline, settings

    found = settings.campaigns(file)
    with held(ledger) as opened:
        changed = pipeline.start_campaigns(opened, found, datetime.now(UTC))
    print(f"{shown(ledger)}: {', '.join(campaign.name for campaign in found)}: {changed} new or changed")


@campaigns.command("end")
def _end(name: Annotated[str, typer.Argument(metavar="NAME")], ledger: LedgerPath = DEFAULT_LEDGER) -> None:
    """End a campaign. Its incidents stay, and belong to it no more."""
    from onrecord import pipeline

    with held(ledger) as opened:
        pipeline.end_campaign(opened, name, datetime.now(UTC))
    print(f"{shown(ledger)}: {name}: ended")
