"""Label review: which dataset it is about, what that dataset lacks, and what counts as a decision of the review."""

import pytest

from engine.data import edits, library
from engine.data.edits import KEPT, LABELS
from engine.data.formats.read_options import ReadOptions
from engine.tasks import POINTS, SINGLE_LABEL
from pages.parts.review import start_review
from tests.dataset_files import IMAGE, put
from tests.lesson_data import button, open_page, texts
from tests.pages.reviews import now, open_review, press, ranked, samples
from tests.tiny_data import use_as_samples


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return samples(tmp_path_factory.mktemp("reviewed"))


@pytest.fixture(autouse=True)
def home(data, tmp_path, monkeypatch):
    use_as_samples(monkeypatch, *data, own=tmp_path)


def test_only_decisions_of_this_review_count_and_each_image_once():
    edits.add(
        start_review.find("scenes").decide("train/002.png", KEPT).data, "train/003.png", LABELS, ["red"]
    )
    session = ranked()
    app = open_review()
    assert session.made == set() and "You decided" not in texts(app)
    press(app, "Exclude")
    one = start_review.find("scenes")
    one.decide(session.fnames[0], KEPT)
    one.decide("not in the ranking.png", LABELS, ["red"])
    assert now().made == {session.fnames[0]}
    assert "**You decided 1 image.**" in texts(open_review())


def test_the_prediction_is_chosen_beforehand_also_where_the_label_was_given_here():
    first = ranked().fnames[0]
    row = now().ranking.table.iloc[0]
    assert row.seen != row.given
    start_review.find("scenes").decide(first, LABELS, list(row.given))
    ranked()
    app = open_review(at=first)
    field = next(one for one in app.button_group if first in one.key)
    assert field.value == list(row.seen) and not button(app, "Relabel").disabled


def test_a_dataset_without_labels_leads_to_labelling(tmp_path):
    folder = put(tmp_path / "bare", {f"{n}.jpg": IMAGE for n in range(3)})
    one = library.add("mine", SINGLE_LABEL, in_place=folder, options=ReadOptions(format="pictures"))
    app = open_review(data=one.folder.name)
    assert "No image of mine has a label yet" in texts(app)
    assert "Label its images" in [link.proto.label for link in app.main.get("page_link")]
    edits.add(one.folder, ["0.jpg", "1.jpg"], LABELS, ["cat"])
    said = texts(open_review(data=one.folder.name))
    assert "**mine** has not been reviewed yet." in said and "2 images: this takes" in said


def test_a_new_visit_begins_with_what_was_imported_last(data):
    assert open_review().session_state["review_data"] == "scenes"
    one = library.add("mine", POINTS, in_place=data[1].parent / "points" / "points.csv")
    assert open_review().session_state["review_data"] == one.folder.name


def test_the_pages_begin_with_the_dataset_that_was_on_screen_last(data):
    one = library.add("mine", POINTS, in_place=data[1].parent / "points" / "points.csv")
    app = open_page("9_Your_data", set="mine")
    app.switch_page("pages/10_Label_review.py").run()
    assert not app.exception and app.session_state["review_data"] == one.folder.name
    app.query_params.clear()  # as a browser does where a link to a page has no query
    app.switch_page("pages/7_Train.py").run()
    assert not app.exception and app.session_state["train_data"] == str(one.data_path)
    app.query_params.clear()
    app.switch_page("pages/9_Your_data.py").run()
    assert app.session_state["set"] == "mine"
