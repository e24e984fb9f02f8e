"""The heads of a source's tables, for a person who says which column is which."""

from openpyxl import Workbook

from engine.data.formats.tables.column_preview import LONGEST_CELL, ROWS_SHOWN, table_previews
from tests.dataset_files import IMAGE, put, write_table


def test_every_table_and_sheet_is_shown_with_its_first_rows(tmp_path):
    put(tmp_path, {"1.jpg": IMAGE, "broken.xlsx": "no"})
    write_table(tmp_path / "a.csv", " shot ,note,", [(f"{n}.jpg", "x" * 100, "") for n in range(9)])
    book = Workbook()
    book.active.append(["image", "kind"])
    book.active.append(["1.jpg", "cat"])
    other = book.create_sheet("second")
    other.append(["image", "colour"])
    other.append(["1.jpg", "red"])
    book.save(tmp_path / "b.xlsx")
    first, sheet, second = table_previews(tmp_path)
    assert (first.file, first.sheet, first.headings) == ("a.csv", "", ("shot", "note", ""))
    assert len(first.rows) == ROWS_SHOWN and first.row_count == 9 and first.choices == ("shot", "note")
    assert len(first.example("note")) == LONGEST_CELL and first.example("shot") == "0.jpg"
    assert [one.sheet for one in (sheet, second)] == ["Sheet", "second"] and second.example("colour") == "red"


def test_a_table_without_a_header_has_numbered_columns(tmp_path):
    put(tmp_path, {"1.jpg": IMAGE, "2.jpg": IMAGE, "t.csv": "1.jpg,cat\n2.jpg,dog\n"})
    [table] = table_previews(tmp_path)
    assert table.headings == ("column 1", "column 2") and table.rows[0] == ("1.jpg", "cat")


def test_a_folder_without_tables_has_none(tmp_path):
    assert table_previews(put(tmp_path, {"cat/1.jpg": IMAGE, "dog/2.jpg": IMAGE})) == ()
