"""Your data, label: answers by key, by click and many at once; each is kept at once and can be undone."""

import pytest

from engine.data import annotation, edits, library
from engine.data.formats.read_options import ReadOptions
from engine.inference.pseudo_labels import Proposals
from pages.parts.data.label import many as label_many
from pages.parts.data.label import one as label_one
from pages.parts.data.label.session import Desk
from pages.parts.shared import point_picture
from pages.parts.shared.picture_grid import ticked_names
from tests.brought_data import PICTURE, put
from tests.lesson_data import button, open_page, texts

PAGE = "9_Your_data"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "shelf"))
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path


def bare(home, count=4, task="multi-label", labels=("bear", "cat")):
    folder = put(home / "bare", {f"{number}.jpg": PICTURE for number in range(count)})
    one = library.add("mine", task, elsewhere=folder, how=ReadOptions(format="pictures"))
    if labels:
        edits.add(one.folder, labels, edits.NEW_LABEL)
    return one


def now(one):
    return edits.read(one.folder).now


def progress(app) -> str:
    """The words above the bar of what has its answer."""
    return app.get("progress")[0].proto.text


@pytest.fixture
def session(monkeypatch):
    """A session of Streamlit's that is a plain dictionary, for the desk without a page."""
    state = {}
    for module in (
        "data.label.session",
        "data.label.one",
        "data.label.many",
        "shared.point_picture",
        "shared.picture_grid",
    ):
        monkeypatch.setattr(f"pages.parts.{module}.st.session_state", state)
    return state


def desk_of(one, **how) -> Desk:
    return Desk(one.folder, annotation.read(one.data_path, one.task), **how)


def press(desk: Desk, *names: str) -> str | None:
    """Press keys; the picture that lies before the person then."""
    for name in names:
        desk.keys(desk.sheet)[name]()
    return desk.at_hand(desk.sheet)


class Proposed(Proposals):
    """A run that proposes what the test says."""

    def __init__(self, labels=(), point=None):
        object.__setattr__(self, "said", (labels, point))

    def labels(self, fname):
        return self.said[0]

    def point(self, fname, size_wh):
        return self.said[1]


# --- the page


def test_the_first_labels_are_typed_or_taken_over_from_a_run(home):
    one = bare(home, labels=())
    app = open_page(PAGE, set="mine", do="Label")
    assert not app.exception and "No label is known yet" in texts(app)
    app.text_input(key="label_first_names").set_value("bear, polar bear,bear")
    button(app, "Begin with these").click().run()
    assert "There is “bear” already" in texts(app)
    app.text_input(key="label_first_names").set_value("bear, polar bear")
    button(app, "Begin with these").click().run()
    assert not app.exception
    assert now(one).new_labels == ["bear", "polar bear"]
    assert progress(app) == "**0 of 4** images are labelled"


def test_a_label_is_ticked_by_click_and_kept_at_once(home):
    one = bare(home)
    app = open_page(PAGE, set="mine", do="Label")
    (pills,) = [group for group in app.button_group if group.key.startswith("label_ticks")]
    pills.set_value(["cat"]).run()
    assert not app.exception
    assert now(one).labels == {"0.jpg": ("cat",)}
    button(app, "Next").click().run()
    button(app, "None of these").click().run()
    assert now(one).labels == {"0.jpg": ("cat",), "1.jpg": ()}
    again = open_page(PAGE, set="mine", do="Label")
    assert progress(again) == "**2 of 4** images are labelled"
    button(again, "Undo").click().run()
    assert now(one).labels == {"0.jpg": ("cat",)}


def test_when_everything_has_its_answer_the_page_says_so(home):
    one = bare(home)
    edits.add(one.folder, [f"{number}.jpg" for number in range(4)], edits.LABELS, ["cat"])
    app = open_page(PAGE, set="mine", do="Label")
    assert not app.exception and "Every image is labelled" in texts(app)


