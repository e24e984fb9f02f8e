"""What a network learns from: a dataset's targets as numbers, in the shape that the losses of its task take."""

from collections.abc import Callable

import numpy as np

from engine import tasks
from engine.data.formats import Dataset
from engine.functional.coordinates import to_unit
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL


def encode(dataset: Dataset) -> np.ndarray:
    """The targets of N rows as `engine.tasks.Task.target_shape` says.

    The class index (N,) for a single label, 0 and 1 (N, C) float32 for several, -1..1 (N, 2) float64 for points.
    """
    return _ENCODERS[dataset.task](dataset)


def encode_columns(dataset: Dataset) -> np.ndarray:
    """The same with one column for each output of a network: 0 and 1 (N, C) for labels, -1..1 (N, 2) for points."""
    return dataset.targets() if tasks.get(dataset.task).has_labels else encode(dataset)


_ENCODERS: dict[str, Callable[[Dataset], np.ndarray]] = {
    SINGLE_LABEL: lambda dataset: dataset.targets().argmax(axis=1),
    MULTI_LABEL: lambda dataset: dataset.targets().astype(np.float32),
    POINTS: lambda dataset: to_unit(dataset.points_px(), dataset.sizes_wh()),
}
