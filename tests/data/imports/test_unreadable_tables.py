"""An import whose table or annotations cannot be read fails with a sentence, and never ends without their labels."""

import io
import json

import pyarrow as pa
import pytest
from openpyxl import Workbook
from pyarrow import parquet

from engine.data import library
from engine.jobs.status import FINISHED
from tests.data.imports.sending import refused, sent, zipped
from tests.dataset_files import IMAGE

IMAGES = {f"{number}.jpg": IMAGE for number in range(4)}
ROWS = [["fname", "label"], *([name, "cat"] for name in IMAGES)]
OBJECT = "<object><name>cat</name></object>"


def _workbook(rows=ROWS) -> bytes:
    workbook, buffer = Workbook(), io.BytesIO()
    for row in rows:
        workbook.active.append(row)
    workbook.save(buffer)
    return buffer.getvalue()


def _parquet(column: str) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(pa.table({column: [IMAGE] * 4, "label": ["cat"] * 4}), buffer)
    return buffer.getvalue()


CSV = "\n".join(map(",".join, ROWS))
JSON_LINES = "\n".join(
    json.dumps(dict(zip(*rows, strict=True))) for rows in ((ROWS[0], row) for row in ROWS[1:])
)
TABLE = "engine.data.formats.tables.text_table"
HELD = "engine.data.formats.annotation_files"
TOO_LARGE = {
    "labels.csv": (CSV, f"{TABLE}.MOST_ROWS", "has more than 2 rows, too many for a table; split it up."),
    "labels.tsv": (CSV, f"{TABLE}.MOST_CELLS", "has more than 1 rows, too many for a table; split it up."),
    "labels.jsonl": (JSON_LINES, f"{TABLE}.MOST_ROWS", "has more than 2 rows, too many for a table"),
    "labels.json": (
        json.dumps([{"fname": "0.jpg"}]),
        f"{HELD}.MOST_JSON_BYTES",
        "more than 50,000 files or 0 MB.",
    ),
    "labels.xlsx": (
        _workbook(),
        "engine.data.formats.files.workbook_extent.MOST_CELLS",
        "has more than 2 cells, or cells far away from its table: delete the empty rows and columns",
    ),
    "0.xml": (f"<annotation>{OBJECT}</annotation>", "engine.data.formats.voc.annotation.MOST_BYTES", "0 MB"),
    "train.parquet": (
        _parquet("image"),
        "engine.data.formats.files.parquet_images.MOST_FILES",
        "Parquet files",
    ),
}
"""For each kind of file: one that is sound, a limit that the test lowers to 2, and the sentence."""


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_file_beyond_a_limit_fails_the_import(home, monkeypatch, name):
    content, limit, says = TOO_LARGE[name]
    monkeypatch.setattr(limit, 0 if name.endswith("parquet") else 2)
    assert says in refused(zipped(IMAGES | {name: content}))


def test_a_sound_file_of_each_kind_is_imported(home):
    for name, (content, *_) in TOO_LARGE.items():
        if name != "labels.json":
            assert sent(zipped(IMAGES | {name: content})).state == FINISHED, name


YOLO = {"images/0.jpg": IMAGE, "images/1.jpg": IMAGE, "labels/0.txt": "0 0.5 0.5 0.1 0.1\n"}


def test_yaml_beyond_a_limit_fails_the_import(home, monkeypatch):
    monkeypatch.setattr("engine.data.formats.yolo.config.MOST_BYTES", 4)
    said = refused(zipped(YOLO | {"data.yaml": "names: [cat]"}))
    assert "“data.yaml”, which should name the classes, cannot be read" in said and "export it again" in said


UNREADABLE = {
    "labels.csv": (b"\0\1\2\3binary", "is not a text table; save it as “CSV (UTF-8)”."),
    "labels.xlsx": (b"PK\3\4no zip", "“labels.xlsx” is not a readable Excel file (.xlsx); save it as CSV."),
    "labels.json": ('{"images": [', "“labels.json” cannot be read as JSON"),
    "labels.jsonl": ("{", "“labels.jsonl” cannot be read as JSON in line 1"),
    "all.xml": ("<annotations><image", "“all.xml” cannot be read"),
    "labels.parquet": (
        b"PAR1 no parquet",
        "“labels.parquet” cannot be read: it is not a table that Loss Lab can read",
    ),
    "labels.xls": (
        b"\xd0\xcf\x11\xe0",
        "“labels.xls” cannot be read: it is not a table that Loss Lab can read; save it as CSV.",
    ),
}


@pytest.mark.parametrize("folder", ["", "cat/"])
@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_fails_the_import(home, folder, name):
    """Also where folders would give labels: those of the file may be others."""
    content, says = UNREADABLE[name]
    images = {f"{folder}{image}": content for image, content in IMAGES.items()}
    other = {"dog/9.jpg": IMAGE} if folder else {}
    assert says in refused(zipped(images | other | {name: content}))


def test_a_file_that_takes_too_long_is_named(home, monkeypatch):
    from engine.jobs.resource_limits import OutOfTime

    def takes_long(path):
        raise OutOfTime

    monkeypatch.setitem(__import__(HELD, fromlist=["TABLES"]).TABLES, ".csv", takes_long)
    assert "“labels.csv” takes too long to read: split it up." in refused(
        zipped(IMAGES | {"labels.csv": CSV})
    )


def test_json_of_too_many_values_is_refused_before_it_takes_memory(home, monkeypatch):
    monkeypatch.setattr("engine.data.formats.files.json_file.MOST_VALUES", 10)
    content = "[" + ",".join(["[]"] * 12) + "]"
    said = refused(zipped(IMAGES | {"labels.json": content}))
    assert said == "“labels.json” holds more than 10 values; split it up."


def test_images_alone_are_imported_where_the_format_is_named(home):
    from engine.data.formats import detect

    (home / "photos").mkdir()
    (home / "photos" / "1.jpg").write_bytes(IMAGE)
    (home / "photos" / "broken.csv").write_bytes(b"\0\1\2")
    assert detect(home / "photos", "pictures").form == "pictures"


def test_many_unreadable_files_are_few_sentences(home):
    broken = {f"{number}.json": "{" for number in range(100)}
    said = refused(zipped(IMAGES | broken))
    assert said.count("cannot be read as JSON") == 5 and "95 more files cannot be read." in said


def test_the_table_is_read_once(home, monkeypatch):
    files = __import__(HELD, fromlist=["TABLES"])
    read, real = [], files.TABLES[".csv"]
    monkeypatch.setitem(files.TABLES, ".csv", lambda path: read.append(path.name) or real(path))
    sent(zipped(IMAGES | {"labels.csv": CSV.replace("3.jpg,cat", "3.jpg,dog")}))
    assert read == ["labels.csv"] and library.find("set").task == "single-label"
