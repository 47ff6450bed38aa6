"""Text of strangers in every field makes no element and no handler, and no page that breaks."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from hostile import VECTORS, fill
from invented import NOW
from onrecord import pipeline
from onrecord.ledger import open_ledger
from onrecord.pipeline import Judgement
from served import serving

Person = Callable[..., Page]
# What the pages themselves are made of
_FOUND = """() => ({
  handlers: Array.from(document.querySelectorAll('*')).filter((e) => Array.from(e.attributes).some((a) =>
    /^(on|hx-on)/i.test(a.name) || /^\\s*(javascript|data|vbscript):/i.test(a.value.replace(/[\\x00-\\x20]/g, ''))
    && ['href', 'src', 'action', 'formaction', 'xlink:href'].includes(a.name))).map((e) => e.outerHTML.slice(0, 200)),
  strange: Array.from(document.querySelectorAll('img,iframe,object,embed,video,audio,marquee,math,base,style,template,noscript,'
    + 'link:not([href^="/static/"]),script:not([src^="/static/"]),meta[http-equiv]')).map((e) => e.outerHTML.slice(0, 200)),
  broken: window.broken === undefined ? [] : ['a script of theirs ran'],
  sideways: document.documentElement.scrollWidth > window.innerWidth ? [document.documentElement.scrollWidth] : [],
})"""
_FEW = 40


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "hostile.db"
    ledger = open_ledger(str(path), create=True)
    fill(ledger)
    view = pipeline.view(ledger)
    for number, row in enumerate(view.derived.incidents[:20]):
        said = VECTORS[number % len(VECTORS)].replace("\x00", "")
        pipeline.decide(ledger, Judgement("set", row.id, said, said, field="actor", value=said), NOW)
    ledger.close()
    return path


def test_there_are_enough_of_them() -> None:
    assert len(set(VECTORS)) >= 100


@pytest.mark.slow
@pytest.mark.parametrize("width", [pytest.param(1280, marks=pytest.mark.slow), 390])
def test_every_page_shows_them_as_text(hostile: Path, person: Person, width: int) -> None:
    ledger = open_ledger(str(hostile))
    view = pipeline.view(ledger)
    stories = [read.story.id for read in view.reads]
    rows = [*(f"/incidents/{i.id}" for i in view.derived.incidents), *(f"/plans/{p.id}" for p in view.derived.plans)]
    lists = ("/", "/incidents", "/plans", "/stories", "/tallies", "/families", "/sources", "/log", "/export", "/help")
    step = 1 if width == 1280 else 6
    paths = [*lists, *rows[:_FEW:step], *(f"/stories/{id_}" for id_ in stories[::step]), f"/tallies/{stories[0]}-t1"]
    paths += [f"/decisions/{made.id}" for made in view.decisions[::step]]
    page = person(width=width)
    # A dialog would wait for ever, and be closed by Playwright without a word
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    with serving(ledger) as address:
        for path in paths:
            page.goto(f"{address}{path}")
            found = page.evaluate(_FOUND)
            assert found == {"handlers": [], "strange": [], "broken": [], "sideways": []}, path
    ledger.close()
    assert asked == []
