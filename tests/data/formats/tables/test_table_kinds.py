"""Tables as people and tools write them, each of a kind that was once read wrongly without a word."""

import json
from pathlib import Path

import pyarrow
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pyarrow import parquet

from engine.data.formats import DatasetError, load
from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.read_options import ReadOptions
from tests.dataset_files import IMAGE, put

STEMS = [f"m{at}" for at in range(8)]
MARKS = [("0", "1", "0"), ("1", "0", "0"), ("1", "1", "0"), ("0", "0", "1")] * 2


def table(folder: Path, text: str | bytes, name="list.csv", beside="", names=None) -> Path:
    images = {f"{beside}{stem}.jpg": IMAGE for stem in names or STEMS}
    return put(folder, images | {name: text})


def rows(header: str, cells, ending=".jpg") -> str:
    return "\n".join([header, *(f"{stem}{ending},{cell}" for stem, cell in zip(STEMS, cells, strict=True))])


def labels(folder: Path, options=None, task="multi-label") -> dict[str, tuple[str, ...]]:
    record = load(folder, task, options)
    return {
        Path(fname).stem: tuple(sorted(row))
        for fname, row in zip(record.table["fname"], record.table["labels"], strict=True)
    }


def assumed(folder: Path, what: str, task="multi-label") -> str:
    return " ".join(str(one) for one in load(folder, task).assumptions if one.what == what)


@pytest.mark.parametrize(
    "header", ["group,person,video", "x,y,width", "split_a,name,series", "set,label,class"]
)
@pytest.mark.parametrize(
    ("yes", "no"), [("1", "0"), ("1", "-1"), ("1.0", "0.0"), ("yes", "no"), ("Y", "n"), ("T", "F"), ("✓", "")]
)
def test_columns_of_yes_and_no_are_classes_whatever_their_headings(tmp_path, header, yes, no):
    cells = [",".join({"1": yes, "0": no}[mark] for mark in marks) for marks in MARKS]
    names = header.split(",")
    expected = {
        stem: tuple(sorted(name for name, mark in zip(names, marks, strict=True) if mark == "1"))
        for stem, marks in zip(STEMS, MARKS, strict=True)
    }
    folder = table(tmp_path, rows(f"file,{header}", cells))
    assert labels(folder) == expected
    assert load(folder, "multi-label").table.columns.tolist() == ["fname", "labels", "is_valid"]


def test_a_class_or_a_split_called_valid_is_asked(tmp_path):
    folder = table(tmp_path, rows("file,cat,dog,valid", [",".join(marks) for marks in MARKS]))
    with pytest.raises(AmbiguousError, match="--split-column or --label-column") as raised:
        load(folder, "multi-label")
    assert raised.value.options == ("split_column", "label_columns")
    assert "valid" in load(folder, "multi-label", ReadOptions(split_column="none")).vocab
    assert load(folder, "multi-label", ReadOptions(split_column="valid")).vocab == ("cat", "dog")


LISTS = {
    "Python": ("['hen']", "['hen', 'fox']"),
    "JSON": ('["hen"]', '["hen", "fox"]'),
    "NumPy": ("['hen']", "['hen' 'fox']"),
    "tuple": ("('hen',)", "('hen', 'fox')"),
    "set": ("{'hen'}", "{'hen', 'fox'}"),
    "bare": ("[hen]", "[hen, fox]"),
}


@pytest.mark.parametrize("written", LISTS)
def test_lists_as_programs_write_them(tmp_path, written):
    one, two = ('"' + cell.replace('"', '""') + '"' for cell in LISTS[written])
    folder = table(tmp_path, rows("image,labels", [one, two] * 4))
    assert set(labels(folder).values()) == {("hen",), ("fox", "hen")}


