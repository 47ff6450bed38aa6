"""Takes the pictures of the desk and of a published site that the documentation shows, in real Chromium, from the bundled sample.

`make docs` runs it where Chromium is installed. The pictures are looked at before they are committed.
"""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright
from rich.console import Console

from onrecord import pipeline
from onrecord.exports import publishing, terminal
from onrecord.ledger import Ledger, open_ledger
from onrecord.web import Options, application
from onrecord.web.serving import listen
from onrecord.web.serving import server as made

HERE = Path(__file__).resolve().parent / "pictures"
CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)


def main() -> None:
    """Writes the pictures, or says why not."""
    if CHROMIUM is None:
        print("no pictures: Chromium is not installed")
        return
    HERE.mkdir(exist_ok=True)
    with (
        TemporaryDirectory() as folder,
        _sample(folder) as ledger,
        _served(ledger) as address,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        wide = browser.new_page(viewport={"width": 1280, "height": 860})
        view = pipeline.view(ledger)
        contested = max(view.derived.incidents, key=lambda one: (one.killed.high or 0) - (one.killed.low or 0)).id
        changed = view.derived.mutations[0].story
        pages = {
            "desk": "/",
            "incident": f"/incidents/{contested}",
            "story": f"/stories/{changed}",
            "timeline": "/timeline",
            "tallies": "/tallies",
        }
        for name, path in pages.items():
            _take(wide, f"{address}{path}", name)
        _conflict(wide, address, contested)
        narrow = browser.new_page(viewport={"width": 390, "height": 844})
        _take(narrow, f"{address}/incidents/{contested}", "phone")
        dark = browser.new_page(viewport={"width": 1280, "height": 860}, color_scheme="dark")
        _take(dark, f"{address}/stories/{changed}", "dark")
        site = Path(folder, "site")
        with terminal.Steps(Console(quiet=True)) as progress:
            publishing.publish(view, site, publishing.Wanted("The Velmora record", None, None), progress)
        _take(wide, (site / "index.html").as_uri(), "published")
        browser.close()


def _take(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.wait_for_timeout(700)
    page.screenshot(path=HERE / f"{name}.png")


def _conflict(page: Page, address: str, incident: str) -> None:
    """Somebody else has changed what is on the screen."""
    page.goto(f"{address}/incidents/{incident}")
    page.locator("article > header details[data-act=edit] > summary").click()
    other = page.context.browser.new_page()  # type: ignore[union-attr]
    for one, value in ((other, "7"), (page, "12")):
        if one is other:
            one.goto(f"{address}/incidents/{incident}")
            one.locator("article > header details[data-act=edit] > summary").click()
        form = one.locator(".edits form", has=one.locator('input[name="field"][value="killed"]'))
        form.locator("input[name=value]").fill(value)
        form.locator("input[name=reason]").fill(
            "counted at the hospital" if one is other else "names on the list of the parish"
        )
        form.locator("button").click()
        one.wait_for_load_state()
    page.screenshot(path=HERE / "conflict.png")


@contextmanager
def _sample(folder: str) -> Iterator[Ledger]:
    ledger = open_ledger(str(Path(folder) / "sample.db"), create=True)
    with as_file(files("onrecord").joinpath("sample", "stories.jsonl")) as stories:
        pipeline.add(ledger, [str(stories)], pipeline.AddOptions(datetime(2024, 10, 20, tzinfo=UTC)))
    yield ledger
    ledger.close()


@contextmanager
def _served(ledger: Ledger) -> Iterator[str]:
    options = Options(port=0, by="Ida Marsh")
    listening = listen(options)
    options = replace(options, port=listening.getsockname()[1])
    server = made(application(ledger, options), options)
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield options.address
    server.should_exit = True
    thread.join(20)


if __name__ == "__main__":
    main()
