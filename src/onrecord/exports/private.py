"""Whose name may leave the ledger? That of a private person stays inside, wherever it stands.

A person is taken to act officially where the story gives an office, a rank or a body; nobody else's name is exported,
and a witness's never. A name that some story gives an office is not withheld anywhere.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Self
from urllib.parse import unquote

from onrecord.pipeline import View
from onrecord.records import Source
from onrecord.wording import people

Cell = str | int | float | bool | None
Row = dict[str, Cell]

WITHHELD = "(name withheld)"
_NO_OFFICE = frozenset(
    {
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "doctor",
        "prof",
        "professor",
        "madam",
        "father",
        "mother",
        "sister",
        "brother",
    }
)
"""Titles that come with a name and not with an office."""
_OTHER_NAMES = frozenset({"place", "country", "outlet", "ghost", "reports", "actor", "target"})
"""Columns of names of others, where a single word that is also a person's stays."""
IDS = frozenset(
    {"id", "incident", "incidents", "explains", "decisions", "claims", "moved_from", "target_kind", "bears_on"}
)
"""Columns of ids that the program gives: there is no name in them, and some are long."""
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+){0,8}")

_PIECE = re.compile(r"[^\W_]+")


def public_name(source: Source) -> str | None:
    """A source's name as it may leave the ledger."""
    return WITHHELD if _is_private(source) else source.name


def _is_private(source: Source) -> bool:
    if source.name is None or source.kind not in ("named_person", "witness"):
        return False
    if source.kind == "witness":
        return True
    role = source.role or ""
    if any(people.role_kind(word) == "witness" for word in _WORD.findall(role.casefold())):
        return True
    return not (source.affiliation or _is_office(people.title(source.name)) or _is_office(role))


def _is_office(role: str) -> bool:
    """Whether a role has a word of office in it: "deputy mayor of Port Kessel", but not "beekeeper" or "Mrs."."""
    words = [word for word in _WORD.findall(role) if word.casefold() not in _NO_OFFICE]
    if any(people.is_title(" ".join(words[at : at + n])) for at in range(len(words)) for n in (1, 2, 3)):
        return True
    return any(people.role_kind(word.casefold()) is not None for word in words)


class Private:
    """The names to withhold in what is exported of a view."""

    def __init__(self, view: View) -> None:
        self._know(claim.source for read in view.reads for claim in read.reading.claims)

    @classmethod
    def among(cls, sources: Iterable[Source]) -> Self:
        """The names to withhold, by the sources of all claims of a ledger, for whoever has no view of it."""
        made = cls.__new__(cls)
        made._know(sources)
        return made

    def _know(self, sources: Iterable[Source]) -> None:
        public, named = set[str](), set[str]()
        for source in sources:
            if source.name and source.kind in ("named_person", "witness"):
                (named if _is_private(source) else public).add(source.name)
        # A witness without a name is filed under the words for one, "a resident": no name to withhold
        self._names = frozenset(name for name in named - public if any(word[0].isupper() for word in _words(name)))
        self._long = frozenset(name for name in self._names if len(_words(name)) > 1)
        # On a page a person is called by the last name alone, too; where an official has that name as well, it stays
        known = {word for name in public for word in _words(name)}
        last = {words[-1] for name in self._long if (words := _words(name)) and words[-1] not in known}
        # Headlines may be all in capitals
        self._last = frozenset(last | {name.upper() for name in last})
        self._by_first: dict[str, list[str]] = {}
        for name in sorted(self._long, key=lambda name: (-len(name), name)):
            for written in dict.fromkeys((name, name.upper())):
                self._by_first.setdefault(_words(written)[0], []).append(written)
        begun = (*self._by_first, *self._last, *(word for name in self._names for word in _words(name)[:1]))
        self._signs = frozenset(piece for word in begun for piece in _PIECE.findall(word))

    def withheld(self, row: Row) -> Row:
        """The row without those names. A name of a single word is only taken for one where it is a whole value: in a
        sentence it may be a place.
        """
        if not self._names:
            return row
        return {
            c: self._cell(cell, c not in _OTHER_NAMES) if isinstance(cell, str) and c not in IDS else cell
            for c, cell in row.items()
        }

    def address(self, url: str | None) -> str | None:
        """An address, or None where it spells out such a name, as addresses made of headlines do."""
        if url is None or self._cell(url, of_persons=False) != url:
            return None
        spelt = " ".join(_PIECE.findall(unquote(url))).upper()
        return url if self._cell(spelt, of_persons=False) == spelt else None

    def masked(self, text: str) -> str:
        """A text with those names blotted out, of the same length, so that what is said of places in it holds: whole names, and
        last names alone.
        """
        if self._nowhere_in(text):
            return text
        if text in self._names:
            return _blotted(text)
        pieces: list[str] = []
        at = 0
        for start, end in self._named(text):
            pieces.extend((text[at:start], _blotted(text[start:end])))
            at = end
        return "".join(pieces) + text[at:]

    def hidden(self) -> frozenset[str]:
        """All that `masked` blots out: equal sets, equal texts."""
        return self._names | self._last

    def _nowhere_in(self, text: str) -> bool:
        """Whether a text has no word that any of those names begins with: most have none, and need no second look."""
        return self._signs.isdisjoint(_PIECE.findall(text))

    def _named(self, text: str) -> Iterator[tuple[int, int]]:
        """Where whole names and last names stand in a text."""
        at = 0
        for word in _WORD.finditer(text):
            if word.start() < at:
                continue
            said = word.group()
            end = self._end_of_name(text, word.start(), said) if said in self._by_first else None
            if end is None and _bare(said) in self._last:
                end = word.end()
            if end is not None:
                at = end
                yield word.start(), end

    def _end_of_name(self, text: str, start: int, first: str) -> int | None:
        for name in self._by_first.get(first, ()):
            end = start + len(name)
            if text.startswith(name, start) and not text[end : end + 1].isalnum():
                return end
        return None

    def _cell(self, cell: str, of_persons: bool) -> str:
        if self._nowhere_in(cell):
            return cell
        whole = self._names if of_persons else self._long
        values = "; ".join(WITHHELD if value in whole else value for value in cell.split("; "))
        kept: list[str] = []
        at = 0
        for word in _WORD.finditer(values):
            end = self._end_of_name(values, word.start(), word.group()) if word.start() >= at else None
            if end is not None:
                kept.extend((values[at : word.start()], WITHHELD))
                at = end
        return "".join(kept) + values[at:]


def _blotted(name: str) -> str:
    return re.sub(r"\w", "█", name)


def _bare(word: str) -> str:
    """A word without the ending of a genitive."""
    return word[:-2] if word.endswith(("'s", "’s", "'S", "’S")) else word


def _words(name: str) -> list[str]:
    return _WORD.findall(name)
