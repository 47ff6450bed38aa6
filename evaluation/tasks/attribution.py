"""Who says what: source, cue and content of our claims, the narrator's left out."""

from evaluation import rows
from evaluation.rows import Row
from evaluation.tasks.order import Order
from onrecord.records import Claim, Span


def attribution(order: Order) -> list[Row]:
    """One row a document, with the spans of its attributions in the text."""
    documents = rows.read(order.input, ("id", "text"))
    corpus = order.library.read(documents)
    made = []
    for document in documents:
        reading = corpus.reading(document["id"])
        claims = [claim for claim in (reading.claims if reading else ()) if claim.source.kind != "narrator"]
        made.append({"id": document["id"], "attributions": [_row(claim) for claim in claims if _in_text(claim)]})
    return made


def _row(claim: Claim) -> Row:
    return {
        "source": _spans([claim.source.span]),
        "cue": _spans([claim.cue]),
        "content": _spans(claim.content),
    }


def _in_text(claim: Claim) -> bool:
    return all(span.part == "text" for span in claim.content)


def _spans(found: "list[Span | None] | tuple[Span, ...]") -> list[list[int]]:
    return [
        [span.start, span.end] for span in found if span is not None and span.part == "text" and span.end > span.start
    ]
