"""The head for points: ridge regression on the grid of features, its penalty chosen by cross-validation.

Pooled features forget where things are; on the grid every cell has weights of its own. Two things make up for the few
images that people have. Mirrored images, with mirrored points, double what there is to learn from; cross-validation
decides whether they take part, since the mirror image of a left eye is a right eye. And the grid is blurred a little
before the fit, because neighbouring cells should mean nearly the same. The blur is linear and symmetric, so that it
becomes part of the weights, and the head is one linear layer on the grid as it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter

from engine.functional import ridge

PENALTIES = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
"""In units of the mean squared length of the centered features."""

BLUR_CELLS = 0.75
"""Standard deviation of the Gaussian blur in cells; cross-validated on two sets of photographs, it took 15 to 20% off
the squared error of no blur (see benchmarks/LOG.md)."""

_PATIENCE = 2
_SHARE_OF_PLAIN, _SHARE_OF_SEARCH = 0.15, 0.95
"""Of the time: to search without mirrored images, which takes an eighth of a search with them, and to search at all."""


@dataclass(frozen=True)
class PointHead:
    """A trained head and how it was found.

    Attributes:
        weight, bias: (2, F) and (2,), on the flattened grid, to unit coordinates.
        penalty: the one with the lowest cross-validated squared error.
        tried: penalty -> mean squared error over unit coordinates, cross-validated.
        held_out_points: (N, 2), each training image's point by a head that did not see its fold.
        uses_mirrored: whether mirrored images lowered that error, and took part.
    """

    weight: np.ndarray
    bias: np.ndarray
    penalty: float
    tried: dict[float, float]
    held_out_points: np.ndarray
    uses_mirrored: bool = False


class _Search(NamedTuple):
    """Penalty -> the cross-validated squared error and the held-out points (N, 2); and the best penalty."""

    tried: dict[float, float]
    held_out: dict[float, np.ndarray]

    @property
    def best(self) -> float:
        return min(self.tried, key=lambda penalty: self.tried[penalty])

    @property
    def error(self) -> float:
        return self.tried[self.best]


def fit(
    grids: np.ndarray,
    points_unit: np.ndarray,
    fold_of: np.ndarray,
    mirrored: np.ndarray | None = None,
    tell: Callable[[float], object] = lambda share: None,
) -> PointHead:
    """Fit a head to grids (N, C, h, w) of the training images and their points (N, 2) over -1..1.

    `mirrored` are the grids of the same images, flipped left to right. `fold_of` (N,) is the fold of each image. `tell`
    hears the share that is done, 0 to 1.
    """
    count, shape = len(grids), grids.shape[1:]
    x = blurred(grids).reshape(count, -1)
    targets, folds = np.asarray(points_unit, np.float64), np.asarray(fold_of)
    if mirrored is not None:
        x = np.concatenate([x, blurred(mirrored).reshape(count, -1)])
        targets, folds = np.concatenate([targets, targets * (-1, 1)]), np.concatenate([folds, folds])
    products = ridge.gram(x, x)
    until = _SHARE_OF_SEARCH if mirrored is None else _SHARE_OF_PLAIN
    search, rows = (
        _search(products[:count, :count], targets[:count], folds[:count], count, 0, until, tell),
        count,
    )
    if mirrored is not None:
        of_both = _search(products, targets, folds, count, until, _SHARE_OF_SEARCH, tell)
        if of_both.error < search.error:
            search, rows = of_both, len(x)
    penalty = search.best * _mean_squared_length(products[:rows, :rows])
    model = ridge.fit_ridge(x[:rows], targets[:rows], penalty)
    tell(1.0)
    weight = blurred(model.weight.reshape(-1, *shape)).reshape(len(model.weight), -1)
    held_out = search.held_out[search.best]
    return PointHead(weight, model.bias, search.best, search.tried, held_out, rows > count)


def _search(
    products: np.ndarray,
    targets: np.ndarray,
    folds: np.ndarray,
    count: int,
    start: float,
    end: float,
    tell: Callable[[float], object],
) -> _Search:
    """Cross-validate the penalties on the first `count` rows, the largest first, until the error has risen twice.

    `tell` hears shares of the work from `start` to `end`.
    """
    unit = _mean_squared_length(products)
    search = _Search({}, {})
    for step, penalty in enumerate(PENALTIES, start=1):
        points = ridge.cross_validated(products, targets, folds, penalty * unit)[:count]
        search.tried[penalty] = float(((points - targets[:count]) ** 2).mean())
        search.held_out[penalty] = points
        tell(start + (end - start) * step / len(PENALTIES))
        if len(search.tried) - 1 - int(np.argmin(list(search.tried.values()))) >= _PATIENCE:
            break
    return search


def blurred(grids: np.ndarray) -> np.ndarray:
    """Grids (N, C, h, w) with each channel blurred over its cells, float32."""
    return gaussian_filter(np.asarray(grids, np.float32), (0, 0, BLUR_CELLS, BLUR_CELLS), mode="constant")


def _mean_squared_length(products: np.ndarray) -> float:
    """Of the centered rows whose uncentered inner products (N, N) these are."""
    return float(max(np.trace(products) / len(products) - products.mean(), 1e-12))
