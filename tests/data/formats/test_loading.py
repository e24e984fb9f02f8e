"""Every format in which people import data, and every fault in it."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.data.formats import Dataset, DatasetError, load
from engine.data.formats.files.file_index import list_files
from engine.data.formats.folders.biwi import project
from engine.data.formats.read_options import ReadOptions
from engine.images import open_image
from tests import dataset_files
from tests.dataset_files import IMAGE, pascal, put, write_table


def problems_of(source, task="multi-label", **how) -> str:
    """All sentences that `load` answers with; each must be plain."""
    with pytest.raises(DatasetError) as raised:
        load(source, task, **how)
    assert raised.value.problems
    for sentence in raised.value.problems:
        assert sentence.endswith(".") and "\n" not in sentence and "Error" not in sentence
    assert str(raised.value) == "\n".join(raised.value.problems)
    return str(raised.value)


def labels_by_name(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    return {
        Path(name).name: row
        for name, row in zip(dataset.table["fname"], dataset.table["labels"], strict=True)
    }


# --- PASCAL_2007 ------------------------------------------------------------------------------------------------


def test_pascal_2007_is_read(tmp_path):
    dataset = load(pascal(tmp_path / "mine"), "multi-label")
    assert (
        dataset.name == "mine"
        and dataset.task == "multi-label"
        and dataset.notes == ("No training picture has “horse”.",)
    )
    assert dataset.vocab == ("bear", "cat", "dog", "horse")
    assert dataset.table.columns.tolist() == ["fname", "labels", "is_valid"]
    assert dataset.table["fname"].tolist() == [f"train/{number}.jpg" for number in range(1, 7)]
    assert dataset.table["is_valid"].tolist() == [False, False, False, True, True, False]
    assert dataset.targets().tolist() == [
        [1, 0, 1, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 1, 0],
        [1, 0, 0, 0],
    ]
    assert dataset.targets().dtype == np.uint8
    assert [open_image(path).size for path in dataset.paths()] == [(64, 48)] * 6


def test_parts_share_the_vocabulary_and_lose_no_row(tmp_path):
    dataset = load(pascal(tmp_path), "multi-label")
    train, valid = dataset.part(valid=False), dataset.part(valid=True)
    assert train.vocab == valid.vocab == dataset.vocab
    assert sorted(train.paths() + valid.paths()) == dataset.paths()
    assert valid.targets().shape == (2, 4) and valid.table.index.tolist() == [0, 1]


def test_single_label_keeps_rows_with_exactly_one_label_and_the_whole_vocabulary(tmp_path):
    rows = [*dataset_files.PASCAL_ROWS, ("7.jpg", "sheep cow", False)]
    dataset = load(pascal(tmp_path, rows), "single-label")
    assert labels_by_name(dataset) == {
        "2.jpg": ("cat",),
        "4.jpg": ("horse",),
        "5.jpg": ("dog",),
        "6.jpg": ("bear",),
    }
    assert dataset.vocab == ("bear", "cat", "cow", "dog", "horse", "sheep")
    assert dataset.targets().sum(axis=1).tolist() == [1, 1, 1, 1]
    assert (
        "the 4 pictures with exactly one label; left out: 1 without a label, 2 with several."
        in dataset.notes[0]
    )


@pytest.mark.parametrize("beside", ["train", "images", "pictures", "JPEGImages", ""])
@pytest.mark.parametrize("by_table", [True, False])
def test_pictures_lie_in_a_usual_folder_or_beside_the_table(tmp_path, beside, by_table):
    folder = pascal(tmp_path, beside=beside)
    dataset = load(folder / "train.csv" if by_table else folder, "multi-label")
    assert dataset.folder == folder
    assert all(path.is_file() for path in dataset.paths())


def test_names_may_hold_folders(tmp_path):
    rows = [(f"{label}/{n}.jpg", label, n == 2) for label in ("dog", "cat") for n in range(3)]
    rows[0] = ("dog\\0.jpg", "dog", False)
    write_table(tmp_path / "train.csv", "fname,labels,is_valid", rows)
    put(tmp_path, {f"train/{label}/{n}.jpg": IMAGE for label in ("dog", "cat") for n in range(3)})
    assert load(tmp_path, "single-label").table["fname"].iloc[0] == "train/dog/0.jpg"


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("dog bear", ("dog", "bear")),
        ("dog,bear", ("dog", "bear")),
        ("dog; polar bear", ("dog", "polar bear")),
        ("dog|bear|", ("dog", "bear")),
        (" dog  bear ", ("dog", "bear")),
        ("dog dog", ("dog",)),
        ("=1+1", ("=1+1",)),
        ("<script>alert(1)</script>", ("<script>alert(1)</script>",)),
        ("NA", ()),
        ("dog nan", ("dog",)),
        ("Käfer größe", ("Käfer", "größe")),
    ],
)
def test_a_cell_of_labels(tmp_path, cell, labels):
    rows = [("1.jpg", cell), ("2.jpg", "other"), ("3.jpg", ""), ("4.jpg", "other")]
    dataset = load(pascal(tmp_path, rows, "fname,labels"), "multi-label")
    assert labels_by_name(dataset)["1.jpg"] == labels
    assert labels_by_name(dataset)["3.jpg"] == ()


def test_one_label_a_cell_keeps_its_spaces(tmp_path):
    rows = [(f"{n}.jpg", "polar bear" if n % 2 else "brown bear") for n in range(6)]
    assert load(pascal(tmp_path, rows, "image,label"), "single-label").vocab == ("brown bear", "polar bear")


@pytest.mark.parametrize("header", ["Filename,Labels,Is_Valid", "image,tags,valid", " path , labels ,split"])
def test_columns_go_by_usual_names(tmp_path, header):
    rows = [
        (name, labels, "valid" if held_out else "train")
        for name, labels, held_out in dataset_files.PASCAL_ROWS
    ]
    dataset = load(pascal(tmp_path, rows, header), "multi-label")
    assert dataset.table["is_valid"].sum() == 2


@pytest.mark.parametrize("separator", [";", "\t"])
def test_tables_of_other_separators(tmp_path, separator):
    pascal(tmp_path)
    text = (tmp_path / "train.csv").read_text().replace(",", separator)
    (tmp_path / "train.csv").write_text("\ufeff" + text, encoding="utf-8")
    assert load(tmp_path, "multi-label").vocab == ("bear", "cat", "dog", "horse")


@pytest.mark.parametrize(
    ("yes", "no"), [("True", "False"), ("1", "0"), ("yes", "no"), ("valid", "train"), ("TRUE", "")]
)
def test_ways_to_say_validation(tmp_path, yes, no):
    rows = [(name, labels, yes if held_out else no) for name, labels, held_out in dataset_files.PASCAL_ROWS]
    assert load(pascal(tmp_path, rows), "multi-label").table["is_valid"].tolist() == [
        held_out for *_, held_out in dataset_files.PASCAL_ROWS
    ]


def test_the_table_that_serves_is_found_among_others(tmp_path):
    pascal(tmp_path)
    write_table(tmp_path / "test.csv", "fname,labels", [("gone.jpg", "x")])
    write_table(tmp_path / "a.csv", "some,thing", [(1, 2)])
    assert load(tmp_path, "multi-label").vocab == ("bear", "cat", "dog", "horse")


def test_accents_spelt_otherwise_on_the_disk_are_the_same_name(tmp_path):
    rows = [("caf\u00e9.jpg", "a"), ("2.jpg", "b"), ("3.jpg", "a"), ("4.jpg", "b")]
    write_table(tmp_path / "train.csv", "fname,labels", rows)
    put(tmp_path, {name: IMAGE for name in ("cafe\u0301.jpg", "2.jpg", "3.jpg", "4.jpg")})
    assert load(tmp_path, "multi-label").paths()[0].is_file()


def test_a_table_round_trips(tmp_path):
    first = load(pascal(tmp_path), "multi-label")
    again = first.table.assign(labels=[" ".join(row) for row in first.table["labels"]])
    again.to_csv(tmp_path / "again.csv", index=False)
    second = load(tmp_path / "again.csv", "multi-label")
    pd.testing.assert_frame_equal(first.table, second.table)


# --- the split --------------------------------------------------------------------------------------------------


def many(folder: Path, count=50, groups=None) -> Path:
    rows = [(f"{n}.jpg", "ab"[n % 2], *([f"g{n // groups}"] if groups else [])) for n in range(count)]
    return pascal(folder, rows, "fname,labels" + (",group" if groups else ""))


def test_without_marks_a_share_is_chosen_by_the_seed(tmp_path):
    folder = many(tmp_path)
    first, again, other = (
        load(folder, "multi-label", valid_share=0.3, seed=seed).table["is_valid"] for seed in (0, 0, 1)
    )
    assert first.sum() == other.sum() == 15
    assert first.equals(again) and not first.equals(other)
    notes = load(folder, "multi-label", valid_share=0.3).notes
    assert notes == ("15 images chosen for validation, evenly by label (seed 0).",)


def test_a_group_is_never_on_both_sides(tmp_path):
    dataset = load(many(tmp_path, groups=7), "single-label", valid_share=0.3)
    assert (dataset.table.groupby("group")["is_valid"].nunique() == 1).all()
    assert 0 < dataset.table["is_valid"].sum() < 50
    assert "whole groups together" in dataset.notes[-1]


def test_unknown_tasks_and_shares_are_refused(tmp_path):
    for share in (0, 1, -0.1, 2):
        with pytest.raises(ValueError, match="between 0 and 1"):
            load(tmp_path, "points", valid_share=share)
    with pytest.raises(ValueError, match="single-label, multi-label, points"):
        load(tmp_path, "detection")


# --- Pascal VOC -------------------------------------------------------------------------------------------------


def test_voc_is_read(tmp_path):
    dataset = load(dataset_files.voc(tmp_path), "multi-label")
    assert labels_by_name(dataset) == {
        "000001.jpg": ("dog",),
        "000002.jpg": ("cat",),
        "000003.jpg": (),
        "000004.jpg": ("dog", "person"),
        "000005.jpg": ("person",),
    }
    assert dataset.vocab == ("cat", "dog", "person")
    assert dataset.table["is_valid"].tolist() == [False, False, False, True, True]
    assert any("Left out: 1 image for test" in note for note in dataset.notes)


@pytest.mark.parametrize(("part", "valid"), [("train", False), ("val", True)])
def test_voc_agrees_with_torchvision(tmp_path, part, valid):
    from torchvision.datasets import VOCDetection

    folder = dataset_files.voc(tmp_path / "VOCdevkit" / "VOC2007")
    theirs = {
        annotation["filename"]: {thing["name"] for thing in annotation.get("object", [])}
        for _, read in VOCDetection(tmp_path, "2007", part)
        for annotation in [read["annotation"]]
    }
    ours = {
        name: set(labels) for name, labels in labels_by_name(load(folder, "multi-label").part(valid)).items()
    }
    assert ours == theirs and len(ours) >= 2


def test_voc_without_lists_takes_every_annotation(tmp_path):
    dataset = load(dataset_files.voc(tmp_path, lists={}), "multi-label")
    assert len(dataset.table) == 6 and dataset.table["is_valid"].sum() == 1


def test_voc_trainval_beyond_val_is_for_training(tmp_path):
    lists = {"trainval": [f"00000{n}" for n in range(1, 6)], "val": ["000002"]}
    assert load(dataset_files.voc(tmp_path, lists=lists), "multi-label").table["is_valid"].tolist() == [
        0,
        1,
        0,
        0,
        0,
    ]


def test_voc_points_are_middles_of_lone_boxes(tmp_path):
    objects = dataset_files.VOC_OBJECTS | {"000007": [("cat", 0, 0, 64, 48)]}
    lists = dataset_files.VOC_LISTS | {"train": ["000001", "000002", "000003", "000007"]}
    dataset = load(dataset_files.voc(tmp_path, objects, lists), "points")
    assert dataset.table["fname"].tolist() == [f"JPEGImages/00000{n}.jpg" for n in (2, 5, 7)]
    assert dataset.points_px().tolist() == [[7.0, 14.0], [20.5, 15.5], [32.0, 24.0]]
    assert any("3 images without exactly one object" in note for note in dataset.notes)


def test_voc_faults_are_told_together(tmp_path):
    folder = dataset_files.voc(
        tmp_path, lists=dataset_files.VOC_LISTS | {"val": ["000003", "000004", "000005", "000099"]}
    )
    (folder / "JPEGImages" / "000005.jpg").unlink()
    put(folder, {"Annotations/000001.xml": "<annotation><object>", "Annotations/000002.xml": ""})
    put(folder, {"Annotations/000003.xml": "<annotation><object><name> </name></object></annotation>"})
    said = problems_of(folder)
    assert "in both train.txt and val.txt: 000003" in said
    assert "“Annotations” has no annotation for 1 name of the data set: 000099" in said
    assert "“JPEGImages” has no picture for 2 names of the data set: 000005, 000099" in said
    assert "3 annotations cannot be read" in said and "an object has no name" in said


def test_a_bomb_in_an_annotation_is_not_unfolded(tmp_path):
    folder = dataset_files.voc(tmp_path)
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    bomb = (
        f'<!DOCTYPE a [<!ENTITY l0 "lol">{lol}]><annotation><object><name>&l8;</name></object></annotation>'
    )
    put(folder, {"Annotations/000001.xml": bomb})
    assert "1 annotation cannot be read" in " ".join(load(folder, "multi-label").notes)


# --- BIWI -------------------------------------------------------------------------------------------------------


def test_projection_by_hand():
    """500 x 100 / 1000 + 320 = 370; 450 x -50 / 1000 + 240 = 217.5."""
    assert project((100.0, -50.0, 1000.0), [[500, 0, 320], [0, 450, 240], [0, 0, 1]]) == (370.0, 217.5)
    with pytest.raises(ValueError, match="more than 0"):
        project((1.0, 1.0, 0.0), [[500, 0, 320], [0, 450, 240], [0, 0, 1]])


def test_biwi_is_read(tmp_path):
    dataset = load(dataset_files.biwi(tmp_path), "points")
    assert dataset.vocab == () and len(dataset.table) == 6
    assert dataset.table["fname"].iloc[0] == "01/frame_00003_rgb.jpg"
    assert dataset.table["group"].tolist() == ["01", "01", "02", "02", "13", "13"]
    np.testing.assert_allclose(dataset.points_px(), [[50 * 100 / 1000 + 32, 40 * -50 / 1000 + 24]] * 6)
    assert dataset.sizes_wh().tolist() == [[64, 48]] * 6


def test_biwi_uses_each_folders_own_camera(tmp_path):
    dataset_files.biwi(tmp_path, people=("01", "02"))
    put(tmp_path, {"02/rgb.cal": dataset_files.WIDE_CAMERA})
    points = load(tmp_path, "points").points_px()
    assert points[0].tolist() == [37.0, 22.0] and points[2].tolist() == [32.5, 19.0]


@pytest.mark.parametrize(
    ("people", "listed", "held_out"),
    [
        (("01", "02", "13", "14"), None, {"13"}),
        (("01", "02", "13", "14"), "02\n14\n", {"02", "14"}),
        (("01", "02", "03", "04", "05", "06", "07", "08", "09", "10"), None, {"09", "10"}),
        (("anna", "bert"), None, {"bert"}),
    ],
)
def test_biwi_holds_whole_people_out(tmp_path, people, listed, held_out):
    dataset_files.biwi(tmp_path, people)
    if listed:
        put(tmp_path, {"valid_people.txt": listed})
    assert set(load(tmp_path, "points").part(valid=True).table["group"]) == held_out


def test_biwi_of_one_person_warns_of_the_leak(tmp_path):
    dataset = load(dataset_files.biwi(tmp_path, people=("01",), frames=5), "points")
    assert dataset.table["is_valid"].sum() == 1
    assert any("“01” is in both parts" in note for note in dataset.notes)


def test_a_head_beyond_the_frame_is_left_out_with_a_note(tmp_path):
    dataset_files.biwi(tmp_path)
    put(tmp_path, {"02/frame_00003_pose.txt": dataset_files.pose(5000, 0, 1000)})
    dataset = load(tmp_path, "points")
    assert len(dataset.table) == 5
    assert any("Left out: 1 picture whose point lies outside." in note for note in dataset.notes)


def test_biwi_faults_are_told_together(tmp_path):
    dataset_files.biwi(tmp_path, people=("01", "02", "03", "04"), frames=4)
    (tmp_path / "01" / "rgb.cal").unlink()
    put(
        tmp_path,
        {"02/rgb.cal": "1 2 3", "03/frame_00003_pose.txt": "1 2", "03/frame_00004_pose.txt": "a b c"},
    )
    put(tmp_path, {"03/frame_00005_pose.txt": dataset_files.pose(1, 2, -3), "valid_people.txt": "04\n99\n"})
    (tmp_path / "04" / "frame_00003_rgb.jpg").unlink()
    (tmp_path / "04" / "frame_00004_pose.txt").unlink()
    said = problems_of(tmp_path, "points")
    assert "cameras are not there" in said and "01/rgb.cal" in said
    assert "These files cannot be read (4)" in said and "3 numbers, fewer than the 9" in said
    assert "These poses have no picture (1): 04/frame_00003_pose.txt" in said
    assert "names people that have no folder: 99" in said


def test_biwi_has_no_labels(tmp_path):
    assert "choose the task points" in problems_of(dataset_files.biwi(tmp_path), "multi-label")


# --- points -----------------------------------------------------------------------------------------------------


def test_points_are_read_with_sizes_from_headers(tmp_path):
    dataset_files.points(tmp_path)
    put(tmp_path, {"images/1.jpg": IMAGE[:-40]})
    dataset = load(tmp_path, "points")
    assert dataset.points_px().tolist() == [[10 * n, 8 * n] for n in range(1, 6)]
    assert dataset.sizes_wh().tolist() == [[64, 48]] * 5
    assert dataset.table.columns.tolist() == ["fname", "x", "y", "is_valid", "width", "height"]


def test_points_are_in_pixels_of_the_upright_picture(tmp_path):
    """The file's rows are 48 wide and 64 high, and its EXIF turns them: a point at x = 60 is inside."""
    dataset = load(
        dataset_files.points(tmp_path, [(f"{n}.jpg", 60, 40) for n in range(4)], image=dataset_files.TURNED),
        "points",
    )
    assert dataset.sizes_wh().tolist() == [[64, 48]] * 4
    assert "outside" in problems_of(
        dataset_files.points(
            tmp_path / "b", [(f"{n}.jpg", 40, 60) for n in range(4)], image=dataset_files.TURNED
        ),
        "points",
    )


