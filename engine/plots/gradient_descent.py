"""Figures of gradient descent in lesson 4: the path over the error surface, its lines, and its errors."""

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from engine.experiments.salary_data import EXPERIENCE, EXPERIENCE_RANGE, SALARY
from engine.functional.linear_regression import mse_ellipse, mse_of_lines
from engine.plots.salaries import SPACE_HEIGHT, TEXT, add_people, in_space, people_axes
from engine.plots.style import CURRENT, MSE, PREDICTION, RIGHT, titled

RINGS = 25
FAR = 1e6

_PATH_STYLE = {"color": CURRENT, "width": 2}


@dataclass(frozen=True)
class Window:
    """The range of slopes and intercepts that a map shows, and its axis titles."""

    slopes: tuple[float, float]
    intercepts: tuple[float, float]
    slope_title: str
    intercept_title: str
    round: bool = False

    def holds(self, lines: np.ndarray) -> np.ndarray:
        """Return for each slope and intercept `(K, 2)` whether it is shown; `(K,)` booleans."""
        low, high = np.transpose([self.slopes, self.intercepts])
        return ((lines >= low) & (lines <= high)).all(axis=-1)

    def near(self, line, other) -> bool:
        """Return whether two lines are so close on the map that their names would overlap."""
        low, high = np.transpose([self.slopes, self.intercepts])
        return bool((np.abs(np.subtract(line, other)) < 0.06 * (high - low)).all())


def walk_map(x, y, path: np.ndarray, best, window: Window, title: str) -> go.Figure:
    """A contour map of the mean squared error over slope and intercept, with a descent path `(steps + 1, 2)`.

    `best` is the fitted line's slope and intercept.
    """
    figure = go.Figure()
    for level in _levels(max(1.0, float(mse_of_lines(x, y, best)))):
        _add_contour(figure, mse_ellipse(x, y, level), level, window)
    shown = _near(path)
    figure.add_scatter(
        x=shown[:, 0],
        y=shown[:, 1],
        mode="lines+markers",
        line=_PATH_STYLE,
        marker={"size": 5},
        hoverinfo="skip",
    )
    _mark(figure, best, MSE, "x", "lowest MSE")
    _mark(figure, path[0], CURRENT, "circle", "start")
    if len(path) > 1 and window.holds(path[-1]):
        has_arrived = window.near(path[-1], best)
        _mark(figure, path[-1], PREDICTION, "circle", "" if has_arrived else f"step {len(path) - 1}")
    titled(figure, title, window.slope_title, window.intercept_title, 440)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(range=window.slopes, zeroline=False, showgrid=False)
    figure.update_yaxes(range=window.intercepts, zeroline=False, showgrid=False)
    if window.round:
        figure.update_yaxes(scaleanchor="x", constrain="domain")
        figure.update_xaxes(constrain="domain")
    return figure


def walk_surface(x, y, path: np.ndarray, best, window: Window, title: str) -> go.Figure:
    """The same as a rotatable 3D surface, up to a little above the start of the path."""
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
    for points, heights, colour, size, name in (
        (path[inside], errors[inside], PREDICTION, 3, "the walk"),
        (np.array([best]), [least], RIGHT, 6, "lowest MSE"),
    ):
        figure.add_scatter3d(
            x=points[:, 0],
            y=points[:, 1],
            z=np.asarray(heights) + 0.01 * (top - least),
            mode="lines+markers",
            line={"color": colour, "width": 6},
            marker={"color": colour, "size": size},
            hovertemplate=name + ": slope %{x:.2f}, intercept %{y:.1f}<extra></extra>",
        )
    titled(figure, title, "", "", SPACE_HEIGHT)
    return in_space(figure, "slope", "intercept", "MSE", above=1.5)


def walk_lines(x, y, lines: np.ndarray, title: str) -> go.Figure:
    """The points, and the line at each step of a descent, `(steps + 1, 2)`; later ones are more opaque."""
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
    add_people(figure, x, y)
    titled(figure, title, EXPERIENCE, SALARY, 440)
    return people_axes(figure)


def walk_errors(errors: np.ndarray, least: float, title: str) -> go.Figure:
    """The mean squared error after each step of a descent, on a logarithmic scale, with the minimum."""
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
        line=_PATH_STYLE | {"width": 3},
        hovertemplate="step %{x}: MSE %{y:.4g}<extra></extra>",
    )
    figure.add_annotation(
        x=steps[-1], y=np.log10(floor), text=f"lowest MSE {least:.1f}", showarrow=False, xanchor="right",
        yanchor="bottom", font=TEXT | {"color": MSE},
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


def _mark(figure: go.Figure, point, colour: str, symbol: str, name: str) -> None:
    figure.add_scatter(
        x=[point[0]],
        y=[point[1]],
        mode="markers",
        marker={"color": colour, "size": 12, "symbol": symbol, "line": {"color": "white", "width": 1.5}},
        hovertemplate=f"{name}: slope %{{x:.3f}}, intercept %{{y:.2f}}<extra></extra>",
    )
    figure.add_annotation(
        x=point[0], y=point[1], text=name, showarrow=False, xanchor="left", xshift=10, yshift=8, font=TEXT
    )


def _near(path: np.ndarray) -> np.ndarray:
    """The path up to where it is too far away to draw."""
    gone = np.flatnonzero(~(np.abs(path) < FAR).all(axis=1))
    return path[: gone[0]] if len(gone) else path


def _levels(above: float, below: float = 20_000) -> list[float]:
    """The numbers 1, 2, 5, 10, 20, ... between two bounds."""
    steps = [digit * 10.0**power for power in range(-3, 13) for digit in (1, 2, 5)]
    return [step for step in steps if above < step < below]


def _add_contour(figure: go.Figure, ellipse: np.ndarray, level: float, window: Window) -> None:
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


def _on(line, x: float) -> float:
    return float(line[0] * x + line[1])


def _spread_out(count: int, most: int) -> np.ndarray:
    """Up to `most` whole numbers below `count`, the first and the last among them, closest at the start."""
    if count <= most:
        return np.arange(count)
    return np.unique(np.concatenate([[0], np.geomspace(1, count - 1, most - 1).round()]).astype(int))
