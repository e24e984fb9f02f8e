"""The losses of the chapter, from logits, for NumPy arrays and torch tensors alike.

Logits are a network's raw outputs; probabilities come out of `sigmoid` or `softmax`. Every loss takes logits,
stays exact for logits of +-1000, carries gradients in torch, and takes `reduction`: "mean" (the default),
"sum", or "none" for each term. The formulas named `naive_*` and `*_as_printed` are for showing only.
"""

import math

import numpy as np

from engine.functional.arrays import require_not_empty, require_same_shape, shape_text, to_float, together

# -- from logits to probabilities ------------------------------------------------------------------


def log_sigmoid(logits):
    """Return the logarithm of the sigmoid of each logit, in (-inf, 0]; any shape."""
    xp, logits = _floats(logits=logits)
    return -xp.logaddexp(xp.zeros_like(logits), -logits)


def sigmoid(logits):
    """Turn each logit into a probability of its own, in [0, 1]; any shape.

    >>> float(sigmoid(0.0))
    0.5
    """
    xp, logits = _floats(logits=logits)
    return xp.exp(log_sigmoid(logits))


def logit(probs):
    """Return the logit whose sigmoid is each probability: the inverse of `sigmoid`; any shape.

    `probs` lie in [0, 1]; 0 gives -inf and 1 gives inf. Raises ValueError outside.
    """
    xp, probs = _floats(probs=probs)
    if not bool(xp.all((probs >= 0) & (probs <= 1))):
        raise ValueError(
            "probs holds numbers outside [0, 1]; expected probabilities: apply the sigmoid first."
        )
    with np.errstate(divide="ignore"):
        return xp.log(probs) - xp.log1p(-probs)


def log_softmax(logits):
    """Return the logarithm of the softmax over the last axis; `(..., C)`, in (-inf, 0]."""
    xp, logits = _floats(logits=logits)
    if logits.ndim == 0:
        raise ValueError("logits is a single number; expected (..., C), one logit for each class.")
    require_not_empty("logits", logits)
    shifted = logits - xp.max(logits, axis=-1, keepdims=True)
    return shifted - xp.log(xp.sum(xp.exp(shifted), axis=-1, keepdims=True))


def softmax(logits):
    """Turn the logits of all classes into probabilities that sum to 1 over the last axis; `(..., C)`."""
    xp, logits = _floats(logits=logits)
    return xp.exp(log_softmax(logits))


# -- yes or no for each class ----------------------------------------------------------------------


def binary_cross_entropy(logits, targets, reduction="mean"):
    """Score each class's yes or no by minus the logarithm of the probability that the right answer got.

    Equals `torch.nn.functional.binary_cross_entropy_with_logits`, so fractions between 0 and 1 are legal targets.
    `logits` and `targets` have one shape, usually `(N, C)`; the loss is in nats, in [0, inf).
    Raises ValueError for other shapes, for targets outside [0, 1], and for an unknown reduction.
    Source: Howard and Gugger, Deep Learning for Coders with fastai and PyTorch, chapter 6, as corrected
    by fastai/fastbook pull request 349.
    """
    xp, logits, targets = _answers(logits, targets)
    terms = -targets * log_sigmoid(logits) - (1 - targets) * log_sigmoid(-logits)
    return _reduce(terms, reduction, xp)


def binary_cross_entropy_as_printed(logits, targets, reduction="mean"):
    """Score each answer by the inverted formula of the printed text: smallest when every answer is wrong.

    For showing only; train with `binary_cross_entropy`. `targets` are 0 and 1; shapes and errors as there.
    Source: fastai/fastbook issue 403, with a worked case (1.2573 inverted, 0.6906 right).
    """
    xp, logits, targets = _answers(logits, targets)
    terms = -xp.where(targets == 1, log_sigmoid(-logits), log_sigmoid(logits))
    return _reduce(terms, reduction, xp)


