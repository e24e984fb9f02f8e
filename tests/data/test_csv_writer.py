"""The CSV says what was answered, and no spreadsheet runs a file's name."""

import csv
import io

import pytest

from engine.data.csv_writer import csv_text, safe_cell


def read(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "name",
    ["=1+1.jpg", "+1.jpg", "-1.jpg", "@SUM(A1).jpg", "\t=1.jpg", "\r=1.jpg", "\n=1.jpg", " =1.jpg", "＝1"],
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(name):
    assert safe_cell(name) == f"'{name}"
    assert read(csv_text([{"file": name}])) == [{"file": f"'{name}"}]


@pytest.mark.parametrize("name", ["bear.jpg", "a=b.jpg", "2-1.jpg", "'quoted.jpg", ""])
def test_other_text_is_left_as_it_is(name):
    assert safe_cell(name) == name


def test_numbers_stay_numbers_even_below_zero():
    assert read(csv_text([{"x_px": -3.5, "y_px": 12}])) == [{"x_px": "-3.5", "y_px": "12"}]


def test_a_label_in_the_header_is_guarded_too():
    assert csv_text([{"=label": 1}]).startswith("'=label")


def test_commas_quotes_and_line_breaks_come_back():
    rows = [{"file": 'a, "b"\nc.jpg', "labels": "bear dog"}]
    assert read(csv_text(rows)) == rows


def test_rows_with_different_columns_share_one_header():
    text = csv_text([{"file": "a", "p": 0.5}, {"file": "b", "x_px": 7}])
    assert text.splitlines() == ["file,p,x_px", "a,0.5,", "b,,7"]


def test_no_rows_give_no_lines_but_do_not_fail():
    assert csv_text([]).strip() == ""
