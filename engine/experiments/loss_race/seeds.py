"""Races over several seeds: their mean, the band that they span, and how far apart losses must be to differ.

Another seed means other initial weights and another order of the batches. Two losses tie where another seed, or other
validation images, could well reverse their order.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from engine.experiments.loss_race.uncertainty import STANDARD_ERRORS

COUNT = 3
"""So many seeds are raced."""


class Band(NamedTuple):
    """A score over epochs (E + 1,): its mean over the seeds, and the lowest and highest of them."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def end(self) -> float:
        """The mean after the last epoch."""
        return float(self.mean[-1])


def seeds_from(first: int) -> tuple[int, ...]:
    """The seeds of a race whose first seed is given."""
    return tuple(range(first, first + COUNT))


def joined(scores: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The scores of each seed's race, one below the other, with a column `seed` of 0, 1, ..."""
    return pd.concat([one.assign(seed=at) for at, one in enumerate(scores)], ignore_index=True)


def band(scores: pd.DataFrame, lane: str, metric: str) -> Band:
    """A lane's score by epoch from `joined` scores."""
    by_seed = by_epoch(scores, lane, metric)
    return Band(by_seed.mean(axis=0), by_seed.min(axis=0), by_seed.max(axis=0))


def by_epoch(scores: pd.DataFrame, lane: str, metric: str) -> np.ndarray:
    """A lane's score of each seed at each epoch, (S, E + 1)."""
    rows = scores[scores["lane"] == lane]
    return rows[metric].to_numpy(float).reshape(rows["seed"].nunique(), -1)


def last_of(scores: pd.DataFrame, metric: str) -> np.ndarray:
    """Each seed's and lane's score after the last epoch, (S, H), lanes in their order."""
    return np.stack([by_epoch(scores, lane, metric)[:, -1] for lane in scores["lane"].unique()], axis=1)


def margins(ends: np.ndarray, over_images: np.ndarray) -> np.ndarray:
    """How far apart two lanes, or a lane and the baseline, must be to differ, (H + 1, H + 1).

    `ends` (S, H) are the scores of each seed; `over_images` (H + 1, H + 1) are the margins of `uncertainty`. The spread
    of a difference over the seeds and its spread over resampled images are independent, so their squares add up.
    """
    with_baseline = np.column_stack([np.nan_to_num(ends), np.zeros(len(ends))])
    if len(ends) < 2:
        return over_images
    differences = with_baseline[:, :, None] - with_baseline[:, None]
    return np.hypot(over_images, STANDARD_ERRORS * differences.std(axis=0, ddof=1))
