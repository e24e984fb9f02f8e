"""The effect of `y_range`: a curve that keeps predictions between two bounds, and its vanishing slope near them."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from engine.functional.coordinates import sigmoid_range
from engine.plots.points import legend_above
from engine.plots.signed import signed
from engine.plots.style import BASELINE, CURRENT, PREDICTION, RIGHT, TRUTH, titled

SHOWN_RAW = np.linspace(-8, 8, 321)


def range_slope(raw, low: float, high: float) -> np.ndarray:
    """The slope of `sigmoid_range` at `raw`: (y - low)(high - y) / (high - low), 0 at either bound."""
    prediction = sigmoid_range(np.asarray(raw, float), low, high)
    return (prediction - low) * (high - prediction) / (high - low)


def range_curve(raw: float, low: float = -1, high: float = 1) -> go.Figure:
    """The prediction and its slope over the network's raw output, with the current output marked on both."""
    prediction, slope = float(sigmoid_range(np.float64(raw), low, high)), float(range_slope(raw, low, high))
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.06, row_heights=[0.62, 0.38])
    for row, curve, name, here in (
        (1, sigmoid_range(SHOWN_RAW, low, high), "prediction", prediction),
        (2, range_slope(SHOWN_RAW, low, high), "slope", slope),
    ):
        figure.add_scatter(x=SHOWN_RAW, y=curve, name=name, line={"color": RIGHT, "width": 3}, row=row, col=1)
        figure.add_scatter(
            x=[raw],
            y=[here],
            mode="markers+text",
            text=[f" {here:.4f}"],
            textposition=f"{'bottom' if row == 1 else 'top'} {'right' if raw < 4 else 'left'}",
            marker={"color": CURRENT, "size": 13},
            hoverinfo="skip",
            row=row,
            col=1,
        )
    _dashed(figure, [low, high])
    titled(
        figure,
        f"A raw output of {signed(raw)} becomes {signed(prediction, '+.4f')}; only "
        f"{slope / range_slope(0, low, high):.2%} of the middle's gradient gets through",
        "",
        "",
        440,
    )
    figure.update_xaxes(title="raw output of the network", row=2, col=1)
    figure.update_yaxes(title="prediction (units)", row=1, col=1)
    figure.update_yaxes(title="slope", rangemode="tozero", row=2, col=1)
    figure.update_layout(showlegend=False)
    return figure


def descend(target: float, steps: int, lr: float, y_range: tuple[float, float] | None) -> np.ndarray:
    """Gradient descent on (prediction - target)^2 for one raw output that starts at 0: the prediction before each step.

    With a `y_range` the prediction is `sigmoid_range` of the raw output, without one it is the raw output itself.
    Returns (steps + 1,).
    """
    raw, predictions = 0.0, []
    for _ in range(steps + 1):
        prediction = float(sigmoid_range(np.float64(raw), *y_range)) if y_range else raw
        slope = float(range_slope(raw, *y_range)) if y_range else 1.0
        predictions.append(prediction)
        raw -= lr * 2 * (prediction - target) * slope
    return np.array(predictions)


def descent_race(target: float, width_px: int, steps: int = 60, lr: float = 0.3) -> go.Figure:
    """How many pixels short of `target` (units) descent still is after each step, with and without `y_range`."""
    figure = go.Figure()
    left_px = {}
    for name, y_range, colour in (
        ("y_range=(-1, 1)", (-1, 1), PREDICTION),
        ("y_range=(-1.1, 1.1)", (-1.1, 1.1), CURRENT),
        ("no y_range", None, BASELINE),
    ):
        short = np.abs(descend(target, steps, lr, y_range) - target) * width_px / 2
        left_px[name] = short[-1]
        figure.add_scatter(
            x=np.arange(steps + 1),
            y=short,
            name=name,
            line={"color": colour, "width": 3},
            hovertemplate="step %{x}: %{y:.1f} px off<extra>" + name + "</extra>",
        )
    titled(
        figure,
        f"Asked for {signed(target, '+.3f')}, after {steps} steps y_range=(-1, 1) is "
        f"{left_px['y_range=(-1, 1)']:.1f} px short, without y_range {left_px['no y_range']:.1f} px",
        "steps of gradient descent",
        f"distance from the target (px of {width_px})",
        440,
    )
    legend_above(figure)
    figure.update_yaxes(type="log", range=[-1.7, 2.7], dtick=1)
    return figure


def _dashed(figure: go.Figure, bounds) -> None:
    for bound in bounds:
        figure.add_hline(y=bound, line={"color": TRUTH, "width": 1, "dash": "dash"}, row=1, col=1)
