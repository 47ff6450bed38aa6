"""Which stories report one incident."""

from evaluation import rows
from evaluation.reading import main_event
from evaluation.rows import Row
from evaluation.tasks.order import Order


def incidents(order: Order) -> list[Row]:
    """One label a story: the incident that its main event was merged into, or a label of its own."""
    stories = rows.read(order.input, ("id", "text"))
    corpus = order.library.read(stories)
    made = []
    for row in stories:
        reading = corpus.reading(row["id"])
        event = main_event(reading.events) if reading else None
        label = corpus.incident_of.get(event.id) if event else None
        made.append({"id": row["id"], "incident": label or f"alone {row['id']}"})
    return made
