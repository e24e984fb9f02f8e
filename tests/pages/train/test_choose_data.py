"""Train: the data of the form, and what is wrong with them."""

import pytest

from engine.data import edits, library
from engine.data.edits import LABELS
from engine.data.formats.read_options import ReadOptions
from engine.tasks import MULTI_LABEL, POINTS
from engine.training.presets import QUICK
from pages.parts.train.form import SAMPLES
from tests.dataset_files import IMAGE, put
from tests.lesson_data import button, texts
from tests.lesson_data import open_page as open_any_page
from tests.pages.train.form_data import PAGE, open_page, start
from tests.tiny_data import labelled, pointed


def test_the_form_says_at_once_what_the_data_hold_and_what_to_beat(home):
    app = open_page(PAGE)
    said = texts(app).replace("\\", "")
    assert "640 images for training and 160 for validation, with 12 labels: bear" in said
    assert "accuracy_multi **0.8771** (never predicts any label" in said


@pytest.mark.parametrize("data", ["/no/such/place", "README.md", "sample_data/heads", "<b>*no*</b>"])
def test_data_that_cannot_be_trained_on_is_said_and_nothing_starts(home, asked, data):
    app = open_page(PAGE, data=data)
    assert not app.exception and "cannot be trained on" in app.error[0].value
    assert data.strip("/").rpartition("/")[2] in app.error[0].value.replace("\\", "")
    assert button(app, "Start training").disabled and button(app, "Find a learning rate").disabled


def test_all_problems_of_a_data_set_come_together(home):
    folder = labelled(home / "squares")
    for name in ("003.png", "004.png"):
        (folder / "train" / name).unlink()
    (folder / "train.csv").write_text((folder / "train.csv").read_text() + "001.png,red,True\n")
    app = open_page(PAGE, data=str(folder))
    said = app.error[0].value.replace("\\", "")
    assert "003.png, 004.png" in said and "001.png (2 times)" in said
    (folder / "train.csv").unlink()
    assert "has no" in app.run().error[0].value or "folder for each class" in app.error[0].value


def test_what_was_imported_can_be_chosen_by_its_name(home, asked, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(home / "library"))
    one = library.add("My <squares>", MULTI_LABEL, in_place=labelled(home / "squares"))
    library.add("points of mine", POINTS, in_place=pointed(home / "points"))
    app = open_page(PAGE)
    field = app.selectbox(key="train_data")
    assert "My <squares> (your data)" in field.options and "points of mine (your data)" not in field.options
    field.set_value(str(one.data_path)).run()
    assert not app.exception and "16 images for training" in texts(app)
    assert app.query_params["data"] == str(one.data_path)
    start(app)
    assert asked[0][0].data == str(one.data_path)


def test_a_dataset_without_labels_leads_to_labelling_it(home, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(home / "library"))
    folder = put(home / "bare", {f"{n}.jpg": IMAGE for n in range(3)})
    one = library.add("mine", MULTI_LABEL, in_place=folder, options=ReadOptions(format="pictures"))
    app = open_page(PAGE, data=str(one.data_path))
    assert "None of its 3 images has a label yet" in app.error[0].value
    links = {link.proto.label: link.proto.query_string for link in app.main.get("page_link")}
    assert links["Label 3 images"] == "set=mine&do=Label"
    edits.add(one.folder, [f"{n}.jpg" for n in range(3)], LABELS, ["cat"])
    labels = [link.proto.label for link in open_page(PAGE, data=str(one.data_path)).main.get("page_link")]
    assert not any(label.startswith("Label ") and "image" in label for label in labels)


def test_a_dataset_that_is_undecided_cannot_be_chosen_and_the_page_says_where_to_decide(home, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(home / "library"))
    library.add("Two ways", MULTI_LABEL, in_place=labelled(home / "squares"), reasons=("Which?",))
    app = open_page(PAGE)
    assert "Two ways (your data)" not in app.selectbox(key="train_data").options
    assert "“Two ways” can be read in several ways." in texts(app)
    links = {link.proto.label: link.proto.query_string for link in app.main.get("page_link")}
    assert links["Choose how to read it"] == "set=Two+ways&do=Import"


def test_the_page_begins_with_the_newest_own_dataset_and_the_samples_are_a_press_away(
    home, asked, monkeypatch
):
    monkeypatch.setenv("LOSS_LAB_DATA", str(home / "library"))
    own = library.add("Mine", POINTS, in_place=pointed(home / "points"))
    app = open_any_page(PAGE)
    assert (app.selectbox(key="train_task").value, app.selectbox(key="train_data").value) == (
        POINTS,
        str(own.data_path),
    )
    button(app, SAMPLES).click().run()
    start(app)
    assert asked[0][0].data == QUICK[POINTS].data and not app.exception


def test_what_is_only_looked_at_is_not_replaced_by_an_own_dataset(home, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(home / "library"))
    library.add("Mine", POINTS, in_place=pointed(home / "points"))
    app = open_any_page(PAGE, task=MULTI_LABEL)
    assert app.selectbox(key="train_data").value == QUICK[MULTI_LABEL].data
    assert SAMPLES not in [one.label for one in app.button]
