"""A bad row is set aside and listed; many bad rows mean that the source is read wrongly, and nothing is."""

import json

import pytest

from engine.data import edits
from engine.data.checks import run_checks
from engine.data.checks.finding import HARMS, STOPS
from engine.data.formats import DatasetError, load
from engine.data.image_cache import cached_images
from engine.data.unreadable_images import UnreadableImagesError, with_readable
from tests.data.formats.reading import labels_of, points_of, problems_of, told_of
from tests.dataset_files import IMAGE, POINT_ROWS, pascal, points, put, voc, write_table

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
    assert "Set aside 2 images. Not found in “train”" in told and "1.jpg, 2.jpg" in told
    health, found = finding(folder, "missing")
    assert health.is_accepted and found.severity == HARMS and found.fnames == ("train/1.jpg", "train/2.jpg")
    assert (health.training, health.validation) == (6, 2)


def test_where_most_images_are_not_there_nothing_is_read(tmp_path):
    folder = pascal(tmp_path, ROWS)
    for at in range(6):
        (folder / f"train/{at}.jpg").unlink()
    assert "6 of the 10 images" in problems_of(folder)
    health, found = finding(folder, "missing")
    assert not health.is_accepted and found.severity == STOPS


def test_where_too_few_remain_what_was_set_aside_is_told_too(tmp_path):
    folder = pascal(tmp_path, [("1.jpg", "a", False), ("2.jpg", "b", False), ("3.jpg", "a", True)])
    (folder / "train/3.jpg").unlink()
    said = problems_of(folder)
    assert "No image is for validation" in said and "Set aside 1 image. Not found" in said


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("", "b", False), "Rows without an image's name: line 12"),
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
    assert "Set aside 2 rows." in told and "line 4 cannot be read as JSON, line 5 is not an object" in told
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
    assert "1 point outside the image" in problems_of(folder, "points")
    assert not finding(folder, "outside", "points")[0].is_accepted


def test_an_image_whose_header_cannot_be_read(tmp_path):
    folder = put(points(tmp_path), {"images/3.jpg": b"no image"})
    assert len(load(folder, "points").table) == len(POINT_ROWS) - 1
    assert "Set aside 1 image." in told_of(folder, "points") and "3.jpg" in told_of(folder, "points")


def test_an_apostrophe_that_guards_a_formula_is_dropped_and_told(tmp_path):
    folder = pascal(tmp_path, [*ROWS, ("10.jpg", "'=b", False)])
    assert labels_of(folder)["10.jpg"] == {"=b"}
    assert "apostrophe: dropped in front of a formula (it keeps spreadsheets from running '=b)" in told_of(
        folder
    )


def test_what_cannot_be_told_apart_is_still_asked(tmp_path):
    folder = pascal(tmp_path, [*ROWS, ("1.jpg", "a", False)])
    with pytest.raises(DatasetError, match="one row only"):
        load(folder, "multi-label")


def test_a_class_column_with_a_word_in_it_stays_a_class(tmp_path):
    rows = [(f"{at}.jpg", at % 2, 1 - at % 2, at % 3 % 2) for at in range(12)]
    folder = pascal(tmp_path, [*rows, ("12.jpg", "?", 1, 0)], "fname,a,b,c")
    assert labels_of(folder) == {
        name: {label for label, is_there in zip("abc", marks, strict=True) if is_there}
        for name, *marks in rows
    }
    told = told_of(folder)
    assert "almost only: a" in told and "“?” in line 14" in told


def test_a_column_of_counts_is_no_class(tmp_path):
    rows = [(f"{at}.jpg", at % 2, 1 - at % 2, 2 if at == 5 else 1) for at in range(12)]
    assert "Columns that are not classes" in told_of(pascal(tmp_path, rows, "fname,a,b,count"))


def test_a_class_that_is_set_aside_as_a_whole_is_told(tmp_path):
    folder = pascal(tmp_path, [*ROWS, ("10.jpg", "c", False)])
    (folder / "train/10.jpg").unlink()
    assert "No image of “c” is left, because all are set aside." in told_of(folder)


def test_the_first_line_of_json_is_set_aside_as_any_other(tmp_path):
    lines = [json.dumps({"file_name": f"{at}.jpg", "labels": ["ab"[at % 2]]}) for at in range(6)]
    put(tmp_path, {"metadata.jsonl": "\n".join(["{", *lines])} | {f"{at}.jpg": IMAGE for at in range(6)})
    assert len(labels_of(tmp_path)) == 6 and "line 1 cannot be read as JSON" in told_of(tmp_path)


