"""Did it happen: a score from -3 (no) to 3 (yes) for the event that a word names."""

from pathlib import Path

from evaluation import rows
from evaluation.cores import annotator, over
from evaluation.rows import BadInput, Row
from evaluation.tasks.order import Order
from onrecord.events.judged import certainty
from onrecord.records import UNDATED, Story

Asked = tuple[str, tuple[tuple[int, int], ...]]


def status(order: Order) -> list[Row]:
    """One row an event, in the order asked. Each text is parsed once, however many events are asked of it."""
    events = rows.read(order.input, ("id",))
    asked: dict[str, dict[tuple[int, int], None]] = {}
    spans = [_span(row, order.input) for row in events]
    for row, span in zip(events, spans, strict=True):
        asked.setdefault(row["text"], {})[span] = None
    items: list[Asked] = [(text, tuple(found)) for text, found in asked.items()]
    scores = over(_scores, items, "status")
    known = {
        (text, span): score
        for (text, found), told in zip(items, scores, strict=True)
        for span, score in zip(found, told, strict=True)
    }
    return [{"id": row["id"], "score": known[row["text"], span]} for row, span in zip(events, spans, strict=True)]


def _span(row: Row, path: Path) -> tuple[int, int]:
    if not isinstance(row.get("text"), str):
        raise BadInput(f'{path}: row "{row["id"]}": "text" is not there, or is no text')
    return rows.span(row, "event", path)


def _scores(asked: Asked) -> list[float]:
    """The score of each span: that of the token which shares most with it, 0 (nothing known) where there is none."""
    text, spans = asked
    # A line is a sentence of some text, not a story: nothing in it is furniture.
    annotated = annotator().annotate(Story("st-0", None, None, None, "", None, UNDATED, "en", text))
    scores = []
    for start, end in spans:
        shared = [
            (min(end, at + len(token)) - max(start, at), -at, token)
            for sentence in annotated.sentences
            if sentence.start < end and start < sentence.end
            for token in sentence.syntax
            for at in (sentence.offset(token),)
        ]
        best = max(shared, key=lambda row: row[:2], default=None)
        scores.append(certainty(best[2], annotated, "text", start, end) if best is not None and best[0] > 0 else 0.0)
    return scores
