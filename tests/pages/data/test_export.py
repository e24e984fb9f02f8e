"""Your data, export: the zip of what was imported, decisions included, or why there is none."""

import io
import zipfile

import pytest

from engine.data import edits, library
from engine.data.edits import LABEL_RENAMED, LEFT_OUT
from engine.data.formats import load
from pages.parts.data import export
from tests.data.checks.test_checks import POINTS, ROWS, labelled, pointed
from tests.lesson_data import open_page, texts

PAGE = "9_Your_data"
pytestmark = pytest.mark.usefixtures("home")


def opened():
    app = open_page(PAGE, set="mine", do="Export")
    assert not app.exception
    return app


def test_the_zip_holds_what_was_decided(home):
    one = library.add("mine", "multi-label", elsewhere=labelled(home / "mine", ROWS))
    edits.add(one.folder, "train/0.jpg", LEFT_OUT)
    edits.add_each(one.folder, LABEL_RENAMED, {"cat": "kitten"})
    assert "9 pictures" in texts(opened())
    content = export._zip(export._record(one), "pascal")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        packed.extractall(home / "again")
    again = load(home / "again", "multi-label")
    assert again.vocab == ("dog", "kitten") and len(again.table) == 9


def test_the_button_is_there_for_each_form_and_task(home):
    library.add("mine", "points", elsewhere=pointed(home / "mine", POINTS))
    app = opened()
    assert [one.proto.label for one in app.get("download_button")] == ["Download the zip"]
    app.button_group(key="export_form").set_value("coco").run()
    assert not app.exception and len(app.get("download_button")) == 1


def test_single_label_exports_what_its_task_does_not_use_too(home):
    library.add("mine", "single-label", elsewhere=labelled(home / "mine", ROWS))
    assert "10 pictures" in texts(opened())


def test_a_set_that_must_be_fixed_says_so(home):
    library.add("mine", "multi-label", elsewhere=labelled(home / "mine", ROWS, pictures={"1.jpg": None}))
    assert "Fix the dataset first" in texts(opened()) and not opened().get("download_button")


def test_a_label_that_the_form_cannot_hold_says_so(home):
    one = library.add("mine", "multi-label", elsewhere=labelled(home / "mine", ROWS))
    edits.add_each(one.folder, LABEL_RENAMED, {"cat": "cat|or kitten"})
    app = opened()
    assert "cannot hold" in texts(app) and not app.get("download_button")


def test_what_is_too_large_for_a_browser_is_a_command(home, monkeypatch):
    monkeypatch.setattr(export, "MOST_BYTES", 100)
    library.add("mine", "multi-label", elsewhere=labelled(home / "mine", ROWS))
    app = opened()
    assert not app.get("download_button")
    assert any("engine export-data" in one.value for one in app.code)
