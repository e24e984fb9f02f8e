"""Which runs are on the same data: a run on samples says nothing about another dataset."""

from collections.abc import Iterable
from pathlib import Path

from engine import paths
from engine.runs.run import Run


def place(data: str) -> Path:
    """Where a configuration's data lie; a relative path begins in the project's folder.

    What can be no path, such as text with NUL, stays as it is.
    """
    given = paths.ROOT / data
    try:
        return given.resolve()
    except (OSError, ValueError):
        return given


def on(data: str, task: str, among: Iterable[Run]) -> list[Run]:
    """The runs that were trained on some data for a task, in their order."""
    wanted = place(data)
    return [run for run in among if run.task == task and place(run.config.data) == wanted]
