"""Which format, task and options are detected, and that all formats say the same."""

import json

import pytest

from engine.data.formats import DatasetError, detect, load
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.source import descend
from tests import format_samples
from tests.data.formats.reading import label_sets, problems_of
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


@pytest.mark.parametrize("written", WRITERS)
def test_all_forms_say_the_same(tmp_path, written):
    write, form = WRITERS[written]
    folder = write(tmp_path / "set")
    seen = detect(folder)
    assert (seen.form, seen.task, seen.options.format) == (form, "multi-label", form)
    assert seen.reasons and all(sentence.endswith(".") for sentence in seen.reasons)
    told = load(folder, "multi-label")
    chosen = load(folder, "multi-label", seen.options)
    assert label_sets(told) == label_sets(chosen) == {name: set(kinds) for name, kinds in KINDS.items()}
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
        "pictures": (put(tmp_path / "f", {"1.jpg": IMAGE}), "single-label", "1 image"),
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
    assert "“dog” is the only label, and every image has it" in " ".join(seen.reasons)
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
    assert "is for the task points" in problems_of(tmp_path, format="points")


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
    assert label_sets(dataset) == {name: set(kinds) for name, kinds in KINDS.items()}
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
