"""The reliability diagram: the accuracy at each confidence."""

import pandas as pd
import plotly.graph_objects as go

from engine.plots.style import BASELINE, PREDICTION, RIGHT, layout

CALIBRATED, UNCALIBRATED, PERFECT = RIGHT, PREDICTION, BASELINE


def reliability(
    before: pd.DataFrame, after: pd.DataFrame, error_before: float, error_after: float
) -> go.Figure:
    """Accuracy over confidence before and after calibration, each with its direct label; the diagonal is perfect.

    `before` and `after` are curves of `engine.functional.calibration.reliability_curve`; the errors are the expected
    calibration errors. The size of a marker grows with the number of predictions in its bin.
    """
    shared = layout(_title(error_before, error_after), "confidence (probability)", "share that is right", 340)
    axis = {"range": [-0.03, 1.03], "zeroline": False}
    perfect = {
        "type": "scatter", "mode": "lines", "x": [0, 1], "y": [0, 1], "hoverinfo": "skip", "name": "perfect",
        "line": {"color": PERFECT, "dash": "dash", "width": 1.5},
    }  # fmt: skip
    drawn = [
        _curve(before, "before", UNCALIBRATED, "dot"),
        _curve(after, "after calibration", CALIBRATED, "solid"),
    ]
    words = [
        {"x": 0.02, "y": y, "text": text, "showarrow": False, "xanchor": "left", "font": {"color": colour}}
        for y, text, colour in (
            (0.98, f"before: error {error_before:.3f}", UNCALIBRATED),
            (0.90, f"after: error {error_after:.3f}", CALIBRATED),
            (0.82, "dashed: perfect", PERFECT),
        )
    ]
    axes = {"xaxis": shared["xaxis"] | axis, "yaxis": shared["yaxis"] | axis}
    return go.Figure([perfect, *drawn], shared | axes | {"showlegend": False, "annotations": words})


def one_curve(curve: pd.DataFrame, error: float) -> go.Figure:
    """The same for a single version of the probabilities."""
    figure = reliability(curve, curve, error, error)
    figure.data = (figure.data[0], figure.data[2])
    figure.layout.annotations = figure.layout.annotations[1:]
    figure.layout.annotations[0].text = f"held out: error {error:.3f}"
    figure.layout.title.text = (
        f"The error of the probabilities is {error:.3f}, averaged over all predictions, sure or not"
    )
    return figure


def _title(before: float, after: float) -> str:
    if after < before:
        return f"Calibration lowers the error of the probabilities from {before:.3f} to {after:.3f}"
    return f"The probabilities are as good without calibration: their error is {before:.3f}"


def _curve(curve: pd.DataFrame, name: str, colour: str, dash: str) -> dict:
    sizes = 5 + 11 * (curve["count"] / max(1, curve["count"].max())) ** 0.5
    return {
        "type": "scatter", "mode": "lines+markers", "name": name,
        "x": curve["confidence"].tolist(), "y": curve["accuracy"].tolist(), "customdata": curve["count"].tolist(),
        "line": {"color": colour, "dash": dash, "width": 2.5}, "marker": {"color": colour, "size": sizes.tolist()},
        "hovertemplate": f"{name}: confidence %{{x:.2f}}, share right %{{y:.2f}}, of %{{customdata}}<extra></extra>",
    }  # fmt: skip
