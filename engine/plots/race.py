"""Figures of the loss race: every loss's training curve, and a common metric."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.experiments.loss_race.heads import Lane
from engine.experiments.loss_race.uncertainty import level_with_best
from engine.plots.label_layout import spread
from engine.plots.style import BASELINE, layout, loss_colour

METRICS = {
    "mean_average_precision": "mean average precision",
    "skill": "skill",
    "exact_match": "exact match",
}
INVERTED = "binary_cross_entropy_as_printed"
VERTICES = 40
LOWEST = -0.6
"""The axis ends here: a skill can fall to -7, and would flatten all others."""

_TICKS_PX = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_ROOM_FOR_NAMES = {"": 1.36, "log": 1.65}
"""How much wider than its lines a chart is, by its scale: points have the longer names."""
_COLUMNS = 2
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


def colour(lane: Lane) -> str:
    """A lane's colour: its loss's."""
    return loss_colour(lane.loss.name)


def progress(
    scores: pd.DataFrame,
    lanes: Sequence[Lane],
    metric: str,
    baseline: float,
    baseline_says: str,
    margins: np.ndarray | None = None,
) -> go.Figure:
    """Draw one metric of every head before the first epoch and after each, with each name at its line's end.

    `scores` has a row for each `lane` (name) and `epoch` with the metric; `baseline` is that of a constant prediction.
    `margins` (H + 1, H + 1) say how far apart two heads, or a head and the baseline, must be to differ; by default
    whatever is shown apart differs.
    """
    curves = _curves(scores, lanes, metric)
    ends = {lane: float(curve[-1]) for lane, curve in curves.items()}
    low = max(LOWEST, float(np.nanmin([0.0, *(curve.min() for curve in curves.values())]))) - 0.03
    title = label_title(ends, metric, (baseline, baseline_says), margins)
    names = {lane: f"{lane.short} {end:.2f}{' ↓' if end < low else ''}" for lane, end in ends.items()}
    return _race(
        curves, names, [end if end > low else low for end in ends.values()], (low, 1.04), "",
        layout(title, "epoch", METRICS[metric], 430), (baseline, f"{baseline_says} {baseline:.2f}"),
    )  # fmt: skip


def point_progress(
    scores: pd.DataFrame, lanes: Sequence[Lane], baseline_px: float, margins: np.ndarray | None = None
) -> go.Figure:
    """Draw every head's median error in pixels before the first epoch and after each, on a logarithmic scale.

    Dotted lines predict without `y_range`. `baseline_px` is the median error of always predicting the mean point.
    `margins` are as for `progress`.
    """
    curves = _curves(scores, lanes, "median_error_px")
    ends = {lane: float(curve[-1]) for lane, curve in curves.items()}
    every = np.concatenate([*curves.values(), [baseline_px]])
    reach = np.log10(np.clip(every.min() * 0.8, 0.1, None)), np.log10(every.max() * 1.2)
    names = {lane: f"{lane.short} {end:.1f}" for lane, end in ends.items()}
    figure = _race(
        curves, names, [float(np.log10(max(end, 0.1))) for end in ends.values()], reach, "log",
        layout(point_title(ends, baseline_px, margins), "epoch", "median error (px, logarithmic)", 430),
        (baseline_px, f"the mean point {in_px(baseline_px)}"),
    )  # fmt: skip
    figure.layout.yaxis.tickvals, figure.layout.yaxis.ticktext = _TICKS_PX, [str(tick) for tick in _TICKS_PX]
    return figure


def training_curves(step_losses: np.ndarray, lanes: Sequence[Lane], epochs: int) -> go.Figure:
    """Draw every head's own loss (H, S) on the batches it learned from, each on its own scale.

    At most 40 points a curve: each is the mean of the steps about it.
    """
    x, means = _binned(step_losses, epochs)
    rows = -(-len(lanes) // _COLUMNS)
    figure = {
        "showlegend": False,
        "annotations": [],
        **_without_axes(layout("Each loss falls by its own account, on its own scale", "", "", 430)),
    }
    data = []
    for at, (lane, curve) in enumerate(zip(lanes, means, strict=True)):
        row, column = divmod(at, _COLUMNS)
        number = "" if at == 0 else str(at + 1)
        across, down = _cell(column, _COLUMNS, 0.3), _cell(rows - 1 - row, rows, 0.3)
        figure[f"xaxis{number}"] = {
            "domain": across, "anchor": f"y{number}", "showticklabels": row == rows - 1, "zeroline": False,
            "title": {"text": "epoch" if row == rows - 1 else ""}, "nticks": 4,
        }  # fmt: skip
        figure[f"yaxis{number}"] = {
            "domain": down, "anchor": f"x{number}", "nticks": 3, "zeroline": False, "tickformat": "~g",
        }  # fmt: skip
        figure["annotations"].append(
            {
                "x": across[0], "y": down[1], "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom",
                "text": f"{lane.short} {curve[-1]:.3g}", "showarrow": False, "font": {"color": colour(lane)},
            }
        )  # fmt: skip
        data.append(_line(lane, x, curve) | {"xaxis": f"x{number}", "yaxis": f"y{number}"})
    return go.Figure(data, figure)


def _curves(scores: pd.DataFrame, lanes: Sequence[Lane], metric: str) -> dict[Lane, np.ndarray]:
    return {lane: scores.loc[scores["lane"] == lane.name, metric].to_numpy(float) for lane in lanes}


def _race(
    curves: Mapping[Lane, np.ndarray],
    names: Mapping[Lane, str],
    ends: list[float],
    reach: tuple[float, float],
    scale: str,
    shared: dict,
    baseline: tuple[float, str],
) -> go.Figure:
    """Lines over epochs, with names at their ends and a baseline; `ends` and `reach` as the axis counts."""
    epochs = len(next(iter(curves.values()))) - 1
    heights = spread(ends, (reach[1] - reach[0]) * 0.062, reach[0] + (reach[1] - reach[0]) * 0.02)
    level, baseline_name = baseline
    at = float(np.log10(level)) if scale == "log" else level
    across = {"x0": 0, "x1": epochs, "y0": level, "y1": level}
    return go.Figure(
        [_line(lane, np.arange(epochs + 1), curve) for lane, curve in curves.items()],
        shared
        | {
            "showlegend": False,
            "annotations": [*_names(names, heights, epochs), _baseline_name(baseline_name, at)],
            "shapes": [across | {"line": {"color": BASELINE, "dash": "dash", "width": 1.5}}],
            "xaxis": shared["xaxis"]
            | {
                "range": [0, epochs * _ROOM_FOR_NAMES[scale]],
                "tickvals": _epoch_ticks(epochs),
                "zeroline": False,
            },
            "yaxis": shared["yaxis"]
            | ({"type": "log"} if scale == "log" else {"tickformat": ".1f"})
            | {"range": list(reach), "zeroline": False},
        },
    )


def _names(names: Mapping[Lane, str], heights: Sequence[float], epochs: int) -> list[dict]:
    """Each lane's name at the end of its line, in its colour."""
    return [
        {
            "x": epochs, "xshift": 6, "y": height, "text": name, "showarrow": False, "xanchor": "left",
            "font": {"color": colour(lane)},
        }
        for (lane, name), height in zip(names.items(), heights, strict=True)
    ]  # fmt: skip


