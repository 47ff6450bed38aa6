"""Which stretches of a text are not reporting? Marked with offsets, never cut out.

A reporting sentence must never be marked, so what is in doubt stays reporting. Text is looked at line by line, or
paragraph by paragraph where its lines are hard-wrapped. The rules for site furniture lie in a table; datelines,
bylines and headings need more than a pattern and are told here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from onrecord.records import Furniture, FurnitureKind
from onrecord.stories import dateline
from onrecord.wording import shelf

_LOOK = 400  # characters of a line that are looked at: rules stay fast on a text of one endless line
_TAIL = 160
_SPACE = re.compile(r"\s")
_LINE = re.compile(r"[^\r\n]+")
_WORD = re.compile(r"[^\W_][\w’'.+-]*")
_FINAL_STOP = re.compile(r"[.!?…;,:][\"'”’»)\]*]*$")
_CASUALTY = re.compile(r"(?i)\b(?:killed|dead|died|deaths|injured|wounded|missing|abducted|detained)\b")
_BARE = re.compile(r"[\W_]+$")
_MARKDOWN_HEADING = re.compile(r"(?:#{1,6} [^#\n]{1,100}|\*\*[^*\n]{1,100}\*\*|__[^_\n]{1,100}__)$")
_BYLINE = re.compile(r"(?:By|BY|by)(?: ?:)? +(?:the )?(?:staff\b|(?=[A-Z]))")


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: FurnitureKind
    pattern: re.Pattern[str]
    at_end: bool
    open_only: bool
    most: int
    guard: bool


@dataclass(frozen=True, slots=True)
class _Table:
    lines: tuple[_Rule, ...]
    openings: tuple[_Rule, ...]
    closings: tuple[_Rule, ...]
    label: re.Pattern[str]
    buttons: frozenset[str]
    telling: frozenset[str]
    asking: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Unit:
    """A line or a wrapped paragraph. `words` is its beginning, folded to one line; `tail` its end; open: whether it lacks
    the final stop that a sentence has.
    """

    start: int
    end: int
    words: str
    tail: str
    count: int
    open: bool


def mark(text: str, outlet: str | None = None, headline: str = "") -> tuple[Furniture, ...]:
    """The furniture of a text, in order and without overlap. `outlet` and `headline`, where known, make their own
    repetition in the text recognisable.
    """
    units = list(_units(text))
    capitals = _is_shouting(text)
    found: list[Furniture] = []
    links = False
    for index, unit in enumerate(units):
        kind = _kind_of_unit(unit, outlet, headline if index < 3 else "")
        label = unit.count <= 8 and _table().label.match(unit.words) is not None
        if label or (kind is None and links and unit.open and unit.count <= 20):
            kind = "navigation"
        elif kind is None:
            kind = _byline_or_heading(units, index, capitals)
        links = label or (links and kind == "navigation")
        if kind is not None:
            found.append(Furniture(kind, unit.start, unit.end))
        else:
            found.extend(_stretches(text, unit, index == 0, index < 3 and not capitals, outlet))
    return tuple(found)


def _units(text: str) -> Iterator[_Unit]:
    lines = [line.span() for line in _LINE.finditer(text)]
    spans = _blocks(text, lines) if _is_wrapped(text, lines) else lines
    for start, end in spans:
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start == end:
            continue
        words = " ".join(text[start : min(end, start + _LOOK)].split())
        beyond = max(end - start - _LOOK, 0) // 6  # a word and its space, roughly
        count = len(_WORD.findall(words)) + beyond
        tail = " ".join(text[max(start, end - _TAIL) : end].split())
        yield _Unit(start, end, words, tail, count, _FINAL_STOP.search(tail) is None)


def _is_wrapped(text: str, lines: list[tuple[int, int]]) -> bool:
    """Whether the lines were broken at a fixed width: none is long, and most of the longer ones break off in
    mid-sentence with another line right below.
    """
    if len(lines) < 3 or any(end - start > 100 for start, end in lines):
        return False
    longer = [(n, end) for n, (start, end) in enumerate(lines[:-1]) if end - start >= 45]
    broken = [
        end
        for n, end in longer
        if lines[n + 1][0] - end <= 2 and not _FINAL_STOP.search(text[max(end - 8, 0) : end].rstrip(" ,;"))
    ]
    return len(broken) >= 2 and 2 * len(broken) >= len(longer)


def _blocks(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Paragraphs of wrapped lines: a blank line, an indent or a short line before begins a new one."""
    blocks: list[tuple[int, int]] = []
    previous = (0, 0)
    for start, end in lines:
        goes_on = (
            bool(blocks)
            and previous[1] - previous[0] >= 40
            and "\n" not in text[previous[1] : start].replace("\n", "", 1)
        )
        if goes_on and not text[start].isspace():
            blocks[-1] = (blocks[-1][0], end)
        else:
            blocks.append((start, end))
        previous = (start, end)
    return blocks


