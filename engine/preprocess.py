"""How squeezed pictures become the batch of numbers that a network takes."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def to_batch(pictures: Sequence[np.ndarray]) -> Tensor:
    """Squeezed pictures as (N, 3, size, size) float32, normalised with ImageNet's mean and deviation."""
    return normalise(as_floats(pictures))


def as_floats(pictures: Sequence[np.ndarray]) -> Tensor:
    """Squeezed pictures as (N, 3, size, size) float32 from 0 to 1."""
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float().div_(255)


def normalise(batch: Tensor) -> Tensor:
    """A batch of 0 to 1 with ImageNet's mean taken off, over ImageNet's deviation."""
    mean, std = (
        torch.tensor(stats, device=batch.device).view(3, 1, 1) for stats in (IMAGENET_MEAN, IMAGENET_STD)
    )
    return (batch - mean) / std
