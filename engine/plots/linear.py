"""Figures of lesson 4: the walk down the error surface, the plane over two inputs, and what an outlier does."""

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from engine.experiments.salary_data import EXPERIENCE, EXPERIENCE_RANGE, SALARY, SALARY_RANGE, SCHOOL
from engine.functional.linear_regression import Hyperplane, mse_ellipse, mse_of_lines
from engine.plots.style import CURRENT, MAE, MSE, PREDICTION, RIGHT, titled

RINGS = 25
FAR = 1e6
SPACE_HEIGHT = 400
"""What is drawn in space is as large as its chart is high: this high, it is not cut off on a phone."""

_WALK = {"color": CURRENT, "width": 2}
_TEXT = {"size": 13}


@dataclass(frozen=True)
class Window:
    """The part of the plane of lines that a map shows, and what its axes are called."""

    slopes: tuple[float, float]
    intercepts: tuple[float, float]
    slope_title: str
    intercept_title: str
    round: bool = False

    def holds(self, lines) -> np.ndarray:
        """Say for each slope and intercept `(K, 2)` whether it is shown; `(K,)` booleans."""
        low, high = np.transpose([self.slopes, self.intercepts])
        return ((lines >= low) & (lines <= high)).all(axis=-1)

    def near(self, line, other) -> bool:
        """Say whether two lines are shown so close to each other that their names would collide."""
        low, high = np.transpose([self.slopes, self.intercepts])
        return bool((np.abs(np.subtract(line, other)) < 0.06 * (high - low)).all())


def walk_map(x, y, path: np.ndarray, best, window: Window, title: str) -> go.Figure:
    """The mean squared error over slope and intercept as lines of one height, and a walk `(steps + 1, 2)` on it.

    `best` is the fitted line's slope and intercept.
    """
    figure = go.Figure()
    for level in _levels(max(1.0, float(mse_of_lines(x, y, best)))):
        _add_height(figure, mse_ellipse(x, y, level), level, window)
    shown = _near(path)
    figure.add_scatter(
        x=shown[:, 0], y=shown[:, 1], mode="lines+markers", line=_WALK, marker={"size": 5}, hoverinfo="skip"
    )
    _mark(figure, best, MSE, "x", "least MSE")
    _mark(figure, path[0], CURRENT, "circle", "start")
    if len(path) > 1 and window.holds(path[-1]):
        arrived = window.near(path[-1], best)
        _mark(figure, path[-1], PREDICTION, "circle", "" if arrived else f"step {len(path) - 1}")
    titled(figure, title, window.slope_title, window.intercept_title, 440)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(range=window.slopes, zeroline=False, showgrid=False)
    figure.update_yaxes(range=window.intercepts, zeroline=False, showgrid=False)
    if window.round:
        figure.update_yaxes(scaleanchor="x", constrain="domain")
        figure.update_xaxes(constrain="domain")
    return figure


def walk_surface(x, y, path: np.ndarray, best, window: Window, title: str) -> go.Figure:
    """The same as `walk_map` as a bowl to turn, a little higher than where the walk starts."""
    errors = mse_of_lines(x, y, path)
    least = float(mse_of_lines(x, y, best))
    top = max(1.15 * errors[0], 2 * least)
    levels = least + (top - least) * np.linspace(0, 1, RINGS) ** 2
    rings = np.array([mse_ellipse(x, y, level) for level in levels])
    figure = go.Figure(
        go.Surface(
            x=rings[..., 0],
            y=rings[..., 1],
            z=np.broadcast_to(levels[:, None], rings.shape[:2]),
            colorscale=[[0, MSE], [1, "#BFE3D6"]],
            showscale=False,
            opacity=0.85,
            hovertemplate="slope %{x:.2f}, intercept %{y:.1f}: MSE %{z:.1f}<extra></extra>",
        )
    )
    inside = errors <= top
    for places, heights, colour, size, name in (
        (path[inside], errors[inside], PREDICTION, 3, "the walk"),
        (np.array([best]), [least], RIGHT, 6, "least MSE"),
    ):
        figure.add_scatter3d(
            x=places[:, 0],
            y=places[:, 1],
            z=np.asarray(heights) + 0.01 * (top - least),
            mode="lines+markers",
            line={"color": colour, "width": 6},
            marker={"color": colour, "size": size},
            hovertemplate=name + ": slope %{x:.2f}, intercept %{y:.1f}<extra></extra>",
        )
    titled(figure, title, "", "", SPACE_HEIGHT)
    return _in_space(figure, "slope", "intercept", "MSE", above=1.5)


