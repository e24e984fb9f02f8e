import math

import numpy as np
import pandas as pd
import pytest
import torch

from engine.functional import metrics
from tests.functional.yes_no_predictions import METRICS, metrics_by_hand, random_predictions


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_exact_curve_equals_counting_by_hand_at_every_row_and_between(ties, dtype):
    probs, targets = random_predictions(n=15, c=4, ties=ties, dtype=dtype)
    curve = metrics.threshold_curve(probs, targets)
    assert list(curve) == ["threshold", *METRICS]
    starts = curve["threshold"].to_numpy()
    assert starts.tolist() == np.unique(np.append(probs.ravel(), dtype(0))).tolist()
    ends = np.append(starts[1:], dtype(1))
    for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
        for threshold in {start, start + (end - start) / 2}:
            expected = metrics_by_hand(probs, targets, threshold)
            assert curve.loc[row, METRICS].to_dict() == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(("n", "c"), [(3000, 30), (3000, 200)])  # the second is shared among the cores
def test_exact_curve_of_many_predictions_equals_the_metrics_at_random_rows(n, c):
    probs, targets = random_predictions(n=n, c=c, dtype=np.float32)
    curve = metrics.threshold_curve(probs, targets)
    assert curve["threshold"].tolist() == np.unique(np.append(probs, np.float32(0))).tolist()
    for row in np.random.default_rng(0).integers(0, len(curve), 25):
        expected = metrics.all_metrics(probs, targets, curve["threshold"][row])
        assert curve.loc[row, METRICS].to_dict() == pytest.approx(expected, nan_ok=True, abs=1e-12)


def test_curve_of_columns_of_another_array_and_of_minus_zero():
    probs, targets = random_predictions(n=30)
    transposed = np.ascontiguousarray(probs.T).T
    expected = metrics.threshold_curve(probs, targets)
    pd.testing.assert_frame_equal(metrics.threshold_curve(transposed, targets), expected)
    signed = metrics.threshold_curve([[-0.0, 0.5], [0.0, 1.0]], [[1, 0], [0, 1]])
    assert signed["threshold"].tolist() == [0, 0.5, 1]


def test_curve_starts_with_all_yes_and_ends_with_no_label():
    probs, targets = random_predictions()
    probs = probs * 0.5 + 0.2
    curve = metrics.threshold_curve(probs, targets)
    first, last = curve.iloc[0], curve.iloc[-1]
    assert first["threshold"] == 0 and first["accuracy"] == pytest.approx(metrics.all_yes_accuracy(targets))
    assert first["recall"] == 1
    assert last["accuracy"] == pytest.approx(metrics.do_nothing_accuracy(targets))
    assert last["skill"] == pytest.approx(0) and last["recall"] == 0 and math.isnan(last["precision"])


def test_given_thresholds_come_back_in_their_order_and_equal_accuracy_multi():
    probs, targets = random_predictions(dtype=np.float32, ties=True)
    thresholds = [0.9, 0.2, 0.5, 0.0, 1.0, 0.2]
    curve = metrics.threshold_curve(probs, targets, thresholds)
    assert curve["threshold"].tolist() == pytest.approx(thresholds)
    expected = [metrics.accuracy_multi(probs, targets, threshold) for threshold in thresholds]
    assert curve["accuracy"].tolist() == pytest.approx(expected)
    expected = [metrics.exact_match(probs, targets, threshold) for threshold in thresholds]
    assert curve["exact_match"].tolist() == pytest.approx(expected)


def test_curve_takes_torch_tensors_with_gradients():
    probs, targets = random_predictions()
    on_torch = metrics.threshold_curve(torch.tensor(probs, requires_grad=True), torch.tensor(targets).float())
    pd.testing.assert_frame_equal(on_torch, metrics.threshold_curve(probs, targets))


def test_targets_all_no_and_all_yes():
    probs, _ = random_predictions(n=5, c=2)
    no_label = metrics.threshold_curve(probs, np.zeros((5, 2), int))
    assert no_label["recall"].isna().all() and no_label["skill"].isna().all()
    assert no_label["exact_match"].iloc[-1] == 1
    every_label = metrics.threshold_curve(probs, np.ones((5, 2), int))
    assert every_label["exact_match"].iloc[0] == 1 and every_label["exact_match"].iloc[-1] == 0


