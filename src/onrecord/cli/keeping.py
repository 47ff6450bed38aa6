"""Commands that keep a ledger: made anew, checked, copied, moved."""

import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.app import (
    DEFAULT_LEDGER,
    DONE_WITH_REFUSALS,
    AsJson,
    LedgerPath,
    SettingsPath,
    app,
    chosen,
    held,
    print_json,
    shown,
    upgrade,
    whoever,
)
from onrecord.errors import BadLedger

if TYPE_CHECKING:
    from onrecord.ledger.findings import Finding
    from onrecord.settings import StampOptions

_LISTED = 50
"""How many findings are printed."""


@app.command()
def rebuild(ledger: LedgerPath = DEFAULT_LEDGER) -> None:
    """Drop everything derived, and what is searched, and make it again from the readings held."""
    from onrecord import pipeline
    from onrecord.ledger import claims

    with held(ledger) as opened:
        with opened.writing() as connection:
            claims.lay_anew(connection)
        derived = pipeline.rebuild(opened, "joint", datetime.now(UTC))
    print(f"{shown(ledger)}: {len(derived.incidents):,} incidents, {len(derived.plans):,} plans, made anew")


@app.command()
def migrate(
    ledger: LedgerPath = DEFAULT_LEDGER,
    user: Annotated[
        str | None, typer.Option("--for", metavar="USER", help="Let a second user of a server code, who owns nothing.")
    ] = None,
) -> None:
    """Bring an old ledger to the newest schema, after a copy of it. Every other command does the same on its way. With
    --for, let a user of the server add, decide and view, but change or remove no fact.
    """
    from onrecord.ledger import guards, open_ledger

    opened = open_ledger(ledger)
    try:
        if user is not None:
            guards.let_in(opened, user)
            print(f"{opened.place}: {user} may read, add and decide; facts stay as they are")
    finally:
        opened.close()
    print(upgrade(opened) or f"{shown(ledger)}: has the newest schema already")


@app.command()
def custody(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Of an incident, plan, claim, event, total or story.")],
    ledger: LedgerPath = DEFAULT_LEDGER,
    field: Annotated[
        str | None, typer.Option(metavar="F", help="One of its values only: killed, place, date ...")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to write it; custody-ID without one.")] = None,
) -> None:
    """Hand over what stands behind one value: its words, the bytes they came in and how those came, the log that vouches for them,
    and a script that checks all that with nothing but Python.
    """
    from onrecord import pipeline
    from onrecord.exports import custody as report
    from onrecord.ledger.custody import of_stories

    with held(ledger) as opened:
        cell = report.Cell(pipeline.view(opened), id_, field)
        vouched = of_stories(opened, cell.stories)
        made = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "by": whoever() or "",
            "tool": f"OnRecord {version('onrecord')}",
        }
        folder = out or Path(f"custody-{cell.id}")
        report.write(cell, vouched, made, folder)
    print(
        f"{folder}: {len(cell.spans)} citations, {len(vouched.inputs)} inputs; check it with: python3 {folder}/check.py"
    )


@app.command()
def verify(
    ledger: LedgerPath = DEFAULT_LEDGER,
    checkpoint: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A checkpoint that the ledger must still hold.")
    ] = None,
    settings: SettingsPath = None,
    as_json: AsJson = False,
) -> None:
    """Check every fact against the chain, every reference, every span, and what follows from them; of a checkpoint, its time
    stamp too, without the network. Exit status 3: damaged.
    """
    from onrecord import pipeline
    from onrecord.ledger import chain, checkpoints

    kept = checkpoints.load(checkpoint) if checkpoint else None
    forged = _print_standing(checkpoint, settings, as_json) if checkpoint else False
    damaged = remarks = 0
    with held(ledger) as opened:
        for finding in pipeline.verify(opened, checkpoint=kept):
            damaged += not finding.remark
            remarks += finding.remark
            if as_json:
                print_json([_row(finding)])
            elif (remarks if finding.remark else damaged) <= _LISTED:
                _print_finding(finding)
        if not damaged:
            with opened.reading() as connection:
                entries, last = chain.head(connection)
    if damaged:
        if damaged > _LISTED and not as_json:
            print(f"and {damaged - _LISTED:,} more: onrecord verify --json")
        print(
            f"{shown(ledger)}: damaged in {damaged:,} places; bring back a copy with onrecord restore", file=sys.stderr
        )
    elif not as_json:
        against = f", and holds the checkpoint {checkpoint}" if checkpoint else ""
        print(f"{shown(ledger)}: sound{against}; {entries:,} entries in the log, the last {last}")
    if damaged or forged:
        raise typer.Exit(BadLedger.exit_code)


def _print_standing(checkpoint: Path, settings: Path | None, as_json: bool) -> bool:
    """How a checkpoint's time stamp stands, and whether it is one that does not hold."""
    from onrecord.exports.harmless import in_line
    from onrecord.ledger.findings import Finding
    from onrecord.pipeline import stamping

    found = stamping.standing(checkpoint, chosen(settings).stamp)
    if found is None:
        return False
    broken = found.state == "broken"
    if as_json:
        print_json([_row(Finding("checkpoint", str(checkpoint), found.words, remark=not broken))])
    else:
        print(in_line(f"{checkpoint}: {found.words}"), file=sys.stdout if found.state == "stamped" else sys.stderr)
    return broken


