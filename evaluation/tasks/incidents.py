"""Which stories report one incident."""

from evaluation import rows
from evaluation.reading import Corpus
from evaluation.rows import Row
from evaluation.tasks.order import Order
from onrecord.events.gist import main_event


def incidents(order: Order) -> list[Row]:
    """One label a story: the incident that it is about, or a label of its own."""
    stories = rows.read(order.input, ("id", "text"))
    corpus = order.library.read(stories)
    return [{"id": row["id"], "incident": label(corpus, row["id"]) or f"alone {row['id']}"} for row in stories]


def label(corpus: Corpus, name: str) -> str | None:
    """The incident that a story's main event was merged into, or, where that is none ("a man was arrested"), that of the
    first event that was; None for a story without one.
    """
    reading = corpus.reading(name)
    if reading is None:
        return None
    main = main_event(reading.events)
    told = [event for event in reading.events if not event.background]
    found = [corpus.incident_of.get(event.id) for event in (*([main] if main else []), *told)]
    return next((incident for incident in found if incident is not None), None)
