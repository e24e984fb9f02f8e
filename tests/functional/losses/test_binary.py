import math
from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from engine.functional import losses
from tests.functional.losses.cases import assert_equals, sigmoid_by_hand

# fastai/fastbook issue 403: one class, six images.
WORKED_LOGITS = [[0.5], [0.4], [0.7], [1.5], [2.4], [-2.7]]
WORKED_TARGETS = [[1.0], [1], [1], [1], [0], [0]]


def test_the_worked_case_of_issue_403():
    assert round(float(losses.binary_cross_entropy(WORKED_LOGITS, WORKED_TARGETS)), 4) == 0.6906
    assert round(float(losses.binary_cross_entropy_as_printed(WORKED_LOGITS, WORKED_TARGETS)), 4) == 1.2573


def test_binary_losses_by_hand(yes_no):
    logits, targets = yes_no
    bce = printed = mnist = 0.0
    for logit, target in zip(logits.ravel(), targets.ravel(), strict=True):
        prob = sigmoid_by_hand(logit)
        right, wrong = (prob, 1 - prob) if target == 1 else (1 - prob, prob)
        bce, printed, mnist = bce - math.log(right), printed - math.log(wrong), mnist + wrong
    assert losses.binary_cross_entropy(logits, targets) == pytest.approx(bce / 35)
    assert losses.binary_cross_entropy_as_printed(logits, targets) == pytest.approx(printed / 35)
    assert losses.mnist_loss(logits, targets) == pytest.approx(mnist / 35)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_binary_cross_entropy_equals_torch_with_its_gradient(yes_no, reduction):
    logits, targets = map(torch.tensor, yes_no)
    ours = partial(losses.binary_cross_entropy, reduction=reduction)
    theirs = partial(F.binary_cross_entropy_with_logits, reduction=reduction)
    assert_equals(ours, theirs, logits, targets.double())


def test_fractions_are_legal_targets_as_in_torch(yes_no):
    logits, targets = torch.tensor(yes_no[0]), torch.tensor(yes_no[1]).double() * 0.8 + 0.1
    expected = F.binary_cross_entropy_with_logits(logits, targets)
    torch.testing.assert_close(losses.binary_cross_entropy(logits, targets), expected)


def test_mnist_loss_and_the_printed_formula_equal_the_books_code(yes_no):
    logits, targets = torch.tensor(yes_no[0]), torch.tensor(yes_no[1])
    inputs = logits.sigmoid()
    torch.testing.assert_close(
        losses.mnist_loss(logits, targets), torch.where(targets == 1, 1 - inputs, inputs).mean()
    )
    torch.testing.assert_close(
        losses.binary_cross_entropy_as_printed(logits, targets),
        -torch.where(targets == 1, 1 - inputs, inputs).log().mean(),
    )


def test_the_printed_formula_is_smallest_when_every_prediction_is_wrong():
    targets = np.array([[1, 0]])
    all_right, all_wrong = np.array([[5.0, -5.0]]), np.array([[-5.0, 5.0]])
    assert losses.binary_cross_entropy(all_right, targets) < losses.binary_cross_entropy(all_wrong, targets)
    assert losses.binary_cross_entropy_as_printed(
        all_right, targets
    ) > losses.binary_cross_entropy_as_printed(all_wrong, targets)


def test_sigmoid_mean_squared_error_equals_torch(yes_no):
    logits, targets = torch.tensor(yes_no[0]), torch.tensor(yes_no[1])
    expected = F.mse_loss(logits.sigmoid(), targets.double())
    torch.testing.assert_close(losses.sigmoid_mean_squared_error(logits, targets), expected)
