"""Pages read small datasets themselves; every other one is read by a process with limits, with the same result."""

import pytest
from openpyxl import Workbook

from engine.data import annotation, bounded_read, change_reading, library
from engine.data.checks import Health, jobs, run_checks
from engine.data.exports import plan_of
from engine.data.formats import DatasetError
from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.reading_preview import preview_reading
from engine.data.formats.tables.column_preview import table_previews
from tests.data.checks.small_datasets import ROWS, labelled, saved, scene
from tests.dataset_files import put


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return labelled(tmp_path / "set", [*ROWS, ("gone.jpg", "dog", False)], images={"gone.jpg": None})


@pytest.fixture
def large(monkeypatch):
    """Nothing is small enough to be read at once."""
    monkeypatch.setattr(bounded_read, "QUICK_FILES", 0)


def test_what_pages_read_is_the_same_from_a_process(folder, large):
    one = library.add("mine", "multi-label", in_place=folder)
    place = one.data_path
    for function, *arguments in (
        (annotation.read, place, "multi-label"),
        (table_previews, folder),
        (plan_of, place, "multi-label", "coco"),
    ):
        there, here = bounded_read.read(place, function, *arguments), function(*arguments)
        if function is plan_of:
            there, here = (there.contents, there.format, there.size), (here.contents, here.format, here.size)
        assert there == here, function
    there, here = (
        read(folder, preview_reading, folder, ReadOptions(), "multi-label")
        if at
        else preview_reading(folder, ReadOptions(), "multi-label")
        for at, read in ((1, bounded_read.read), (0, None))
    )
    assert there == here and there.image_count
    assert bounded_read.read(folder, change_reading.read_as_recognized, one).name == "mine"


def test_the_health_of_a_dataset_is_the_same_from_a_process(folder, large):
    arguments = (folder, "multi-label", jobs.QUICK_BYTES)
    there = bounded_read.read(folder, run_checks.check_in_a_moment, *arguments)
    here = run_checks.check_in_a_moment(*arguments)
    assert isinstance(there, Health) and there.subject and here and here.subject
    assert there.findings == here.findings and there.notes == here.notes
    assert [*map(str, there.subject.parsed.set_aside)] == [*map(str, here.subject.parsed.set_aside)]
    assert there.subject.set_aside == here.subject.set_aside and there.subject.kept == here.subject.kept
    assert there.labels.equals(here.labels) and there.baselines == here.baselines


def test_a_question_between_two_readings_comes_back(tmp_path, large):
    rows = "".join(f"{at}.jpg,a b\n" for at in range(4)) + "4.jpg,a\n5.jpg,b\n"
    put(tmp_path / "set", {f"{at}.jpg": saved(scene(at)) for at in range(6)})
    (tmp_path / "set" / "a.csv").write_text("fname,labels\n" + rows)
    error = AmbiguousError("Which?", ["separator"], [{"separator": "spaces"}, {"separator": "none"}])
    again = error.__reduce__()
    made = again[0](*again[1])
    assert (made.question, made.options, made.choices) == (error.question, error.options, error.choices)
    there = bounded_read.read(tmp_path / "set", preview_reading, tmp_path / "set", ReadOptions(), "")
    here = preview_reading(tmp_path / "set", ReadOptions(), "")
    assert there.problems == here.problems and there.label_counts == here.label_counts


def test_what_is_wrong_comes_back_as_the_same_error(folder, large):
    (folder / "train.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetError) as there:
        bounded_read.read(folder, annotation.read, folder, "multi-label")
    with pytest.raises(DatasetError) as here:
        annotation.read(folder, "multi-label")
    assert there.value.problems == here.value.problems


def test_what_takes_too_long_is_one_sentence(folder, large, monkeypatch):
    monkeypatch.setattr("engine.jobs.bounded_call.WAITED_FOR", 0)
    with pytest.raises(DatasetError, match=r"^“set” takes too much time or memory to read: split it up\.$"):
        bounded_read.read(folder, annotation.read, folder, "multi-label")


def test_a_small_dataset_is_read_at_once(folder, monkeypatch):
    monkeypatch.setattr("engine.jobs.bounded_call.call", lambda *_: pytest.fail("a process was started"))
    assert bounded_read.read(folder, annotation.read, folder, "multi-label").fnames


def _deep(folder):
    (folder / "/".join("d" * (bounded_read.QUICK_DEPTH + 1))).mkdir(parents=True)


def _long_table(folder):
    (folder / "more.csv").write_bytes(b"x" * (bounded_read.QUICK_BYTES + 1))


def _packed(folder):
    Workbook().save(folder / "more.xlsx")


def _many(folder):
    for number in range(bounded_read.QUICK_FILES + 1):
        (folder / f"{number}.jpg").touch()


@pytest.mark.parametrize("more", [_deep, _long_table, _packed, _many])
def test_what_is_large_deep_or_packed_is_not_small(folder, more):
    assert bounded_read.is_quick(str(folder))
    more(folder)
    assert not bounded_read.is_quick(str(folder))
