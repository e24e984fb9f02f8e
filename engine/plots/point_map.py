"""The points of a dataset's images, all in one frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from engine.data.formats.parsed_source import Row
from engine.plots.style import BASELINE, CURRENT, TRUTH, titled

MOST_POINTS = 5_000


def of_points(rows: Sequence[Row], sizes: Mapping[str, tuple[int, int]]) -> go.Figure:
    """Every point as a share of its image's width and height, from the upper left corner; at most `MOST_POINTS`."""
    step = -(-len(rows) // MOST_POINTS)
    figure = go.Figure(
        [
            _part([row for row in rows[::step] if bool(row.is_valid) == is_valid], sizes, name, colour)
            for name, is_valid, colour in (("training", False, TRUTH), ("validation", True, CURRENT))
        ]
    )
    figure.add_shape(type="rect", x0=0, y0=0, x1=100, y1=100, line={"color": BASELINE})
    title = f"Where the {len(rows):,} points lie, all images squeezed into one frame"
    titled(figure, title, "share of the width (%)", "share of the height (%)", 420)
    figure.update_yaxes(autorange="reversed")
    return figure


def _part(rows: Sequence[Row], sizes: Mapping[str, tuple[int, int]], name: str, colour: str) -> go.Scatter:
    points = [(row.fname, row.point_px) for row in rows if row.point_px is not None]
    return go.Scatter(
        x=[100 * x / sizes[fname][0] for fname, (x, _) in points],
        y=[100 * y / sizes[fname][1] for fname, (_, y) in points],
        text=[fname for fname, _ in points],
        mode="markers",
        name=name,
        marker={"size": 6, "color": colour, "opacity": 0.6},
        hovertemplate="%{text}: %{x:.1f}, %{y:.1f}<extra></extra>",
    )
