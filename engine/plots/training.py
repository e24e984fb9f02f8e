"""Figures of a training run: its losses, and its metric with the constant baselines."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.plots import metric_range
from engine.plots.names import is_lower_better, named
from engine.plots.style import BASELINE, PREDICTION, RIGHT, layout

VERTICES = 120


def losses(batches: pd.DataFrame, history: pd.DataFrame, loss: str) -> go.Figure:
    """Draw the loss of the batches so far, at most 120 means, and both losses at the end of each epoch.

    `batches` holds step, epoch and loss, `history` a row per epoch; either may be empty. `loss` is its title.
    """
    x, means = _binned(batches)
    data = [line("batches", x, means, BASELINE, "lines", 1.5)]
    for column, colour in (("train_loss", RIGHT), ("valid_loss", PREDICTION)):
        if column in history:
            data.append(line(named(column), history["epoch"], history[column], colour))
    legend = {"legend": {"orientation": "h", "y": 1, "yanchor": "bottom"}}
    return go.Figure(data, layout(_loss_title(history), "epoch", loss, 300) | legend)


def metric(history: pd.DataFrame, column: str, baselines: Mapping[str, float] | None = None) -> go.Figure:
    """Draw one metric of the validation images after each epoch.

    `baselines` are constant predictions, the best first: a description, and its value, drawn as a dashed line.
    """
    values = history[column]
    title = f"{named(column)} is {values.iloc[-1]:.4g} after epoch {int(history['epoch'].iloc[-1])}"
    figure = go.Figure([line(named(column), history["epoch"], values, RIGHT)])
    levels = dict(baselines or {})
    for name in list(levels)[:1]:
        title += f"; {name} has {levels[name]:.4g}"
    for name, level in levels.items():
        figure.add_hline(level, line={"color": BASELINE, "dash": "dash", "width": 1.5})
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=level, yanchor="bottom", text=name, showarrow=False,
            font={"color": BASELINE},
        )  # fmt: skip
    figure.update_layout(layout(title, "epoch", named(column), 300))
    figure.update_traces(cliponaxis=False)
    reach = metric_range.around([*values, *levels.values()], not is_lower_better(column))
    return figure.update_yaxes(range=reach)


def _loss_title(history: pd.DataFrame) -> str:
    if "valid_loss" not in history:
        return "The loss of each batch during the first epoch"
    last = history.iloc[-1]
    return f"After epoch {int(last['epoch'])} the validation loss is {last['valid_loss']:.4f}"


def _binned(batches: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The end of each bin of steps, in epochs, and the mean loss in it."""
    if batches.empty:
        return np.zeros(0), np.zeros(0)
    per_epoch = batches.groupby("epoch")["step"].transform("rank").to_numpy()
    most = batches["epoch"].value_counts().max()
    x = batches["epoch"].to_numpy() - 1 + per_epoch / most
    edges = np.unique(np.linspace(0, len(x), min(len(x), VERTICES) + 1).round().astype(int))
    means = np.add.reduceat(batches["loss"].to_numpy(float), edges[:-1]) / np.diff(edges)
    return x[edges[1:] - 1], means


def line(
    name: str, x, y, colour: str, mode: str = "lines+markers", width: float = 2.5, dash: str = "solid"
) -> dict:
    """A Plotly trace of one curve."""
    return {
        "type": "scatter", "mode": mode, "x": np.asarray(x, float), "y": np.asarray(y, float), "name": name,
        "line": {"color": colour, "width": width, "dash": dash},
        "hovertemplate": f"{name}: %{{y:.4g}}<extra></extra>",
    }  # fmt: skip
