"""Heights of labels next to a chart, spread so that none overlap."""

import numpy as np


def spread(values: list[float], gap: float, low: float) -> list[float]:
    """Spread heights until neighbours are `gap` apart and none is below `low` + half a gap."""
    from_top = sorted(range(len(values)), key=lambda place: -values[place])
    heights, ceiling = {}, np.inf
    for place in from_top:
        heights[place] = ceiling = min(values[place], ceiling - gap)
    floor = low - gap / 2
    for place in reversed(from_top):
        heights[place] = floor = max(heights[place], floor + gap)
    return [heights[place] for place in range(len(values))]
