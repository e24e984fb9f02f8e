"""The kind of images that a visitor chose follows them from page to page; an address that names one counts more."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import open_page, script_run, wait_until_settled
from tests.conftest import MINE

pytestmark = pytest.mark.browser
THRESHOLD, CENTRE = "Threshold", "Head centre"


def _choose(page: Page, kind: str) -> None:
    with script_run(page):
        page.get_by_role("radio", name=kind, exact=True).first.click()
    _expect(page, kind)


def _go(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebar").get_by_role("link", name=re.compile(rf"^(\d\. )?{name}")).click()
    title = {"Home": "Loss Lab"}.get(name, name)
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    wait_until_settled(page)


def _expect(page: Page, kind: str) -> None:
    expect(page.get_by_role("radio", name=kind, exact=True).first).to_be_checked()
    wait_until_settled(page)


def test_a_chosen_kind_follows_to_the_other_pages_and_into_their_addresses(app, page):
    open_page(page, app, THRESHOLD)
    _expect(page, "Photographs")
    _choose(page, "Drawings")
    _choose(page, "Photographs")
    for name in (CENTRE, "One-hot", CENTRE):  # One-hot has no such switch
        _go(page, name)
    _expect(page, "Photographs")
    assert "kind=Photographs" in page.url
    _choose(page, "Drawings")
    _go(page, "Home")
    _expect(page, "Drawings")
    _go(page, THRESHOLD)
    _expect(page, "Drawings")
    assert "kind=Drawings" in page.url
    assert page.troubles == []


def test_the_defaults_stay_where_nobody_chose(app, page):
    open_page(page, app)
    _expect(page, "Photographs")
    _go(page, THRESHOLD)
    _expect(page, "Photographs")
    assert "kind" not in page.url
    _go(page, CENTRE)  # the one lesson that opens with drawings, and says why
    _expect(page, "Drawings")
    assert "kind" not in page.url


def test_a_run_of_ones_own_is_shown_and_does_not_lead_other_pages_astray(app, page):
    open_page(page, app, f"Threshold?run={MINE}")
    _expect(page, "Your runs")
    assert "kind=Your" in page.url
    page.reload()
    _expect(page, "Your runs")
    _go(page, "BCE and CE")
    wait_until_settled(page)
    page.get_by_role("radio", name="A model's outputs").click()
    _expect(page, "Photographs")
    assert page.get_by_test_id("stException").count() == 0
