"""A publisher's word that an item is not to be used → what was read in its story is rejected, by decisions that say so."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from onrecord.ledger import Ledger, inputs, read, write
from onrecord.pipeline import deciding, deriving
from onrecord.pipeline.deciding import Judgement
from onrecord.records import Read, Withdrawal, digest

BY = "publisher"
"""Whose decision it is: nobody at the desk made it, and anybody there may undo it."""


def withdraw(ledger: Ledger, profile: str, now: datetime) -> int:
    """Rejects what was read in stories that their publishers have withdrawn; what was rejected so once is not again, for
    somebody may have undone it. Returns how many claims, events and totals are rejected now.

    It does not matter whether the story or the word on it came first. A version that was published after the word stands.
    """
    with ledger.writing() as connection:
        told = inputs.withdrawals(connection)
        if not told:
            return 0
        facts = read.facts(connection)
        made_before = {decision.key for decision in facts.decisions}
        asked = [one for one in _asked(told, facts.reads) if one.key not in made_before]
        if not asked:
            return 0
        if not deriving.is_new(connection, profile):
            deriving.rebuild_within(connection, profile, now)
        held = deciding.held(connection)
        kept = [deciding.judged(connection, held, one, now) for one in asked]
        decided = (*facts.decisions, *kept)
        made = deriving.made(facts.reads, profile, decided, facts.campaigns)
        for decision in kept:
            write.add_decision(connection, deciding.with_basis(decision, made))
        deriving.keep(connection, made, read.decisions(connection), deriving.state_of(connection, profile), now)
    return len(asked)


def _asked(told: Sequence[Withdrawal], reads: Sequence[Read]) -> Iterator[Judgement]:
    by_name: dict[str, list[Read]] = {}
    for one in reads:
        if one.story.name:
            by_name.setdefault(one.story.name, []).append(one)
    for word in told:
        for one in by_name.get(word.uri, ()):
            if _is_later(one.story.published.start, word.at):
                continue
            reading = one.reading
            ids = [found.id for kind in (reading.claims, reading.events, reading.tallies) for found in kind]
            for id_ in ids:
                key = f"withdrawn-{digest(word.uri, word.why, word.at, id_)[:24]}"
                yield Judgement("reject", id_, BY, f"withdrawn by its publisher ({word.why}): {word.source}", key=key)


def _is_later(published: datetime | None, word: str | None) -> bool:
    """Whether a version was published after the word that took an earlier one back."""
    if published is None or not word:
        return False
    try:
        at = datetime.fromisoformat(word)
    except ValueError:
        return False
    return published > (at if at.tzinfo else at.replace(tzinfo=UTC))