@pytest.mark.parametrize("cells", ['"[0, 1, 1]",', "0 1 1,", '"0,1,1",', "[0 1 1],"])
def test_vectors_of_0_and_1_are_classes_by_place(tmp_path, cells):
    other = cells.replace("0", "2").replace("1", "0").replace("2", "1")
    folder = table(tmp_path, rows("image,labels,n", [cells, other] * 4))
    assert set(labels(folder).values()) == {("class 1", "class 2"), ("class 0",)}
    named = ReadOptions(classes=("hen", "fox", "owl"))
    assert load(folder, "multi-label", named).vocab == ("fox", "hen", "owl")


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("id,breed", ["big dog", "small dog"], {("big dog",), ("small dog",)}),
        ("Id,Target", ["0 16", "5"], {("0", "16"), ("5",)}),
        ("image_name,tags", ["haze road", "clear"], {("haze", "road"), ("clear",)}),
        ("Image Index,Finding Labels", ["Mass|No Finding", "Mass"], {("Mass", "No Finding"), ("Mass",)}),
        ("Datei,Klasse", ["Katze", "Hund"], {("Katze",), ("Hund",)}),
        ("image,labels", ["red, dark;sky", "sky"], {("red, dark", "sky"), ("sky",)}),
    ],
)
@pytest.mark.parametrize("ending", [".jpg", "", ".JPG", ".png"])
def test_headings_and_names_of_other_places(tmp_path, header, cells, expected, ending):
    quoted = [f'"{cell}"' for cell in cells]
    folder = table(tmp_path, rows(header, quoted * 4, ending), beside="some/where/")
    assert set(labels(folder).values()) == expected


def test_two_separators_are_asked(tmp_path):
    folder = table(tmp_path, rows("image,labels", ['"hen,fox"', "hen;fox", "hen", "fox"] * 2))
    with pytest.raises(AmbiguousError, match="--separator"):
        load(folder, "multi-label")
    single = table(tmp_path / "b", rows("image,label", ['"ant, red"', "bee"] * 4))
    with pytest.raises(AmbiguousError, match="--separator"):
        load(single, "single-label")
    assert load(single, "single-label", ReadOptions(separator="none")).vocab == ("ant, red", "bee")


@pytest.mark.parametrize("word", ["NaN", "NA", "None", "null", "n/a"])
def test_missing_values_are_no_label_and_are_told(tmp_path, word):
    folder = table(tmp_path, rows("image,labels", [word, "hen", "fox", ""] * 2))
    record = load(folder, "multi-label")
    assert record.vocab == ("fox", "hen") and f"“{word}” in 2 cells means no label" in " ".join(record.notes)
    assert word in load(folder, "multi-label", ReadOptions(classes=("hen", word))).vocab


def test_numbers_written_twice_and_dates_are_noted(tmp_path):
    notes = load(
        table(tmp_path / "a", rows("image,label", ["1", "1.0", "01", "2"] * 2)), "single-label"
    ).notes
    assert "same number" in " ".join(notes) and "“01” and “1” and “1.0”" in " ".join(notes)
    notes = load(table(tmp_path / "b", rows("image,label", ["2024-01-02", "b"] * 4)), "single-label").notes
    assert "look like dates" in " ".join(notes)


@pytest.mark.parametrize("heading", ["split", "set", "data set", "Subset", "where"])
def test_rows_for_test_take_no_part(tmp_path, heading):
    parts = ["train", "val", "test", "train"] * 2
    cells = [f"{'ab'[at % 2]},{part}" for at, part in enumerate(parts)]
    record = load(table(tmp_path, rows(f"image,label,{heading}", cells)), "single-label")
    assert record.table["is_valid"].tolist() == [False, True, False] * 2
    assert set(record.table["fname"]).isdisjoint({"m2.jpg", "m6.jpg"})


def test_test_validates_where_nothing_else_does(tmp_path):
    cells = [f"{'ab'[at % 2]},{'train' if at < 6 else 'test'}" for at in range(8)]
    record = load(table(tmp_path, rows("image,label,split", cells)), "single-label")
    assert record.table.loc[record.table["is_valid"], "fname"].tolist() == ["m6.jpg", "m7.jpg"]
    assert "2 test images used for validation" in " ".join(record.notes)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252", "utf-8-sig"])
