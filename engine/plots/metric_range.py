"""How far the axis of a metric reaches: around its values, and never beyond what the metric can be."""

from collections.abc import Iterable

import numpy as np

ROOM = 0.08
"""The share of the values' range that is left free on either side."""
_LEAST_ROOM = 0.05
"""Room around values that are all alike, as a share of the value."""


def around(values: Iterable[float], is_share: bool) -> list[float]:
    """The ends of an axis for finite `values`: within 0 and 1 for a share such as accuracy, else from 0 on.

    >>> around([0.9, 1.0], is_share=True), around([1.0, 1.0], is_share=True)
    ([0.892, 1.0], [0.95, 1.0])
    """
    finite = np.asarray(list(values), float)
    finite = finite[np.isfinite(finite)]
    if not len(finite):
        return [0.0, 1.0]
    low, high = float(finite.min()), float(finite.max())
    room = ROOM * (high - low) or _LEAST_ROOM * (abs(high) or 1)
    low, high = max(low - room, min(low, 0.0)), high + room
    return [round(low, 9), round(min(high, 1.0) if is_share else high, 9)]