def test_points_on_the_edge_are_inside(tmp_path):
    rows = [("1.jpg", 0, 0), ("2.jpg", 64, 48), ("3.jpg", 0, 48), ("4.jpg", 64, 0)]
    assert len(load(dataset_files.points(tmp_path, rows), "points").table) == 4


def test_points_of_a_group_stay_together(tmp_path):
    rows = [(f"{n}.jpg", 5, 6, f"video{n // 4}") for n in range(12)]
    dataset = load(dataset_files.points(tmp_path, rows, "fname,x,y,group"), "points", valid_share=0.3)
    assert (dataset.table.groupby("group")["is_valid"].nunique() == 1).all()


def test_point_faults_are_told_together(tmp_path):
    rows = [
        ("1.jpg", 64.5, 10),
        ("2.jpg", -1, 10),
        ("3.jpg", "left", 10),
        ("4.jpg", "nan", ""),
        ("5.jpg", 1, 2),
        ("gone.jpg", 1, 2),
    ]
    dataset_files.points(tmp_path, rows)
    (tmp_path / "images" / "gone.jpg").unlink()
    put(tmp_path, {"images/5.jpg": "no picture"})
    said = problems_of(tmp_path, "points")
    assert "2 points outside the picture: images/1.jpg in line 2 has (64.5, 10) in 64 x 48 pixels" in said
    assert "x and y must be numbers, in pixels: “left”, “10” in line 4, “nan”, “” in line 5" in said
    assert "Not there, looking in “images”: 1 of the 6 pictures that the table names: gone.jpg." in said
    assert "“5.jpg” is a text file" in said


