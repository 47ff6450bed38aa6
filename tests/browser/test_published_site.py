"""A published site in a browser, read off a disk: at both widths, in light and dark, by keyboard, and without scripts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

import mapped
from keys import press
from onrecord.ledger import open_ledger
from published import pages, published

Person = Callable[..., Page]
_GRAVE = ("serious", "critical")
_ALONE = {"preload": False}
"""It reads no style sheet anew: the pages' policy lets nothing read anything."""


@pytest.fixture(scope="module")
def sample_site(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("published")
    (place / "copy.db").write_bytes(sample_file.read_bytes())
    return _site(place / "copy.db", place / "the record" / "of velmora")


@pytest.fixture(scope="module")
def mapped_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("mapped")
    return _site(mapped.filled(place / "mapped.db"), place / "out")


def _site(ledger: Path, out: Path) -> Path:
    held = open_ledger(str(ledger))
    published(held, out, title="The Velmora record")
    held.close()
    return out


def _kinds(site: Path) -> Iterator[str]:
    """One page of each kind."""
    largest = max((site / "incidents").iterdir(), key=lambda path: path.stat().st_size)
    for name in ("index", "plans", "tallies", "changes", "data", "method"):
        yield (site / f"{name}.html").as_uri()
    yield largest.as_uri()
    yield next((site / "releases").glob("*/index.html")).as_uri()


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (390, "light"),
        *(pytest.param(*more, marks=pytest.mark.slow) for more in ((1280, "light"), (390, "dark"), (1280, "dark"))),
    ],
)
def test_every_kind_of_page_is_fit_for_all(sample_site: Path, person: Person, width: int, scheme: str) -> None:
    page, axe = person(width=width, color_scheme=scheme), Axe()
    found = []
    for address in _kinds(sample_site):
        page.goto(address)
        for one in axe.run(page, options=_ALONE).response["violations"]:
            if one["impact"] in _GRAVE:
                found += [(address, one["id"], node["html"][:160]) for node in one["nodes"][:3]]
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), f"{address} at {width}"
    assert found == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), pytest.param(390, "light", marks=pytest.mark.slow)])
def test_the_map_is_fit_for_all(mapped_site: Path, person: Person, width: int, scheme: str) -> None:
    page = person(width=width, color_scheme=scheme)
    page.goto((mapped_site / "index.html").as_uri())
    expect(page.locator(".pin").first).to_be_visible()
    grave = [one for one in Axe().run(page, options=_ALONE).response["violations"] if one["impact"] in _GRAVE]
    assert [(one["id"], one["nodes"][0]["html"][:160]) for one in grave] == []
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_the_map_shows_what_has_a_place(mapped_site: Path, person: Person) -> None:
    page = person()
    page.goto((mapped_site / "index.html").as_uri())
    expect(page.locator(".pin").first).to_be_visible()
    placed = page.evaluate("[...document.querySelectorAll('#incidents tr[data-lat]:not([data-lat=\"\"])')].length")
    told = page.evaluate(
        "[...document.querySelectorAll('.face')].reduce((sum, e) => sum + (Number(e.textContent) || 1), 0)"
    )
    assert told == placed > 30
    expect(page.locator("#charts svg")).to_have_count(2)
    expect(page.locator("#unplaced")).to_contain_text("not on the map")


def test_a_filter_changes_list_time_and_map(mapped_site: Path, person: Person) -> None:
    page = person()
    page.goto((mapped_site / "index.html").as_uri())
    rows = page.locator("#incidents tbody tr:visible")
    whole = rows.count()
    page.get_by_label("Kind").select_option("naval_strike")
    some = rows.count()
    assert 0 < some < whole
    expect(page.locator("#count")).to_have_text(f"{some} of {whole} incidents.")
    page.get_by_label("Words").fill("no such words")
    assert rows.count() == 0
    expect(page.locator(".pin")).to_have_count(0)
    page.get_by_role("button", name="Show all").click()
    expect(rows).to_have_count(whole)


def test_it_works_by_keyboard(mapped_site: Path, person: Person) -> None:
    page = person()
    page.goto((mapped_site / "index.html").as_uri())
    expect(page.locator(".pin").first).to_be_visible()
    press(page, "Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    unseen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        unseen += page.evaluate(
            """() => { const e = document.activeElement; if (e.classList.contains('pin')) return [];
            const s = getComputedStyle(e); return s.outlineStyle === 'none' || s.outlineWidth === '0px' ? [e.outerHTML.slice(0, 120)] : []; }"""
        )
    assert unseen == []
    # A pin that stands for several lists them, or looks closer
    page.locator(".pin").first.focus()
    before = page.locator(".pin").count(), page.locator("#incidents tbody tr:visible").count()
    page.keyboard.press("Enter")
    page.wait_for_timeout(600)
    assert (page.locator(".pin").count(), page.locator("#incidents tbody tr:visible").count()) != before


def test_it_can_be_read_without_scripts(sample_site: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((sample_site / "index.html").as_uri())
    rows = page.locator("#incidents tbody tr")
    assert rows.count() > 5
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#asrows table")).to_be_visible()
    rows.first.get_by_role("link").click()
    expect(page.locator("blockquote").first).to_be_visible()
    expect(page.locator("h1")).to_be_visible()
    context.close()


def test_pages_lie_anywhere(sample_site: Path, person: Person) -> None:
    """Links hold in a folder with a blank in its name, and nothing is asked for outside of it."""
    page = person()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((sample_site / "index.html").as_uri())
    for name in ("Plans", "Totals", "Changes", "Data", "Method", "Incidents"):
        page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
        expect(page.locator("h1")).to_be_visible()
    assert all(url.startswith(sample_site.as_uri()) for url in asked)
    assert len(pages(sample_site)) > 10