def test_coco_entries_that_are_no_objects_are_told_by_the_check(tmp_path):
    held = {
        "images": [{"id": at, "file_name": f"{at}.jpg"} for at in range(6)],
        "annotations": [None, *({"image_id": at, "category_id": at % 2} for at in range(6))],
        "categories": [{"id": 0, "name": "a"}, {"id": 1, "name": "b"}],
    }
    folder = listed(tmp_path, json.dumps(held), range(6), "coco.json")
    (note,) = [note for note in run_checks.check(folder, "multi-label").notes if "not JSON objects" in note]
    assert "1 of “annotations” of “coco.json”" in note


def listed(folder, table: str, images=range(12), name="labels.csv"):
    return put(folder, {name: table} | {f"{at}.jpg": IMAGE for at in images})


LONG = "".join(f"{at}.jpg,{label}\n" for at in range(12) for label in "ab"[: 1 + at % 2])


@pytest.mark.parametrize("row", ["3.jpg,b,x", "2.jpg,b,note", '"2.jpg",b,'])
def test_a_broken_row_of_an_image_with_other_rows_is_not_set_aside(tmp_path, row):
    said = problems_of(listed(tmp_path, f"image,label\n{LONG}{row}\n"))
    assert "must have 2 cells" in said and "may have other rows" in said
    single = "".join(f"{at}.jpg,{'ab'[at % 2]}\n" for at in range(12))
    assert "may have other rows" in problems_of(listed(tmp_path, f"image,label\n{single}{row}\n"))


def test_a_broken_row_of_an_object_gives_its_image_no_point(tmp_path):
    boxes = "".join(f"{at}.jpg,face,1,1,9,{9 + at}\n" for at in range(12))
    table = f"filename,class,xmin,ymin,xmax,ymax\n{boxes}0.jpg,face,30,30,50,40,x\n"
    assert "may have other rows" in problems_of(listed(tmp_path, table), "points")


def test_entries_of_a_list_that_are_no_objects_are_counted(tmp_path):
    held = [{"image": f"{at}.jpg", "label": "ab"[at % 2]} for at in range(6)]
    folder = listed(tmp_path, json.dumps([*held[:3], None, *held[3:]]), range(6), "labels.json")
    assert len(labels_of(folder)) == 6 and "row 4 is not an object" in told_of(folder)
    listed(folder, json.dumps([*held[:3], *[None] * 4]), range(6), "labels.json")
    assert "every row must be a JSON object" in problems_of(folder)


def test_a_quotation_mark_that_swallows_rows_is_a_problem(tmp_path):
    rows = [f"{at}.jpg,{'ab'[at % 2]}" for at in range(12)]
    rows[3], rows[5] = f'"{rows[3]}', '5.jpg",b'
    assert "line breaks" in problems_of(listed(tmp_path, "image,label\n" + "\n".join(rows) + "\n"))
    points = [f"{at}.jpg,{at},{at + 5}" for at in range(1, 12)]
    points[2], points[8] = f'"{points[2]}', f'{points[8]}"'
    said = problems_of(listed(tmp_path / "points", "fname,x,y\n" + "\n".join(points) + "\n"), "points")
    assert "must have 3 cells" in said


@pytest.mark.parametrize("bad", ["11.jpg,99,99", "gone.jpg,99,99", ",99,99"])
def test_a_bad_point_does_not_decide_the_unit_of_the_others(tmp_path, bad):
    rows = "".join(f"{at}.jpg,0.{at},0.{at}\n" for at in range(1, 9))
    folder = listed(tmp_path, f"fname,x,y\n{rows}{bad}\n")
    assert "read as fractions, not as pixels" in problems_of(folder, "points")
    assert len(points_of(folder, units="pixels" if bad[0] != "1" else "fractions")) == 8
    assert run_checks.check(folder, "points").is_accepted is False


def test_exchanged_axes_are_noticed_beside_a_stray_point(tmp_path):
    rows = [(f"{at}.jpg", 5 + at, 10 + at) for at in range(22)]
    folder = points(tmp_path, [*rows, ("22.jpg", 25, 60), ("23.jpg", 400, 400)])
    assert "2 points outside" in problems_of(folder, "points")
    assert not run_checks.check(folder, "points").is_accepted


