"""Points that lie further from where they are expected than points in that region of an image usually do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NEIGHBOURS = 30
FAR = 4.5
"""So many usual spreads away a point looks wrong."""

_NORMAL = 1.4826
"""Times the median absolute deviation: the standard deviation, if the residuals are normal."""

_LEAST_SHARE, _LEAST = 0.5, 1e-3


@dataclass(frozen=True)
class Far:
    """How far N points are off, measured by what is usual around them.

    Attributes: `z` (N,), the distance from the neighbours' median residual in usual spreads; `near` (N, K), the rows of
    the neighbours, the nearest first.
    """

    z: np.ndarray
    near: np.ndarray


def far(expected: np.ndarray, given: np.ndarray, neighbours: int = NEIGHBOURS) -> Far:
    """Compare each residual, given less expected (N, 2), with those of the images expected nearest to it.

    Neighbours are found by the expected places, since a given one may be wrong, and never include the point itself.
    Their median and median absolute deviation are moved little by a few wrong ones (Rousseeuw and Croux 1993). A
    region that fits suspiciously well has half the deviation of all, so that a tiny residual in it is no alarm.
    """
    from sklearn.neighbors import NearestNeighbors

    expected, given = np.asarray(expected, float), np.asarray(given, float)
    residuals = given - expected
    count = min(neighbours, len(residuals) - 1)
    if count < 1:
        raise ValueError("At least two points are needed: the others show what is usual.")
    near = NearestNeighbors(n_neighbors=count).fit(expected).kneighbors(return_distance=False)
    usual, spread = _middle(residuals[near], axis=1)
    least = np.maximum(_LEAST_SHARE * _middle(residuals, axis=0)[1], _LEAST)
    spread = np.maximum(spread, least)
    return Far(np.sqrt((((residuals - usual) / spread) ** 2).sum(axis=1)), near)


def _middle(values: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    median = np.median(values, axis=axis)
    off = np.abs(values - np.expand_dims(median, axis))
    return median, _NORMAL * np.median(off, axis=axis)
