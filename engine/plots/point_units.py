"""One point in pixels and in units of -1 to 1, and what an error in units is worth in pixels."""

import numpy as np
import plotly.graph_objects as go

from engine.functional.coordinates import to_px, to_unit
from engine.functional.point_metrics import root_mse_px
from engine.plots.points import image_axes
from engine.plots.signed import signed
from engine.plots.style import BASELINE, PREDICTION, TRUTH, titled

TICKS_UNIT = (-1, -0.5, 0, 0.5, 1)
LENS_PX = (32, 24)


def point_in_both_units(point_px, size_wh, mse_unit: float) -> go.Figure:
    """A frame with pixels along two edges and units along the others, a point, and the typical error around it.

    The ellipse reaches as far as the root of `mse_unit` across and down.
    """
    unit_x, unit_y = to_unit(point_px, size_wh)
    figure = _point_and_ellipse(point_px, size_wh, mse_unit)
    title = (
        f"({point_px[0]:.0f}, {point_px[1]:.0f}) px is ({signed(unit_x, '+.3f')}, {signed(unit_y, '+.3f')})"
    )
    titled(figure, title, "across (px)", "down (px)", 310)
    image_axes(figure, size_wh)
    figure.update_xaxes(range=[-0.04 * size_wh[0], 1.14 * size_wh[0]])
    figure.update_yaxes(range=[1.04 * size_wh[1], -0.12 * size_wh[1]])
    return _with_unit_ticks(figure, size_wh)


def error_under_the_lens(point_px, size_wh, mse_unit: float) -> go.Figure:
    """The same point and ellipse enlarged, in a window of `LENS_PX` on a grid of pixels."""
    across, down = root_mse_px(mse_unit, size_wh)
    figure = _point_and_ellipse(point_px, size_wh, mse_unit)
    title = f"Enlarged: an MSE of {mse_unit:g} is {across:.1f} px across and {down:.1f} px down"
    titled(figure, title, "across (px)", "down (px)", 310)
    x, y = point_px
    reach = np.array(LENS_PX) / 2 * max(1.0, np.ceil(2.2 * across / LENS_PX[0]))
    figure.update_xaxes(range=[x - reach[0], x + reach[0]], constrain="domain", zeroline=False)
    figure.update_yaxes(
        range=[y + reach[1], y - reach[1]],
        scaleanchor="x",
        constrain="domain",
        constraintoward="top",
        zeroline=False,
    )
    return figure


def _point_and_ellipse(point_px, size_wh, mse_unit: float) -> go.Figure:
    x, y = point_px
    across, down = root_mse_px(mse_unit, size_wh)
    figure = go.Figure()
    figure.add_shape(
        type="circle",
        x0=x - across,
        x1=x + across,
        y0=y - down,
        y1=y + down,
        line={"color": PREDICTION, "width": 2},
        fillcolor=PREDICTION,
        opacity=0.4,
    )
    figure.add_scatter(
        x=[x],
        y=[y],
        mode="markers",
        marker={"color": TRUTH, "size": 9, "line": {"color": "white", "width": 1}},
        hovertemplate="(%{x:.0f}, %{y:.0f}) px<extra></extra>",
        showlegend=False,
    )
    return figure


def _with_unit_ticks(figure: go.Figure, size_wh) -> go.Figure:
    """Grid lines at -1, -0.5, 0, 0.5 and 1, labelled outside the frame's upper and right edges."""
    places = to_px([[unit, unit] for unit in TICKS_UNIT], size_wh)
    dotted = {"color": BASELINE, "width": 1, "dash": "dot"}
    for unit, (across, down) in zip(TICKS_UNIT, places, strict=True):
        label = signed(unit, "+g")
        figure.add_shape(x0=across, x1=across, y0=0, y1=size_wh[1], line=dotted)
        figure.add_shape(x0=0, x1=size_wh[0], y0=down, y1=down, line=dotted)
        figure.add_annotation(
            x=across, y=0, text=label, showarrow=False, yanchor="bottom", font={"color": BASELINE, "size": 13}
        )
        figure.add_annotation(
            x=1.02 * size_wh[0],
            y=down,
            text=label,
            showarrow=False,
            xanchor="left",
            font={"color": BASELINE, "size": 13},
        )
    return figure
