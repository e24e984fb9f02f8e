"""The whole way in a real browser: own drawings are imported, fixed, labelled, trained on, reviewed and exported."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from engine import paths
from engine.data import edits
from engine.data.edits import KEPT
from engine.images import open_image
from engine.inference import predict
from engine.runs import Run
from tests.browser import (
    IN_BACKGROUND,
    open_page,
    press,
    serve,
    wait_until_keys_are_heard,
    wait_until_settled,
)
from tests.tiny_data import labelled

pytestmark = pytest.mark.browser

FORM = "arch=test_resnet&weights=none&size=48&hidden=0&batch_size=8&device=cpu&freeze_epochs=0&epochs=2"


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("DATA", "RUNS", "CACHE"):
        monkeypatch.setenv(f"LOSS_LAB_{name}", str(tmp_path / name.lower()))
    return tmp_path


@pytest.fixture
def own(home):
    """An app with nothing in it yet."""
    with serve(home, home / "runs") as server:
        yield server


def drawn(folder: Path) -> Path:
    """A zip: squares with a label spelled in two ways, a row without a file, and nine pictures without a row."""
    table = labelled(folder / "squares", count=36) / "train.csv"
    header, *rows = table.read_text().splitlines()
    rows = [row for row in rows if ",," not in row]
    rows[1] = rows[1].replace("red", "Red")
    table.write_text("\n".join([header, *rows, "gone.png,blue,False"]) + "\n")
    return Path(shutil.make_archive(str(folder / "mine"), "zip", folder / "squares"))


def test_own_drawings_become_a_model_that_is_exported_and_imported_again(own, page, home):
    import_set(page, own, drawn(home))
    fix(page, own)
    label_three(page, own, home / "data" / "mine")
    train(page, own)
    review_one(page, own, home / "data" / "mine")
    set_thresholds(page, own)
    zipped = export_run(page, own, home)
    import_again(page, own, zipped)
    assert page.troubles == []
    answer_alike(Run(home / "runs" / "first"), Run(home / "runs" / "again"))


def import_set(page: Page, own, file: Path) -> None:
    open_page(page, own, "Your_data")
    _drop(page, file)
    press(page, "Import")
    expect(page.get_by_text("findings before training")).to_be_visible()


def fix(page: Page, own) -> None:
    open_page(page, own, "Your_data?set=mine&do=Check")
    expect(page.get_by_text("Fix 1 of")).to_be_visible()
    press(page, "Exclude it")
    expect(page.get_by_text("excluded by you").first).to_be_visible()
    press(page, "Change all to “red”")
    expect(page.get_by_text("Ready for training: 18 for training and 9 for validation")).to_be_visible()


def label_three(page: Page, own, folder: Path) -> None:
    open_page(page, own, "Your_data?set=mine&do=Label")
    progress = page.get_by_test_id("stProgress").first
    for number, keys in enumerate((["0"], ["0"], ["1", "Enter"]), 1):
        wait_until_keys_are_heard(page)
        for key in keys:
            page.keyboard.press(key)
        expect(progress).to_contain_text(f"{27 + number} of 36")
    assert sorted(edits.read(folder).now.labels.values()) == [(), (), ("blue",)]


def train(page: Page, own) -> None:
    open_page(page, own, "Your_data?set=mine")
    press(page, "Train on it")
    expect(page.get_by_role("button", name="Start training")).to_be_visible()
    open_page(page, own, f"{page.url.removeprefix(own.url + '/')}&{FORM}")
    expect(page.get_by_text("21 images for training and 9 for validation")).to_be_visible()
    name = page.get_by_role("textbox", name="Name of the run")
    name.fill("first")
    name.press("Tab")
    press(page, "Start training")
    expect(page.get_by_text("first is finished")).to_be_visible(timeout=IN_BACKGROUND)


def review_one(page: Page, own, folder: Path) -> None:
    open_page(page, own, "Label_review?data=mine")
    press(page, "Find wrong labels")
    expect(page.get_by_role("button", name="Undo")).to_be_visible(timeout=IN_BACKGROUND)
    wait_until_keys_are_heard(page)
    main = page.get_by_test_id("stMainBlockContainer")  # the sidebar's pages have numbers, too
    expect(main.get_by_text(re.compile(r"^1\. "))).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    assert list(edits.read(folder).now.last.values()).count(KEPT) == 1


def set_thresholds(page: Page, own) -> None:
    open_page(page, own, "Threshold?run=first&threshold=0.7")
    press(page, "Use these thresholds")
    expect(page.get_by_text("Every prediction of this run now uses them")).to_be_visible()


def export_run(page: Page, own, folder: Path) -> Path:
    open_page(page, own, "Train?show=Export&run=first")
    press(page, "Export “first”")
    offered = page.get_by_role("button", name="Download first.zip")
    expect(offered).to_be_visible(timeout=IN_BACKGROUND)
    expect(page.get_by_text("it gave the same predictions")).to_be_visible()
    with page.expect_download() as download:
        offered.click()
    download.value.save_as(folder / "taken.zip")
    return folder / "taken.zip"


def import_again(page: Page, own, file: Path) -> None:
    page.get_by_role("radio", name="Import").click()
    _drop(page, file)
    name = page.get_by_role("textbox", name="Name (optional)")
    name.fill("again")
    name.press("Tab")
    press(page, "Import")
    expect(page.get_by_text("Imported as again")).to_be_visible()
    wait_until_settled(page)
    assert "run=again" in page.url


def answer_alike(first: Run, again: Run) -> None:
    assert again.thresholds == first.thresholds == {"blue": 0.7, "red": 0.7}
    assert first.folder.parent == paths.runs_folder() and again.is_imported
    pictures = [open_image(first.image_path(fname)) for fname in first.predictions.fnames]
    np.testing.assert_array_equal(
        predict.load(again).outputs(pictures), predict.load(first).outputs(pictures)
    )


def _drop(page: Page, file: Path) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(str(file))