def test_encodings(tmp_path, encoding):
    folder = table(tmp_path, rows("image,label", ["Käse", "Brot"] * 4).encode(encoding))
    assert load(folder, "single-label").vocab == ("Brot", "Käse")


def test_no_header_excel_line_and_other_sheets(tmp_path):
    plain = table(tmp_path / "a", rows("image,label", ["hen", "fox"] * 4).partition("\n")[2])
    assert load(plain, "single-label").vocab == ("fox", "hen") and len(load(plain, "single-label").table) == 8
    marked = table(
        tmp_path / "b",
        "sep=;\n"
        + rows("image,labels", ['"hen,fox"', "fox"] * 4)
        .replace(".jpg,", ".jpg;")
        .replace("image,", "image;"),
    )
    assert set(labels(marked).values()) == {("fox", "hen"), ("fox",)}
    book = Workbook()
    book.active.append(["About", "this"])
    sheet = book.create_sheet("Labels")
    for line in rows("image,label", ["hen", "fox"] * 4).split("\n"):
        sheet.append(line.split(","))
    folder = table(tmp_path / "c", "")
    (folder / "list.csv").unlink()
    book.save(folder / "list.xlsx")
    assert load(folder, "single-label").vocab == ("fox", "hen") and "Labels" in assumed(folder, "sheet")


@pytest.mark.parametrize("front", ["D:\\all\\", "/home/ann/all/", "https://x.org/a/", "gs://b/"])
def test_paths_of_other_computers_match_by_their_longest_end(tmp_path, front):
    mark = "\\" if ":\\" in front else "/"
    names = [(f"{kind}{mark}{at} b.jpg", kind) for kind in ("hen", "fox") for at in range(3)]
    text = "\n".join(
        [
            "path,label",
            *(f"{front}{name.replace(' ', '%20' if '://' in front else ' ')},{kind}" for name, kind in names),
        ]
    )
    folder = put(tmp_path, {"t.csv": text, **{name.replace("\\", "/"): IMAGE for name, _ in names}})
    record = load(folder, "single-label")
    assert all(
        fname.startswith(row[0])
        for fname, row in zip(record.table["fname"], record.table["labels"], strict=True)
    )
    assert "end of" in assumed(folder, "image names", "single-label")


def test_a_folder_that_is_not_here_is_never_another(tmp_path):
    text = "path,label\n" + "\n".join(f"{kind}/{at}.jpg,{kind}" for kind in ("hen", "owl") for at in range(3))
    folder = put(
        tmp_path, {"t.csv": text, **{f"{k}/{at}.jpg": IMAGE for k in ("hen", "fox") for at in range(3)}}
    )
    with pytest.raises(DatasetError, match=r"owl/0\.jpg"):
        load(folder, "single-label")


def test_a_name_that_fits_two_files_is_a_problem(tmp_path):
    folder = table(tmp_path, rows("id,label", ["hen", "fox"] * 4, ""), beside="a/")
    put(folder, {"b/m1.png": IMAGE, "a/m1.png": IMAGE})
    with pytest.raises(DatasetError, match=r"unclear which is meant: m1"):
        load(folder, "single-label")


def test_rows_with_boxes_or_presence_are_joined(tmp_path):
    boxes = ["hen,1,1,5,5"] * 8
    text = rows("filename,class,xmin,ymin,xmax,ymax", boxes) + "\nm3.jpg,fox,2,2,6,6\n"
    assert labels(table(tmp_path / "a", text))["m3"] == ("fox", "hen")
    text = rows("ImageID,LabelName,Confidence", ["/m/1,1", "/m/2,0"] * 4, "") + "\nm1,/m/3,1\n"
    found = labels(table(tmp_path / "b", text))
    assert found["m1"] == ("/m/3",) and found["m3"] == () and found["m0"] == ("/m/1",)


