"""The fitting: logistic regression, folds, thresholds, temperature, and the point head."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from engine.training.photo_models import folds, labels_head, logistic, point_head


@pytest.mark.parametrize("columns", [3, 90])
def test_logistic_regression_agrees_with_scikit_learn(columns):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(60, columns))
    targets = (rows[:, 0] + rng.normal(size=60) > 0.5).astype(int)
    weights, intercept = logistic.fit(rows, targets)
    reference = LogisticRegression(C=1, tol=1e-10, max_iter=10_000).fit(rows, targets)
    np.testing.assert_allclose(weights, reference.coef_[0], atol=2e-3)
    assert intercept == pytest.approx(reference.intercept_[0], abs=2e-3)


def test_folds_spread_rare_labels_and_keep_groups_together():
    targets = np.zeros((50, 2), int)
    targets[:5, 0] = targets[:30, 1] = 1
    fold = folds.of_labels(targets)
    assert sorted(fold[:5]) == [0, 1, 2, 3, 4]
    assert np.bincount(fold).tolist() == [10] * 5
    groups = np.repeat([f"p{number}" for number in range(10)], 4)
    by_group = folds.of_groups(groups)
    assert all(len(set(by_group[groups == group])) == 1 for group in set(groups))
    assert np.bincount(by_group).tolist() == [8] * 5


def test_a_temperature_undoes_overconfidence():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 1)) * 2
    targets = (rng.random(logits.shape) < 1 / (1 + np.exp(-logits))).astype(int)
    assert labels_head.fit_temperature(logits * 3, targets) == pytest.approx(3, rel=0.1)


def test_a_rare_label_takes_the_shared_threshold():
    probs = np.array([[0.9, 0.3], [0.8, 0.3], [0.4, 0.3], [0.1, 0.25]] * 20)
    targets = np.array([[1, 0], [1, 0], [0, 0], [0, 0]] * 20)
    first, second = labels_head.choose_thresholds(probs, targets)
    assert 0.4 <= first < 0.8 and 0.4 <= second < 0.8
    assert ((probs > [first, second]) == targets).all()


def test_the_head_uses_features_only_where_positives_are_enough():
    rng = np.random.default_rng(0)
    targets = (rng.random((80, 2)) < [0.5, 0.06]).astype(int)
    features = rng.normal(size=(80, 6)) + targets[:, :1] * 3
    scores = rng.normal(size=(80, 2)) + targets[:, 1:] * 3
    head = labels_head.fit(scores, features, targets)
    assert np.abs(head.feature_weight[:, 0]).max() > 0 and not head.feature_weight[:, 1].any()
    logits = head.logits(scores, features)
    assert logits[targets[:, 0] == 1, 0].mean() > 0 > logits[targets[:, 0] == 0, 0].mean()


def test_decoding_reads_the_cell_and_the_offset():
    cells = np.full((2, 3, 4, 6), -20.0)
    cells[:, 1:] = 0
    cells[0, 0, 2, 5] = 9
    cells[0, 1:, 2, 5] = 0.25, -0.5
    probs, points = point_head.decode(cells.reshape(2, -1), 4, 6)
    assert probs[0] == pytest.approx(1 / (1 + np.exp(-9)), abs=1e-6) and probs[1] < 1e-6
    np.testing.assert_allclose(points[0], (5.75 / 6, 2.0 / 4), atol=1e-6)


def test_the_point_head_finds_a_marked_cell_where_no_marker_was_in_training():
    rng = np.random.default_rng(0)
    grids = rng.normal(size=(260, 4, 6, 6)).astype(np.float32)
    points = np.full((260, 2), np.nan)
    for at in range(200):
        row, column = rng.integers(0, 3, 2)
        grids[at, 0, row, column] += 12
        points[at] = (column + 0.5) / 6, (row + 0.5) / 6
    head = point_head.fit(grids, points)
    test = rng.normal(size=(2, 4, 6, 6)).astype(np.float32)
    test[0, 0, 5, 4] += 12
    probs, found = point_head.decode(point_head.convolve(head, test), 6, 6)
    assert probs[0] > 0.5 > probs[1]
    np.testing.assert_allclose(found[0], (4.5 / 6, 5.5 / 6), atol=0.08)
