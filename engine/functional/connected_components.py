"""Connected components: groups of items that are linked by pairs, directly or through others."""

from __future__ import annotations

import numpy as np


def connected(pairs: np.ndarray, count: int) -> np.ndarray:
    """The group number (count,) of each of `count` items; `pairs` (M, 2) are indices of linked items.

    >>> connected(np.array([[0, 2], [2, 3]]), 5).tolist()
    [0, 1, 0, 0, 2]
    """
    from scipy.sparse import coo_array  # slow to load
    from scipy.sparse.csgraph import connected_components

    start, end = np.asarray(pairs, int).reshape(-1, 2).T
    joined = coo_array((np.ones(len(start), bool), (start, end)), shape=(count, count))
    return connected_components(joined, directed=False)[1]
