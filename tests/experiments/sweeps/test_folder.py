"""A sweep's folder is read without Optuna: its trials, its tables, and what is wrong with it."""

import subprocess
import sys

import pytest

from engine import paths
from engine.experiments.sweeps import launch, tables, time_estimate
from engine.experiments.sweeps.errors import SweepError
from engine.experiments.sweeps.folder import CONFIG, TRIALS, Sweep, all_sweeps, sweeps_folder
from engine.jobs.status import RUNNING
from tests.experiments.sweeps.small_sweep import asked
from tests.experiments.sweeps.written_sweep import write


@pytest.fixture(autouse=True)
def _own_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "runs"))


@pytest.fixture
def sweep(tmp_path) -> Sweep:
    return write(sweeps_folder() / "squares", tmp_path / "data")


def test_completed_trials_are_listed_and_the_baseline_is_apart(sweep):
    assert list(tables.completed(sweep)["trial"]) == [0, 2, 4]
    assert list(tables.history(sweep)["best"]) == [0.5, 0.8, 0.8]
    assert tables.baseline(sweep)["value"] == 0.75


def test_the_parallel_table_is_sorted_and_names_the_baseline(sweep):
    table = tables.parallel(sweep)
    assert list(table.index) == ["Trial 2", "The baseline", "Trial 4", "Trial 0"]
    assert list(table.columns) == ["lr", "loss", "mean_average_precision"]
    assert list(table["loss"]) == ["ASL", "focal", "focal", "focal"]


def test_a_sweep_that_has_begun_just_now_has_empty_tables(sweep):
    (sweep.folder / TRIALS).unlink()
    assert len(tables.history(sweep)) == len(tables.parallel(sweep)) == 0 and tables.baseline(sweep) is None


def test_sweeps_are_listed_and_a_deleted_one_is_gone(sweep):
    assert [one.name for one in all_sweeps()] == ["squares"]
    launch.delete(sweep)
    assert all_sweeps() == [] and not sweep.folder.exists()


def test_a_running_sweep_is_not_deleted_and_a_finished_one_not_continued(sweep):
    with pytest.raises(SweepError, match="has finished: there is nothing to continue"):
        launch.resume(sweep)
    sweep.update(state=RUNNING)
    with pytest.raises(SweepError, match="stop it first"):
        launch.delete(sweep)
    launch.stop(sweep)
    assert sweep.stop_requested


def test_a_folder_without_a_sweep_says_so(tmp_path):
    with pytest.raises(SweepError, match=f"{CONFIG} is missing"):
        Sweep(tmp_path).config  # noqa: B018


def test_reading_a_sweep_loads_neither_optuna_nor_torch(sweep):
    code = f"""
import sys
from pathlib import Path
from engine.experiments.sweeps import folder, launch, tables
tables.parallel(folder.Sweep(Path({str(sweep.folder)!r})))
print({{"optuna", "torch", "fastai"}} & set(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_more_trials_and_training_of_all_layers_take_longer(tmp_path):
    few, many = (time_estimate.seconds(asked(tmp_path, trials=number), 300) for number in (5, 50))
    assert few < many < time_estimate.seconds(asked(tmp_path, trials=500, minutes=10), 300) < 700 + few