def test_what_was_decided_is_told_and_never_read_as_markup(home):
    one = bare(home, labels=("<script>alert(1)</script>", "**bold**"))
    edits.add(one.folder, "0.jpg", edits.LABELS, ["<script>alert(1)</script>"])
    app = open_page(PAGE, set="mine", do="Label")
    assert not app.exception
    (pills,) = [group for group in app.button_group if group.key.startswith("label_ticks")]
    assert pills.options[0] == r":gray[1] \<script\>alert\(1\)\<\/script\>"
    next(group for group in app.button_group if group.key == "label_way").set_value("What you decided").run()
    assert "0.jpg: <script>alert(1)</script>" in app.dataframe[0].value["What"].tolist()


def test_a_picture_that_cannot_be_read_is_one_sentence_and_can_be_left_out(home):
    one = bare(home)
    (home / "bare" / "0.jpg").write_bytes(b"nothing")
    app = open_page(PAGE, set="mine", do="Label")
    assert not app.exception and "cannot be shown" in texts(app)
    button(app, "Leave it out").click().run()
    assert now(one).left_out == {"0.jpg"}


def test_a_folder_of_another_kind_can_be_labelled_from_nothing(home):
    folder = put(home / "classes", {f"{name}.jpg": PICTURE for name in ("bear/1", "bear/2", "cat/3")})
    one = library.add("mine", "points", elsewhere=folder)
    app = open_page(PAGE, set="mine", do="Label")
    assert "choose the task" in texts(app)
    button(app, "Label its images from scratch").click().run()
    assert not app.exception and progress(app) == "**0 of 3** images have a point"
    edits.add_each(one.folder, edits.POINT, {f"{name}.jpg": (1, 2) for name in ("bear/1", "bear/2", "cat/3")})
    assert one.record().points_px().tolist() == [[1, 2]] * 3


# --- keys


def test_keys_tick_go_on_say_nothing_and_undo(home, session):
    one = bare(home)
    desk = desk_of(one)
    assert press(desk, "1", "2", "1") == "0.jpg"
    assert now(one).labels == {"0.jpg": ("cat",)}
    assert press(desk, "Enter", "0") == "2.jpg"
    assert now(one).labels == {"0.jpg": ("cat",), "1.jpg": ()}
    assert press(desk, "Backspace") == "1.jpg"
    assert press(desk, "Backspace") == "0.jpg"
    assert now(one).labels == {"0.jpg": ("bear", "cat")}
    assert press(desk, "Ctrl+y", "Ctrl+y") == "1.jpg"
    assert now(one).labels == {"0.jpg": ("cat",), "1.jpg": ()}


def test_enter_decides_nothing_where_nothing_was_ticked_or_proposed(home, session):
    one = bare(home)
    assert press(desk_of(one), "Enter", "ArrowRight") == "2.jpg"
    assert now(one).labels == {}
    assert press(desk_of(one), "ArrowLeft", "ArrowLeft", "ArrowLeft") == "0.jpg"


def test_a_single_label_is_an_answer_and_the_next_picture_comes(home, session):
    one = bare(home, task="single-label")
    desk = desk_of(one)
    assert press(desk, "2", "1") == "2.jpg"
    assert now(one).labels == {"0.jpg": ("cat",), "1.jpg": ("bear",)}
    assert press(desk, "ArrowLeft", "1") == "2.jpg"
    assert now(one).labels == {"0.jpg": ("cat",), "1.jpg": ("bear",)}
    assert "0" not in desk.keys(desk.sheet)


def test_after_the_last_picture_none_is_left_and_undo_brings_it_back(home, session):
    one = bare(home, count=2)
    desk = desk_of(one)
    assert press(desk, "1", "Enter", "2", "Enter") is None
    assert press(desk, "1", "0", "Enter", "Delete") is None
    assert now(one).labels == {"0.jpg": ("bear",), "1.jpg": ("cat",)}
    assert press(desk, "Backspace") == "1.jpg"


