"""The formulas of lesson 2 as LaTeX, with the numbers of the sliders in the places of their symbols."""

import numpy as np

from engine.functional import losses

SMALL = 5e-5


def sigmoid(logit: float) -> str:
    """The sigmoid of one logit."""
    prob = float(losses.sigmoid(np.array([logit]))[0])
    return rf"p = \sigma(z) = \frac{{1}}{{1 + e^{{-z}}}} = \frac{{1}}{{1 + e^{{{number(-logit)}}}}} = {decimal(prob)}"


def binary_cross_entropy(logit: float, target: int) -> str:
    """Binary cross-entropy of one class, by its logit and its target of 0 or 1."""
    loss = float(losses.binary_cross_entropy(np.array([logit]), np.array([target]), reduction="none")[0])
    inside = "p" if target else "1 - p"
    return rf"\text{{BCE}} = -\left[\,y \log p + (1 - y) \log (1 - p)\,\right] = -\log({inside}) = {decimal(loss)}"


def softmax(logits: np.ndarray, place: int) -> str:
    """The softmax probability of the class at `place`."""
    prob = float(losses.softmax(logits)[place])
    return rf"s_t = \frac{{e^{{z_t}}}}{{\sum_j e^{{z_j}}}} = {decimal(prob)}"


def cross_entropy(logits: np.ndarray, target: int) -> str:
    """Cross-entropy of the logits (C,) for the one target class."""
    return rf"\text{{CE}} = -\log s_t = {decimal(float(losses.cross_entropy(logits, target)))}"


def number(value: float) -> str:
    """A logit as short as it can be written: "2.5", "-3"."""
    return f"{value + 0.0:.4g}"


def decimal(value: float) -> str:
    """A probability or a loss with four digits; what would round to 0 as a power of ten."""
    if 0 < value < SMALL:
        mantissa, _, exponent = f"{value:.1e}".partition("e")
        return rf"{mantissa} \times 10^{{{int(exponent)}}}"
    return f"{value:.4f}"
