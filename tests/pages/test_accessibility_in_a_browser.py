"""Every page for everyone: axe-core finds nothing serious, headings are in order, images are described.

And it opens on a phone and on a wide screen without a complaint and without the network.
"""

from collections.abc import Callable

import pytest
import streamlit

from tests import accessibility
from tests.accessibility import Inspection
from tests.browser import app_pages, open_page, wait_until_settled
from tests.conftest import watched

pytestmark = pytest.mark.browser

each_page = pytest.mark.parametrize("address", app_pages(), ids=lambda address: address or "Home")


@pytest.fixture(scope="module")
def seen(app, profile) -> Callable[[str], Inspection]:
    """What was found on a page, which is opened once for all tests, but again after a finding: for a second try."""
    found: dict[str, Inspection] = {}

    def inspection(address: str) -> Inspection:
        if address in found and not found[address].has_faults:
            return found[address]
        tab, asked, beyond = watched(profile.new_page()), [], {}
        tab.on("request", lambda request: asked.append(request.url))
        tab.set_viewport_size(accessibility.PHONE)
        open_page(tab, app, address)
        for name, size in (("phone", accessibility.PHONE), ("wide", accessibility.WIDE)):
            tab.set_viewport_size(size)
            wait_until_settled(tab)
            beyond[name] = accessibility.beyond_the_edge(tab)
        found[address] = accessibility.inspect(tab)
        from_afar = [url for url in asked if not url.startswith((app.url, "data:", "blob:"))]
        found[address].beyond, found[address].complaints = beyond, [*tab.troubles, *from_afar]
        tab.close()
        return found[address]

    return inspection


@pytest.mark.parametrize("looked_at", ["light", "dark", "phone"])
@each_page
def test_axe_core_finds_nothing_serious(seen, address, looked_at):
    found = seen(address).axe[looked_at]
    assert not found, "\n".join(found)


@each_page
def test_it_opens_on_a_phone_without_a_complaint_and_without_the_network(seen, address):
    assert seen(address).exceptions == [] and seen(address).complaints == []
    assert seen(address).beyond == {"phone": [], "wide": []}


@each_page
def test_headings_are_in_order(seen, address):
    headings = seen(address).headings
    assert headings[0][0] == 1
    assert accessibility.skipped_headings(headings) == []


@each_page
def test_images_are_described_and_not_named_after_their_file(seen, address):
    assert accessibility.file_names(seen(address).alts) == []


@each_page
def test_text_in_charts_can_be_read(seen, address):
    found = seen(address)
    assert found.small_text == []
    assert found.pale_text == {"light": [], "dark": [], "phone": []}


@each_page
def test_no_exception_is_shown_where_everything_is_open(seen, address):
    assert seen(address).exceptions == []


@each_page
def test_a_screen_reader_is_told_the_language(seen, address):
    assert seen(address).language == "en"


def test_the_faults_of_streamlit_are_those_of_the_version_in_use():
    assert streamlit.__version__ == accessibility.STREAMLIT["streamlit"]


# --- faults are found -------------------------------------------------------------------------------------------


def test_axe_core_finds_what_is_wrong(page):
    page.set_content(
        "<html lang=en><title>x</title><main><h1>x</h1><img src='data:,'><input>"
        "<p style='color: #aaa; background: #fff'>pale</p></main>"
    )
    rules = {line.split()[0] for line in accessibility.violations(page)}
    assert rules == {"image-alt", "label", "color-contrast"}


def test_pale_text_of_a_chart_is_found(page):
    page.set_content(
        "<body style='background: #161513'><div class=js-plotly-plot>"
        "<svg class=main-svg><text fill='#e6eaf1' y=20>light</text><text fill='#31333f' y=40>dark</text></svg>"
        "<svg class=main-svg style='background: #ffffff'><text fill='#e6eaf1' y=20>on white</text></svg></div>"
    )
    assert [line.partition(": ")[2] for line in accessibility.pale_text(page)] == ["on white", "dark"]


def test_a_skipped_heading_and_a_second_title_are_found():
    assert accessibility.skipped_headings([(1, "a"), (2, "b"), (3, "c"), (2, "d")]) == []
    assert accessibility.skipped_headings([(1, "a"), (3, "b"), (1, "c")]) == ["b", "c"]
    assert accessibility.skipped_headings([(2, "a")]) == ["a"]


def test_a_file_name_is_no_description():
    assert accessibility.file_names(["A bear and a dog", "", "The picture 000024.JPG", "scenes/train"]) == [
        "",
        "The picture 000024.JPG",
        "scenes/train",
    ]
