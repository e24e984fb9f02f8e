"""Losses that treat each class as a yes/no question of its own, and their gradients."""

from engine.functional.arrays import Array
from engine.functional.losses.activations import log_sigmoid, sigmoid
from engine.functional.losses.checks import Reduction, count, labelled, reduce


def binary_cross_entropy(logits: Array, targets: Array, reduction: Reduction = "mean") -> Array:
    """Return minus the logarithm of the probability given to each entry's target: the loss for several labels.

    Equals `torch.nn.functional.binary_cross_entropy_with_logits`, so fractions between 0 and 1 are legal targets.
    `logits` and `targets` have the same shape, usually `(N, C)`; the loss is in nats, in [0, inf).
    Raises ValueError for other shapes, for targets outside [0, 1], and for an unknown reduction.
    Source: Howard and Gugger, Deep Learning for Coders with fastai and PyTorch, chapter 6, as corrected
    by fastai/fastbook pull request 349.
    """
    xp, logits, targets = labelled(logits, targets)
    terms = -targets * log_sigmoid(logits) - (1 - targets) * log_sigmoid(-logits)
    return reduce(terms, reduction, xp)


def binary_cross_entropy_gradient(logits: Array, targets: Array) -> Array:
    """Return the gradient of the mean binary cross-entropy: (probability - target) / count."""
    _, logits, targets = labelled(logits, targets)
    return (sigmoid(logits) - targets) / count(logits)


def binary_cross_entropy_as_printed(logits: Array, targets: Array, reduction: Reduction = "mean") -> Array:
    """Return the loss of the inverted formula that the book prints: smallest when every prediction is wrong.

    For demonstration only; train with `binary_cross_entropy`. `targets` are 0 and 1; same shapes and errors.
    Source: fastai/fastbook issue 403, with a worked example (1.2573 inverted, 0.6906 correct).
    """
    xp, logits, targets = labelled(logits, targets)
    terms = -xp.where(targets == 1, log_sigmoid(-logits), log_sigmoid(logits))
    return reduce(terms, reduction, xp)


def binary_cross_entropy_as_printed_gradient(logits: Array, targets: Array) -> Array:
    """Return the gradient of the mean of the inverted formula; it points the wrong way."""
    return -binary_cross_entropy_gradient(-logits, targets)


def mnist_loss(logits: Array, targets: Array, reduction: Reduction = "mean") -> Array:
    """Return the distance of each probability from its target: binary cross-entropy without the logarithm.

    `targets` are 0 and 1, of the shape of `logits`; the loss lies in [0, 1]. Errors as `binary_cross_entropy`.
    Source: Howard and Gugger, Deep Learning for Coders with fastai and PyTorch, chapter 4.
    """
    xp, logits, targets = labelled(logits, targets)
    terms = xp.where(targets == 1, sigmoid(-logits), sigmoid(logits))
    return reduce(terms, reduction, xp)


def mnist_loss_gradient(logits: Array, targets: Array) -> Array:
    """Return the gradient of the mean `mnist_loss`; it vanishes for confident wrong predictions."""
    xp, logits, targets = labelled(logits, targets)
    slope = sigmoid(logits) * sigmoid(-logits)
    return xp.where(targets == 1, -slope, slope) / count(logits)


def sigmoid_mean_squared_error(logits: Array, targets: Array, reduction: Reduction = "mean") -> Array:
    """Return the squared distance of each probability from its target of 0 or 1; in [0, 1].

    Its gradient vanishes for confident wrong predictions, as that of `mnist_loss` does. Shapes and errors as
    `binary_cross_entropy`. Source: Brier, Verification of forecasts expressed in terms of probability, 1950.
    """
    xp, logits, targets = labelled(logits, targets)
    return reduce((sigmoid(logits) - targets) ** 2, reduction, xp)


def sigmoid_mean_squared_error_gradient(logits: Array, targets: Array) -> Array:
    """Return the gradient of the mean `sigmoid_mean_squared_error`; it vanishes for confident predictions."""
    _, logits, targets = labelled(logits, targets)
    probs = sigmoid(logits)
    return 2 * (probs - targets) * probs * sigmoid(-logits) / count(logits)
