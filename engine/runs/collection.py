"""All runs on this machine that the current user may read, and new ones."""

import os
import shutil
from pathlib import Path

from engine import paths
from engine.config import TrainConfig
from engine.jobs import shares, user_scope
from engine.jobs.atomic_write import write_text
from engine.jobs.job import Job
from engine.jobs.readers import DATA
from engine.jobs.temporary import temporary_name
from engine.runs import files
from engine.runs.errors import RunError
from engine.runs.run import Run


def create(config: TrainConfig, folder: Path) -> Run:
    """A new run that is not trained yet. Raises `RunError` where there is a run already."""
    if (folder / files.CONFIG).exists():
        raise RunError(f"There is already a run in {folder}: choose another --out, or delete that folder.")
    write_text(folder / files.CONFIG, config.to_json())
    Job(folder).create(**{DATA: config.data})
    return Run(folder)


def all_runs() -> list[Run]:
    """Every run that can be read: the bundled ones, then the user's own by name, then what a teacher shares."""
    own = [*folders(paths.BUNDLED_RUNS), *folders(user_scope.own_folder(paths.runs_folder()))]
    return _readable([*own, *sorted(shares.of_others(shares.RUN))])


def ready_runs(task: str | None = None) -> list[Run]:
    """The finished and complete runs (of one task), the bundled ones first."""
    return [run for run in all_runs() if task in (None, run.task) and not run.problems()]


def folders(parent: Path) -> list[Path]:
    """The folders that may hold a run, by name; hidden ones are something else, such as a run that is being removed."""
    if not parent.is_dir():
        return []
    return sorted(place for place in parent.iterdir() if place.is_dir() and not place.name.startswith("."))


def discard(folder: Path) -> None:
    """Remove a run's folder. A process that is killed meanwhile leaves what the next start removes.

    Raises `OSError` where it cannot be removed; it is then as it was.
    """
    aside = folder.with_name(temporary_name(folder.name))
    os.rename(folder, aside)
    shutil.rmtree(aside, ignore_errors=True)


def _readable(places: list[Path]) -> list[Run]:
    readable = []
    for folder in places:
        try:
            readable.append(Run(folder))
        except RunError:
            continue
    return readable
