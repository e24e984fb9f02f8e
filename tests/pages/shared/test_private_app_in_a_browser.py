"""An app where each visitor has their own: a visitor can be forgotten, and nobody can guess an image's address."""

import re
import urllib.error
import urllib.request

import pytest

from engine.jobs import user_scope
from pages.parts.shared import account, visitor
from tests.browser import open_page, serve

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def private(tmp_path_factory):
    folder = tmp_path_factory.mktemp("private")
    with serve(folder, folder / "runs", LOSS_LAB_PRIVATE="1", LOSS_LAB_DATA=str(folder / "data")) as server:
        yield server


@pytest.fixture
def page(page, private):
    """A visitor's page."""
    open_page(page, private, "One_hot")
    return page


def status_of(address):
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_only_the_exact_address_of_an_image_leads_to_it(page, private):
    address = page.locator('img[src*="/media/"]').first.evaluate("image => image.src")
    digest = re.search(r"/media/([0-9a-f]{32,56})\.", address)[1]
    assert status_of(address) == 200, "whoever is given the address may read it"
    for other in ("0" * len(digest), digest[:-1] + "0", digest[:-1] + "1", "", "..", "%2e%2e/app.py"):
        if other != digest:
            assert status_of(address.replace(digest, other)) in (400, 403, 404), other
    assert status_of(f"{private.url}/media/") in (400, 403, 404)


def test_a_visitor_can_be_forgotten(page, private):
    def secret():
        page.wait_for_function(f"() => document.cookie.includes('{visitor.COOKIE}=')")
        return {cookie["name"]: cookie for cookie in page.context.cookies()}[visitor.COOKIE]

    first = secret()
    assert first["sameSite"] == "Strict" and not first["httpOnly"]
    page.get_by_role("button", name="This browser").click()
    page.get_by_role("button", name=account.FORGET).click()
    page.wait_for_function(f"() => !document.cookie.includes('{first['value']}')")
    open_page(page, private, "One_hot")
    assert user_scope.is_secret(secret()["value"]) and secret()["value"] != first["value"]