def test_a_box_outside_its_image_does_not_matter_for_labels(tmp_path):
    objects = {f"{at:06}": [("ab"[at % 2], 1, 1, 9, 9)] for at in range(12)}
    objects["000011"] = [("b", 80, 80, 99, 99)]
    folder = voc(tmp_path, objects, {"train": sorted(objects)[:-1], "val": ["000011"]})
    health = run_checks.check(folder, "multi-label")
    assert health.is_accepted and health.validation == len(load(folder, "multi-label").part(valid=True).table)


@pytest.mark.parametrize(
    ("damaged", "is_accepted"), [(range(3), True), (range(5), False), (range(8, 16), True)]
)
def test_only_damaged_images_that_the_task_uses_count(tmp_path, damaged, is_accepted):
    """Single-label uses the first eight; training refuses five damaged ones of these, and does not see the others."""
    rows = [(f"{at}.jpg", "ab"[at % 2] if at < 8 else "a b", at in (6, 7)) for at in range(16)]
    folder = pascal(tmp_path, rows)
    put(folder, {f"train/{at}.jpg": b"\xff\xd8\xff" for at in damaged})
    assert run_checks.check(folder, "single-label").is_accepted == is_accepted
    dataset = load(folder, "single-label")
    if is_accepted:
        assert len(with_readable(dataset, readable_images)) == 8 - len({*damaged} & {*range(8)})
    else:
        with pytest.raises(UnreadableImagesError):
            with_readable(dataset, readable_images)


def readable_images(dataset):
    return cached_images(dataset, 8, lambda share: None)


@pytest.mark.parametrize("count", [4, 5, 6, 10, 24])
@pytest.mark.parametrize("place", [2, 3])
def test_the_check_divides_points_as_loading_does(tmp_path, count, place):
    rows = [(f"{at}.jpg", 50, 20) for at in range(count)]
    rows[place] = (f"{place}.jpg", 900, 900)
    folder = points(tmp_path, rows)
    record, health = load(folder, "points"), run_checks.check(folder, "points")
    assert health.is_accepted
    assert health.validation == int(record.table["is_valid"].sum())
    assert health.training == len(record.table) - health.validation


def test_a_cell_of_no_known_part_may_be_the_validation_part(tmp_path):
    rows = [f"{at}.jpg,{'ab'[at % 2]},train" for at in range(10)]
    table = "image,label,split\n" + "\n".join([*rows, "10.jpg,a,vaild", "11.jpg,b,test"]) + "\n"
    assert "“vaild” in line 12" in problems_of(listed(tmp_path, table))


def test_a_table_of_parts_with_a_bad_cell_still_divides(tmp_path):
    labels = "image,label\n" + "".join(f"{at}.jpg,{'ab'[at % 2]}\n" for at in range(12))
    parts = ["train"] * 7 + ["valid", "valid", "test", "test", "tset"]
    split = "image,split\n" + "".join(f"{at}.jpg,{part}\n" for at, part in enumerate(parts))
    folder = put(listed(tmp_path, labels), {"split.csv": split})
    assert set(labels_of(folder)) == {f"{at}.jpg" for at in range(9)} and "“tset” in line 13" in told_of(
        folder
    )
    put(folder, {"split.csv": "\n".join(split.splitlines()[:-1]) + "\n"})
    assert set(labels_of(folder)) == {f"{at}.jpg" for at in range(9)}
    assert "“not in split.csv” in line 13" in told_of(folder)


def test_an_image_for_training_and_for_testing_is_told(tmp_path):
    rows = [f"{at}.jpg,{'ab'[at % 2]},{'valid' if at > 8 else 'train'}" for at in range(12)]
    folder = listed(tmp_path, "image,label,split\n" + "\n".join([*rows, "3.jpg,b,test"]) + "\n")
    assert "3.jpg" not in labels_of(folder) and "for testing in another row" in told_of(folder)


def test_a_renamed_image_keeps_its_problem(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    rows = [(f"{at}.jpg", 5 * at, 20) for at in range(1, 11)]
    folder = points(tmp_path / "set", [*rows, ("11x.jpg", "oops", 3)])
    (folder / "images/11x.jpg").rename(folder / "images/11.jpg")
    edits.add_each(edits.home(folder), edits.IMAGE, {"images/11x.jpg": "images/11.jpg"})
    assert len(load(folder, "points").table) == 10