def mnist_loss(logits, targets, reduction="mean"):
    """Score each answer by how far its probability is from the right one: binary cross-entropy without the log.

    `targets` are 0 and 1, of the shape of `logits`; the loss lies in [0, 1]. Errors as `binary_cross_entropy`.
    Source: Howard and Gugger, Deep Learning for Coders with fastai and PyTorch, chapter 4.
    """
    xp, logits, targets = _answers(logits, targets)
    terms = xp.where(targets == 1, sigmoid(-logits), sigmoid(logits))
    return _reduce(terms, reduction, xp)


def focal_loss(logits, targets, gamma=2.0, alpha=0.25, reduction="mean"):
    """Score each answer by binary cross-entropy, turned down where the answer is already nearly right.

    -alpha_t (1 - p_t)^gamma log(p_t), with p_t the probability that the right answer got. `gamma` is 0 or more; 0 turns
    nothing down. `alpha`, in [0, 1], weighs the classes that are present and 1 - `alpha` those that are not; None
    weighs all alike. Equals `torchvision.ops.sigmoid_focal_loss`. Shapes and errors as `binary_cross_entropy`.
    Source: Lin, Goyal, Girshick, He and Dollár, Focal Loss for Dense Object Detection, ICCV 2017, equation 5.
    """
    xp, logits, targets = _answers(logits, targets)
    _require("gamma", gamma, gamma >= 0, "0 or more")
    _require("alpha", alpha, alpha is None or 0 <= alpha <= 1, "None, or 0 to 1")
    present, absent = (1.0, 1.0) if alpha is None else (alpha, 1 - alpha)
    log_yes, log_no = log_sigmoid(logits), log_sigmoid(-logits)
    terms = -targets * present * xp.exp(gamma * log_no) * log_yes
    terms = terms - (1 - targets) * absent * xp.exp(gamma * log_yes) * log_no
    return _reduce(terms, reduction, xp)


def asymmetric_loss(logits, targets, gamma_pos=0.0, gamma_neg=4.0, margin=0.05, reduction="mean"):
    """Score present classes as `focal_loss` does and absent ones more mildly: unlikely ones cost nothing at all.

    Present: -(1 - p)^gamma_pos log(p). Absent: -q^gamma_neg log(1 - q), with q = max(p - margin, 0). The defaults are
    the paper's; with both gammas and the margin 0 it is `binary_cross_entropy`. The gammas are 0 or more, `margin`
    lies in [0, 1). Shapes and errors as `binary_cross_entropy`.
    Source: Ridnik, Ben-Baruch, Zamir, Noy, Friedman, Protter and Zelnik-Manor, Asymmetric Loss For Multi-Label
    Classification, ICCV 2021, equations 5 to 7.
    """
    xp, logits, targets = _answers(logits, targets)
    _require("gamma_pos", gamma_pos, gamma_pos >= 0, "0 or more")
    _require("gamma_neg", gamma_neg, gamma_neg >= 0, "0 or more")
    _require("margin", margin, 0 <= margin < 1, "0 or more and below 1")
    log_yes, log_no = log_sigmoid(logits), log_sigmoid(-logits)
    present = -xp.exp(gamma_pos * log_no) * log_yes
    terms = targets * present + (1 - targets) * _absent_terms(xp, log_yes, log_no, gamma_neg, margin)
    return _reduce(terms, reduction, xp)


def _absent_terms(xp, log_yes, log_no, gamma, margin):
    """-q^gamma log(1 - q) with q = max(p - margin, 0); where q is 0, so are the term and its gradient."""
    shifted, is_charged, log_not_shifted = _shifted(xp, log_yes, log_no, margin)
    return xp.where(is_charged, -(shifted**gamma) * log_not_shifted, xp.zeros_like(log_yes))


def _shifted(xp, log_yes, log_no, margin):
    """q = p - margin where that is above 0 and 1 elsewhere, where it is, and log(1 - p + margin)."""
    log_not_shifted = (
        xp.logaddexp(log_no, xp.zeros_like(log_no) + float(np.log(margin))) if margin else log_no
    )
    shifted = xp.exp(log_yes) - margin
    is_charged = shifted > 0
    return xp.where(is_charged, shifted, xp.ones_like(shifted)), is_charged, log_not_shifted


