"""The address of an image on a visitor's open page: nobody can guess it, and no list leads to it."""

import re
import urllib.error
import urllib.request

import pytest

from tests.browser import ROOT, open_page, serve

pytestmark = pytest.mark.browser
SCRIPT = """
import sys
sys.path.insert(0, {root!r})
import streamlit as st
from PIL import Image

from pages.parts.shared import visitor

visitor.begin()
st.title("A page")
st.image(Image.effect_noise((64, 48), 90))
"""


def status_of(address):
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_only_the_exact_address_leads_to_it(browser, tmp_path):
    script = tmp_path / "app.py"
    script.write_text(SCRIPT.format(root=str(ROOT)))
    with serve(tmp_path, tmp_path / "runs", script, LOSS_LAB_PRIVATE="1") as server:
        context = browser.new_context()
        page = context.new_page()
        open_page(page, server)
        address = page.locator('[data-testid="stImage"] img').evaluate("image => image.src")
        digest = re.search(r"/media/([0-9a-f]{32,56})\.", address)[1]
        assert status_of(address) == 200, "whoever is given the address may read it"
        for other in ("0" * len(digest), digest[:-1] + "0", digest[:-1] + "1", "", "..", "%2e%2e/app.py"):
            if other != digest:
                assert status_of(address.replace(digest, other)) in (400, 403, 404), other
        assert status_of(f"{server.url}/media/") in (400, 403, 404)
        context.close()
