"""Keys on pages, pressed once the script that hears them is there: the words of a page stand before it does."""

from playwright.sync_api import Page


def press(page: Page, key: str) -> None:
    """Presses a key on a page that is all there."""
    page.wait_for_load_state("load")
    page.keyboard.press(key)
