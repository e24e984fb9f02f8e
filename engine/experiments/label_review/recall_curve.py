"""How many of the labels that are known to be wrong a ranking has found, next to what chance finds."""

import numpy as np


def found_curve(is_wrong) -> np.ndarray:
    """How many wrong ones are among the first 0, 1, ..., N: (N + 1,); `is_wrong` (N,) in the order of the ranking.

    >>> found_curve([True, False, True])
    array([0, 1, 1, 2])
    """
    return np.concatenate([[0], np.cumsum(np.asarray(is_wrong, int))])


def chance_curve(count: int, wrong: int) -> np.ndarray:
    """How many of `wrong` among `count` images are found on average in an order by chance: (count + 1,)."""
    return wrong * np.arange(count + 1) / max(count, 1)
