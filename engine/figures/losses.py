"""Figures of lesson 2: two activations of the same logits, and the losses along a logit and a probability."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from engine import losses
from engine.figures.style import (
    AS_PRINTED,
    BASELINE,
    BCE,
    CROSS_ENTROPY,
    MNIST_LOSS,
    SIGMOID,
    SOFTMAX,
    titled,
)

PRESENT = "● "
_CURVES = (
    ("binary cross-entropy", losses.binary_cross_entropy, {"color": BCE, "width": 3}),
    ("mnist_loss", losses.mnist_loss, {"color": MNIST_LOSS, "width": 2.5}),
    ("as printed", losses.binary_cross_entropy_as_printed, {"color": AS_PRINTED, "width": 2, "dash": "dot"}),
)


def two_activations(logits: np.ndarray, targets: np.ndarray, vocab: Sequence[str]) -> go.Figure:
    """Draw sigmoid and softmax of the same logits (C,) beside each other; present classes carry a dot."""
    sigmoids, softmaxes = losses.sigmoid(logits), losses.softmax(logits)
    names = _marked(vocab, targets)
    figure = go.Figure()
    for name, probs, colour in (("softmax", softmaxes, SOFTMAX), ("sigmoid", sigmoids, SIGMOID)):
        figure.add_bar(
            x=probs,
            y=names,
            name=name,
            orientation="h",
            marker={"color": colour},
            text=[f"{name} {p:.3f}" for p in probs],
            textposition="auto",
            insidetextanchor="end",
            cliponaxis=False,
            hovertemplate=f"%{{y}}: {name} %{{x:.6f}}<extra></extra>",
        )
    figure.add_vline(x=0.5, line={"color": BASELINE, "dash": "dash", "width": 1.5})
    figure.update_layout(barmode="group", bargap=0.25, showlegend=False)
    figure.update_xaxes(range=[0, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(autorange="reversed", type="category")
    return titled(
        figure,
        _shares_title(sigmoids, softmaxes, targets, vocab),
        "probability",
        "",
        100 + max(160, 38 * len(vocab)),
    )


def _marked(vocab: Sequence[str], targets: np.ndarray) -> list[str]:
    return [f"{PRESENT}{label}" if there else label for label, there in zip(vocab, targets, strict=True)]


def _shares_title(
    sigmoids: np.ndarray, softmaxes: np.ndarray, targets: np.ndarray, vocab: Sequence[str]
) -> str:
    present = np.flatnonzero(targets)
    total = f"The sigmoids sum to {sigmoids.sum():.2f}, softmax always to 1"
    if len(present) == 0:
        return f"{total}: nothing is there, and softmax still gives {vocab[softmaxes.argmax()]} {softmaxes.max():.3f}"
    if len(present) == 1:
        return total
    least = present[softmaxes[present].argmin()]
    return f"{total}: {len(present)} are there, and {vocab[least]} is left with {softmaxes[least]:.3f}"


def loss_against_logit(logit: float, target: int, label: str) -> go.Figure:
    """Draw the loss of one yes/no answer as its logit moves, with the current logit on each curve."""
    reach = max(8.0, abs(logit) * 1.15)
    wrong, far = -1 if target else 1, 0.7 * reach
    names_at = [(wrong * far, far), (wrong * far, 1.0), (-wrong * far, far)]
    figure = _curves(np.linspace(-reach, reach, 121), logit, target, lambda z: z, names_at)
    is_there = "is there" if target else "is not there"
    title = f"{label} {is_there}: mnist_loss stops at 1, its log keeps rising with the mistake"
    figure.update_yaxes(range=[-0.3, max(8.3, reach * 1.05)])
    return titled(figure, title, "logit", "loss (nats; mnist_loss has no unit)", 380)


def loss_against_probability(logit: float, target: int, label: str) -> go.Figure:
    """Draw the loss of one yes/no answer against its sigmoid, with the current probability on each curve."""
    probs = np.concatenate([[0.0005, 0.002, 0.005], np.linspace(0.01, 0.99, 99), [0.995, 0.998, 0.9995]])
    wrong, right = (0.02, 0.98) if target else (0.98, 0.02)
    names_at = [(wrong, 4.0), (abs(wrong - 0.2), 0.8), (right, 6.0)]
    figure = _curves(losses.logit(probs), logit, target, losses.sigmoid, names_at)
    right_end = "1" if target else "0"
    title = f"Against the probability: no loss at {right_end}, and no end to it at the other side"
    figure.update_xaxes(range=[-0.02, 1.02])
    figure.update_yaxes(range=[-0.3, 8.3])
    return titled(
        figure, title, f"probability of {label} (sigmoid)", "loss (nats; mnist_loss has no unit)", 380
    )


def _curves(
    logits: np.ndarray, current: float, target: int, x_of, names_at: list[tuple[float, float]]
) -> go.Figure:
    """The three curves over `x_of(logits)` with the current point on each; each name stands at a place of its own."""
    x, here = x_of(logits), float(x_of(current))
    lines = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": x,
            "y": _each(loss, logits, target),
            "name": name,
            "line": line,
        }
        for name, loss, line in _CURVES
    ]
    points = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [here],
            "y": _each(loss, np.array([current]), target),
            "marker": {"size": 12, "color": line["color"], "line": {"width": 2, "color": "white"}},
            "hovertemplate": f"{name}: %{{y:.4f}}<extra></extra>",
        }
        for name, loss, line in _CURVES
    ]
    return go.Figure(lines + points, {"showlegend": False, "annotations": _names(names_at)})


def _names(places: list[tuple[float, float]]) -> list[dict]:
    """Each curve's name just above its place, towards the middle of the chart."""
    middle = np.mean([x for x, _ in places])
    return [
        {
            "x": x, "y": y, "text": name, "showarrow": False, "yanchor": "bottom", "font": {"color": line["color"]},
            "xanchor": "left" if x <= middle else "right", "xshift": 6 if x <= middle else -6,
        }
        for (name, _, line), (x, y) in zip(_CURVES, places, strict=True)
    ]  # fmt: skip


def _each(loss, logits: np.ndarray, target: int) -> np.ndarray:
    return loss(logits, np.full(logits.shape, target), reduction="none")


def both_losses(
    bce_terms: np.ndarray, ce_terms: np.ndarray | None, targets: np.ndarray, vocab: Sequence[str]
) -> go.Figure:
    """Draw each class's loss: its own yes/no answer's, and cross-entropy's if this class were the one label.

    `bce_terms` (C,) come from the multi-label network and `ce_terms` (C,) from the single-label one, or None.
    """
    names = _marked(vocab, targets)
    figure = go.Figure()
    if ce_terms is not None:
        _loss_bars(figure, ce_terms, names, "cross-entropy if this were the label", CROSS_ENTROPY)
    _loss_bars(figure, bce_terms, names, "binary cross-entropy of this answer", BCE)
    figure.update_layout(barmode="group", bargap=0.25)
    figure.update_yaxes(autorange="reversed", type="category")
    worst = int(np.argmax(bce_terms))
    title = f"Binary cross-entropy charges every class for its own answer, here most for {vocab[worst]}"
    return titled(figure, title, "loss (nats)", "", 120 + 36 * len(vocab))


def _loss_bars(figure: go.Figure, terms: np.ndarray, names: list[str], says: str, colour: str) -> None:
    figure.add_bar(
        x=terms,
        y=names,
        name=says,
        orientation="h",
        marker={"color": colour},
        text=[f"{term:.3f}" for term in terms],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:.6f}<extra></extra>",
    )
