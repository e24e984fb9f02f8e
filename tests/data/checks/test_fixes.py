"""Fixes by name: applied to a dataset of the library through its journal, never to the user's files, and undone."""

import json

import pytest

from engine import __main__ as command_line
from engine.data import edits, library
from engine.data.checks.finding import NOTE, Finding, Fix
from engine.data.checks.fixes import named_fixes
from engine.data.edits import LEFT_OUT
from tests.data.checks.small_datasets import ROWS, labelled, saved, scene

TWIN = saved(scene(50))
SPOILED = [*ROWS, ("gone.jpg", "dog", False), ("a.jpg", "dog", False), ("b.jpg", "dog", True)]
PICTURES = {"gone.jpg": None, "a.jpg": TWIN, "b.jpg": TWIN}


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return labelled(tmp_path / "mine", SPOILED, images=PICTURES)


def run(capsys, *arguments) -> tuple[int, dict, str]:
    """The exit status, the JSON object on standard output, and standard error."""
    status = command_line.main(["check", "--task", "multi-label", "--json", *map(str, arguments)])
    printed = capsys.readouterr()
    return status, json.loads(printed.out) if printed.out else {}, printed.err


def names(record: dict) -> list[str]:
    return [fix["name"] for finding in record["findings"] for fix in finding["fixes"]]


def test_a_named_fix_is_applied_reported_and_undone(source, capsys):
    folder = library.add("mine", "multi-label", in_place=source).folder
    before = {file: file.read_bytes() for file in source.rglob("*") if file.is_file()}
    status, record, _ = run(capsys, folder)
    assert status == 0
    assert names(record)[:1] == ["missing/leave-out"]
    status, record, _ = run(capsys, folder, "--fix", "missing/leave-out")
    assert (status, record["fixed"]["changed"]) == (0, ["train/gone.jpg"])
    assert record["fixed"]["before"]["training"] == 7 and record["training"] == 7
    assert "missing/leave-out" not in names(record) and "left-out/put-back" in names(record)
    assert [one.kind for one in edits.read(folder).standing] == [LEFT_OUT]
    status, record, _ = run(capsys, folder, "--undo")
    assert status == 0 and record["undone"] == "train/gone.jpg: excluded"
    assert not edits.read(folder).standing
    assert before == {file: file.read_bytes() for file in source.rglob("*") if file.is_file()}


def test_the_name_of_a_finding_means_its_first_fix(source, capsys):
    folder = library.add("mine", "multi-label", in_place=source).folder
    run(capsys, folder, "--fix", "missing")
    _, record, _ = run(capsys, folder, "--fix", "in-both-parts")
    assert record["fixed"]["name"] == "in-both-parts/leave-training-out"
    assert record["fixed"]["changed"] == ["train/a.jpg"]


def test_an_unknown_name_lists_the_fixes_and_the_closest(source, capsys):
    folder = library.add("mine", "multi-label", in_place=source).folder
    status, record, said = run(capsys, folder, "--fix", "mising/leaveout")
    assert (status, record) == (2, {}) and not edits.read(folder).standing
    assert "did you mean missing/leave-out? There are: missing/leave-out, in-both-parts/" in said


def test_a_folder_of_the_user_is_refused_and_nothing_is_written(source, capsys, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    status, record, said = run(capsys, source, "--fix", "missing/leave-out")
    assert (status, record) == (2, {}) and said.count("\n") == 1
    assert f"python -m engine import {source}" in said and sorted(tmp_path.rglob("*")) == before
    folder = library.add("mine", "multi-label", in_place=source).folder
    assert f"fix it there, in {folder}" in run(capsys, source, "--fix", "missing")[2]


def test_a_fix_for_another_task_is_refused(source, capsys):
    folder = library.add("mine", "single-label", in_place=source).folder
    status, _, said = run(capsys, folder, "--fix", "missing")
    assert status == 2 and "--task single-label" in said
    assert run(capsys, folder, "--undo")[0] == 2


def test_nothing_to_undo_and_both_at_once_are_said(source, capsys):
    folder = library.add("mine", "multi-label", in_place=source).folder
    assert "nothing to undo" in run(capsys, folder, "--undo")[2]
    assert "not both" in run(capsys, folder, "--undo", "--fix", "missing")[2]


def test_names_are_never_given_twice():
    one, other = (Fix("leave-out", "Exclude it", LEFT_OUT, {name: None}) for name in "ab")
    findings = [Finding("odd size", "", NOTE, fixes=(fix,)) for fix in (one, other, one)]
    assert {name: fix for name, (_, fix) in named_fixes(findings).items()} == {
        "odd-size/leave-out": one,
        "odd-size/leave-out-2": other,
    }
