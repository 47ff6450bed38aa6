"""No pattern of ours takes long over a text that was made to make it take long."""

import ast
import re
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import compiled
import pytest

_LONG = 100_000
_MOST = 0.050  # seconds for a text that long
_LINEAR = 4  # a pattern may take as many times longer where it does not grow faster than the text
_SINGLE = ("a", " ", "1", ",", "A", "-", ".", "'", "(", "<", "\n", "=", "é", "\t", '"', "/", ":", "_")
_MIXED = (
    "a ", "A ", "1 ", "1,", "A.", "a-", "Aa ", "a, ", "AA ", "1-", "('", "a1 ", "A’", " -", "May ", "the ", "of the ", "10 ", "10,000 ",
    "killed ", "and ", "Port Alder, ", "he said, ", "<a ", "a=", '="', "//a.", "a@", "[", "a and ", "one ", "2 or 3 ", "Mr. ",
)  # fmt: skip
_SAMPLES = "aA1 ,.-\n'\"<(>=:/;_[{é’“#@&\t!"
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
_MANY = 20
"""A part of a pattern that can stand more often than this is worth an attack."""

ALONE, HEADS, BOUNDED = ("match", "fullmatch"), 400, 1.0
KNOWN: dict[tuple[str, str], tuple[tuple[str, ...], int, float]] = {
    ("onrecord.stories.answers", "_CHUNK"): (ALONE, _LONG, _MOST),
    ("onrecord.stories.markup", "_TAG_END"): (ALONE, _LONG, _MOST),
    ("onrecord.wording.timewords", "_compiled"): (ALONE, _LONG, _MOST),
    ("onrecord.stories.furniture", "_table"): (("search", "fullmatch"), HEADS, _MOST),
    ("onrecord.stories.furniture", "_rule"): (("search", "fullmatch"), HEADS, _MOST),
    ("onrecord.families.terms", "_QUOTED"): (("search", "fullmatch"), _LONG, BOUNDED),
}
"""Patterns that are only matched at a place that the program found before, that see no more than the first or last `HEADS`
characters of a line, or that stop after so many characters and are slow for that: how they are tried, on how many characters, and the
seconds they may take.
"""

Pattern = re.Pattern[Any]


# What is tried


def _attacks(pattern: Pattern) -> list[str]:
    """What is repeated against a pattern, with what stands before it: pieces that news consists of, and whatever the pattern itself
    lets stand many times.
    """
    found = [("", piece) for piece in _MIXED]
    for turn in range(3):
        for before, body in _repeated(_parser.parse(pattern.pattern, pattern.flags), "", turn):
            found += [(before, body), ("", body), ("", before + body)]
    return [pair for pair in dict.fromkeys(found) if pair[1] and pair[1] not in _SINGLE]


def _repeated(parsed: Any, before: str, turn: int) -> Iterator[tuple[str, str]]:
    """What may stand often in a parsed pattern, with a text that leads to it."""
    for operation, value in parsed:
        if operation in _REPEATS:
            if value[1] > _MANY:
                yield before, _sample(value[2], turn)
            yield from _repeated(value[2], before, turn)
        else:
            for inner in _inner(operation, value):
                yield from _repeated(inner, before, turn)
        before += _sample([(operation, value)], turn)


def _inner(operation: Any, value: Any) -> list[Any]:
    if operation is _constants.BRANCH:
        return list(value[1])
    if operation is _constants.SUBPATTERN:
        return [value[3]]
    if operation is _constants.ATOMIC_GROUP:
        return [value]
    return [value[1]] if operation in (_constants.ASSERT, _constants.ASSERT_NOT) else []


def _sample(parsed: Any, turn: int) -> str:
    """A text that a parsed pattern matches or nearly does: of what stands at choice another one each turn."""
    words = ""
    for operation, value in parsed:
        if operation is _constants.LITERAL:
            words += chr(value)
        elif operation in (_constants.IN, _constants.NOT_LITERAL, _constants.ANY):
            fits = _fits(operation, tuple(value) if isinstance(value, list) else value)
            words += fits[turn % len(fits)] if fits else ""
        elif operation in _REPEATS:
            words += _sample(value[2], turn) * max(value[0], min(turn, value[1], 1))
        elif operation not in (_constants.ASSERT, _constants.ASSERT_NOT):
            ways = _inner(operation, value)
            words += _sample(ways[turn % len(ways)], turn) if ways else ""
    return words


@cache
def _fits(operation: Any, value: Any) -> str:
    """The characters among the samples that stand for one of a pattern."""
    value = list(value) if isinstance(value, tuple) else value
    one: Pattern = _compiler.compile(_parser.SubPattern(_parser.State(), [(operation, value)]))
    return "".join(char for char in _SAMPLES if one.match(char))


