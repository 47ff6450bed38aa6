"""The timeline and the map in a real browser, under the policy that every page is sent with."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect

import mapped
from keys import press
from onrecord.ledger import open_ledger
from served import serving

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a desk whose incidents have places."""
    ledger = open_ledger(str(mapped.filled(tmp_path_factory.mktemp("mapped") / "mapped.db")))
    with serving(ledger) as address:
        yield address
    ledger.close()


@pytest.fixture
def opened(desk: str, person: Callable[..., Page]) -> Opened:
    """Opens the page, and waits until it is drawn."""

    def under_policy(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": POLICY})

    def made(where: str = "", **more: object) -> Page:
        page = person(**more)
        page.route(re.compile("/timeline(?!\\.json)"), under_policy)
        page.goto(f"{desk}/timeline{where}")
        page.wait_for_selector("#tl[data-ready]")
        return page

    return made


def listed(page: Page) -> Locator:
    return page.locator("#tl-items > li")


def count(page: Page) -> int:
    found = re.match(r"[\d,]+", page.locator("#tl-list").inner_text())
    assert found
    return int(found[0].replace(",", ""))


def choose_day(page: Page, field: str, day: str) -> None:
    page.locator(field).fill(day)
    page.locator(field).dispatch_event("change")


def test_all_is_drawn(opened: Opened) -> None:
    page = opened()
    expect(page.locator("#tl-status")).to_have_text("51 incidents.")
    assert count(page) == 51
    assert page.locator("#tl-incidents svg .tl-known :is(path, circle)").count() > 30
    # What is not known is hollow, and not at none
    hollow = page.locator("#tl-incidents svg .tl-unknown :is(path, circle)")
    assert hollow.count() > 5
    assert page.locator("#tl-map path.tl-land").count() > 200
    assert page.locator("#tl-tallies svg .tl-marks :is(path, circle)").count() > 10
    expect(page.locator("#tl-gaps li").first).to_contain_text("The ledger has")
    assert page.evaluate("document.querySelectorAll('#tl style, #tl [onclick]').length") == 0


def test_what_stories_say_is_text(opened: Opened) -> None:
    page = opened()
    expect(page.locator("#tl-items")).to_contain_text(mapped.MARKED)
    assert page.locator("#tl b[onclick]").count() == 0


@pytest.mark.slow
def test_a_kind_filters_both(opened: Opened) -> None:
    page = opened()
    page.get_by_role("button", name="shelling").click()
    expect(page.get_by_role("button", name="shelling")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#tl-status")).to_have_text("8 of 51 incidents.")
    assert page.locator(".tl-row-name text").all_text_contents() == ["shelling"]
    assert page.url.endswith("#kinds=shelling")
    assert all(text.startswith("Shelling") for text in listed(page).locator("a").all_inner_texts())


def test_days_filter_map_and_list_and_stand_in_the_address(opened: Opened) -> None:
    page = opened()
    marks = page.locator("#tl-map .tl-pin")
    before = sum(int(text or 1) for text in marks.all_inner_texts())
    choose_day(page, "#tl-from", "2031-02-01")
    choose_day(page, "#tl-to", "2031-02-28")
    expect(page.locator("#tl-status")).to_have_text(re.compile(r"^\d+ of 51 incidents\.$"))
    assert sum(int(text or 1) for text in marks.all_inner_texts()) < before
    again = opened("#" + page.url.split("#")[1])
    assert count(again) == count(page) < 51
    assert again.locator("#tl-from").input_value() == "2031-02-01"
    again.get_by_role("button", name="Show everything").click()
    expect(again.locator("#tl-status")).to_have_text("51 incidents.")


@pytest.mark.slow
def test_days_are_chosen_by_dragging(opened: Opened) -> None:
    page = opened()
    box = page.locator("#tl-incidents .tl-brush .overlay").bounding_box()
    assert box
    # Between two rows, where no mark is
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] - 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] - 4, steps=4)
    page.mouse.up()
    expect(page.locator("#tl-from")).to_have_value(re.compile("^2031-0[23]-"))
    expect(page.locator("#tl-to")).to_have_value(re.compile("^2031-0[45]-"))
    assert 5 < count(page) < 40


@pytest.mark.slow
def test_only_what_the_map_shows(opened: Opened) -> None:
    page = opened("#map=65,-18.6,5&within=1")
    expect(page.locator("#tl-status")).to_have_text("16 of 51 incidents.")
    # The timeline follows, too
    assert page.locator("#tl-incidents svg :is(.tl-known, .tl-unknown) :is(path, circle)").count() == 15
    page.locator("#tl-within").click()
    expect(page.locator("#tl-status")).to_have_text("51 incidents.")


