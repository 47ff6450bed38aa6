"""No pattern of ours takes long over a text that was made to make it take long."""

import ast
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
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

MATCHED_ALONE = {("onrecord.stories.markup", "_TAG_END")}
"""Patterns that are only ever matched at a place that the program found before, within a text."""

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
            fits = [char for char in _SAMPLES if _one(operation, value).match(char)]
            words += fits[turn % len(fits)] if fits else ""
        elif operation in _REPEATS:
            words += _sample(value[2], turn) * max(value[0], min(turn, value[1], 1))
        elif operation not in (_constants.ASSERT, _constants.ASSERT_NOT):
            ways = _inner(operation, value)
            words += _sample(ways[turn % len(ways)], turn) if ways else ""
    return words


def _one(operation: Any, value: Any) -> Pattern:
    return _compiler.compile(_parser.SubPattern(_parser.State(), [(operation, value)]))  # type: ignore[no-any-return]


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


def _slow(pattern: Pattern, acts: tuple[str, ...], before: str, piece: str, whole: bool) -> str | None:
    """How long which text takes, where that is too long. A short text is tried first: what grows as a power shows there, and what
    doubles with each character would never end on a long one. whole: the long text is tried in any case.
    """
    for name in acts:
        act = getattr(pattern, name)
        told = f"{name} {before!r} {piece!r} x {{:,}}: {{:.3f}} s"
        for size, most in ((24, 0.01), (1_000, 0.02)):
            if (took := _took(act, _grown(pattern, before, piece, size), most)) > most:
                return told.format(size, took)
        least = took
        took = _took(act, _grown(pattern, before, piece, 5_000), _MOST / 50)
        # At a twentieth of the length, a square takes a four-hundredth of the time
        if not whole and (took < _MOST / 400 or took < _MOST / 50) and took < 8 * max(least, 1e-5):
            continue
        if took > _MOST:
            return told.format(5_000, took)
        quarter = _took(act, _grown(pattern, before, piece, _LONG // 4), _MOST / 16)
        if quarter > _LINEAR * _MOST:
            return told.format(_LONG // 4, quarter)
        if quarter <= _MOST / 16 and not whole:
            continue
        took = _took(act, _grown(pattern, before, piece, _LONG), _MOST)
        if took > _LINEAR * _MOST or (took > _MOST and took > 6 * quarter):
            return told.format(_LONG, took)
    return None


def _acts(module: str, line: str) -> tuple[str, ...]:
    """How a pattern is tried: searched for from any place, and to the text's end."""
    names = {
        held.lineno: held.targets[0].id
        for held in ast.parse(compiled.source(module)).body
        if isinstance(held, ast.Assign) and isinstance(held.targets[0], ast.Name)
    }
    alone = (module, names.get(int(line.partition(":")[0]))) in MATCHED_ALONE
    return ("match", "fullmatch") if alone else ("search", "fullmatch")


def _faults(module: str, whole: bool) -> dict[str, str]:
    found = {}
    for line, pattern in compiled.patterns()[module].items():
        tries = [("", piece) for piece in _SINGLE] + _attacks(pattern)
        slow = partial(_slow, pattern, _acts(module, line), whole=whole)
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


@pytest.mark.parametrize(("module", "name"), MATCHED_ALONE)
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
        r"<q(?:x|y)*z>",
        r"(?i)\b(?:the )?[a-z]{1,400}ing\s",
    ],
)
def test_a_slow_pattern_is_found(pattern: str | bytes) -> None:
    tried = re.compile(pattern)
    tries = [("", piece) for piece in _SINGLE] + _attacks(tried)
    assert any(_slow(tried, ("search", "fullmatch"), before, piece, False) for before, piece in tries)


@pytest.mark.parametrize("pattern", [r"\bA{1,9}b", r"\A\s*+<q", rb"(?<!1)1*+,b", r"\w+"])
def test_a_quick_pattern_is_none(pattern: str | bytes) -> None:
    tried = re.compile(pattern)
    tries = [("", piece) for piece in _SINGLE] + _attacks(tried)
    assert not any(_slow(tried, ("search", "fullmatch"), before, piece, True) for before, piece in tries)
