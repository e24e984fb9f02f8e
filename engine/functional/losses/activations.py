"""From logits to probabilities and their logarithms, and back."""

import numpy as np

from engine.functional.arrays import Array, require_not_empty
from engine.functional.losses.checks import floats


def log_sigmoid(logits: Array) -> Array:
    """Return the logarithm of the sigmoid of each logit, in (-inf, 0]; any shape."""
    xp, logits = floats(logits=logits)
    return -xp.logaddexp(xp.zeros_like(logits), -logits)


def sigmoid(logits: Array) -> Array:
    """Return the probability of each logit on its own, in [0, 1]; any shape.

    >>> float(sigmoid(0.0))
    0.5
    """
    xp, logits = floats(logits=logits)
    return xp.exp(log_sigmoid(logits))


def logit(probs: Array) -> Array:
    """Return the logit whose sigmoid is each probability: the inverse of `sigmoid`; any shape.

    `probs` lie in [0, 1]; 0 gives -inf and 1 gives inf. Raises ValueError outside.
    """
    xp, probs = floats(probs=probs)
    if not bool(xp.all((probs >= 0) & (probs <= 1))):
        raise ValueError(
            "probs holds numbers outside [0, 1]; expected probabilities: apply the sigmoid first."
        )
    with np.errstate(divide="ignore"):
        return xp.log(probs) - xp.log1p(-probs)


def log_softmax(logits: Array) -> Array:
    """Return the logarithm of the softmax over the last axis; `(..., C)`, in (-inf, 0]."""
    xp, logits = floats(logits=logits)
    if logits.ndim == 0:
        raise ValueError("logits is a single number; expected (..., C), one logit per class.")
    require_not_empty("logits", logits)
    shifted = logits - xp.max(logits, axis=-1, keepdims=True)
    return shifted - xp.log(xp.sum(xp.exp(shifted), axis=-1, keepdims=True))


def softmax(logits: Array) -> Array:
    """Return probabilities that sum to 1 over the last axis, from the logits of all classes; `(..., C)`."""
    xp, logits = floats(logits=logits)
    return xp.exp(log_softmax(logits))
