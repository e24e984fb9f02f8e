"""NumPy and torch agree, and the written-out gradients agree with autograd."""

import pytest
import torch

from engine.functional import losses
from tests.functional.losses.cases import ASYMMETRIC, BINARY, MULTI_LABEL_LOSSES, assert_gradient


def test_numpy_and_torch_give_the_same_numbers(yes_no, one_class):
    for loss in [*BINARY, *MULTI_LABEL_LOSSES]:
        assert loss(*yes_no) == pytest.approx(float(loss(*map(torch.tensor, yes_no))))
    assert losses.cross_entropy(*one_class) == pytest.approx(
        float(losses.cross_entropy(*map(torch.tensor, one_class)))
    )


@pytest.mark.parametrize("loss", [*BINARY, *MULTI_LABEL_LOSSES])
def test_hand_written_gradients_equal_autograd(loss, yes_no):
    targets = yes_no[1].copy()
    targets[0] = 0
    assert_gradient(loss, yes_no[0], targets)


@pytest.mark.parametrize("settings", ASYMMETRIC)
def test_hand_written_gradients_equal_autograd_at_every_setting(yes_no, settings):
    names = ("gamma_pos", "gamma_neg", "margin")
    assert_gradient(losses.asymmetric_loss, *yes_no, **dict(zip(names, settings, strict=True)))
    assert_gradient(losses.focal_loss, *yes_no, gamma=settings[1], alpha=None)