def test_points_as_shares_are_recognized(tmp_path):
    folder = dataset_files.points(tmp_path, [(f"{n}.jpg", 0.1 * n, -0.1 * n) for n in range(5)])
    dataset = load(folder, "points")
    width, height = dataset.table.iloc[1][["width", "height"]]
    assert dataset.points_px()[1].tolist() == pytest.approx([0.55 * width, 0.45 * height])
    assert ("units", "-1..1") in [(one.what, one.value) for one in dataset.assumptions]
    assert "outside the picture" in problems_of(folder, "points", options=ReadOptions(units="pixels"))


# --- a folder for each class --------------------------------------------------------------------------------------


def class_folders(folder: Path, parts=("",)) -> Path:
    names = [f"{part}/{label}/{n}.jpg" for part in parts for label in ("polar bear", "dog") for n in range(3)]
    return put(folder, {name.removeprefix("/"): IMAGE for name in names})


def test_a_folder_for_each_class(tmp_path):
    put(class_folders(tmp_path), {"loose.jpg": IMAGE, "dog/notes.txt": "x", ".hidden/1.jpg": IMAGE})
    dataset = load(tmp_path, "single-label", valid_share=0.5)
    assert dataset.vocab == ("dog", "polar bear")
    assert dataset.table["fname"].iloc[0] == "dog/0.jpg" and len(dataset.table) == 6
    assert dataset.table["is_valid"].sum() == 3
    assert "Left out: 1 image in no folder of a class: loose.jpg." in dataset.notes


