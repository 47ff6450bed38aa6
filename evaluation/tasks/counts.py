"""Killed, injured, day and place of the one incident that a story reports."""

from evaluation import rows
from evaluation.reading import DATED, UNDATED
from evaluation.rows import Row
from evaluation.tasks.order import Order
from onrecord.events.gist import main_event
from onrecord.records import Reading


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
    return {name: _row(name, read.reading) for name, read in corpus.reads.items() if only is None or name in only}


def _row(name: str, reading: Reading) -> Row:
    event, gist = main_event(reading.events), reading.gist
    return {
        "id": name,
        "killed": (gist.killed.best if gist else None) or 0,
        "injured": (gist.injured.best if gist else None) or 0,
        "date": gist.day.isoformat() if gist and gist.day else None,
        "place": event.where.name if event and event.where else None,
    }
