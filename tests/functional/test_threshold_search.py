"""The threshold for a wanted recall or precision is the one that a plain search over all steps finds."""

import numpy as np
import pytest

from engine.functional import metrics
from engine.functional.threshold_search import PRECISION, RECALL, grid, threshold_with

RNG = np.random.default_rng(5)
TARGETS = (RNG.random((60, 5)) < 0.25).astype(np.uint8)
PROBS = np.clip(0.35 * TARGETS + RNG.random((60, 5)) * 0.65, 0, 1)
CURVE = metrics.threshold_curve(PROBS, TARGETS, grid())


def test_the_steps_are_those_of_the_slider():
    assert len(grid()) == 101 and (grid()[0], grid()[90], grid()[-1]) == (0, 0.9, 1)


@pytest.mark.parametrize("wanted", [0.0, 0.5, 0.9, 1.0])
def test_recall_gets_the_highest_threshold_and_precision_the_lowest(wanted):
    for metric, choose in ((RECALL, max), (PRECISION, min)):
        reached = [step for step in grid() if metrics.all_metrics(PROBS, TARGETS, step)[metric] >= wanted]
        assert threshold_with(CURVE, metric, wanted) == choose(reached)


def test_one_step_further_misses_what_was_wanted():
    at = threshold_with(CURVE, RECALL, 0.9)
    assert metrics.all_metrics(PROBS, TARGETS, at)["recall"] >= 0.9
    assert metrics.all_metrics(PROBS, TARGETS, round(at + 0.01, 2))["recall"] < 0.9


def test_a_precision_that_nothing_reaches_has_no_threshold():
    curve = metrics.threshold_curve([[0.9], [0.2]], [[0], [1]], grid())
    assert threshold_with(curve, PRECISION, 0.9) is None


def test_other_metrics_and_values_are_refused():
    with pytest.raises(ValueError, match="metric is 'f1'; expected recall or precision"):
        threshold_with(CURVE, "f1", 0.5)
    with pytest.raises(ValueError, match=r"at_least is 1\.2"):
        threshold_with(CURVE, RECALL, 1.2)