@pytest.mark.parametrize("valid", ["valid", "val"])
def test_train_and_valid_folders_are_the_split(tmp_path, valid):
    put(class_folders(tmp_path, ("train", valid)), {"test/dog/9.jpg": IMAGE})
    dataset = load(tmp_path, "multi-label")
    assert dataset.vocab == ("dog", "polar bear") and len(dataset.table) == 12
    assert all(name.startswith(valid) for name in dataset.part(valid=True).table["fname"])
    assert dataset.table["is_valid"].sum() == 6


def test_class_folders_hold_no_points(tmp_path):
    assert "choose the task single-label" in problems_of(class_folders(tmp_path), "points")


# --- every problem at once --------------------------------------------------------------------------------------


def test_every_problem_of_a_table_is_told_at_once(tmp_path):
    rows = [
        ("1.jpg", "dog", "False"),
        ("1.jpg", "cat", "False"),
        ("../secret.jpg", "dog", "False"),
        ("/etc/passwd", "dog", "False"),
        ("C:\\x.jpg", "dog", "False"),
        ("two.JPG", "Dog", "maybe"),
        ("", "dog", "True"),
        *[(f"gone{n}.jpg", "polar bear" if n else "polar_bear", "True") for n in range(5)],
        ("3.jpg", "dog, cat", "True"),
    ]
    write_table(tmp_path / "train.csv", "fname,labels,is_valid", rows)
    with (tmp_path / "train.csv").open("a") as file:
        file.write("4.jpg,dog\r\n")
    put(tmp_path, {f"train/{name}": IMAGE for name in ("1.jpg", "Two.jpg", "3.jpg", "4.jpg")})
    with pytest.raises(DatasetError) as raised:
        load(tmp_path, "multi-label")
    said = str(raised.value)
    assert len(raised.value.problems) == 7
    assert "every row must have 3 cells like the header: line 15 has 2 cells" in said
    assert "Rows without a picture's name: line 8" in said
    assert "../secret.jpg, /etc/passwd, C:/x.jpg" in said
    assert "Not there, looking in “train”: 5 of the 8 pictures that the table names: gone0.jpg" in said
    assert "gone2.jpg and 2 more" in said
    assert "these have more: train/1.jpg (2 times)" in said
    assert "must say train, valid or test, or True or False (--split-column): “maybe” in line 7" in said
    assert "“Dog” (1) and “dog” (" in said and "“polar bear” (4) and “polar_bear” (1)" in said


