"""One ledger in the memory of a process that goes on running: one more decision or story costs what it changes."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

import sqlalchemy as sa

from onrecord.incidents import Growing
from onrecord.ledger import Ledger, chain, read, write
from onrecord.pipeline import deciding, deriving
from onrecord.pipeline.deciding import Judgement, Outcome
from onrecord.pipeline.viewing import View, arranged
from onrecord.records import Decision, Derived, Name, Read

Moment = tuple[tuple[int, str], tuple[str, str] | None]
"""The last entry of a ledger's log, and what its derived rows were made from: at equal moments a ledger holds the same."""


@dataclass(frozen=True, slots=True)
class _State:
    """A ledger at one moment, with what follows from it.

    source: what is derived from, as `deriving.state_of` names it; current: the numbers of the current readings, by story;
    names: what became of names, as the ledger has it; held: everything derived, as the ledger has it, None where that
    is not known. new: a decision that the ledger has not yet, though it stands among the facts; acts: what became of names
    before it, which the ledger has not yet either; replayed: what was decided before under the same key, where that is all.
    """

    at: Moment
    source: tuple[str, str]
    facts: read.Facts
    current: Mapping[str, int]
    names: tuple[Name, ...]
    made: deriving.Made
    named: deriving.Named
    held: Derived | None
    new: Decision | None = None
    acts: tuple[Name, ...] = ()
    replayed: Outcome | None = None

    @property
    def due(self) -> bool:
        """Whether the ledger has to be written, to hold all this."""
        if self.replayed is not None:
            return False
        return self.new is not None or bool(self.named.acts) or self.at[1] != self.source

    @property
    def all_names(self) -> tuple[Name, ...]:
        """What became of names, with what becomes of them by this."""
        return (*self.names, *self.acts, *self.named.acts)


