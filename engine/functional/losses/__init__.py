"""The losses of fastbook chapter 6 and common alternatives, for NumPy arrays and torch tensors.

Logits are a network's raw outputs; `sigmoid` and `softmax` turn them into probabilities. Every loss takes logits (or
predicted numbers), stays exact for logits of +-1000, carries gradients in torch, and takes `reduction`: "mean" (the
default), "sum", or "none" for each term. Each `<loss>_gradient` is the gradient of the mean with respect to the first
argument, written out. The formulas named `naive_*` and `*_as_printed` are for demonstration only.
"""

from engine.functional.losses.activations import log_sigmoid, log_softmax, logit, sigmoid, softmax
from engine.functional.losses.binary import (
    binary_cross_entropy,
    binary_cross_entropy_as_printed,
    binary_cross_entropy_as_printed_gradient,
    binary_cross_entropy_gradient,
    mnist_loss,
    mnist_loss_gradient,
    sigmoid_mean_squared_error,
    sigmoid_mean_squared_error_gradient,
)
from engine.functional.losses.categorical import (
    cross_entropy,
    cross_entropy_gradient,
    shared_cross_entropy,
    shared_cross_entropy_gradient,
)
from engine.functional.losses.focal import (
    asymmetric_loss,
    asymmetric_loss_gradient,
    focal_loss,
    focal_loss_gradient,
)
from engine.functional.losses.naive import (
    naive_binary_cross_entropy,
    naive_cross_entropy,
    naive_sigmoid,
    naive_softmax,
)
from engine.functional.losses.regression import (
    huber,
    huber_gradient,
    mean_absolute_error,
    mean_absolute_error_gradient,
    mean_squared_error,
    mean_squared_error_gradient,
)

__all__ = [
    "asymmetric_loss",
    "asymmetric_loss_gradient",
    "binary_cross_entropy",
    "binary_cross_entropy_as_printed",
    "binary_cross_entropy_as_printed_gradient",
    "binary_cross_entropy_gradient",
    "cross_entropy",
    "cross_entropy_gradient",
    "focal_loss",
    "focal_loss_gradient",
    "huber",
    "huber_gradient",
    "log_sigmoid",
    "log_softmax",
    "logit",
    "mean_absolute_error",
    "mean_absolute_error_gradient",
    "mean_squared_error",
    "mean_squared_error_gradient",
    "mnist_loss",
    "mnist_loss_gradient",
    "naive_binary_cross_entropy",
    "naive_cross_entropy",
    "naive_sigmoid",
    "naive_softmax",
    "shared_cross_entropy",
    "shared_cross_entropy_gradient",
    "sigmoid",
    "sigmoid_mean_squared_error",
    "sigmoid_mean_squared_error_gradient",
    "softmax",
]