def test_an_ending_left_off_is_guessed(tmp_path):
    pascal(tmp_path)
    write_table(tmp_path / "train.csv", "fname,labels", [("1", "a"), ("2", "b"), ("3.jpg", "a")])
    dataset = load(tmp_path, "multi-label")
    assert dataset.table["fname"].tolist() == ["train/1.jpg", "train/2.jpg", "train/3.jpg"]
    assert "“1” is “train/1.jpg”" in " ".join(map(str, dataset.assumptions))


def test_links_do_not_lead_out(tmp_path):
    put(tmp_path, {"outside/secret.jpg": IMAGE})
    folder = pascal(tmp_path / "inside")
    (folder / "train" / "1.jpg").unlink()
    (folder / "train" / "1.jpg").symlink_to(tmp_path / "outside" / "secret.jpg")
    (folder / "train" / "2.jpg").unlink()
    (folder / "train" / "2.jpg").symlink_to(folder / "train" / "3.jpg")
    said = problems_of(folder)
    assert "Links that lead out of the folder are not followed: train/1.jpg." in said and "2.jpg" not in said


def test_a_point_behind_a_link_is_not_even_measured(tmp_path, monkeypatch):
    put(tmp_path, {"outside/4.jpg": IMAGE})
    folder = dataset_files.points(tmp_path / "inside")
    (folder / "images" / "4.jpg").unlink()
    (folder / "images" / "4.jpg").symlink_to(tmp_path / "outside" / "4.jpg")
    measured = []
    monkeypatch.setattr(
        "engine.data.formats.checks.image_size", lambda path: measured.append(path.name) or (64, 48)
    )
    problems_of(folder, "points")
    assert sorted(measured) == ["1.jpg", "2.jpg", "3.jpg", "5.jpg"]


