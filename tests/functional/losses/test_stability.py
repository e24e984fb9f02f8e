"""Every loss at logits of +-1000, where the naive formulas overflow, and the naive formulas themselves."""

import math

import numpy as np
import pytest
import torch

from engine.functional import losses
from tests.functional.losses.cases import BINARY, HUGE, MULTI_LABEL_LOSSES, assert_gradient


@pytest.mark.parametrize("loss", MULTI_LABEL_LOSSES)
@pytest.mark.parametrize("targets", [[[1, 1, 1]], [[0, 0, 0]], [[1, 0, 0]]])
def test_losses_and_gradients_at_a_thousand_are_finite(loss, targets):
    logits = torch.tensor(HUGE, dtype=torch.float32, requires_grad=True)
    value = loss(logits, torch.tensor(targets))
    value.backward()
    assert torch.isfinite(value) and torch.isfinite(logits.grad).all()
    assert float(value.detach()) == pytest.approx(float(loss(HUGE, targets)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_a_thousand_are_exact(dtype):
    logits = HUGE.astype(dtype)
    assert losses.sigmoid(logits).tolist() == [[0, 0.5, 1]]
    assert losses.softmax(logits).tolist() == [[0, 0, 1]]
    assert losses.log_softmax(logits).tolist() == [[-2000, -1000, 0]]
    assert losses.binary_cross_entropy(logits, [[1, 0, 0]], "none") == pytest.approx(
        np.array([[1000, math.log(2), 1000]])
    )
    assert losses.binary_cross_entropy(logits, [[0, 1, 1]], "none")[0, [0, 2]].tolist() == [0, 0]
    assert losses.cross_entropy(logits, [0]) == 2000
    assert losses.sigmoid(logits).dtype == dtype


def test_gradients_at_a_thousand_and_at_zero_are_finite_and_right():
    logits = torch.tensor([-1000.0, 0.0, 1000.0], requires_grad=True)
    losses.sigmoid(logits).sum().backward()
    assert logits.grad.tolist() == [0, 0.25, 0]
    logits.grad = None
    losses.binary_cross_entropy(logits, torch.tensor([1, 1, 0]), "sum").backward()
    assert logits.grad.tolist() == [-1, -0.5, 1]


@pytest.mark.parametrize("loss", [*BINARY, *MULTI_LABEL_LOSSES])
@pytest.mark.parametrize("targets", [[[1, 1, 1]], [[0, 0, 0]], [[1, 0, 0]]])
def test_hand_written_gradients_at_a_thousand_are_those_of_autograd(loss, targets):
    assert_gradient(loss, HUGE, np.array(targets))


def test_the_naive_formulas_agree_until_they_overflow(yes_no, one_class):
    logits, targets = yes_no
    assert np.allclose(losses.naive_sigmoid(logits), losses.sigmoid(logits))
    assert np.allclose(losses.naive_softmax(logits), losses.softmax(logits))
    assert losses.naive_binary_cross_entropy(logits, targets) == pytest.approx(
        losses.binary_cross_entropy(logits, targets)
    )
    assert losses.naive_cross_entropy(*one_class) == pytest.approx(losses.cross_entropy(*one_class))
    assert np.isnan(losses.naive_softmax(HUGE)[0, 2])
    assert np.isinf(losses.naive_binary_cross_entropy(HUGE, [[1, 0, 0]]))
    assert not np.isfinite(losses.naive_cross_entropy(HUGE, [2]))
