"""The zip of an export: the same bytes again, whole or not at all, and no cell that a spreadsheet runs."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.csv_safety import guarded, is_formula, unguarded
from engine.data.exports import ExportError, plan_export, write_zip, zipping
from engine.data.formats import load
from engine.tasks import MULTI_LABEL
from tests.data.exports.round_trip import assert_comes_back, labelled
from tests.dataset_files import pascal


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path


def test_the_same_record_gives_the_same_bytes_and_progress_is_told(home):
    dataset = load(pascal(home / "set"), MULTI_LABEL)
    told: list[float] = []
    for name in ("a.zip", "b.zip"):
        write_zip(plan_export(dataset, MULTI_LABEL, "yolo"), home / name, told.append)
    assert (home / "a.zip").read_bytes() == (home / "b.zip").read_bytes()
    assert told[:6] == [pytest.approx(n / 6) for n in range(1, 7)]


def test_an_image_that_is_gone_leaves_no_half_zip(home):
    plan = plan_export(load(pascal(home / "set"), MULTI_LABEL), MULTI_LABEL, "coco")
    plan.dataset.paths()[2].unlink()
    with pytest.raises(ExportError, match="could not be written"):
        write_zip(plan, home / "a.zip")
    assert [file.name for file in home.iterdir()] == ["set"]


def test_a_full_disk_is_told_first(home, monkeypatch):
    plan = plan_export(load(pascal(home / "set"), MULTI_LABEL), MULTI_LABEL, "pascal")
    monkeypatch.setattr(zipping, "KEPT_FREE", 10**18)
    with pytest.raises(ExportError, match="the disk has room for 0 MB"):
        write_zip(plan, home / "a.zip")


NAMES = [
    "=1+1.jpg",
    "+x.jpg",
    "-x.jpg",
    "@x.jpg",
    "'=x.jpg",
    "''=x.jpg",
    "'tis.jpg",
    "a b.jpg",
    "käse 猫.jpg",
]
LABELS = [("=cmd",), ("-1", "x"), (), ("@SUM",), ("'=q",), ("x",), ("+1",), ("x",), ("<script>",)]


def test_no_cell_runs_in_a_spreadsheet_and_all_come_back(home):
    dataset = labelled(home / "set", dict(zip(NAMES, LABELS, strict=True)))
    plan = assert_comes_back(dataset, MULTI_LABEL, "pascal", home)
    rows = csv.reader(io.StringIO(plan.contents.texts["train.csv"]))
    assert not any(is_formula(cell) for row in rows for cell in row)


@given(st.text("='+-@ \t\nab", max_size=8))
def test_every_text_comes_back_from_its_guarded_cell(text):
    assert unguarded(guarded(text)) == text
    assert not is_formula(guarded(text))
