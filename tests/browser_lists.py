"""Lists of options in a real browser: opened, and chosen from by keyboard."""

import re

from playwright.sync_api import Locator, Page

from tests.browser import wait_until_settled

TWO_FRAMES = "() => new Promise(then => requestAnimationFrame(() => requestAnimationFrame(then)))"
"""Ends once a page has been told of what it was scrolled by."""


def scroll_to(element: Locator) -> None:
    """Bring an element into view, and wait until the page has heard of it.

    Playwright scrolls and clicks at once, but a browser tells the page of a scroll only in its next frame. A list that
    the click has opened by then takes it for a person who scrolls away, and closes.
    """
    element.scroll_into_view_if_needed()
    element.page.evaluate(TWO_FRAMES)


def choose(page: Page, label: str, option: str) -> None:
    """Choose the first option that matches from the list of that label; both are regular expressions.

    It is chosen by keyboard: a list moves while the charts above it are drawn.
    """
    field = page.get_by_role("combobox", name=re.compile(label))
    scroll_to(field)
    field.click()
    options = page.get_by_role("option")
    options.first.wait_for()
    place = next(at for at, text in enumerate(options.all_inner_texts()) if re.search(option, text))
    page.keyboard.press("Home")
    for _ in range(place):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait_until_settled(page)  # nothing runs where it was chosen already
