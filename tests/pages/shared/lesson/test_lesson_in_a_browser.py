"""A learner goes through lesson 1 in a real browser: guess, tasks, check, reload, link, presentation."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import open_page, wait_until_settled
from tests.browser_lists import scroll_to

pytestmark = pytest.mark.browser
ANSWERS = ("12", "87.4%", "385")


def _tick(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()
    wait_until_settled(page)


def _expect_done(page: Page, count: int) -> None:
    """So many tasks are ticked, and nothing on the page moves any more."""
    expect(page.locator(".tasks > li.done")).to_have_count(count)
    wait_until_settled(page)


def _sidebar(page: Page, name: str):
    return page.get_by_test_id("stSidebar").get_by_role("link", name=re.compile(name))


def test_a_guess_tasks_and_a_check_complete_the_lesson_and_a_reload_keeps_them(app, page):
    open_page(page, app, "One_hot")
    expect(page.get_by_role("heading", name="As a single index")).to_have_count(0)
    _tick(page, "14")
    expect(page.get_by_text("You guessed 14.")).to_be_visible()
    expect(page.get_by_role("heading", name="As a single index")).to_be_visible()
    wait_until_settled(page)
    _do_all_tasks(page)
    _answer_all(page)
    expect(_sidebar(page, "One-hot ✓")).to_be_visible()
    page.reload()
    expect(_sidebar(page, "One-hot ✓")).to_be_visible()
    wait_until_settled(page)
    _expect_done(page, 4)
    expect(page.get_by_text("You guessed 14.")).to_be_visible()
    _forget(page)
    assert page.troubles == []


def _do_all_tasks(page: Page) -> None:
    _expect_done(page, 0)
    _tick(page, "No label")
    _expect_done(page, 1)
    _switch(page, "chair", to=1)
    _switch(page, "person", to=1)
    _expect_done(page, 2)
    _tick(page, "A dog labelled bear")
    expect(_cell(page, "bear", 1)).to_be_visible()
    wait_until_settled(page)
    _switch(page, "bear", to=0)
    _switch(page, "dog", to=1)
    _expect_done(page, 3)
    field = page.get_by_role("combobox", name=re.compile("^Image"))
    scroll_to(field)
    field.fill("000003")
    page.get_by_role("option").first.click()
    _expect_done(page, 4)


def _cell(page: Page, label: str, value: int):
    return page.get_by_role("button", name=f"{value} {label}", exact=True)


def _switch(page: Page, label: str, to: int) -> None:
    """Press a cell of the vector, and wait for its new value: a press while the page is drawn again would be lost."""
    _cell(page, label, 1 - to).click()
    expect(_cell(page, label, to)).to_be_visible()
    wait_until_settled(page)


def _answer_all(page: Page) -> None:
    page.locator("label").filter(has_text=re.compile(r"^2$")).click()
    expect(page.get_by_text("Not quite.")).to_be_visible()
    wait_until_settled(page)
    for count, answer in enumerate(ANSWERS, 1):
        page.locator("label").filter(has_text=re.compile(rf"^{re.escape(answer)}$")).click()
        expect(page.get_by_text(re.compile("^Right"))).to_have_count(count)
        wait_until_settled(page)
    expect(page.get_by_text("Not quite.")).to_have_count(0)


def _forget(page: Page) -> None:
    page.get_by_test_id("stSidebar").get_by_role("button", name="Forget my progress").click()
    page.get_by_role("button", name="Forget it now").click()
    expect(_sidebar(page, "One-hot$")).to_be_visible()
    wait_until_settled(page)
    kept = page.evaluate("localStorage.getItem('loss_lab_progress')") or ""
    assert "guess" not in kept and "check" not in kept
    page.reload()
    wait_until_settled(page)
    expect(page.get_by_text("Guess first.")).to_be_visible()


NO_CLIPBOARD = """
Object.defineProperty(navigator, 'clipboard', {value: undefined});
document.addEventListener('copy', () => (window.copied = document.activeElement.value), true);
"""
NO_STORAGE = """
const blocked = () => { throw new DOMException('blocked', 'SecurityError'); };
for (const name of ['getItem', 'setItem', 'removeItem']) {
    const usual = Storage.prototype[name];
    Storage.prototype[name] = function (key, ...rest) {
        return key === 'loss_lab_progress' ? blocked() : usual.call(this, key, ...rest);
    };
}
"""


def test_copy_link_copies_the_state_also_without_a_clipboard(app, page):
    page.add_init_script(NO_CLIPBOARD)
    open_page(page, app, "One_hot?labels=dog&slider=0.05000000074505806")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("window.copied") == f"{app.url}/One_hot?labels=dog&slider=0.05"
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    page.get_by_text("The same in fastai").click()
    page.get_by_role("button", name="Copy code").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("window.copied").startswith("from fastai.vision.all import *")
    assert page.troubles == []


def test_a_browser_that_blocks_storage_keeps_nothing_and_works(app, page):
    page.add_init_script(NO_STORAGE)
    open_page(page, app, "One_hot")
    _tick(page, "14")
    expect(page.get_by_text("You guessed 14.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Guess first.")).to_be_visible()
    assert page.troubles == []


def test_what_one_tab_has_done_the_next_one_knows(app, page, profile):
    open_page(page, app, "One_hot")
    _tick(page, "14")
    other = profile.new_page()
    open_page(other, app, "One_hot")
    expect(other.get_by_text("You guessed 14.")).to_be_visible()


def test_arrow_keys_step_through_the_lesson_and_leave_ends_it(app, page):
    open_page(page, app, "One_hot?present=1")
    steps = page.get_by_role("navigation", name="Steps of this lesson")
    expect(steps).to_contain_text("1 of 4: two labels")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "22.4px"
    page.keyboard.press("ArrowRight")
    expect(steps).to_contain_text("2 of 4: one label")
    expect(page.get_by_text("Read back from the 1s: dog.")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Read back from the 1s: no label.")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Read back from the 1s: dog.")).to_be_visible()
    steps.get_by_role("button", name="Leave").click()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    expect(page).to_have_url(re.compile(r"labels=dog$"))
    assert page.troubles == []
