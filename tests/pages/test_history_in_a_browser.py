"""The browser's history: one press is one step back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import open_page, wait_until_settled

pytestmark = pytest.mark.browser


def test_a_preset_is_one_entry_and_back_leads_to_what_was_before(app, page):
    open_page(page, app, "BCE_and_CE")
    before, entries = page.url, page.evaluate("history.length")
    _press(page, "Logits of 1000", bear="10", dog="-10")
    preset = page.url
    assert "scale=" in preset
    _press(page, "Nothing present", bear="-3", dog="-3.5")
    assert "created with a default value" not in app.said()
    assert _present(page) == []
    assert "scale=" not in page.url
    assert page.evaluate("history.length") == entries + 2
    page.go_back(wait_until="commit")
    _expect(page, bear="10", dog="-10")
    assert page.url == preset
    assert _present(page) == ["bear", "dog"]
    page.go_back(wait_until="commit")
    _expect(page, bear="3", dog="2.5")
    assert page.url == before
    assert page.troubles == []


def _press(page: Page, name: str, **logits: str) -> None:
    page.get_by_role("button", name=name).click()
    _expect(page, **logits)


def _expect(page: Page, **logits: str) -> None:
    """Wait until these logits are on the page and it is at rest."""
    for label, value in logits.items():
        expect(page.get_by_role("slider", name=f"Logit of {label}")).to_have_value(value)
    wait_until_settled(page)


def _present(page: Page) -> list[str]:
    group = page.get_by_test_id("stButtonGroup").filter(has_text="In the image")
    return group.locator("[aria-pressed=true]").all_inner_texts()
