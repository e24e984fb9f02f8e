"""Ridge regression in its dual form gives what scikit-learn's gives, and cross-validation what a loop gives."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from engine.functional import ridge


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    x = rng.normal(3.0, 1.0, size=(30, 12))
    return x, x[:, :2] @ np.array([[1.0, 0.2], [-0.5, 2]]) + rng.normal(size=(30, 2)) + 7


@pytest.mark.parametrize("penalty", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("rows", [30, 8])
def test_it_is_scikit_learns(data, penalty, rows):
    x, targets = (part[:rows] for part in data)
    model, expected = ridge.fit_ridge(x, targets, penalty), Ridge(alpha=penalty).fit(x, targets)
    np.testing.assert_allclose(model.weight, expected.coef_, atol=2e-3)
    np.testing.assert_allclose(x @ model.weight.T + model.bias, expected.predict(x), atol=2e-3)


@pytest.mark.parametrize("penalty", [0.1, 10.0])
def test_cross_validation_is_a_loop_over_the_folds(data, penalty):
    x, targets = data
    fold_of = np.random.default_rng(1).integers(0, 4, len(x))
    expected = np.empty_like(targets)
    for fold in range(4):
        train, test = fold_of != fold, fold_of == fold
        expected[test] = Ridge(alpha=penalty).fit(x[train], targets[train]).predict(x[test])
    found = ridge.cross_validated(ridge.gram(x, x), targets, fold_of, penalty)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_row_does_not_see_its_own_target(data):
    x, targets = data
    fold_of = np.arange(len(x)) % 5
    changed = targets.copy()
    changed[fold_of == 2] += 1000
    first, second = (ridge.cross_validated(ridge.gram(x, x), t, fold_of, 1.0) for t in (targets, changed))
    np.testing.assert_array_equal(first[fold_of == 2], second[fold_of == 2])
    assert np.abs(first - second)[fold_of != 2].min() > 1


def test_constant_features_predict_the_mean():
    model = ridge.fit_ridge(np.ones((4, 3)), np.array([[1.0], [2], [3], [6]]), 1.0)
    assert np.abs(model.weight).max() == 0 and model.bias[0] == 3


@pytest.mark.parametrize("penalty", [0.0, -1.0, float("nan")])
def test_a_penalty_must_be_positive(data, penalty):
    with pytest.raises(ValueError, match="penalty should be a positive number"):
        ridge.fit_ridge(*data, penalty)
