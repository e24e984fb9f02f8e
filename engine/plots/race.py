"""Figures of the loss race: a shared metric of every loss over the epochs, and each loss's own training curve."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.experiments.loss_race.heads import Lane
from engine.experiments.loss_race.seeds import Band, band
from engine.plots.label_layout import spread
from engine.plots.overlay_marks import Curtain, Marks, stands_still
from engine.plots.race_titles import INVERTED, METRICS
from engine.plots.signed import signed
from engine.plots.style import BASELINE, layout, loss_colour

VERTICES = 40
LOWEST = -0.6
"""The axis ends here: a skill can fall to -7, and would flatten all others."""
HEIGHT = 380

_TICKS_PX = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 200, 500, 1000)
_ROOM_FOR_NAMES = {"": 1.38, "log": 1.68}
"""How much wider than its lines a chart is, by its scale: points have the longer names."""
_COLUMNS = 2
_BAND_OPACITY = 0.22
_FONT = {"size": 13}
_AXES = {"several_labels": "exact match, several labels"}
"""Titles of the axis where the metric's own name would be too long."""


def colour(lane: Lane) -> str:
    """A lane's colour: its loss's."""
    return loss_colour(lane.loss.name)


def bands(scores: pd.DataFrame, lanes: Sequence[Lane], metric: str) -> dict[Lane, Band]:
    """Each lane's metric over the epochs, from `seeds.joined` scores."""
    return {lane: band(scores, lane.name, metric) for lane in lanes}


def progress(curves: Mapping[Lane, Band], metric: str, baseline: tuple[float, str]) -> go.Figure:
    """Draw one metric of every head before the first epoch and after each, with each name at its line's end.

    A line is the mean over the seeds, the band about it reaches from the lowest to the highest. `baseline` is the value
    of a constant prediction, and its name.
    """
    level, name = baseline
    ends = {lane: curve.end for lane, curve in curves.items()}
    low = max(LOWEST, float(np.nanmin([0.0, *(_lowest(curve) for curve in curves.values())]))) - 0.03
    names = {lane: f"{lane.short} {_two(end)}{' ↓' if end < low else ''}" for lane, end in ends.items()}
    return _race(
        curves, names, [end if end > low else low for end in ends.values()], (low, 1.04), "",
        layout("", "epoch", _AXES.get(metric, METRICS[metric]), HEIGHT), (level, f"{name} {_two(level)}"),
    )  # fmt: skip


def point_progress(curves: Mapping[Lane, Band], baseline_px: float) -> go.Figure:
    """Draw every head's median error in pixels before the first epoch and after each, on a logarithmic scale.

    Dotted lines predict without `y_range`. `baseline_px` is the median error of always predicting the mean point.
    """
    ends = {lane: curve.end for lane, curve in curves.items()}
    every = np.concatenate([*(np.concatenate(curve) for curve in curves.values()), [baseline_px]])
    reach = np.log10(np.clip(every.min() * 0.8, 0.1, None)), np.log10(every.max() * 1.2)
    names = {lane: f"{lane.short} {end:.1f}" for lane, end in ends.items()}
    figure = _race(
        curves, names, [float(np.log10(max(end, 0.1))) for end in ends.values()], reach, "log",
        layout("", "epoch", "median error (px, logarithmic)", HEIGHT),
        (baseline_px, f"the mean point {in_px(baseline_px)}"),
    )  # fmt: skip
    figure.layout.yaxis.tickvals, figure.layout.yaxis.ticktext = _TICKS_PX, [str(tick) for tick in _TICKS_PX]
    return figure


def curtain(epochs: int) -> Marks:
    """What covers the epochs that are still to come while the race is played."""
    return Marks(curtain=Curtain(0, epochs))


