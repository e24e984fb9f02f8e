"""A table with a cell of labels for each image, as PASCAL_2007 has it."""

import numpy as np
import pandas as pd
import pytest

from engine.data.formats import load
from engine.images import open_image
from tests import dataset_files
from tests.data.formats.reading import labels_by_name, refusal
from tests.dataset_files import IMAGE, pascal, put, write_table


def test_pascal_2007_is_read(tmp_path):
    dataset = load(pascal(tmp_path / "mine"), "multi-label")
    assert (
        dataset.name == "mine"
        and dataset.task == "multi-label"
        and dataset.notes == ("No training image has “horse”.",)
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
        "the 4 images with exactly one label; left out: 1 without a label, 2 with several."
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


def test_spaces_among_commas_are_a_forgotten_comma(tmp_path):
    rows = [("1.jpg", "car, person"), ("2.jpg", "car person"), ("3.jpg", "car"), ("4.jpg", "bus stop")]
    said = refusal(pascal(tmp_path, rows, "fname,labels"))
    assert "seem to combine several other labels: “car person” in line 3;" in said
