"""One run of a sweep, in the process of the sweep: as `engine train` would train it, with the same result."""

from collections.abc import Callable, Mapping
from pathlib import Path

from engine import runs
from engine.config import TrainConfig
from engine.experiments.sweeps.folder import Sweep
from engine.jobs import device_queue, executors
from engine.jobs.job import STOP, Job, JobStopped
from engine.jobs.progress import Listener
from engine.jobs.status import FINISHED
from engine.runs import Run, files
from engine.training import on_cluster, trainer

STOPPED = "The sweep was stopped; what it has done is kept."
AfterEpoch = Callable[[dict], bool]
"""Told what an epoch reached; whether the run is to end there."""


class Follower(Listener):
    """Ends a run where its sweep is stopped, or where `after_epoch` says so."""

    def __init__(self, sweep: Sweep, folder: Path, after_epoch: AfterEpoch):
        self.sweep, self.job, self.after_epoch = sweep, Job(folder), after_epoch
        self.is_ended = False

    def show(self, activity: str, share: float) -> None:
        if self.sweep.stop_requested:
            self.job.request_stop()

    def epoch(self, row: dict) -> None:
        if not self.is_ended and self.after_epoch(row):
            self.is_ended = True
            self.job.request_stop()


def finish(
    sweep: Sweep, config: TrainConfig, folder: Path, after_epoch: AfterEpoch = lambda row: False
) -> dict:
    """Train a run to its end, from where an earlier process left it, and return what it reached.

    Raises `JobStopped` where the sweep is stopped, and what training raises.
    """
    if not (folder / files.CONFIG).is_file():
        runs.create(config, folder)
    run = Run(folder)
    if run.state == FINISHED:
        return run.metrics
    (folder / STOP).unlink(missing_ok=True)  # an earlier process was killed before it could heed it
    follower = Follower(sweep, folder, after_epoch)
    reached = _trained(sweep, config, follower)
    if not follower.is_ended:
        must_go_on(sweep)
    return dict(reached)


def _trained(sweep: Sweep, config: TrainConfig, follower: Follower) -> Mapping[str, object]:
    """What a run reaches, trained in this process or, as a job of its own, on a node of the cluster."""
    folder = follower.job.folder
    if executors.chosen() != executors.LOCAL:
        must_go_on(sweep)
        return on_cluster.finish(folder, follower)
    with device_queue.device_lock(config.device, sweep.name, lambda ahead: must_go_on(sweep)):
        must_go_on(sweep)
        return trainer.resume(folder, follower)


def must_go_on(sweep: Sweep) -> None:
    """Raise `JobStopped` where the sweep is stopped."""
    if sweep.stop_requested:
        raise JobStopped(STOPPED)
