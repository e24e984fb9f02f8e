import math
from functools import partial

import numpy as np
import pytest
import torch
from torchvision.ops import sigmoid_focal_loss

from engine.functional import losses
from tests.functional.losses.cases import ASYMMETRIC, HUGE, assert_equals, sigmoid_by_hand


def focal_by_hand(logit, target, gamma, alpha):
    """Equation 5 of Lin et al. 2017."""
    prob = sigmoid_by_hand(logit)
    p_t, alpha_t = (prob, alpha) if target == 1 else (1 - prob, 1 - alpha)
    return -alpha_t * (1 - p_t) ** gamma * math.log(p_t)


def asymmetric_by_hand(logit, target, gamma_pos, gamma_neg, margin):
    """Equations 5 to 7 of Ridnik et al. 2021."""
    prob = sigmoid_by_hand(logit)
    if target == 1:
        return -((1 - prob) ** gamma_pos) * math.log(prob)
    shifted = max(prob - margin, 0)
    return -(shifted**gamma_neg) * math.log(1 - shifted)


def terms_by_hand(formula, yes_no, *settings):
    """The terms (N, C) of a formula, one entry after another."""
    pairs = [zip(*row, strict=True) for row in zip(*yes_no, strict=True)]
    return np.array([[formula(logit, target, *settings) for logit, target in row] for row in pairs])


@pytest.mark.parametrize(("gamma", "alpha"), [(2, 0.25), (0.5, 0.6), (0, 0.5), (5, 1.0)])
def test_focal_loss_is_the_papers_formula_and_torchvisions(yes_no, gamma, alpha):
    expected = terms_by_hand(focal_by_hand, yes_no, gamma, alpha)
    assert np.allclose(losses.focal_loss(*yes_no, gamma, alpha, "none"), expected)
    ours = partial(losses.focal_loss, gamma=gamma, alpha=alpha)
    theirs = partial(sigmoid_focal_loss, gamma=gamma, alpha=alpha, reduction="mean")
    assert_equals(ours, theirs, torch.tensor(yes_no[0]), torch.tensor(yes_no[1]).double())


def test_focal_loss_without_focus_or_weights_is_binary_cross_entropy(yes_no):
    bce = losses.binary_cross_entropy(*yes_no, "none")
    assert np.allclose(losses.focal_loss(*yes_no, gamma=0, alpha=None, reduction="none"), bce)
    assert np.allclose(2 * losses.focal_loss(*yes_no, gamma=0, alpha=0.5, reduction="none"), bce)


def test_focal_loss_of_a_nearly_right_prediction_as_the_paper_states():
    """Section 3.2: with gamma 2 an example at p_t = 0.9 costs 100 times less than with cross-entropy."""
    logit = losses.logit([0.9])
    bce, focal = losses.binary_cross_entropy(logit, [1]), losses.focal_loss(logit, [1], 2, None)
    assert bce / focal == pytest.approx(100)


@pytest.mark.parametrize("settings", ASYMMETRIC)
def test_asymmetric_loss_is_the_papers_formula(yes_no, settings):
    expected = terms_by_hand(asymmetric_by_hand, yes_no, *settings)
    assert np.allclose(losses.asymmetric_loss(*yes_no, *settings, "none"), expected)
    assert losses.asymmetric_loss(*yes_no, *settings) == pytest.approx(expected.mean())


@pytest.mark.parametrize("settings", ASYMMETRIC)
def test_the_gradient_of_asymmetric_loss_is_its_slope(yes_no, settings):
    logits, targets = torch.tensor(yes_no[0], requires_grad=True), torch.tensor(yes_no[1])
    losses.asymmetric_loss(logits, targets, *settings, reduction="sum").backward()
    step = 1e-6
    above, below = (
        losses.asymmetric_loss(yes_no[0] + d, yes_no[1], *settings, "none") for d in (step, -step)
    )
    assert np.allclose(logits.grad, (above - below) / (2 * step), atol=1e-6)


def test_asymmetric_loss_with_nothing_asymmetric_is_binary_cross_entropy_or_focal(yes_no):
    bce = losses.binary_cross_entropy(*yes_no, "none")
    assert np.allclose(losses.asymmetric_loss(*yes_no, 0, 0, 0, "none"), bce)
    focal = losses.focal_loss(*yes_no, 2, None, "none")
    assert np.allclose(losses.asymmetric_loss(*yes_no, 2, 2, 0, "none"), focal)


def test_asymmetric_loss_charges_nothing_for_an_absent_class_within_the_margin():
    logits = losses.logit([0.04, 0.05, 0.5])
    assert losses.asymmetric_loss(logits, [0, 0, 0], reduction="none").tolist() == [
        0,
        0,
        pytest.approx(0.45**4 * -math.log(0.55)),
    ]


def test_focal_and_asymmetric_at_a_thousand_are_exact():
    assert losses.focal_loss(HUGE, [[1, 0, 0]], 2, None, "none")[0, [0, 2]].tolist() == [1000, 1000]
    assert losses.asymmetric_loss(HUGE, [[1, 0, 0]], margin=0, reduction="none")[0, [0, 2]].tolist() == [
        1000,
        1000,
    ]
    assert losses.asymmetric_loss(HUGE, [[0, 0, 0]], 0, 0, 0.05, "none")[0, 2] == pytest.approx(
        -math.log(0.05)
    )
