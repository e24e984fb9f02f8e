"""How well probabilities are calibrated, and a temperature that corrects them.

`probs` and `logits` are (N, C): N images, C classes. `targets` are class indices (N,) for a single label, judged by the
most probable class; or a 0/1 matrix (N, C) for several labels, where each of the N * C entries is a yes/no question.
Source: Guo and others, "On Calibration of Modern Neural Networks", ICML 2017.
"""

import numpy as np
import pandas as pd

LOWEST, HIGHEST = 0.01, 100.0
"""The range of fitted temperatures: data without an error would ask for 0, logits without information for infinity."""


def expected_calibration_error(probs, targets, bins: int = 15) -> float:
    """Return the mean distance between confidence and accuracy, over bins of equal width weighted by their counts.

    In [0, 1]; 0 is perfect. Raises ValueError as `reliability_curve` does.
    """
    curve = reliability_curve(probs, targets, bins)
    gaps = (curve["accuracy"] - curve["confidence"]).abs()
    return float((gaps * curve["count"]).sum() / curve["count"].sum())


def reliability_curve(probs, targets, bins: int = 15) -> pd.DataFrame:
    """Return the mean `confidence`, the `accuracy` and the `count` of each bin that is not empty, lowest first.

    Bin i of B holds the confidences in (i / B, (i + 1) / B]; 0 belongs to the first. With class indices, confidence is
    the highest probability and accuracy the share of images whose class it is. With a 0/1 matrix, confidence is the
    probability of yes and accuracy the share of entries that are 1.

    Raises ValueError for NaN, for probabilities outside [0, 1], for targets that do not fit, and for no images.

    >>> reliability_curve([[0.8, 0.2], [0.6, 0.4]], [0, 1], bins=2)
       confidence  accuracy  count
    0         0.7       0.5      2
    """
    probs, targets = _checked("probs", probs, targets)
    if probs.min() < 0 or probs.max() > 1:
        raise ValueError("probs should lie in [0, 1]: apply a sigmoid or a softmax to logits first.")
    if isinstance(bins, bool) or int(bins) != bins or bins < 1:
        raise ValueError(f"bins should be a whole number of at least 1, but is {bins!r}.")
    if targets.ndim == 1:
        confidence, is_right = probs.max(axis=1), probs.argmax(axis=1) == targets
    else:
        confidence, is_right = probs.ravel(), targets.ravel() == 1
    bin_index = np.digitize(confidence, np.linspace(0, 1, int(bins) + 1)[1:-1], right=True)
    count = np.bincount(bin_index, minlength=int(bins))
    filled = count > 0
    sums = [np.bincount(bin_index, values, int(bins))[filled] for values in (confidence, is_right)]
    mean_confidence, accuracy = (total / count[filled] for total in sums)
    return pd.DataFrame({"confidence": mean_confidence, "accuracy": accuracy, "count": count[filled]})


def fit_temperature(logits, targets, prior: float = 1.0, prior_sd: float = np.inf) -> float:
    """Return the temperature T in [`LOWEST`, `HIGHEST`] at which `logits / T` have the lowest loss.

    The loss is the cross-entropy of the softmax for class indices, and the binary cross-entropy of the sigmoid for a
    0/1 matrix. It is convex in 1 / T, so there is one minimum. Where the loss does not depend on T (all logits of an
    image equal, or all 0), T is `prior`. A finite `prior_sd` is the standard deviation of log T around log `prior`:
    a weak prior, so that a few images without an error do not give absolute certainty.

    Raises ValueError for NaN or infinite logits, for targets that do not fit, and for no images.
    """
    logits, targets = _checked("logits", logits, targets)
    if not np.isfinite(logits).all():
        raise ValueError("logits should be finite.")
    if not LOWEST <= prior <= HIGHEST or not prior_sd > 0:
        raise ValueError(f"prior should lie in [{LOWEST}, {HIGHEST}] and prior_sd be above 0.")

    def slope(log_temperature: float) -> float:
        """The derivative of the total loss and of the prior with respect to log T."""
        prior_slope = (log_temperature - np.log(prior)) / prior_sd**2
        return _slope(logits, targets, np.exp(-log_temperature)) + prior_slope

    from scipy.optimize import brentq  # slow to load, and pages that only read a calibration do without

    low, high = np.log(LOWEST), np.log(HIGHEST)
    at_low, at_high = slope(low), slope(high)
    if abs(at_low) < 1e-12 and abs(at_high) < 1e-12:
        return float(prior)
    if at_low >= 0:
        return LOWEST
    if at_high <= 0:
        return HIGHEST
    return float(np.exp(brentq(slope, low, high, xtol=1e-10)))


def calibration_loss(logits, targets) -> float:
    """Return the mean loss that `fit_temperature` lowers: per image for class indices, per entry for a matrix."""
    logits, targets = _checked("logits", logits, targets)
    if targets.ndim == 1:
        from scipy.special import log_softmax

        return float(-log_softmax(logits, axis=1)[np.arange(len(targets)), targets].mean())
    return float((np.logaddexp(0, logits) - targets * logits).mean())


def _slope(logits: np.ndarray, targets: np.ndarray, sharpness: float) -> float:
    """The derivative of the total loss with respect to log T, where sharpness = 1 / T."""
    from scipy.special import expit, softmax

    if targets.ndim == 1:
        expected = (softmax(logits * sharpness, axis=1) * logits).sum()
        actual = logits[np.arange(len(targets)), targets].sum()
    else:
        expected, actual = (expit(logits * sharpness) * logits).sum(), (targets * logits).sum()
    return float(-sharpness * (expected - actual))


def _checked(name: str, values, targets) -> tuple[np.ndarray, np.ndarray]:
    values, targets = np.asarray(values, float), np.asarray(targets)
    if values.ndim != 2 or not values.size:
        raise ValueError(
            f"{name} has shape {values.shape}; expected (N, C) with at least one image and one class."
        )
    if np.isnan(values).any():
        raise ValueError(f"{name} holds NaN: the model has diverged, or an image could not be read.")
    if targets.shape == values.shape:
        if not np.isin(targets, (0, 1)).all():
            raise ValueError("targets of shape (N, C) should be 0 and 1.")
        return values, targets.astype(float)
    if targets.shape != values.shape[:1]:
        raise ValueError(
            f"targets has shape {targets.shape} and {name} has shape {values.shape}; expected class indices (N,) or a "
            "0/1 matrix (N, C)."
        )
    indices = targets.astype(int, casting="unsafe")
    if (indices != targets).any() or indices.min() < 0 or indices.max() >= values.shape[1]:
        raise ValueError(f"targets of shape (N,) should be class indices from 0 to {values.shape[1] - 1}.")
    return values, indices
