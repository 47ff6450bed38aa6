"""What the documentation says is what the program does."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), *ROOT.glob("*.md"), *(ROOT / "evaluation").glob("*.md")])


def made() -> dict[str, str]:
    pages: dict[str, str] = runpy.run_path(str(DOCS / "make.py"))["pages"]()
    return pages


@pytest.mark.parametrize("page", ["commands.md", "codebook.md"])
def test_made_pages_are_fresh(page: str) -> None:
    assert (DOCS / page).read_text("utf-8") == made()[page], "run make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_commands_named_are_there(page: Path) -> None:
    from onrecord.cli import app

    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    known |= {group.name or "" for group in app.registered_groups}
    for line in re.findall(r"^(?:\$ )?onrecord +([a-z]+)", page.read_text("utf-8"), re.MULTILINE):
        assert line in known, f"{page.name}: onrecord {line}"


def test_every_make_target_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in PAGES:
        for target in re.findall(r"`make ([a-z]+)[^`]*`", page.read_text("utf-8")):
            assert target in targets, f"{page.name}: make {target}"


def test_every_folder_of_the_package_has_its_heading() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    package = ROOT / "src" / "onrecord"
    folders = {path.name for path in package.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert {name for name in folders if f"`{name}/`" not in text} == set()
