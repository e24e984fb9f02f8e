"""An app where each visitor has their own: an image is theirs only, and a visitor can be forgotten."""

import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from engine.jobs import user_scope
from engine.jobs.permissions import ANONYMOUS, OTHER, PERMISSIONS, READ, VISITOR
from pages.parts.server import forget_visitor
from pages.parts.server.visitor_cookie import COOKIE
from pages.parts.shared import account
from tests.browser import BROKEN_IMAGES, open_page, serve, wait_until_settled
from tests.pages.shared.served_files import files_of, image_on

pytestmark = pytest.mark.browser
ELSEWHERE = "http://other.example/"


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


def cookie_of(context):
    return {cookie["name"]: cookie for cookie in context.cookies()}[COOKIE]


def status_for_anybody(address):
    """The status of a request without any cookie."""
    try:
        with urllib.request.urlopen(address, timeout=60) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


def test_images_and_downloads_keep_to_each_cell(page, private, another_browser):
    """The teacher's cells are tested where people sign in."""
    other = another_browser()
    other.request.get(f"{private.url}/_stcore/health")
    assert user_scope.is_secret(cookie_of(other)["value"])
    status_for = {
        VISITOR: lambda address: page.context.request.get(address).status,
        OTHER: lambda address: other.request.get(address).status,
        ANONYMOUS: status_for_anybody,
    }
    for thing, address in files_of(page).items():
        [row] = [row for row in PERMISSIONS if row.thing == thing]
        for role, status in status_for.items():
            assert status(address) == (200 if row.of(role) == READ else 404), (thing, role)
            assert status(address.replace("/media/", "/media/0")) == 404
    assert status_for_anybody(f"{private.url}/media/") == 404


def test_images_stay_through_a_reload_and_back(page, private):
    image = image_on(page)
    page.reload()
    wait_until_settled(page)
    assert image_on(page) == image and page.evaluate(BROKEN_IMAGES) == []
    page.get_by_test_id("stSidebar").get_by_role("link", name="BCE and CE").click()
    expect(page).to_have_url(f"{private.url}/BCE_and_CE")
    wait_until_settled(page)
    page.go_back()
    expect(page).to_have_url(f"{private.url}/One_hot")
    wait_until_settled(page)
    assert image_on(page) == image and page.evaluate(BROKEN_IMAGES) == []


def test_another_site_can_neither_replace_nor_forget_a_visitor(page, private):
    """A browser holds a strict cookie back when it follows a link from another site."""
    mine = cookie_of(page.context)
    assert mine["httpOnly"] and mine["sameSite"] == "Strict" and not mine["secure"]
    form = f'<form method="post" action="{private.url}{forget_visitor.PATH}"><button>Win</button></form>'
    links = f'<a href="{private.url}/One_hot">Lesson</a> <a href="{private.url}/_stcore/health">Health</a>'
    page.route(ELSEWHERE, lambda route: route.fulfill(body=links + form, content_type="text/html"))
    for name, role, address in (
        ("Win", "button", forget_visitor.PATH),
        ("Health", "link", "/_stcore/health"),
        ("Lesson", "link", "/One_hot"),
    ):
        page.goto(ELSEWHERE)
        page.get_by_role(role, name=name).click()
        page.wait_for_url(f"{private.url}{address}")
        assert cookie_of(page.context)["value"] == mine["value"]
    wait_until_settled(page)
    assert cookie_of(page.context)["value"] == mine["value"] and page.evaluate(BROKEN_IMAGES) == []


def test_a_visitor_can_be_forgotten(page):
    first = cookie_of(page.context)["value"]
    assert first not in page.evaluate("document.cookie")
    page.get_by_role("button", name="This browser").click()
    with page.expect_navigation():
        page.get_by_role("button", name=account.FORGET).click()
    wait_until_settled(page)
    second = cookie_of(page.context)
    assert user_scope.is_secret(second["value"]) and second["value"] != first and second["httpOnly"]
    assert page.evaluate(BROKEN_IMAGES) == []
