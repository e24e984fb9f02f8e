"""Inputs made to take long, smaller than those that are measured: each is finished or refused in a sentence."""

import pytest

from benchmarks import hostile_cases
from benchmarks.hostile_cases import CASES, IMAGES, packed
from engine.data import bounded_read, library, summary
from engine.data.archives.errors import IncomingError
from engine.data.imports.import_worker import import_path
from engine.tasks import MULTI_LABEL

QUICK = [
    "199,000 labels in 4 cells",
    "JSON 100,000 deep",
    "JSON objects 100,000 deep",
    "JSON line 100,000 deep",
    "YAML 100,000 deep",
    "YAML mappings 20,000 deep",
    "YAML blocks 3,000 deep",
    "YAML 140,000 names",
    "VOC 200,000 deep",
]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.parametrize("name", QUICK)
def test_small_input_that_asks_for_much_is_finished_or_refused(home, name):
    case = CASES[name]
    try:
        one = import_path(case.make(home))
    except IncomingError as error:
        assert all(problem.endswith(".") for problem in error.problems)
        assert library.all_sets() == []
    else:
        assert isinstance(summary.glance_here(str(one.folder), case.task).problems, tuple)


def test_a_zip_that_lists_far_too_many_files_is_refused_before_they_are_sorted(home, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_MOST_FILES", "100")
    monkeypatch.setattr("engine.data.archives.zips.sort_files", lambda *_: pytest.fail("they were sorted"))
    with pytest.raises(IncomingError, match="lists far too many files"):
        import_path(hostile_cases._many_entries(home, 500))


def test_more_different_cells_than_labels_could_be_are_refused(home, monkeypatch):
    monkeypatch.setattr("engine.data.formats.tables.label_cells.MOST_DIFFERENT", 3)
    rows = "".join(f"{name},label {at}\n" for at, (name, _) in enumerate(IMAGES))
    with pytest.raises(IncomingError, match="holds 4 different cells, too many for labels"):
        import_path(packed(home, [*IMAGES, ("labels.csv", f"fname,label\n{rows}")]))


def test_what_may_take_long_is_read_by_a_process_of_its_own(home, monkeypatch):
    one = import_path(
        packed(home, [*IMAGES, ("labels.csv", "fname,label\n0.jpg,a\n1.jpg,b\n2.jpg,a\n3.jpg,b\n")])
    )
    here = summary.glance(str(one.folder), MULTI_LABEL)
    assert bounded_read.is_quick(str(one.folder)) and here.images == 4
    monkeypatch.setattr(bounded_read, "QUICK_BYTES", 3)
    assert not bounded_read.is_quick(str(one.folder))
    assert summary.glance(str(one.folder), MULTI_LABEL) == here


def test_what_takes_too_long_is_one_sentence(home, monkeypatch):
    monkeypatch.setattr(bounded_read, "QUICK_FILES", -1)
    monkeypatch.setattr("engine.jobs.bounded_call.WAITED_FOR", 0)
    (home / "slow").mkdir()
    (home / "slow" / "a.csv").touch()
    (problem,) = summary.glance(str(home / "slow"), MULTI_LABEL).problems
    assert problem == "“slow” takes too much time or memory to read: split it up."
