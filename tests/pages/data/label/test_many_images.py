"""Your data, label: many at once, and what a browser may send."""

import pytest

from engine.data import edits
from pages.parts.data.label import many_images, one_image
from pages.parts.shared import point_image
from pages.parts.shared.image_grid import ticked_names
from tests.pages.data.label.label_sessions import Proposed, bare, desk_of, now


def test_a_label_is_given_to_all_and_taken_from_all(home, state):
    one = bare(home)
    session, ticked = desk_of(one), ("0.jpg", "1.jpg")
    edits.add(one.folder, "0.jpg", edits.LABELS, ["cat"])
    many_images._label_all(session, ticked, "bear")
    assert now(one).labels == {"0.jpg": ("cat", "bear"), "1.jpg": ("bear",)}
    many_images._label_all(session, ticked, "bear")
    assert now(one).labels == {"0.jpg": ("cat",), "1.jpg": ()}
    session.undo()
    assert now(one).labels["1.jpg"] == ("bear",)


def test_proposals_of_the_ticked_are_confirmed_together_and_undone_together(home, state):
    one = bare(home)
    edits.add(one.folder, "0.jpg", edits.LABELS, ["cat"])
    session = desk_of(one, proposals=Proposed(("bear",)))
    many_images._confirm_all(session, ("0.jpg", "1.jpg", "3.jpg"))
    assert now(one).labels == {"0.jpg": ("cat",), "1.jpg": ("bear",), "3.jpg": ("bear",)}
    session.undo()
    assert now(one).labels == {"0.jpg": ("cat",)}


def test_proposed_points_of_the_ticked_are_confirmed_together(home, state):
    one = bare(home, task="points", labels=())
    many_images._confirm_all(desk_of(one, proposals=Proposed(point=(3.0, 4.0))), ("0.jpg", "2.jpg"))
    assert now(one).points == {"0.jpg": (3, 4), "2.jpg": (3, 4)}


@pytest.mark.parametrize(("task", "left"), [("multi-label", []), ("single-label", None)])
def test_what_a_page_left_behind_decides_nothing(home, state, task, left):
    one = bare(home, task=task)
    state["key"] = left
    one_image._ticked(desk_of(one), "0.jpg", "key", [])
    assert now(one).labels == {}


def test_labels_that_a_page_tells_twice_are_decided_once_and_stay_undone(home, state):
    one = bare(home)
    session = desk_of(one)
    state["key"] = ["cat"]
    one_image._ticked(session, "0.jpg", "key", [])
    session.undo()
    one_image._ticked(session, "0.jpg", "key", [])
    assert now(one).labels == {}
    state["key"] = ["cat", "bear"]
    one_image._ticked(session, "0.jpg", "key", [])
    assert now(one).labels == {"0.jpg": ("cat", "bear")}


def test_labels_for_many_that_are_told_twice_or_one_after_the_other_count_once_each(home, state):
    one = bare(home)
    session, ticked = desk_of(one), ("0.jpg", "1.jpg")
    for told in (["cat"], ["cat"], ["cat", "bear"], ["cat", "bear"]):
        state["all"] = told
        many_images._pills_changed(session, ticked, (), "all")
    assert now(one).labels == {"0.jpg": ("cat", "bear"), "1.jpg": ("cat", "bear")}


def test_a_click_on_a_point_that_is_told_twice_is_decided_once(state, monkeypatch):
    mounted, points = {}, []
    monkeypatch.setattr(point_image, "_PICTURE", lambda **mount: mounted.update(mount))
    point_image.show("picture", b"", "a", None, None, lambda *at: points.append(at))
    state["picture"] = {"clicked": {"n": 1, "name": "a", "x": 0.5, "y": 0.5}}
    mounted["on_clicked_change"]()
    mounted["on_clicked_change"]()
    assert points == [("a", (0.5, 0.5))]


NAMELESS, NOWHERE = {"n": 1, "name": 3, "x": 0, "y": 0}, {"n": 1, "name": "a", "x": "nan", "y": 0}


@pytest.mark.parametrize("strange", [None, 1, {}, NAMELESS, NOWHERE])
def test_what_is_no_click_counts_as_none(strange):
    assert point_image.clicked_at(strange) is None


def test_a_click_is_held_inside_the_picture():
    assert point_image.clicked_at({"n": 4, "name": "a", "x": 1.5, "y": -2}) == (4, "a", (1.0, 0.0))


def test_only_pictures_that_are_shown_can_be_ticked():
    assert ticked_names({"n": 1, "names": ["a", "../b", 3]}, {"a", "c"}) == (1, {"a"})
    assert ticked_names({"names": 3}, {"a"}) is None
