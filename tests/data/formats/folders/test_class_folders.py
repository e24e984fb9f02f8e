"""Folders for classes, and folders that only divide the images: as whole names, as prefixes and as suffixes."""

from pathlib import Path

import pytest

from engine.data.formats import DatasetError, detect, load
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.splits.folders import is_whole_name
from engine.data.formats.tables.cells import part_named
from tests.data.formats.reading import refusal
from tests.dataset_files import IMAGE, put


def folders(root, *names, count=3):
    return put(root, {f"{name}/{at}.jpg": IMAGE for name in names for at in range(count)})


@pytest.mark.parametrize(
    ("train", "valid"),
    [
        ("train", "val"),
        ("Training", "Validation"),
        ("training_set", "dev"),
        ("x_train", "x_valid"),
        ("TRAIN", "VAL"),
    ],
)
def test_parts_by_their_names(tmp_path, train, valid):
    folder = folders(tmp_path, *(f"{part}/{kind}" for part in (train, valid) for kind in ("hen", "fox")))
    record = load(folder, "single-label")
    assert record.vocab == ("fox", "hen")
    assert {fname.split("/")[0] for fname in record.table.loc[record.table["is_valid"], "fname"]} == {valid}


@pytest.mark.parametrize("test", ["test", "Testing", "test_set", "my_test"])
def test_images_for_test_take_no_part(tmp_path, test):
    folder = folders(tmp_path, *(f"{part}/{kind}" for part in ("train", test) for kind in ("hen", "fox")))
    record = load(folder, "single-label")
    assert len(record.table) == 6 and not any(fname.startswith(test) for fname in record.table["fname"])
    assert "6 images in a test folder" in " ".join(record.notes)


@pytest.mark.parametrize("around", ["", "Images/", "a/b/"])
@pytest.mark.parametrize("twice", [False, True])
def test_folders_around_classes_are_no_labels(tmp_path, around, twice):
    parts = [
        f"{around}{part}{'/' + part if twice else ''}/{kind}" for part in ("train", "val") for kind in "pq"
    ]
    folder = put(folders(tmp_path, *parts), {"README.md": "x", "licence.txt": "y"})
    assert load(folder, "single-label").vocab == ("p", "q")


def test_parts_inside_classes(tmp_path):
    record = load(folders(tmp_path, "hen/train", "hen/val", "fox/train", "fox/val"), "single-label")
    assert record.vocab == ("fox", "hen") and record.table["is_valid"].sum() == 6


def test_stray_folders_and_images_are_named(tmp_path):
    folder = put(folders(tmp_path, "train/hen", "train/fox", "val/hen", "val/fox"), {"other/z.jpg": IMAGE})
    record = load(folder, "single-label")
    assert record.vocab == ("fox", "hen")
    assert "other/z.jpg" in " ".join(
        one.evidence for one in record.assumptions if one.what == "ignored files"
    )


@pytest.mark.parametrize("names", [("train", "trainannot", "val", "valannot"), ("training", "testing_2")])
def test_folders_that_only_divide_are_no_labels(tmp_path, names):
    with pytest.raises(DatasetError):
        load(folders(tmp_path, *names), "single-label")


def test_classes_that_sound_like_parts_stay_classes(tmp_path):
    assert load(folders(tmp_path, "train", "bus", "car"), "single-label").vocab == ("bus", "car", "train")
    assert part_named("train_station") == "train" and not is_whole_name("train_station")
    stations = folders(tmp_path / "b", "train_station", "airport")
    assert load(stations, "single-label").vocab == ("airport", "train_station")


def test_annotations_beside_a_lone_folder_are_named(tmp_path):
    put(folders(tmp_path, "data"), {"labels.json": '{"classes": ["a"], "labels": {}}', "x.xml": "<a/>"})
    with pytest.raises(DatasetError, match=r"labels\.json.*not read"):
        load(tmp_path, "multi-label")


def class_folders(folder: Path, parts=("",)) -> Path:
    names = [f"{part}/{label}/{n}.jpg" for part in parts for label in ("polar bear", "dog") for n in range(3)]
    return put(folder, {name.removeprefix("/"): IMAGE for name in names})


def test_a_folder_for_each_class(tmp_path):
    put(class_folders(tmp_path), {"loose.jpg": IMAGE, "dog/notes.txt": "x", ".hidden/1.jpg": IMAGE})
    dataset = load(tmp_path, "single-label", valid_share=0.5)
    assert dataset.vocab == ("dog", "polar bear")
    assert dataset.table["fname"].iloc[0] == "dog/0.jpg" and len(dataset.table) == 6
    assert dataset.table["is_valid"].sum() == 3
    assert "Left out: 1 image outside the class folders: loose.jpg." in dataset.notes


@pytest.mark.parametrize("valid", ["valid", "val"])
def test_train_and_valid_folders_are_the_split(tmp_path, valid):
    put(class_folders(tmp_path, ("train", valid)), {"test/dog/9.jpg": IMAGE})
    dataset = load(tmp_path, "multi-label")
    assert dataset.vocab == ("dog", "polar bear") and len(dataset.table) == 12
    assert all(name.startswith(valid) for name in dataset.part(valid=True).table["fname"])
    assert dataset.table["is_valid"].sum() == 6


def test_class_folders_hold_no_points(tmp_path):
    assert "choose the task single-label" in refusal(class_folders(tmp_path), "points")


@pytest.mark.parametrize("name", ["no_label", "_unlabeled", "Unlabelled"])
def test_a_folder_for_images_without_a_label_is_no_class(tmp_path, name):
    folder = folders(tmp_path, "hen", "fox", name)
    record = load(folder, "single-label")
    assert record.vocab == ("fox", "hen")
    assert f"3 images in “{name}”, which holds images without a label" in " ".join(record.notes)
    chosen = load(folder, "single-label", ReadOptions(classes=("hen", "fox", name)))
    assert len(chosen.vocab) == 3


def test_next_to_one_other_folder_it_is_a_class(tmp_path):
    assert load(folders(tmp_path, "labeled", "unlabeled"), "single-label").vocab == ("labeled", "unlabeled")


def test_folders_that_macos_and_others_spelled_are_one_class(tmp_path):
    folder = put(folders(tmp_path, "B\u00e4r", "fox"), {"Ba\u0308r/x.jpg": IMAGE})
    assert load(folder, "single-label").vocab == ("B\u00e4r", "fox")


def test_images_of_other_kinds_are_told(tmp_path):
    folder = put(folders(tmp_path, "hen", "fox"), {"hen/a.dng": "x", "fox/b.MOV": "x"})
    assert any(
        "“fox/b.MOV”, “hen/a.dng”: not read: images of this kind" in one for one in detect(folder).reasons
    )
    with pytest.raises(DatasetError, match=r"“a.mov”: not read"):
        detect(put(tmp_path / "films", {"a.mov": "x"}))
