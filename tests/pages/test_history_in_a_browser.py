"""The browser's history: one press is one step back. `tests/browser_controls` counts this for every control."""

import pytest
from playwright.sync_api import Page

from tests.browser import open_page, wait_until_settled

pytestmark = pytest.mark.browser

_SLIDERS_SHOW = """wanted => Object.entries(wanted).every(([name, value]) => {
    const sliders = document.querySelectorAll(`input[type=range][aria-label="${name}"]`);
    return sliders.length === 1 && sliders[0].value === value;
})"""
"""While a script runs, a slider may stand next to the one that it replaces."""


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


def test_a_chosen_image_is_one_entry_although_it_changes_the_labels_too(app, page):
    open_page(page, app, "One_hot")
    before, entries = page.url, page.evaluate("history.length")
    page.locator('[class*="st-key-cell_"] button', has_text="cat").click()
    page.wait_for_url("**labels=**")
    wait_until_settled(page)
    changed = page.url
    page.get_by_role("button", name="No label", exact=True).click()
    page.wait_for_url("**image=**")
    wait_until_settled(page)
    assert "labels=" not in page.url
    assert page.evaluate("history.length") == entries + 2
    page.go_back(wait_until="commit")
    page.wait_for_url(changed)
    wait_until_settled(page)
    page.go_back(wait_until="commit")
    page.wait_for_url(before)
    assert page.troubles == []


def test_a_section_makes_at_most_one_entry(app, page):
    """A widget that binds itself to the address replaces the entry, as Streamlit 1.67 does it."""
    open_page(page, app, "Your_data")
    entries = page.evaluate("history.length")
    page.get_by_test_id("stButtonGroup").get_by_text("Check", exact=True).click()
    page.wait_for_url("**do=Check**")
    wait_until_settled(page)
    assert page.evaluate("history.length") <= entries + 1
    page.reload(wait_until="commit")
    page.wait_for_url("**do=Check**")
    assert page.troubles == []


def test_changes_of_the_address_after_one_action_are_one_entry(app, page):
    open_page(page, app, "Loss_race")
    entries = page.evaluate("history.length")
    page.evaluate("""() => {
        history.pushState({}, '', '?of=the server');
        history.pushState({}, '', '?of=the server, later');
    }""")
    assert page.evaluate("history.length") == entries and "later" in page.url
    page.keyboard.press("Shift")
    page.evaluate(
        "history.pushState({}, '', '?of=an action'); history.pushState({}, '', '?of=the same action')"
    )
    assert page.evaluate("history.length") == entries + 1


def test_what_a_page_adds_to_its_address_on_arrival_is_no_step_back(app, page):
    open_page(page, app, "One_hot?image=1")
    before, entries = page.url, page.evaluate("history.length")
    page.get_by_test_id("stSidebar").get_by_role("link", name="Sweep").click()
    page.wait_for_url("**/Sweep?sweep_task=*")
    wait_until_settled(page)
    assert page.evaluate("history.length") == entries + 1
    page.go_back(wait_until="commit")
    page.wait_for_url(before)
    wait_until_settled(page)
    assert page.troubles == []


def _press(page: Page, name: str, **logits: str) -> None:
    page.get_by_role("button", name=name).click()
    _expect(page, **logits)


def _expect(page: Page, **logits: str) -> None:
    """Wait until these logits are on the page and it is at rest."""
    wanted = {f"Logit of {label}": value for label, value in logits.items()}
    page.wait_for_function(_SLIDERS_SHOW, arg=wanted)
    wait_until_settled(page)


def _present(page: Page) -> list[str]:
    group = page.get_by_test_id("stButtonGroup").filter(has_text="In the image")
    return group.locator("[aria-pressed=true]").all_inner_texts()
