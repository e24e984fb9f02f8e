"""Photographs in a real browser: an example is clicked, another one pasted, and the pasted one removed."""

import base64

import pytest
from playwright.sync_api import expect

from engine.data.example_photographs import FOLDER
from tests.browser import open_page, wait_until_settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PASTE = """content => {
    const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], "image.jpg", {type: "image/jpeg"}));
    document.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_an_example_is_clicked_and_another_photograph_is_pasted(app, page, width):
    page.set_viewport_size({"width": width, "height": 844})
    open_page(page, app, "Your_pictures")
    card = page.locator(".photo-card").first  # one more, of the image before, fades while a run replaces it
    expect(card).to_contain_text("tripod")
    page.get_by_role("button", name="A cup of coffee").click()
    expect(card).to_contain_text("espresso")
    page.locator("[data-listening]").first.wait_for(state="attached")
    page.evaluate(PASTE, base64.b64encode((FOLDER / "chelsea.jpg").read_bytes()).decode())
    expect(card).to_contain_text("pasted 1")
    expect(card).to_contain_text("cat")
    page.get_by_role("button", name="Remove the pasted images").click()
    expect(card).to_contain_text("espresso")
    wait_until_settled(page)
    assert page.troubles == []
