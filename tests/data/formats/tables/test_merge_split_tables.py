"""Tables for training and for validation that are read as one."""

from engine.data.formats import detect, load
from tests.data.formats.reading import problems_of
from tests.dataset_files import IMAGE, put, write_table
from tests.format_samples import NAMES

PARTS = {
    "train": [("1.jpg", "dog"), ("2.jpg", "cat")],
    "valid": [("1.jpg", "cat")],
    "test": [("1.jpg", "dog")],
}


def test_a_table_for_training_and_one_for_validation_are_read_as_one(tmp_path):
    """Pictures of the same name in both folders are two pictures; what is for testing stays apart."""
    for part, rows in PARTS.items():
        write_table(tmp_path / part / "labels.csv", "filename,label", rows)
        put(tmp_path, {f"{part}/{name}": IMAGE for name, _ in rows})
    told = detect(tmp_path).reasons
    assert "“train/labels.csv”, “valid/labels.csv” have the same columns and are read as one table." in told
    assert "“test/labels.csv”: not read: another table or format is read." in told
    assert "Of the 3 images that it names, 3 were found where it says." in told
    found = load(tmp_path, "single-label").table
    assert found[["fname", "labels", "is_valid"]].values.tolist() == [
        ["train/1.jpg", ("dog",), False],
        ["train/2.jpg", ("cat",), False],
        ["valid/1.jpg", ("cat",), True],
    ]


def test_tables_named_for_their_parts_are_read_as_one_and_told_apart_in_problems(tmp_path):
    write_table(tmp_path / "train.csv", "fname,x,y", [("1.jpg", 3, 4), ("2.jpg", 5, 6)])
    write_table(tmp_path / "val.csv", "fname,x,y", [("3.jpg", 7, "much")])
    put(tmp_path / "images", {name: IMAGE for name in NAMES})
    assert "x and y must be numbers, in pixels: “7”, “much” in line 2 of “val.csv”." in problems_of(
        tmp_path, "points"
    )
    write_table(tmp_path / "val.csv", "fname,x,y", [("3.jpg", 7, 8)])
    found = load(tmp_path, "points").table
    assert found["fname"].tolist() == ["images/1.jpg", "images/2.jpg", "images/3.jpg"]
    assert found["is_valid"].tolist() == [False, False, True] and found["x"].tolist() == [3, 5, 7]


def test_tables_of_the_parts_with_other_columns_stay_apart(tmp_path):
    write_table(tmp_path / "train.csv", "fname,labels", [("1.jpg", "dog"), ("2.jpg", "cat")])
    write_table(tmp_path / "valid.csv", "fname,labels,who", [("3.jpg", "dog", "me")])
    put(tmp_path, {name: IMAGE for name in NAMES})
    assert "“valid.csv”: not read: another table or format is read." in detect(tmp_path).reasons
