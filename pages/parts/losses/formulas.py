"""The formulas of lesson 2 as LaTeX, with the numbers of the sliders in the places of their symbols."""

import numpy as np

from engine.functional import losses

SMALL = 5e-5
STYLE = """<style>
.katex-display {margin: .4rem 0; text-align: left}
.katex-display > .katex {font-size: 1.05em; text-align: left}
</style>"""


def sigmoid(logit: float) -> str:
    """The sigmoid of one logit."""
    prob = float(losses.sigmoid(np.array([logit]))[0])
    worked = rf"\frac{{1}}{{1 + e^{{{number(-logit)}}}}} = {decimal(prob)}"
    return _in_two_lines("p", r"\sigma(z) = \frac{1}{1 + e^{-z}}", worked)


def binary_cross_entropy(logit: float, target: int) -> str:
    """Binary cross-entropy of one class, by its logit and its target of 0 or 1."""
    loss = float(losses.binary_cross_entropy(np.array([logit]), np.array([target]), reduction="none")[0])
    worked = rf"-\log({'p' if target else '1 - p'}) = {decimal(loss)}"
    return _in_two_lines(r"\text{BCE}", r"-\left[\,y \log p + (1 - y) \log (1 - p)\,\right]", worked)


def cross_entropy(logits: np.ndarray, target: int) -> str:
    """Cross-entropy of the logits (C,) for the one target class, by way of its softmax."""
    prob, loss = float(losses.softmax(logits)[target]), float(losses.cross_entropy(logits, target))
    worked = rf"-\log {decimal(prob)} = {decimal(loss)}"
    return _in_two_lines(r"\text{CE}", r"-\log \frac{e^{z_t}}{\sum_j e^{z_j}}", worked)


def _in_two_lines(symbol: str, formula: str, worked: str) -> str:
    """A formula, and below it the same with numbers: it fits next to a chart."""
    return rf"\begin{{aligned}} {symbol} &= {formula} \\ &= {worked} \end{{aligned}}"


def number(value: float) -> str:
    """A logit as short as it can be written: "2.5", "-3"."""
    return f"{value + 0.0:.4g}"


def decimal(value: float) -> str:
    """A probability or a loss with four digits; what would round to 0 as a power of ten."""
    if 0 < value < SMALL:
        mantissa, _, exponent = f"{value:.1e}".partition("e")
        return rf"{mantissa} \times 10^{{{int(exponent)}}}"
    return f"{value:.4f}"
