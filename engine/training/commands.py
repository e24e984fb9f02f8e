"""The commands `train` and `find-lr`, whose flags are the fields of `TrainConfig`, and `runs track`."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from engine import runs
from engine.config import ConfigError, TrainConfig
from engine.data import chosen_data
from engine.data.read_flags import ReadFlags
from engine.data.storage import StorageError
from engine.jobs import cluster, device_queue, process, progress_bar
from engine.jobs.command_line import on_stop, print_json
from engine.jobs.job import SECONDS_BETWEEN_HEARTBEATS, STOP, Job
from engine.jobs.progress import Listener
from engine.jobs.status import ACTIVE, FINISHED, QUEUED, STOPPED
from engine.runs import Run, files, in_storage
from engine.training import downloading, lr_finder, mlflow_tracking, on_cluster, preflight, trainer
from engine.training.data_parallel import limits
from engine.training.earlier_runs import HAS_WAITED
from engine.training.mlflow_tracking.server import Server

Flags = Annotated[TrainConfig | None, Parameter(name="*", negative_iterable="no-")]
"""A flag for each field of the configuration; None where none of them is given."""
Hidden = Parameter(show=False)
NO_FLAGS = ReadFlags()


def train(
    *,
    config: Flags = None,
    out: Path | None = None,
    resume: Path | None = None,
    mlflow: str | None = None,
    reading: ReadFlags = NO_FLAGS,
    on: str | None = None,
    to: str | None = None,
    workers: int | None = None,
    in_background: Annotated[bool, Hidden] = False,
) -> int:
    """Train a run, with its progress on standard error and its metrics as a JSON object at the end.

    Naming --epochs, or --weights none, switches the recipe quick off. Ctrl-C ends training after the current batch
    and keeps what was learned.

    Parameters
    ----------
    out:
        New folder for the run.
    resume:
        Continue this run as it was configured; only --on, --workers and --mlflow are allowed with it.
    mlflow:
        Also send the configuration, every epoch's metrics and the bundle to MLflow at this address.
    on:
        Train on the Ray cluster at HOST:PORT, whose nodes share the folders; LOSS_LAB_RAY does the same.
    to:
        Copy the finished run to this s3:// address.
    workers:
        Train with this many workers on the cluster, each with its part of every batch. Keep batch size and learning
        rate: --batch-size 64 with 4 workers is 16 images each, and one step for all 64.
    """
    if to is not None:
        in_storage.check_free(to)
    address = "" if in_background else cluster.use(on)
    if in_background and (workers or 1) == 1:  # a process that only waits for workers need not step back
        process.lower_priority()
    if resume:
        _refuse_other_flags(config, out, reading)
        config, folder = _resumable(resume, in_background).config, resume
    elif config and out:
        folder = out
        config = replace(config, data=_resolved(config.data, reading))
        preflight.check(config, folder)
    else:
        missing = "--out" if config else "--task, --data" + ("" if out else ", --out")
        raise ConfigError(f"A new run needs {missing}; to continue an old one, give --resume RUN.")
    if workers is None:
        workers = limits.workers_of(folder) if address else 1
    if not in_background:
        limits.check(config, workers, address)
    server = None if mlflow is None else Server(mlflow)
    on_stop(lambda: _ask_to_stop(folder))
    with progress_bar.Bar() as bar:
        if address:
            with mlflow_tracking.followed(folder, server, bar) as listener:
                metrics = _on_cluster(config, folder, listener, workers)
            return _finished(metrics, folder, to)
        if resume:
            downloading.fetch_for_run(folder, bar)
        else:
            downloading.fetch_if_missing(config.data, bar)
        if workers > 1:
            return _print_reached(_by_team(folder, workers))
        with (
            mlflow_tracking.followed(folder, server, bar) as listener,
            device_queue.device_lock(config.device, folder.name, _Waiting(folder, bar)),
        ):
            metrics = trainer.resume(folder, listener) if resume else trainer.train(config, folder, listener)
    return _finished(metrics, folder, to)


def _resolved(data: str, reading: ReadFlags) -> str:
    """Where a dataset lies that a flag names; one in storage is copied here, with a bar."""
    with progress_bar.Bar() as bar:
        return chosen_data.resolve(data, reading.options(), lambda share: bar.show("copying the data", share))


def _finished(metrics: Mapping[str, float | str | None], folder: Path, to: str | None) -> int:
    """Print what a run reached, and copy it where it should go."""
    if to is not None:
        try:
            in_storage.push(Run(folder), to)
        except StorageError as error:
            again = f"python -m engine runs push {shlex.quote(str(folder))} {shlex.quote(to)}"
            raise runs.RunError(
                f"The run is complete in {folder}, but not in storage: {error} Then: {again}"
            ) from error
    return _print_reached(metrics)


def _on_cluster(
    config: TrainConfig, folder: Path, listener: Listener, workers: int
) -> Mapping[str, float | str | None]:
    """Train a run, a new one where there is none yet, on the nodes of the cluster."""
    if not (folder / files.CONFIG).exists():
        on_cluster.create(config, folder)
    return on_cluster.finish(folder, listener, workers)


def _by_team(folder: Path, workers: int) -> Mapping[str, float | str | None]:
    """Train a run by several workers, as the job on the cluster that asks for them; torch and Ray are loaded here."""
    from engine.training.data_parallel import coordinator

    return coordinator.train(folder, workers)


def _print_reached(metrics: Mapping[str, float | str | None]) -> int:
    if verdict := metrics.get("verdict"):
        print(verdict, file=sys.stderr)
    print_json(metrics)
    return 0


def find_lr(
    *,
    config: Flags = None,
    again: bool = False,
    reading: ReadFlags = NO_FLAGS,
    folder: Annotated[Path | None, Hidden] = None,
    in_background: Annotated[bool, Hidden] = False,
) -> int:
    """Suggest learning rates for what `train` would do with the same flags; the result is kept and read again.

    Parameters
    ----------
    again:
        Search again even if an earlier result exists.
    """
    if in_background:
        process.lower_priority()
    if folder:
        search = lr_finder.Search(folder)
    elif config:
        config = replace(config, data=_resolved(config.data, reading))
        search = _search(config, again)
    else:
        raise ConfigError("A new search needs --task, --data.")
    if search.state == FINISHED:
        print("This search was done before; --again repeats it.", file=sys.stderr)
        return _print_suggestions(search.result)
    on_stop(lambda: _ask_to_stop(search.folder))
    waiting = "a search for a learning rate"
    with (
        progress_bar.Bar() as bar,
        device_queue.device_lock(search.config.device, waiting, _Waiting(search.folder, bar)),
    ):
        from engine.training import lr_search

        result = lr_search.find(search.folder, bar)
    return _print_suggestions(result)


def track(run: Path, /, *, mlflow: str) -> int:
    """Send a run to MLflow, or what MLflow lacks of one that was trained with --mlflow.

    Parameters
    ----------
    run:
        Folder of a run.
    mlflow:
        The address of MLflow, such as http://localhost:5000.
    """
    one = _resumable(run, in_background=False)
    server = Server(mlflow)
    sent = mlflow_tracking.send(one, server).sent
    print_json({"mlflow": server.shown, "run_id": sent.run_id})
    return 0


def _refuse_other_flags(config: TrainConfig | None, out: Path | None, reading: ReadFlags) -> None:
    """Raise `ConfigError` for flags next to --resume, which would change nothing."""
    given = ["the flags of a new run"] * (config is not None) + ["--out"] * (out is not None)
    given += ["the flags on how to read the data"] * (reading != NO_FLAGS)
    if given:
        raise ConfigError(
            f"--resume continues a run as it was configured, so {' and '.join(given)} would change "
            "nothing: leave them out, or start a new run."
        )


def _resumable(folder: Path, in_background: bool) -> Run:
    """The run to continue; one that another process works on, or waits to work on, is left alone."""
    run = Run(folder)
    if run.job.is_claimed or (run.job.waits_on_cluster and not in_background):
        raise runs.RunError(f"The run {run.name!r} is running in another process.")
    return run


def _search(config: TrainConfig, again: bool) -> lr_finder.Search:
    earlier = lr_finder.look(config)
    if earlier and earlier.state in ACTIVE:
        raise runs.RunError(
            "This search is running in another process: wait for it, or stop it on the page Train."
        )
    if earlier and earlier.state == FINISHED and earlier.is_current and not again:
        return earlier
    return lr_finder.fresh(config)


def _print_suggestions(result: dict) -> int:
    rest = {name: value for name, value in result.items() if name not in ("suggestions", "data_stamp")}
    print_json(result["suggestions"] | rest)
    return 0


def _ask_to_stop(folder: Path) -> None:
    if not folder.is_dir():
        raise KeyboardInterrupt
    (folder / STOP).touch()


class _Waiting:
    """Say on the terminal and in the run's status which runs are ahead in the queue."""

    def __init__(self, folder: Path, bar: progress_bar.Bar):
        self.job, self.bar = Job(folder), bar
        self.last, self.written = "", 0.0

    def __call__(self, ahead: list[str]) -> None:
        sentence = f"waiting for {', '.join(ahead) or 'another run'}"
        if self.job.stop_requested:
            self.job.update(state=STOPPED, message="stopped before it was its turn")
            raise runs.RunError("The run was stopped before it was its turn.")
        is_new, is_due = sentence != self.last, time.monotonic() - self.written > SECONDS_BETWEEN_HEARTBEATS
        if is_new:
            self.bar.note(sentence)
        if (is_new or is_due) and self.job.exists:
            self.job.update(state=QUEUED, message=sentence, details={HAS_WAITED: True})
            self.written = time.monotonic()
        self.last = sentence
