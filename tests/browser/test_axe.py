"""axe-core finds nothing serious on any page, at both widths, in light and in dark."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from invented import NOW
from onrecord import pipeline
from onrecord.ledger import Ledger
from onrecord.pipeline import Judgement

Person = Callable[..., Page]
_GRAVE = ("serious", "critical")


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), pytest.param(390, "dark", marks=pytest.mark.slow)])
def test_nothing_serious_on_any_page(desk: str, person: Person, sample_ledger: Ledger, width: int, scheme: str) -> None:
    view = pipeline.view(sample_ledger)
    incident = max(view.derived.incidents, key=lambda one: len(one.stories)).id
    made = pipeline.decide(sample_ledger, Judgement("set", incident, "Otto Field", "counted", "killed", "4-5-9"), NOW)
    pipeline.decide(sample_ledger, Judgement("confirm", view.derived.incidents[-1].id, "Otto Field"), NOW)
    story = view.derived.mutations[0].story
    paths = [
        "/", "/incidents", "/plans", "/stories", "/tallies", "/families", "/sources", "/log", "/export", "/help", "/timeline",
        "/search?q=drone", "/coding", "/account", "/health", f"/incidents/{incident}", f"/plans/{view.derived.plans[0].id}", f"/stories/{story}",
        f"/families/{view.derived.families[0].id}", f"/tallies/{view.derived.verdicts[0].tally}",
        f"/decisions/{made.decision.id}", "/nowhere",
    ]  # fmt: skip
    page = person(width=width, color_scheme=scheme)
    axe = Axe()
    found = []
    for path in paths:
        page.goto(f"{desk}{path}")
        for one in axe.run(page).response["violations"]:
            if one["impact"] in _GRAVE:
                found += [(path, one["id"], node["html"][:160]) for node in one["nodes"][:3]]
        sideways = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not sideways, f"{path} scrolls sideways at {width}"
    assert found == []


def test_everything_can_be_reached_by_tab_and_is_seen_when_it_is(desk: str, person: Person) -> None:
    page = person()
    page.goto(desk)
    unseen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            """() => { const e = document.activeElement; if (e === document.body) return 'nothing';
            const s = getComputedStyle(e); return s.outlineStyle === 'none' || s.outlineWidth === '0px' ? e.outerHTML.slice(0, 120) : ''; }"""
        )
        if shown:
            unseen.append(shown)
    assert unseen == []
