"""Figures of fitted lines and planes in lesson 4: a plane over two inputs, and the effect of an outlier."""

import numpy as np
import plotly.graph_objects as go

from engine.experiments.salary_data import EXPERIENCE, EXPERIENCE_RANGE, SALARY, SALARY_RANGE, SCHOOL
from engine.functional.linear_regression import Hyperplane
from engine.plots.salaries import TEXT, add_people, in_space, people_axes
from engine.plots.style import CURRENT, MAE, MSE, PREDICTION, RIGHT, titled


def plane(inputs: np.ndarray, y: np.ndarray, fitted: Hyperplane, title: str) -> go.Figure:
    """Points over two inputs `(N, 2)`, the fitted plane, and a line from each point to it."""
    corners = [np.linspace(column.min(), column.max(), 2) for column in inputs.T]
    height = [[float(fitted.predict([[a, b]])[0]) for a in corners[0]] for b in corners[1]]
    predicted = fitted.predict(inputs)
    sticks = np.full((len(y), 3, 3), np.nan)
    sticks[:, :2, :2] = inputs[:, None, :]
    sticks[:, 0, 2], sticks[:, 1, 2] = y, predicted
    across, along, up = sticks.reshape(-1, 3).T
    figure = go.Figure()
    figure.add_surface(
        x=corners[0], y=corners[1], z=height, colorscale=[[0, MSE], [1, MSE]], opacity=0.45, showscale=False,
        hovertemplate=f"{EXPERIENCE} %{{x:.1f}}<br>{SCHOOL} %{{y:.1f}}<br>predicted %{{z:.1f}}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter3d(
        x=across, y=along, z=up, mode="lines", line={"color": PREDICTION, "width": 4}, hoverinfo="skip"
    )
    figure.add_scatter3d(
        x=inputs[:, 0],
        y=inputs[:, 1],
        z=y,
        mode="markers",
        marker={"color": RIGHT, "size": 4},
        customdata=y - predicted,
        hovertemplate="%{x:.1f} and %{y:.1f} years: %{z:.1f}<br>error %{customdata:+.1f} thousand €<extra></extra>",
    )
    titled(figure, title, "", "", 400)
    return in_space(figure, EXPERIENCE, SCHOOL, "salary (thousand €)")


BELOW_THE_PEOPLE = -28
"""Pixels by which the lower line's name clears the line and the people along it."""


def outlier_lines(x, y, typed: int, squares: Hyperplane, absolute: Hyperplane, title: str) -> go.Figure:
    """The line with the least squared error and the one with the least absolute error; `typed` is the outlier."""
    top = max(SALARY_RANGE[1], float(np.max(y)) * 1.08)
    figure = go.Figure()
    lines = ((squares, MSE, "lowest MSE"), (absolute, MAE, "lowest mean absolute error"))
    upper = max(lines, key=lambda line: line[0].predict([EXPERIENCE_RANGE[1]])[0])[0]
    for line, colour, name in lines:
        ends = line.predict(np.array(EXPERIENCE_RANGE))
        figure.add_scatter(
            x=EXPERIENCE_RANGE, y=ends, mode="lines", line={"color": colour, "width": 3}, hoverinfo="skip"
        )
        figure.add_annotation(
            x=EXPERIENCE_RANGE[1],
            y=ends[1],
            text=name,
            showarrow=False,
            xanchor="right",
            yanchor="bottom" if line is upper else "top",
            yshift=0 if line is upper else BELOW_THE_PEOPLE,
            font=TEXT | {"color": colour},
        )
    people = np.arange(len(x)) != typed
    add_people(figure, np.asarray(x)[people], np.asarray(y)[people])
    figure.add_scatter(
        x=[x[typed]],
        y=[y[typed]],
        mode="markers",
        marker={"color": PREDICTION, "size": 14, "symbol": "diamond"},
        hovertemplate="typed salary: %{y:.0f} thousand €<extra></extra>",
    )
    titled(figure, title, EXPERIENCE, SALARY, 420)
    return people_axes(figure, top)


def outlier_slopes(typed, squares, absolute, here: float, title: str) -> go.Figure:
    """The slope of both lines over the outlier's salary, `(T,)` each, with a mark at the current one."""
    figure = go.Figure()
    for slopes, colour, name in ((squares, MSE, "lowest MSE"), (absolute, MAE, "lowest mean absolute error")):
        figure.add_scatter(
            x=typed,
            y=slopes,
            mode="lines",
            line={"color": colour, "width": 3},
            hovertemplate=f"typed %{{x:.0f}}: slope %{{y:.2f}}<extra>{name}</extra>",
        )
        middle = len(typed) // 2
        figure.add_annotation(
            x=typed[middle], y=slopes[middle], text=name, showarrow=False, xanchor="left", yanchor="bottom",
            font=TEXT | {"color": colour},
        )  # fmt: skip
    figure.add_vline(x=here, line={"color": CURRENT, "width": 2})
    titled(figure, title, "typed salary (thousand € per year)", "slope (thousand € per year)", 420)
    figure.update_layout(showlegend=False)
    return figure
