"""MUC-4: a template for each act of terror that a message tells of."""

from evaluation import rows
from evaluation.cores import annotator, over
from evaluation.muc import setting
from evaluation.muc.filling import templates_of
from evaluation.muc.phrases import Message
from evaluation.muc.recasing import recased
from evaluation.rows import Row
from evaluation.tasks.order import Order
from onrecord.records import Reading, Story


def templates(order: Order) -> list[Row]:
    """One row a message. Only id and text are looked at: the day stands in the dateline."""
    messages = rows.read(order.input, ("id", "text"))
    corpus = order.library.read([_as_story(row) for row in messages])
    asked = [
        (row["text"], corpus.stories[row["id"]], corpus.reads[row["id"]].reading)
        for row in messages
        if row["id"] in corpus.reads
    ]
    made = iter(over(_filled, asked, "templates"))
    return [{"id": row["id"], "templates": next(made) if row["id"] in corpus.reads else []} for row in messages]


def _as_story(row: Row) -> Row:
    """The message as the reader sees it: in sentence case, with the day of its dateline."""
    day = setting.published(row["text"])
    story: Row = {"id": row["id"], "text": recased(row["text"])}
    return story if day is None else {**story, "published": day.isoformat()}


def _filled(asked: tuple[str, Story, Reading]) -> list[Row]:
    text, story, reading = asked
    return templates_of(Message(text, annotator().annotate(story), reading, setting.published(text)))
