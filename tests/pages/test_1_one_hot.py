"""Lesson 1: labels light up in the vector, the vector changes labels back, and one index says why it cannot."""

import io

import numpy as np
import pytest
from PIL import Image

from engine.data import formats
from engine.functional import metrics
from tests.lesson_data import VOCAB, button, chart, open_page, point_app_at, texts, write_all, write_scenes
from tests.shown_code import shown_code

PAGE = "1_One_hot"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lesson1")
    write_all(folder)
    return folder


@pytest.fixture
def at_home(made, monkeypatch):
    point_app_at(made, monkeypatch)


def guessed():
    """The lesson after a guess, which shows what the guess is about."""
    app = open_page(PAGE)
    return button(app, "Show me").click().run()


def _cells(app) -> list[str]:
    """The vector as it stands on the page, such as "1 bear"."""
    return [button.label.replace("**", "") for button in app.button if (button.key or "").startswith("cell_")]


def test_before_anything_is_touched_an_image_with_two_labels_lights_two_cells(at_home):
    app = guessed()
    assert not app.exception
    assert app.pills(key="labels").value == ["bear", "cat"]
    assert _cells(app) == ["1 bear", "1 cat", "0 dog", "0 horse"]
    assert "No index says “bear and cat”" in texts(app)


def test_pressing_a_cell_changes_the_labels(at_home):
    app = open_page(PAGE)
    app.button(key="cell_2").click().run()
    assert app.pills(key="labels").value == ["bear", "cat", "dog"]
    app.button(key="cell_0").click().run()
    assert _cells(app) == ["0 bear", "1 cat", "1 dog", "0 horse"]
    assert "cat and dog" in texts(app)


def test_pressing_a_label_changes_the_vector(at_home):
    app = guessed()
    app.pills(key="labels").set_value(["horse"]).run()
    assert _cells(app) == ["0 bear", "0 cat", "0 dog", "1 horse"]
    assert "**3**, the position of “horse”" in texts(app)


def test_no_label_is_a_vector_of_zeros_and_no_index(at_home):
    app = guessed()
    app.pills(key="labels").set_value([]).run()
    assert _cells(app) == [f"0 {label}" for label in VOCAB]
    assert "No index says “no label”" in texts(app)
    assert "no label" in texts(app)


def test_changed_labels_stand_in_the_address_and_can_be_taken_back(at_home):
    app = open_page(PAGE)
    assert "labels" not in app.query_params
    app.button(key="cell_3").click().run()
    assert app.query_params["labels"] == "bear,cat,horse"
    button(app, "Restore the given labels").click().run()
    assert app.pills(key="labels").value == ["bear", "cat"]
    assert "labels" not in app.query_params


def test_the_address_is_read(at_home):
    app = open_page(PAGE, image="train/005.jpg", labels="dog")
    assert app.selectbox(key="image").value == "train/005.jpg"
    assert app.pills(key="labels").value == ["dog"]


@pytest.mark.parametrize("address", [{"image": "../../etc/passwd"}, {"labels": "unicorn,<script>"}])
def test_a_bad_address_falls_back(at_home, address):
    app = open_page(PAGE, **address)
    assert not app.exception
    assert app.selectbox(key="image").value == "train/006.jpg"


def test_another_image_has_its_own_labels(at_home):
    app = open_page(PAGE)
    button(app, "No label").click().run()
    assert app.selectbox(key="image").value == "train/000.jpg"
    assert app.pills(key="labels").value == []
    next_one = next(one for one in app.button if one.key == "image_+1")
    next_one.click().run().button(key="image_+1").click().run()
    assert app.pills(key="labels").value == ["bear"]


def test_an_image_labelled_wrong_on_purpose_says_so(at_home, made):
    (made / "scenes" / "wrong_labels.csv").write_text("fname,given,right\n002.jpg,bear,dog\n")
    app = open_page(PAGE)
    assert not app.warning or "on purpose" not in app.warning[0].value
    button(app, "A dog labelled bear").click().run()
    assert app.selectbox(key="image").value == "train/002.jpg"
    assert "This image is labelled “bear”, but it shows “dog”" in texts(app)


def test_the_whole_set_is_counted(at_home, made):
    app = open_page(PAGE)
    targets = formats.load(made / "scenes", "multi-label").targets()
    heat, together, how_many = (chart(app, place) for place in range(3))
    assert np.array(heat.data[0].z).sum() == targets.sum()
    assert np.array(together.data[-1].text)[0, 0] == str(targets[:, 0].sum())
    assert list(how_many.data[0].y) == [2, 8, 12, 8, 2]
    assert f"{metrics.do_nothing_accuracy(targets):.1%}" in texts(app)


def test_an_own_image_starts_without_labels_and_can_be_ticked(at_home):
    app = open_page(PAGE)
    app.segmented_control(key="image_from").set_value("Your own").run()
    app.file_uploader(key="image_upload").set_value(("mine.jpg", _jpeg(), "image/jpeg")).run()
    assert app.pills(key="labels").value == []
    app.pills(key="labels").set_value(["cat"]).run()
    assert _cells(app) == ["0 bear", "1 cat", "0 dog", "0 horse"]


def _jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (80, 60), (200, 10, 10)).save(file, "JPEG")
    return file.getvalue()


def test_a_file_that_is_no_image_gets_one_sentence_and_the_sample_stays(at_home):
    app = open_page(PAGE)
    app.segmented_control(key="image_from").set_value("Your own").run()
    app.file_uploader(key="image_upload").set_value(("*mine*.jpg", b"no picture at all", "image/jpeg")).run()
    assert not app.exception
    assert len(app.error) == 1 and r"\*mine\*" in app.error[0].value
    assert app.pills(key="labels").value == ["bear", "cat"]


def test_without_samples_the_page_says_how_to_make_them(tmp_path, monkeypatch):
    point_app_at(tmp_path, monkeypatch)
    app = open_page(PAGE)
    assert not app.exception
    assert "There are no sample scenes" in app.info[0].value


def test_the_code_shown_runs_and_gives_the_same_vector(tmp_path, monkeypatch):
    """The fastai code of the lesson, run on the small set."""
    write_scenes(tmp_path / "sample_data" / "scenes")
    point_app_at(tmp_path / "sample_data", monkeypatch)
    monkeypatch.chdir(tmp_path)
    code = shown_code(open_page(PAGE))
    *lines, last = code.splitlines()
    names: dict = {}
    exec("\n".join(lines), names)
    read_back = eval(last.partition("#")[0], names)
    first = formats.load(tmp_path / "sample_data" / "scenes", "multi-label").part(valid=False)
    assert names["vector"].tolist() == first.targets()[0].tolist()
    assert read_back == list(first.table["labels"].iloc[0])
