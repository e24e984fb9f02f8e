"""Tables as annotation tools and platforms write them: keys inside of objects, tags that are parts, other sheets."""

import json

from openpyxl import Workbook

from engine.data.formats import load
from tests.data.formats.tables.test_table_kinds import STEMS, labels, rows, table


def test_the_keys_of_objects_in_json_lines_are_columns(tmp_path):
    lines = [
        json.dumps({"file_name": f"{stem}.jpg", "objects": {"bbox": [[1, 2, 3, 4]], "categories": [at % 2]}})
        for at, stem in enumerate(STEMS)
    ]
    assert labels(table(tmp_path, "\n".join(lines), "metadata.jsonl"))["m1"] == ("1",)


def test_a_manifest_of_sagemaker_is_read(tmp_path):
    lines = [
        {"source-ref": f"s3://b/{stem}.jpg", "pets": at % 2, "pets-metadata": {"class-name": "ab"[at % 2]}}
        for at, stem in enumerate(STEMS)
    ]
    text = "\n".join(map(json.dumps, lines))
    assert labels(table(tmp_path, text, "output.manifest"))["m1"] == ("b",)


def test_tags_that_are_parts_are_the_split_next_to_labels(tmp_path):
    cells = [f"{'train' if at < 6 else 'validation'},{'ab'[at % 2]}" for at in range(8)]
    record = load(table(tmp_path, rows("filepath,tags,ground_truth.label", cells)), "single-label")
    assert record.vocab == ("a", "b") and record.table["is_valid"].sum() == 2


def test_a_sheet_that_lists_classes_is_no_rival(tmp_path):
    book = Workbook()
    for title, header, cells in (
        ("Labels", ("Image", "Class"), [(f"{stem}.jpg", "ab"[at % 2]) for at, stem in enumerate(STEMS)]),
        ("Classes", ("id", "name"), [(0, "a"), (1, "b")]),
    ):
        sheet = book.create_sheet(title)
        for row in (header, *cells):
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(tmp_path / "book.xlsx")
    assert labels(table(tmp_path, (tmp_path / "book.xlsx").read_bytes(), "book.xlsx"))["m1"] == ("b",)


def test_a_class_without_a_1_is_told(tmp_path):
    notes = load(table(tmp_path, rows("image,cat,dog,owl", ["1,0,0", "0,1,0"] * 4)), "multi-label").notes
    assert "No image has “owl”: the column holds no yes, and is no class." in notes