def training_curves(step_losses: np.ndarray, lanes: Sequence[Lane], epochs: int) -> go.Figure:
    """Draw every head's own loss (H, S) on the batches it learned from, each on its own scale.

    At most 40 points a curve: each is the mean of the steps about it.
    """
    x, means = _binned(step_losses, epochs)
    rows = -(-len(lanes) // _COLUMNS)
    figure = {
        "showlegend": False,
        "annotations": [],
        **_without_axes(layout("Each loss falls on its own scale", "", "", 90 + 120 * rows)),
    }
    data = []
    for at, (lane, curve) in enumerate(zip(lanes, means, strict=True)):
        row, column = divmod(at, _COLUMNS)
        number = "" if at == 0 else str(at + 1)
        across, down = _cell(column, _COLUMNS, 0.3), _cell(rows - 1 - row, rows, 0.35)
        is_lowest = at + _COLUMNS >= len(lanes)
        figure[f"xaxis{number}"] = {
            "domain": across, "anchor": f"y{number}", "showticklabels": is_lowest, "zeroline": False,
            "title": {"text": "epoch" if is_lowest else ""}, "nticks": 4,
        }  # fmt: skip
        figure[f"yaxis{number}"] = {
            "domain": down, "anchor": f"x{number}", "nticks": 3, "zeroline": False, "tickformat": "~g",
        }  # fmt: skip
        figure["annotations"].append(
            {
                "x": across[0], "y": down[1], "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom",
                "text": _named(lane, f"{lane.short} {curve[-1]:.3g}"), "showarrow": False, "font": _FONT,
            }
        )  # fmt: skip
        data.append(_line(lane, x, curve) | {"xaxis": f"x{number}", "yaxis": f"y{number}"})
    return go.Figure(data, figure)


def in_px(error_px: float) -> str:
    """An error in pixels as every title, table and caption of the race shows it."""
    return f"{error_px:.1f} px"


def _race(
    curves: Mapping[Lane, Band],
    names: Mapping[Lane, str],
    ends: list[float],
    reach: tuple[float, float],
    scale: str,
    shared: dict,
    baseline: tuple[float, str],
) -> go.Figure:
    """Bands and lines over epochs, with names at their ends and a baseline; `ends` and `reach` as the axis counts."""
    epochs = len(next(iter(curves.values())).mean) - 1
    heights = spread(ends, (reach[1] - reach[0]) * 0.075, reach[0] + (reach[1] - reach[0]) * 0.02)
    level, baseline_name = baseline
    at = float(np.log10(level)) if scale == "log" else level
    across = {"x0": 0, "x1": epochs, "y0": level, "y1": level}
    axes = {
        "xaxis": shared["xaxis"]
        | {
            "range": [0, epochs * _ROOM_FOR_NAMES[scale]],
            "tickvals": _epoch_ticks(epochs),
            "zeroline": False,
        },
        "yaxis": shared["yaxis"]
        | ({"type": "log"} if scale == "log" else {"tickformat": ".1f"})
        | {"range": list(reach), "zeroline": False},
    }
    x = np.arange(epochs + 1)
    return go.Figure(
        [_area(lane, x, curve) for lane, curve in curves.items()]
        + [_line(lane, x, curve.mean) for lane, curve in curves.items()],
        stands_still(shared | axes)
        | {
            "showlegend": False,
            "annotations": [*_names(names, heights, epochs), _baseline_name(baseline_name, at, epochs)],
            "shapes": [across | {"line": {"color": BASELINE, "dash": "dash", "width": 1.5}}],
        },
    )


def _names(names: Mapping[Lane, str], heights: Sequence[float], epochs: int) -> list[dict]:
    """Each lane's name at the end of its line, after a dot of its colour."""
    return [
        {
            "x": epochs, "xshift": 6, "y": height, "text": _named(lane, name), "showarrow": False, "xanchor": "left",
            "font": _FONT,
        }
        for (lane, name), height in zip(names.items(), heights, strict=True)
    ]  # fmt: skip


def _named(lane: Lane, name: str) -> str:
    """A dot carries the colour: as a text, most colours would be too pale on white or on black."""
    return f'<span style="color:{colour(lane)}">●</span> {name}'


def _baseline_name(name: str, height: float, epochs: int) -> dict:
    return {
        "x": epochs, "y": height, "text": name, "showarrow": False, "xanchor": "right", "yanchor": "bottom",
        "font": _FONT,
    }  # fmt: skip


def _area(lane: Lane, x: np.ndarray, curve: Band) -> dict:
    """The band from the lowest to the highest seed."""
    red, green, blue = (int(colour(lane)[at : at + 2], 16) for at in (1, 3, 5))
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.concatenate([x, x[::-1]]),
        "y": np.concatenate([curve.high, curve.low[::-1]]),
        "fill": "toself",
        "fillcolor": f"rgba({red},{green},{blue},{_BAND_OPACITY})",
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _line(lane: Lane, x: np.ndarray, y: np.ndarray) -> dict:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "name": lane.title,
        "line": {"color": colour(lane), "width": 2.5, "dash": _dash(lane)},
        "hovertemplate": f"{lane.title}: %{{y:.4g}}<extra></extra>",
    }


def _dash(lane: Lane) -> str:
    """Dotted: the inverted loss, and points without a range; a pair with and without shares its colour."""
    is_plain_point = lane.loss.activation == "as is" and not lane.y_range
    return "dot" if lane.loss.name == INVERTED or is_plain_point else "solid"


def _epoch_ticks(epochs: int) -> list[int]:
    return list(range(0, epochs + 1, max(1, -(-epochs // 6))))


def _lowest(curve: Band) -> float:
    known = curve.low[~np.isnan(curve.low)]
    return float(known.min()) if len(known) else 0.0


def _two(value: float) -> str:
    return "–" if np.isnan(value) else signed(value, ".2f")


def _binned(step_losses: np.ndarray, epochs: int) -> tuple[np.ndarray, np.ndarray]:
    """The middle of each bin of steps, in epochs (B,), and each head's mean loss there (H, B)."""
    steps = step_losses.shape[1]
    edges = np.unique(np.linspace(0, steps, min(steps, VERTICES) + 1).round().astype(int))
    counts = np.diff(edges)
    means = np.add.reduceat(step_losses.astype(float), edges[:-1], axis=1) / counts
    return (edges[:-1] + edges[1:]) / 2 * epochs / steps, means


def _cell(place: int, count: int, gap: float) -> list[float]:
    """The share of the width or height that one of `count` panels takes, with `gap` of a panel between them."""
    side = 1 / (count + gap * (count - 1))
    start = place * side * (1 + gap)
    return [start, min(start + side, 1.0)]


def _without_axes(shared: dict) -> dict:
    return {name: value for name, value in shared.items() if name not in ("xaxis", "yaxis")}