@pytest.mark.slow
def test_how_exactly_a_place_is_known_is_an_area(opened: Opened) -> None:
    page = opened("#map=65,-18.6,6")
    assert page.locator("#tl-map path.tl-tinted").count() == 3
    assert page.locator("#tl-map path.tl-area:not(.tl-close, .tl-at-sea)").count() >= 3
    assert page.locator("#tl-map path.tl-at-sea").count() >= 2
    country = page.locator(".tl-pin", has_text="Iceland")
    expect(country).to_have_attribute("aria-label", "2 incidents, somewhere in Iceland")


@pytest.mark.slow
def test_the_map_works_by_keyboard(opened: Opened) -> None:
    page = opened("#map=65,-18.6,8")
    one = page.locator(".tl-pin[role=link]").first
    one.focus()
    expect(page.locator(".leaflet-tooltip")).to_be_visible()
    press(page, "Enter")
    page.wait_for_url(re.compile("/incidents/in-[0-9a-f]{8}$"), wait_until="commit")


@pytest.mark.slow
def test_several_at_one_place_are_listed(opened: Opened) -> None:
    page = opened("#map=65,-18.6,6")
    page.locator(".tl-pin", has_text="Iceland").focus()
    press(page, "Enter")
    expect(page.locator("#tl-only")).to_contain_text("At one place: Iceland.")
    assert all("Iceland" in text for text in listed(page).locator("a").all_inner_texts())
    page.get_by_role("button", name="Show all places").click()
    expect(page.locator("#tl-status")).to_have_text("51 incidents.")


@pytest.mark.slow
def test_those_without_a_place_are_counted_beside_the_map(opened: Opened) -> None:
    page = opened()
    expect(page.locator("#tl-unplaced")).to_have_text("5 incidents have no place on the map: list them.")
    page.get_by_role("link", name="list them").click()
    expect(page.locator("#tl-status")).to_have_text("5 of 51 incidents.")
    expect(page.locator("#tl-list")).to_be_focused()


@pytest.mark.slow
def test_tables_stand_for_the_pictures(opened: Opened) -> None:
    page = opened()
    page.locator("#tl-incidents-table summary").click()
    rows = page.locator("#tl-incidents-table tbody tr")
    expect(rows).to_have_count(51)
    assert "unknown" in page.locator("#tl-incidents-table").inner_text()
    page.locator("#tl-tallies-table summary").click()
    expect(page.locator("#tl-tallies-table tbody tr").nth(10)).to_be_attached()
    page.locator("#tl-unit").select_option("strikes")
    expect(page.locator("#tl-tallies-table caption")).to_contain_text("Strikes")


@pytest.mark.slow
def test_a_mark_of_the_timeline_opens_its_incident(opened: Opened) -> None:
    page = opened()
    page.locator(".tl-known :is(path, circle)").first.click()
    page.wait_for_url(re.compile("/incidents/in-[0-9a-f]{8}$"), wait_until="commit")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way_of_anybody(opened: Opened, scheme: str) -> None:
    page = opened("#from=2031-02-01&map=65,-18.6,6", color_scheme=scheme)
    for table in ("#tl-incidents-table", "#tl-tallies-table"):
        page.locator(f"{table} summary").click()
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_scrolls_sideways(opened: Opened, scheme: str) -> None:
    page = opened(width=390, height=844, color_scheme=scheme, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    when, where = page.locator("#tl-when").bounding_box(), page.locator("#tl-map").bounding_box()
    assert when
    assert where
    assert where["y"] > when["y"] + 300


@pytest.mark.slow
def test_on_a_desktop_they_stand_side_by_side(opened: Opened) -> None:
    page = opened()
    when, where = page.locator("#tl-incidents").bounding_box(), page.locator("#tl-map").bounding_box()
    assert when
    assert where
    assert abs(when["y"] - where["y"]) < 20
    assert where["x"] >= when["x"] + when["width"]


@pytest.mark.slow
def test_calm_where_motion_is_not_wanted(opened: Opened) -> None:
    page = opened(reduced_motion="reduce")
    assert page.locator("#tl-map.leaflet-fade-anim").count() == 0
    assert opened().locator("#tl-map.leaflet-fade-anim").count() == 1


@pytest.mark.slow
def test_it_prints(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    page.emulate_media(media="print")
    expect(page.locator("#tl-incidents svg")).to_be_visible()
    expect(page.locator("#tl-map path.tl-land").first).to_be_attached()
    expect(page.locator(".tl-dates")).to_be_hidden()
    assert len(page.pdf()) > 20_000


@pytest.mark.slow
def test_a_strange_address_is_no_matter(opened: Opened) -> None:
    page = opened("#from=never&kinds=<b>&map=1,2&at=country:Nowhere&unit=../../x&to=2031-13-40")
    expect(page.locator("#tl-list")).to_have_text("0 incidents")
    page.get_by_role("button", name="Show everything").click()
    expect(page.locator("#tl-status")).to_have_text("51 incidents.")
