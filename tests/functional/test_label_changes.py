"""How labels change when thresholds move."""

import numpy as np
import pytest

from engine.functional.label_changes import (
    GAINED,
    KEPT,
    LOST,
    MISSED,
    count_changes,
    label_changes,
    least_sure,
)


@pytest.mark.parametrize(
    ("before", "now", "present", "kind", "is_right"),
    [
        (1, 1, 1, KEPT, True),
        (1, 1, 0, KEPT, False),
        (0, 1, 1, GAINED, True),
        (0, 1, 0, GAINED, False),
        (1, 0, 1, LOST, False),
        (1, 0, 0, LOST, True),
        (0, 0, 1, MISSED, False),
    ],
)
def test_every_case(before, now, present, kind, is_right):
    [change] = label_changes([before], [now], [present])
    assert (change.class_index, change.change, change.is_right) == (0, kind, is_right)


def test_a_label_that_is_neither_predicted_nor_present_is_not_listed():
    assert label_changes([0, 0], [0, 1], [0, 0])[0].class_index == 1


def test_counts_are_the_lists_added_up():
    rng = np.random.default_rng(0)
    before, now, targets = rng.integers(0, 2, (3, 40, 5))
    listed = [label for rows in zip(before, now, targets, strict=True) for label in label_changes(*rows)]
    for change, (total, right) in count_changes(before, now, targets).items():
        of_kind = [label for label in listed if label.change == change]
        assert (total, right) == (len(of_kind), sum(label.is_right for label in of_kind))


def test_the_least_sure_images_come_first():
    probs = np.array([[0.9, 0.99], [0.2, 0.55], [0.49, 0.01], [0.0, 1.0]])
    assert least_sure(probs, 3).tolist() == [2, 1, 0]
