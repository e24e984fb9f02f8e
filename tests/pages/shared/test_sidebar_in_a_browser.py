"""The sidebar is as wide on every page, marks the page that is open, and can be used by keyboard."""

import pytest
from playwright.sync_api import expect

from pages.parts.shared.sidebar import WIDTH_PX
from tests.browser import open_page, wait_until_settled

pytestmark = pytest.mark.browser


def test_the_sidebar_is_as_wide_on_every_page_and_marks_where_one_is(app, page):
    for address, name in (("", "Home"), ("Head_centre", "5. Head centre"), ("Train", "2. Train")):
        open_page(page, app, address)
        sidebar = page.get_by_test_id("stSidebar")
        expect(sidebar).to_have_css("width", f"{WIDTH_PX}px")  # it opens by degrees
        expect(sidebar.locator("a[aria-current=page]")).to_have_text(name)


def test_a_link_that_is_drawn_anew_is_marked_again(app, page):
    open_page(page, app, "Threshold")
    current = page.get_by_test_id("stSidebar").locator("a[aria-current=page]")
    expect(current).to_have_text("3. Threshold")
    current.evaluate("""link => {
        const anew = link.cloneNode(true);
        anew.removeAttribute("aria-current");
        link.replaceWith(anew);
    }""")
    expect(current).to_have_text("3. Threshold")


def test_enter_on_a_link_opens_the_page(app, page):
    open_page(page, app, "One_hot")
    link = page.get_by_test_id("stSidebar").get_by_role("link", name="4. Linear regression")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Linear regression")
    wait_until_settled(page)
    expect(page.get_by_test_id("stSidebar").locator("a[aria-current=page]")).to_have_text(
        "4. Linear regression"
    )
    assert page.troubles == []


def test_on_a_phone_the_sidebar_closes_when_a_link_in_it_is_followed(app, page):
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, app, "One_hot")
    page.get_by_test_id("stExpandSidebarButton").click()
    link = page.get_by_test_id("stSidebar").get_by_role("link", name="4. Linear regression")
    expect(link).to_be_in_viewport()
    link.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Linear regression")
    expect(link).not_to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.troubles == []