class Kept:
    """What a running process keeps of one ledger, so that one more decision or story costs what it changes.

    Any number of threads may read `view` while others look and decide, which go one after the other. What other processes
    write is taken in by the next look or decision.
    """

    def __init__(self, ledger: Ledger, profile: str = "joint") -> None:
        self._ledger = ledger
        self._profile = profile
        self._lock = Lock()
        self._deriving: deriving.Deriving | None = None
        self._state: _State | None = None
        self._view: View | None = None

    @property
    def view(self) -> View:
        """The ledger as it stood when it was last looked at or decided on here; to be asked for after the first look."""
        if self._view is None:
            raise RuntimeError(f"{self._ledger.place}: look at it first")
        return self._view

    @property
    def at(self) -> Moment:
        """The moment of the view."""
        if self._state is None:
            raise RuntimeError(f"{self._ledger.place}: look at it first")
        return self._state.at

    def look(self, now: datetime) -> View:
        """The ledger as it stands now, everything derived anew, and written, where others left that to be done.

        now: when names that this gives are said to have been given. Raises TryLater where the ledger cannot be written, and
        would have to be.
        """
        with self._lock:
            return self._settled(self._brought(self._at, now))

    def decide(self, asked: Judgement, now: datetime) -> Outcome:
        """Keeps a judgement, and derives again what it bears on, all or nothing: what `pipeline.decide` does.

        Raises WrongUse where it makes no sense, Conflict where the target has changed since it was shown, TryLater where the
        ledger cannot be written now.
        """
        asked = deciding.formed(asked)
        with self._lock:
            state = self._brought(lambda connection: self._decided(connection, asked, now), now)
            if state.replayed is not None:
                return state.replayed
            self._settled(state)
        decision = state.facts.decisions[-1]
        return Outcome(decision, deciding.standing_of(state.named.derived, decision))

    @contextmanager
    def growing(self, wait: float) -> Iterator[Growing | None]:
        """Which events are one, to be asked and not to be changed, with the view that it belongs to as the last one; None where a decision
        is being made for longer than that many seconds, or nothing is kept.
        """
        if not self._lock.acquire(timeout=wait):
            yield None
            return
        try:
            yield self._deriving.growing if self._deriving is not None else None
        finally:
            self._lock.release()

    def _settled(self, state: _State) -> View:
        """Keeps a state that the ledger holds. Readers see the old view, whole, until the new one is."""
        if self._view is None or state is not self._state:
            seen = arranged(state.made.reads, state.named.derived, self._view)
            facts = state.facts
            view = replace(
                seen,
                decisions=facts.decisions,
                campaigns=facts.campaigns,
                names=state.names,
                profile=self._profile,
                captures=facts.captures,
            )
            self._state, self._view = state, view
        return self._view

    # ---- from the ledger, and into it

    def _brought(self, find: Callable[[sa.Connection], _State], now: datetime) -> _State:
        """A state that is found, in the ledger. It is found while others may write, and again where they did."""
        for _ in range(deriving.TRIES):
            with self._ledger.reading() as connection:
                state = find(connection)
            if not state.due:
                return state
            with self._ledger.writing() as connection:
                if _moment(connection) == state.at:
                    return self._saved(connection, state, now)
        with self._ledger.writing() as connection:
            state = find(connection)
            return self._saved(connection, state, now) if state.due else state

    def _saved(self, connection: sa.Connection, state: _State, now: datetime) -> _State:
        write.add_names(connection, state.acts, now)
        if state.new is not None:
            write.add_decision(connection, state.new)
        source, derived = deriving.state_of(connection, self._profile), state.named.derived
        if state.held is None:
            write.replace_derived(connection, derived, *source)
        else:
            write.change_derived(connection, state.held, derived, *source)
        write.add_names(connection, state.named.acts, now)
        return replace(
            state,
            at=_moment(connection),
            source=source,
            names=state.all_names,
            named=replace(state.named, acts=()),
            held=derived,
            new=None,
            acts=(),
        )

    def _at(self, connection: sa.Connection) -> _State:
        """The ledger as it stands, from what is kept of it and what has changed since."""
        at, was = _moment(connection), self._state
        if was is not None and at == was.at:
            return was
        if was is not None and not chain.holds(connection, was.at[0]):
            # Another ledger was put in the place of this one
            was = self._deriving = None
        source = deriving.state_of(connection, self._profile)
        facts, current = _facts(connection, source, was)
        names = read.names(connection)
        made = was.made if was is not None and facts == was.facts else self._made(facts)
        named = deriving.under_names(made, facts.decisions, names)
        held = None
        if at[1] == source and not named.acts:
            held = named.derived
        elif was is not None and (at[1], names) == (was.at[1], was.names):
            held = was.held
        return _State(at, source, facts, current, names, made, named, held)

    def _decided(self, connection: sa.Connection, asked: Judgement, now: datetime) -> _State:
        """The ledger with a judgement kept."""
        state = self._at(connection)
        before = deciding.made_before(connection, asked, lambda: (state.all_names, state.named.derived))
        if before is not None:
            return replace(state, replayed=before)
        told = {one.story.id: one for one in state.made.reads}

        def reads(stories: Collection[str]) -> dict[str, Read]:
            return {story: told[story] for story in stories if story in told}

        facts = state.facts
        held = deciding.Held(facts.decisions, state.all_names, state.named.derived, facts.campaigns, reads)
        decision = deciding.judged(connection, held, asked, now)
        made = self._made(replace(facts, decisions=(*facts.decisions, decision)))
        decision = deciding.with_basis(decision, made)
        facts = replace(facts, decisions=(*facts.decisions, decision))
        named = deriving.under_names(made, facts.decisions, state.all_names, state.named)
        return replace(state, facts=facts, made=made, named=named, new=decision, acts=state.named.acts)

    def _made(self, facts: read.Facts) -> deriving.Made:
        """What follows from the facts."""
        # What breaks off halfway is not asked again
        kept, self._deriving = self._deriving, None
        if kept is None:
            kept = deriving.Deriving(self._profile)
            made = kept.made(facts.reads, facts.decisions, facts.campaigns)
        else:
            made = kept.made(facts.reads, facts.decisions, facts.campaigns)
        self._deriving = kept
        return made


def moment(ledger: Ledger) -> Moment:
    """The moment at which a ledger stands."""
    with ledger.reading() as connection:
        return _moment(connection)


def _moment(connection: sa.Connection) -> Moment:
    return chain.head(connection), read.derived_from(connection)


def _facts(
    connection: sa.Connection, source: tuple[str, str], was: _State | None
) -> tuple[read.Facts, Mapping[str, int]]:
    """The facts as they stand, and the numbers of the current readings. was: a state of before, of which what did not change is
    taken.
    """
    if was is None:
        return read.facts(connection), read.current(connection)
    facts, current = was.facts, was.current
    if source[1] != was.source[1]:
        facts = replace(facts, decisions=read.decisions(connection))
    if source[0] != was.source[0]:
        current, versions = read.current(connection), read.versions_in(connection)
        held = {one.story.id: one for one in facts.reads}
        other = {id_ for id_, number in current.items() if was.current.get(id_) != number}
        for id_, one in held.items():
            # One more version of a text may be an earlier one
            other |= set() if versions.get(id_, (1, None)) == (one.story.version, one.story.earlier) else {id_}
        held.update((one.story.id, one) for one in read.reads(connection, other))
        reads = tuple(held[id_] for id_ in sorted(held))
        captures = read.captures(connection)
        facts = replace(facts, reads=reads, campaigns=tuple(read.campaigns_in(connection)), captures=captures)
    return facts, current
