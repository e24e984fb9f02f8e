"""What becomes of labels when thresholds move."""

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
    ("before", "now", "present", "change", "is_right"),
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
def test_every_case(before, now, present, change, is_right):
    [found] = label_changes([before], [now], [present])
    assert (found.place, found.change, found.is_right) == (0, change, is_right)


def test_a_label_that_nobody_said_and_is_not_there_is_not_listed():
    assert label_changes([0, 0], [0, 1], [0, 0])[0].place == 1


def test_counts_are_the_lists_added_up():
    rng = np.random.default_rng(0)
    before, now, targets = rng.integers(0, 2, (3, 40, 5))
    listed = [one for rows in zip(before, now, targets, strict=True) for one in label_changes(*rows)]
    for change, (total, right) in count_changes(before, now, targets).items():
        of_kind = [one for one in listed if one.change == change]
        assert (total, right) == (len(of_kind), sum(one.is_right for one in of_kind))


def test_the_least_sure_pictures_come_first():
    probs = np.array([[0.9, 0.99], [0.2, 0.55], [0.49, 0.01], [0.0, 1.0]])
    assert least_sure(probs, 3).tolist() == [2, 1, 0]
