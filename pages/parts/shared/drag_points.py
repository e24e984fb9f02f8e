"""A chart whose points can be dragged: a component of our own, since Plotly tells Streamlit of clicks only.

Python sends it numbers and the constant texts of this package, never text that came from outside.
"""

from pathlib import Path

import numpy as np
import streamlit as st

MOST, FEWEST = 40, 2

_CSS = """
.chart {min-height: 340px}
svg {display: block; touch-action: pan-y; user-select: none; -webkit-user-select: none; cursor: copy;
  font: min(.8125rem, 16px) var(--st-font, sans-serif)}
text {fill: var(--st-text-color); opacity: .85}
.grid {stroke: var(--st-text-color); opacity: .1}
.square {fill-opacity: .16; stroke-opacity: .55; stroke-width: 1}
.fitted {stroke-width: 3}
.name {font-weight: 600; font-size: min(.875rem, 17px); opacity: 1; paint-order: stroke;
  stroke: var(--st-background-color);
  stroke-width: 5px; stroke-linejoin: round}
.point {cursor: grab; touch-action: none; outline: none}
.point:active {cursor: grabbing}
.reach {fill: transparent}
.dot {fill: var(--st-text-color); stroke: var(--st-background-color); stroke-width: 2}
.point:focus .dot {stroke: var(--st-primary-color); stroke-width: 4}
.point:hover .dot {fill: var(--st-primary-color)}
"""
_SCRIPT = Path(__file__).with_name("drag_points.js").read_text(encoding="utf-8")
_CHART = st.components.v2.component("drag_points", html='<div class="chart"></div>', css=_CSS, js=_SCRIPT)


def chart(
    key: str,
    points: np.ndarray,
    lines: list[dict],
    x: dict,
    y: dict,
    echo: int,
    alt: str,
    on_edit,
    on_release,
) -> None:
    """Show the points `(N, 2)` to drag, over lines with slope, intercept, name, colour, dashed and squares.

    `x` and `y` hold title, unit, range and ticks. While a point is dragged `on_edit` is called with what
    `edited_points` reads, and `on_release` when it is let go; `echo` is the last sequence number that was read.
    """
    data = {"points": points.tolist(), "lines": lines, "x": x, "y": y, "echo": echo, "alt": alt}
    data |= {"most": MOST, "fewest": FEWEST, "keySteps": [0.5, 1.0]}
    _CHART(key=key, data=data, on_edit_change=on_edit, on_released_change=on_release)


def edited_points(edit, x_range, y_range) -> np.ndarray | None:
    """Read `(N, 2)` points from what a browser sent, held inside the ranges; None where it is no such thing."""
    try:
        points = np.array(edit["points"], dtype=float)
    except (TypeError, KeyError, ValueError):
        return None
    return held(points, x_range, y_range)


def held(points: np.ndarray, x_range, y_range) -> np.ndarray | None:
    """The points to one decimal, inside the ranges; None unless there are 2 to 40 pairs of finite numbers."""
    if points.ndim != 2 or points.shape[1] != 2 or not FEWEST <= len(points) <= MOST:
        return None
    if not np.isfinite(points).all():
        return None
    return np.clip(points, *np.transpose([x_range, y_range])).round(1)
