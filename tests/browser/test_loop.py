"""The whole of the work in a browser: reading, accepting, editing, merging, undoing, the log."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from keys import press
from onrecord import pipeline
from onrecord.ledger import Ledger

Person = Callable[..., Page]


def killed(ledger: Ledger, id_: str) -> int | None:
    return next(one.killed.best for one in pipeline.view(ledger).derived.incidents if one.id == id_)


def ids(ledger: Ledger) -> list[str]:
    return [one.id for one in pipeline.view(ledger).derived.incidents]


def test_the_full_loop_by_mouse(desk: str, person: Person, sample_ledger: Ledger) -> None:
    page = person()
    page.goto(desk)
    cards = page.locator("li[data-item]")
    waiting = cards.count()
    assert waiting > 5
    # Read the story behind the first card, and come back
    page.locator("li[data-item] blockquote a").first.click()
    expect(page.locator("article.story mark.k-event").first).to_be_visible()
    page.go_back()
    # Accept where it stands
    first = cards.first
    title = first.locator("h2").inner_text()
    first.get_by_role("button", name="Accept").click()
    expect(page.locator("[data-done]")).to_contain_text("confirm")
    # Edit a count
    page.goto(f"{desk}/incidents?order=oldest")
    page.locator("tbody a").first.click()
    id_ = page.url.rsplit("/", 1)[-1]
    page.locator("article > header details[data-act=edit] > summary").click()
    form = page.locator(".edits form", has=page.locator('input[name="field"][value="killed"]'))
    form.locator("input[name=value]").fill("4-5-9")
    form.locator("input[name=reason]").fill("counted by the hospital")
    form.get_by_role("button", name="Set").click()
    expect(page.locator(".notice")).to_contain_text("killed")
    expect(page.locator(".numbers b").first).to_have_text("4–5–9")
    assert killed(sample_ledger, id_) == 5
    # Merge another into it
    other = next(one for one in ids(sample_ledger) if one != id_)
    before = len(ids(sample_ledger))
    page.goto(f"{desk}/incidents/{other}")
    page.locator("details[data-act=merge] summary").click()
    page.locator("details[data-act=merge] input[name=into]").fill(id_)
    page.locator("details[data-act=merge] button").click()
    expect(page.locator(".notice").first).to_contain_text("goes into")
    assert page.url.startswith(f"{desk}/incidents/{id_}")
    assert len(ids(sample_ledger)) == before - 1
    # Undo, by the button beside what was said
    page.locator(".notice").get_by_role("button", name="Undo").first.click()
    expect(page.locator(".notice").first).to_contain_text("is undone")
    assert len(ids(sample_ledger)) == before
    # The log has it all
    page.goto(f"{desk}/log")
    expect(page.locator("ol.log > li")).to_have_count(4)
    text = page.locator("ol.log").inner_text()
    assert all(
        word in text for word in ("confirm", "set killed", "merge", "undo", "counted by the hospital", "Ida Marsh")
    )
    assert title


def test_by_keyboard_alone(desk: str, person: Person, sample_ledger: Ledger) -> None:
    page = person()
    page.goto(desk)
    count = page.locator("li[data-item]").count()
    # a accepts the first, and the next one is at hand
    press(page, "j")
    press(page, "k")
    press(page, "a")
    expect(page.locator("[data-done]")).to_have_count(1)
    expect(page.locator("li.at")).to_have_count(1)
    # r asks for a reason
    press(page, "r")
    page.keyboard.type("told of a drill")
    press(page, "Tab")
    press(page, "Enter")
    expect(page.locator("[data-done]")).to_have_count(2)
    # u takes the last one back
    page.locator("[data-done]").last.focus()
    press(page, "Shift+Tab")
    page.goto(desk)
    assert page.locator("li[data-item]").count() < count
    # Enter opens what one is at; e edits there
    press(page, "j")
    press(page, "k")
    press(page, "Enter")
    page.wait_for_url(re.compile("/(incidents|tallies|plans)/"))
    page.goto(f"{desk}/incidents")
    press(page, "j")
    press(page, "k")
    press(page, "Enter")
    page.wait_for_url(re.compile("/incidents/in-"))
    press(page, "e")
    assert page.evaluate("document.activeElement.name") == "value"
    press(page, "Escape")
    press(page, "a")
    expect(page.locator(".notice")).to_contain_text("confirm")
    press(page, "u")
    expect(page.locator(".notice")).to_contain_text("is undone")
    # ? shows the keys, Escape closes them
    press(page, "?")
    expect(page.locator("dialog#keys")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("dialog#keys")).not_to_be_visible()
    verdicts = [one.verdict for one in pipeline.view(sample_ledger).decisions]
    assert verdicts == ["confirm", "not_an_incident", "confirm", "undo"]


@pytest.mark.slow
def test_words_selected_become_an_incident(desk: str, person: Person, sample_ledger: Ledger) -> None:
    page = person()
    view = pipeline.view(sample_ledger)
    before = set(ids(sample_ledger))
    page.goto(f"{desk}/stories/{view.reads[0].story.id}")
    paragraph = page.locator("[data-part=text] p").nth(1)
    paragraph.click()
    page.evaluate(
        """() => { const p = document.querySelectorAll('[data-part=text] p')[1]; const r = document.createRange();
        r.selectNodeContents(p); const s = getSelection(); s.removeAllRanges(); s.addRange(r); }"""
    )
    wanted = paragraph.inner_text()
    press(page, "n")
    expect(page.locator("#new-words")).to_have_text(wanted)
    page.locator("#new input[name=value]").fill("raid")
    page.locator("#new").get_by_role("button", name="Keep").click()
    expect(page.locator(".notice")).to_contain_text("incident added")
    after = pipeline.view(sample_ledger)
    assert len(set(ids(sample_ledger)) - before) == 1
    assert after.decisions[-1].words[0].text == wanted


@pytest.mark.slow
def test_split_by_ticking(desk: str, person: Person, sample_ledger: Ledger) -> None:
    page = person()
    view = pipeline.view(sample_ledger)
    several = next(one for one in view.derived.incidents if len(one.events) > 2)
    page.goto(f"{desk}/incidents/{several.id}")
    page.locator(".tellings input[type=checkbox]").last.check()
    press(page, "s")
    page.locator("#split").get_by_role("button").click()
    expect(page.locator(".notice")).to_contain_text("split off")
    assert len(ids(sample_ledger)) == len(view.derived.incidents) + 1


@pytest.mark.slow
def test_two_people_at_once(desk: str, person: Person, sample_ledger: Ledger) -> None:
    """The second sees both values, and nothing of either is lost."""
    one, other = person(), person()
    id_ = ids(sample_ledger)[0]
    for page in (one, other):
        page.goto(f"{desk}/incidents/{id_}")
        page.locator("article > header details[data-act=edit] > summary").click()
    for page, value in ((one, "7"), (other, "8")):
        form = page.locator(".edits form", has=page.locator('input[name="field"][value="killed"]'))
        form.locator("input[name=value]").fill(value)
        form.get_by_role("button", name="Set").click()
    expect(one.locator(".notice")).to_contain_text("killed")
    expect(other.locator("h1")).to_have_text("It has changed meanwhile")
    row = other.locator("tr.changed", has_text="killed")
    expect(row).to_contain_text("7-7-7")
    expect(other.locator("main")).to_contain_text("to be 8")
    assert killed(sample_ledger, id_) == 7
    other.get_by_role("button", name="Decide so all the same").click()
    expect(other.locator(".numbers b").first).to_have_text("8")
    assert [d.value for d in pipeline.view(sample_ledger).decisions] == ["7", "8"]


@pytest.mark.slow
def test_many_at_once_with_a_preview(desk: str, person: Person, sample_ledger: Ledger) -> None:
    page = person()
    page.goto(f"{desk}/?tag=new")
    for box in page.locator("input[name=targets]").all()[:3]:
        box.check()
    page.get_by_role("button", name="Accept the ticked").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    assert pipeline.view(sample_ledger).decisions == ()
    page.get_by_role("button", name="Confirm 3").click()
    expect(page.locator(".l-kept")).to_have_count(3)
    assert [d.verdict for d in pipeline.view(sample_ledger).decisions] == ["confirm"] * 3


@pytest.mark.slow
def test_a_double_click_decides_once(desk: str, person: Person, sample_ledger: Ledger) -> None:
    page = person()
    page.goto(f"{desk}/incidents/{ids(sample_ledger)[0]}")
    page.get_by_role("button", name="Accept").dblclick()
    expect(page.locator(".notice")).to_contain_text("confirm")
    assert len(pipeline.view(sample_ledger).decisions) == 1


@pytest.mark.slow
def test_without_scripts(desk: str, person: Person, sample_ledger: Ledger) -> None:
    page = person(java_script_enabled=False)
    page.goto(desk)
    page.locator("li[data-item]").first.get_by_role("button", name="Accept").click()
    expect(page.locator(".notice")).to_contain_text("confirm")
    assert len(pipeline.view(sample_ledger).decisions) == 1
