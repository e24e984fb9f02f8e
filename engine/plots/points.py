"""Predicted and true points: the errors, their positions in the image, and their groups."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.functional.coordinates import to_px, to_unit
from engine.functional.point_metrics import frame_of
from engine.plots.style import BASELINE, CURRENT, PREDICTION, titled

NETWORK_NAME = "network"
MOST_PLACES = 250
"""The most points that are drawn; more would hide each other."""
CENTRE = "centre"
"""What the points are, unless a caller says otherwise."""
LOG_TICKS_PX = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
SMALLEST_PX = 0.3
"""Errors below this are drawn here; a logarithmic axis has no 0."""

COLOUR_KEY = {
    "title": {"text": "error (px)", "side": "top"},
    "orientation": "h",
    "thickness": 10,
    "len": 0.6,
    "y": 0,
    "yanchor": "top",
}
"""A scale of colours below the axis: next to it, it would be taller than the image's frame."""
BELOW_AXIS = -0.2
"""Where it lies under a frame that is not much wider than high, which leaves no room below itself."""


def error_distribution(errors: pd.DataFrame, point: str = CENTRE) -> go.Figure:
    """The share of images whose error is at most so many pixels, for the network and for the baseline.

    The pixels are on a logarithmic scale, so that errors of 2 px and of 80 px can both be read. `point` is what the
    points are.
    """
    figure = go.Figure()
    medians = errors[["error_px", "baseline_px"]].median()
    known = medians.notna()
    for column, name, colour in _both(point):
        if not known[column]:
            continue
        _add_distribution(figure, errors[column], float(medians[column]), name, colour)
    titled(
        figure,
        f"Half the {point}s are found within {medians['error_px']:.1f} px"
        + f"; with the mean {point} it would be {medians['baseline_px']:.1f} px" * bool(known["baseline_px"]),
        f"distance from the true {point} (px, logarithmic)",
        "share of images at most that far",
        420,
    )
    for trace in figure.data[::2]:
        trace.showlegend = False
    legend_above(figure)
    figure.update_xaxes(type="log", tickvals=LOG_TICKS_PX, ticktext=[f"{tick:g}" for tick in LOG_TICKS_PX])
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    return figure


def _add_distribution(
    figure: go.Figure, errors_px: pd.Series, median_px: float, name: str, colour: str
) -> None:
    """Add the share of images within each distance, and a mark at the median."""
    ordered = np.maximum(np.sort(errors_px.to_numpy()), SMALLEST_PX)
    figure.add_scatter(
        x=np.concatenate([[SMALLEST_PX], ordered]),
        y=np.arange(len(ordered) + 1) / len(ordered),
        name=name,
        mode="lines",
        line={"color": colour, "width": 3, "shape": "hv"},
        hovertemplate="%{y:.0%} within %{x:.1f} px<extra>" + name + "</extra>",
    )
    figure.add_scatter(
        x=[max(median_px, SMALLEST_PX)],
        y=[0.5],
        name=f"{name}, median {median_px:.1f} px",
        mode="markers",
        marker={"color": colour, "size": 12, "line": {"color": "white", "width": 1}},
        hovertemplate="half of the images within %{x:.1f} px<extra>" + name + "</extra>",
    )


def error_places(predictions, errors: pd.DataFrame, longer: float = 1.0, things: str = "Heads") -> go.Figure:
    """Every true point in one frame, with a line towards the predicted one, drawn `longer` times its length.

    Images of other sizes are scaled to the most frequent size; the colour keeps the error in the
    image's own pixels. Of more than `MOST_PLACES` images every n-th is drawn (see `drawn_every`).
    """
    frame = frame_of(predictions.sizes_wh)
    below_axis = {} if frame[0] > 1.2 * frame[1] else {"y": BELOW_AXIS}
    title, step = _where_title(predictions, errors, things), drawn_every(len(errors))
    truth, guess = (
        to_px(to_unit(points_px, predictions.sizes_wh), frame)[::step]
        for points_px in (predictions.targets_px, predictions.points_px)
    )
    guess, errors = truth + longer * (guess - truth), errors.iloc[::step]
    figure = go.Figure()
    figure.add_scatter(
        **_broken_line(truth, guess), mode="lines", line={"color": PREDICTION, "width": 1.5}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=truth[:, 0],
        y=truth[:, 1],
        mode="markers",
        marker={
            "color": errors["error_px"],
            "colorscale": "Cividis",
            "cmin": 0,
            "size": 9,
            "line": {"color": "white", "width": 0.5},
            "colorbar": COLOUR_KEY | below_axis,
        },
        customdata=np.column_stack([errors["fname"].map(plain_html), errors["error_px"]]),
        hovertemplate="%{customdata[0]} %{customdata[1]:.1f} px off<extra></extra>",
    )
    titled(
        figure,
        title,
        "across the image (px)",
        "down the image (px)",
        400,
    )
    figure.update_layout(showlegend=False)
    return image_axes(figure, frame)