def test_class_curves_are_the_curves_of_the_columns():
    probs, targets = random_predictions()
    curves = metrics.class_threshold_curves(probs, targets)
    assert len(curves) == 6
    for index, curve in enumerate(curves):
        pd.testing.assert_frame_equal(curve, metrics.threshold_curve(probs[:, [index]], targets[:, [index]]))


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_best_threshold_reaches_the_best_value(metric, dtype):
    for seed in range(5):
        probs, targets = random_predictions(seed, n=12, dtype=dtype)
        curve = metrics.threshold_curve(probs, targets)
        best = metrics.best_threshold(curve, metric)
        assert metrics.all_metrics(probs, targets, best)[metric] == pytest.approx(curve[metric].max())


def test_best_threshold_is_the_middle_of_the_widest_stretch():
    probs, targets = np.array([[0.1], [0.2], [0.8], [0.9]]), np.array([[0], [0], [1], [1]])
    assert metrics.best_threshold(metrics.threshold_curve(probs, targets)) == pytest.approx(0.5)


def test_of_several_best_stretches_the_widest_is_taken():
    probs, targets = np.array([[0.1], [0.2], [0.3], [0.8]]), np.array([[0], [1], [0], [1]])
    curve = metrics.threshold_curve(probs, targets)
    best = curve[curve["accuracy"] == curve["accuracy"].max()]
    assert best["threshold"].tolist() == [0.1, 0.3]  # from 0.1 to 0.2, and from 0.3 to 0.8
    assert metrics.best_threshold(curve) == pytest.approx(0.55)


def test_best_threshold_between_neighbouring_floats():
    low = np.float32(0.5)
    high = np.nextafter(low, np.float32(1))
    probs, targets = np.array([[low], [high]]), np.array([[0], [1]])
    best = metrics.best_threshold(metrics.threshold_curve(probs, targets))
    assert metrics.accuracy_multi(probs, targets, best) == 1


def test_best_thresholds_per_class_beat_the_global_one():
    probs, targets = random_predictions()
    targets[:, 3] = 0
    own = metrics.best_thresholds(probs, targets, "f1")
    assert own.shape == (6,) and not np.isnan(own[[0, 1, 2, 4, 5]]).any()
    only = [0, 1, 2, 4, 5]
    shared = metrics.best_threshold(metrics.threshold_curve(probs[:, only], targets[:, only]), "f1")
    for index in only:
        column = probs[:, [index]], targets[:, [index]]
        assert metrics.all_metrics(*column, own[index])["f1"] >= metrics.all_metrics(*column, shared)["f1"]


def test_best_thresholds_are_nan_where_a_class_has_no_value():
    own = metrics.best_thresholds([[0.3, 0.4]], [[1, 0]], "recall")
    assert own[0] == pytest.approx(0.15) and np.isnan(own[1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: metrics.threshold_curve([[-0.1]], [[1]]), "probs runs from -0.1.*apply the sigmoid first"),
        (lambda: metrics.threshold_curve([[np.nan]], [[1]]), "probs holds 1 NaN"),
        (lambda: metrics.threshold_curve([[0.5]], [[3]]), "targets holds numbers other"),
        (lambda: metrics.threshold_curve([0.5], [1]), r"probs has shape \(1,\)"),
        (lambda: metrics.threshold_curve(np.zeros((0, 3)), np.zeros((0, 3))), "probs is empty"),
        (lambda: metrics.threshold_curve([[0.5]], [[1]], [1.2]), r"thresholds.*outside \[0, 1\]"),
        (
            lambda: metrics.best_threshold(metrics.threshold_curve([[0.5]], [[1]]), "acuracy"),
            "metric is 'acuracy'; expected one of accuracy, skill",
        ),
        (
            lambda: metrics.best_threshold(metrics.threshold_curve([[0.5]], [[0]]), "recall"),
            "recall is NaN at every threshold",
        ),
    ],
)
def test_bad_input_is_named_with_its_fix(call, message):
    with pytest.raises(ValueError, match=message):
        call()
