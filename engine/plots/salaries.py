"""What the figures of lesson 4 share: the points, their axes, and 3D scenes."""

import plotly.graph_objects as go

from engine.experiments.salary_data import EXPERIENCE_RANGE, SALARY_RANGE
from engine.plots.style import RIGHT

SPACE_HEIGHT = 440
"""The height of 3D figures: the scene scales with the height, and this much still fits on a phone."""

FEW = 5
"""Steps of an axis in space, where more would run into each other."""

TEXT = {"size": 13}


def add_people(figure: go.Figure, x, y) -> None:
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        marker={"color": RIGHT, "size": 9, "line": {"color": "white", "width": 1}},
        hovertemplate="%{x:.1f} years: %{y:.1f} thousand €<extra></extra>",
    )


def people_axes(figure: go.Figure, top: float = SALARY_RANGE[1]) -> go.Figure:
    figure.update_layout(showlegend=False)
    figure.update_xaxes(range=EXPERIENCE_RANGE, zeroline=False)
    figure.update_yaxes(range=[0, top], zeroline=False)
    return figure


def in_space(figure: go.Figure, x: str, y: str, z: str, above: float = 0.75) -> go.Figure:
    figure.update_layout(
        showlegend=False,
        margin={"l": 0, "r": 0, "b": 0},
        uirevision="turned as the reader left it",
        scene={
            "xaxis": {"title": x, "nticks": FEW},
            "yaxis": {"title": y, "nticks": FEW},
            "zaxis": {"title": z, "nticks": FEW + 1},
            "aspectmode": "manual",
            "aspectratio": {"x": 0.9, "y": 0.9, "z": 0.95},
            "camera": {"eye": {"x": 1.75, "y": -1.9, "z": above}, "center": {"x": 0, "y": 0, "z": -0.12}},
        },
    )
    return figure
