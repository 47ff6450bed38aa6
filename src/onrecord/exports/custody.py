"""A custody report: one value with its words, the bytes they came in, how those came, and a way to check all that without us."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from onrecord import decisions, incidents
from onrecord.errors import WrongUse
from onrecord.exports.files import put_all
from onrecord.ledger.custody import Custody
from onrecord.pipeline import View
from onrecord.records import Claim, Event, Incident, Plan, Read, Span, Tally

_Found = Incident | Plan | Claim | Event | Tally | Read


class Cell:
    """One value of the ledger: of a record, and of one of its fields or of all. spans: the words that it rests on.

    Raises WrongUse where nothing has that id, or it has no such field, or no words stand behind it.
    """

    def __init__(self, view: View, id_: str, field: str | None = None) -> None:
        found = _find(view, incidents.resolve(id_, view.names))
        if found is None:
            raise WrongUse(f"{id_}: nothing in the ledger has this id")
        self.id = found.story.id if isinstance(found, Read) else found.id
        shown = dict(decisions.shown(found.story if isinstance(found, Read) else found))
        if field is not None and field not in shown:
            raise WrongUse(f"--field {field}: {self.id} has {', '.join(shown)}")
        self.field = field
        self.values = {field: shown[field]} if field is not None else shown
        self.spans = tuple(dict.fromkeys(_spans(view, found, field)))
        self.stories = tuple(
            dict.fromkeys(
                [*(span.story for span in self.spans), *([found.story.id] if isinstance(found, Read) else [])]
            )
        )
        if not self.stories:
            raise WrongUse(f"{self.id}: no words of a story stand behind it; a person has set it, or it is not known")


def write(cell: Cell, custody: Custody, made: dict[str, str], folder: Path) -> list[Path]:
    """Writes the report into a folder: report.json, the captures, and check.py, which needs the standard library of Python alone.

    made: when, by whom and by which version it was made. Raises TryLater where the folder cannot be written.
    """
    last = custody.log[-1] if custody.log else (0, "", 0, "", "", "")
    report = {
        "cell": {"id": cell.id, "field": cell.field, "values": cell.values},
        "words": [
            {"story": s.story, "part": s.part, "start": s.start, "end": s.end, "text": s.text} for s in cell.spans
        ],
        "inputs": [_with_how(one) for one in custody.inputs],
        "captures": sorted(custody.captures),
        "log": custody.log,
        "head": {"entries": last[0], "hash": last[5]},
        "made": made,
    }
    script = files("onrecord.exports").joinpath("custody_check.py").read_bytes()
    parts = {
        "report.json": json.dumps(report, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace"),
        "check.py": script,
    }
    parts |= {f"capture-{name}": body for name, body in custody.captures.items()}
    return put_all(parts.items(), folder)


def _with_how(one: Any) -> dict[str, Any]:
    """An input as it is kept, and once more in a form for reading: how its bytes came, as far as that is known."""
    body = one["row"]["body"]
    return {**one, "came": json.loads(body)["how"] if body else "complete for a file: there is nothing but its name"}


def _find(view: View, id_: str) -> _Found | None:
    rows: list[Incident | Plan] = [*view.derived.incidents, *view.derived.plans]
    found: list[Claim | Event | Tally] = []
    for read in view.reads:
        if id_ in (read.story.id, read.story.name):
            return read
        found += [*read.reading.claims, *read.reading.events, *read.reading.tallies]
    return next((one for one in (*rows, *found) if one.id == id_), None)


def _spans(view: View, found: _Found, field: str | None) -> Iterator[Span]:
    match found:
        case Incident():
            told = [one for one in found.statements if field is None or one.field.removesuffix("_part") == field]
            yield from (one.span for one in told if one.span is not None)
            if field is None or not told:
                yield from _of_events(view, found.events)
        case Plan():
            yield from _of_events(view, found.events)
        case Claim():
            yield from found.content
            yield from [found.cue] if found.cue is not None else []
        case Event():
            yield from (mention.span for mention in found.mentions)
        case Tally():
            yield found.span
        case Read():
            pass


def _of_events(view: View, ids: tuple[str, ...]) -> Iterator[Span]:
    wanted = set(ids)
    for read in view.reads:
        for event in read.reading.events:
            if event.id in wanted:
                yield from (mention.span for mention in event.mentions)
