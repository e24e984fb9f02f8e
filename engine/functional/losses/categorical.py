"""Losses in which the classes compete through a softmax, and their gradients."""

from types import ModuleType

from engine.functional.arrays import Array
from engine.functional.losses.activations import log_softmax, softmax
from engine.functional.losses.checks import Reduction, image_count, labelled, one_hot, reduce


def cross_entropy(logits: Array, target_index: Array, reduction: Reduction = "mean") -> Array:
    """Return minus the logarithm of the softmax probability of the right class: the loss for a single label.

    Equals `torch.nn.functional.cross_entropy` for `logits` `(N, C)` and `target_index` `(N,)` of 0..C-1;
    also `(C,)` with a single index. In nats, in [0, inf). Raises ValueError for other shapes, for an index that
    is no class, and for an unknown reduction.
    """
    xp, logits, is_target = one_hot(logits, target_index)
    log_probs = log_softmax(logits)
    terms = -xp.sum(xp.where(is_target, log_probs, xp.zeros_like(log_probs)), axis=-1)
    return reduce(terms, reduction, xp)


def cross_entropy_gradient(logits: Array, target_index: Array) -> Array:
    """Return the gradient of the mean cross-entropy: (probability - one-hot target) / images."""
    xp, logits, is_target = one_hot(logits, target_index)
    return (softmax(logits) - xp.astype(is_target, logits.dtype)) / image_count(logits)


def shared_cross_entropy(logits: Array, targets: Array, reduction: Reduction = "mean") -> Array:
    """Return the cross-entropy of images with several labels, which share a total weight of 1 equally.

    `logits` and `targets` of 0 and 1 are `(N, C)`, or `(C,)` for one image; each of k present classes is a target of
    1/k, so "none" gives `(N,)`. Equals `torch.nn.functional.cross_entropy` with those targets. An image without
    labels costs 0 whatever the prediction: softmax cannot learn "no class". Errors as `binary_cross_entropy`.
    """
    xp, logits, targets = labelled(logits, targets)
    return reduce(-xp.sum(_shares(xp, targets) * log_softmax(logits), axis=-1), reduction, xp)


def shared_cross_entropy_gradient(logits: Array, targets: Array) -> Array:
    """Return the gradient of the mean `shared_cross_entropy`; 0 for an image without labels."""
    xp, logits, targets = labelled(logits, targets)
    shares = _shares(xp, targets)
    return (softmax(logits) * xp.sum(shares, axis=-1, keepdims=True) - shares) / image_count(logits)


def _shares(xp: ModuleType, targets: Array) -> Array:
    """Targets of 0 and 1 divided by their sum over the last axis; all 0 where no class is present."""
    labels = xp.sum(targets, axis=-1, keepdims=True)
    return targets / xp.where(labels > 0, labels, xp.ones_like(labels))