def sigmoid_mean_squared_error(logits, targets, reduction="mean"):
    """Score each class's probability by the square of its distance to the 0 or 1 that is right; in [0, 1].

    Its slope fades where the answer is surely wrong, as that of `mnist_loss`. Shapes and errors as
    `binary_cross_entropy`. Source: Brier, Verification of forecasts expressed in terms of probability, 1950.
    """
    xp, logits, targets = _answers(logits, targets)
    return _reduce((sigmoid(logits) - targets) ** 2, reduction, xp)


# -- one class of several --------------------------------------------------------------------------


def cross_entropy(logits, target_index, reduction="mean"):
    """Score a choice among classes by minus the logarithm of the softmax probability of the right class.

    Equals `torch.nn.functional.cross_entropy` for `logits` `(N, C)` and `target_index` `(N,)` of 0..C-1;
    also `(C,)` with a single index. In nats, in [0, inf). Raises ValueError for other shapes, for an index that
    is no class, and for an unknown reduction.
    """
    xp, logits, chosen = _choices(logits, target_index)
    log_probs = log_softmax(logits)
    terms = -xp.sum(xp.where(chosen, log_probs, xp.zeros_like(log_probs)), axis=-1)
    return _reduce(terms, reduction, xp)


def shared_cross_entropy(logits, targets, reduction="mean"):
    """Score a picture with several labels by cross-entropy, as if its one label were shared out among them.

    `logits` and `targets` of 0 and 1 are `(N, C)`, or `(C,)` for one picture; each of k present classes is a target of
    1/k, so "none" gives `(N,)`. Equals `torch.nn.functional.cross_entropy` with those targets. A picture with no label
    costs 0 whatever is answered: softmax cannot learn "nothing". Errors as `binary_cross_entropy`.
    """
    xp, logits, targets = _answers(logits, targets)
    return _reduce(-xp.sum(_shares(xp, targets) * log_softmax(logits), axis=-1), reduction, xp)


def _shares(xp, targets):
    """Targets of 0 and 1 shared out, so that they sum to 1 over the last axis, or to 0 where there is none."""
    labels = xp.sum(targets, axis=-1, keepdims=True)
    return targets / xp.where(labels > 0, labels, xp.ones_like(labels))


# -- numbers ---------------------------------------------------------------------------------------


def mean_squared_error(predictions, targets, reduction="mean"):
    """Score predicted numbers by the mean of their squared errors, in the square of the targets' unit.

    `predictions` and `targets` have one shape. Raises ValueError for others and for an unknown reduction.
    """
    xp, predictions, targets = _numbers(predictions, targets)
    return _reduce((predictions - targets) ** 2, reduction, xp)


def mean_absolute_error(predictions, targets, reduction="mean"):
    """Score predicted numbers by the mean size of their errors, in the targets' own unit.

    `predictions` and `targets` have one shape. Raises ValueError for others and for an unknown reduction.
    """
    xp, predictions, targets = _numbers(predictions, targets)
    return _reduce(xp.abs(predictions - targets), reduction, xp)


def huber(predictions, targets, delta=1.0, reduction="mean"):
    """Score predicted numbers by half their squared error up to `delta`, and by its straight tangent beyond.

    Small errors count as in `mean_squared_error`, large ones as in `mean_absolute_error`. Equals
    `torch.nn.functional.huber_loss`. `delta`, above 0, is in the targets' unit. Shapes and errors as there.
    Source: Huber, Robust Estimation of a Location Parameter, 1964.
    """
    xp, predictions, targets = _numbers(predictions, targets)
    _require("delta", delta, delta > 0, "above 0")
    off = xp.abs(predictions - targets)
    return _reduce(xp.where(off <= delta, off**2 / 2, delta * (off - delta / 2)), reduction, xp)


# -- gradients of the mean loss with respect to the logits, or the predicted numbers ----------------


def binary_cross_entropy_gradient(logits, targets):
    """Return how the mean binary cross-entropy changes with each logit: (probability - target) / count."""
    _, logits, targets = _answers(logits, targets)
    return (sigmoid(logits) - targets) / _count(logits)


