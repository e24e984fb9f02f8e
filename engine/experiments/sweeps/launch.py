"""Sweeps as background jobs, which outlive the server that started them."""

from pathlib import Path

from engine.data import chosen_data
from engine.experiments.sweeps.config import SweepConfig
from engine.experiments.sweeps.errors import SweepError
from engine.experiments.sweeps.folder import CONFIG, Sweep, sweeps_folder
from engine.jobs import access, executors, quota
from engine.jobs.atomic_write import trouble, write_text
from engine.jobs.cluster.placement import NO_DEVICE
from engine.jobs.readers import DATA
from engine.jobs.status import FINISHED
from engine.jobs.temporary import temporary_name
from engine.runs import collection
from engine.training import launch, preflight

COMMAND = ("engine", "sweep", "resume")


def create(config: SweepConfig, folder: Path) -> Sweep:
    """A new sweep in a folder that is not there yet. Raises `SweepError` and `RunError`."""
    chosen_data.resolve(config.base.data)
    preflight.check(config.baseline)
    try:
        write_text(folder / CONFIG, config.to_json())
        sweep = Sweep(folder)
        sweep.create(**{DATA: config.base.data})
        return sweep
    except OSError as error:
        raise SweepError(f"The sweep {folder.name!r} could not be begun: {trouble(error)}.") from error


def start(config: SweepConfig, name: str) -> Sweep:
    """Begin a sweep of that name (made unique by a number) in a process of its own.

    Raises `SweepError`, and `RunError` for data that cannot be trained on.
    """
    access.locate(config.base.data, SweepError)
    wanted = sweeps_folder() / launch.checked_name(name)
    quota.check(SweepError)
    building = wanted.with_name(temporary_name(wanted.name))
    create(config, building)
    try:
        folder = launch.put_in_place(building, wanted)
    except OSError as error:
        raise SweepError(f"The sweep {name!r} could not be begun: {trouble(error)}.") from error
    return resume(Sweep(folder))


def resume(sweep: Sweep) -> Sweep:
    """Let a sweep go on in a process of its own, from the trial at which it ended. Raises `SweepError`."""
    access.authorize(sweep.folder, SweepError, to_write=True)
    if sweep.state == FINISHED:
        raise SweepError(f"The sweep {sweep.name!r} has finished: there is nothing to continue.")
    data = {DATA: sweep.config.base.data}
    try:
        command = (*COMMAND, str(sweep.folder.resolve()), "--in-background")
        begun = sweep.start(*command, executor=executors.chosen(), device=NO_DEVICE, **data)
    except OSError as error:
        raise SweepError(f"The sweep {sweep.name!r} could not be continued: {trouble(error)}.") from error
    if not begun:
        raise SweepError(f"The sweep {sweep.name!r} is already running.")
    return sweep


def stop(sweep: Sweep) -> None:
    """Ask a sweep to end after the current batch and to keep what it has done."""
    access.authorize(sweep.folder, SweepError, to_write=True)
    sweep.request_stop()


def delete(sweep: Sweep) -> None:
    """Remove a sweep with the runs of its trials. Raises `SweepError` while it runs."""
    access.authorize(sweep.folder, SweepError, to_write=True)
    if sweep.is_active:
        raise SweepError(f"The sweep {sweep.name!r} is running: stop it first.")
    try:
        collection.discard(sweep.folder)
    except OSError as error:
        raise SweepError(f"The sweep {sweep.name!r} could not be deleted: {trouble(error)}.") from error
