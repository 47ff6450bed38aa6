"""Which stories report one incident, by what the other half of them teaches."""

from evaluation import rows
from evaluation.halves import labels
from evaluation.rows import Row
from evaluation.tasks.order import Order


def halves(order: Order) -> list[Row]:
    """One label a story. Unlike all other tasks this one looks at the gold: that of the half that a story is not in."""
    stories = rows.read(order.input, ("id", "text", "incident"))
    found = {name: label for one in labels(stories, order.library) for name, label in one.items()}
    return [{"id": row["id"], "incident": found[row["id"]]} for row in stories]
