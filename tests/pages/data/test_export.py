"""Your data, export: the zip of what was imported, decisions included; what a format cannot represent comes first."""

import io
import zipfile

import pytest

from engine.data import edits, library
from engine.data.edits import LABEL_RENAMED, LEFT_OUT
from engine.data.exports import formats_for
from engine.data.formats import load
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from pages.parts.data import export
from tests.data.checks.small_datasets import POINTS as POINT_ROWS
from tests.data.checks.small_datasets import ROWS, labelled, pointed
from tests.lesson_data import open_page, texts

PAGE = "9_Your_data"
pytestmark = pytest.mark.usefixtures("home")


def opened():
    app = open_page(PAGE, set="mine", do="Export")
    assert not app.exception
    return app


def select(app, task, name):
    app.selectbox(key=f"export_format_{task}").set_value(name).run()
    assert not app.exception
    return app


def test_the_zip_holds_what_was_decided(home):
    one = library.add("mine", MULTI_LABEL, in_place=labelled(home / "mine", ROWS))
    edits.add(one.folder, "train/0.jpg", LEFT_OUT)
    edits.add_each(one.folder, LABEL_RENAMED, {"cat": "kitten"})
    assert "9 images" in texts(opened())
    content = export._zip(one, "pascal")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        packed.extractall(home / "again")
    again = load(home / "again", MULTI_LABEL)
    assert again.vocab == ("dog", "kitten") and len(again.table) == 9


@pytest.mark.parametrize("task", [SINGLE_LABEL, MULTI_LABEL, POINTS])
def test_every_format_of_a_task_is_offered_as_on_the_command_line(home, task):
    folder = pointed(home / "mine", POINT_ROWS) if task == POINTS else labelled(home / "mine", ROWS)
    library.add("mine", task, in_place=folder)
    app = opened()
    titles = [one.title for one in formats_for(task).values()]
    assert app.selectbox(key=f"export_format_{task}").options == titles
    for name in formats_for(task):
        [download] = select(app, task, name).get("download_button")
        assert download.proto.label == "Download the zip"


def test_what_a_format_cannot_represent_is_said_above_the_button(home):
    library.add("mine", MULTI_LABEL, in_place=labelled(home / "mine", ROWS))
    app = opened()
    assert "can store all of it" in texts(app)
    said = texts(select(app, MULTI_LABEL, "yolo")).replace("\\", "")
    assert "YOLO cannot store all of this dataset" in said and "for 2 images (train/3.jpg" in said


def test_what_the_dataset_itself_leaves_out_is_said(home):
    rows = [(f"{at}.jpg", ("cat", "dog")[at % 2], ("train", "valid", "test")[at // 4]) for at in range(12)]
    folder = labelled(home / "mine", rows, "fname,labels,split")
    library.add("mine", SINGLE_LABEL, in_place=folder)
    said = texts(opened()).replace("\\", "")
    assert "8 images, " in said and "Left out: 4 images for testing." in said


def test_one_label_exports_what_its_task_does_not_use_too(home):
    library.add("mine", SINGLE_LABEL, in_place=labelled(home / "mine", ROWS))
    app = opened()
    assert "10 images" in texts(app)
    said = texts(select(app, SINGLE_LABEL, "yolo")).replace("\\", "")
    assert "6 images, " in said and "Left out: 4 images" in said


def test_a_dataset_that_must_be_fixed_says_so(home):
    library.add(
        "mine",
        MULTI_LABEL,
        in_place=labelled(home / "mine", ROWS, images={f"{n}.jpg": None for n in range(6)}),
    )
    app = opened()
    assert "Fix the dataset first" in texts(app) and not app.get("download_button")


def test_a_label_that_the_format_cannot_hold_says_so(home):
    one = library.add("mine", MULTI_LABEL, in_place=labelled(home / "mine", ROWS))
    edits.add_each(one.folder, LABEL_RENAMED, {"cat": "cat|or kitten"})
    app = opened()
    assert "cannot hold" in texts(app) and not app.get("download_button")
    assert select(app, MULTI_LABEL, "coco").get("download_button")


def test_what_is_too_large_for_a_browser_is_a_command(home, monkeypatch):
    monkeypatch.setattr(export, "MOST_BYTES", 100)
    library.add("mine", MULTI_LABEL, in_place=labelled(home / "mine", ROWS))
    app = select(opened(), MULTI_LABEL, "voc")
    assert not app.get("download_button")
    assert any("export-data" in one.value and "--format voc" in one.value for one in app.code)
