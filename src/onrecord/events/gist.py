"""What a story would be filed under if it were a plain report of one event."""

from collections.abc import Iterable
from datetime import date

from onrecord.events.dated import story_day
from onrecord.events.summary import story_counts
from onrecord.language.annotated import Annotated
from onrecord.records import Event, Gist, Where


def gist(annotated: Annotated, events: Iterable[Event], where: Where | None) -> Gist:
    """The likeliest day and the dead and hurt of what a story is about. events: those of the story; where: its region."""
    harm, day = story_counts(annotated), story_day(annotated, _day(main_event(events)))
    return Gist(day, harm.killed, harm.injured, where, harm.died, harm.hurt)


def main_event(events: Iterable[Event]) -> Event | None:
    """The event that a story is about: the first that is told as happened, is no background and has substance (dead or
    hurt, a day or a place), in the order of the text; without one, the first that happened at all.
    """
    happened = [e for e in events if e.status in ("happened", "ongoing") and not e.background]
    return next((e for e in happened if _has_substance(e)), happened[0] if happened else None)


def _has_substance(event: Event) -> bool:
    harmed = any(count.what in ("killed", "injured") for count in event.counts)
    dated = event.when is not None and event.when.start is not None
    return harmed or dated or event.where is not None


def _day(event: Event | None) -> date | None:
    """The day of an event, where the words tell one; an interval is no day."""
    when = event.when if event else None
    return when.start if when is not None and when.start == when.end else None
