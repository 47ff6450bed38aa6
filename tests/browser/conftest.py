"""Real Chromium, Debian's. A page that breaks the policy on content, or complains in the console, fails its test."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from onrecord.ledger import Ledger
from served import serving

_CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
_LISTENING = (
    "document.addEventListener('securitypolicyviolation', (e) => console.error('policy: ' + e.violatedDirective));"
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not _CHROMIUM:
        pytest.skip("Chromium is not installed here: on Debian, apt-get install chromium")
    with sync_playwright() as playwright:
        # As root in a container it has no sandbox of its own to offer
        started = playwright.chromium.launch(
            executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        # On a busy machine a decision may take longer than the usual five seconds
        expect.set_options(timeout=15_000)
        yield started
        started.close()


@pytest.fixture
def desk(sample_ledger: Ledger) -> Iterator[str]:
    """The address of a desk with the sample."""
    with serving(sample_ledger) as address:
        yield address


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Makes people, each with a browser of their own and an open page."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def made(width: int = 1280, height: int = 900, **more: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **more)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        context.add_init_script(_LISTENING)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield made
    for context in contexts:
        context.close()
    # What the server refuses on purpose, a browser reports as an error of its own
    assert [said for said in complaints if "the server responded with a status of 4" not in said] == []
