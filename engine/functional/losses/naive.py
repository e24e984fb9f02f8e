"""The textbook formulas written out directly: they overflow. For demonstration only."""

import numpy as np

from engine.functional.arrays import Array
from engine.functional.losses.checks import Reduction, floats, labelled, one_hot, reduce


@np.errstate(all="ignore")
def naive_sigmoid(logits: Array) -> Array:
    """Return 1 / (1 + exp(-logit)) as written: exp overflows for logits near -1000. For demonstration only."""
    xp, logits = floats(logits=logits)
    return 1 / (1 + xp.exp(-logits))


@np.errstate(all="ignore")
def naive_softmax(logits: Array) -> Array:
    """Return exp(logit) / sum of exp as written: inf / inf = NaN for logits near 1000. For demonstration only."""
    xp, logits = floats(logits=logits)
    exponentials = xp.exp(logits)
    return exponentials / xp.sum(exponentials, axis=-1, keepdims=True)


@np.errstate(all="ignore")
def naive_binary_cross_entropy(logits: Array, targets: Array, reduction: Reduction = "mean") -> Array:
    """Return binary cross-entropy as the log of `naive_sigmoid`: infinite for confident wrong predictions."""
    xp, logits, targets = labelled(logits, targets)
    probs = naive_sigmoid(logits)
    return reduce(-xp.log(xp.where(targets == 1, probs, 1 - probs)), reduction, xp)


@np.errstate(all="ignore")
def naive_cross_entropy(logits: Array, target_index: Array, reduction: Reduction = "mean") -> Array:
    """Return cross-entropy as the log of `naive_softmax`: NaN or infinite for large logits. For demonstration only."""
    xp, logits, is_target = one_hot(logits, target_index)
    probs = naive_softmax(logits)
    target_probs = xp.sum(xp.where(is_target, probs, xp.zeros_like(probs)), axis=-1)
    return reduce(-xp.log(target_probs), reduction, xp)