def _row(finding: "Finding") -> dict[str, object]:
    return {"place": finding.place, "row": finding.row, "what": finding.what, "remark": finding.remark}


def _print_finding(finding: "Finding") -> None:
    from onrecord.exports.harmless import in_line

    if finding.remark:
        print(in_line(f"remark: {finding}"), file=sys.stderr)
    else:
        print(in_line(finding))


@app.command()
def checkpoint(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file; keep it away from the ledger.")],
    ledger: LedgerPath = DEFAULT_LEDGER,
    settings: SettingsPath = None,
) -> None:
    """What the ledger says now, in a small file to keep elsewhere: it shows later that nothing was taken back. Time-stamped,
    where a server for that is among the settings.
    """
    from onrecord import pipeline
    from onrecord.ledger import checkpoints

    options = chosen(settings).stamp
    with held(ledger) as opened:
        taken = pipeline.checkpoint(opened, datetime.now(UTC))
    checkpoints.save(taken, file)
    print(f"{file}: {taken.entries:,} entries, the last {taken.hash}")
    if options.url:
        _stamped(file, options)
    print("keep it where nobody who can change the ledger can change it", file=sys.stderr)


def _stamped(file: Path, options: "StampOptions") -> bool:
    """Has a checkpoint stamped, and says what came of it."""
    from onrecord.exports.harmless import in_line
    from onrecord.pipeline import stamping

    found = stamping.stamp(file, options, datetime.now(UTC))
    if found.state == "stamped":
        print(in_line(f"{file}: {found.words}; keep {file}.tsr with it"))
        return True
    print(in_line(f"{file}: {found.words}"), file=sys.stderr)
    return False


@app.command()
def stamp(
    file: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Checkpoints. Those that are stamped stay so.")],
    settings: SettingsPath = None,
) -> None:
    """Have checkpoints time-stamped that are not yet, by the server under [stamp] in the settings. Exit status 1: some are not."""
    options = chosen(settings).stamp
    done = [_stamped(one, options) for one in file]
    if not all(done):
        raise typer.Exit(DONE_WITH_REFUSALS)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")], ledger: LedgerPath = DEFAULT_LEDGER
) -> None:
    """Copy a ledger, also while it is being written, and verify the copy."""
    from onrecord.ledger import copies

    with held(ledger) as opened:
        copied = copies.backup(opened, file)
    print(f"{file}: sound; {copied.entries:,} entries in the log, the last {copied.hash}")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    ledger: LedgerPath = DEFAULT_LEDGER,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of a ledger, which is kept beside.")
    ] = False,
) -> None:
    """Make a backup the ledger. It is verified first; a bad one changes nothing."""
    from onrecord.ledger import copies

    copied = copies.restore(file, ledger, datetime.now(UTC), replace=replace)
    print(f"{shown(ledger)}: sound; {copied.entries:,} entries in the log, the last {copied.hash}")
    if copied.kept:
        print(f"{copied.kept}: the ledger that was there", file=sys.stderr)


@app.command()
def drill(
    backup: Annotated[
        Path, typer.Argument(metavar="BACKUP", help="Of onrecord backup, or of pg_dump --format=custom.")
    ],
    checkpoint: Annotated[
        Path, typer.Option(metavar="FILE", help="A checkpoint that was kept elsewhere, not younger than the backup.")
    ],
    ledger: LedgerPath = DEFAULT_LEDGER,
    server: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Where a pg_dump is brought back; the server of the ledger without it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Try a backup out: bring it back beside the ledger, check it against the checkpoint, compare the exports of both, and throw it away.
    Exit status 3: it is no backup to rely on.
    """
    from onrecord.exports import drilling
    from onrecord.exports.harmless import in_line
    from onrecord.ledger import checkpoints

    asked = drilling.Drill(backup, checkpoints.load(checkpoint), server, datetime.now(UTC))
    wrong = 0
    with held(ledger) as opened:
        for step in drilling.drill(opened, asked):
            wrong += len(step.wrong)
            if as_json:
                print_json(
                    [{"step": step.name, "said": step.said, "seconds": round(step.seconds, 3), "wrong": step.wrong}]
                )
                continue
            print(in_line(f"{step.name:8} {step.seconds:8.1f} s  {step.said}"))
            for one in step.wrong:
                print(in_line(f"  {one}"))
    if wrong:
        print(in_line(f"{backup}: no backup to rely on; take another one"), file=sys.stderr)
        raise typer.Exit(BadLedger.exit_code)


@app.command()
def move(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The ledger as it is: a path or an address.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Where it is to be; no facts may be there yet.")],
) -> None:
    """Copy a ledger to another place or database, either way. The old one stays; what comes out is compared with it."""
    from onrecord import pipeline
    from onrecord.ledger import open_ledger

    with held(source) as opened:
        made = open_ledger(target, create=True)
        try:
            report = pipeline.move(opened, made, datetime.now(UTC))
        finally:
            made.close()
    print(f"{made.place}: {sum(report.facts.values()):,} rows of facts, as in {opened.place}")
    print(f"  log: entry {report.head[0]:,}, {report.head[1]}, on both sides")
    print(f"  content: {report.content}, on both sides")
