"""Choosing thresholds, and how they perform on other images."""

import numpy as np
import pytest

from engine.functional import metrics
from engine.functional.threshold_tuning import choose_thresholds, metrics_on_other_half

RNG = np.random.default_rng(5)
TARGETS = (RNG.random((80, 5)) < 0.3).astype(np.uint8)
PROBS = np.clip(TARGETS * 0.35 + RNG.random((80, 5)) * 0.65, 0, 1)


@pytest.mark.parametrize("metric", ["accuracy", "f1", "exact_match"])
def test_one_for_all_is_as_good_as_any_of_a_fine_grid(metric):
    chosen = choose_thresholds(PROBS, TARGETS, metric, per_class=False)
    assert len(set(chosen)) == 1
    reached = metrics.all_metrics(PROBS, TARGETS, chosen)[metric]
    on_grid = metrics.threshold_curve(PROBS, TARGETS, np.linspace(0, 1, 2001))[metric].max()
    assert reached >= on_grid


def test_one_for_each_class_is_as_good_as_any_for_that_class():
    chosen = choose_thresholds(PROBS, TARGETS, "f1", per_class=True)
    for place in range(5):
        probs, targets = PROBS[:, place : place + 1], TARGETS[:, place : place + 1]
        best = max(metrics.all_metrics(probs, targets, t)["f1"] for t in np.linspace(0, 0.999, 1000))
        assert metrics.all_metrics(probs, targets, chosen[place])["f1"] >= best


def test_a_class_without_positives_gets_a_half():
    targets = TARGETS.copy()
    targets[:, 2] = 0
    assert choose_thresholds(PROBS, targets, "f1", per_class=True)[2] == 0.5


def test_what_is_chosen_on_one_half_is_scored_on_the_other():
    """Halves with opposite best thresholds: what either half teaches is wrong for the other."""
    targets = np.array([[1], [1], [0], [0]] * 4, np.uint8)
    probs = np.array([[0.4], [0.9], [0.3], [0.6]] * 4)
    chosen = choose_thresholds(probs[::2], targets[::2], "accuracy", per_class=False)
    assert metrics.accuracy_multi(probs[1::2], targets[1::2], chosen) == 0.5
    scores = metrics_on_other_half(probs, targets, "accuracy", per_class=False)
    assert scores["accuracy"] == pytest.approx(0.5)


def test_on_pure_chance_the_other_half_keeps_less_than_was_promised():
    rng = np.random.default_rng(0)
    targets = (rng.random((60, 8)) < 0.3).astype(np.uint8)
    probs = rng.random((60, 8))
    promised = metrics.all_metrics(probs, targets, choose_thresholds(probs, targets, "f1", per_class=True))[
        "f1"
    ]
    assert metrics_on_other_half(probs, targets, "f1", per_class=True)["f1"] < promised


def test_one_image_cannot_be_halved():
    with pytest.raises(ValueError, match="expected at least 2"):
        metrics_on_other_half(PROBS[:1], TARGETS[:1], "f1", per_class=False)
