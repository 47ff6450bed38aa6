"""No pattern of ours takes long over a text that was made to make it take long."""

import ast
import importlib
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import onrecord
from figures import Seen

_ROOT = Path(onrecord.__file__).parent
_LONG = 100_000
_MOST = 0.250  # seconds; 0.050 are asked for of a machine that does nothing else
_PIECES = (
    "a", " ", "1", ",", "A", "-", ".", "'", "(", "<", "\n", "=", "é", "a ", "A ", "1 ", "1,", "A.", "a-", "Aa ", "a, ", "AA ", "1-", "('", "a1 ",
    "A’", " -", "May ", "the ", "of the ", "10 ", "10,000 ", "killed ", "and ", "Port Alder, ", "he said, ", "<a ", "a=", '="', "//a.", "a@", "[",
    "a and ", "one ", "2 or 3 ", "Mr. ",
)  # fmt: skip


_HEADS = "is matched at the start of at most 400 characters: furniture._LOOK, and dateline.day cuts as short"
_START = "is matched at the start alone, never searched for"
KNOWN = {
    **{
        f"onrecord.stories.dateline.{name}[0]": (400, _HEADS)
        for name in ("_WITH_DAY", "_WITH_AGENCY", "_BARE", "_WIRE_LINE", "_RUN_IN_HEADING", "_SENTENCE")
    },
    "onrecord.stories.plain._TOP[0]": (_LONG, _START),
    "onrecord.stories.sources._PAGE_START[0]": (_LONG, _START),
    "onrecord.stories.sources._ROW_START[0]": (_LONG, _START),
}
"""Patterns that no long text reaches, or only at its start, and why. They are tried at the length that does reach them."""


def _modules() -> list[str]:
    """Modules that compile a pattern, by reading them."""
    found = []
    for path in sorted(_ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        if any(isinstance(node, ast.Attribute) and node.attr == "compile" for node in ast.walk(tree)):
            found.append(".".join(path.relative_to(_ROOT.parent).with_suffix("").parts).removesuffix(".__init__"))
    return found


def _patterns(value: Any, depth: int = 0) -> Iterator["re.Pattern[Any]"]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _patterns(one, depth + 1)
    elif depth < 3 and isinstance(value, dict):
        yield from _patterns([*value, *value.values()], depth + 1)
    elif depth < 3 and type(value).__module__.startswith("onrecord") and hasattr(value, "__slots__"):
        yield from _patterns([getattr(value, name, None) for name in value.__slots__], depth + 1)


def _compiled(module: str) -> dict[str, "re.Pattern[Any]"]:
    """The patterns of a module: its own names, and what its functions without arguments keep."""
    held = importlib.import_module(module)
    found: dict[str, re.Pattern[Any]] = {}
    for name, value in vars(held).items():
        if hasattr(value, "cache_info") and value.__module__ == module and not value.__wrapped__.__code__.co_argcount:
            value = value()
        for number, pattern in enumerate(_patterns(value)):
            found[f"{module}.{name}[{number}]"] = pattern
    return found


def _took(act: Any, text: Any) -> float:
    start = time.process_time()
    act(text)
    return time.process_time() - start


def _slow(pattern: "re.Pattern[Any]") -> tuple[str, float] | None:
    """The attack on which a pattern takes too long, and seconds. A short one is tried first: what grows as a power shows there."""
    for piece in _PIECES:
        for size in (_LONG // 20, _LONG):
            text: Any = (piece * size)[:size] + "\x01"
            text = text.encode() if isinstance(pattern.pattern, bytes) else text
            for act in (pattern.search, pattern.match):
                if act == pattern.match and size == _LONG:
                    continue
                took = _took(act, text)
                # At a twentieth of the length, a square takes a four-hundredth of the time
                most = _MOST if size == _LONG else _MOST / 20
                # A second look tells a slow pattern from a busy machine
                if took > most and (took := min(took, _took(act, text))) > most:
                    return f"{piece!r} x {size:,}", took
    return None


def test_every_module_with_patterns_is_looked_at() -> None:
    assert len(_modules()) > 20
    assert "onrecord.stories.visible" in _modules()
    assert sum(len(_compiled(module)) for module in _modules() if ".stories." in module) > 30


@pytest.mark.parametrize(
    "module",
    [m for m in _modules() if ".stories." in m]
    + [pytest.param(m, marks=pytest.mark.slow) for m in _modules() if ".stories." not in m],
)
def test_patterns_are_quick(module: str, seen: Seen) -> None:
    slow = {
        name: found for name, pattern in _compiled(module).items() if name not in KNOWN and (found := _slow(pattern))
    }
    seen(patterns=len(_compiled(module)), slow=len(slow))
    assert slow == {}


@pytest.mark.parametrize("name", KNOWN)
def test_patterns_that_see_the_head_of_a_line_are_quick_on_that(name: str) -> None:
    module, _, _ = name.rpartition(".")
    pattern, (reaches, _) = _compiled(module)[name], KNOWN[name]
    for piece in _PIECES:
        text: Any = (piece * reaches)[:reaches]
        text = text.encode() if isinstance(pattern.pattern, bytes) else text
        assert min(_took(pattern.match, text) for _ in range(2)) < _MOST, piece


def test_a_slow_pattern_is_found() -> None:
    """By its square, which is still over in a test."""
    assert _slow(re.compile(r"a*b")) is not None
    assert _slow(re.compile(rb"1*,b")) is not None
    assert _slow(re.compile(r"\bA{1,9}b")) is None