def binary_cross_entropy_as_printed_gradient(logits, targets):
    """Return how the mean of the inverted formula changes with each logit; it points the wrong way."""
    return -binary_cross_entropy_gradient(-logits, targets)


def mnist_loss_gradient(logits, targets):
    """Return how the mean `mnist_loss` changes with each logit; it fades where the answer is surely wrong."""
    xp, logits, targets = _answers(logits, targets)
    slope = sigmoid(logits) * sigmoid(-logits)
    return xp.where(targets == 1, -slope, slope) / _count(logits)


def focal_loss_gradient(logits, targets, gamma=2.0, alpha=0.25):
    """Return how the mean `focal_loss` changes with each logit; it fades where the answer is nearly right."""
    xp, logits, targets = _answers(logits, targets)
    present, absent = (1.0, 1.0) if alpha is None else (alpha, 1 - alpha)
    log_yes, log_no = log_sigmoid(logits), log_sigmoid(-logits)
    slopes = targets * present * _focal_slope(xp, log_yes, log_no, gamma)
    return (slopes - (1 - targets) * absent * _focal_slope(xp, log_no, log_yes, gamma)) / _count(logits)


def _focal_slope(xp, log_right, log_wrong, gamma):
    """How -(1 - p)^gamma log(p) changes with the logit of p."""
    return xp.exp(gamma * log_wrong) * (gamma * xp.exp(log_right) * log_right - xp.exp(log_wrong))


def asymmetric_loss_gradient(logits, targets, gamma_pos=0.0, gamma_neg=4.0, margin=0.05):
    """Return how the mean `asymmetric_loss` changes with each logit; it is 0 for unlikely classes that are absent."""
    xp, logits, targets = _answers(logits, targets)
    log_yes, log_no = log_sigmoid(logits), log_sigmoid(-logits)
    shifted, is_charged, log_not_shifted = _shifted(xp, log_yes, log_no, margin)
    slope = shifted**gamma_neg * xp.exp(log_yes + log_no - log_not_shifted)
    if gamma_neg:
        weight_slope = gamma_neg * shifted ** (gamma_neg - 1) * xp.exp(log_yes + log_no)
        slope = slope - weight_slope * log_not_shifted
    absent = xp.where(is_charged, slope, xp.zeros_like(logits))
    slopes = targets * _focal_slope(xp, log_yes, log_no, gamma_pos) + (1 - targets) * absent
    return slopes / _count(logits)


def sigmoid_mean_squared_error_gradient(logits, targets):
    """Return how the mean `sigmoid_mean_squared_error` changes with each logit; it fades at sure answers."""
    _, logits, targets = _answers(logits, targets)
    probs = sigmoid(logits)
    return 2 * (probs - targets) * probs * sigmoid(-logits) / _count(logits)


def cross_entropy_gradient(logits, target_index):
    """Return how the mean cross-entropy changes with each logit: (probability - one-hot target) / pictures."""
    xp, logits, chosen = _choices(logits, target_index)
    return (softmax(logits) - xp.astype(chosen, logits.dtype)) / _pictures(logits)


def shared_cross_entropy_gradient(logits, targets):
    """Return how the mean `shared_cross_entropy` changes with each logit; 0 for a picture with no label."""
    xp, logits, targets = _answers(logits, targets)
    shares = _shares(xp, targets)
    return (softmax(logits) * xp.sum(shares, axis=-1, keepdims=True) - shares) / _pictures(logits)


def mean_squared_error_gradient(predictions, targets):
    """Return how the mean squared error changes with each prediction: twice its error / count."""
    _, predictions, targets = _numbers(predictions, targets)
    return 2 * (predictions - targets) / _count(predictions)


def mean_absolute_error_gradient(predictions, targets):
    """Return how the mean absolute error changes with each prediction: the sign of its error / count."""
    xp, predictions, targets = _numbers(predictions, targets)
    return xp.sign(predictions - targets) / _count(predictions)


def huber_gradient(predictions, targets, delta=1.0):
    """Return how the mean of Huber's loss changes with each prediction: its error, at most `delta` / count."""
    xp, predictions, targets = _numbers(predictions, targets)
    return xp.clip(predictions - targets, -delta, delta) / _count(predictions)


