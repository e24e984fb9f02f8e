"""Every form says the same when it says the same: recognised without being told, with the reason, and changeable."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from engine.data.formats import DatasetError, detect, load
from engine.data.formats.forms import FORMS
from engine.data.formats.read_options import FORM_NAMES, SEPARATORS, UNITS, ReadOptions
from engine.data.formats.source import descend
from engine.data.formats.tables.point_columns import in_pixels
from tests import format_samples
from tests.dataset_files import IMAGE, biwi, pascal, points, put, voc, write_table
from tests.format_samples import CLASSES, KINDS, NAMES

WRITERS = {
    "spaces": (lambda at: format_samples.cells(at, " "), "cells"),
    "commas": (lambda at: format_samples.cells(at, ", "), "cells"),
    "semicolons": (lambda at: format_samples.cells(at, ";"), "cells"),
    "bars": (lambda at: format_samples.cells(at, "|"), "cells"),
    "TSV": (lambda at: format_samples.cells(at, " ", "labels.tsv"), "cells"),
    "JSON lines": (format_samples.json_lines, "cells"),
    "JSON rows": (format_samples.json_rows, "cells"),
    "Excel": (format_samples.excel, "cells"),
    "a column for each class": (format_samples.class_columns, "columns"),
    "a row for each label": (format_samples.label_rows, "rows"),
    "COCO": (format_samples.coco, "coco"),
    "COCO beside": (lambda at: format_samples.coco(at, file="coco.json", beside=""), "coco"),
    "YOLO": (format_samples.yolo, "yolo"),
    "YOLO beside": (lambda at: format_samples.yolo(at, "", ""), "yolo"),
    "XML elsewhere": (format_samples.loose_voc, "voc"),
    "XML beside": (lambda at: format_samples.loose_voc(at, "", ""), "voc"),
}


def labels_of(dataset) -> dict[str, set[str]]:
    pairs = zip(dataset.table["fname"], dataset.table["labels"], strict=True)
    return {Path(fname).name: set(labels) for fname, labels in pairs}


def problems_of(path, task="multi-label", **how) -> str:
    with pytest.raises(DatasetError) as raised:
        load(path, task, ReadOptions(**how))
    for sentence in raised.value.problems:
        assert sentence.endswith(".") and "\n" not in sentence
    return str(raised.value)


@pytest.mark.parametrize("written", WRITERS)
def test_all_forms_say_the_same(tmp_path, written):
    write, form = WRITERS[written]
    folder = write(tmp_path / "set")
    seen = detect(folder)
    assert (seen.form, seen.task, seen.options.format) == (form, "multi-label", form)
    assert seen.reasons and all(sentence.endswith(".") for sentence in seen.reasons)
    told = load(folder, "multi-label")
    chosen = load(folder, "multi-label", seen.options)
    assert labels_of(told) == labels_of(chosen) == {name: set(kinds) for name, kinds in KINDS.items()}
    assert told.vocab == CLASSES


@pytest.mark.parametrize("written", ["spaces", "commas", "semicolons", "bars"])
def test_the_separator_is_told(tmp_path, written):
    assert detect(WRITERS[written][0](tmp_path)).options.separator == written


def test_pascal_biwi_voc_folders_and_points_are_recognised(tmp_path):
    expected = {
        "cells": (pascal(tmp_path / "a"), "multi-label", "PASCAL_2007"),
        "biwi": (biwi(tmp_path / "b"), "points", "_pose.txt"),
        "voc": (voc(tmp_path / "c"), "multi-label", "JPEGImages"),
        "points": (points(tmp_path / "d"), "points", "pixels"),
        "folders": (put(tmp_path / "e", {f"{k}/1.jpg": IMAGE for k in "ab"}), "single-label", "a, b"),
        "pictures": (put(tmp_path / "f", {"1.jpg": IMAGE}), "multi-label", "1 picture"),
    }
    for form, (folder, task, word) in expected.items():
        seen = detect(folder)
        assert (seen.form, seen.task) == (form, task) and word in " ".join(seen.reasons)
        assert task in seen.tasks


def test_one_label_in_every_picture_suggests_single_label(tmp_path):
    rows = [(f"{n}.jpg", "ab"[n % 2], False) for n in range(4)]
    seen = detect(pascal(tmp_path, rows))
    assert seen.task == "single-label" and "exactly one label" in " ".join(seen.reasons)


@pytest.mark.parametrize("written", ["coco", "yolo", "voc"])
def test_one_label_everywhere_suggests_points_where_it_lies(tmp_path, written):
    """Labels that every picture has teach nothing; where the one object is, can be learned."""
    write = {"coco": format_samples.coco, "yolo": format_samples.yolo, "voc": format_samples.loose_voc}[
        written
    ]
    kinds = {name: ("dog",) for name in NAMES}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(format_samples, "KINDS", kinds)
        folder = write(tmp_path, **({"kinds": kinds} if written == "yolo" else {}))
    seen = detect(folder)
    assert (seen.form, seen.task) == (written, "points")
    assert "“dog” is the only label, and every picture has it" in " ".join(seen.reasons)
    assert load(folder, seen.task).table[["x", "y"]].drop_duplicates().to_numpy().round(3).tolist() == [
        list(format_samples.MIDDLE)
    ]


def test_one_label_that_some_pictures_lack_is_still_a_label(tmp_path):
    kinds = {name: ("dog",) if number % 2 else () for number, name in enumerate(NAMES)}
    seen = detect(format_samples.yolo(tmp_path, kinds=kinds))
    assert seen.task == "multi-label" and "several labels or none" in " ".join(seen.reasons)


def test_a_heap_of_pictures_waits_for_labels(tmp_path):
    put(tmp_path, {f"holiday/{n}.jpg": IMAGE for n in range(3)})
    seen = detect(tmp_path)
    assert (seen.form, seen.other_formats) == ("pictures", ("folders",))
    assert "label some of them first" in problems_of(tmp_path, format="pictures")


def test_what_was_recognised_can_be_changed(tmp_path):
    put(tmp_path, {f"{label}/{n}.jpg": IMAGE for label in "ab" for n in range(3)})
    write_table(
        tmp_path / "labels.csv", "fname,labels", [(f"a/{n}.jpg", "red sky" if n else "") for n in range(3)]
    )
    assert detect(tmp_path).form == "cells" and set(detect(tmp_path).other_formats) == {"folders", "pictures"}
    assert load(tmp_path, "multi-label").vocab == ("red", "sky")
    assert load(tmp_path, "multi-label", ReadOptions(separator="none")).vocab == ("red sky",)
    assert load(tmp_path, "multi-label", ReadOptions(format="folders")).vocab == ("a", "b")
    assert detect(tmp_path, "folders").form == "folders"
    for wrong in ("voc", "coco", "biwi"):
        with pytest.raises(DatasetError, match="cannot be read as"):
            detect(tmp_path, wrong)
    assert "serves the task points" in problems_of(tmp_path, format="points")


def test_unknown_ways_are_refused():
    for wrong in ({"format": "cvs"}, {"separator": "dots"}, {"units": "inches"}):
        with pytest.raises(ValueError, match="must be one of"):
            ReadOptions(**wrong)


def test_a_separator_inside_a_label_is_kept_when_another_is_chosen(tmp_path):
    rows = [("1.jpg", "Paris, France|night"), ("2.jpg", "Rome, Italy"), ("3.jpg", "night"), ("4.jpg", "")]
    folder = pascal(tmp_path, rows, "fname,labels")
    assert load(folder, "multi-label", ReadOptions(separator="bars")).vocab == (
        "Paris, France",
        "Rome, Italy",
        "night",
    )


def test_json_lists_keep_labels_with_commas(tmp_path):
    format_samples.write_images(tmp_path)
    lines = [
        json.dumps({"image": name, "labels": ["red, dark", "sky"][: 1 + (name == NAMES[0])]})
        for name in NAMES
    ]
    put(tmp_path, {"a.jsonl": "\n".join(lines)})
    assert load(tmp_path, "multi-label").vocab == ("red, dark", "sky")


@pytest.mark.parametrize(
    ("yes", "no"), [("1", "0"), ("1.0", "0.0"), ("True", "False"), ("yes", ""), ("x", "")]
)
def test_ways_to_say_yes_in_a_column(tmp_path, yes, no):
    dataset = load(format_samples.class_columns(tmp_path, yes, no), "multi-label")
    assert labels_of(dataset) == {name: set(kinds) for name, kinds in KINDS.items()}
    assert any("lens" in note for note in dataset.notes)


def test_rows_of_one_picture_must_agree_on_the_split(tmp_path):
    rows = [("1.jpg", "a", 0), ("1.jpg", "b", 1), ("2.jpg", "a", 0), ("2.jpg", "b", 0), ("3.jpg", "a", 1)]
    write_table(tmp_path / "t.csv", "fname,label,is_valid", rows)
    put(tmp_path, {name: IMAGE for name in NAMES})
    assert "for training and for validation: 1.jpg in line 3" in problems_of(tmp_path)


def test_tables_deeper_in_the_folder_find_their_pictures(tmp_path):
    pascal(tmp_path / "in", beside="photos/2024")
    folder = put(tmp_path, {"readme.txt": "x"})
    assert load(folder, "multi-label").table["fname"].iloc[0] == "in/photos/2024/1.jpg"


def test_tables_of_different_images_are_one_and_others_are_told(tmp_path):
    pascal(tmp_path / "2023", beside="")
    pascal(tmp_path / "2024", beside="")
    reasons = detect(tmp_path).reasons
    assert "“2023/train.csv”, “2024/train.csv” have the same columns and are read as one table." in reasons
    assert len(load(tmp_path, "multi-label").table) == 12
    write_table(tmp_path / "2024/train.csv", "fname,labels,who", [("1.jpg", "dog", "me")])
    assert "“2024/train.csv”: not read: another table or format is read." in detect(tmp_path).reasons
    assert not any("not read" in reason for reason in detect(tmp_path / "2023").reasons)


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
    assert "Of the 3 pictures that it names, 3 lie where it says." in told
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


def test_decimal_commas_are_numbers(tmp_path):
    rows = [(f"{n}.jpg", f"{n},5", "7") for n in range(4)]
    format_samples.text_table(tmp_path, "p.csv", ["fname", "x", "y"], rows, ";", "")
    put(tmp_path, {"0.jpg": IMAGE})
    assert load(tmp_path, "points").points_px().tolist() == [[n + 0.5, 7] for n in range(4)]


def test_paths_of_another_computer_are_found_by_their_last_part(tmp_path):
    rows = [(f"C:\\Users\\me\\{name}", "a" if n % 2 else "b") for n, name in enumerate(NAMES)]
    write_table(tmp_path / "t.csv", "path,label", rows)
    format_samples.write_images(tmp_path)
    assert load(tmp_path, "single-label").table["fname"].tolist() == NAMES


def test_the_only_folder_in_a_folder_is_gone_into(tmp_path):
    inner = pascal(tmp_path / "a" / "b")
    assert descend(tmp_path) == inner
    put(tmp_path / "c", {"cats/1.jpg": IMAGE})
    assert descend(tmp_path / "c") == tmp_path / "c"


# --- Excel ------------------------------------------------------------------------------------------------------


def test_excel_cells_become_plain_text(tmp_path):
    workbook = Workbook()
    sheet = workbook.active
    for row in (
        [],
        ["fname", "x", "y", None],
        ["1.jpg", 12.0, 30],
        ["2.jpg", 3.5, "4"],
        [None],
        ["3.jpg", 1, 2],
    ):
        sheet.append(row)
    workbook.save(tmp_path / "p.xlsx")
    format_samples.write_images(tmp_path)
    assert load(tmp_path, "points").points_px().tolist() == [[12, 30], [3.5, 4], [1, 2]]


def test_an_excel_formula_is_never_run(tmp_path):
    """A formula that no program has computed has no value; its text is never taken as a label either."""
    workbook = Workbook()
    for row in (["fname", "labels"], ["1.jpg", '=HYPERLINK("http://x")'], ["2.jpg", "a"], ["4.jpg", "b"]):
        workbook.active.append(row)
    workbook.save(tmp_path / "p.xlsx")
    format_samples.write_images(tmp_path)
    assert labels_of(load(tmp_path, "multi-label")) == {"1.jpg": set(), "2.jpg": {"a"}, "4.jpg": {"b"}}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not at all"])
def test_excel_that_is_none(tmp_path, content):
    assert "is no Excel file" in problems_of(put(tmp_path, {"a.xlsx": content, "1.jpg": IMAGE}))


# --- units of points --------------------------------------------------------------------------------------------

TRUE = [(10 * n, 7 * n) for n in range(1, 7)]


def written_as(unit: str, x: float, y: float) -> tuple:
    shares = x / 64, y / 48
    return {
        "pixels": (x, y),
        "fractions": shares,
        "percent": tuple(f"{100 * share}%" for share in shares),
        "-1..1": tuple(2 * share - 1 for share in shares),
    }[unit]


@pytest.mark.parametrize("unit", UNITS)
def test_units_are_recognised_and_read(tmp_path, unit):
    rows = [(f"{n}.jpg", *written_as(unit, *xy)) for n, xy in enumerate(TRUE)]
    folder = points(tmp_path, rows)
    seen = detect(folder)
    assert seen.options.units == unit and seen.task == "points"
    dataset = load(folder, "points", ReadOptions(units=seen.options.units))
    np.testing.assert_allclose(dataset.points_px(), TRUE, atol=1e-9)


def test_percent_without_a_sign_is_told_from_pixels_by_the_size_of_the_pictures(tmp_path):
    from io import BytesIO

    from PIL import Image

    buffer = BytesIO()
    Image.new("RGB", (640, 480)).save(buffer, "JPEG")
    rows = [(f"{n}.jpg", 15 * n, 90 - 10 * n) for n in range(7)]
    folder = points(tmp_path, rows, image=buffer.getvalue())
    seen = detect(folder)
    assert seen.options.units == "percent" and "480 pixels" in " ".join(seen.reasons)
    assert load(folder, "points", ReadOptions(units="percent")).points_px()[1].tolist() == [96.0, 384.0]
    assert load(folder, "points", ReadOptions(units="pixels")).points_px()[1].tolist() == [15, 80]


def test_in_pixels_by_hand():
    size = (640, 480)
    assert in_pixels((0.25, 0.5), "fractions", size) == (160.0, 240.0)
    assert in_pixels((-1, 1), "-1..1", size) == (0.0, 480.0)
    assert in_pixels((0, -0.5), "-1..1", size) == (320.0, 120.0)
    assert tuple(FORMS) == FORM_NAMES
    assert set(SEPARATORS) == {"spaces", "commas", "semicolons", "bars", "none"}


# --- any labels, in any form ------------------------------------------------------------------------------------

WORDS = st.text("abcäßЖ猫<>=+@&'\"0123.!-", min_size=1, max_size=6).filter(
    lambda word: word == word.strip() and not word.startswith("'")
)
ANY_LABELS = st.lists(st.frozensets(WORDS, max_size=3), min_size=6, max_size=6).filter(
    lambda rows: (
        len({re.sub("[_-]+", "", label).casefold() for row in rows for label in row} - {""})
        == len({label for row in rows for label in row})
        >= 2
        and len(set(rows)) > 1
    )
)


@given(ANY_LABELS, st.sampled_from([" ", ", ", ";", "|"]))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_labels_read_back_as_they_were_written(tmp_path_factory, rows, between):
    """A cell of labels, a row for each label and JSON lines say the same, whatever the labels are."""
    folder = tmp_path_factory.mktemp("any")
    expected = dict(zip(NAMES, map(set, rows), strict=True))
    cells = [(name, between.join(sorted(row))) for name, row in zip(NAMES, rows, strict=True)]
    pairs = [(name, label) for name, row in expected.items() for label in sorted(row) or [""]]
    lines = [json.dumps({"image": name, "labels": sorted(row)}) for name, row in expected.items()]
    for kind in ("cells", "rows", "lines"):
        format_samples.write_images(folder / kind)
    write_table(folder / "cells/t.csv", "fname,labels", cells)
    write_table(folder / "rows/t.csv", "fname,label", pairs)
    put(folder, {"lines/t.jsonl": "\n".join(lines)})
    separator = {" ": "spaces", ", ": "commas", ";": "semicolons", "|": "bars"}[between]
    assert (
        labels_of(load(folder / "cells", "multi-label", ReadOptions(format="cells", separator=separator)))
        == expected
    )
    assert labels_of(load(folder / "lines", "multi-label")) == expected
    if detect(folder / "rows").form == "rows":
        assert labels_of(load(folder / "rows", "multi-label")) == expected


@given(
    st.binary(max_size=400), st.sampled_from(["csv", "tsv", "jsonl", "json", "xlsx", "xml", "txt", "yaml"])
)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_are_read_or_refused_in_sentences(tmp_path_factory, content, ending):
    folder = put(tmp_path_factory.mktemp("any"), {f"1.{ending}": content, "1.jpg": IMAGE, "2.jpg": IMAGE})
    try:
        detect(folder)
        load(folder, "multi-label")
    except DatasetError as error:
        assert error.problems and all(sentence.endswith(".") for sentence in error.problems)
