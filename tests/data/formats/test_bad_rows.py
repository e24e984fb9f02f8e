"""A bad row is set aside and listed; many bad rows mean that the source is read wrongly, and nothing is."""

import json

import pytest

from engine.data.checks import run_checks
from engine.data.checks.finding import HARMS, STOPS
from engine.data.formats import DatasetError, load
from tests.data.formats.reading import labels_of, points_of, problems_of, told_of
from tests.dataset_files import IMAGE, POINT_ROWS, pascal, points, put, write_table

ROWS = [(f"{at}.jpg", "ab"[at % 2], at > 7) for at in range(10)]


def finding(folder, kind: str, task="multi-label"):
    health = run_checks.check(folder, task)
    (found,) = [one for one in health.findings if one.kind == kind]
    return health, found


def test_images_that_are_not_there_are_set_aside_and_listed(tmp_path):
    folder = pascal(tmp_path, ROWS)
    for at in (1, 2):
        (folder / f"train/{at}.jpg").unlink()
    assert set(labels_of(folder)) == {f"{at}.jpg" for at in (0, *range(3, 10))}
    told = told_of(folder)
    assert "Set aside 2 images. Not there, looking in “train”" in told and "1.jpg, 2.jpg" in told
    health, found = finding(folder, "missing")
    assert health.is_accepted and found.severity == HARMS and found.fnames == ("train/1.jpg", "train/2.jpg")
    assert (health.training, health.validation) == (6, 2)


def test_where_most_images_are_not_there_nothing_is_read(tmp_path):
    folder = pascal(tmp_path, ROWS)
    for at in range(6):
        (folder / f"train/{at}.jpg").unlink()
    assert "6 of the 10 pictures" in problems_of(folder)
    health, found = finding(folder, "missing")
    assert not health.is_accepted and found.severity == STOPS


def test_where_too_few_remain_what_was_set_aside_is_told_too(tmp_path):
    folder = pascal(tmp_path, [("1.jpg", "a", False), ("2.jpg", "b", False), ("3.jpg", "a", True)])
    (folder / "train/3.jpg").unlink()
    said = problems_of(folder)
    assert "No picture is for validation" in said and "Set aside 1 image. Not there" in said


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("", "b", False), "Rows without a picture's name: line 12"),
        (("10.jpg", "b", "perhaps"), "“perhaps” in line 12"),
    ],
)
def test_a_row_that_says_nothing_usable_is_set_aside(tmp_path, row, told):
    folder = pascal(tmp_path, ROWS)
    write_table(folder / "train.csv", "fname,labels,is_valid", [*ROWS, row])
    put(folder, {"train/10.jpg": IMAGE})
    assert len(labels_of(folder)) == 10
    assert told in told_of(folder) and "Set aside 1 image." in told_of(folder)


def test_a_cell_of_a_class_that_is_neither_0_nor_1(tmp_path):
    rows = [(f"{at}.jpg", at % 2, 1 - at % 2) for at in range(9)]
    folder = pascal(tmp_path, [*rows, ("9.jpg", "?", 1)], "fname,a,b")
    assert "9.jpg" not in labels_of(folder, format="columns", label_columns=("a", "b"))
    assert "“?” in line 11" in told_of(folder, format="columns", label_columns=("a", "b"))


def test_a_row_of_the_wrong_length_is_set_aside_and_checked(tmp_path):
    folder = pascal(tmp_path, ROWS)
    with (folder / "train.csv").open("a") as table:
        table.write("10.jpg,a, b,False\n")
    assert len(labels_of(folder)) == 10
    health, found = finding(folder, "broken row")
    assert health.is_accepted and "line 12 has 4 cells" in found.sentence


def test_a_line_that_is_no_json_is_set_aside(tmp_path):
    lines = [json.dumps({"file_name": f"{at}.jpg", "labels": ["ab"[at % 2]]}) for at in range(6)]
    lines[3:3] = ['{"file_name": "x.jpg", "labels"', "[1, 2]"]
    put(tmp_path, {"metadata.jsonl": "\n".join(lines)} | {f"{at}.jpg": IMAGE for at in range(6)})
    assert len(labels_of(tmp_path)) == 6
    told = told_of(tmp_path)
    assert "Set aside 2 rows." in told and "line 4 cannot be read as JSON, line 5 is none" in told
    assert finding(tmp_path, "broken row")[0].is_accepted


def test_a_file_whose_lines_are_mostly_no_json_is_refused(tmp_path):
    lines = [json.dumps({"file_name": "0.jpg", "labels": ["a"]}), *["nonsense"] * 4]
    put(tmp_path, {"metadata.jsonl": "\n".join(lines), "0.jpg": IMAGE})
    assert "cannot be read as JSON" in problems_of(tmp_path)


def test_a_point_outside_and_a_point_of_no_numbers(tmp_path):
    rows = [(f"{at}.jpg", 50, 3 * at) for at in range(1, 12)]
    folder = points(tmp_path, [*rows, ("12.jpg", 10, 400), ("13.jpg", "left", 5)])
    assert set(points_of(folder)) == {name for name, *_ in rows}
    told = told_of(folder, "points")
    assert "“left”, “5” in line 14" in told and "12.jpg in line 13 has (10, 400) in 64 x 48 pixels" in told
    health, found = finding(folder, "outside", "points")
    assert health.is_accepted and found.severity == HARMS and health.training + health.validation == 11


def test_exchanged_axes_are_asked_about_even_where_few_points_lie_outside(tmp_path):
    rows = [(f"{at}.jpg", 5 * at % 40, 4 * at % 40) for at in range(1, 12)]
    folder = points(tmp_path, [*rows, ("12.jpg", 20, 60)])
    assert "1 point outside the picture" in problems_of(folder, "points")
    assert not finding(folder, "outside", "points")[0].is_accepted


def test_an_image_whose_header_cannot_be_read(tmp_path):
    folder = put(points(tmp_path), {"images/3.jpg": b"no image"})
    assert len(load(folder, "points").table) == len(POINT_ROWS) - 1
    assert "Set aside 1 image." in told_of(folder, "points") and "3.jpg" in told_of(folder, "points")


def test_what_cannot_be_told_apart_is_still_asked(tmp_path):
    folder = pascal(tmp_path, [*ROWS, ("1.jpg", "a", False)])
    with pytest.raises(DatasetError, match="one row only"):
        load(folder, "multi-label")
