"""Labels and names that no file or page could show: refused by every import, named by every reader, never raised."""

import io
import json

import pytest

from engine.data import annotation, edits, library
from engine.data.checks.run_checks import check
from engine.data.edits import DecisionError
from engine.data.formats import DatasetError, label_notes, load
from engine.data.formats.loading import read_source
from engine.data.imports import dismiss, take
from engine.data.imports.import_worker import import_path, work
from engine.data.library import LibraryError
from tests.dataset_files import IMAGE, put

UNUSABLE = ["ca\ud800t", "ca\0t", "ca\nt", "c" * 201]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path


def _set(folder, label):
    """Six images with labels, two of them with the given one, in JSON lines, which can hold any text."""
    labels = ["dog", "dog", "fox", "fox", label, label]
    lines = [json.dumps({"image": f"{n}.jpg", "label": one}) for n, one in enumerate(labels)]
    return put(folder, {"labels.jsonl": "\n".join(lines), **{f"{n}.jpg": IMAGE for n in range(6)}})


@pytest.mark.parametrize("label", UNUSABLE)
def test_reading_names_the_label_and_the_reason(home, label):
    with pytest.raises(DatasetError, match="Labels cannot be used") as raised:
        load(_set(home / "set", label), "single-label")
    str(raised.value).encode()
    assert len(str(raised.value)) < 500


@pytest.mark.parametrize("label", UNUSABLE)
def test_an_import_is_refused_and_leaves_nothing(home, label):
    folder = _set(home / "set", label)
    one = take([(path.name, io.BytesIO(path.read_bytes())) for path in sorted(folder.iterdir())])
    (problem,) = work(one).problems
    assert problem.startswith("Labels cannot be used (1): “c")
    dismiss(one)
    assert library.all_sets() == [] == library.damaged()


@pytest.mark.parametrize("label", UNUSABLE)
def test_a_dataset_that_gets_such_a_label_later_is_checked_fixed_and_removed(home, label):
    folder = _set(home / "set", "cat")
    one = import_path(folder)
    _set(folder, label)
    health = check(one.folder, "single-label")
    (finding,) = [finding for finding in health.findings if finding.kind == label_notes.UNUSABLE_LABEL]
    assert finding.fnames == ("4.jpg", "5.jpg") and not health.is_accepted
    assert annotation.read(one.folder, "single-label").given["0.jpg"] == ("dog",)
    (fix,) = finding.fixes
    edits.add_each(one.folder, fix.kind, fix.given)
    assert len(load(one.folder, "single-label").table) == 4
    library.remove(one)
    assert library.all_sets() == []


def test_more_labels_than_can_be_told_apart_are_refused(home, monkeypatch):
    monkeypatch.setattr(label_notes, "MOST_LABELS", 2)
    with pytest.raises(DatasetError, match="3 different labels, and the limit is 2"):
        load(_set(home / "set", "cat"), "single-label")
    monkeypatch.setattr(label_notes, "MOST_LABELS", 3)
    assert len(load(_set(home / "set", "cat"), "single-label").table) == 6


def test_an_error_of_a_reader_that_nobody_expected_is_one_sentence(home, monkeypatch):
    def fails(*_):
        raise KeyError("x")

    monkeypatch.setattr("engine.data.formats.loading.parse_source", fails)
    with pytest.raises(DatasetError, match=r"“set” cannot be read: .* \(KeyError\)"):
        read_source(_set(home / "set", "cat"), "single-label")


@pytest.mark.parametrize("text", ["ca\ud800t", "ca\0t", "c\u202eat dog"])
def test_a_label_that_a_person_types_is_tidied_or_refused(text):
    if "\u202e" in text:
        assert annotation.checked_label(text, []) == "cat dog"
    elif "\ud800" in text or "\0" in text:
        assert annotation.checked_label(text, []) == "cat"
    with pytest.raises(ValueError, match="There is already a label “cat”"):
        annotation.checked_label("c\u0430t", ["cat"])


@pytest.mark.parametrize("label", ["ca\ud800t", "ca\0t", "c" * 201])
def test_no_decision_keeps_such_a_label(home, label):
    for kind, given in ((edits.LABELS, {"1.jpg": [label]}), (edits.LABEL_RENAMED, {"cat": label})):
        with pytest.raises(DecisionError, match="cannot be a name"):
            edits.add_each(home / "journal", kind, given)


def test_a_dataset_gets_a_name_that_can_be_seen(home):
    one = library.add("my\u202e \u200bpets", "single-label", in_place=_set(home / "set", "cat"))
    assert one.name == "my pets"
    with pytest.raises(LibraryError):
        library.rename(one, "\u200b")
    other = library.add("My pets", "single-label", in_place=_set(home / "other", "cat"))
    assert other.name == "My pets 2"
