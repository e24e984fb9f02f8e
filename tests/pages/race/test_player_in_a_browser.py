"""Lesson 6 in a real browser: the epochs are played, paused and stepped through, without the server."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import ROOT, open_page, wait_until_settled

pytestmark = pytest.mark.browser

EPOCH_MS = re.search(r"EPOCH_MS = (\d+)", (ROOT / "pages/parts/race/player.js").read_text(encoding="utf-8"))[
    1
]
BY_HAND = f"""(() => {{
    const set = window.setInterval.bind(window), clear = window.clearInterval.bind(window), begun = new Map();
    let number = 0;
    window.setInterval = (tick, pause, ...rest) => {{
        if (pause !== {EPOCH_MS}) return set(tick, pause, ...rest);
        begun.set(--number, tick);
        return number;
    }};
    window.clearInterval = which => begun.delete(which) || clear(which);
    window.passEpoch = () => begun.forEach(tick => tick());
}})()"""
"""The time of an epoch passes when the test says so, however busy the machine is."""


def _opened(page: Page, app) -> None:
    open_page(page, app, "Loss_race")
    page.get_by_role("button", name="Show me").click()
    expect(page.locator(".player .play")).to_be_visible()
    wait_until_settled(page)


def _covered(page: Page) -> float:
    """The share of the chart's width that the curtain leaves free."""
    return page.evaluate("""() => {
        const curtain = document.querySelector('.marks .curtain');
        const box = curtain.getBoundingClientRect(), whole = curtain.parentElement.getBoundingClientRect();
        return getComputedStyle(curtain).opacity > 0 ? (box.left - whole.left) / whole.width : 1;
    }""")


def test_epochs_are_stepped_through_by_button_and_by_key(app, page):
    _opened(page, app)
    says, scores = page.locator(".player .says"), page.locator(".player .score")
    expect(says).to_have_text("Epoch 12 of 12")
    expect(page.locator(".player .on")).to_be_disabled()
    assert _covered(page) == 1
    expect(scores.first).to_be_visible()
    at_end = scores.all_text_contents()
    page.get_by_role("button", name="One epoch back").click()
    expect(says).to_have_text("Epoch 11 of 12")
    slider = page.get_by_role("slider", name="Epoch", exact=True)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(says).to_have_text("Epoch 10 of 12")
    page.keyboard.press("Home")
    expect(says).to_have_text("Before training")
    expect(scores).not_to_have_text(at_end)
    assert _covered(page) < 0.02
    page.keyboard.press("End")
    expect(says).to_have_text("Epoch 12 of 12")
    expect(scores).to_have_text(at_end)
    assert page.troubles == []


def test_play_begins_at_the_start_and_pause_stops_it(app, page):
    page.add_init_script(BY_HAND)
    _opened(page, app)
    says = page.locator(".player .says")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(says).to_have_text("Before training")
    for epoch in (1, 2, 3):
        page.evaluate("passEpoch()")
        expect(says).to_have_text(f"Epoch {epoch} of 12")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.evaluate("passEpoch()")
    expect(says).to_have_text("Epoch 3 of 12")
    assert 0.1 < _covered(page) < 0.4
    page.get_by_role("button", name="Play", exact=True).click()
    for _ in range(9):
        page.evaluate("passEpoch()")
    expect(says).to_have_text("Epoch 12 of 12")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert _covered(page) == 1 and page.troubles == []


def test_another_page_has_no_curtain(app, page):
    _opened(page, app)
    page.get_by_role("slider", name="Epoch", exact=True).focus()
    page.keyboard.press("Home")
    page.get_by_test_id("stSidebar").get_by_role("link", name=re.compile("Threshold")).click()
    expect(page.get_by_role("heading", name=re.compile("Threshold"), level=1)).to_be_visible()
    page.wait_for_function("() => document.documentElement.style.getPropertyValue('--is-playing') === '0'")
    assert page.troubles == []
