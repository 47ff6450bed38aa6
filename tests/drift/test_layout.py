"""Rules of the house that no linter knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "onrecord"
MODULES = sorted(PACKAGE.rglob("*.py"))
CLOCK = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
MAY_READ_THE_CLOCK = {"pipeline", "cli", "web"}
SAYS_WHEN_A_PAGE_CAME = PACKAGE / "stories" / "fetching.py"
MAY_NAME_SOCKETS = {
    "web/serving.py": "listens",
    "stories/wire.py": "connects",
    "stories/fetching.py": "names a type of ssl's",
    "stories/posting.py": "names a type of ssl's",
    "stories/confined.py": "puts sockets out of reach",
    "stories/stores.py": "connects to the store that a user named",
}
NETWORK = {"pyarrow.fs", "socket", "urllib.request", "http.client", "httpx", "requests", "aiohttp", "ftplib"}
DRAWERS = {"utils.py", "helpers.py", "common.py", "manager.py", "misc.py"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_keeps_the_rules(path: Path) -> None:
    assert path.name not in DRAWERS
    assert len(path.read_text("utf-8").splitlines()) <= 450
    named = NETWORK & set(imported(path))
    assert not named or str(path.relative_to(PACKAGE)) in MAY_NAME_SOCKETS, (
        "connections are opened in stories/wire.py only, but for stores"
    )
    assert "onrecord" not in set(imported(path)) or path.parent == PACKAGE or _names_stages(path)
    if path.relative_to(PACKAGE).parts[0] not in MAY_READ_THE_CLOCK and path != SAYS_WHEN_A_PAGE_CAME:
        calls = {
            (node.value.id, node.attr)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
        assert not calls & CLOCK, "the clock is read by the callers of the pipeline and passed down"


def _names_stages(path: Path) -> bool:
    """Whether `from onrecord import x` names packages of it, and nothing that the root itself holds."""
    names = {
        alias.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "onrecord"
        for alias in node.names
    }
    return all((PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").exists() for name in names)


def test_long_functions_are_few() -> None:
    # A migration lists its tables, and is written once.
    for path in (path for path in MODULES if "migrations" not in path.parts):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 75, f"{path.name}: {node.name}"


def test_every_test_file_has_a_name_of_its_own() -> None:
    """Folders of tests are no packages, so that two files of one name are one module, and the second is not run."""
    names = sorted(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert names == sorted(set(names))
