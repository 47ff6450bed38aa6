"""Killed, injured, day and place of the one incident that a story reports."""

from datetime import date

from evaluation import rows
from evaluation.cores import annotator, over
from evaluation.reading import DATED, UNDATED, main_event
from evaluation.rows import Row
from evaluation.tasks.order import Order
from onrecord.events.dated import story_day
from onrecord.events.summary import story_counts
from onrecord.records import Event, Story


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
    main = [main_event(corpus.reads[name].reading.events) for name in ids]
    told = [(corpus.stories[name], _day(event)) for name, event in zip(ids, main, strict=True)]
    made = {}
    for name, event, (killed, injured, day) in zip(ids, main, over(_summed_up, told, "counts"), strict=True):
        place = event.where.name if event and event.where else None
        made[name] = {
            "id": name,
            "killed": killed,
            "injured": injured,
            "date": day.isoformat() if day else None,
            "place": place,
        }
    return made


def _summed_up(told: tuple[Story, date | None]) -> tuple[int, int, date | None]:
    """Killed, injured and day of a story, whose main event's day is given."""
    annotated = annotator().annotate(told[0])
    killed, injured = story_counts(annotated)
    return killed.best or 0, injured.best or 0, story_day(annotated, told[1])


def _day(event: Event | None) -> date | None:
    """The day of the main event, where the words tell one; an interval is no day."""
    when = event.when if event else None
    return when.start if when is not None and when.start == when.end else None
