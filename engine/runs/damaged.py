"""Runs of the current user that are damaged: they are listed with the reason, and can be removed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine import paths
from engine.functional import label_text
from engine.jobs import user_scope
from engine.jobs.job import LOG, Job
from engine.jobs.status import ACTIVE, FAILED, MISSING, STATUS
from engine.runs import collection, files
from engine.runs.errors import RunError
from engine.runs.run import USABLE, Run

_OF_A_RUN = (
    STATUS,
    LOG,
    files.CONFIG,
    files.VOCAB,
    files.METRICS,
    files.WEIGHTS,
    files.HISTORY,
    files.PREDICTIONS,
)
"""A folder with any of these is a run, or was one."""


@dataclass(frozen=True)
class DamagedRun:
    """A folder that is no run any more, or a run with damaged files, and why, in one sentence."""

    folder: Path
    reason: str

    @property
    def title(self) -> str:
        return label_text.visible(self.folder.name)


def damaged() -> list[DamagedRun]:
    """The user's own runs that cannot be read, or that have ended and lack or have changed something since."""
    folders = collection.folders(user_scope.own_folder(paths.runs_folder()))
    return [DamagedRun(folder, why) for folder in folders if (why := _reason(folder))]


def remove(one: DamagedRun) -> None:
    """Remove a damaged run with all that is left of it. Raises `RunError` while it is active, and `OSError`."""
    if Job(one.folder).is_active:
        raise RunError(f"The run {one.title!r} is running: stop it first.")
    collection.discard(one.folder)


def reason(run: Run) -> str:
    """Why a run that has ended is damaged, in one sentence; "" where it is whole, or still active."""
    if run.state in USABLE and (problems := run.problems()):
        title = label_text.visible(run.folder.name)
        return f"The run {title!r} is damaged ({'; '.join(problems)}): remove it, and train it again."
    return ""


def _reason(folder: Path) -> str:
    """Why a folder is a damaged run; "" where it is a whole one, or none."""
    if not any((folder / name).is_file() for name in _OF_A_RUN):
        return ""
    title, state = label_text.visible(folder.name), Job(folder).status
    try:
        run = Run(folder)
    except RunError as error:
        return "" if state.state in ACTIVE else f"{str(error).rstrip('.')}. Remove it, and train it again."
    if state.state == FAILED and state.message == MISSING:
        return f"The run {title!r} is damaged ({MISSING}): resume it to train it to its end, or remove it."
    return reason(run)
