"""Binary cross-entropy with weights that depend on the prediction: focal and asymmetric loss, and their gradients."""

from types import ModuleType

import numpy as np

from engine.functional.arrays import Array
from engine.functional.losses.activations import log_sigmoid
from engine.functional.losses.checks import Reduction, count, labelled, reduce, require


def focal_loss(
    logits: Array,
    targets: Array,
    gamma: float = 2.0,
    alpha: float | None = 0.25,
    reduction: Reduction = "mean",
) -> Array:
    """Return binary cross-entropy, down-weighted where the prediction is already nearly right.

    -alpha_t (1 - p_t)^gamma log(p_t), where p_t is the probability given to the target. `gamma` is 0 or more; 0 turns
    the down-weighting off. `alpha`, in [0, 1], is the weight of present classes and 1 - `alpha` that of absent ones;
    None weights both equally. Equals `torchvision.ops.sigmoid_focal_loss`. Shapes and errors as `binary_cross_entropy`.
    Source: Lin, Goyal, Girshick, He and Dollár, Focal Loss for Dense Object Detection, ICCV 2017, equation 5.
    """
    xp, logits, targets = labelled(logits, targets)
    require("gamma", gamma, gamma >= 0, "0 or more")
    require("alpha", alpha, alpha is None or 0 <= alpha <= 1, "None, or 0 to 1")
    present, absent = (1.0, 1.0) if alpha is None else (alpha, 1 - alpha)
    log_yes, log_no = log_sigmoid(logits), log_sigmoid(-logits)
    terms = -targets * present * xp.exp(gamma * log_no) * log_yes
    terms = terms - (1 - targets) * absent * xp.exp(gamma * log_yes) * log_no
    return reduce(terms, reduction, xp)


def focal_loss_gradient(
    logits: Array, targets: Array, gamma: float = 2.0, alpha: float | None = 0.25
) -> Array:
    """Return the gradient of the mean `focal_loss`; it vanishes where the prediction is nearly right."""
    xp, logits, targets = labelled(logits, targets)
    present, absent = (1.0, 1.0) if alpha is None else (alpha, 1 - alpha)
    log_yes, log_no = log_sigmoid(logits), log_sigmoid(-logits)
    slopes = targets * present * _focal_slope(xp, log_yes, log_no, gamma)
    return (slopes - (1 - targets) * absent * _focal_slope(xp, log_no, log_yes, gamma)) / count(logits)


def _focal_slope(xp: ModuleType, log_right: Array, log_wrong: Array, gamma: float) -> Array:
    """The derivative of -(1 - p)^gamma log(p) with respect to the logit of p."""
    return xp.exp(gamma * log_wrong) * (gamma * xp.exp(log_right) * log_right - xp.exp(log_wrong))


def asymmetric_loss(
    logits: Array,
    targets: Array,
    gamma_pos: float = 0.0,
    gamma_neg: float = 4.0,
    margin: float = 0.05,
    reduction: Reduction = "mean",
) -> Array:
    """Return focal loss for present classes and a milder one for absent classes: unlikely ones cost nothing.

    Present: -(1 - p)^gamma_pos log(p). Absent: -q^gamma_neg log(1 - q), with q = max(p - margin, 0). The defaults are
    the paper's; with both gammas and the margin 0 it is `binary_cross_entropy`. The gammas are 0 or more, `margin`
    lies in [0, 1). Shapes and errors as `binary_cross_entropy`.
    Source: Ridnik, Ben-Baruch, Zamir, Noy, Friedman, Protter and Zelnik-Manor, Asymmetric Loss For Multi-Label
    Classification, ICCV 2021, equations 5 to 7.
    """
    xp, logits, targets = labelled(logits, targets)
    require("gamma_pos", gamma_pos, gamma_pos >= 0, "0 or more")
    require("gamma_neg", gamma_neg, gamma_neg >= 0, "0 or more")
    require("margin", margin, 0 <= margin < 1, "0 or more and below 1")
    log_yes, log_no = log_sigmoid(logits), log_sigmoid(-logits)
    present = -xp.exp(gamma_pos * log_no) * log_yes
    terms = targets * present + (1 - targets) * _absent_terms(xp, log_yes, log_no, gamma_neg, margin)
    return reduce(terms, reduction, xp)


def asymmetric_loss_gradient(
    logits: Array, targets: Array, gamma_pos: float = 0.0, gamma_neg: float = 4.0, margin: float = 0.05
) -> Array:
    """Return the gradient of the mean `asymmetric_loss`; it is 0 for unlikely classes that are absent."""
    xp, logits, targets = labelled(logits, targets)
    log_yes, log_no = log_sigmoid(logits), log_sigmoid(-logits)
    shifted, is_counted, log_not_shifted = _shifted(xp, log_yes, log_no, margin)
    slope = shifted**gamma_neg * xp.exp(log_yes + log_no - log_not_shifted)
    if gamma_neg:
        weight_slope = gamma_neg * shifted ** (gamma_neg - 1) * xp.exp(log_yes + log_no)
        slope = slope - weight_slope * log_not_shifted
    absent = xp.where(is_counted, slope, xp.zeros_like(logits))
    slopes = targets * _focal_slope(xp, log_yes, log_no, gamma_pos) + (1 - targets) * absent
    return slopes / count(logits)


def _absent_terms(xp: ModuleType, log_yes: Array, log_no: Array, gamma: float, margin: float) -> Array:
    """-q^gamma log(1 - q) with q = max(p - margin, 0); where q is 0, so are the term and its gradient."""
    shifted, is_counted, log_not_shifted = _shifted(xp, log_yes, log_no, margin)
    return xp.where(is_counted, -(shifted**gamma) * log_not_shifted, xp.zeros_like(log_yes))


def _shifted(xp: ModuleType, log_yes: Array, log_no: Array, margin: float) -> tuple[Array, Array, Array]:
    """q = p - margin where that is positive and 1 elsewhere; the mask of where it is; and log(1 - p + margin)."""
    log_not_shifted = (
        xp.logaddexp(log_no, xp.zeros_like(log_no) + float(np.log(margin))) if margin else log_no
    )
    shifted = xp.exp(log_yes) - margin
    is_counted = shifted > 0
    return xp.where(is_counted, shifted, xp.ones_like(shifted)), is_counted, log_not_shifted
