"""Decisions from probabilities, against a loop over classes."""

import numpy as np
import pytest

from engine.functional.decisions import decide
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL


def test_several_labels_are_those_above_their_thresholds():
    rng = np.random.default_rng(0)
    probs, thresholds = rng.random((50, 4)), rng.random(4)
    expected = [[prob > limit for prob, limit in zip(row, thresholds, strict=True)] for row in probs]
    assert decide(MULTI_LABEL, probs, thresholds).tolist() == expected


def test_a_probability_at_its_threshold_is_a_no():
    probs = np.array([[0.1, 0.2]], np.float32)
    assert not decide(MULTI_LABEL, probs, [0.1, 0.2]).any()


def test_a_single_label_is_the_most_probable_class_however_low():
    probs = np.array([[0.2, 0.5, 0.3], [0.4, 0.2, 0.4]])
    assert decide(SINGLE_LABEL, probs, 0.99).tolist() == [[False, True, False], [True, False, False]]
    assert decide(SINGLE_LABEL, probs[0], 0.99).tolist() == [False, True, False]


def test_points_have_no_classes_to_decide_on():
    with pytest.raises(KeyError):
        decide(POINTS, [[0.1, 0.2]], 0.5)