def _baseline_name(name: str, height: float) -> dict:
    return {
        "x": 0, "y": height, "text": name, "showarrow": False, "xanchor": "left", "yanchor": "bottom",
        "font": {"color": BASELINE},
    }  # fmt: skip


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
    return list(range(0, epochs + 1, max(1, -(-epochs // 8))))


def in_px(error_px: float) -> str:
    """An error in pixels as every title, table and caption of the race shows it."""
    return f"{error_px:.1f} px"


def label_title(
    ends: Mapping[Lane, float], metric: str, baseline: tuple[float, str], margins: np.ndarray | None = None
) -> str:
    """The leading heads by a metric, and how the inverted loss compares to the baseline (value, name)."""
    level, baseline_says = baseline
    group, apart = _leaders(ends, level, margins, 3, True)
    name = METRICS[metric]
    if len(group) == 1:
        best = group[0]
        title = f"{_capital(best.loss.title)} leads with {_article(name)} {name} of {ends[best]:.3f}"
    else:
        values = _between([ends[lane] for lane in group], "{:.3f}")
        who = _who(group, len(ends))
        in_front = " in front" if len(group) < len(ends) else ""
        title = f"{who} are level{in_front}, with {_article(name)} {name} of {values}"
    if apart(group[0]) <= 0:
        comparison = "not clearly better" if apart(group[0]) == 0 else "worse"
        return f"{title}: {comparison} than {baseline_says} ({level:.3f})"
    inverted = next((lane for lane in ends if lane.loss.name == INVERTED), None)
    if inverted is None or inverted in group or np.isnan(ends[inverted]):
        return title
    comparison = {-1: "below", 0: "level with", 1: "above"}[apart(inverted)]
    return f"{title}; the inverted loss has reached {ends[inverted]:.3f}, {comparison} {baseline_says} ({level:.3f})"


def point_title(ends: Mapping[Lane, float], baseline_px: float, margins: np.ndarray | None = None) -> str:
    """The head with the smallest error, or those level with it, compared to always predicting the mean point."""
    group, apart = _leaders(ends, baseline_px, margins, 1, False)
    who = _capital(group[0].title) if len(group) == 1 else f"{_who(group, len(ends))} are level"
    within = f"{who}: half the points within {_between([ends[lane] for lane in group], '{:.1f}')} px"
    no_better = (
        ""
        if apart(group[0]) > 0
        else ", no clear difference"
        if apart(group[0]) == 0
        else ", less than every head"
    )
    return f"{within}; the mean point is off by {in_px(baseline_px)}{no_better}"


def leaders(ends: Mapping[Lane, float], baseline: float, margins: np.ndarray) -> tuple[str, bool, bool]:
    """Which heads are in front by a metric, whether they are several, level, and whether they beat the baseline."""
    group, apart = _leaders(ends, baseline, margins, 3, True)
    is_level = len(group) > 1
    return (
        (_who(group, len(ends)) if is_level else group[0].short).replace("All", "all"),
        is_level,
        apart(group[0]) > 0,
    )


def _leaders(
    ends: Mapping[Lane, float], baseline: float, margins: np.ndarray | None, digits: int, is_high_best: bool
) -> tuple[list[Lane], Callable[[Lane], int]]:
    """The lanes level with the best, best first, and whether a lane is better (1) than the baseline, level or worse.

    Values that are shown alike are level, whatever the margins.
    """
    lanes = list(ends)
    values = np.round([*ends.values(), baseline], digits)
    margins = np.zeros((len(values), len(values))) if margins is None else margins
    sign = 1 if is_high_best else -1
    is_level = level_with_best(values[:-1], margins[:-1, :-1] + 1e-9, is_high_best)
    group = sorted((lanes[at] for at in np.flatnonzero(is_level)), key=lambda lane: -sign * ends[lane])

    def apart(lane: Lane) -> int:
        at = lanes.index(lane)
        gap = sign * (values[at] - values[-1])
        return 0 if not abs(gap) > margins[at, -1] + 1e-9 else int(np.sign(gap))

    return group or lanes, apart


def _who(group: Sequence[Lane], count: int) -> str:
    if len(group) == count:
        return f"All {_NUMBERS.get(count, count)} heads"
    names = [lane.short for lane in group]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _between(values: Sequence[float], form: str) -> str:
    low, high = form.format(min(values)), form.format(max(values))
    return low if low == high else f"{low} to {high}"


def _article(name: str) -> str:
    return "an" if name[0].lower() in "aeiou" else "a"


def _capital(title: str) -> str:
    return title[0].upper() + title[1:]


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
