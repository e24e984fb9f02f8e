"""An export before it is written: its contents, and everything that the format cannot represent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine import tasks
from engine.data.exports.export_format import Contents, ExportFormat, Limitation
from engine.data.exports.limitations import no_groups, too_large
from engine.data.exports.read_back import require_same
from engine.data.exports.registry import format_for
from engine.data.formats import Dataset, DatasetError, load
from engine.tasks import MULTI_LABEL


@dataclass(frozen=True)
class ExportPlan:
    """What an export would hold.

    Attributes: `dataset`, what is exported; `task` and `name`, those of the `format`; `contents`; `limitations`, what
    the format cannot represent of this dataset, a sentence each; `size`, the bytes of the images.
    """

    dataset: Dataset
    task: str
    name: str
    contents: Contents
    limitations: tuple[Limitation, ...]
    size: int

    @property
    def format(self) -> ExportFormat:
        return format_for(self.task, self.name)


def plan_of(path: Path, task: str, name: str) -> ExportPlan:
    """The export of the dataset at a path. Raises `DatasetError` or `ExportError`."""
    return plan_export(record_to_export(path, task), task, name)


def record_to_export(path: Path, task: str) -> Dataset:
    """The record of a dataset with everything that is known of it.

    For one label per image these are also the images with none or several, which the task does not use, for
    training; the notes are those that hold with and without them. Raises `DatasetError`.
    """
    record = load(path, task)
    if not tasks.get(task).has_one_label:
        return record
    try:
        whole = load(path, MULTI_LABEL)
    except DatasetError:
        return record
    is_valid = dict(zip(record.table["fname"], record.table["is_valid"], strict=True))
    table = whole.table.assign(is_valid=[bool(is_valid.get(fname, False)) for fname in whole.table["fname"]])
    notes = tuple(note for note in whole.notes if note in record.notes)
    return Dataset(whole.name, whole.task, whole.folder, pd.DataFrame(table), whole.vocab, notes)


def plan_export(dataset: Dataset, task: str, name: str) -> ExportPlan:
    """Make the contents of an export and prove that an import reads them as the same record.

    `task` is the one whose formats count; the dataset may hold more than it uses. Raises `ExportError` where the
    format does not serve the task, or cannot hold the dataset.
    """
    target = format_for(task, name)
    made = target.make(dataset)
    require_same(dataset, made, target)
    size = sum(_bytes(dataset.folder / fname) for fname in made.images.values())
    limitations = (
        *made.limitations,
        *([] if target.keeps_groups else no_groups(dataset, target.short_title)),
        *too_large(made, size),
    )
    return ExportPlan(dataset, task, name, made, limitations, size)


def _bytes(image: Path) -> int:
    try:
        return image.stat().st_size
    except OSError:
        return 0
