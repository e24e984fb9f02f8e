"""Names next to the curves of a chart, each where it touches no curve and no other name.

Places are found for a narrow screen, where a name takes the largest share of the width: on a wider one it is shorter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

LETTER_PX, LINE_PX = 7.2, 17
"""The size of a letter of 13 px text, and the height that a name needs."""
NARROW_PX = 285
"""The width of a chart on a phone of 390 px, without its margins."""
MOST_SLOPE = 2.0
"""A name stands where its curve rises or falls by at most so many lines of text: elsewhere it would be far from it."""
FAVOURITE = 0.7
"""The share of the width where a name stands best: in the middle a threshold of 0.5 would cross it."""
_PLACES = 45


class Label(NamedTuple):
    """A name with its centre (x, y)."""

    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Frame:
    """The ranges of a chart's axes and its height in pixels, without margins."""

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    height_px: float

    def size_of(self, name: str) -> tuple[float, float]:
        """The width and height of a name, in the units of the axes."""
        wide = (len(name) + 2) * LETTER_PX / NARROW_PX * (self.x_range[1] - self.x_range[0])
        return wide, LINE_PX / self.height_px * (self.y_range[1] - self.y_range[0])


def place(curves: Mapping[str, tuple[np.ndarray, np.ndarray]], frame: Frame) -> list[Label]:
    """A place for the name of each curve, (x, y) by name; a curve has none where no place is free."""
    labels: list[Label] = []
    for name in curves:
        free = [spot for spot in _spots(name, curves, frame) if not _overlaps_any(spot[1], labels, frame)]
        if free:
            labels.append(max(free)[1])
    return labels


def _spots(
    name: str, curves: Mapping[str, tuple[np.ndarray, np.ndarray]], frame: Frame
) -> list[tuple[float, Label]]:
    """Places above and below a curve that touch no other one, and how good each is."""
    (wide, high), (left, right) = frame.size_of(name), frame.x_range
    low, top = frame.y_range
    spots = []
    for x in np.linspace(left + wide / 2, right - wide / 2, _PLACES):
        reaches = {other: _reach(curve, x - wide / 2, x + wide / 2) for other, curve in curves.items()}
        lowest, highest = reaches.pop(name)
        if not highest - lowest <= MOST_SLOPE * high:
            continue
        for y in (highest + 0.8 * high, lowest - 0.8 * high):
            if not low + high / 2 <= y <= top - high / 2:
                continue
            gaps = [max(below - y, y - above) - high / 2 for below, above in reaches.values()]
            if (gap := min(gaps, default=high)) > 0:
                off = abs((x - left) / (right - left) - FAVOURITE)
                spots.append((min(gap, high) / high - off, Label(name, float(x), float(y))))
    return spots


def _reach(curve: tuple[np.ndarray, np.ndarray], left: float, right: float) -> tuple[float, float]:
    """The lowest and the highest value of a curve between two places, both included."""
    x, y = curve
    inside = y[(x >= left) & (x <= right)]
    values = np.append(inside, np.interp([left, right], x, y))
    known = values[~np.isnan(values)]
    return (float(known.min()), float(known.max())) if len(known) else (np.inf, -np.inf)


def _overlaps_any(label: Label, others: list[Label], frame: Frame) -> bool:
    return any(overlap(label, other, frame) for other in others)


def overlap(one: Label, other: Label, frame: Frame) -> bool:
    """Whether two names touch."""
    (wide, high), (other_wide, other_high) = frame.size_of(one.name), frame.size_of(other.name)
    return abs(one.x - other.x) < (wide + other_wide) / 2 and abs(one.y - other.y) < (high + other_high) / 2
