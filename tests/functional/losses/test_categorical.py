import math
from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from engine.functional import losses
from tests.functional.losses.cases import assert_equals, assert_gradient


def test_cross_entropy_by_hand(one_class):
    logits, index = one_class
    total = 0.0
    for row, right in zip(logits, index, strict=True):
        powers = [math.exp(logit) for logit in row]
        total -= math.log(powers[right] / sum(powers))
    assert losses.cross_entropy(logits, index) == pytest.approx(total / 7)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_cross_entropy_equals_torch_with_its_gradient(one_class, reduction):
    ours = partial(losses.cross_entropy, reduction=reduction)
    assert_equals(ours, partial(F.cross_entropy, reduction=reduction), *map(torch.tensor, one_class))


def test_cross_entropy_gradient_equals_autograd(one_class):
    assert_gradient(losses.cross_entropy, *one_class)


def test_shared_cross_entropy_equals_torch_with_shared_targets(yes_no):
    logits, targets = map(torch.tensor, yes_no)
    targets[0], targets[1] = 0, torch.tensor([1, 1, 1, 0, 0])
    shares = targets / targets.sum(1, keepdim=True).clamp(min=1)
    assert_equals(
        losses.shared_cross_entropy, lambda logits, _: F.cross_entropy(logits, shares), logits, targets
    )


def test_an_image_without_labels_has_no_gradient_in_shared_cross_entropy(yes_no):
    logits, targets = torch.tensor(yes_no[0], requires_grad=True), torch.tensor(yes_no[1])
    targets[0] = 0
    losses.shared_cross_entropy(logits, targets).backward()
    assert (logits.grad[0] == 0).all() and (logits.grad[1:] != 0).any()


def test_shared_cross_entropy_of_one_label_each_is_cross_entropy(one_class):
    logits, index = one_class
    one_hot = np.eye(5)[index]
    assert np.allclose(
        losses.shared_cross_entropy(logits, one_hot, "none"), losses.cross_entropy(logits, index, "none")
    )
