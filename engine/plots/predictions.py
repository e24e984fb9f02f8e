"""A model's prediction for one image as bars: sigmoids against their thresholds, or a softmax."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from engine.plots.points import plain_html
from engine.plots.style import CURRENT, INK, SIGMOID, SOFTMAX, titled

FAINT = 0.35


def sigmoid_bars(vocab: Sequence[str], probs, thresholds) -> go.Figure:
    """Each label's probability with a tick at its threshold; bars that pass it are full, the others faint.

    The numbers stand in a column to the right of the axis, where no tick covers them at any width.
    """
    probs, thresholds = np.asarray(probs, float), np.asarray(thresholds, float)
    labels = [label for label, yes in zip(vocab, probs > thresholds, strict=True) if yes]
    figure = _bars(vocab, probs, SIGMOID, probs > thresholds, np.ones(len(vocab)))
    names = [plain_html(label) for label in vocab]
    figure.add_scatter(
        x=thresholds,
        y=names,
        mode="markers",
        marker={
            "symbol": "line-ns-open",
            "size": 16,
            "color": CURRENT,
            "line": {"width": 3, "color": CURRENT},
        },
        hovertemplate="%{y}: yes above %{x:.2f}<extra></extra>",
    )
    prediction = _listed(labels) if labels else "none of its labels"
    return _finished(
        figure, f"Each label on its own: {prediction}", len(vocab), "probability (sigmoid); tick = threshold"
    )


def softmax_bars(vocab: Sequence[str], probs) -> go.Figure:
    """Each class's softmax probability; the most likely class is full, the others faint."""
    probs = np.asarray(probs, float)
    best = int(probs.argmax())
    figure = _bars(vocab, probs, SOFTMAX, np.arange(len(vocab)) == best, probs)
    title = f"One label only: {plain_html(vocab[best])}, {probs[best]:.0%}"
    return _finished(figure, title, len(vocab), "probability (softmax); all add up to 1")


def before_after(vocab: Sequence[str], before, after, colour: str, title: str, x: str) -> go.Figure:
    """Two probabilities for each label, an open ring before and a full dot after, with a line between them."""
    names = [plain_html(label) for label in vocab]
    before, after = np.asarray(before, float), np.asarray(after, float)
    figure = go.Figure()
    for name, start, end in zip(names, before, after, strict=True):
        figure.add_scatter(
            x=[start, end], y=[name, name], mode="lines", line={"color": colour, "width": 4}, hoverinfo="skip"
        )
    for name, probs, symbol in (("before", before, "circle-open"), ("after", after, "circle")):
        figure.add_scatter(
            x=probs,
            y=names,
            mode="markers",
            cliponaxis=False,
            marker={"color": colour, "size": 12, "symbol": symbol, "line": {"width": 2, "color": colour}},
            hovertemplate="%{y}: %{x:.1%}<extra>" + name + "</extra>",
        )
    return _finished(figure, title, len(vocab), x)


def _bars(
    vocab: Sequence[str], probs: np.ndarray, colour: str, full: np.ndarray, places: np.ndarray
) -> go.Figure:
    names = [plain_html(label) for label in vocab]
    figure = go.Figure()
    figure.add_bar(
        x=probs,
        y=names,
        orientation="h",
        marker={"color": colour, "opacity": np.where(full, 1.0, FAINT)},
        hovertemplate="%{y}: %{x:.1%}<extra></extra>",
    )
    figure.add_scatter(
        x=places, y=names, mode="text", text=[f"\N{NO-BREAK SPACE}{prob:.0%}" for prob in probs],
        textposition="middle right", textfont={"color": INK}, cliponaxis=False, hoverinfo="skip",
    )  # fmt: skip
    return figure


def _finished(figure: go.Figure, title: str, rows: int, x: str) -> go.Figure:
    titled(figure, title, x, "", 120 + 26 * rows)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(range=[-0.02, 1.12], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(autorange="reversed")
    return figure


def _listed(labels: Sequence[str]) -> str:
    names = [plain_html(label) for label in labels]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
