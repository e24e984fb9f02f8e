"""Figures of lesson 4: the walk down the error surface, the plane over two inputs, and what an outlier does."""

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from engine.figures.style import CURRENT, MAE, MSE, PREDICTION, RIGHT, titled
from engine.linear import Hyperplane, mse_surface
from engine.salaries import EXPERIENCE, EXPERIENCE_RANGE, SALARY, SALARY_RANGE, SCHOOL

GRID = 61
FAR = 1e6
_FADING = [[0, "rgba(0,158,115,.62)"], [0.45, "rgba(0,158,115,.22)"], [1, "rgba(0,158,115,.02)"]]
_WALK = {"color": CURRENT, "width": 2}
_TEXT = {"size": 13}


@dataclass(frozen=True)
class Window:
    """The part of the plane of lines that a chart shows, and what its axes are called."""

    slopes: tuple[float, float]
    intercepts: tuple[float, float]
    slope_title: str
    intercept_title: str
    round: bool = False

    def grid(self) -> tuple[np.ndarray, np.ndarray]:
        """Evenly spaced slopes and intercepts over the window."""
        return np.linspace(*self.slopes, GRID), np.linspace(*self.intercepts, GRID)


def walk_map(x, y, path: np.ndarray, best, window: Window, title: str) -> go.Figure:
    """Contours of the mean squared error over slope and intercept, and the walk `(steps + 1, 2)` on them."""
    slopes, intercepts = window.grid()
    errors = mse_surface(x, y, slopes, intercepts)
    shown = _near(path)
    figure = go.Figure(
        go.Contour(
            x=slopes,
            y=intercepts,
            z=np.log10(errors),
            customdata=errors,
            contours={"start": 0.0, "end": 5.0, "size": 0.25},
            colorscale=_FADING,
            line={"width": 0.6, "color": "rgba(128,128,128,.6)"},
            showscale=False,
            hovertemplate="slope %{x:.2f}, intercept %{y:.1f}: MSE %{customdata:.1f}<extra></extra>",
        )
    )
    figure.add_scatter(
        x=shown[:, 0], y=shown[:, 1], mode="lines+markers", line=_WALK, marker={"size": 5}, hoverinfo="skip"
    )
    _mark(figure, best, MSE, "x", "the least")
    _mark(figure, path[0], CURRENT, "circle", "start")
    if len(path) > 1 and _inside(path[-1], window):
        _mark(figure, path[-1], PREDICTION, "circle", f"step {len(path) - 1}")
    titled(figure, title, window.slope_title, window.intercept_title, 440)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(range=window.slopes, zeroline=False)
    figure.update_yaxes(range=window.intercepts, zeroline=False)
    if window.round:
        figure.update_yaxes(scaleanchor="x", constrain="domain")
        figure.update_xaxes(constrain="domain")
    return figure


