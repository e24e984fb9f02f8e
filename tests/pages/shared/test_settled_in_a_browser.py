"""What browser tests rest on: a page counts as settled only once no script runs and all is drawn."""

import pytest

from tests import browser
from tests.browser import NotSettled, wait_until_settled

pytestmark = pytest.mark.browser

RUNNING = """<div data-testid="stApp" data-test-connection-state="CONNECTED" data-test-script-state="running">
<div data-testid="stMainBlockContainer"><h1 data-testid="stHeading">A page</h1></div></div>"""
ENDS = """() => setTimeout(() => {
    document.querySelector('[data-testid="stApp"]').dataset.testScriptState = 'notRunning';
}, 700)"""


def test_a_page_is_waited_for_until_its_script_has_ended(page):
    page.set_content(RUNNING)
    page.evaluate(ENDS)
    wait_until_settled(page)
    assert page.get_by_test_id("stApp").get_attribute("data-test-script-state") == "notRunning"


def test_a_page_whose_script_does_not_end_is_not_settled(page, monkeypatch):
    monkeypatch.setattr(browser, "PAGE_SECONDS", 0.5)
    page.set_content(RUNNING)
    with pytest.raises(NotSettled, match="the end of the script"):
        wait_until_settled(page)
