"""How far the texture of images lies from that of training images: the Mahalanobis distance.

Texture means the mean and standard deviation of each channel of an early stage of the backbone. It hardly depends on
what an image shows, but tells drawings from photographs even where the photographs show everything (Lee and others,
"A Simple Unified Framework for Detecting Out-of-Distribution Samples", NeurIPS 2018).
"""

from dataclasses import dataclass

import numpy as np

_LEAST_SCALE = 1e-3


@dataclass(frozen=True)
class Texture:
    """The `mean` (T,) and `scale` (T,) of training images, and the `precision` (T, T) of the standardized numbers."""

    mean: np.ndarray
    scale: np.ndarray
    precision: np.ndarray

    def distance(self, texture: np.ndarray) -> np.ndarray:
        """The Mahalanobis distance (M,) of images by their texture (M, T)."""
        off = (np.asarray(texture, float) - self.mean) / self.scale
        return np.sqrt(np.maximum(((off @ self.precision) * off).sum(axis=1), 0))


def fit(texture: np.ndarray) -> Texture:
    """Fit to the texture (N, T) of training images; the covariance is shrunk as Ledoit and Wolf (2004) do."""
    from sklearn.covariance import ledoit_wolf

    texture = np.asarray(texture, float)
    mean, scale = texture.mean(axis=0), texture.std(axis=0) + _LEAST_SCALE
    covariance, _ = ledoit_wolf((texture - mean) / scale, assume_centered=True)
    return Texture(mean, scale, np.linalg.pinv(covariance, hermitian=True))
