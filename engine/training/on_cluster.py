"""Training on a node of a cluster, followed from this process as if it trained here."""

from dataclasses import replace
from pathlib import Path

from engine import runs
from engine.config import TrainConfig
from engine.data.downloads.catalog import DOWNLOAD_MB
from engine.jobs import executors
from engine.jobs.follow import follow
from engine.jobs.job import Job
from engine.jobs.progress import Listener
from engine.jobs.readers import DATA
from engine.jobs.status import FAILED, INTERRUPTED
from engine.runs import Run, RunError, files
from engine.training import trainer
from engine.training.data_parallel import limits


class _Epochs(Listener):
    """Passes on what a job reports, and the epochs that its run has finished since."""

    def __init__(self, run: Run, listener: Listener):
        self.run, self.listener = run, listener
        self.told = len(run.history)

    def show(self, activity: str, share: float) -> None:
        if activity:
            self.listener.show(activity, share)
        self.tell_epochs()

    def note(self, sentence: str) -> None:
        self.listener.note(sentence)

    def tell_epochs(self) -> None:
        rows = self.run.history.to_dict("records")
        for row in rows[self.told :]:
            self.told += 1
            self.listener.epoch({str(name): value for name, value in row.items()})


def create(config: TrainConfig, folder: Path) -> None:
    """A new run that is not trained yet, whose data a node finds as well. Raises `RunError`."""
    if config.data not in DOWNLOAD_MB:
        config = replace(config, data=trainer.portable(trainer.resolve(config.data)))
    runs.create(config, folder)


def finish(folder: Path, listener: Listener, workers: int = 1) -> dict:
    """Train a run's folder to its end on a node, from the last finished epoch, and return what it reached.

    Several workers train it together, each in a place of its own on the nodes. A run that a node works on already is
    followed. Raises `RunError` where training failed, and `OSError` where the cluster does not take the job.
    """
    job, run = Job(folder), Run(folder)
    epochs = _Epochs(run, listener)
    config = run.config
    if not (job.is_claimed or job.waits_on_cluster):
        command = ("engine", "train", "--in-background", "--resume", str(folder.resolve()))
        flags, device, details = limits.placed(config, workers)
        job.start(*command, *flags, executor=executors.RAY, device=device, **details, **{DATA: config.data})
    status = follow(job, epochs)
    epochs.tell_epochs()
    if status.state in (FAILED, INTERRUPTED):
        raise RunError(job.trouble or status.message)
    return run.metrics if (folder / files.METRICS).is_file() else {}
