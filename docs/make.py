"""Writes what of the documentation is made from the program itself: commands.md, codebook.md, openapi.json, and pictures of the demo and of totals.

`make docs` writes them; a test holds the pages against what would be written now.
"""

import json
import re
import tomllib
from datetime import UTC, datetime
from importlib.resources import as_file, files
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import typer
from rich.console import Console
from rich.text import Text

from onrecord import pipeline
from onrecord.cli import app
from onrecord.exports import demo, drawing, panels, tables
from onrecord.incidents import figures, stances
from onrecord.ledger import open_ledger
from onrecord.web import api
from onrecord.wording import kinds, numbers

WIDTH = 110
SHOWN = 44
"""How wide the picture's terminal is, and how many lines of the demo it shows."""
HERE = Path(__file__).resolve().parent
MADE = "<!-- Made by docs/make.py: change the program, then run make docs. -->\n"
LISTS = {
    "status": "Status: whether it happened, as the story tells it",
    "source_kind": "Source kind: whom a claim rests on",
    "form": "Form: how it is worded",
    "stance": "Stance: what the source does with it",
    "event_kind": "Event kind",
    "relation": "Relation: how a story stands to its origin",
    "credit_relation": "Credit relation: why an outlet is named",
    "mutation_field": "Mutation field: what a copy changed",
    "verdict": "Verdict: how a stated total stands to the ledger",
    "grade": "Grade: what stands behind the reports of an incident",
    "revision": "Revision: why a value of an incident changed",
}


def pages() -> dict[str, str]:
    """Each made page by its file name."""
    return {"commands.md": commands(), "codebook.md": codebook(), "openapi.json": described()}


def described() -> str:
    """The REST API in the words of OpenAPI."""
    return json.dumps(api.described(), ensure_ascii=False, indent=1) + "\n"


def commands() -> str:
    """The help of every command, as a terminal of 100 columns shows it."""
    lines = ["# Commands\n", MADE, "Data goes to standard output, everything else to standard error.\n"]
    lines.append(_EXITS)
    group = typer.main.get_command(app)
    assert isinstance(group, click.Group) or hasattr(group, "commands")
    known: dict[str, click.Command] = group.commands
    for name, command in known.items():
        context = click.Context(command, info_name=f"onrecord {name}", max_content_width=100, terminal_width=100)
        lines.append(f"## onrecord {name}\n\n```\n{command.get_help(context).rstrip()}\n```\n")
        for word, below in sorted(getattr(command, "commands", {}).items()):
            inner = click.Context(below, info_name=f"onrecord {name} {word}", max_content_width=100, terminal_width=100)
            lines.append(f"### onrecord {name} {word}\n\n```\n{below.get_help(inner).rstrip()}\n```\n")
    return "\n".join(lines)


_EXITS = """| exit | meaning |
|---|---|
| 0 | done |
| 1 | done, with refusals, which are listed |
| 2 | wrong use: an option, a path or a word that makes no sense |
| 3 | cannot work: the same call can never succeed |
| 4 | try again later: a lock, a full disk |
| 130 | interrupted; what was done is kept |
"""


def codebook() -> str:
    """The closed lists, the kinds with their codes elsewhere, the number profiles and the columns of the tables."""
    words = tomllib.loads(files("onrecord.wording").joinpath("tables", "vocabulary.toml").read_text("utf-8"))
    lines = ["# Codebook\n", MADE, "Every value of a ledger that comes from a closed list comes from one of these.\n"]
    for name, heading in LISTS.items():
        lines += [f"## {heading}\n", "| word | meaning |", "|---|---|"]
        lines += [f"| {word} | {meaning} |" for word, meaning in words[name].items()]
        lines.append("")
    lines += _kinds()
    lines += _profiles()
    lines += _best()
    lines += _columns()
    return "\n".join(lines)