def drawn_every(images: int) -> int:
    """The n of every n-th image that `error_places` draws."""
    return -(-images // MOST_PLACES)


def error_by_group(errors: pd.DataFrame, point: str = CENTRE) -> go.Figure:
    """A strip of errors for each person, its median marked, and the same person's median under the baseline."""
    medians = errors.groupby("group")[["error_px", "baseline_px"]].median().sort_values("error_px")
    places = {group: place for place, group in enumerate(medians.index)}
    spread = np.resize([-0.16, 0.08, -0.08, 0.16, 0.0], len(errors))
    figure = go.Figure()
    figure.add_scatter(
        x=errors["error_px"],
        y=errors["group"].map(places) + spread,
        mode="markers",
        name="each image",
        marker={"color": PREDICTION, "size": 7, "opacity": 0.35},
        customdata=errors["fname"].map(plain_html),
        hovertemplate="%{customdata} %{x:.1f} px off<extra></extra>",
    )
    for (column, name, colour), symbol in zip(_both(point), ("diamond", "line-ns-open"), strict=True):
        figure.add_scatter(
            x=medians[column],
            y=list(places.values()),
            mode="markers",
            name=f"median, {name}",
            marker={"color": colour, "size": 13, "symbol": symbol, "line": {"width": 3, "color": colour}},
            hovertemplate="median %{x:.1f} px<extra>" + name + "</extra>",
        )
    titled(
        figure,
        _group_title(medians),
        f"distance from the true {point} (px)",
        "person",
        170 + 46 * len(medians),
    )
    legend_above(figure)
    figure.update_xaxes(rangemode="tozero")
    figure.update_yaxes(
        tickvals=list(places.values()), ticktext=[plain_html(group) for group in places], zeroline=False
    )
    return figure


def error_sweep(name: str, values, errors_px, seen: tuple[float, float], now: float) -> go.Figure:
    """The error while one thing about the head changes; `seen` is the range in training, `now` the present."""
    values, errors_px = np.asarray(values, float), np.asarray(errors_px, float)
    inside = (values >= seen[0]) & (values <= seen[1])
    figure = go.Figure()
    figure.add_vrect(x0=seen[0], x1=seen[1], fillcolor=BASELINE, opacity=0.15, line_width=0)
    figure.add_vline(x=now, line={"color": CURRENT, "width": 2, "dash": "dash"})
    figure.add_scatter(
        x=values,
        y=errors_px,
        mode="lines+markers",
        line={"color": PREDICTION, "width": 3},
        hovertemplate="%{x:.0f}: %{y:.1f} px off<extra></extra>",
    )
    title = f"At most {errors_px[inside].max():.1f} px off within what training showed (grey)"
    if not inside.all():
        title += f", up to {errors_px[~inside].max():.1f} px beyond it"
    titled(figure, title, name, "error (px)", 300)
    figure.update_yaxes(rangemode="tozero")
    return figure


def image_axes(figure: go.Figure, size_wh) -> go.Figure:
    """Give a figure the axes of an image: pixels, y downwards, square pixels, the frame drawn."""
    width, height = size_wh
    figure.add_shape(type="rect", x0=0, y0=0, x1=width, y1=height, line={"color": BASELINE, "width": 1})
    figure.update_xaxes(
        range=[-0.04 * width, 1.04 * width], showgrid=False, zeroline=False, constrain="domain"
    )
    figure.update_yaxes(
        range=[1.04 * height, -0.04 * height],
        showgrid=False,
        zeroline=False,
        scaleanchor="x",
        constrain="domain",
        constraintoward="top",
    )
    return figure


def legend_above(figure: go.Figure) -> go.Figure:
    """Put the legend in a line above the chart, where no axis title is in its way."""
    figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})
    return figure


def plain_html(text: str) -> str:
    """Text that Plotly shows verbatim: a name from a user's file is never parsed as markup."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _both(point: str) -> tuple[tuple[str, str, str], ...]:
    return (
        ("error_px", NETWORK_NAME, PREDICTION),
        ("baseline_px", f"always the mean {point}", BASELINE),
    )


def _broken_line(start: np.ndarray, end: np.ndarray) -> dict:
    gap = np.full(len(start), np.nan)
    return {axis: np.column_stack([start[:, i], end[:, i], gap]).ravel() for i, axis in enumerate("xy")}


def _where_title(predictions, errors: pd.DataFrame, things: str) -> str:
    off_centre = np.abs(to_unit(predictions.targets_px, predictions.sizes_wh)).max(axis=1)
    outer = off_centre > np.median(off_centre)
    if outer.all() or not outer.any():
        return "Where in the image the errors are"
    near, far = (errors["error_px"][part].median() for part in (~outer, outer))
    return f"{things} in the outer half: {far:.1f} px off; in the inner half: {near:.1f} px (medians)"


def _group_title(medians: pd.DataFrame) -> str:
    if len(medians) == 1:
        return f"One group: {medians['error_px'].iloc[0]:.1f} px off (median)"
    best, worst = medians.index[0], medians.index[-1]
    return (
        f"Person {plain_html(best)} is found within {medians['error_px'].iloc[0]:.1f} px, "
        f"person {plain_html(worst)} within {medians['error_px'].iloc[-1]:.1f} px (medians)"
    )
