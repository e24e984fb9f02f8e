"""A sweep from its first trial to its verdict: the same whenever it is run, stopped, killed or continued."""

import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from engine import paths
from engine.config import TrainConfig
from engine.data.formats import load
from engine.experiments.sweeps import launch, run_trial, search
from engine.experiments.sweeps.errors import SweepError
from engine.experiments.sweeps.folder import Sweep
from engine.jobs.job import STOP, JobStopped
from engine.jobs.progress import Listener
from engine.jobs.status import FINISHED, INTERRUPTED, STOPPED
from engine.runs import Run, RunError
from engine.training import trainer
from tests.experiments.sweeps.small_sweep import asked, digest, run, weights
from tests.tiny_data import labelled

SECONDS_TO_KILL = 120


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return labelled(tmp_path_factory.mktemp("data") / "squares", count=60)


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory) -> Sweep:
    """A sweep that nothing disturbed."""
    return run(asked(data), tmp_path_factory.mktemp("whole") / "sweep")


def values(sweep: Sweep) -> pd.DataFrame:
    return sweep.trials.drop(columns="seconds")


def test_a_sweep_has_its_trials_and_a_verdict(whole):
    results, table = whole.results, whole.trials
    assert whole.state == FINISHED and list(table["trial"]) == [-1, 0, 1, 2, 3, 4, 5]
    best = table[table["trial"] == results["best"]["trial"]]
    assert results["best"]["value"] == pytest.approx(table["value"][1:].max(), abs=1e-8)
    assert results["best"]["params"]["lr"] == pytest.approx(best["lr"].item(), rel=1e-8)
    assert {side: len(finals) for side, finals in results["finals"].items()} == {"best": 3, "baseline": 3}
    assert "no trial saw" in results["verdict"] and set(results["importances"]) == {"lr", "loss"}


def test_no_trial_sees_an_image_of_the_validation_part(whole, data):
    table = load(data, "multi-label").table
    unseen = set(table[table["is_valid"]]["fname"])
    folders = [whole.folder / "baseline", *(whole.folder / "trials").iterdir()]
    splits = {Run(folder).images.to_csv() for folder in folders}
    inside = Run(folders[0]).images
    assert len(splits) == 1 and not unseen & set(inside["fname"]) and inside["is_valid"].any()
    final = Run(whole.final_folder("best", 2)).images
    assert set(final[final["is_valid"]]["fname"]) == unseen


def test_a_trial_is_the_run_that_train_would_make(whole, tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    trial = Run(whole.trial_folder(3))
    reached = trainer.train(trial.config, tmp_path / "run", Listener())
    assert digest(tmp_path / "run") == digest(trial.folder)
    seconds = ("seconds",)
    assert {name: value for name, value in reached.items() if name not in seconds} == {
        name: value for name, value in trial.metrics.items() if name not in seconds
    }
    assert not trial.problems()


@pytest.mark.waits
def test_a_killed_sweep_goes_on_to_the_same_trials(whole, data, tmp_path):
    sweep = launch.create(asked(data), tmp_path / "sweep")
    command = [sys.executable, "-m", "engine", "sweep", "resume", str(sweep.folder)]
    process = subprocess.Popen(command, cwd=paths.ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    until = time.monotonic() + SECONDS_TO_KILL
    while not (sweep.trial_folder(2) / "losses.csv").exists() and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert sweep.state == INTERRUPTED and not sweep.results
    search.run(sweep)
    pd.testing.assert_frame_equal(values(sweep), values(whole))
    assert weights(sweep) == weights(whole)
    assert sweep.results == whole.results


def test_a_stopped_sweep_goes_on_and_a_pruned_one_is_the_same_twice(data, tmp_path, monkeypatch):
    config = asked(data, trials=8, pruning=True)
    once = run(config, tmp_path / "once")
    pruned = once.trials[once.trials["state"] == "pruned"]
    assert len(pruned) and pruned["value"].isna().all()
    again = launch.create(config, tmp_path / "again")
    _stop_at(monkeypatch, again, "005")
    with pytest.raises(JobStopped):
        search.run(again)
    assert again.state == STOPPED and len(again.trials) < 9
    monkeypatch.undo()
    search.run(again)
    pd.testing.assert_frame_equal(values(again), values(once))
    assert weights(again) == weights(once)


def _stop_at(monkeypatch, sweep: Sweep, trial: str) -> None:
    """Ask the sweep to stop after the first epoch of a trial."""
    after_epoch = run_trial.Follower.epoch

    def epoch(self, row):
        after_epoch(self, row)
        if self.job.folder.name == trial:
            (sweep.folder / STOP).touch()

    monkeypatch.setattr(run_trial.Follower, "epoch", epoch)


def test_a_trial_that_fails_is_passed_over_and_too_many_end_the_sweep(data, tmp_path, monkeypatch):
    real = trainer.resume

    def failing(folder, listener):
        if folder.parent.name == "trials" and folder.name in broken:
            raise RunError("It went wrong.")
        return real(folder, listener)

    monkeypatch.setattr(trainer, "resume", failing)
    broken = {"001"}
    sweep = run(asked(data, trials=3), tmp_path / "passed over")
    assert list(sweep.trials["state"]) == ["complete", "complete", "failed", "complete"]
    assert sweep.trials["message"][2] == "It went wrong."
    broken = {f"{number:03d}" for number in range(9)}
    with pytest.raises(SweepError, match=r"The first 5 trials failed\. It went wrong"):
        run(asked(data, trials=9), tmp_path / "failed")
    assert Sweep(tmp_path / "failed").status.message.startswith("The first 5 trials failed.")


def test_minutes_end_a_sweep_after_the_trial_that_runs(data, tmp_path):
    sweep = run(asked(data, trials=None, minutes=1e-4), tmp_path / "short")
    assert list(sweep.trials["trial"]) == [-1, 0] and sweep.results["best"]["trial"] == 0


def test_a_dataset_that_is_too_small_is_refused_before_anything_is_made(tmp_path):
    few = labelled(tmp_path / "few", count=12)
    with pytest.raises(RunError, match="needs at least 10, but there are 8"):
        launch.create(asked(few), tmp_path / "sweep")
    assert not (tmp_path / "sweep").exists()


def test_a_config_with_a_second_split_is_an_ordinary_one(data, tmp_path):
    config = TrainConfig(
        "multi-label", str(data), weights="drawings", size=32, within_training=True, device="cpu"
    )
    trainer.train(config, tmp_path / "quick", Listener())
    assert len(Run(tmp_path / "quick").images) == 40
