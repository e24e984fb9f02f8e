"""The Quick head of a dataset: features once per image, then the head that suits the task."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from engine.config import GRID_HEAD, TrainConfig
from engine.data import image_cache, target_encoding
from engine.data.formats import Dataset, DatasetError
from engine.data.splits.folds import folds
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from engine.training import features
from engine.training.backbones import GRID, POOLED, POOLED_AND_TEXTURE, TEXTURE, get, sessions
from engine.training.familiarity import pooled_grid
from engine.training.quick import label_head, point_head

MOST_POINT_IMAGES = 3000
"""More training images than these are not fitted to points at once: a seeded sample of them is."""

_NOT_MIRRORED = (
    "Mirrored images did not improve the points in cross-validation, so the head was fitted without them."
    " That is usual for a point on one side, such as a left eye."
)
_BLOCK = 256
Head = label_head.LabelHead | point_head.PointHead


class Fitted(NamedTuple):
    """A head, and for every image of the dataset the network's raw outputs (N, n_out) and features (N, F + T).

    The features are those of `engine.training.run_graph`: what the head sees, pooled, and then the texture.
    """

    head: Head
    outputs: np.ndarray
    features: np.ndarray


def fit_head(
    dataset: Dataset,
    config: TrainConfig,
    show: Callable[[str, float], object],
    note: Callable[[str], object],
) -> Fitted:
    """Fit the head that a configuration asks for to a dataset's training images.

    `show` hears what is being done and its share, `note` what a person should know. Raises `DatasetError` for images
    that cannot be read or too few of them, and `WeightsError` where the backbone is missing.
    """
    if int((~dataset.table["is_valid"]).sum()) < 2:
        raise DatasetError("Quick needs at least two training images, to choose how much to regularize.")
    return _FIT[config.task](dataset, config, show, note)


def rounded(head: Head) -> tuple[np.ndarray, np.ndarray]:
    """A head's weight and bias as they are saved, so that what is measured is the saved model."""
    return head.weight.astype(np.float16).astype(np.float64), head.bias.astype(np.float32).astype(np.float64)


def outputs_in_int8(dataset: Dataset, rows: np.ndarray, config: TrainConfig, head: Head) -> np.ndarray:
    """The raw outputs (M, n_out) for some rows of a dataset, by a head on the backbone in 8-bit integers."""
    backbone, output = get(config.weights), GRID if config.head == GRID_HEAD else POOLED
    size = config.size or backbone.size
    squares = image_cache.cached_images(dataset, size, lambda share: None, method=config.resize)
    seen = [sessions.run(backbone, [squares[row]], [output], int8=True)[0].reshape(1, -1) for row in rows]
    return _outputs(np.concatenate(seen), head)


def _fit_labels(dataset, config, show, note) -> Fitted:
    backbone = get(config.weights)
    options = {"size": config.size, "resize": config.resize, "output": POOLED_AND_TEXTURE}
    both = features.of_dataset(dataset, show, backbone, **options)
    seen = both[:, : -backbone.texture_columns]
    train = dataset.part(valid=False)
    head = label_head.fit(
        seen[~dataset.table["is_valid"].to_numpy(bool)],
        train.targets(),
        folds(train, seed=config.seed),
        config.task,
        config.balance,
        lambda share: show("fitting the head", share),
    )
    return Fitted(head, _outputs(seen, head), both)


def _fit_points(dataset, config, show, note) -> Fitted:
    seen, mirrored = (
        features.of_dataset(dataset, show, get(config.weights), size=config.size, output=GRID, mirror=mirror)
        for mirror in (False, True)
    )
    train = dataset.part(valid=False)
    rows = np.flatnonzero(~dataset.table["is_valid"].to_numpy(bool))
    kept = np.arange(len(rows))
    if len(rows) > MOST_POINT_IMAGES:
        kept = np.sort(np.random.default_rng(config.seed).permutation(len(rows))[:MOST_POINT_IMAGES])
        note(
            f"The head is fitted to {MOST_POINT_IMAGES:,} of the {len(rows):,} training images, chosen at random."
        )
    head = point_head.fit(
        seen[rows[kept]],
        target_encoding.encode(train)[kept],
        folds(train, seed=config.seed)[kept],
        mirrored[rows[kept]],
        lambda share: show("fitting the head", share),
    )
    if not head.uses_mirrored:
        note(_NOT_MIRRORED)
    texture = features.of_dataset(dataset, show, get(config.weights), size=config.size, output=TEXTURE)
    both = np.concatenate([pooled_grid(seen), texture], axis=1)
    return Fitted(head, _outputs(seen.reshape(len(seen), -1), head), both)


_FIT: dict[str, Callable[..., Fitted]] = {
    SINGLE_LABEL: _fit_labels,
    MULTI_LABEL: _fit_labels,
    POINTS: _fit_points,
}


def _outputs(seen: np.ndarray, head: Head) -> np.ndarray:
    weight, bias = rounded(head)
    weight32 = weight.T.astype(np.float32)
    blocks = [
        np.asarray(seen[at : at + _BLOCK], np.float32) @ weight32 + bias.astype(np.float32)
        for at in range(0, len(seen), _BLOCK)
    ]
    return np.concatenate(blocks)
