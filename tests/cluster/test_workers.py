"""One run by two workers on two nodes: it ends as a run of one process does, also when a worker dies on the way."""

import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from engine.config import TrainConfig
from engine.jobs.job import Job
from engine.jobs.progress import Listener
from engine.jobs.status import FINISHED, INTERRUPTED, QUEUED, STOPPED
from engine.runs import Run
from engine.training import launch, on_cluster, trainer
from engine.training.data_parallel import coordinator
from tests.cluster.loopback_cluster import processes_of

pytestmark = [pytest.mark.ray, pytest.mark.usefixtures("own_runs")]
SCRATCH = {
    "arch": "test_resnet", "weights": "none", "size": 32, "batch_size": 16, "hidden": 16, "device": "cpu",
    "augment": False,
}  # fmt: skip
EPOCHS, SEEDS = 6, 5
METRICS = ("valid_loss", "accuracy_multi", "mean_average_precision")


@pytest.fixture(scope="module")
def seeds(data, tmp_path_factory) -> list[dict]:
    """What five runs of one process reach that differ by their seed alone."""
    folder = tmp_path_factory.mktemp("seeds")
    return [
        trainer.train(config(data, seed), folder / f"seed {seed}", Listener()) for seed in range(1, SEEDS + 1)
    ]


def config(data: Path, seed: int = 0, epochs: int = EPOCHS) -> TrainConfig:
    return TrainConfig("multi-label", str(data), **SCRATCH, seed=seed, epochs=epochs)


class Watching(Listener):
    """Notes the states, messages and epochs of a run, and does something once when it has finished an epoch."""

    def __init__(self, run: Run, after_first_epoch=lambda: None):
        self.run, self.after_first_epoch = run, after_first_epoch
        self.states: list[str] = []
        self.notes: list[str] = []
        self.epochs: list[int] = []

    def show(self, activity, share):
        self.states.append(self.run.state)

    def note(self, sentence):
        self.notes.append(sentence)

    def epoch(self, row):
        self.epochs.append(row["epoch"])
        if len(self.epochs) == 1:
            self.after_first_epoch()


def begin(data: Path, folder: Path, **options) -> Run:
    on_cluster.create(config(data, **options), folder)
    return Run(folder)


def workers_of(cluster) -> list[psutil.Process]:
    return [
        one
        for node in cluster.nodes
        for one in processes_of(node)
        if "RayTrainWorker" in " ".join(one.cmdline())
    ]


def assert_within_the_spread(reached: dict, seeds: list[dict]) -> None:
    for name in METRICS:
        values = np.array([one[name] for one in seeds], float)
        print(f"{name}: two workers {reached[name]:.4f}, seeds {np.round(values, 4).tolist()}")
        assert abs(reached[name] - values.mean()) <= 3 * values.std(ddof=1), name


@pytest.mark.parametrize("killed", ["the first", "the other"])
def test_a_killed_worker_is_replaced_and_the_run_is_within_the_spread_of_seeds(
    cluster, data, seeds, tmp_path, killed
):
    run = begin(data, tmp_path / "run")

    def kill() -> None:
        first = run.job.status.process.pid
        both = workers_of(cluster)
        assert len(both) == 2 and first in [one.pid for one in both]
        next(one for one in both if (one.pid == first) is (killed == "the first")).kill()

    watching = Watching(run, kill)
    reached = on_cluster.finish(run.folder, watching, workers=2)
    assert run.state == FINISHED and watching.epochs == list(range(1, EPOCHS + 1)), run.job.log
    assert coordinator.LOST.format(2) in watching.notes, watching.notes
    assert INTERRUPTED not in watching.states and not run.problems()
    assert len(run.history) == EPOCHS
    assert_within_the_spread(reached, seeds)


def test_a_run_by_two_workers_stops_when_it_is_asked_and_resumes(cluster, data, tmp_path):
    run = begin(data, tmp_path / "run", epochs=30)
    on_cluster.finish(run.folder, Watching(run, run.job.request_stop), workers=2)
    assert run.state == STOPPED and 1 <= len(run.history) < 30, run.job.log
    before = len(run.history)
    launch.resume(run)
    job = Job(run.folder)
    assert job.status.command[-2:] == ("--workers", "2")
    watching = Watching(run, run.job.request_stop)
    on_cluster.finish(run.folder, watching, workers=2)
    assert run.state == STOPPED and len(run.history) > before


def test_workers_that_wait_for_places_stop_at_once(cluster, data, tmp_path):
    run = begin(data, tmp_path / "run")
    stopping = threading.Thread(
        target=stop_while_it_waits, args=(run, coordinator.WAITING.format(3)), daemon=True
    )
    stopping.start()
    on_cluster.finish(run.folder, Watching(run), workers=3)
    assert run.state == STOPPED and not stopping.is_alive(), run.job.log


def stop_while_it_waits(run: Run, message: str) -> None:
    """Ask for the stop once the job has come to a node and waits there for workers."""
    while (run.job.status.state, run.job.status.message) != (QUEUED, message):
        time.sleep(0.2)
    run.job.request_stop()
