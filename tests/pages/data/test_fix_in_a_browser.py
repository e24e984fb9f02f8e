"""A spoiled dataset in a real browser: fixed, browsed, split, exported, and imported again as the same record."""

import zipfile

import pandas as pd
import pytest
from playwright.sync_api import expect

from engine.data import library
from engine.data.formats import load
from tests.browser import open_page, press, wait_until_settled
from tests.data.checks.small_datasets import ROWS, labelled, saved, scene

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def spoiled(tmp_path):
    """A name without a file, a label spelled twice, and a picture that is there twice."""
    rows = [
        *ROWS,
        ("gone.jpg", "dog", False),
        ("x.jpg", "Dog", False),
        ("a.jpg", "cat", False),
        ("b.jpg", "cat", True),
    ]
    images = {"gone.jpg": None, "a.jpg": saved(scene(50)), "b.jpg": saved(scene(50))}
    one = library.add("spoiled", "multi-label", in_place=labelled(tmp_path / "spoiled", rows, images=images))
    yield one
    library.remove(one)


def test_a_spoiled_set_is_fixed_split_and_exported(app, page, spoiled, tmp_path):
    open_page(page, app, "Your_data?set=spoiled&do=Check")
    expect(page.get_by_text("Fix 1 of 5 findings")).to_be_visible()
    press(page, "Exclude it")
    expect(page.get_by_text("excluded by you").first).to_be_visible()
    press(page, "Change all to “dog”")
    expect(page.get_by_text("Ready for training")).to_be_visible()
    press(page, "Undo")
    expect(page.get_by_text("Fix 1 of 5 findings")).to_be_visible()
    press(page, "Change all to “dog”")
    expect(page.get_by_text("Ready for training")).to_be_visible()
    press(page, "Exclude 1 image from training")
    expect(page.get_by_text("7 for training and 5 for validation")).to_be_visible()

    open_page(page, app, "Your_data?set=spoiled&do=Browse")
    expect(page.get_by_text("1 to 12 of 12")).to_be_visible()

    open_page(page, app, "Your_data?set=spoiled&do=Split")
    press(page, "Use this split")
    expect(page.get_by_text("split here: evenly by label, seed 0")).to_be_visible()

    open_page(page, app, "Your_data?set=spoiled&do=Export")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the zip").click()
    download.value.save_as(tmp_path / "out.zip")
    wait_until_settled(page)
    with zipfile.ZipFile(tmp_path / "out.zip") as packed:
        packed.extractall(tmp_path / "again")
    before, again = spoiled.record(), load(tmp_path / "again", "multi-label")
    tables = [one.table.sort_values("fname", ignore_index=True) for one in (before, again)]
    pd.testing.assert_frame_equal(*tables)
    assert (len(again.table), again.vocab) == (12, ("cat", "dog"))
    assert page.troubles == []
