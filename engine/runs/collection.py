"""All runs on this machine that the current user may read, and new ones."""

from pathlib import Path

from engine import paths
from engine.config import TrainConfig
from engine.jobs import shares, user_scope
from engine.jobs.atomic_write import write_text
from engine.jobs.job import Job
from engine.jobs.readers import DATA
from engine.runs import files
from engine.runs.errors import RunError
from engine.runs.run import Run


def create(config: TrainConfig, folder: Path) -> Run:
    """A new run that is not trained yet. Raises `RunError` where there is a run already."""
    if (folder / files.CONFIG).exists():
        raise RunError(f"There is a run in {folder} already: choose another --out, or delete that folder.")
    write_text(folder / files.CONFIG, config.to_json())
    Job(folder).create(**{DATA: config.data})
    return Run(folder)


def all_runs() -> list[Run]:
    """Every run that can be read: the bundled ones, then the user's own by name, then what a teacher shares."""
    folders = [*_folders(paths.BUNDLED_RUNS), *_folders(user_scope.own_folder(paths.runs_folder()))]
    return _readable([*folders, *sorted(shares.of_others(shares.RUN))])


def ready_runs(task: str | None = None) -> list[Run]:
    """The finished and complete runs (of one task), the bundled ones first."""
    return [run for run in all_runs() if task in (None, run.task) and not run.problems()]


def _folders(parent: Path) -> list[Path]:
    return sorted(parent.iterdir()) if parent.is_dir() else []


def _readable(folders: list[Path]) -> list[Run]:
    readable = []
    for folder in folders:
        try:
            readable.append(Run(folder))
        except RunError:
            continue
    return readable
