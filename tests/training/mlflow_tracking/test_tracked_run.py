"""A run's copy in MLflow: complete, nothing twice, and no secret or path in it."""

import shutil

import pandas as pd
import pytest

from engine import paths, runs
from engine.config import TrainConfig
from engine.runs import Run, files
from engine.training.mlflow_tracking import TrackingError
from engine.training.mlflow_tracking.tracked_run import TrackedRun, numbers, settings
from tests.training.mlflow_tracking.memory_target import MemoryTarget


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(paths.BUNDLED_RUNS / "multi-label", tmp_path / "mine")


@pytest.fixture
def target():
    return MemoryTarget()


def tracked(folder, target):
    return TrackedRun(folder, target, lambda run, out: out.write_bytes(run.name.encode()))


def write_epochs(folder, count):
    rows = [
        {"epoch": n, "frozen": False, "valid_loss": 1 / n, "accuracy": float("nan")}
        for n in range(1, count + 1)
    ]
    runs.save_table(folder, files.HISTORY, pd.DataFrame(rows))  # whole: a thread may read it


def test_a_finished_run_is_sent_whole_and_only_once(folder, target):
    tracked(folder, target).finish()
    sent = {name: value for batch in target.batches for name, value in batch.params.items()}
    assert sent == settings(Run(folder).config) and sent["task"] == "multi-label"
    reached = target.batches[-1]
    assert reached.metrics[0][1] == numbers(Run(folder).metrics) and "valid_loss" in reached.metrics[0][1]
    assert reached.tags["verdict"] == Run(folder).metrics["verdict"]
    assert target.bundles == [b"mine"] and target.statuses == ["FINISHED"]
    tracked(folder, target).finish()
    assert (
        target.runs == ["mine"] and len(target.bundles) == 1 and len(target.steps) == len(Run(folder).history)
    )


def test_epochs_come_once_each_by_whichever_process(folder, target):
    write_epochs(folder, 1)
    one = tracked(folder, target)
    one.update()
    one.update()
    write_epochs(folder, 3)
    tracked(folder, target).update()
    assert target.steps == [1, 2, 3] and target.statuses == ["RUNNING"]
    assert target.batches[0].metrics == [(1, {"epoch/valid_loss": 1.0})]


def test_what_a_server_missed_is_sent_when_it_is_back(folder, target):
    write_epochs(folder, 1)
    one = tracked(folder, target)
    one.update()
    target.is_away = True
    write_epochs(folder, 3)
    with pytest.raises(TrackingError):
        one.update()
    target.is_away = False
    one.update()
    assert target.steps == [1, 2, 3] and target.runs == ["mine"]


def test_new_weights_make_a_new_bundle(folder, target):
    tracked(folder, target).finish()
    record = folder / files.CHECKSUMS
    record.unlink(missing_ok=True)
    (folder / files.WEIGHTS).write_bytes(b"others")
    tracked(folder, target).finish()
    assert len(target.bundles) == 2 and target.statuses == ["FINISHED", "RUNNING", "FINISHED"]


@pytest.mark.parametrize(("state", "ends"), [("failed", "FAILED"), ("stopped", "KILLED")])
def test_how_a_run_ended(folder, target, state, ends):
    (folder / "status.json").write_text(f'{{"state": "{state}"}}')
    tracked(folder, target).finish()
    assert target.statuses == [ends] and len(target.bundles) == (state == "stopped")


def test_another_server_gets_everything(folder, target):
    tracked(folder, target).finish()
    other = MemoryTarget()
    other.shown = "http://other.example"
    tracked(folder, other).finish()
    assert other.runs == ["mine"] and len(other.bundles) == 1


def test_of_the_data_only_the_name_is_sent_and_nothing_undecided():
    sent = settings(TrainConfig("points", "/home/ada/secret/heads", recipe="better"))
    assert sent["data"] == "heads" and not {"epochs", "batch_size", "split_seed"} & set(sent)
