"""Training elsewhere, followed from here: epochs are told once, and failures have the run's own sentence."""

from pathlib import Path

import pandas as pd
import pytest

from engine import runs
from engine.config import TrainConfig
from engine.jobs import follow
from engine.jobs.job import Job
from engine.jobs.progress import Listener
from engine.jobs.status import FAILED, FINISHED, RUNNING
from engine.runs import RunError, files
from engine.training import on_cluster
from tests.tiny_data import labelled


class Told(Listener):
    def __init__(self):
        self.epochs = []

    def epoch(self, row):
        self.epochs.append(row["epoch"])


@pytest.fixture
def folder(tmp_path) -> Path:
    on_cluster.create(TrainConfig("multi-label", str(labelled(tmp_path / "squares"))), tmp_path / "run")
    return tmp_path / "run"


@pytest.fixture
def node(folder, monkeypatch) -> list:
    """Steps that the job takes, one at each look; the first is taken when it is started."""
    steps: list = []
    monkeypatch.setattr(Job, "start", lambda job, *command, **options: steps.pop(0)())
    monkeypatch.setattr(follow.time, "sleep", lambda seconds: steps.pop(0)())
    return steps


def has_done(folder, epochs: int, **changes) -> None:
    runs.save_table(folder, files.HISTORY, pd.DataFrame({"epoch": range(1, epochs + 1), "frozen": False}))
    Job(folder).update(**changes)


def test_every_epoch_is_told_once(folder, node):
    (folder / files.METRICS).write_text('{"skill": 0.5}')
    node += [
        lambda: has_done(folder, 1, state=RUNNING),
        lambda: has_done(folder, 1),
        lambda: has_done(folder, 3),
        lambda: has_done(folder, 4, state=FINISHED),
    ]
    told = Told()
    assert on_cluster.finish(folder, told) == {"skill": 0.5}
    assert told.epochs == [1, 2, 3, 4]


def test_a_run_that_is_resumed_tells_only_new_epochs(folder, node):
    has_done(folder, 2, state="stopped")
    node += [lambda: has_done(folder, 3, state=FINISHED)]
    told = Told()
    assert on_cluster.finish(folder, told) == {} and told.epochs == [3]


def test_a_run_on_a_node_already_is_followed(folder, node):
    has_done(folder, 0, state=RUNNING)
    node += [lambda: has_done(folder, 1, state=FINISHED)]
    told = Told()
    on_cluster.finish(folder, told)
    assert told.epochs == [1]


def test_a_failure_has_the_runs_own_sentence(folder, node):
    node += [lambda: has_done(folder, 0, state=FAILED, message="The dataset is empty.")]
    with pytest.raises(RunError, match=r"^The dataset is empty\.$"):
        on_cluster.finish(folder, Listener())
