"""Logistic regression for many classes at once gives what scikit-learn's gives for one after the other."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from engine.functional.logistic_regression import SIGMOID, SOFTMAX, LogisticProblem, balanced_weights

NEAR = {"atol": 2e-3, "rtol": 0}


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 6))
    targets = (x[:, :3] + rng.normal(size=(80, 3)) > (0, 0.5, 1.5)).astype(float)
    return x, targets


def theirs(penalty, **options):
    return LogisticRegression(C=1 / penalty, tol=1e-8, max_iter=5000, **options)


def one_of(x, classes=3):
    """(N, C): each row's class depends on its features."""
    return np.eye(classes)[(x[:, :classes] + 0.3 * x[:, 3:4]).argmax(axis=1)]


@pytest.mark.parametrize("penalty", [0.1, 1.0, 30.0])
def test_each_class_is_scikit_learns(data, penalty):
    x, targets = data
    model = LogisticProblem(x, targets).fit(penalty)
    for at, column in enumerate(targets.T):
        expected = theirs(penalty).fit(x, column)
        np.testing.assert_allclose(model.weight[at], expected.coef_[0], **NEAR)
        assert model.bias[at] == pytest.approx(expected.intercept_[0], abs=2e-3)


@pytest.mark.parametrize("penalty", [0.1, 3.0])
def test_classes_that_exclude_each_other_are_scikit_learns_multinomial(data, penalty):
    x, targets = data[0], one_of(data[0])
    model = LogisticProblem(x, targets, SOFTMAX).fit(penalty)
    expected = theirs(penalty).fit(x, targets.argmax(axis=1))
    shift = (
        model.bias.mean() - expected.intercept_.mean()
    )  # the same for every class: it changes no probability
    np.testing.assert_allclose(model.weight, expected.coef_, **NEAR)
    np.testing.assert_allclose(model.bias - shift, expected.intercept_, **NEAR)


def test_more_features_than_images_are_solved_in_the_row_space():
    rng = np.random.default_rng(1)
    x, targets = rng.normal(size=(20, 200)), rng.integers(0, 2, (20, 2)).astype(float)
    model = LogisticProblem(x, targets).fit(2.0)
    for at, column in enumerate(targets.T):
        np.testing.assert_allclose(model.weight[at], theirs(2.0).fit(x, column).coef_[0], **NEAR)


def test_sample_weights_are_scikit_learns(data):
    x, targets = data
    weights = np.random.default_rng(2).uniform(0.2, 3, (len(x), 1))
    model = LogisticProblem(x, targets, sample_weights=weights).fit(1.0)
    expected = theirs(1.0).fit(x, targets[:, 1], sample_weight=weights[:, 0])
    np.testing.assert_allclose(model.weight[1], expected.coef_[0], **NEAR)


def test_balanced_weights_are_scikit_learns_balanced_classes(data):
    x, targets = data[0], one_of(data[0])
    targets[:30] = (1, 0, 0)
    weights = balanced_weights(targets, SOFTMAX)
    expected = theirs(1.0, class_weight="balanced").fit(x, targets.argmax(axis=1))
    np.testing.assert_allclose(
        LogisticProblem(x, targets, SOFTMAX, weights).fit(1.0).weight, expected.coef_, **NEAR
    )
    binary = LogisticProblem(x, targets, SIGMOID, balanced_weights(targets)).fit(1.0)
    expected = theirs(1.0, class_weight="balanced").fit(x, targets[:, 0])
    np.testing.assert_allclose(binary.weight[0], expected.coef_[0], **NEAR)


def test_balanced_weights_are_torchs_pos_weight_up_to_a_factor(data):
    targets, logits = torch.tensor(data[1]), torch.tensor(data[0][:, :3])
    weights = torch.tensor(balanced_weights(data[1]))
    negatives, positives = (1 - targets).sum(0), targets.sum(0)
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    ours = (weights * loss(logits, targets, reduction="none")).sum(0)
    theirs_ = loss(logits, targets, pos_weight=negatives / positives, reduction="none").sum(0)
    torch.testing.assert_close(ours, theirs_ * len(targets) / (2 * negatives))
    assert weights.mean(0).tolist() == pytest.approx([1, 1, 1])


def test_a_class_that_is_never_or_always_present_is_predicted_so_without_weights_that_matter(data):
    targets = np.column_stack([np.zeros(80), np.ones(80), data[1][:, 0]])
    model = LogisticProblem(data[0], targets).fit(1.0)
    logits = model.logits(data[0])
    assert np.isfinite(logits).all() and (logits[:, 0] < -3).all() and (logits[:, 1] > 3).all()
    assert np.abs(model.weight[:2]).max() < 0.02
    assert (balanced_weights(targets)[:, :2] == 1).all()


def test_constant_features_say_nothing(data):
    targets = data[1][:, :1]
    model = LogisticProblem(np.zeros((80, 4)), targets).fit(1.0)
    share = targets.mean()
    assert model.bias[0] == pytest.approx(np.log(share / (1 - share)), abs=1e-3)
    assert np.abs(model.weight).max() == 0
    wide = LogisticProblem(np.zeros((5, 9)), targets[:5]).fit(1.0)
    assert wide.weight.shape == (1, 9) and np.isfinite(wide.bias).all()


@pytest.mark.parametrize(
    ("given", "penalty", "message"),
    [
        ((np.ones((3, 2)), np.ones((2, 1))), 1.0, r"\(3, 2\) and \(2, 1\)"),
        ((np.ones(3), np.ones((3, 1))), 1.0, r"should be \(N, F\)"),
        ((np.ones((0, 2)), np.ones((0, 1))), 1.0, "N > 0"),
        ((np.ones((3, 2)), np.ones((3, 1))), 0.0, "penalty should be a positive number; got 0.0"),
        ((np.ones((3, 2)), np.ones((3, 1))), float("nan"), "penalty should be a positive number; got nan"),
        ((np.full((3, 2), np.inf), np.ones((3, 1))), 1.0, "not finite"),
    ],
)
def test_what_cannot_be_fitted_is_one_sentence(given, penalty, message):
    with pytest.raises(ValueError, match=message):
        LogisticProblem(*given).fit(penalty)
