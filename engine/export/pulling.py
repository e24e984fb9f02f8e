"""A run from object storage among the runs of this machine."""

from __future__ import annotations

from engine import paths
from engine.data.storage.filesystem import last_name
from engine.jobs import quota, user_scope
from engine.jobs.temporary import temporary_folder
from engine.runs import Run, RunError, in_storage
from engine.training import launch


def pull(address: str, name: str | None = None) -> Run:
    """The run at an address as a run here, under its own name or another, made unique by a number.

    Raises `RunError` or `StorageError`, and leaves nothing behind.
    """
    quota.check(RunError)
    parent = user_scope.own_folder(paths.runs_folder())
    wanted = parent / launch.checked_name(name or last_name(address, "run"))
    with (
        launch.in_words(f"The run at {address} could not be copied"),
        temporary_folder(parent, "pulling") as temporary,
    ):
        run = in_storage.fetch(address, temporary / "run")
        return Run(launch.put_in_own_place(run.folder, wanted, RunError))
