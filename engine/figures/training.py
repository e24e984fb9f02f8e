"""Figures of a run that trains: its losses as they fall, its measure as it rises, and several runs together."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.figures.style import BASELINE, CURRENT, LOSSES, PREDICTION, RIGHT, TRUTH, layout

VERTICES = 120
_OF_RUNS = (RIGHT, PREDICTION, TRUTH, CURRENT, LOSSES["focal"], LOSSES["mean_absolute_error"])
_DASHES = ("solid", "dash", "dot")
_NAMES = {"train_loss": "training loss", "valid_loss": "validation loss"}


def named(column: str) -> str:
    """A column of a run's history as people read it."""
    return _NAMES.get(column, column)


def losses(batches: pd.DataFrame, history: pd.DataFrame, loss: str) -> go.Figure:
    """Draw the loss of the batches so far, at most 120 means, and both losses at the end of each epoch.

    `batches` holds step, epoch and loss, `history` a row per epoch; either may be empty. `loss` is its title.
    """
    x, means = _binned(batches)
    data = [_line("batches", x, means, BASELINE, "lines", 1.5)]
    for column, colour in (("train_loss", RIGHT), ("valid_loss", PREDICTION)):
        if column in history:
            data.append(_line(named(column), history["epoch"], history[column], colour))
    legend = {"legend": {"orientation": "h", "y": 1, "yanchor": "bottom"}}
    return go.Figure(data, layout(_loss_title(history), "epoch", loss, 300) | legend)


def measure(history: pd.DataFrame, column: str) -> go.Figure:
    """Draw one measure of the validation pictures after each epoch."""
    values = history[column]
    title = f"{named(column)} is {values.iloc[-1]:.4f} after epoch {int(history['epoch'].iloc[-1])}"
    return go.Figure(
        [_line(named(column), history["epoch"], values, RIGHT)], layout(title, "epoch", named(column), 300)
    )


def together(histories: Mapping[str, pd.DataFrame], column: str) -> go.Figure:
    """Draw one column of several runs' histories over each other, a line for each run."""
    data = [
        _line(name, history["epoch"], history[column], _OF_RUNS[place % len(_OF_RUNS)])
        | {"line": {"color": _OF_RUNS[place % len(_OF_RUNS)], "dash": _DASHES[place // len(_OF_RUNS) % 3]}}
        for place, (name, history) in enumerate(histories.items())
    ]
    ends = {name: float(history[column].iloc[-1]) for name, history in histories.items()}
    best = (min if column.endswith("loss") else max)(ends, key=ends.get)
    says = "lowest" if column.endswith("loss") else "highest"
    title = f"{best} ends {says}, with a {named(column)} of {ends[best]:.4f}"
    return go.Figure(data, layout(title, "epoch", named(column), 360) | {"showlegend": True})


def _loss_title(history: pd.DataFrame) -> str:
    if "valid_loss" not in history:
        return "The loss of the batches, before the first epoch has ended"
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


def _line(name: str, x, y, colour: str, mode: str = "lines+markers", width: float = 2.5) -> dict:
    return {
        "type": "scatter", "mode": mode, "x": np.asarray(x, float), "y": np.asarray(y, float), "name": name,
        "line": {"color": colour, "width": width}, "hovertemplate": f"{name}: %{{y:.4g}}<extra></extra>",
    }  # fmt: skip
