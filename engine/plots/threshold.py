"""Figures of lesson 3: every metric at every threshold, and why accuracy alone misleads."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.plots import curve_labels
from engine.plots.curve_labels import Frame
from engine.plots.overlay_marks import ABOVE, BELOW, Dot, Marks, Upright, stands_still
from engine.plots.style import BASELINE, CURRENT, layout, metric_line

NAMES = {
    "accuracy": "accuracy_multi",
    "skill": "skill",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "exact_match": "exact match",
}
"""The metrics of the page, columns of a threshold curve, with the names that people read."""
SHOWN_FIRST = ("accuracy", "f1")
ALL_YES, THE_BOOK = "all_yes", "book"
"""What can be drawn besides the metrics: saying yes to everything, and the figures of fastbook, chapter 6."""
HEIGHT = 380
NOTHING_LINE = {"color": BASELINE, "dash": "dash", "width": 1.5}
ALL_LINE = {"color": BASELINE, "dash": "dot", "width": 1.5}
BOOK = ((0.1, 0.9315), (0.2, 0.9516), (0.53, 0.9635), (0.9, 0.9567), (0.99, 0.9429))


def curves(
    envelope: pd.DataFrame,
    do_nothing: float | None,
    all_yes: float,
    shown: Sequence[str] = SHOWN_FIRST,
    zoom: bool = True,
) -> go.Figure:
    """Draw some metrics at every threshold, each with its name where no curve is; `marks` stand at one threshold.

    `envelope` is that of a `threshold_summary`: no peak is lost between two pixels. `shown` are names of `NAMES`, and
    `ALL_YES` and `THE_BOOK` for what else can be drawn; predicting nothing is, unless `do_nothing` is None.
    """
    low, high = shown_range(envelope, do_nothing, shown, zoom)
    metrics = [name for name in shown if name in NAMES]
    shared = layout("", "threshold (a probability)", "metric (0 to 1)", HEIGHT)
    axes = {
        "yaxis": shared["yaxis"] | {"range": [low, high], "tickformat": ".2f", "nticks": 6},
        "xaxis": shared["xaxis"] | {"range": [0, 1], "tickformat": ".1f"},
    }
    baselines = [] if do_nothing is None else [_baseline(do_nothing, NOTHING_LINE)]
    baselines += [_baseline(all_yes, ALL_LINE)] if ALL_YES in shown else []
    lines = [_curve(envelope, metric) for metric in metrics]
    return go.Figure(
        data=lines + ([_book_marks()] if THE_BOOK in shown else []),
        layout=stands_still(shared | axes)
        | {
            "shapes": baselines,
            "showlegend": False,
            "annotations": _names(lines, do_nothing, (low, high)),
        },
    )


def shown_range(
    envelope: pd.DataFrame, do_nothing: float | None, shown: Sequence[str] = SHOWN_FIRST, zoom: bool = True
) -> tuple[float, float]:
    """The lowest and the highest value that the chart shows.

    Zoomed in, it shows what the curves do between the thresholds 0.1 and 0.9, where people choose one.
    """
    if not zoom:
        return -0.02, 1.04
    usual = envelope[envelope["threshold"].between(0.1, 0.9)]
    lowest = [float(np.nanmin(usual[f"{name}_low"])) for name in shown if name in NAMES and len(usual)]
    low = max(0.0, min([*([] if do_nothing is None else [do_nothing]), *lowest], default=0.0))
    room = 0.12 * (1 - low) + 0.005
    return low - room, 1 + room


def sentence(threshold: float | None, here: Mapping[str, float], do_nothing: float | None) -> str:
    """The accuracy_multi compared to predicting nothing, or F1 alone where `do_nothing` is None.

    `threshold` is None where every class has one of its own.
    """
    where = "With a threshold for each class" if threshold is None else f"At {threshold:.2f}"
    if do_nothing is None:
        return f"{where}, F1 is {here['f1']:.4f}"
    says = f"{where}, accuracy_multi is {here['accuracy']:.4f}"
    if here["accuracy"] <= do_nothing:
        return f"{says}, no better than predicting nothing ({do_nothing:.4f})"
    return f"{says}, {_gain(here['accuracy'], do_nothing)} above predicting nothing; F1 is {here['f1']:.4f}"


def _gain(accuracy: float, do_nothing: float) -> str:
    """The gain over predicting nothing; it is small where it is less than half of what there is to gain.

    >>> _gain(0.97, 0.62), _gain(0.70, 0.62), _gain(0.9304, 0.93)
    ('35.0 points', 'only 8.0 points', 'less than 0.1 points')
    """
    gain = accuracy - do_nothing
    if gain < 0.001:
        return "less than 0.1 points"
    return f"{'only ' if gain < (1 - do_nothing) / 2 else ''}{100 * gain:.1f} points"


def marks(
    threshold: float | None, here: Mapping[str, float], shown: Sequence[str], reach: tuple[float, float]
) -> Marks:
    """A line at the threshold, and a dot on each shown curve at the exact value that `here` gives to its metric.

    `reach` is the `shown_range`. There is nothing where `threshold` is None and every class has one of its own.
    """
    if threshold is None:
        return Marks()
    low, high = reach
    inside = {name: here[name] for name in shown if name in NAMES and low <= here[name] <= high}
    return Marks(
        uprights=(Upright(threshold, CURRENT),),
        dots=tuple(
            Dot(threshold, value, metric_line(metric)["color"], 9) for metric, value in inside.items()
        ),
    )


class Entry(NamedTuple):
    """A line of the chart in its legend: how it is drawn, and what it says."""

    line: Mapping[str, object]
    text: str


def legend(
    here: Mapping[str, float],
    do_nothing: float | None,
    all_yes: float,
    shown: Sequence[str],
    reach: tuple[float, float],
) -> list[Entry]:
    """Each shown line's name with its exact value; one below what is drawn has an arrow, an undefined one a dash."""
    values = {NAMES[name]: (metric_line(name), here[name]) for name in shown if name in NAMES}
    if do_nothing is not None:
        values["predicting nothing"] = (NOTHING_LINE, do_nothing)
    if ALL_YES in shown:
        values["all yes"] = (ALL_LINE, all_yes)
    entries = [Entry(line, f"{name} {_number(value, reach[0])}") for name, (line, value) in values.items()]
    return [
        *entries,
        *([Entry({"color": BASELINE}, "\u25c7 the book, other data")] if THE_BOOK in shown else []),
    ]


