"""Losses of predicted numbers, and their gradients."""

from engine.functional.arrays import Array
from engine.functional.losses.checks import Reduction, count, reduce, require, same_shape


def mean_squared_error(predictions: Array, targets: Array, reduction: Reduction = "mean") -> Array:
    """Return the squared error of predicted numbers, in the square of the targets' unit.

    `predictions` and `targets` have the same shape. Raises ValueError for others and for an unknown reduction.
    """
    xp, predictions, targets = same_shape(predictions, targets)
    return reduce((predictions - targets) ** 2, reduction, xp)


def mean_squared_error_gradient(predictions: Array, targets: Array) -> Array:
    """Return the gradient of the mean squared error: 2 (prediction - target) / count."""
    _, predictions, targets = same_shape(predictions, targets)
    return 2 * (predictions - targets) / count(predictions)


def mean_absolute_error(predictions: Array, targets: Array, reduction: Reduction = "mean") -> Array:
    """Return the absolute error of predicted numbers, in the targets' unit.

    `predictions` and `targets` have the same shape. Raises ValueError for others and for an unknown reduction.
    """
    xp, predictions, targets = same_shape(predictions, targets)
    return reduce(xp.abs(predictions - targets), reduction, xp)


def mean_absolute_error_gradient(predictions: Array, targets: Array) -> Array:
    """Return the gradient of the mean absolute error: sign(prediction - target) / count."""
    xp, predictions, targets = same_shape(predictions, targets)
    return xp.sign(predictions - targets) / count(predictions)


def huber(predictions: Array, targets: Array, delta: float = 1.0, reduction: Reduction = "mean") -> Array:
    """Return half the squared error of predicted numbers up to `delta`, and its straight tangent beyond.

    Small errors count as in `mean_squared_error`, large ones as in `mean_absolute_error`. Equals
    `torch.nn.functional.huber_loss`. `delta`, above 0, is in the targets' unit. Shapes and errors as there.
    Source: Huber, Robust Estimation of a Location Parameter, 1964.
    """
    xp, predictions, targets = same_shape(predictions, targets)
    require("delta", delta, delta > 0, "above 0")
    error = xp.abs(predictions - targets)
    return reduce(xp.where(error <= delta, error**2 / 2, delta * (error - delta / 2)), reduction, xp)


def huber_gradient(predictions: Array, targets: Array, delta: float = 1.0) -> Array:
    """Return the gradient of the mean Huber loss: the error, clipped to +-`delta`, / count."""
    xp, predictions, targets = same_shape(predictions, targets)
    return xp.clip(predictions - targets, -delta, delta) / count(predictions)
