"""Losses, extreme logits and gradient checks that several tests share."""

import math

import numpy as np
import torch

from engine.functional import losses

BINARY = [losses.binary_cross_entropy, losses.binary_cross_entropy_as_printed, losses.mnist_loss]


MULTI_LABEL_LOSSES = [
    losses.focal_loss,
    losses.asymmetric_loss,
    losses.shared_cross_entropy,
    losses.sigmoid_mean_squared_error,
]


ASYMMETRIC = [(0, 4, 0.05), (1, 4, 0.05), (0, 0, 0.2), (0, 0.5, 0.3), (2, 1, 0)]


HUGE = np.array([[-1000.0, 0.0, 1000.0]])


def sigmoid_by_hand(logit):
    return 1 / (1 + math.exp(-logit))


def assert_gradient(loss, outputs, targets, **settings):
    """Compare the written-out gradient of a loss with autograd's."""
    tensor = torch.tensor(outputs, requires_grad=True)
    loss(tensor, torch.tensor(targets), **settings).backward()
    by_hand = getattr(losses, f"{loss.__name__}_gradient")(outputs, targets, **settings)
    np.testing.assert_allclose(by_hand, tensor.grad, rtol=1e-6, atol=1e-12)


def assert_equals(ours, theirs, outputs, targets):
    """Compare a loss of (outputs, targets) with a reference, in value and in gradient."""
    our_outputs = torch.as_tensor(outputs).clone().requires_grad_()
    their_outputs = our_outputs.detach().clone().requires_grad_()
    our_loss, their_loss = ours(our_outputs, targets), theirs(their_outputs, targets)
    our_loss.sum().backward()
    their_loss.sum().backward()
    torch.testing.assert_close(our_loss, their_loss)
    torch.testing.assert_close(our_outputs.grad, their_outputs.grad)
