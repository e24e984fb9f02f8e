"""Excel files: cells become plain text, formulas are never run."""

import pytest
from openpyxl import Workbook

from engine.data.formats import load
from tests import format_samples
from tests.data.formats.reading import label_sets, problems_of
from tests.dataset_files import IMAGE, pascal, put


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
    assert label_sets(load(tmp_path, "multi-label")) == {"1.jpg": set(), "2.jpg": {"a"}, "4.jpg": {"b"}}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not at all"])
def test_excel_that_is_none(tmp_path, content):
    assert "is not a readable Excel file" in problems_of(put(tmp_path, {"a.xlsx": content, "1.jpg": IMAGE}))


def test_a_sheet_of_a_file_that_has_none_is_refused(tmp_path):
    assert "has no sheets" in problems_of(pascal(tmp_path), sheet="labels")
