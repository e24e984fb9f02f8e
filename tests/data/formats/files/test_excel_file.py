"""Excel files: cells become plain text, formulas are never run."""

from datetime import datetime

import pytest
from openpyxl import Workbook

from engine.data.formats import load
from engine.data.formats.files import excel_file
from engine.jobs.resource_limits import OutOfTime
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


def _sheet_with(tmp_path, rows):
    workbook = Workbook()
    for row in (["fname", "labels"], *rows):
        workbook.active.append(row)
    workbook.save(tmp_path / "p.xlsx")
    return tmp_path / "p.xlsx"


def test_a_row_is_as_wide_as_the_header_and_not_as_a_table_may_be(tmp_path, monkeypatch):
    """Rows filled up to the widest table made an Excel file take a hundred times as long."""
    file, widths = _sheet_with(tmp_path, [["1.jpg", "a"]] * 3), []
    real = excel_file._text
    monkeypatch.setattr(excel_file, "_text", lambda cell: widths.append(1) or real(cell))
    assert len(excel_file.read_excel(file)[0].rows) == 3
    assert len(widths) == 4 * 2


def test_dates_times_and_sheets_that_are_no_tables(tmp_path):
    workbook = Workbook()
    for row in (
        ["image", "day", "moment", "yes", "number"],
        ["1.jpg", datetime(2020, 1, 2), datetime(2020, 1, 2, 3, 4), True, 0.5],
    ):
        workbook.active.append(row)
    workbook.create_sheet("nothing in it")
    workbook.create_chartsheet("a chart")
    workbook.save(tmp_path / "p.xlsx")
    (table,) = excel_file.read_excel(tmp_path / "p.xlsx")
    assert table.sheet == "" and table.rows == [
        (2, ["1.jpg", "2020-01-02", "2020-01-02 03:04:00", "True", "0.5"])
    ]


@pytest.mark.parametrize("kind", [MemoryError, OutOfTime])
def test_a_sheet_that_goes_beyond_a_limit_is_not_called_broken(tmp_path, monkeypatch, kind):
    def fail(*_):
        raise kind

    monkeypatch.setattr(excel_file, "_tables", fail)
    with pytest.raises(kind):
        excel_file.read_excel(_sheet_with(tmp_path, []))
