"""Read a dataset of the library in another way, or go back to what was recognized."""

from __future__ import annotations

from pathlib import Path

from engine import tasks
from engine.data import library
from engine.data.formats import detect
from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.detect_format import DetectedFormat
from engine.data.formats.read_options import ReadOptions
from engine.data.library import LibraryDataset

AS_RECOGNIZED = ReadOptions()


def read_with(dataset: LibraryDataset, chosen_options: ReadOptions) -> LibraryDataset:
    """Read a dataset with these options; what they leave open is recognized again.

    The task stays where the new reading serves it and no image is lost by it. A dataset that is undecided stays so
    where the options leave other readings open. Raises `DatasetError` where it cannot be read so, and
    `AmbiguousError` where a dataset that was decided would be undecided; the dataset then stays as it is.
    """
    try:
        seen = detect(_data(dataset), options=chosen_options)
    except AmbiguousError as error:
        if not dataset.is_undecided:
            raise
        return _undecided(dataset, chosen_options, error)
    return _keep(dataset, chosen_options, seen, _task(dataset, seen))


def read_as_recognized(dataset: LibraryDataset) -> LibraryDataset:
    """Forget everything that was said about how to read a dataset, also the task.

    A dataset that can be read in two ways is undecided again. Raises `DatasetError` where nothing is recognized.
    """
    try:
        seen = detect(_data(dataset))
    except AmbiguousError as error:
        return _undecided(dataset, AS_RECOGNIZED, error)
    return _keep(dataset, AS_RECOGNIZED, seen, seen.task)


def _undecided(dataset: LibraryDataset, chosen_options: ReadOptions, error: AmbiguousError) -> LibraryDataset:
    return library.change(
        dataset,
        options=chosen_options,
        chosen_options=chosen_options,
        reasons=(error.question,),
        other_formats=(),
    )


def _keep(
    dataset: LibraryDataset, chosen_options: ReadOptions, seen: DetectedFormat, task: str
) -> LibraryDataset:
    return library.change(
        dataset,
        options=seen.options,
        chosen_options=chosen_options,
        task=task,
        reasons=seen.reasons,
        other_formats=seen.other_formats,
    )


def _task(dataset: LibraryDataset, seen: DetectedFormat) -> str:
    """The dataset's task, unless the reading does not serve it, or images have several labels and would be lost."""
    loses_images = tasks.get(dataset.task).has_one_label and tasks.get(seen.task).allows_several_labels
    return (
        seen.task if dataset.is_undecided or loses_images or dataset.task not in seen.tasks else dataset.task
    )


def _data(dataset: LibraryDataset) -> Path:
    """The data themselves, as the manifest names them; the reader asks whether the user may read them."""
    return dataset.manifest.data_of(dataset.folder)
