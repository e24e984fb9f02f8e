"""Damaged runs are listed with the reason, and removed; whole, active and hidden ones are not listed."""

import pytest

from engine.__main__ import main
from engine.jobs.job import Job
from engine.jobs.status import FINISHED, RUNNING, STATUS
from engine.runs import Run, RunError, checksums, damaged, files
from engine.runs.collection import all_runs
from tests import tiny_runs


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "runs"))
    run = tiny_runs.labels_run(tmp_path / "runs" / "mine")
    checksums.write(run.folder)
    return run


def test_a_whole_run_is_not_damaged(run):
    assert damaged.damaged() == [] and run.problems() == []


def test_every_changed_file_is_found(run):
    names = [name for name in checksums.CHECKED if (run.folder / name).is_file()]
    assert {files.WEIGHTS, files.PREDICTIONS, files.HISTORY, files.METRICS, files.VOCAB} <= set(names)
    for name in names:
        whole = (run.folder / name).read_bytes()
        (run.folder / name).write_bytes(whole + b" ")
        (one,) = damaged.damaged()
        assert f"{name} has changed since it ended" in one.reason
        (run.folder / name).write_bytes(whole)
    assert damaged.damaged() == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (files.CONFIG, "config.json is missing"),
        (files.WEIGHTS, "weights.safetensors is missing"),
        (STATUS, "status.json is missing or broken"),
    ],
)
def test_a_run_without_a_file_is_listed_and_removed(run, name, reason, capsys):
    (run.folder / name).unlink()
    (one,) = damaged.damaged()
    assert one.title == "mine" and reason in one.reason
    assert main(["runs", "list"]) == 0 and reason in capsys.readouterr().err
    damaged.remove(one)
    assert damaged.damaged() == [] and list(run.folder.parent.iterdir()) == []


def test_broken_checksums_are_damage(run):
    (run.folder / files.CHECKSUMS).write_text("[]")
    assert "checksums.json has changed" in damaged.damaged()[0].reason


def test_an_active_run_is_neither_damaged_nor_removed(run):
    Job(run.folder).update(state=RUNNING)
    (run.folder / files.CONFIG).unlink()
    assert damaged.damaged() == []
    with pytest.raises(RunError, match="stop it first"):
        damaged.remove(damaged.DamagedRun(run.folder, ""))


def test_folders_that_are_no_runs_are_left_alone(run):
    (run.folder.parent / "notes").mkdir()
    hidden = run.folder.with_name(".mine.removed")
    run.folder.rename(hidden)
    assert damaged.damaged() == [] and hidden not in {one.folder for one in all_runs()}
    assert Run(hidden).state == FINISHED
