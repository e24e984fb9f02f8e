"""The chapter's datasets before a run that needs one: progress in the run's folder, before it waits for a device."""

from pathlib import Path

from engine.data.downloads import catalog
from engine.jobs.progress import Listener
from engine.jobs.status import QUEUED, RUNNING
from engine.runs import Run
from engine.training import trainer
from engine.training.run_logger import RunLogger, Stopped


def fetch_for_run(folder: Path, listener: Listener) -> None:
    """Download the dataset of a run's folder where it is missing; the run's status and progress say how far it is.

    Ends with `Stopped` when the run is stopped: what has arrived stays, and the next attempt continues there.
    Raises `LearnerError` without a network; the run's status says the same.
    """
    run = Run(folder)
    name = run.config.data
    if not _is_missing(name):
        return
    run.job.update(state=RUNNING, message=f"downloading {name}")
    try:
        with run.job.heartbeat():
            fetch(name, RunLogger(folder, listener, run.config.lr))
    except Stopped as stopped:
        sentence = Stopped(
            "The download was stopped; what has arrived is kept, and the next attempt continues there."
        )
        trainer.mark_failed(run.job, sentence)
        raise sentence from stopped
    except BaseException as error:
        trainer.mark_failed(run.job, error)
        raise
    run.job.update(state=QUEUED, message="")


def fetch_if_missing(name: str, listener: Listener) -> None:
    """Download one of the chapter's datasets where it is missing, with progress for a listener."""
    if _is_missing(name):
        fetch(name, listener)


def fetch(name: str, listener: Listener) -> Path:
    """Download and unpack a dataset; a `RunLogger` also gets its size, for a page to show the bytes."""
    from engine.training import fastai_backend

    activity = f"downloading {name}"

    def show(done: int, total: int | None) -> None:
        size = total or 1e6 * catalog.DOWNLOAD_MB[name]
        if isinstance(listener, RunLogger):
            listener.reporter.details["size_mb"] = size / 1e6
        listener.show(activity if done < size else f"unpacking {name}", min(done / size, 1.0) % 1.0)

    return fastai_backend.fetch(name, show)


def _is_missing(name: str) -> bool:
    return name in catalog.DOWNLOAD_MB and catalog.downloaded(name) is None
