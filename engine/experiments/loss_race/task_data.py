"""The data of a race: features and targets of a dataset's training and validation part."""

from dataclasses import dataclass

import numpy as np

from engine.data import target_encoding
from engine.data.formats import Dataset

_LEAST_VARIANCE = 1e-5


@dataclass(frozen=True)
class Course:
    """Features (N, F) float32 and targets (N, C) float32 of the training and the validation part.

    Each feature has mean 0 and deviation 1 over the training part, which is what the batch norm in fastai's head does,
    here with the whole part as one batch. Targets are 0 and 1 for labels, -1..1 for points.

    Attributes:
        train, valid: the two parts of the dataset, in the order of the rows below.
        mean, deviation: (F,), what `standardised` subtracts and divides by.
        watched_features: (M, F), of images whose predictions are kept at every epoch, without targets.
    """

    task: str
    train: Dataset
    valid: Dataset
    train_features: np.ndarray
    train_targets: np.ndarray
    valid_features: np.ndarray
    valid_targets: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    watched_features: np.ndarray | None = None

    @classmethod
    def of(cls, dataset: Dataset, features: np.ndarray) -> "Course":
        """A dataset with the features (N, F) of its images, in the order of its table."""
        is_valid = dataset.table["is_valid"].to_numpy(bool)
        train, valid = dataset.part(valid=False), dataset.part(valid=True)
        train_features = np.asarray(features[~is_valid], np.float32)
        mean, deviation = train_features.mean(axis=0), np.sqrt(train_features.var(axis=0) + _LEAST_VARIANCE)
        return cls(
            dataset.task,
            train,
            valid,
            (train_features - mean) / deviation,
            target_encoding.encode_columns(train).astype(np.float32),
            (np.asarray(features[is_valid], np.float32) - mean) / deviation,
            target_encoding.encode_columns(valid).astype(np.float32),
            mean,
            deviation,
        )

    def standardised(self, features: np.ndarray) -> np.ndarray:
        """Features (..., F) of any image, standardised for the heads."""
        return (features - self.mean) / self.deviation