def _kinds() -> list[str]:
    lines = ["## Event kinds in other codebooks\n", "| kind | PLOVER | ACLED | UCDP |", "|---|---|---|---|"]
    for kind in kinds.all_kinds():
        plover = " / ".join(filter(None, (kind.plover_type, kind.plover_mode))) or "–"
        acled = " / ".join(filter(None, (kind.acled_event, kind.acled_sub_event))) or "–"
        lines.append(f"| {kind.name} | {plover} | {acled} | {kind.ucdp_type or '–'} |")
    return [*lines, "\nUCDP's type of violence is the one that holds where the parties do not say otherwise.\n"]


def _profiles() -> list[str]:
    rows = {"twelve": "12", "at least 12": "at least 12", "more than 12": "more than 12", "up to 12": "up to 12"}
    rows |= {"fewer than 12": "fewer than 12", "12 to 15": "12 to 15", "several": "several", "dozens": "dozens"}
    rows |= {"hundreds": "hundreds", "a plural without a number": ""}
    names = numbers.profiles()
    lines = ["## Worded numbers: low / best / high by profile\n", f"| words | {' | '.join(names)} |"]
    lines.append("|---" * (len(names) + 1) + "|")
    for label, text in rows.items():
        quantity = (numbers.parse(text) if text else None) or numbers.BARE_PLURAL
        cells = []
        for name in names:
            found = numbers.bounds(quantity, name)
            cells.append(" / ".join("?" if n is None else str(n) for n in (found.low, found.best, found.high)))
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return [*lines, "\n`?` is unknown, which is not zero. The rules lie in `wording/tables/numbers.toml`.\n"]


def _best() -> list[str]:
    """The rule by which figures that differ become one, from what the program goes by: its steps and its tables."""
    lines = ["## Best: which figure stands for an incident\n"]
    lines += [f"{n}. {' '.join((one.__doc__ or '').split())}" for n, one in enumerate(figures.RULE, start=1)]
    lines.append("")
    table = stances.table()
    levels = [(str(level["is"]), level["who"]) for level in table["near"]]
    levels += [(str(number), f"others: {kind}") for kind, number in table["kinds"].items()]
    levels.append((f"-{table['party']['less']}", "taken off a source that speaks for who did it"))
    lines += ["| directness | who |", "|---|---|", *(f"| {number} | {who} |" for number, who in levels), ""]
    lines += ["| profile | what becomes of figures that differ | after |", "|---|---|---|"]
    for name in numbers.profiles():
        rules = numbers.reports(name)
        lines.append(f"| {name} | {rules.rule} | {rules.source} |")
    return [
        *lines,
        "\nThe tables lie in `incidents/directness.toml` and `wording/tables/numbers.toml`, the steps in `incidents/figures.py`.\n",
    ]


def _columns() -> list[str]:
    lines = []
    for name, columns in tables.columns().items():
        lines += [f"## Table: {name}\n", "| column | meaning |", "|---|---|"]
        lines += [f"| {column} | {meaning} |" for column, meaning in columns.meanings.items()]
        lines.append("")
    return lines


def picture(path: Path) -> None:
    """Draws the head of the demo as a terminal shows it: incidents, plans and tallies."""
    whole = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    demo.run(whole, datetime.now(UTC))
    lines = whole.export_text(styles=True).split("\n")
    shown = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    shown.print(Text.from_ansi("\n".join(["$ onrecord demo", "", *lines[:SHOWN]])))
    drawn = shown.export_svg(title="onrecord demo", unique_id="demo")
    # A picture asks no other machine for its letters
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    path.write_text(drawn, encoding="utf-8")


def totals(path: Path) -> None:
    """Draws the totals of the sample."""
    with TemporaryDirectory() as folder, as_file(files("onrecord").joinpath("sample", "stories.jsonl")) as stories:
        ledger = open_ledger(str(Path(folder, "onrecord.db")), create=True)
        pipeline.add(ledger, [str(stories)], pipeline.AddOptions(datetime.now(UTC)))
        view = pipeline.view(ledger)
        ledger.close()
    path.write_bytes(drawing.picture(panels.panels(view, tables.rows(view, "tallies")), "svg"))


if __name__ == "__main__":
    picture(HERE / "demo.svg")
    totals(HERE / "totals.svg")
    for page, text in pages().items():
        (HERE / page).write_text(text, encoding="utf-8")
        print(HERE.name + "/" + page)
