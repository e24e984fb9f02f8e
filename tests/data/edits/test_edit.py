"""What each kind of decision does, and what is none."""

import pytest

from engine.data import edits
from engine.data.edits import DecisionError
from tests.data.edits.small_rows import LABELLED, applied, labels_of


def test_without_decisions_the_rows_stay_as_they_are(tmp_path):
    assert {name: (row.labels, row.is_valid) for name, row in applied(tmp_path).items()} == LABELLED
    assert edits.read(tmp_path / "nowhere").history() == []
    assert edits.undo(tmp_path / "nowhere") is None
    assert not (tmp_path / "nowhere").exists()


def test_labels_of_one_and_of_many(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog", "bear", "dog"])
    edits.add(tmp_path, ["b.jpg", "new.jpg"], edits.LABELS, [])
    assert labels_of(tmp_path) == {"a.jpg": ("dog", "bear"), "b.jpg": (), "c.jpg": (), "new.jpg": ()}
    assert [row.is_valid for row in applied(tmp_path).values()] == [False, False, True, False]


def test_a_point_is_set_and_an_image_without_a_row_gets_one(tmp_path):
    edits.add_each(tmp_path, edits.POINT, {"b.jpg": (20, 30), "new.jpg": (5.5, 6)})
    points = {fname: row.point_px for fname, row in applied(tmp_path, "points").items()}
    assert points == {"a.jpg": (1, 3), "b.jpg": (20, 30), "new.jpg": (5.5, 6)}


def test_left_out_and_put_back(tmp_path):
    edits.add(tmp_path, ["a.jpg", "c.jpg"], edits.LEFT_OUT)
    edits.add(tmp_path, "c.jpg", edits.PUT_BACK)
    assert list(applied(tmp_path)) == ["b.jpg", "c.jpg"]


def test_a_label_left_out_of_the_table_is_not_brought_back_by_labels_alone(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LEFT_OUT)
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog"])
    assert "a.jpg" not in applied(tmp_path)


def test_a_renamed_label_is_renamed_everywhere_and_joins_another(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["Cat", "cat"])
    edits.add(tmp_path, "Cat", edits.LABEL_RENAMED, "cat")
    edits.add(tmp_path, "dog", edits.LABEL_RENAMED, "")
    assert labels_of(tmp_path) == {
        "a.jpg": ("cat",),
        "b.jpg": ("cat",),
        "c.jpg": (),
    }


def test_labels_can_change_places(tmp_path):
    for old, new in (("cat", "x"), ("dog", "cat"), ("x", "dog")):
        edits.add(tmp_path, old, edits.LABEL_RENAMED, new)
    assert labels_of(tmp_path) == {
        "a.jpg": ("dog",),
        "b.jpg": ("Cat", "cat"),
        "c.jpg": (),
    }


def test_a_picture_can_be_another_file_and_keeps_what_was_decided(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog"])
    edits.add(tmp_path, "a.jpg", edits.IMAGE, "A.JPG")
    edits.add(tmp_path, "A.JPG", edits.SPLIT, True)
    first = next(iter(applied(tmp_path).values()))
    assert (first.fname, first.labels, first.is_valid) == ("A.JPG", ("dog",), True)


def test_kept_ends_where_labels_are_set_anew(tmp_path):
    edits.add(tmp_path, ["a.jpg", "b.jpg"], edits.KEPT)
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog"])
    now = edits.read(tmp_path).now
    assert now.kept == {"b.jpg"}
    assert now.last == {"a.jpg": edits.LABELS, "b.jpg": edits.KEPT}


def test_new_labels_are_known_before_any_picture_has_them(tmp_path):
    for label in ("horse", "ape", "horse"):
        edits.add(tmp_path, label, edits.NEW_LABEL)
    edits.add(tmp_path, "ape", edits.LABEL_RENAMED, "monkey")
    assert edits.read(tmp_path).now.new_labels == ["horse", "monkey"]


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("guess", None, "the kinds are labels"),
        (edits.LABELS, "cat", "must be a list"),
        (edits.LABELS, [3], "must be text"),
        (edits.POINT, (1,), "two numbers"),
        (edits.POINT, (1, float("nan")), "finite"),
        (edits.LEFT_OUT, "because", "takes no value"),
        (edits.SPLIT, "yes", "true or false"),
    ],
)
def test_what_is_no_decision_is_refused_and_nothing_is_written(tmp_path, kind, value, says):
    with pytest.raises(DecisionError, match=says):
        edits.add(tmp_path, "a.jpg", kind, value)
    with pytest.raises(DecisionError, match="at least one"):
        edits.add(tmp_path, [], edits.LEFT_OUT)
    assert list(tmp_path.iterdir()) == []
