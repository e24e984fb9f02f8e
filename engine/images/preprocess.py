"""Square images as a normalized batch for a network. Loads torch only where tensors are requested."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from engine.functional.arrays import together

if TYPE_CHECKING:
    from torch import Tensor

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
Stats = tuple[Sequence[float], Sequence[float]]
"""Mean and standard deviation of each channel, of images scaled to 0..1."""

IMAGENET: Stats = (IMAGENET_MEAN, IMAGENET_STD)


def to_batch(images: Sequence[np.ndarray] | np.ndarray, stats: Stats = IMAGENET) -> "Tensor":
    """Squares (N, size, size, 3) uint8 as a (N, 3, size, size) float32 tensor, normalized."""
    return normalise(as_floats(images), stats)


def to_array(images: Sequence[np.ndarray] | np.ndarray, stats: Stats = IMAGENET) -> np.ndarray:
    """The same as a NumPy array."""
    return normalise(_from_0_to_1(images), stats)


def as_floats(images: Sequence[np.ndarray] | np.ndarray) -> "Tensor":
    """Images (N, size, size, 3) uint8 as a (N, 3, size, size) float32 tensor from 0 to 1."""
    import torch

    return torch.from_numpy(_from_0_to_1(images))


def normalise(batch, stats: Stats = IMAGENET):
    """A batch (N, 3, H, W) of 0 to 1, array or tensor, minus the mean and divided by the standard deviation."""
    xp, batch = together(batch=batch)
    mean, std = (
        xp.reshape(xp.asarray(values, dtype=batch.dtype, device=batch.device), (3, 1, 1)) for values in stats
    )
    return (batch - mean) / std


def _from_0_to_1(images: Sequence[np.ndarray] | np.ndarray) -> np.ndarray:
    return np.stack(list(images)).transpose(0, 3, 1, 2).astype(np.float32) / np.float32(255)
