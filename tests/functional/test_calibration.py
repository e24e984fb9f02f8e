"""Calibration against slow references, torch and the properties that it should have."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, softmax

from engine.functional.calibration import (
    HIGHEST,
    LOWEST,
    calibration_loss,
    expected_calibration_error,
    fit_temperature,
    reliability_curve,
)

FIXED = settings(deadline=None, max_examples=40, derandomize=True)


def drawn(seed, count=400, classes=4, matrix=False):
    """Logits and targets that are drawn from them at temperature 1."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (count, classes))
    if matrix:
        return logits, (rng.random(logits.shape) < expit(logits)).astype(np.uint8)
    return logits, np.array([rng.choice(classes, p=row) for row in softmax(logits, axis=1)])


def slow_error(probs, targets, bins):
    """The definition with loops: every bin's gap times the share of the questions that fall into it."""
    if targets.ndim == 1:
        pairs = [
            (max(row), float(np.argmax(row) == target)) for row, target in zip(probs, targets, strict=True)
        ]
    else:
        pairs = list(zip(probs.ravel().tolist(), targets.ravel().astype(float).tolist(), strict=True))
    total = 0.0
    for at in range(bins):
        low, high = at / bins, (at + 1) / bins
        inside = [(c, r) for c, r in pairs if low < c <= high or (at == 0 and c == 0)]
        if inside:
            gap = sum(r for _, r in inside) / len(inside) - sum(c for c, _ in inside) / len(inside)
            total += len(inside) / len(pairs) * abs(gap)
    return total


@FIXED
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 5), st.integers(1, 20), st.booleans())
def test_the_error_equals_its_definition(seed, count, classes, bins, matrix):
    logits, targets = drawn(seed, count, classes, matrix)
    probs = expit(logits) if matrix else softmax(logits, axis=1)
    assert expected_calibration_error(probs, targets, bins) == pytest.approx(slow_error(probs, targets, bins))
    curve = reliability_curve(probs, targets, bins)
    assert list(curve) == ["confidence", "accuracy", "count"]
    assert curve["count"].sum() == (count * classes if matrix else count)
    assert len(curve) <= bins and curve["confidence"].is_monotonic_increasing


def test_the_error_by_hand():
    """Of three images at confidence 0.9 two are right: |2/3 - 0.9|."""
    probs = np.array([[0.9, 0.1]] * 3)
    assert expected_calibration_error(probs, np.array([0, 0, 1])) == pytest.approx(0.9 - 2 / 3)
    assert expected_calibration_error(np.array([[1.0, 0.0]]), np.array([[1, 0]])) == 0


def test_a_border_belongs_to_the_bin_below():
    curve = reliability_curve([[0.5], [0.500001], [0.0], [1.0]], np.array([[1], [0], [0], [1]]), bins=2)
    assert curve["count"].tolist() == [2, 2]


@pytest.mark.parametrize("matrix", [False, True])
def test_the_temperature_agrees_with_torchs_lbfgs_and_a_grid(matrix):
    torch = pytest.importorskip("torch")
    logits, targets = drawn(1, matrix=matrix)
    logits = logits * 3
    log_t = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([log_t], max_iter=200, tolerance_grad=1e-12, line_search_fn="strong_wolfe")
    loss_of = torch.nn.BCEWithLogitsLoss() if matrix else torch.nn.CrossEntropyLoss()
    given_targets = torch.as_tensor(targets, dtype=torch.float64 if matrix else torch.long)

    def closure():
        optimizer.zero_grad()
        loss = loss_of(torch.as_tensor(logits) / log_t.exp(), given_targets)
        loss.backward()
        return loss

    optimizer.step(closure)
    temperature = fit_temperature(logits, targets)
    assert temperature == pytest.approx(float(log_t.detach().exp()), rel=1e-4)
    assert calibration_loss(logits / temperature, targets) == pytest.approx(closure().item())
    assert temperature == pytest.approx(3, rel=0.15)
    grid = np.geomspace(0.5, 20, 400)
    best = min(grid, key=lambda each: calibration_loss(logits / each, targets))
    assert temperature == pytest.approx(best, rel=0.02)


@FIXED
@given(st.integers(0, 2**32 - 1), st.floats(0.2, 5), st.booleans())
def test_scaling_the_logits_scales_the_temperature(seed, scale, matrix):
    logits, targets = drawn(seed, 100, 3, matrix)
    one, other = fit_temperature(logits, targets), fit_temperature(logits * scale, targets)
    assert LOWEST <= one <= HIGHEST
    if LOWEST < one < HIGHEST and LOWEST < other < HIGHEST:
        assert other == pytest.approx(one * scale, rel=1e-5)


def test_extreme_data_gives_a_temperature_within_its_range():
    right = np.eye(3)[[0, 1, 2, 0]] * 5
    assert fit_temperature(right, np.array([0, 1, 2, 0])) == LOWEST  # separable: no error at all
    assert fit_temperature(right, np.array([1, 2, 0, 1])) == HIGHEST  # always wrong
    assert fit_temperature(np.zeros((4, 3)), np.array([0, 1, 2, 0])) == 1  # nothing depends on T
    assert fit_temperature(np.full((4, 3), 7.0), np.array([0, 1, 2, 0])) == 1
    assert fit_temperature(np.full((4, 1), 7.0), np.zeros(4, int)) == 1  # one class
    assert LOWEST < fit_temperature(right, np.array([0, 1, 2, 0]), prior_sd=1.0) < 1
    half_right = np.array([[2.0], [2.0], [2.0], [2.0]])
    assert fit_temperature(half_right, np.array([[1], [1], [1], [0]])) == pytest.approx(2 / np.log(3))


def test_large_logits_do_not_overflow():
    logits, targets = drawn(2, matrix=True)
    assert np.isfinite(fit_temperature(logits * 500, targets))
    assert np.isfinite(calibration_loss(logits * 500, targets))


@pytest.mark.parametrize(
    ("values", "targets", "says"),
    [
        ([[float("nan"), 0.1]], [0], "NaN"),
        ([[0.2, 0.8]], [2], "class indices from 0 to 1"),
        ([[0.2, 0.8]], [-1], "class indices"),
        ([[0.2, 0.8]], [[0, 2]], "0 and 1"),
        ([[0.2, 0.8]], [0, 1], r"targets has shape \(2,\)"),
        ([0.2, 0.8], [0, 1], r"expected \(N, C\)"),
        (np.empty((0, 2)), np.empty(0), "at least one image"),
    ],
)
def test_what_does_not_fit_is_refused(values, targets, says):
    for call in (expected_calibration_error, reliability_curve, fit_temperature):
        with pytest.raises(ValueError, match=says):
            call(values, np.asarray(targets))


def test_logits_are_not_taken_for_probabilities():
    with pytest.raises(ValueError, match="sigmoid or a softmax"):
        expected_calibration_error([[3.0, -1.0]], [0])
    with pytest.raises(ValueError, match="finite"):
        fit_temperature([[float("inf"), 0.0]], [0])
    with pytest.raises(ValueError, match="bins"):
        reliability_curve([[0.5, 0.5]], [0], bins=0)