def _is_shouting(text: str) -> bool:
    """Whether the whole text is in capitals, so that capitals mean nothing."""
    letters = list(filter(str.isalpha, text[:4000]))
    return sum(map(str.isupper, letters)) > 0.6 * len(letters)


def _kind_of_unit(unit: _Unit, outlet: str | None, headline: str) -> FurnitureKind | None:
    if _BARE.match(unit.words):
        return "navigation"
    if headline and unit.words.casefold() == " ".join(headline.split()).casefold():
        return "heading"
    if unit.count <= 12 and unit.open and all(map(_is_button, words := _WORD.findall(unit.words))):
        return None if all(map(str.isdigit, words)) else "navigation"
    if outlet and unit.open and unit.count <= 16 and unit.words.casefold().startswith(outlet.casefold()):
        rest = unit.words[len(outlet) :]
        if not rest or re.match(r" ?[|>»:]| [-–—] ", rest):
            return "navigation"
    for rule in _table().lines:
        if (rule.open_only and not unit.open) or unit.count > rule.most:
            continue
        if rule.guard and _CASUALTY.search(unit.words):
            continue
        if rule.pattern.search(unit.tail) if rule.at_end else rule.pattern.match(unit.words):
            return rule.kind
    return None


def _is_button(word: str) -> bool:
    return word.isdigit() or word.casefold() in _table().buttons


def _byline_or_heading(units: list[_Unit], index: int, capitals: bool) -> FurnitureKind | None:
    unit = units[index]
    followed = index + 1 < len(units) and not units[index + 1].open
    if not unit.open:
        asks = unit.words.endswith("?") and unit.count <= 8 and unit.words.split()[0].casefold() in _table().asking
        return "heading" if asks and followed and unit.words.count(".") == 0 else None
    if unit.count <= 16 and (index < 4 or index >= len(units) - 3) and _BYLINE.match(unit.words):
        return "byline"
    if dateline.is_wire_line(unit.words) and index < 4:
        return "dateline"
    if _MARKDOWN_HEADING.match(unit.words):
        return "heading"
    if followed and unit.count <= 8 and _is_heading(unit.words, capitals):
        return "heading"
    return None


def _is_heading(words: str, capitals: bool) -> bool:
    """Whether a short line without a final stop is a title and no sentence."""
    tokens = _WORD.findall(words)
    letters = [c for c in words if c.isalpha()]
    if not letters or not tokens or words[0] in "-•*·—–+#@(" or "@" in words or "http" in words:
        return False
    if not capitals and all(c.isupper() for c in letters):
        return not any(c.isdigit() for c in words)
    if capitals or any(c.isdigit() for c in words) or not next(c for c in words if c.isalpha()).isupper():
        return False
    if tokens[0].casefold() in _table().asking:
        return True
    return not any(token.casefold() in _table().telling or token.casefold().endswith("ed") for token in tokens)


def _stretches(text: str, unit: _Unit, at_start: bool, bare: bool, outlet: str | None) -> Iterator[Furniture]:
    """Furniture at the ends of a line that is otherwise reporting. bare: whether capitals and a dash alone make a
    dateline here.
    """
    head = _flat(text[unit.start : min(unit.end, unit.start + _LOOK)])
    start = unit.start
    for rule in _table().openings:
        if notice := rule.pattern.match(head):
            yield Furniture(rule.kind, start, start + notice.end())
            start += notice.end()
            while start < unit.end and text[start].isspace():
                start += 1
            head = _flat(text[start : min(unit.end, start + _LOOK)])
    opening = dateline.opening(head, first=bare, at_start=at_start, outlet=outlet)
    if opening is not None:
        kind, length = opening
        yield Furniture(kind, start, start + length)
        start += length
    tail = text[max(start, unit.end - _TAIL) : unit.end]
    for rule in _table().closings:
        if closing := rule.pattern.search(tail):
            yield Furniture(
                rule.kind, unit.end - len(tail) + closing.start("mark"), unit.end - len(tail) + closing.end("mark")
            )
            return


def _flat(words: str) -> str:
    """The words with every space and line end as one plain space, at the same length."""
    return _SPACE.sub(" ", words)


@cache
def _table() -> _Table:
    raw = shelf.toml("furniture.toml")
    lists = raw["lists"]
    return _Table(
        lines=tuple(_rule(row) for row in raw["line"]),
        openings=tuple(_rule(row) for row in raw["opening"]),
        closings=tuple(_rule(row) for row in raw["closing"]),
        label=re.compile(raw["label"][0]["pattern"]),
        buttons=frozenset(lists["buttons"]),
        telling=frozenset(lists["telling"]),
        asking=frozenset(lists["asking"]),
    )


def _rule(row: dict[str, object]) -> _Rule:
    return _Rule(
        kind=row["kind"],  # type: ignore[arg-type]
        pattern=re.compile(str(row["pattern"])),
        at_end=row.get("at") == "end",
        open_only=bool(row.get("open", False)),
        most=int(str(row.get("most", 60))),
        guard=bool(row.get("guard", False)),
    )
