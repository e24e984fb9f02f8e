"""Things that belong together because pairs of them do, directly or through others."""

from __future__ import annotations

import numpy as np


def connected(pairs: np.ndarray, count: int) -> np.ndarray:
    """(N,) the number of the group of each of `count` things, of which the pairs (M, 2) of places belong together.

    >>> connected(np.array([[0, 2], [2, 3]]), 5).tolist()
    [0, 1, 0, 0, 2]
    """
    from scipy.sparse import coo_array  # slow to load, and needed late
    from scipy.sparse.csgraph import connected_components

    start, end = np.asarray(pairs, int).reshape(-1, 2).T
    joined = coo_array((np.ones(len(start), bool), (start, end)), shape=(count, count))
    return connected_components(joined, directed=False)[1]
