"""The images of a run, each for training or for validation, as its configuration says."""

from dataclasses import replace
from pathlib import Path

from engine.config import TrainConfig
from engine.data.formats import Dataset, DatasetError, load
from engine.data.splits.folds import FOLDS, folds

LEAST_TRAINING_IMAGES = 2 * FOLDS


def split_seed(config: TrainConfig) -> int:
    """What seeds a random split."""
    return config.seed if config.split_seed is None else config.split_seed


def load_for(config: TrainConfig, place: Path) -> Dataset:
    """The dataset at a place, split as a configuration says. Raises `DatasetError`."""
    dataset = load(place, config.task, seed=split_seed(config))
    return training_part(dataset) if config.within_training else dataset


def training_part(dataset: Dataset) -> Dataset:
    """The training images of a dataset alone, a fifth of which validates: the same ones every time.

    Groups stay together, and labels are spread evenly, as in cross-validation. Raises `DatasetError` for too few.
    """
    inside = dataset.part(valid=False)
    count = len(inside.table)
    if count < LEAST_TRAINING_IMAGES:
        raise DatasetError(
            f"A sweep splits the training images once more and needs at least {LEAST_TRAINING_IMAGES}, but there are "
            f"{count}: label more images, or hold out fewer."
        )
    held_out = folds(inside, seed=0) == 0
    return replace(inside, table=inside.table.assign(is_valid=held_out).reset_index(drop=True))