def test_linked_folders_are_not_followed_and_circles_end(tmp_path):
    folder = pascal(tmp_path / "inside")
    (folder / "circle").symlink_to(folder)
    (folder / "etc").symlink_to("/etc")
    listing = list_files(folder)
    assert len(listing.names) == 7 and listing.links_out == {"circle", "etc"}
    assert listing.leads_out("etc/passwd") and not listing.leads_out("train/1.jpg")


def test_spaces_among_commas_are_a_forgotten_comma(tmp_path):
    rows = [("1.jpg", "car, person"), ("2.jpg", "car person"), ("3.jpg", "car"), ("4.jpg", "bus stop")]
    said = problems_of(pascal(tmp_path, rows, "fname,labels"))
    assert "seem to be several labels, which are there alone, too: “car person” in line 3;" in said


@pytest.mark.parametrize(
    ("header", "task", "words"),
    [
        (
            "fname,price",
            "multi-label",
            "has no column of labels; its columns are: fname, price. Name them",
        ),
        (
            "a,",
            "points",
            "has no columns “x” and “y”; its columns are: a, (no name). Name them with --x-column",
        ),
        ("fname,labels", "points", "holds labels, not points; choose the task single-label or multi-label"),
        ("fname,x,y", "single-label", "holds points, not labels; choose the task points"),
    ],
)
def test_a_table_of_another_kind(tmp_path, header, task, words):
    write_table(
        tmp_path / "train.csv", header, [(f"{n}.jpg", n + 0.5, 4)[: header.count(",") + 1] for n in range(5)]
    )
    assert words in problems_of(tmp_path, task)
    assert words in problems_of(tmp_path / "train.csv", task)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty; its first line must name the columns"),
        (b"\xff\xfef\x00n", "is not a table of text"),
        (b"fname,labels\n\0\n", "is not a table of text"),
        (b"PK\x03\x04\xc0\xc1", "is not a table of text"),
        (b'fname,labels\n"1.jpg,dog\n', "cannot be read as a table in line 2"),
        (b'fname,labels\n"1".jpg,dog\n', "cannot be read as a table in line 2"),
        (b"fname,labels\n1.jpg," + b"x" * 200_000 + b"\n", "cannot be read as a table in line 2"),
        (b"fname,labels\n", "no pictures"),
    ],
)
def test_tables_that_are_none(tmp_path, content, words):
    put(tmp_path, {"train.csv": content})
    assert words in problems_of(tmp_path)


