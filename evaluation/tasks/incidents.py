"""Which stories report one incident."""

from evaluation import rows
from evaluation.reading import Corpus
from evaluation.rows import Row
from evaluation.tasks.order import Order


def incidents(order: Order) -> list[Row]:
    """One label a story: the incident that it is about, or a label of its own."""
    stories = rows.read(order.input, ("id", "text"))
    corpus = order.library.read(stories)
    return [{"id": row["id"], "incident": label(corpus, row["id"]) or f"alone {row['id']}"} for row in stories]


def label(corpus: Corpus, name: str) -> str | None:
    """The incident that a story leads with, or, where that is none ("a man was arrested"), the first that it tells of; None for a
    story without one.
    """
    reading = corpus.reading(name)
    if reading is None:
        return None
    lead = corpus.leads.get(reading.story)
    told = [event.id for event in reading.events if not event.background]
    found = [corpus.incident_of.get(event) for event in (*([lead] if lead else []), *told)]
    return next((incident for incident in found if incident is not None), None)
