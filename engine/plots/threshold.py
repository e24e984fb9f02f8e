"""Figures of lesson 3: every metric at every threshold, and why accuracy alone misleads."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.plots.overlay_marks import Dot, Marks, Upright, stands_still
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
NOTHING_LINE = {"color": BASELINE, "dash": "dash", "width": 1.5}
ALL_LINE = {"color": BASELINE, "dash": "dot", "width": 1.5}
BOOK = ((0.1, 0.9315), (0.2, 0.9516), (0.53, 0.9635), (0.9, 0.9567), (0.99, 0.9429))


def curves(
    envelope: pd.DataFrame,
    do_nothing: float,
    all_yes: float,
    shown: Sequence[str] = tuple(NAMES),
    book: bool = True,
    zoom: bool = False,
) -> go.Figure:
    """Draw the metrics at every threshold; `marks` stand at one threshold on them, and `legend` names all lines.

    `envelope` is that of a `threshold_summary`: no peak is lost between two pixels.
    """
    low, high = shown_range(do_nothing, zoom)
    shared = layout("", "threshold (a probability)", "value, 0 to 1", 430)
    axes = {
        "yaxis": shared["yaxis"] | {"range": [low, high], "tickformat": ".2f"},
        "xaxis": shared["xaxis"] | {"range": [0, 1], "tickformat": ".1f"},
    }
    return go.Figure(
        data=[_curve(envelope, metric) for metric in shown] + ([_book_marks()] if book else []),
        layout=stands_still(shared | axes)
        | {
            "shapes": [_baseline(do_nothing, NOTHING_LINE), _baseline(all_yes, ALL_LINE)],
            "showlegend": False,
        },
    )


def shown_range(do_nothing: float, zoom: bool = False) -> tuple[float, float]:
    """The lowest and the highest value that the chart shows."""
    return (do_nothing - 0.06, 1.005) if zoom else (-0.02, 1.04)


def sentence(threshold: float | None, here: Mapping[str, float], do_nothing: float) -> str:
    """The accuracy_multi compared to predicting nothing; `threshold` is None where every class has one of its own."""
    where = "With a threshold for each class" if threshold is None else f"At {threshold:.2f}"
    return (
        f"{where}, accuracy_multi is {here['accuracy']:.4f}; "
        f"predicting nothing is {do_nothing:.4f}: skill {here['skill']:.3f}"
    )


def marks(threshold: float | None, here: Mapping[str, float], do_nothing: float, zoom: bool = False) -> Marks:
    """A line at the threshold, and a dot on each curve at the exact value that `here` gives to its metric.

    There is nothing where `threshold` is None and every class has one of its own.
    """
    if threshold is None:
        return Marks()
    low, high = shown_range(do_nothing, zoom)
    inside = {metric: value for metric, value in here.items() if low <= value <= high}
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
    here: Mapping[str, float], do_nothing: float, all_yes: float, book: bool, zoom: bool = False
) -> list[Entry]:
    """Each line's name with its exact value now; one below what is drawn has an arrow, an undefined one a dash.

    Text next to the curves would overlap other curves wherever the slider stands; in a legend they never do.
    """
    low, _ = shown_range(do_nothing, zoom)
    values = {NAMES[metric]: (metric_line(metric), here[metric]) for metric in NAMES}
    values |= {"predicting nothing": (NOTHING_LINE, do_nothing), "all yes": (ALL_LINE, all_yes)}
    entries = [Entry(line, f"{name} {_number(value, low)}") for name, (line, value) in values.items()]
    return [*entries, *([Entry({"color": BASELINE}, "\u25c7 the book, other data")] if book else [])]


def _number(value: float, low: float) -> str:
    return "\u2013" if np.isnan(value) else f"{value:.4f}" + (" \u2193" if value < low else "")


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