def test_a_picture_is_left_out_and_the_next_one_comes(home, session):
    one = bare(home, count=3)
    desk = desk_of(one)
    assert press(desk, "Delete") == "1.jpg"
    assert press(desk, "Delete", "Delete") is None
    assert now(one).left_out == {"0.jpg", "1.jpg", "2.jpg"}
    assert press(desk, "Backspace") == "2.jpg"


def test_enter_confirms_a_proposal_and_a_key_changes_it(home, session):
    one = bare(home)
    desk = desk_of(one, proposals=Proposed(("bear",)))
    assert press(desk, "Enter", "2") == "1.jpg"
    assert now(one).labels == {"0.jpg": ("bear",), "1.jpg": ("bear", "cat")}


def test_the_most_uncertain_comes_first(home, session):
    desk = desk_of(bare(home), uncertainty={"2.jpg": 0.9, "1.jpg": 0.4})
    assert [press(desk), press(desk, "1", "Enter"), press(desk, "1", "Enter")] == ["2.jpg", "1.jpg", "0.jpg"]


def test_once_a_run_has_looked_the_most_uncertain_takes_the_place_of_the_first(home, session):
    one = bare(home)
    assert press(desk_of(one)) == "0.jpg"
    asked = {"uncertainty": {"2.jpg": 0.9, "1.jpg": 0.4}, "order": "a run by entropy"}
    assert press(desk_of(one, **asked)) == "2.jpg"
    assert press(desk_of(one, **asked), "ArrowRight") == "1.jpg" == press(desk_of(one, **asked))


def test_a_point_is_proposed_nudged_and_held_inside_the_picture(home, session):
    one = bare(home, task="points", labels=())
    desk = desk_of(one, proposals=Proposed(point=(63.5, 20.0)))
    press(desk, "Shift+ArrowRight", "Shift+ArrowUp")
    assert now(one).points == {"0.jpg": (64, 19)}
    press(desk, "Enter", "Enter")
    assert now(one).points["1.jpg"] == (63.5, 20)
    desk.set_point("2.jpg", (0.5, 0.25))
    assert now(one).points["2.jpg"] == (32, 12)
    desk.set_point("../secret.jpg", (0.5, 0.25))
    assert set(now(one).points) == {"0.jpg", "1.jpg", "2.jpg"}


def test_two_tabs_do_not_undo_what_they_do_not_see(home, session):
    """Whoever undoes takes back the latest decision, wherever it was made; nothing is lost or done twice."""
    one = bare(home)
    first, second = desk_of(one), desk_of(one)
    first.decide("0.jpg", edits.LABELS, ["cat"])
    second.decide("1.jpg", edits.LABELS, ["bear"])
    first.undo()
    assert now(one).labels == {"0.jpg": ("cat",)}


# --- many at once


def test_a_label_is_given_to_all_and_taken_from_all(home, session):
    one = bare(home)
    desk, ticked = desk_of(one), ("0.jpg", "1.jpg")
    edits.add(one.folder, "0.jpg", edits.LABELS, ["cat"])
    label_many._label_all(desk, ticked, "bear")
    assert now(one).labels == {"0.jpg": ("cat", "bear"), "1.jpg": ("bear",)}
    label_many._label_all(desk, ticked, "bear")
    assert now(one).labels == {"0.jpg": ("cat",), "1.jpg": ()}
    desk.undo()
    assert now(one).labels["1.jpg"] == ("bear",)


def test_proposals_of_the_ticked_are_confirmed_together_and_undone_together(home, session):
    one = bare(home)
    edits.add(one.folder, "0.jpg", edits.LABELS, ["cat"])
    desk = desk_of(one, proposals=Proposed(("bear",)))
    label_many._confirm_all(desk, ("0.jpg", "1.jpg", "3.jpg"))
    assert now(one).labels == {"0.jpg": ("cat",), "1.jpg": ("bear",), "3.jpg": ("bear",)}
    desk.undo()
    assert now(one).labels == {"0.jpg": ("cat",)}


