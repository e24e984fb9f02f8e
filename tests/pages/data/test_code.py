"""Your data: the fastai code that is shown fits the task, and runs on what Export writes."""

import zipfile

import pytest

from engine.data import exports, library
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from tests.lesson_data import open_page
from tests.shown_code import shown_code
from tests.tiny_data import labelled, pointed

PAGE = "9_Your_data"
TARGETS = {MULTI_LABEL: "TensorMultiCategory", SINGLE_LABEL: "TensorCategory", POINTS: "TensorPoint"}


@pytest.mark.parametrize("task", TARGETS)
def test_the_shown_code_reads_what_is_exported(task, tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    folder = (pointed if task == POINTS else labelled)(tmp_path / "mine")
    one = library.add("mine", task, in_place=folder)
    plan = exports.plan_export(one.record(), task, next(iter(exports.formats_for(task))))
    exports.write_zip(plan, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as packed:
        packed.extractall(tmp_path / "my images")
    monkeypatch.chdir(tmp_path)
    found = {}
    exec(shown_code(open_page(PAGE, set="mine")), found)
    images, targets = found["block"].dataloaders(found["table"], bs=4, num_workers=0).one_batch()
    assert type(targets).__name__ == TARGETS[task] and images.shape == (4, 3, 128, 128)
    assert len(found["table"]) == len(one.record().table)


def test_without_a_data_set_the_code_is_that_of_several_labels(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    assert "MultiCategoryBlock" in shown_code(open_page(PAGE))
