"""How far the cells of an Excel file reach, whatever the file says of itself."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from engine.data.formats import DatasetError
from engine.data.formats.files import workbook_extent
from engine.data.formats.files.excel_file import read_excel
from engine.data.formats.files.workbook_extent import Extent, check

HIDING = " a='>'"
VALUE = "<is><t>x</t></is>"


def cell(reference: str = "", prefix: str = "", before: str = "") -> str:
    at = f' r="{reference}"' if reference else ""
    return f'<{prefix}c{before}{at} t="inlineStr">{VALUE}</{prefix}c>'


def workbook(tmp_path, body: str, name: str = "a.xlsx"):
    """An Excel file whose sheet is this text."""
    plain, place = io.BytesIO(), tmp_path / name
    Workbook().save(plain)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{main}" xmlns:x="{main}"><sheetData>{body}</sheetData></worksheet>'
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, sheet if part.endswith("sheet1.xml") else old.read(part))
    return place


FAR = {
    "two cells": f'<row r="1">{cell("A1")}</row><row r="1048576">{cell("XFD1048576")}</row>',
    "a row that only its tag numbers": f'<row r="1">{cell()}</row><row r="20000000">{cell()}</row>',
    "a prefix": f'<x:row r="1">{cell("A1", "x:")}</x:row><x:row r="9">{cell("XFD999999", "x:")}</x:row>',
    "a greater-than sign in front": f"<row>{cell('A1')}{cell('XFD999999', before=HIDING)}</row>",
    "a column of many letters": f"<row>{cell('A1')}{cell('A' * 14 + '1')}</row>",
}


@pytest.mark.parametrize("body", FAR.values(), ids=FAR)
def test_cells_far_from_each_other_are_refused(tmp_path, body):
    """Room for all cells between them would be made, in a library that ends the process where there is none."""
    with pytest.raises(
        DatasetError, match="cells far away from its table: delete the empty rows and columns"
    ):
        check(workbook(tmp_path, body))


def test_cells_without_numbers_are_counted(tmp_path, monkeypatch):
    """A wide row and many short ones, none of which says where it is."""
    monkeypatch.setattr(workbook_extent, "MOST_AREA", 900)
    check(workbook(tmp_path, f"<row>{cell() * 20}</row>"))
    body = f"<row>{cell() * 20}</row>" + f"<row>{cell()}</row>" * 50
    with pytest.raises(DatasetError, match="far away"):
        check(workbook(tmp_path, body))


def test_empty_cells_far_away_do_no_harm(tmp_path):
    styled = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    file = workbook(tmp_path, f'<row r="1">{cell("A1")}</row>{styled}')
    check(file)
    assert read_excel(file)[0].header == ("x",)


@given(
    st.lists(st.lists(st.tuples(st.integers(1, 40), st.booleans()), max_size=4), max_size=5),
    st.booleans(),
    st.integers(1, 200),
)
@settings(max_examples=60, deadline=None)
def test_the_bound_is_never_too_low(rows, has_row_numbers, chunk):
    """Against a slow reference that follows the rows and cells one by one, in pieces of any size."""
    text, at, farthest, lowest = "", 0, 0, 0
    for number, cells in enumerate(rows, 1):
        at = 3 * number if has_row_numbers else at + 1
        column, inside = 0, ""
        for place, is_numbered in cells:
            column = place if is_numbered else column + 1
            inside += cell(f"{_letters(place)}{at}" if is_numbered else "")
            farthest, lowest = max(farthest, column), max(lowest, at)
        text += f'<row r="{at}">{inside}</row>' if has_row_numbers else f"<row>{inside}</row>"
    extent, rest = Extent(), b""
    for start in range(0, len(text), chunk):
        held = rest + text.encode()[start : start + chunk]
        cut = max(0, held.rfind(b"<"))
        extent.follow(held[:cut])
        rest = held[cut:]
    extent.follow(rest)
    reach = extent.reach
    assert reach[0] >= lowest and reach[1] >= farthest


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, left = divmod(number - 1, 26)
        letters = chr(ord("A") + left) + letters
    return letters


def test_a_part_that_lies_about_its_size_is_measured(tmp_path, monkeypatch):
    file = workbook(tmp_path, " " * 3_000_000)
    content = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if info.filename.endswith("sheet1.xml"):
                true = info.file_size.to_bytes(4, "little")
    assert content.count(true) == 2
    file.write_bytes(bytes(content).replace(true, (100).to_bytes(4, "little")))
    monkeypatch.setattr(workbook_extent, "MOST_UNPACKED", 1_000_000)
    with pytest.raises(DatasetError, match="unpacks to too much data for a table; save it as CSV"):
        check(file)


@pytest.mark.parametrize("limit", ["MOST_PARTS", "MOST_SHARED_TEXT", "LONGEST_TAG"])
def test_every_limit_is_a_sentence(tmp_path, monkeypatch, limit):
    file = workbook(tmp_path, f'<row r="1">{cell("A1")}</row>{"y" * 100}')
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", "<sst/>")
    monkeypatch.setattr(workbook_extent, limit, 3)
    with pytest.raises(DatasetError, match="unpacks to too much"):
        check(file)
