"""Image files that turn out to be damaged: where they are few, work goes on without them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from engine.data.formats import Dataset, DatasetError
from engine.data.formats.bad_rows import are_few, set_aside
from engine.data.formats.checks import LEAST_FOR_TRAINING
from engine.data.formats.phrases import SHOWN

T = TypeVar("T")


class UnreadableImagesError(DatasetError):
    """Images of a dataset cannot be read: `errors` has a sentence for each file."""

    def __init__(self, errors: Mapping[Path, str]):
        self.errors = dict(errors)
        super().__init__(sorted(errors.values()))


def with_readable(dataset: Dataset, work: Callable[[Dataset], T]) -> T:
    """What `work` makes of a dataset, or of what remains of it without the images that it cannot read.

    The work is told of them by a note of the dataset. Raises `UnreadableImagesError` where more than half of the
    images cannot be read, or too few remain for training or for validation.
    """
    try:
        return work(dataset)
    except UnreadableImagesError as error:
        return work(_without(dataset, error))


def _without(dataset: Dataset, error: UnreadableImagesError) -> Dataset:
    is_bad = [path in error.errors for path in dataset.paths()]
    kept = dataset.table[[not bad for bad in is_bad]].reset_index(drop=True)
    valid = int(kept["is_valid"].sum())
    if not are_few(sum(is_bad), len(is_bad)) or not valid or len(kept) - valid < LEAST_FOR_TRAINING:
        raise error
    told, more = error.problems[:SHOWN], len(error.problems) - SHOWN
    note = " ".join(
        [set_aside(sum(is_bad)), *told, *([f"{more:,} more cannot be read."] if more > 0 else [])]
    )
    return replace(dataset, table=kept, notes=(*dataset.notes, note))
