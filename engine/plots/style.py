"""The same colour for the same thing on every page, and the layout of all charts.

The colours are Okabe and Ito's (2008), which colour-blind readers can distinguish; each is legible on white
and on black.
"""

from typing import Any

import plotly.graph_objects as go

TRUTH = "#009E73"
PREDICTION = "#D55E00"
RIGHT = "#0072B2"
WRONG = "#CC3311"
BASELINE = "#888888"
CURRENT = "#E69F00"
INK = "#010203"
"""Text on a faint colour: a page shows it black on white, and white on dark."""
SIGMOID = BCE = "#1F84C6"
SOFTMAX = CROSS_ENTROPY = "#E69F00"
AS_PRINTED = "#CC79A7"
MNIST_LOSS = "#56B4E9"
MSE = "#009E73"
MAE = "#CC79A7"
FOCAL = "#7B61C4"
ASYMMETRIC = "#B5533C"
HUBER = "#A6761D"

RUNS = ("#0072B2", "#D55E00", "#7B61C4", "#E69F00", "#CC79A7", "#56B4E9")
"""The colours of compared runs, in order; none is the colour of the truth."""

LOSSES = {
    "binary_cross_entropy": BCE,
    "cross_entropy": CROSS_ENTROPY,
    "binary_cross_entropy_as_printed": AS_PRINTED,
    "focal": FOCAL,
    "asymmetric": ASYMMETRIC,
    "mean_squared_error": MSE,
    "mean_absolute_error": MAE,
    "huber": HUBER,
}
"""The colour of each loss of `engine.tasks.LOSSES`, by name."""


def loss_colour(name: str) -> str:
    """The colour of a loss: its own in `LOSSES`, else one of `RUNS` by its name, always the same."""
    return LOSSES.get(name) or RUNS[sum(name.encode()) % len(RUNS)]


def layout(title: str, x: str, y: str, height: int = 360) -> dict:
    """The layout of `titled` as a dictionary: a figure created with it is validated only once."""
    return {
        "title": {"text": title, "x": 0, "xanchor": "left", "font": {"size": 16}},
        "height": height,
        "margin": {"l": 10, "r": 10, "t": 56, "b": 10},
        "hovermode": "closest",
        "legend": _legend(height),
        "xaxis": {"title": {"text": x}, "automargin": True},
        "yaxis": {"title": {"text": y}, "automargin": True},
    }


def _legend(height: int) -> dict:
    """A legend below the title of the x axis, at the same distance for every height in pixels."""
    return {"orientation": "h", "y": -72 / height}


def titled(figure: go.Figure, title: str, x: str, y: str, height: int = 360) -> go.Figure:
    """Give a figure a title that states its point, axis labels with units, and the shared margins."""
    figure.update_layout(
        title={"text": title, "x": 0, "xanchor": "left", "font": {"size": 16}},
        height=height,
        margin={"l": 10, "r": 10, "t": 56, "b": 10},
        hovermode="closest",
        legend=_legend(height),
    )
    figure.update_xaxes(title=x, automargin=True)
    figure.update_yaxes(title=y, automargin=True)
    return figure


METRICS: dict[str, dict[str, Any]] = {
    "accuracy": {"color": "#1F84C6", "width": 3.5},
    "skill": {"color": "#56B4E9", "width": 2},
    "precision": {"color": PREDICTION, "width": 2, "dash": "dot"},
    "recall": {"color": TRUTH, "width": 2, "dash": "dash"},
    "f1": {"color": "#CC79A7", "width": 2.5},
    "exact_match": {"color": "#A67C00", "width": 2},
}
"""How the curve of each metric is drawn, by its column of a threshold curve."""


def metric_line(name: str) -> dict[str, Any]:
    """How a metric's curve is drawn: as in `METRICS`, else a thin line in one of `RUNS` by its name."""
    return METRICS.get(name) or {"color": RUNS[sum(name.encode()) % len(RUNS)], "width": 1.5}
