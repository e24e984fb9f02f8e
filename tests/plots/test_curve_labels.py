"""Names of curves touch neither a curve nor each other, and are left out where there is no room."""

from itertools import combinations

import numpy as np
import pytest

from engine.plots.curve_labels import Frame, overlap, place

X = np.linspace(0, 1, 201)
CURVES = {
    "rises": (X, 0.2 + 0.4 * X),
    "falls": (X, 0.9 - 0.4 * X**2),
    "level": (np.array([0.0, 1.0]), np.array([0.45, 0.45])),
}
FRAME = Frame((0, 1), (0, 1), 300)


def boxes(labels, frame):
    """Each label's left, right, lower and upper edge."""
    for label in labels:
        wide, high = frame.size_of(label.name)
        yield label.x - wide / 2, label.x + wide / 2, label.y - high / 2, label.y + high / 2


@pytest.mark.parametrize("y_range", [(0, 1), (0.1, 1), (-1, 2)])
def test_no_name_stands_on_a_curve_or_on_another_name(y_range):
    frame = Frame((0, 1), y_range, 300)
    labels = place(CURVES, frame)
    assert [label.name for label in labels] == list(CURVES)
    for left, right, low, high in boxes(labels, frame):
        assert left >= -1e-9 and right <= 1 + 1e-9 and y_range[0] <= low and high <= y_range[1]
        for x, y in CURVES.values():
            inside = np.interp(np.linspace(left, right, 50), x, y)
            assert (inside < low).all() or (inside > high).all()
    assert not any(overlap(one, other, frame) for one, other in combinations(labels, 2))


def test_a_name_stands_next_to_its_own_curve():
    for label in place(CURVES, FRAME):
        x, y = CURVES[label.name]
        _, high = FRAME.size_of(label.name)
        assert abs(np.interp(label.x, x, y) - label.y) < 3 * high


def test_a_curve_without_room_has_no_name():
    crowd = {f"line {at}": (np.array([0.0, 1.0]), np.full(2, 0.02 * at)) for at in range(50)}
    assert len(place(crowd, FRAME)) < 3
    steep = {"cliff": (np.array([0.0, 0.5, 0.51, 1.0]), np.array([np.nan, np.nan, np.nan, np.nan]))}
    assert place(steep, FRAME) == []
