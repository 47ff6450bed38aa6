"""Writes cases.md: hard cases of coding, worked by the program itself from the stories in cases.toml."""

import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from onrecord import pipeline
from onrecord.exports import tables, terminal
from onrecord.exports.private import Row
from onrecord.ledger import open_ledger
from onrecord.pipeline import AddOptions, View
from onrecord.records import Bounds
from onrecord.wording import numbers

HERE = Path(__file__).resolve().parent
_HEAD = """# Hard cases

<!-- Made by docs/cases.py from docs/cases.toml: change these, then run make docs. -->

What coders argue about, and what comes of it here. Every story on this page is invented; under each stands what the program made of it
when this page was made, unmended. A test holds the page to that.
"""
_SHOWN = {
    "incidents": (
        "kind", "first_day", "last_day", "place", "actor", "killed", "injured", "grade", "reports", "sources", "responsibility",
    ),
    "plans": ("kind", "status", "actor", "place"),
    "mutations": ("story", "field", "was", "now"),
    "revisions": ("field", "was", "now", "why", "story"),
    "families": ("story", "relation", "origin", "ghost"),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A case, and the ledger that its stories give."""

    title: str
    asks: str
    rule: str
    stories: list[dict[str, str]]
    expect: list[dict[str, Any]]
    view: View

    def rows(self, table: str) -> list[Row]:
        """The rows of a table."""
        return list(tables.rows(self.view, table))


def cases() -> Iterator[Case]:
    """Every case, worked."""
    for raw in tomllib.loads((HERE / "cases.toml").read_text("utf-8"))["case"]:
        with TemporaryDirectory() as folder:
            told = Path(folder, "stories.jsonl")
            stories = [{"id": chr(ord("A") + number), **story} for number, story in enumerate(raw["story"])]
            told.write_text("".join(f"{json.dumps(story)}\n" for story in stories), "utf-8")
            ledger = open_ledger(str(Path(folder, "case.db")), create=True)
            pipeline.add(ledger, [str(told)], AddOptions(datetime(2032, 1, 1, tzinfo=UTC), workers=1))
            view = pipeline.view(ledger)
            ledger.close()
        yield Case(raw["title"], raw["asks"], raw["rule"].strip(), stories, raw["expect"], view)


def page(worked: Iterable[Case]) -> str:
    """cases.md."""
    return "\n".join([_HEAD, *(line for case in worked for line in _told(case))])


def _told(case: Case) -> Iterator[str]:
    yield f"## {case.title}\n"
    yield f"*{case.asks}*\n"
    for story in case.stories:
        yield f"> **{story['id']}**, {story['outlet']}, {story['published']}: **{story['headline']}**"
        yield from (f"> {line}".rstrip() for line in ("", *story["text"].splitlines()))
        yield ""
    yield f"{case.rule}\n"
    for table, columns in _SHOWN.items():
        rows = [_with_figures(row) for row in case.rows(table)]
        if table == "families" and len(rows) == len({row["origin"] or row["ghost"] or row["story"] for row in rows}):
            continue
        told = [column for column in columns if any(row.get(column) is not None for row in rows)]
        if rows:
            yield f"| {table}: {' | '.join(told)} |"
            yield "|---" * len(told) + "|"
            yield from (f"| {' | '.join(_cell(row.get(column)) for column in told)} |" for row in rows)
            yield ""
    yield from _by_codebook(case.view)


def _by_codebook(view: View) -> Iterator[str]:
    made = {name: pipeline.under(view, name).derived.incidents for name in numbers.profiles()}
    if view.derived.incidents:
        yield (
            "Killed, by codebook (low–best–high): "
            + "; ".join(
                f"{name} {', '.join(terminal.figure(one.killed) for one in found)}" for name, found in made.items()
            )
            + ".\n"
        )


def _with_figures(row: Row) -> Row:
    for what in ("killed", "injured"):
        if f"{what}_low" in row:
            low, best, high = (row[f"{what}_{edge}"] for edge in ("low", "best", "high"))
            bounds = Bounds(*(value if isinstance(value, int) else None for value in (low, best, high)))
            row = {**row, what: terminal.figure(bounds)}
    return row


def _cell(value: object) -> str:
    return "–" if value is None else str(value).replace("|", "\\|")


def main() -> None:
    """Writes the page."""
    (HERE / "cases.md").write_text(page(cases()), "utf-8")
    print(HERE.name + "/cases.md")


if __name__ == "__main__":
    main()