def test_proposed_points_of_the_ticked_are_confirmed_together(home, session):
    one = bare(home, task="points", labels=())
    label_many._confirm_all(desk_of(one, proposals=Proposed(point=(3.0, 4.0))), ("0.jpg", "2.jpg"))
    assert now(one).points == {"0.jpg": (3, 4), "2.jpg": (3, 4)}


# --- what a browser may send


@pytest.mark.parametrize(("task", "left"), [("multi-label", []), ("single-label", None)])
def test_what_a_page_left_behind_decides_nothing(home, session, task, left):
    one = bare(home, task=task)
    session["key"] = left
    label_one._ticked(desk_of(one), "0.jpg", "key", [])
    assert now(one).labels == {}


def test_labels_that_a_page_tells_twice_are_decided_once_and_stay_undone(home, session):
    one = bare(home)
    desk = desk_of(one)
    session["key"] = ["cat"]
    label_one._ticked(desk, "0.jpg", "key", [])
    desk.undo()
    label_one._ticked(desk, "0.jpg", "key", [])
    assert now(one).labels == {}
    session["key"] = ["cat", "bear"]
    label_one._ticked(desk, "0.jpg", "key", [])
    assert now(one).labels == {"0.jpg": ("cat", "bear")}


def test_labels_for_many_that_are_told_twice_or_one_after_the_other_count_once_each(home, session):
    one = bare(home)
    desk, ticked = desk_of(one), ("0.jpg", "1.jpg")
    for told in (["cat"], ["cat"], ["cat", "bear"], ["cat", "bear"]):
        session["all"] = told
        label_many._pills_changed(desk, ticked, (), "all")
    assert now(one).labels == {"0.jpg": ("cat", "bear"), "1.jpg": ("cat", "bear")}


def test_a_click_on_a_point_that_is_told_twice_is_decided_once(session, monkeypatch):
    mounted, points = {}, []
    monkeypatch.setattr(point_picture, "_PICTURE", lambda **mount: mounted.update(mount))
    point_picture.show("picture", b"", "a", None, None, lambda *at: points.append(at))
    session["picture"] = {"clicked": {"n": 1, "name": "a", "x": 0.5, "y": 0.5}}
    mounted["on_clicked_change"]()
    mounted["on_clicked_change"]()
    assert points == [("a", (0.5, 0.5))]


NAMELESS, NOWHERE = {"n": 1, "name": 3, "x": 0, "y": 0}, {"n": 1, "name": "a", "x": "nan", "y": 0}


@pytest.mark.parametrize("strange", [None, 1, {}, NAMELESS, NOWHERE])
def test_what_is_no_click_counts_as_none(strange):
    assert point_picture.clicked_at(strange) is None


def test_a_click_is_held_inside_the_picture():
    assert point_picture.clicked_at({"n": 4, "name": "a", "x": 1.5, "y": -2}) == (4, "a", (1.0, 0.0))


def test_only_pictures_that_are_shown_can_be_ticked():
    assert ticked_names({"n": 1, "names": ["a", "../b", 3]}, {"a", "c"}) == (1, {"a"})
    assert ticked_names({"names": 3}, {"a"}) is None


def test_undo_and_redo_are_grey_where_there_is_nothing_to_undo(home):
    one = bare(home, task="points", labels=())
    app = open_page(PAGE, set="mine", do="Label")
    assert button(app, "Undo").disabled and button(app, "Redo").disabled
    edits.add(one.folder, "0.jpg", edits.POINT, [1.0, 2.0])
    app.run()
    assert not button(app, "Undo").disabled
    button(app, "Undo").click().run()
    assert button(app, "Undo").disabled and not button(app, "Redo").disabled
