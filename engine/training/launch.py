"""Training as a background job, which outlives the server that started it."""

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine import paths, runs
from engine.config import TrainConfig
from engine.jobs import access, executors, quota, shares, user_scope
from engine.jobs.atomic_write import trouble
from engine.jobs.job import Job
from engine.jobs.readers import DATA
from engine.jobs.status import ACTIVE, FINISHED
from engine.jobs.temporary import temporary_name
from engine.runs import Run, RunError, collection
from engine.training import preflight
from engine.training.data_parallel import limits

_NAME = re.compile(r"[\w][\w .+-]{0,79}")


def start(config: TrainConfig, name: str) -> Run:
    """Begin a new run of that name (made unique by a number) in a process of its own.

    Raises `RunError`, also for data that the current user may not read, and for a run that could not begin.
    """
    access.locate(config.data, RunError)
    checked_name(name)
    quota.check(RunError)
    preflight.check(config)
    wanted = user_scope.own_folder(paths.runs_folder()) / checked_name(name)
    building = wanted.with_name(temporary_name(wanted.name))
    with in_words(f"The run {wanted.name!r} could not be started", removing=building):
        runs.create(config, building)
        folder = put_in_own_place(building, wanted, RunError)
    with in_words(f"The run {folder.name!r} could not be started", removing=folder):
        spawn(folder, config.device, "train", "--resume", str(folder))
    return Run(folder)


def resume(run: Run) -> None:
    """Let a stopped, failed or interrupted run go on from its last finished epoch."""
    access.authorize(run.folder, RunError, to_write=True)
    if run.state in ACTIVE:
        raise RunError(f"The run {run.name!r} is already running.")
    if run.state == FINISHED:
        raise RunError(f"The run {run.name!r} has finished: there is nothing to resume.")
    with in_words(f"The run {run.name!r} could not be resumed"):
        workers = limits.workers_of(run.folder) if executors.chosen() == executors.RAY else 1
        flags, device, details = limits.placed(run.config, workers)
        spawn(run.folder, device, "train", "--resume", str(run.folder), *flags, **details)


def stop(run: Run) -> None:
    """Ask a run to end after the current batch and to keep what it has learned."""
    access.authorize(run.folder, RunError, to_write=True)
    with in_words(f"The run {run.name!r} could not be asked to stop"):
        run.job.request_stop()


def rename(run: Run, name: str) -> Run:
    """Give one of the user's runs another name, which must be free. It is not shared any more."""
    _must_be_idle_and_own(run)
    folder = run.folder.with_name(checked_name(name))
    with in_words(f"The run {run.name!r} could not be renamed"), quota.locked():
        if folder.exists():
            raise RunError(f"There is a run {name!r} already: choose another name.")
        shares.forget(run.folder)
        os.rename(run.folder, folder)
    return Run(folder)


def delete(run: Run) -> None:
    """Remove one of the user's runs with all that it holds."""
    _must_be_idle_and_own(run)
    shares.forget(run.folder)
    with in_words(f"The run {run.name!r} could not be deleted"):
        collection.discard(run.folder)


@contextlib.contextmanager
def in_words(what: str, removing: Path | None = None) -> Iterator[None]:
    """Say what could not be done, and why, where the disk refuses; a folder that was only begun is removed."""
    try:
        yield
    except OSError as error:
        if removing:
            shutil.rmtree(removing, ignore_errors=True)
        raise RunError(f"{what}: {trouble(error)}.") from error


def checked_name(name: str) -> str:
    """The name without spaces around it; raises `RunError` where it could not be a folder's name everywhere."""
    name = name.strip().rstrip(".")
    if not _NAME.fullmatch(name):
        raise RunError(
            f"A run cannot be called {name!r}: use letters, digits, spaces, dots, dashes and underscores, "
            "at most 80 of them, beginning with a letter or digit."
        )
    return name


def _must_be_idle_and_own(run: Run) -> None:
    if run.folder.parent == paths.BUNDLED_RUNS:
        raise RunError(f"The run {run.name!r} is bundled with the program and stays as it is.")
    access.authorize(run.folder, RunError, to_write=True)
    if run.state in ACTIVE:
        raise RunError(f"The run {run.name!r} is running: stop it first.")


def free_folder(folder: Path) -> Path:
    """The folder, or where there is one already the first of name-2, name-3, ... that is free."""
    number, wanted = 2, folder
    while folder.exists():
        folder, number = wanted.with_name(f"{wanted.name}-{number}"), number + 1
    return folder


def put_in_place(building: Path, wanted: Path) -> Path:
    """Move a run's folder to where `free_folder` says: two who start runs of one name get a folder each.

    A run is there whole or not at all, whenever its process is killed: a folder that holds something never gives way to
    another. Raises `OSError`.
    """
    wanted.parent.mkdir(parents=True, exist_ok=True)
    while True:
        place = free_folder(wanted)
        try:
            os.rename(building, place)
            return place
        except OSError:
            if not place.exists():
                raise


def put_in_own_place(building: Path, wanted: Path, error: type[Exception]) -> Path:
    """The same for a run of the present user, who may have so many. Raises `error`, and leaves nothing behind then."""
    try:
        with quota.room_for_one(error):
            return put_in_place(building, wanted)
    except error:
        shutil.rmtree(building, ignore_errors=True)
        raise


def spawn(folder: Path, device: str, command: str, *arguments: str, **details: Any) -> None:
    """Start the process that does a command's work in a job's folder, here or on a cluster. Raises `OSError`.

    Its status keeps the `details`, and which data it reads.
    """
    job = Job(folder)
    details |= {DATA: job.status.details.get(DATA, "")}
    words = ("engine", command, "--in-background", *arguments)
    if not job.start(*words, executor=executors.chosen(), device=device, **details):
        raise RunError(f"The run {folder.name!r} is already running.")
