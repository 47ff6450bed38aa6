"""Commands that keep a ledger: made anew, checked, copied, moved."""

from datetime import UTC, datetime

from onrecord.cli.app import DEFAULT_LEDGER, LedgerPath, app, held, shown


@app.command()
def rebuild(ledger: LedgerPath = DEFAULT_LEDGER) -> None:
    """Drop everything derived and make it again from the readings held."""
    from onrecord import pipeline

    with held(ledger) as opened:
        derived = pipeline.rebuild(opened, "joint", datetime.now(UTC))
    print(f"{shown(ledger)}: {len(derived.incidents):,} incidents, {len(derived.plans):,} plans, made anew")