def walk_lines(x, y, lines: np.ndarray, title: str) -> go.Figure:
    """The points, and the line at each step of a walk, `(steps + 1, 2)`, the later the stronger."""
    figure = go.Figure()
    picked = _spread_out(len(lines), 10)
    for rank, step in enumerate(picked):
        last = rank == len(picked) - 1
        figure.add_scatter(
            x=EXPERIENCE_RANGE,
            y=[_on(lines[step], end) for end in EXPERIENCE_RANGE],
            mode="lines",
            line={"color": PREDICTION if last else CURRENT, "width": 3 if last else 1.5},
            opacity=1 if last else 0.25 + 0.5 * rank / len(picked),
            hoverinfo="skip",
        )
    _add_people(figure, x, y)
    titled(figure, title, EXPERIENCE, SALARY, 440)
    return _people_axes(figure)


def walk_errors(errors: np.ndarray, least: float, title: str) -> go.Figure:
    """The mean squared error after each step of a walk, on a logarithmic scale, against the least there is."""
    shown = np.where(np.isfinite(errors) & (errors < FAR**2), errors, np.nan)
    steps, floor = np.arange(len(errors)), max(least, 1e-2)
    figure = go.Figure()
    figure.add_scatter(
        x=steps[[0, -1]],
        y=[floor, floor],
        mode="lines",
        line={"color": MSE, "dash": "dash"},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=steps,
        y=shown,
        mode="lines+markers" if len(errors) <= 60 else "lines",
        line=_WALK | {"width": 3},
        hovertemplate="step %{x}: MSE %{y:.4g}<extra></extra>",
    )
    figure.add_annotation(
        x=steps[-1], y=np.log10(floor), text=f"least MSE {least:.1f}", showarrow=False, xanchor="right",
        yanchor="bottom", font=_TEXT | {"color": MSE},
    )  # fmt: skip
    titled(figure, title, "step", "MSE, (thousand €)²", 260)
    figure.update_layout(showlegend=False)
    low, high = np.log10(floor), np.log10(max(np.nanmax(shown), 2 * floor))
    margin = 0.12 * (high - low)
    figure.update_yaxes(
        type="log", range=[low - margin, high + margin], exponentformat="power", minor_ticks=""
    )
    if high - low > 3:
        figure.update_yaxes(dtick=np.ceil((high - low) / 6))
    else:
        figure.update_yaxes(tickvals=[value for value in _levels(0.5 * floor, 10 * 10**high)])
    return figure


def plane(inputs: np.ndarray, y: np.ndarray, fitted: Hyperplane, title: str) -> go.Figure:
    """People over two inputs `(N, 2)`, the fitted plane, and a stick from each person to it."""
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
    titled(figure, title, "", "", SPACE_HEIGHT)
    return _in_space(figure, EXPERIENCE, SCHOOL, "salary (thousand €)")


def outlier_lines(x, y, typed: int, squares: Hyperplane, absolute: Hyperplane, title: str) -> go.Figure:
    """The line with the least squared error and the one with the least absolute error; `typed` is the outlier."""
    top = max(SALARY_RANGE[1], float(np.max(y)) * 1.08)
    figure = go.Figure()
    lines = ((squares, MSE, "least MSE"), (absolute, MAE, "least mean absolute error"))
    upper = max(lines, key=lambda each: each[0].predict([EXPERIENCE_RANGE[1]])[0])[0]
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
            font=_TEXT | {"color": colour},
        )
    people = np.arange(len(x)) != typed
    _add_people(figure, np.asarray(x)[people], np.asarray(y)[people])
    figure.add_scatter(
        x=[x[typed]],
        y=[y[typed]],
        mode="markers",
        marker={"color": PREDICTION, "size": 14, "symbol": "diamond"},
        hovertemplate="the one that was typed: %{y:.0f} thousand €<extra></extra>",
    )
    titled(figure, title, EXPERIENCE, SALARY, 420)
    return _people_axes(figure, top)