def walk_surface(x, y, path: np.ndarray, best, window: Window, title: str) -> go.Figure:
    """The same as `walk_map` as a surface to turn, its height the mean squared error on a logarithmic scale."""
    slopes, intercepts = window.grid()
    errors = mse_surface(x, y, slopes, intercepts)
    figure = go.Figure(
        go.Surface(
            x=slopes,
            y=intercepts,
            z=errors,
            surfacecolor=np.log10(errors),
            colorscale=[[0, MSE], [1, "#CFE8DF"]],
            showscale=False,
            opacity=0.9,
            hovertemplate="slope %{x:.2f}, intercept %{y:.1f}: MSE %{z:.1f}<extra></extra>",
        )
    )
    shown = np.array([place for place in _near(path) if _inside(place, window)]).reshape(-1, 2)
    for places, colour, size, name in (
        (shown, CURRENT, 3, "walk"),
        (np.array([best]), PREDICTION, 6, "the least"),
    ):
        figure.add_scatter3d(
            x=places[:, 0],
            y=places[:, 1],
            z=[1.06 * _error(x, y, place) for place in places],
            mode="lines+markers",
            line={"color": colour, "width": 6},
            marker={"color": colour, "size": size},
            name=name,
            hoverinfo="name",
        )
    titled(figure, title, "", "", 480)
    figure.update_layout(
        showlegend=False,
        margin={"l": 0, "r": 0, "b": 0},
        scene={
            "xaxis": {"title": window.slope_title},
            "yaxis": {"title": window.intercept_title},
            "zaxis": {"title": "MSE", "type": "log", "exponentformat": "power", "dtick": 1},
            "camera": {"eye": {"x": 1.35, "y": -1.55, "z": 0.95}},
            "aspectratio": {"x": 1, "y": 1, "z": 0.75},
        },
    )
    return figure


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
    shown = np.where(np.isfinite(errors) & (errors < 1e12), errors, np.nan)
    figure = go.Figure(
        go.Scatter(
            x=np.arange(len(errors)),
            y=shown,
            mode="lines+markers" if len(errors) < 60 else "lines",
            line=_WALK,
            hovertemplate="step %{x}: MSE %{y:.4g}<extra></extra>",
        )
    )
    figure.add_hline(
        y=max(least, 1e-3),
        line={"color": MSE, "dash": "dash", "width": 2},
        annotation={"text": f"the least: {least:.1f}", "font": _TEXT | {"color": MSE}},
        annotation_position="bottom right",
    )
    titled(figure, title, "step", "MSE (thousand €)²", 260)
    figure.update_yaxes(
        type="log", exponentformat="power", dtick=1 if np.nanmax(shown) > 100 * least else None
    )
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
    titled(figure, title, "", "", 520)
    figure.update_layout(
        showlegend=False,
        margin={"l": 0, "r": 0, "b": 0},
        scene={
            "xaxis": {"title": EXPERIENCE},
            "yaxis": {"title": SCHOOL},
            "zaxis": {"title": "salary (thousand €)", "range": [0, max(100, float(y.max()) + 5)]},
            "camera": {"eye": {"x": 1.5, "y": -1.6, "z": 0.6}},
        },
    )
    return figure


def outlier_lines(x, y, typed: int, squares: Hyperplane, absolute: Hyperplane, title: str) -> go.Figure:
    """The line with the least squared error and the one with the least absolute error; `typed` is the outlier."""
    top = max(SALARY_RANGE[1], float(np.max(y)) * 1.08)
    figure = go.Figure()
    for line, colour, name, side in (
        (squares, MSE, "least MSE", "bottom left"),
        (absolute, MAE, "least mean absolute error", "top left"),
    ):
        ends = line.predict(np.array(EXPERIENCE_RANGE))
        figure.add_scatter(
            x=EXPERIENCE_RANGE, y=ends, mode="lines", line={"color": colour, "width": 3}, hoverinfo="skip"
        )
        upper = (ends[1] >= max(squares.predict([20.0])[0], absolute.predict([20.0])[0])) == (side == side)
        figure.add_annotation(
            x=EXPERIENCE_RANGE[1],
            y=ends[1],
            text=name,
            showarrow=False,
            xanchor="right",
            yanchor="bottom" if upper else "top",
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
        figure.add_annotation(
            x=typed[-1], y=slopes[-1], text=name, showarrow=False, xanchor="right", yshift=12,
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
        mode="markers+text",
        text=[name],
        textposition="top center",
        textfont=_TEXT,
        marker={"color": colour, "size": 12, "symbol": symbol, "line": {"color": "white", "width": 1.5}},
        hovertemplate=f"{name}: slope %{{x:.3f}}, intercept %{{y:.2f}}<extra></extra>",
    )


def _near(path: np.ndarray) -> np.ndarray:
    """The walk up to where it has gone too far to draw."""
    gone = np.flatnonzero(~(np.abs(path) < FAR).all(axis=1))
    return path[: gone[0]] if len(gone) else path


def _inside(place, window: Window) -> bool:
    (low, high), (bottom, top) = window.slopes, window.intercepts
    return bool(low <= place[0] <= high and bottom <= place[1] <= top)


def _error(x, y, place) -> float:
    return float(mse_surface(x, y, [place[0]], [place[1]])[0, 0])


def _on(line, x: float) -> float:
    return float(line[0] * x + line[1])


def _spread_out(count: int, most: int) -> np.ndarray:
    """Up to `most` whole numbers below `count`, the first and the last among them, closest at the start."""
    if count <= most:
        return np.arange(count)
    return np.unique(np.concatenate([[0], np.geomspace(1, count - 1, most - 1).round()]).astype(int))