def test_equal_rows_are_merged_and_different_ones_refused(tmp_path):
    text = rows("image,label", ["hen", "fox"] * 4)
    record = load(table(tmp_path / "a", text + "\nm0.jpg,hen\n"), "single-label")
    assert len(record.table) == 8 and "Equal rows merged: 1 image" in " ".join(record.notes)
    with pytest.raises(DatasetError, match="one row only"):
        load(table(tmp_path / "b", text + "\nm0.jpg,fox\n"), "single-label")


def test_jsonl_with_objects_and_parquet_with_images(tmp_path):
    lines = [
        json.dumps(
            {"file_name": f"{stem}.jpg", "labels": ["hen", "fox"][: 1 + at % 2], "objects": {"bbox": [[1]]}}
        )
        for at, stem in enumerate(STEMS)
    ]
    folder = table(tmp_path / "a", "\n".join(lines), "metadata.jsonl")
    assert set(labels(folder).values()) == {("hen",), ("fox", "hen")}
    images = [{"bytes": IMAGE, "path": f"{stem}.jpg"} for stem in STEMS]
    held = pyarrow.table({"image": images, "label": [at % 2 for at in range(8)]})
    about = {"info": {"features": {"label": {"names": ["hen", "fox"], "_type": "ClassLabel"}}}}
    held = held.replace_schema_metadata({"huggingface": json.dumps(about)})
    (tmp_path / "b").mkdir()
    for part in ("train", "test", "validation"):
        parquet.write_table(held, tmp_path / "b" / f"{part}-00000-of-00001.parquet")
    record = load(tmp_path / "b", "single-label")
    assert record.vocab == ("fox", "hen") and record.table["is_valid"].value_counts().to_dict() == {
        False: 8,
        True: 8,
    }
    assert all(path.is_file() for path in record.paths())


WORDS = st.text("abcäß猫01 ,;|-_.'[]", min_size=1, max_size=7).map(str.strip).filter(bool)
TABLES = st.lists(st.frozensets(WORDS, max_size=3), min_size=8, max_size=8)
DIALECTS = {
    "commas": lambda labels: ",".join(labels),
    "semicolons": lambda labels: ";".join(labels),
    "bars": lambda labels: "|".join(labels),
    "spaces": lambda labels: " ".join(labels),
    "Python list": lambda labels: repr(list(labels)),
    "JSON list": lambda labels: json.dumps(labels),
}
MARKS_OF = {"commas": ",", "semicolons": ";", "bars": "|", "spaces": " "}


@given(TABLES, st.sampled_from(sorted(DIALECTS)), st.sampled_from([",", ";", "\t"]), st.booleans())
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_labels_are_read_back_or_refused_but_never_changed(
    tmp_path_factory, rows, dialect, delimiter, is_said
):
    """Without being told the separator, plain labels; being told, any labels that do not contain it."""
    written = [sorted(row) for row in rows]
    mark = MARKS_OF.get(dialect)
    if mark and any(mark in label for row in written for label in row):
        return
    if mark and not is_said and any(not label.isalnum() for row in written for label in row):
        return
    if mark and not is_said and not any(len(row) > 1 for row in written):
        return
    folder = tmp_path_factory.mktemp("any")
    lines = [delimiter.join(["image", "labels"])]
    for stem, row in zip(STEMS, written, strict=True):
        cell = DIALECTS[dialect](row).replace('"', '""')
        lines.append(f'{stem}.jpg{delimiter}"{cell}"')
    table(folder, "\n".join(lines) + "\n")
    try:
        read = labels(folder, ReadOptions(separator=dialect) if mark and is_said else None)
    except DatasetError as error:
        assert error.problems
    else:
        assert read == {stem: tuple(row) for stem, row in zip(STEMS, written, strict=True)}
