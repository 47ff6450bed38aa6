"""Killed, injured, day and place of the one incident that a story reports."""

from datetime import date, timedelta

from evaluation import rows
from evaluation.cores import annotator, over
from evaluation.reading import DATED, UNDATED, main_event
from evaluation.rows import Row
from evaluation.tasks.order import Order
from onrecord.events.summary import story_counts
from onrecord.records import Event, Story
from onrecord.wording import times

_OPENING = 3000
"""Characters in which a report says when it was."""
_RECENT = timedelta(days=60)


def counts(order: Order) -> list[Row]:
    """One row a story. The registries that this is measured on know no unknown, so 0 stands where nothing is said.

    Rows with a text are stories themselves; their "date" is the coder's and is not looked at. Rows without one stand for
    stories in the files that follow, whose "date" is that of publication.
    """
    asked = rows.read(order.input, ("id",))
    own = [row for row in asked if isinstance(row.get("text"), str)]
    known = {row["id"] for row in own}
    elsewhere = [row["id"] for row in asked if row["id"] not in known]
    told = order.told() if elsewhere else {}
    found = _of(order, own, UNDATED)
    # All of the file, and not only what is asked for: other tasks read the same file.
    found |= _of(order, list(told.values()), DATED, set(elsewhere))
    return [
        found.get(row["id"], {"id": row["id"], "killed": 0, "injured": 0, "date": None, "place": None}) for row in asked
    ]


def _of(order: Order, stories: list[Row], keys: tuple[str, ...], only: set[str] | None = None) -> dict[str, Row]:
    if not stories:
        return {}
    corpus = order.library.read(stories, keys)
    ids = [name for name in corpus.reads if only is None or name in only]
    harmed = over(_harmed, [corpus.stories[name] for name in ids], "counts")
    made = {}
    for name, (killed, injured) in zip(ids, harmed, strict=True):
        event = main_event(corpus.reads[name].reading.events)
        day = _day(event) or _first_day(corpus.stories[name])
        place = event.where.name if event and event.where else None
        made[name] = {
            "id": name,
            "killed": killed,
            "injured": injured,
            "date": day.isoformat() if day else None,
            "place": place,
        }
    return made


def _harmed(story: Story) -> tuple[int, int]:
    killed, injured = story_counts(annotator().annotate(story))
    return killed.best or 0, injured.best or 0


def _first_day(story: Story) -> date | None:
    """The first day that the story tells, not long before it appeared; the day on which it appeared is mostly that of
    the telling ("police said on Friday"), so it is the answer only where no other is told.
    """
    published = story.published.day
    if published is None:
        return None
    told = [found.first for found in times.find(story.text[:_OPENING], published) if found.first == found.last]
    near = [day for day in told if day is not None and published - _RECENT <= day < published]
    return near[0] if near else published


def _day(event: Event | None) -> date | None:
    """The day of the main event, where the words tell one; an interval is no day."""
    when = event.when if event else None
    return when.start if when is not None and when.start == when.end else None