# How long it takes


def _took(act: Callable[[Any], object], text: Any, least: float = 0.0) -> float:
    """Seconds of this process: the best of three where the first took longer than `least`."""
    took: list[float] = []
    while not took or (min(took) > least and len(took) < 3):
        start = time.process_time()
        act(text)
        took.append(time.process_time() - start)
    return min(took)


def _grown(pattern: Pattern, before: str, piece: str, size: int) -> Any:
    text = before + (piece * (size // len(piece) + 1))[:size] + "\x01"
    return text.encode() if isinstance(pattern.pattern, bytes) else text


def _slow(pattern: Pattern, before: str, piece: str, whole: bool, known: Any = None) -> str | None:
    """How long which text takes, where that is too long. A short text is tried first: what grows as a power shows there, and what
    doubles with each character would never end on a long one. whole: the longest is tried as well.
    """
    acts, reach, most = known or (("search", "fullmatch"), _LONG, _MOST)
    for name in acts:
        act, took, last = getattr(pattern, name), 0.0, 0.0
        for size in (18, 1_000, 5_000, _LONG // 4, _LONG):
            if size > min(reach, _LONG if whole else 5_000) and not (took > 0.001 and took > 10 * last):
                break
            size, last = min(size, reach), took
            bound = max(_LINEAR * most * size / _LONG, 0.01)
            took = _took(act, _grown(pattern, before, piece, size), bound if size < _LONG else most)
            # Near the bound it is told by its growth, which a busy machine changes less than its seconds
            if took > bound or (size == _LONG and took > most and took > 10 * last):
                return f"{name} {before!r} {piece!r} x {size:,}: {took:.3f} s"
    return None


def _known(module: str, line: int) -> Any:
    name = next((name for first, last, name in _names(module) if first <= line <= last), "")
    return KNOWN.get((module, name))


@cache
def _names(module: str) -> tuple[tuple[int, int, str], ...]:
    """First and last line of what a module names."""
    return tuple(
        (held.lineno, held.end_lineno or held.lineno, name)
        for held in ast.parse(compiled.source(module)).body
        if (name := getattr(held, "name", None) or getattr(getattr(held, "targets", [None])[0], "id", ""))
    )


def _faults(module: str, whole: bool) -> dict[str, str]:
    found = {}
    for line, pattern in compiled.patterns()[module].items():
        tries = [("", piece) for piece in _SINGLE] + _attacks(pattern)
        slow = partial(_slow, pattern, whole=whole, known=_known(module, int(line.partition(":")[0])))
        fault = next((said for before, piece in tries if (said := slow(before, piece))), None)
        if fault is not None:
            found[f"{module}:{line}"] = fault
    return found


@pytest.mark.parametrize("module", compiled.sites())
def test_patterns_are_quick(module: str) -> None:
    assert _faults(module, whole=False) == {}


@pytest.mark.slow
@pytest.mark.parametrize("module", compiled.sites())
def test_patterns_are_quick_on_long_texts(module: str) -> None:
    assert _faults(module, whole=True) == {}


def test_every_pattern_is_tried() -> None:
    assert compiled.unseen() == []
    assert sum(len(held) for held in compiled.patterns().values()) > 250


@pytest.mark.parametrize(
    ("module", "name"), [k for k, (acts, _, _) in KNOWN.items() if acts == ALONE and k[1] != "_compiled"]
)
def test_what_is_said_to_be_matched_alone_is(module: str, name: str) -> None:
    source = compiled.source(module)
    used = re.findall(rf"\b{name}\b(?! =)(\.\w+)?", source)
    assert used
    assert set(used) <= {".match", ".fullmatch"}


@pytest.mark.parametrize(
    "pattern",
    [
        r"a*b",
        r"(?:\w+\s?)+ killed$",
        rb"1*,b",
        r"\s*(\w+)\s*=",
        r"[A-Z][^\n]*?: \d",
    ],
)
def test_a_slow_pattern_is_found(pattern: str | bytes) -> None:
    tried = re.compile(pattern)
    tries = [("", piece) for piece in _SINGLE] + _attacks(tried)
    assert any(_slow(tried, before, piece, False) for before, piece in tries)


@pytest.mark.parametrize("pattern", [r"\bA{1,9}b", r"\A\s*+<q", rb"(?<!1)1*+,b", r"\w+"])
def test_a_quick_pattern_is_none(pattern: str | bytes) -> None:
    tried = re.compile(pattern)
    tries = [("", piece) for piece in _SINGLE] + _attacks(tried)
    assert not any(_slow(tried, before, piece, True) for before, piece in tries)
