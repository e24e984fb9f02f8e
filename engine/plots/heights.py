"""Heights of labels beside a chart, moved apart so that none covers another."""

import numpy as np


def spread(values: list[float], gap: float, low: float) -> list[float]:
    """Move heights apart until neighbours are `gap` from each other and none is below `low` + half a gap."""
    from_top = sorted(range(len(values)), key=lambda place: -values[place])
    heights, ceiling = {}, np.inf
    for place in from_top:
        heights[place] = ceiling = min(values[place], ceiling - gap)
    floor = low - gap / 2
    for place in reversed(from_top):
        heights[place] = floor = max(heights[place], floor + gap)
    return [heights[place] for place in range(len(values))]
