from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from engine.functional import losses
from tests.functional.losses.cases import assert_equals, assert_gradient


@pytest.mark.parametrize("delta", [1.0, 0.1])
def test_huber_equals_torch_with_its_gradient(delta):
    predictions = np.random.default_rng(3).normal(0, delta, (9, 2))
    theirs = partial(F.huber_loss, delta=delta)
    assert_equals(partial(losses.huber, delta=delta), theirs, predictions, torch.zeros(9, 2).double())


@pytest.mark.parametrize("loss", [losses.mean_squared_error, losses.mean_absolute_error, losses.huber])
def test_hand_written_gradients_of_numbers_equal_autograd(loss):
    rng = np.random.default_rng(5)
    predictions, targets = rng.normal(0, 2, (2, 9, 2))
    predictions[0] = targets[0]
    assert_gradient(loss, predictions, targets)