def test_nothing_there(tmp_path):
    assert "There is no folder or table" in problems_of(tmp_path / "gone")
    assert "No data set was found" in problems_of(tmp_path)
    put(tmp_path, {"1.jpg": IMAGE, "notes.txt": "x"})
    assert "No data set was found" in problems_of(tmp_path)


@pytest.mark.parametrize("task", ["single-label", "multi-label"])
def test_too_few(tmp_path, task):
    assert "Too few pictures for training: 1, and at least 2 are needed." in problems_of(
        pascal(tmp_path / "a", [("1.jpg", "a", False), ("2.jpg", "b", True)]), task
    )
    assert "No picture is for validation" in problems_of(
        pascal(tmp_path / "b", [("1.jpg", "a", False), ("2.jpg", "b", False)]), task
    )
    assert "No picture has a label" in problems_of(pascal(tmp_path / "c", [("1.jpg", "", False)] * 1), task)


def test_one_label_tells_nothing_apart(tmp_path):
    folder = pascal(tmp_path, [(f"{n}.jpg", "dog") for n in range(5)], "fname,labels")
    assert "There is one label only, “dog”" in problems_of(folder, "single-label")
    assert "There is one label only, “dog”" in problems_of(folder, "multi-label")
    write_table(folder / "train.csv", "fname,labels", [(f"{n}.jpg", "dog" * (n > 2)) for n in range(5)])
    assert load(folder, "multi-label").vocab == ("dog",)


def test_labels_and_points_are_not_mixed_up(tmp_path):
    with pytest.raises(ValueError, match="points"):
        load(dataset_files.points(tmp_path / "p"), "points").targets()
    with pytest.raises(ValueError, match="multi-label"):
        load(pascal(tmp_path / "l"), "multi-label").points_px()


def test_a_problem_may_be_one_sentence_or_many():
    assert DatasetError("One.").problems == ("One.",)
    assert str(DatasetError(["One.", "Two."])) == "One.\nTwo."


def test_a_folder_is_listed_once_and_no_file_is_asked_for(tmp_path, monkeypatch):
    """What keeps 5,000 pictures at a fraction of a second: a stat for each file would take most of the time."""
    folder = many(tmp_path, count=400)
    asked, listed = [], []
    real_stat, real_scandir = os.stat, os.scandir
    monkeypatch.setattr(os, "stat", lambda *args, **kw: asked.append(args[0]) or real_stat(*args, **kw))
    monkeypatch.setattr(os, "scandir", lambda *args: listed.append(args) or real_scandir(*args))
    assert len(load(folder, "multi-label").table) == 400
    assert len(asked) < 40 and len(listed) == 2