def _number(value: float, low: float) -> str:
    return "\u2013" if np.isnan(value) else f"{value:.4f}" + (" \u2193" if value < low else "")


def _names(lines: Sequence[dict], do_nothing: float | None, reach: tuple[float, float]) -> list[dict]:
    """The name of each curve, and of predicting nothing, where no curve is; a dot has the colour of the line."""
    height_px = HEIGHT - ABOVE - BELOW
    drawn = {str(line["name"]): (np.asarray(line["x"]), np.asarray(line["y"])) for line in lines}
    if do_nothing is not None:
        drawn["predicting nothing"] = (np.array([0.0, 1.0]), np.full(2, do_nothing))
    colours = {str(line["name"]): line["line"]["color"] for line in lines} | {"predicting nothing": BASELINE}
    return [
        {
            "x": label.x, "y": label.y, "showarrow": False, "font": {"size": 13},
            "text": f'<span style="color:{colours[label.name]}">\u25cf</span> {label.name}',
        }
        for label in curve_labels.place(drawn, Frame((0, 1), reach, height_px))
    ]  # fmt: skip


def _curve(envelope: pd.DataFrame, metric: str) -> dict:
    name, (x, y) = NAMES[metric], _vertices(envelope, metric)
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "name": name,
        "line": metric_line(metric),
        "hovertemplate": f"{name} %{{y:.4f}} at %{{x:.3f}}<extra></extra>",
    }


def _vertices(envelope: pd.DataFrame, metric: str) -> tuple[np.ndarray, np.ndarray]:
    """A line up or down through each column's smallest and largest value; level stretches keep only their ends."""
    low, high = (envelope[f"{metric}_{end}"].to_numpy() for end in ("low", "high"))
    falls = np.append(False, np.diff(low + high) < 0)
    y = np.column_stack([np.where(falls, high, low), np.where(falls, low, high)]).ravel()
    x = np.repeat(envelope["threshold"].to_numpy() + 0.5 / len(envelope), 2)
    x[0], x[-1] = 0, 1
    is_level = (y[1:-1] == y[:-2]) & (y[1:-1] == y[2:])
    keeps = np.concatenate([[True], ~is_level, [True]])
    return x[keeps], y[keeps]


def _baseline(value: float, line: Mapping[str, object]) -> dict:
    return {"x0": 0, "x1": 1, "y0": value, "y1": value, "line": line, "layer": "below"}


def _book_marks() -> dict:
    thresholds, accuracies = zip(*BOOK, strict=True)
    return {
        "type": "scatter",
        "x": thresholds,
        "y": accuracies,
        "mode": "markers",
        "marker": {"symbol": "diamond-open", "size": 9, "color": BASELINE, "line": {"width": 2}},
        "hovertemplate": "the book, on PASCAL_2007: %{y:.4f} at %{x}<extra></extra>",
    }
