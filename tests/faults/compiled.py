"""Every regular expression that the program compiles, with the place that it is compiled at.

Run as a program, in a process where nothing of the program was imported yet, it prints a list of
[module, line, pattern, flags, whether of bytes] in JSON: what importing every module compiles, then what the functions
that keep a pattern or a table compile, what the expressions in functions say that need nothing of their function, and
what the calls in `_CALLS` lead to.
"""

import ast
import functools
import importlib
import inspect
import json
import re
import subprocess
import sys
import types
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace as Namespace
from typing import Any

ROOT = Path(__file__).parents[2] / "src" / "onrecord"
_ACTS = ("compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn")
_CALLS: dict[str, Callable[[types.ModuleType], object]] = {
    "onrecord.events.counts": lambda module: module._goes_on(
        Namespace(story=Namespace(words=lambda _: "")),
        Namespace(part="text", start=0),
        Namespace(end=0, quantity=Namespace(number=4)),
    ),
    "onrecord.events.region": lambda module: module._of_host.__wrapped__("alderpress.example"),
    "onrecord.events.summary": lambda module: module._pattern("unlike"),
    "onrecord.events.sums": lambda module: module.has("two men", "men"),
    "onrecord.stories.dateline": lambda module: module._behind_outlet("ALDER. Ostmark Post. A", 7, "Ostmark Post"),
    "onrecord.wording.numbers": lambda module: [module._modifier(side) for side in ("before", "behind", "noun")],
}
"""Functions that make a pattern of what they are given."""


def modules() -> list[str]:
    """The modules that the program consists of."""
    paths = sorted(path for path in ROOT.rglob("*.py") if path.name != "__main__.py" and "migrations" not in path.parts)
    return [".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__") for path in paths]


@functools.cache
def sites() -> dict[str, tuple[ast.Call, ...]]:
    """The calls that compile a pattern, by module."""
    found = {}
    for module in modules():
        calls = (node for node in ast.walk(ast.parse(source(module))) if isinstance(node, ast.Call))
        if here := tuple(call for call in calls if _compiles(call)):
            found[module] = here
    return found


def _compiles(call: ast.Call) -> bool:
    at = call.func
    return isinstance(at, ast.Attribute) and at.attr in _ACTS and isinstance(at.value, ast.Name) and at.value.id == "re"


def source(module: str) -> str:
    plain = ROOT.parent.joinpath(*module.split("."))
    path = plain.with_suffix(".py") if plain.with_suffix(".py").exists() else plain / "__init__.py"
    return path.read_text("utf-8")


@functools.cache
def patterns() -> dict[str, dict[str, "re.Pattern[Any]"]]:
    """The patterns by module; in a module by line, with a number where a line compiles several."""
    run = [sys.executable, str(Path(__file__).resolve())]
    said = subprocess.run(run, check=True, capture_output=True, timeout=200).stdout
    found: defaultdict[str, dict[str, re.Pattern[Any]]] = defaultdict(dict)
    for module, line, pattern, flags, of_bytes in json.loads(said):
        words = pattern.encode("latin-1") if of_bytes else pattern
        number = sum(name.startswith(f"{line}:") for name in found[module])
        found[module][f"{line}:{number}"] = re.compile(words, flags)
    return found


def unseen() -> list[str]:
    """The calls that compile a pattern which is none of `patterns()`."""
    lines = {module: {int(name.partition(":")[0]) for name in held} for module, held in patterns().items()}
    return [
        f"{module}:{call.lineno}"
        for module, calls in sites().items()
        for call in calls
        if not lines.get(module, set()).intersection(range(call.lineno, (call.end_lineno or call.lineno) + 1))
    ]


def _watch(seen: dict[tuple[str, int, Any, int], None]) -> None:
    """From now on what the program asks `re` for is noted."""

    def watched(act: Callable[..., Any]) -> Callable[..., Any]:
        names = inspect.signature(act)

        @functools.wraps(act)
        def asked(*words: Any, **named: Any) -> Any:
            caller, given = sys._getframe(1), names.bind(*words, **named).arguments
            module, pattern = caller.f_globals.get("__name__", ""), given["pattern"]
            if module.startswith("onrecord") and not isinstance(pattern, re.Pattern):
                seen[module, caller.f_lineno, pattern, int(given.get("flags", 0))] = None
            return act(*words, **named)

        return asked

    for act in _ACTS:
        setattr(re, act, watched(getattr(re, act)))


def _without_arguments(module: types.ModuleType) -> Iterator[Callable[[], object]]:
    for value in vars(module).values():
        keeps = hasattr(value, "cache_info") and value.__module__ == module.__name__
        if keeps and not value.__wrapped__.__code__.co_argcount:
            yield value


def _said_in_place(module: types.ModuleType, calls: tuple[ast.Call, ...]) -> Iterator[tuple[int, Any, int]]:
    """Line, pattern and flags of the calls that say all of it themselves."""
    for call in calls:
        flags = [word.value for word in call.keywords if word.arg == "flags"]
        if call.func.attr == "compile" and len(call.args) > 1:  # type: ignore[attr-defined]
            flags.append(call.args[1])
        try:
            pattern, *flag = (
                eval(compile(ast.Expression(said), "here", "eval"), vars(module)) for said in (call.args[0], *flags)
            )
        except NameError:
            continue
        if isinstance(pattern, str | bytes):
            yield call.lineno, pattern, int(flag[0] if flag else 0)


def _main() -> None:
    seen: dict[tuple[str, int, Any, int], None] = {}
    _watch(seen)
    held = {name: importlib.import_module(name) for name in modules()}
    for name, calls in sites().items():
        for keeps in _without_arguments(held[name]):
            keeps()
        for line, pattern, flags in _said_in_place(held[name], calls):
            if not any((name, line, pattern) == one[:3] for one in seen):
                seen[name, line, pattern, flags] = None
        _CALLS.get(name, lambda _: None)(held[name])
    rows = [
        (name, line, *((p.decode("latin-1"), flags, True) if isinstance(p, bytes) else (p, flags, False)))
        for name, line, p, flags in seen
    ]
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    _main()
