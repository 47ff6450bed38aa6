"""Published sites as tests look at them: their pages, where these lead, and ledgers that are worth publishing."""

from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from invented import NOW, span
from newsdesk import FIRST, Act, Sheet, page, read_as, sheets, store
from onrecord import pipeline
from onrecord.exports import publishing
from onrecord.exports.publishing import Published, Wanted
from onrecord.ledger import Ledger
from onrecord.records import Party, Source

FIRST_NAMES = ("Oda", "Bram", "Ilse", "Tomas", "Wenna")
LAST_NAMES = ("Brenk", "Quillard", "Ostervane", "McTarn")
PRIVATE = tuple(f"{first} {last}{n}" for n, last in enumerate(LAST_NAMES) for first in FIRST_NAMES)
PRIVATE = tuple(name.rstrip("0123456789") for name in PRIVATE)
"""Twenty people whom nobody gives an office."""


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.leads: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids.add(given.get("id") or "")
        if tag == "script" and not given.get("src"):
            self.inline.append(tag)
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        self.leads += [value for name in ("href", "src") if (value := given.get(name)) is not None]
        if given.get("http-equiv") == "refresh":
            self.leads.append(str(given["content"]).partition("url=")[2])


def looked_at(path: Path) -> _Links:
    """What a page holds."""
    found = _Links()
    found.feed(path.read_text("utf-8"))
    return found


def pages(folder: Path) -> list[Path]:
    """All pages of a site."""
    return sorted(folder.rglob("*.html"))


def broken(folder: Path) -> Iterator[str]:
    """The links of all pages that lead nowhere in the site, or load something from elsewhere."""
    held = {path: looked_at(path) for path in pages(folder)}
    for path, found in held.items():
        for lead in found.leads:
            parts = urlsplit(lead)
            if parts.scheme in ("http", "https"):
                continue
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            inside = there.is_file() and there.is_relative_to(folder.resolve()) and not parts.scheme
            anchored = not parts.fragment or parts.fragment in held[there].ids if inside else False
            if lead.startswith("/") or not inside or not anchored:
                yield f"{path.relative_to(folder)}: {lead}"


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def published(ledger: Ledger, folder: Path, **wanted: Any) -> Published:
    """Publishes a ledger."""
    return publishing.publish(pipeline.view(ledger, now=NOW), folder, Wanted(**wanted))


def crowd() -> list[Sheet]:
    """Twenty stories, each with a private person who speaks in it, acts in it, and stands in its words and its address."""
    return [_witness(number, name) for number, name in enumerate(PRIVATE)]


def _witness(number: int, name: str) -> Sheet:
    first, last = name.split()
    words = f"Shells hit the barn of {name} at Kelm Point on April {number + 1} and {number + 1} people died"
    told = page(
        100 + number, f"{words}, {name} said.", f"Mr. {last}'s dog fled, and {first} {last} ran.", day=number + 1,
        headline=f"{name.upper()} TELLS OF SHELLS", url=f"https://paper.example/{name.lower().replace(' ', '-')}-tells-{number}",
    )  # fmt: skip
    made = read_as(told, [Act(words, "hit", day=number + 1, place="Kelm Point", killed=number + 1, source=name)], FIRST)
    person = Source("named_person", name, span=span(told, name))
    party = Party(name, span(told, name))
    events = tuple(
        replace(
            one, actor=party, target=party, mentions=tuple(replace(m, actor=party, target=party) for m in one.mentions)
        )
        for one in made.events
    )
    read = replace(made, claims=tuple(replace(claim, source=person) for claim in made.claims), events=events)
    return Sheet(told, read, read)


def stored(ledger: Ledger, *, people: bool = False) -> Ledger:
    """A ledger with stories of the coast; people: private persons speak in twenty more."""
    store(ledger, [*sheets(), *(crowd() if people else [])])
    return ledger