def outlier_slopes(typed, squares, absolute, here: float, title: str) -> go.Figure:
    """The slope of both lines against the salary that was typed, `(T,)` each, and a mark at the current one."""
    figure = go.Figure()
    for slopes, colour, name in ((squares, MSE, "least MSE"), (absolute, MAE, "least mean absolute error")):
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
            font=_TEXT | {"color": colour},
        )  # fmt: skip
    figure.add_vline(x=here, line={"color": CURRENT, "width": 2})
    titled(figure, title, "the salary that was typed (thousand € a year)", "slope (thousand € per year)", 420)
    figure.update_layout(showlegend=False)
    return figure


def _add_people(figure: go.Figure, x, y) -> None:
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        marker={"color": RIGHT, "size": 9, "line": {"color": "white", "width": 1}},
        hovertemplate="%{x:.1f} years: %{y:.1f} thousand €<extra></extra>",
    )


def _people_axes(figure: go.Figure, top: float = SALARY_RANGE[1]) -> go.Figure:
    figure.update_layout(showlegend=False)
    figure.update_xaxes(range=EXPERIENCE_RANGE, zeroline=False)
    figure.update_yaxes(range=[0, top], zeroline=False)
    return figure


def _mark(figure: go.Figure, place, colour: str, symbol: str, name: str) -> None:
    figure.add_scatter(
        x=[place[0]],
        y=[place[1]],
        mode="markers",
        marker={"color": colour, "size": 12, "symbol": symbol, "line": {"color": "white", "width": 1.5}},
        hovertemplate=f"{name}: slope %{{x:.3f}}, intercept %{{y:.2f}}<extra></extra>",
    )
    figure.add_annotation(
        x=place[0], y=place[1], text=name, showarrow=False, xanchor="left", xshift=10, yshift=8, font=_TEXT
    )


def _near(path: np.ndarray) -> np.ndarray:
    """The walk up to where it has gone too far to draw."""
    gone = np.flatnonzero(~(np.abs(path) < FAR).all(axis=1))
    return path[: gone[0]] if len(gone) else path


def _levels(above: float, below: float = 20_000) -> list[float]:
    """The numbers 1, 2, 5, 10, 20, ... between two bounds."""
    steps = [digit * 10.0**power for power in range(-3, 13) for digit in (1, 2, 5)]
    return [step for step in steps if above < step < below]


def _add_height(figure: go.Figure, ellipse: np.ndarray, level: float, window: Window) -> None:
    figure.add_scatter(
        x=ellipse[:, 0],
        y=ellipse[:, 1],
        mode="lines",
        line={"color": "rgba(0,158,115,.55)", "width": 1},
        fill="toself",
        fillcolor="rgba(0,158,115,.09)",
        hoverinfo="skip",
    )
    shown = ellipse[window.holds(ellipse)]
    if len(shown):
        x, y = shown[shown[:, 1].argmin()]
        figure.add_annotation(
            x=x,
            y=y,
            text=f"{level:,.0f}",
            showarrow=False,
            xanchor="right",
            yanchor="bottom",
            font={"size": 12},
        )


def _in_space(figure: go.Figure, x: str, y: str, z: str, above: float = 0.75) -> go.Figure:
    figure.update_layout(
        showlegend=False,
        margin={"l": 0, "r": 0, "b": 0},
        uirevision="turned as the reader left it",
        scene={
            "xaxis": {"title": x},
            "yaxis": {"title": y},
            "zaxis": {"title": z},
            "aspectmode": "manual",
            "aspectratio": {"x": 1, "y": 1, "z": 0.8},
            "camera": {"eye": {"x": 1.85, "y": -2.0, "z": above}, "center": {"x": 0, "y": 0, "z": -0.12}},
        },
    )
    return figure


def _on(line, x: float) -> float:
    return float(line[0] * x + line[1])


def _spread_out(count: int, most: int) -> np.ndarray:
    """Up to `most` whole numbers below `count`, the first and the last among them, closest at the start."""
    if count <= most:
        return np.arange(count)
    return np.unique(np.concatenate([[0], np.geomspace(1, count - 1, most - 1).round()]).astype(int))
