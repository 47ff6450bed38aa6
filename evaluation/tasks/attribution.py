"""Who says what: source, cue and content of all attributions that are heard in a text."""

from evaluation import rows
from evaluation.cores import annotator, over
from evaluation.rows import Row
from evaluation.tasks.order import Order
from onrecord.language.annotated import Heard
from onrecord.records import Story


def attribution(order: Order) -> list[Row]:
    """One row a document, with the spans of its attributions in the text. Not only those that a claim is made of: attitudes
    and questions count too.
    """
    documents = rows.read(order.input, ("id", "text"))
    stories = order.library.tell(documents).stories
    told = [(row["id"], stories[row["id"]]) for row in documents if row["id"] in stories]
    heard = dict(
        zip((name for name, _ in told), over(_heard, [story for _, story in told], "attribution"), strict=True)
    )
    return [{"id": row["id"], "attributions": heard.get(row["id"], [])} for row in documents]


def _heard(story: Story) -> list[Row]:
    return [_row(found) for found in annotator().annotate(story).heard()]


def _row(found: Heard) -> Row:
    return {
        "source": [list(found.source)] if found.source is not None else [],
        "cue": [list(found.cue)],
        "content": [list(piece) for piece in found.content],
    }
