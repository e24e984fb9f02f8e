"""A defect, on a page and in a fragment of it, is one sentence with a number that the log has, too."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import ROOT, open_page, serve

pytestmark = pytest.mark.browser
SCRIPT = """
import sys
sys.path.insert(0, {root!r})
import streamlit as st
from pages.parts.shared import unexpected


@st.fragment
def part():
    if st.button("Fail"):
        raise RuntimeError("secret of the fragment")


if __name__ == "__main__":
    st.title("A page")
    part()
    if "fail" in st.query_params:
        raise RuntimeError("secret of the page")
else:
    app = st.App(__file__, on_script_error=unexpected.report)
"""


def reference(page):
    said = page.get_by_text("Something went wrong here.")
    expect(said).to_have_count(1)
    return re.search(r"reference ([0-9A-F]{8})", said.inner_text())[1]


def test_a_visitor_reads_a_number_and_the_owner_the_traceback(another_browser, tmp_path):
    script = tmp_path / "app.py"
    script.write_text(SCRIPT.format(root=str(ROOT)))
    with serve(tmp_path, tmp_path / "runs", script, LOSS_LAB_PRIVATE="1") as server:
        page = another_browser().new_page()
        open_page(page, server)
        page.get_by_role("button", name="Fail").click()
        of_fragment = reference(page)
        open_page(page, server, "?fail=1")
        of_page = reference(page)
        shown = page.content()
        assert "secret of" not in shown and "Traceback" not in shown and str(tmp_path) not in shown
        expect(page.get_by_test_id("stException")).to_have_count(0)
        log = server.said()
    assert of_fragment != of_page and all(f"Reference {number}" in log for number in (of_fragment, of_page))
    assert "secret of the page" in log and "Traceback" in log
