"""The distance to the nearest few of many vectors of length 1."""

import numpy as np

NEIGHBOURS = 3
_FEW_QUERIES = 4
"""Up to so many vectors are measured on one thread."""


def distance(queries: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """The mean Euclidean distance (M,) of vectors (M, F) to the nearest `NEIGHBOURS` of `reference` (N, F)."""
    count = min(NEIGHBOURS, len(reference))
    few = len(queries) <= _FEW_QUERIES  # threads of BLAS would wait for each other longer than that takes
    products = np.vecdot(queries[:, None], reference) if few else queries @ reference.T
    squared = np.maximum(2 - 2 * products, 0)
    return np.sqrt(np.partition(squared, count - 1, axis=1)[:, :count]).mean(axis=1).astype(float)


def normalized(features: np.ndarray) -> np.ndarray:
    """The vectors (N, F) divided by their length."""
    return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
