"""Decisions are laid over a dataset before it is checked: what load refused, it accepts once it was mended."""

import pytest

from engine.data import edits
from engine.data.edits import LABEL_RENAMED, LABELS, LEFT_OUT, POINT, SPLIT
from engine.data.formats import DatasetError, load
from tests.dataset_files import IMAGE, PASCAL_ROWS, annotation, pascal, put, voc


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    return tmp_path


def refused(folder, task="multi-label") -> str:
    with pytest.raises(DatasetError) as raised:
        load(folder, task)
    return str(raised.value)


def labels_of(record) -> dict:
    return dict(zip(record.table["fname"], record.table["labels"], strict=True))


def decide(folder, kind, given):
    edits.add_each(edits.home(folder), kind, given)


def test_missing_pictures_are_left_out_and_undo_brings_them_back(home):
    folder = pascal(home / "set")
    missing = [f"train/{number}.jpg" for number in (1, 2, 3, 6)]
    for name in missing:
        (folder / name).unlink()
    assert "3.jpg" in refused(folder)
    put(folder, {"train/1.jpg": IMAGE, "train/2.jpg": IMAGE})
    decide(folder, LEFT_OUT, dict.fromkeys(missing[2:]))
    record = load(folder, "multi-label")
    assert len(record.table) == 4 and "Excluded by you: 2 images." in record.notes
    assert not any("Set aside" in note for note in record.notes)
    edits.undo(edits.home(folder))
    assert any("Set aside 2 images." in note for note in load(folder, "multi-label").notes)


def test_some_missing_pictures_left_out_leave_the_others_told(home):
    folder = pascal(home / "set")
    for number in (2, 3, 4, 6):
        (folder / f"train/{number}.jpg").unlink()
    decide(folder, LEFT_OUT, {"train/3.jpg": None})
    said = refused(folder)
    assert "3 of the 5 images that the table names: 2.jpg, 4.jpg, 6.jpg." in said


def test_spellings_are_merged(home):
    folder = pascal(home / "set", [*PASCAL_ROWS, ("7.jpg", "Dog cat", False)])
    assert "use one spelling" in refused(folder)
    decide(folder, LABEL_RENAMED, {"Dog": "dog"})
    record = load(folder, "multi-label")
    assert record.vocab == ("bear", "cat", "dog", "horse") and labels_of(record)["train/7.jpg"] == (
        "dog",
        "cat",
    )


def test_a_picture_with_two_rows_gets_one_with_the_decided_labels(home):
    folder = pascal(home / "set", [*PASCAL_ROWS, ("1.jpg", "cat", False)])
    assert "one row only" in refused(folder)
    decide(folder, LABELS, {"train/1.jpg": ["dog", "bear", "cat"]})
    record = load(folder, "multi-label")
    assert len(record.table) == 6 and labels_of(record)["train/1.jpg"] == ("dog", "bear", "cat")


def test_a_row_without_a_name_and_one_that_leads_out_can_be_left_out(home):
    folder = pascal(home / "set")
    with (folder / "train.csv").open("a") as table:
        table.write(",dog,False\n../secret.jpg,dog,False\n")
    said = refused(folder)
    assert "Rows without an image's name: line 8." in said and "../secret.jpg" in said
    decide(folder, LEFT_OUT, {"line 8": None, "../secret.jpg": None})
    assert len(load(folder, "multi-label").table) == 6


def test_a_strange_part_is_settled_by_deciding_it(home):
    folder = pascal(home / "set", [*PASCAL_ROWS[:5], ("6.jpg", "bear", "maybe")])
    (told,) = [note for note in load(folder, "multi-label").notes if "“maybe” in line 7" in note]
    assert told.startswith("Set aside 1 image.")
    decide(folder, SPLIT, {"train/6.jpg": True})
    record = load(folder, "multi-label")
    assert record.part(valid=True).table["fname"].tolist() == ["train/4.jpg", "train/5.jpg", "train/6.jpg"]


POINTS = [(f"{number}.jpg", 10 * number, 20, number > 4) for number in range(1, 7)]


@pytest.mark.parametrize("point", [(99, 20), ("far", 20)])
def test_a_bad_point_is_left_out_or_moved(home, point):
    rows = [*POINTS[:5], ("6.jpg", *point, True)]
    folder = pascal(home / "set", rows, "fname,x,y,is_valid", table="points.csv")
    record = load(folder, "points")
    assert len(record.table) == 5 and any("line 7" in note for note in record.notes)
    decide(folder, LEFT_OUT, {"train/6.jpg": None})
    assert not any("line 7" in note for note in load(folder, "points").notes)
    edits.undo(edits.home(folder))
    decide(folder, POINT, {"train/6.jpg": (64, 20)})
    assert load(folder, "points").points_px()[-1].tolist() == [64, 20]


def test_voc_without_an_annotation_or_a_picture(home):
    folder = voc(home / "set")
    (folder / "Annotations/000002.xml").unlink()
    (folder / "JPEGImages/000004.jpg").unlink()
    put(folder, {"Annotations/000005.xml": annotation("000005.jpg", ("", 1, 1, 2, 2))})
    said = "\n".join(load(folder, "multi-label").notes)
    assert (
        "000002" in said and "000004" in said and "“Annotations/000005.xml” (an object has no name)" in said
    )
    decide(
        folder,
        LEFT_OUT,
        {"JPEGImages/000002.jpg": None, "Annotations/000004.xml": None, "JPEGImages/000005.jpg": None},
    )
    record = load(folder, "multi-label")
    assert list(record.table["fname"]) == [f"JPEGImages/00000{number}.jpg" for number in (6, 1, 3)]
    assert not any("000005" in note for note in record.notes)


def test_a_decided_split_replaces_the_random_one_and_later_pictures_are_for_training(home):
    rows = [row[:2] for row in PASCAL_ROWS]
    folder = pascal(home / "set", rows, "fname,labels")
    decide(folder, SPLIT, {f"train/{number}.jpg": number in (2, 6) for number in range(1, 7)})
    put(folder, {"train/7.jpg": (folder / "train/1.jpg").read_bytes()})
    decide(folder, LABELS, {"train/7.jpg": ["cat"]})
    record = load(folder, "multi-label")
    assert record.part(valid=True).table["fname"].tolist() == ["train/2.jpg", "train/6.jpg"]
    assert len(record.table) == 7


def test_one_decided_part_leaves_the_random_choice_to_the_others(home):
    rows = [(f"{number}.jpg", "dog" if number % 2 else "cat") for number in range(20)]
    folder = pascal(home / "set", rows, "fname,labels")
    before = set(load(folder, "multi-label").part(valid=True).table["fname"])
    moved = next(iter(sorted(before)))
    decide(folder, SPLIT, {moved: False})
    after = set(load(folder, "multi-label").part(valid=True).table["fname"])
    assert moved not in after and len(after) == 4
