"""Figures of lesson 2: the losses along a logit and along a probability, and every class's loss by two networks."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import plotly.graph_objects as go

from engine.functional import losses
from engine.plots.overlay_marks import Dot, Marks, stands_still
from engine.plots.style import AS_PRINTED, BCE, CROSS_ENTROPY, MNIST_LOSS, layout
from engine.plots.text_trace import Word, words

PRESENT = "● "
CURVES: tuple[tuple[str, Callable, dict[str, Any]], ...] = (
    ("binary cross-entropy", losses.binary_cross_entropy, {"color": BCE, "width": 3}),
    ("mnist_loss", losses.mnist_loss, {"color": MNIST_LOSS, "width": 2.5}),
    (
        "formula as printed",
        losses.binary_cross_entropy_as_printed,
        {"color": AS_PRINTED, "width": 2, "dash": "dot"},
    ),
)
_ROOM = 1.3
"""How much longer the axis is than the longest bar: the number next to it fits even on a phone."""
_Y = "loss (nats)"
_PROBS = np.concatenate(
    [[0.0005, 0.002, 0.005, 0.01], np.linspace(0.02, 0.98, 49), [0.99, 0.995, 0.998, 0.9995]]
)


def sentence(sigmoids: np.ndarray, softmaxes: np.ndarray, targets: np.ndarray, vocab: Sequence[str]) -> str:
    """One sentence that compares sigmoids and softmax (C,) of the same logits."""
    present = np.flatnonzero(targets)
    total = f"The sigmoids add up to {sigmoids.sum():.2f}, softmax always to 1"
    if len(present) == 0:
        likeliest = vocab[int(softmaxes.argmax())]
        return f"{total}, so with nothing present {likeliest} still gets {softmaxes.max():.3f}"
    if len(present) == 1:
        return total
    least = int(present[softmaxes[present].argmin()])
    return f"{total}, so of {len(present)} present classes {vocab[least]} gets only {softmaxes[least]:.3f}"


@lru_cache(maxsize=64)
def loss_curves(target: int, label: str, reach: float) -> go.Figure:
    """Draw the loss of one yes/no prediction against its logit up to `reach` and, below, against its probability.

    Binary cross-entropy, the same without the log, and the formula as printed in the book; `current_prediction` marks a
    prediction on them. The figure is cached: do not change it.
    """
    wrong, far = -1 if target else 1, 0.7 * reach
    above = _curves(np.linspace(-reach, reach, 81), target, lambda z: z, "")
    below = _curves(losses.logit(_PROBS), target, losses.sigmoid, "2")
    worst, best = (0.02, 0.98) if target else (0.98, 0.02)
    names = [_names([(wrong * far, far), (wrong * far, 1.0), (-wrong * 0.9 * reach, 0.9 * reach)], "")]
    names += [_names([(worst, 4.0), (worst, 1.0), (best, 6.0)], "2")]
    shared = layout("", "logit", _Y, 600)
    two = {
        "showlegend": False,
        "xaxis": shared["xaxis"] | {"range": [-1.05 * reach, 1.05 * reach]},
        "yaxis": shared["yaxis"] | {"domain": [0.6, 1], "range": [-0.04 * reach, max(8.3, reach * 1.05)]},
        "xaxis2": {
            "title": {"text": f"probability of {label} (sigmoid)"},
            "range": [-0.02, 1.02],
            "anchor": "y2",
        },
        "yaxis2": {"title": {"text": _Y}, "domain": [0, 0.4], "range": [-0.3, 8.3]},
    }
    return go.Figure(above + below + names, stands_still(shared | two))


def curves_title(target: int, label: str) -> str:
    """The title of the curves of a present or an absent class."""
    state = "present" if target else "absent"
    return f"{label} is {state}: mnist_loss stops at 1, while BCE keeps rising with the mistake"


def curves_reach(logit: float) -> float:
    """The range of the curves: in steps, so that most changes of a logit keep it."""
    return max(8.0, 4 * np.ceil(abs(logit) * 1.15 / 4))


def current_prediction(logit: float, target: int) -> list[Marks]:
    """A dot on each curve of both panels, at this logit."""
    costs = [(float(_each(loss, np.array([logit]), target)[0]), line["color"]) for _, loss, line in CURVES]
    return [
        Marks(dots=tuple(Dot(x, cost, colour) for cost, colour in costs), axis=axis)
        for axis, x in (("", logit), ("2", float(losses.sigmoid(logit))))
    ]


def _curves(logits: np.ndarray, target: int, x_of, axis: str) -> list[dict]:
    """The three curves over `x_of(logits)`."""
    on = {"type": "scatter", "mode": "lines", "xaxis": f"x{axis}", "yaxis": f"y{axis}", "x": x_of(logits)}
    return [
        on | {"y": _each(loss, logits, target), "name": name, "line": line} for name, loss, line in CURVES
    ]


def _each(loss, logits: np.ndarray, target: int) -> np.ndarray:
    return loss(logits, np.full(logits.shape, target), reduction="none")


def _names(positions: list[tuple[float, float]], axis: str) -> dict:
    """Each curve's name just above its position, towards the middle of the panel."""
    middle = float(np.mean([x for x, _ in positions]))
    names = [
        Word(x, y, name, line["color"], "top right" if x <= middle else "top left")
        for (name, _, line), (x, y) in zip(CURVES, positions, strict=True)
    ]
    return words(names, axis)


def both_losses(
    bce_terms: np.ndarray, ce_terms: np.ndarray | None, targets: np.ndarray, vocab: Sequence[str]
) -> go.Figure:
    """Draw each class's binary cross-entropy, and the cross-entropy if this class were the only label.

    `bce_terms` (C,) come from the multi-label network and `ce_terms` (C,) from the single-label one, or None. NaN is a
    class that a network does not have: it gets no bar.
    """
    names = [f"{PRESENT}{label}" if there else label for label, there in zip(vocab, targets, strict=True)]
    bars = [_loss_bars(bce_terms, names, "binary cross-entropy of this class", BCE)]
    if ce_terms is not None:
        bars.insert(0, _loss_bars(ce_terms, names, "cross-entropy if this were the label", CROSS_ENTROPY))
    most = vocab[int(bce_terms.argmax())]
    title = f"Binary cross-entropy scores each class by its own prediction; here {most} adds most"
    shared = layout(title, "loss (nats)", "", 120 + 40 * len(vocab))
    reversed_names = shared["yaxis"] | {"autorange": "reversed", "type": "category"}
    longest = max((float(np.nanmax(bar["x"])) for bar in bars if not np.isnan(bar["x"]).all()), default=1.0)
    with_room = shared["xaxis"] | {"range": [0, _ROOM * longest or 1.0]}
    axes = {"xaxis": with_room, "yaxis": reversed_names}
    return go.Figure(bars, shared | axes | {"barmode": "group", "bargap": 0.25})


def _loss_bars(terms: np.ndarray, names: list[str], title: str, colour: str) -> dict:
    return {
        "type": "bar",
        "x": terms,
        "y": names,
        "name": title,
        "orientation": "h",
        "marker": {"color": colour},
        "text": ["" if np.isnan(term) else f"{term:.3f}" for term in terms],
        "textposition": "outside",
        "constraintext": "none",
        "textfont": {"size": 12},
        "cliponaxis": False,
        "hovertemplate": "%{y}: %{x:.6f}<extra></extra>",
    }