# -- the same formulas as one writes them first: they overflow -------------------------------------


@np.errstate(all="ignore")
def naive_sigmoid(logits):
    """Return 1 / (1 + exp(-logit)) as written: exp overflows for logits near -1000. For showing only."""
    xp, logits = _floats(logits=logits)
    return 1 / (1 + xp.exp(-logits))


@np.errstate(all="ignore")
def naive_softmax(logits):
    """Return exp(logit) / sum of exp as written: inf / inf = NaN for logits near 1000. For showing only."""
    xp, logits = _floats(logits=logits)
    powers = xp.exp(logits)
    return powers / xp.sum(powers, axis=-1, keepdims=True)


@np.errstate(all="ignore")
def naive_binary_cross_entropy(logits, targets, reduction="mean"):
    """Return binary cross-entropy as log of `naive_sigmoid`: infinite for sure answers. For showing only."""
    xp, logits, targets = _answers(logits, targets)
    probs = naive_sigmoid(logits)
    return _reduce(-xp.log(xp.where(targets == 1, probs, 1 - probs)), reduction, xp)


@np.errstate(all="ignore")
def naive_cross_entropy(logits, target_index, reduction="mean"):
    """Return cross-entropy as log of `naive_softmax`: NaN or infinite for large logits. For showing only."""
    xp, logits, chosen = _choices(logits, target_index)
    probs = naive_softmax(logits)
    picked = xp.sum(xp.where(chosen, probs, xp.zeros_like(probs)), axis=-1)
    return _reduce(-xp.log(picked), reduction, xp)


# -- checks and reductions -------------------------------------------------------------------------


def _floats(**named):
    xp, *arrays = together(**named)
    return xp, *(to_float(array, xp) for array in arrays)


def _numbers(predictions, targets):
    xp, predictions, targets = _floats(predictions=predictions, targets=targets)
    require_same_shape("predictions", predictions, "targets", targets)
    return xp, predictions, targets


def _answers(logits, targets):
    xp, logits, targets = _floats(logits=logits, targets=targets)
    require_same_shape("logits", logits, "targets", targets)
    if not bool(xp.all((targets >= 0) & (targets <= 1))):
        raise ValueError(
            "targets holds numbers outside [0, 1]; expected 1 where the class is present and 0 where it is not: "
            "encode the labels first."
        )
    return xp, logits, xp.astype(targets, logits.dtype)


def _choices(logits, target_index):
    xp, logits, target_index = together(logits=logits, target_index=target_index)
    logits = to_float(logits, xp)
    if tuple(target_index.shape) != tuple(logits.shape[:-1]) or logits.ndim == 0:
        raise ValueError(
            f"target_index has shape {shape_text(target_index)} but logits has shape {shape_text(logits)}; "
            f"expected {tuple(logits.shape[:-1])}, one class index for each picture: "
            f"several labels at once need binary_cross_entropy."
        )
    require_not_empty("logits", logits)
    classes = logits.shape[-1]
    if not xp.isdtype(target_index.dtype, "integral"):
        raise ValueError(
            f"target_index holds {target_index.dtype}; expected whole numbers 0 to {classes - 1}."
        )
    if not bool(xp.all((target_index >= 0) & (target_index < classes))):
        raise ValueError(
            f"target_index holds a class outside 0 to {classes - 1}; expected the place of a label in the "
            f"vocabulary: use labels.class_index."
        )
    return xp, logits, target_index[..., None] == xp.arange(classes, device=target_index.device)


def _require(name, value, holds, expected) -> None:
    if not holds:
        raise ValueError(f"{name} is {value!r}; expected {expected}.")


def _count(array) -> int:
    return math.prod(array.shape)


def _pictures(logits) -> int:
    """How many choices (..., C) holds."""
    return math.prod(logits.shape[:-1])


def _reduce(terms, reduction, xp):
    if reduction == "none":
        return terms
    if reduction == "mean":
        return xp.mean(terms)
    if reduction == "sum":
        return xp.sum(terms)
    raise ValueError(f'reduction is {reduction!r}; expected "mean", "sum" or "none".')
