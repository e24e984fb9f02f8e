"""The addresses of files that the server keeps for an open page, and who may read them."""

from playwright.sync_api import BrowserContext, Page

from engine.jobs.permissions import DOWNLOAD, MEDIA, PERMISSIONS, READ
from tests.browser import wait_until_settled


def image_on(page: Page) -> str:
    """The address of the first image on a page."""
    return page.locator('img[src*="/media/"]').first.evaluate("image => image.src")


def download_from(page: Page) -> str:
    """The address of the notebook that a lesson offers."""
    page.get_by_text("The same in fastai").first.click()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Open as notebook").click()
    assert waited.value.path().stat().st_size > 1000
    wait_until_settled(page)
    return waited.value.url


def files_of(lesson: Page) -> dict[str, str]:
    """What the table of permissions calls them -> the addresses of an image and of a download on a lesson's page."""
    return {MEDIA: image_on(lesson), DOWNLOAD: download_from(lesson)}


def assert_cell(context: BrowserContext, thing: str, role: str, address: str) -> None:
    """A browser gets a file exactly where the cell of its role says so."""
    [row] = [row for row in PERMISSIONS if row.thing == thing]
    assert context.request.get(address).status == (200 if row.of(role) == READ else 404), (thing, role)
