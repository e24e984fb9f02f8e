"""Any label table in any dialect is read back to the same labels, or rejected with a reason; never to other labels."""

import csv
import io
import json

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from engine.data.csv_safety import unguarded
from engine.data.formats import DatasetError, load
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.tables.cells import MISSING
from tests.dataset_files import IMAGE, put

STEMS = [f"m{at}" for at in range(8)]
WORDS = (
    st.text("abcBäß猫01 ,;|-_.'+/", min_size=1, max_size=6)
    .map(str.strip)
    .filter(lambda word: word and word.casefold() not in MISSING)
)
PLAIN = st.sampled_from(["cat", "dog", "hot dog", "Käse", "No Finding", "x", "1", "0", "yes", "train", "007"])
TABLES = st.lists(st.frozensets(WORDS | PLAIN, max_size=3), min_size=8, max_size=8)
CELLS = {"commas": ",", "semicolons": ";", "bars": "|", "spaces": " "}
WAYS = [*CELLS, "one", "Python list", "JSON list", "one-hot", "long", "JSON lines", "JSON object"]


def sheet(way: str, rows: list[list[str]], yes_no: tuple[str, str], missing: str) -> list[list[str]]:
    """Header and rows of the table that says these labels in this way."""
    if way == "one-hot":
        vocab = sorted({label for row in rows for label in row})
        marks = [[yes_no[label not in row] for label in vocab] for row in rows]
        return [["image", *vocab], *([f"{s}.jpg", *m] for s, m in zip(STEMS, marks, strict=True))]
    if way == "long":
        pairs = [(s, label) for s, row in zip(STEMS, rows, strict=True) for label in row or [missing]]
        return [["image", "label"], *([f"{s}.jpg", label] for s, label in pairs)]
    write = {
        "Python list": lambda row: repr(row),
        "JSON list": lambda row: json.dumps(row, ensure_ascii=False),
    }
    mark = CELLS.get(way, "")
    cell = write.get(way, lambda row: mark.join(row) or missing)
    return [
        ["image", "label" if way == "one" else "labels"],
        *([f"{s}.jpg", cell(row)] for s, row in zip(STEMS, rows, strict=True)),
    ]


def csv_text(rows: list[list[str]], delimiter: str, quoting: int, line_end: str, sep_line: bool) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line_end).writerows(rows)
    return (f"sep={delimiter}{line_end}" if sep_line else "") + text.getvalue()


@given(
    rows=TABLES,
    way=st.sampled_from(WAYS),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    yes_no=st.sampled_from(
        [("1", "0"), ("1", "-1"), ("1.0", "0.0"), ("True", "False"), ("yes", "no"), ("x", "")]
    ),
    missing=st.sampled_from(["", "NaN", "NA", "None", "null"]),
    has_header=st.booleans(),
    sep_line=st.booleans(),
    is_said=st.booleans(),
)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_labels_are_read_back_or_rejected(
    tmp_path_factory,
    rows,
    way,
    delimiter,
    quoting,
    encoding,
    line_end,
    yes_no,
    missing,
    has_header,
    sep_line,
    is_said,
):
    written = [sorted(row) for row in rows]
    if way == "one":
        written = [row[:1] for row in written]
    if way == "one-hot" and len({label for row in written for label in row}) < 2:
        return  # a lone column of 0 and 1 is a column of the labels “0” and “1”
    mark = CELLS.get(way)
    if mark and any(mark in label for row in written for label in row):
        return  # a cell that nobody could take apart
    if mark and not is_said and not _shows_its_mark(written, mark):
        return  # nothing in the cells says what stands between them
    if (
        way in ("one", "long")
        and not is_said
        and any(set(label) & set(",;|") for row in written for label in row)
    ):
        return  # a label with a mark in it is told from two labels by a person only
    lines = sheet(way, written, yes_no, missing)
    if any(unguarded(cell) != cell for line in lines for cell in line):
        return  # an apostrophe in front of a formula is dropped, which is told as an assumption
    options = ReadOptions(separator=(way if mark else "none") if is_said and (mark or way == "one") else None)
    if way == "JSON lines":
        objects = [{"image": f"{s}.jpg", "labels": row} for s, row in zip(STEMS, written, strict=True)]
        text = "\n".join(map(json.dumps, objects))
        name = "t.jsonl"
    elif way == "JSON object":
        text, name = json.dumps({f"{s}.jpg": row for s, row in zip(STEMS, written, strict=True)}), "t.json"
    else:
        has_header = has_header or way == "one-hot"
        text, name = csv_text(lines[not has_header :], delimiter, quoting, line_end, sep_line), "t.csv"
    try:
        content = text.encode(encoding)
    except UnicodeEncodeError:
        return
    folder = put(tmp_path_factory.mktemp("any"), {f"{stem}.jpg": IMAGE for stem in STEMS} | {name: content})
    try:
        table = load(folder, "multi-label", options).table
    except DatasetError as error:
        event(f"rejected: {way}")
        assert error.problems and all(problem.strip().endswith(".") for problem in error.problems)
        return
    event(f"read: {way}")
    read = {
        f.removesuffix(".jpg"): sorted(held) for f, held in zip(table["fname"], table["labels"], strict=True)
    }
    assert read == dict(zip(STEMS, written, strict=True))


def _shows_its_mark(rows: list[list[str]], mark: str) -> bool:
    """Whether labels are plain words and some cell holds several, so that the mark is the only one."""
    return any(len(row) > 1 for row in rows) and all(label.isalnum() for row in rows for label in row)
