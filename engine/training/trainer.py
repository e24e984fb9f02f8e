"""One run from a dataset to a finished folder. The recipe decides how: Quick loads neither torch nor fastai."""

import contextlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from engine import paths, runs
from engine.config import QUICK, TrainConfig
from engine.data.downloads.catalog import DOWNLOAD_MB
from engine.data.formats import Dataset
from engine.data.formats.phrases import some
from engine.data.unreadable_images import with_readable
from engine.jobs import access, atomic_write
from engine.jobs.atomic_write import write_text
from engine.jobs.job import Job
from engine.jobs.progress import Listener
from engine.jobs.reporter import failure_sentence
from engine.jobs.status import FAILED, FINISHED, RUNNING, STOPPED
from engine.runs import Run, RunError, checksums, files
from engine.training import images_of
from engine.training.run_logger import Stopped
from engine.training.team import ALONE, Team, WorkersLostError

Reached = dict[str, float | str | None]
"""What a run reached: the content of its metrics.json."""


def train(config: TrainConfig, out: Path, listener: Listener) -> Reached:
    """Train one run into the new folder `out` and return what it reached.

    Raises `DatasetError`, `learners.LearnerError`, `WeightsError` or `RunError`, each with one plain sentence; once
    there is a folder, the run's status says the same.
    """
    images_of.load_for(config, resolve(config.data))
    runs.create(replace(config, data=portable(resolve(config.data))), out)
    return resume(out, listener)


def resume(out: Path, listener: Listener, team: Team = ALONE) -> Reached:
    """Train a run's folder to its end, from the last finished epoch where there is one. Raises as `train` does.

    In a team this is the work of the first worker. Where others are lost, it raises `WorkersLostError`, and the run
    waits for a new team.
    """
    run = Run(out)
    if run.state == FINISHED:
        raise RunError(f"The run {run.name!r} has finished: there is nothing to resume.")
    if run.state == RUNNING:
        raise RunError(f"The run {run.name!r} is running in another process.")
    run.job.update(state=RUNNING, message="")
    try:
        with run.job.heartbeat():
            dataset = images_of.load_for(run.config, resolve(run.config.data))
            dataset = _as_begun(run, dataset)
            told: list[str] = []
            state, message, reached = with_readable(
                dataset, lambda part: _train_on(run, part, listener, told, team)
            )
            checksums.write(out)
    except WorkersLostError:
        raise
    except BaseException as error:
        if not (out / files.CONFIG).exists():
            shutil.rmtree(out, ignore_errors=True)  # what was written since
            raise RunError(
                f"The run {out.name!r} was deleted while it trained, so training ended."
            ) from error
        mark_failed(run.job, error)
        raise
    run.job.update(state=state, message=message)
    return reached


def _as_begun(run: Run, dataset: Dataset) -> Dataset:
    """The images that a run has begun with. Raises `RunError` where one is gone or in another part by now.

    An image that was for training must never validate the same run.
    """
    if run.history.empty:
        return dataset
    begun, parts = run.images, dict(zip(dataset.table["fname"], dataset.table["is_valid"], strict=True))
    changed = [
        fname
        for fname, is_valid in zip(begun["fname"], begun["is_valid"], strict=True)
        if fname not in parts or bool(parts[fname]) != bool(is_valid)
    ]
    if changed:
        raise RunError(
            f"The dataset has changed since the run began, and these images are gone or in another part: "
            f"{some(changed)}. Restore them to resume the run, or train a new one."
        )
    return with_images_of(run, dataset)


def with_images_of(run: Run, dataset: Dataset) -> Dataset:
    """Of a dataset, the images that a run has written down."""
    kept = dataset.table[dataset.table["fname"].isin(run.images["fname"])].reset_index(drop=True)
    return replace(dataset, table=kept)


def _train_on(
    run: Run, dataset: Dataset, listener: Listener, told: list[str], team: Team
) -> tuple[str, str, Reached]:
    """Write down what the run is about to learn, images and split, and train it; returns what the session does.

    It tells what the reader noted and what it assumed about values, except what was `told` before, and adds it there.
    """
    config = replace(run.config, data=portable(resolve(run.config.data)))
    write_text(run.folder / files.CONFIG, config.to_json())
    assumed = (f"assumed: {one}" for one in dataset.assumptions if one.is_about_values)
    new = [sentence for sentence in (*dataset.notes, *assumed) if sentence not in told]
    told += new
    for sentence in new:
        listener.note(sentence)
    write_text(run.folder / files.VOCAB, json.dumps(dataset.vocab) + "\n")
    runs.save_table(run.folder, files.PICTURES, runs.images_table(dataset.table))
    return _session(Run(run.folder), dataset, listener, team).train()


class Session(Protocol):
    """One process's work on a run."""

    def train(self) -> tuple[str, str, Reached]:
        """The state in which the run ends, a message, and what it reached."""


def _session(run: Run, dataset: Dataset, listener: Listener, team: Team) -> Session:
    if run.config.recipe == QUICK:
        from engine.training.quick import session

        return session.Session(run, dataset, listener)
    from engine.training import fastai_session

    return fastai_session.Session(run, dataset, listener, team)


def mark_failed(job: Job, error: BaseException) -> None:
    """Say in a job's status why it came to no end; on a full disk it cannot, and the job is shown as interrupted."""
    with contextlib.suppress(OSError):
        job.update(state=STOPPED if isinstance(error, Stopped) else FAILED, message=_sentence(error))


def _sentence(error: BaseException) -> str:
    """The message for the user; anything but the engine's own errors keeps its traceback in the log."""
    if isinstance(error, OSError) and error.errno in atomic_write.REFUSED:
        return f"{atomic_write.trouble(error).capitalize()}, then resume the run."
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return "Out of memory: choose a smaller batch size or smaller images."
    return failure_sentence(error)


def resolve(data: str) -> Path:
    """The folder or table that `--data` names: a path, or one of the chapter's datasets, downloaded once.

    Raises `RunError` where the current user may not read it.
    """
    if data in DOWNLOAD_MB:
        from engine.training import fastai_backend

        return fastai_backend.fetch(data)
    return access.locate(data, RunError)


def portable(path: Path) -> str:
    """A dataset's path as a run keeps it: from the project's folder where it lies in there, else absolute."""
    path = path.resolve()
    return path.relative_to(paths.ROOT).as_posix() if path.is_relative_to(paths.ROOT) else str(path)
