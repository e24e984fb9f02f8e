"""What is on disk of a dataset and of a run on it: the facts that the workflow's steps follow from. No widget here."""

from pathlib import Path

from engine import paths, runs
from engine.data import edits
from engine.data.files import JOURNAL, MANIFEST
from engine.data.formats import DatasetError
from engine.data.library import LibraryDataset
from engine.runs import Run, RunError, files, same_data
from pages.parts.shared.workflow_steps import Facts

UNKNOWN = (0, 0)


def facts(
    dataset: LibraryDataset | None, run: Run | None, run_title: str = "", counts: tuple[int, int] = UNKNOWN
) -> Facts:
    """What the steps follow from; `counts` are the dataset's images and the unlabelled ones of them."""
    task = dataset.task if dataset else run.task if run else ""
    data = typed(dataset) if dataset else run.config.data if run else ""
    review_key, is_reviewed = _review(dataset, data, task) if data else ("", False)
    ready = run is not None and not run.problems()
    return Facts(
        task=task,
        dataset=dataset.name if dataset else "",
        data=data,
        images=counts[0],
        unlabelled=counts[1],
        run=run_title,
        run_state=run.state if run else "",
        is_ready=ready,
        has_thresholds=run is not None and (run.folder / files.THRESHOLDS).exists(),
        review_key=review_key,
        is_reviewed=is_reviewed,
        is_exported=run is not None and ready and _is_exported(run),
    )


def typed(dataset: LibraryDataset) -> str:
    """What `--data` gets: short where it lies inside the project, so that a link works on another machine as well."""
    return typed_path(dataset.data_path)


def typed_path(path: Path) -> str:
    """The same for any folder or table."""
    folder = path.resolve()
    return folder.relative_to(paths.ROOT).as_posix() if folder.is_relative_to(paths.ROOT) else str(folder)


def newest_run_on(dataset: LibraryDataset) -> Run | None:
    """The run that was trained last on a dataset, a ready one before any other; None where there is none."""
    place = dataset.data_path.resolve()
    on_it = [
        run
        for run in runs.all_runs()
        if run.task == dataset.task and same_data.place(run.config.data) == place
    ]
    return max(on_it, key=lambda run: (not run.problems(), _changed(run.folder)), default=None)


def dataset_of(run: Run, library: list[LibraryDataset]) -> LibraryDataset | None:
    """The dataset of the library that a run was trained on; None where it is none of them."""
    if run.is_imported:
        return None
    return dataset_at(run.config.data, library)


def dataset_at(data: str, library: list[LibraryDataset]) -> LibraryDataset | None:
    """The dataset of the library that a configuration's data are; None where they are none of them."""
    place = same_data.place(data)
    return next((one for one in library if one.data_path.resolve() == place), None)


def is_at(data: str, path: Path) -> bool:
    """Whether a configuration's data lie at a path."""
    return same_data.place(data) == path.resolve()


def version(dataset: LibraryDataset) -> tuple[int, int]:
    """Changes whenever the reading of a dataset or a decision about it does."""
    home = edits.home(dataset.data_path)
    return _changed(dataset.folder / MANIFEST), _changed(home / JOURNAL)


def counts(dataset: LibraryDataset) -> tuple[int, int]:
    """A dataset's images, and the unlabelled ones of them; `UNKNOWN` where it cannot be read."""
    from engine.data import annotation, bounded_read  # a lesson shows the steps, but reads no dataset

    try:
        source = bounded_read.read(dataset.data_path, annotation.read, dataset.data_path, dataset.task)
        sheet = annotation.Sheet(source, edits.read(edits.home(dataset.data_path)))
    except (DatasetError, ValueError, OSError):
        return UNKNOWN
    return len(sheet.fnames), len(sheet.without)


def _review(dataset: LibraryDataset | None, data: str, task: str) -> tuple[str, bool]:
    """The key of a dataset on the page Label review, and whether its ranking is there."""
    from engine.experiments.label_review import targets

    place = dataset.data_path.resolve() if dataset else same_data.place(data)
    for subject in targets.all_subjects():
        own = subject.entry.data_path if subject.entry and not subject.sample else subject.sample
        if subject.task == task and own is not None and own.resolve() == place:
            return subject.key, subject.job.is_ranked
    return "", False


def _is_exported(run: Run) -> bool:
    from engine.export.bundle.job import BundleJob
    from engine.jobs.status import FINISHED

    try:
        status = BundleJob(run).status
    except (RunError, OSError):
        return False
    return status is not None and status.state == FINISHED


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
