"""Labelling in a real browser: by keys and clicks, kept over a reload, and undone."""

import pytest
from playwright.sync_api import Page, expect

from engine.data import edits, library
from engine.data.formats.read_options import ReadOptions
from tests.browser import open_page, wait_until_keys_are_heard, wait_until_settled
from tests.dataset_files import IMAGE, put

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def bare(folder, name: str, task: str = "multi-label", count: int = 5):
    """A dataset of bare images in the library of the served app; of a second try it has another name."""
    put(folder, {f"{number}.jpg": IMAGE for number in range(count)})
    return library.add(name, task, in_place=folder, options=ReadOptions(format="pictures"))


def now(one):
    return edits.read(one.folder).now


def expect_answered(page: Page, says: str) -> None:
    expect(page.get_by_test_id("stProgress").first).to_contain_text(says)


def test_three_pictures_are_labelled_by_keys_and_clicks_and_one_is_undone(app, page, tmp_path):
    one = bare(tmp_path / "mine", "by keys")
    edits.add(one.folder, ["bear", "cat"], edits.NEW_LABEL)
    open_page(page, app, f"Your_data?set={one.name}&do=Export")
    page.get_by_role(
        "radio", name="Label", exact=True
    ).click()  # keeps the focus, and Enter is not meant for it
    wait_until_keys_are_heard(page)
    expect_answered(page, "0 of 5")
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.keyboard.press("0")
    expect_answered(page, "2 of 5")
    expect(page.get_by_text("2.jpg")).to_be_visible()
    wait_until_settled(page)
    page.get_by_test_id("stButtonGroup").get_by_text("cat").click()
    expect_answered(page, "3 of 5")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3.jpg")).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("link", name="Label", exact=True).hover()
    expect(page.get_by_text("Label: 2 to do")).to_be_visible()
    three = {"0.jpg": ("bear", "cat"), "1.jpg": (), "2.jpg": ("cat",)}
    assert now(one).labels == three
    page.reload()
    wait_until_keys_are_heard(page)
    expect_answered(page, "3 of 5")
    page.keyboard.press("Backspace")
    expect_answered(page, "2 of 5")
    expect(page.get_by_text("2.jpg").first).to_be_visible()
    assert now(one).labels == {fname: three[fname] for fname in ("0.jpg", "1.jpg")}
    page.keyboard.press("Control+y")
    expect_answered(page, "3 of 5")
    assert page.troubles == []


def test_keys_that_are_typed_into_a_field_decide_nothing(app, page, tmp_path):
    one = bare(tmp_path / "mine", "typed")
    edits.add(one.folder, ["bear", "cat"], edits.NEW_LABEL)
    open_page(page, app, f"Your_data?set={one.name}&do=Label")
    page.get_by_role("button", name="New label").click()
    field = page.get_by_label("Name", exact=True)
    field.fill("ape 12")
    field.press("0")
    field.press("Enter")
    expect(page.get_by_test_id("stButtonGroup").get_by_text("ape 120")).to_be_visible()
    expect_answered(page, "1 of 5")
    assert now(one).labels == {"0.jpg": ("ape 120",)}


def test_many_are_ticked_and_labelled_at_once_and_a_point_is_clicked(app, page, tmp_path):
    one = bare(tmp_path / "mine", "many")
    edits.add(one.folder, ["bear", "cat"], edits.NEW_LABEL)
    open_page(page, app, f"Your_data?set={one.name}&do=Label")
    page.get_by_text("Many at once", exact=True).click()
    assert page.locator(".grid img").first.get_attribute("alt") == "The image 0, unlabelled"
    page.get_by_role("checkbox", name="0.jpg").click()
    page.get_by_role("checkbox", name="3.jpg").click(modifiers=["Shift"])
    expect(page.get_by_text("4 images selected")).to_be_visible()
    wait_until_keys_are_heard(page)
    page.keyboard.press("2")
    expect_answered(page, "4 of 5")
    assert now(one).labels == {f"{number}.jpg": ("cat",) for number in range(4)}

    heads = bare(tmp_path / "heads", "heads", "points")
    open_page(page, app, f"Your_data?set={heads.name}&do=Label")
    image = page.locator(".frame img")
    box = image.bounding_box()
    image.click(position={"x": box["width"] / 4, "y": box["height"] / 2})
    expect_answered(page, "1 of 5")
    wait_until_keys_are_heard(page)
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_text("The point lies at (16, 25) px")).to_be_visible()
    x, y = now(heads).points["0.jpg"]
    assert (x, y) == (pytest.approx(16, abs=0.2), pytest.approx(25, abs=0.2))
    page.keyboard.press("Backspace")
    expect(page.get_by_text("The point lies at (16, 24) px")).to_be_visible()
    assert page.troubles == []
