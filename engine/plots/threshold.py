"""Figures of lesson 3: every measure at every threshold, and why plain accuracy cannot serve."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.plots.heights import spread
from engine.plots.marks import Dot, Marks, Upright, stands_still
from engine.plots.style import BASELINE, CURRENT, MEASURES, layout
from engine.plots.words import Word, words

TURN = 0.6
MIDDLE, HIGH = 0.5, 0.8
QUIET = 0.16
"""From this threshold on few curves cross the line of doing nothing."""

GAP = 0.055
NAMES = {
    "accuracy": "accuracy_multi",
    "skill": "skill",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "exact_match": "exact match",
}
BOOK = ((0.1, 0.9315), (0.2, 0.9516), (0.53, 0.9635), (0.9, 0.9567), (0.99, 0.9429))


def curves(
    envelope: pd.DataFrame,
    do_nothing: float,
    all_yes: float,
    shown: Sequence[str] = tuple(NAMES),
    book: bool = True,
    zoom: bool = False,
) -> go.Figure:
    """Draw the measures at every threshold; `marks` stand at one threshold on them.

    `envelope` is that of a `threshold_summary`: no peak is lost between two pixels.
    """
    low, high = shown_range(do_nothing, zoom)
    parts = [_baseline(do_nothing)]
    parts += [_baseline(all_yes, Word(1, all_yes, f"all yes {all_yes:.4f}", BASELINE, "top left"))]
    parts += [_book_marks(low + 0.25 * (high - low))] if book else []
    shared = layout("", "threshold (a probability)", "value, 0 to 1", 430)
    axes = {
        "yaxis": shared["yaxis"] | {"range": [low, high], "tickformat": ".2f"},
        "xaxis": shared["xaxis"] | {"range": [0, 1], "tickformat": ".1f"},
    }
    return go.Figure(
        data=[_curve(envelope, measure) for measure in shown]
        + [one for part in parts for one in part.get("data", [])]
        + [words([one for part in parts for one in part["words"]])],
        layout=stands_still(shared | axes)
        | {"shapes": [one for part in parts for one in part.get("shapes", [])], "showlegend": False},
    )


def shown_range(do_nothing: float, zoom: bool = False) -> tuple[float, float]:
    """The lowest and the highest value that the chart shows."""
    return (do_nothing - 0.06, 1.005) if zoom else (-0.02, 1.04)


def sentence(threshold: float | None, here: Mapping[str, float], do_nothing: float) -> str:
    """What accuracy_multi is, beside doing nothing; `threshold` is None where every class has one of its own."""
    where = "With a threshold for each class" if threshold is None else f"At {threshold:.2f}"
    return (
        f"{where}, accuracy_multi is {here['accuracy']:.4f}; "
        f"doing nothing is {do_nothing:.4f}: skill {here['skill']:.3f}"
    )


def marks(threshold: float | None, here: Mapping[str, float], do_nothing: float, zoom: bool = False) -> Marks:
    """A line at the threshold with the exact values `here` of the measures beside it, and the name of doing nothing.

    There is no line where `threshold` is None and every class has one of its own.
    """
    nothing = _do_nothing(threshold, do_nothing)
    if threshold is None:
        return Marks(words=(nothing,))
    low, high = shown_range(do_nothing, zoom)
    known = {measure: value for measure, value in here.items() if not np.isnan(value) and value <= high}
    inside = {measure: value for measure, value in known.items() if value >= low}
    heights = _free_heights(list(known.values()), (high - low) * GAP, low)
    said = [
        _value(threshold, height, f"{NAMES[measure]} {value:.4f}{'' if measure in inside else ' ↓'}", measure)
        for (measure, value), height in zip(known.items(), heights, strict=True)
    ]
    return Marks(
        uprights=(Upright(threshold, CURRENT),),
        dots=tuple(Dot(threshold, value, MEASURES[measure]["color"], 9) for measure, value in inside.items()),
        words=(nothing, *said),
    )


def _curve(envelope: pd.DataFrame, measure: str) -> dict:
    name, (x, y) = NAMES[measure], _vertices(envelope, measure)
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "name": name,
        "line": MEASURES[measure],
        "hovertemplate": f"{name} %{{y:.4f}} at %{{x:.3f}}<extra></extra>",
    }


def _vertices(envelope: pd.DataFrame, measure: str) -> tuple[np.ndarray, np.ndarray]:
    """A line up or down through each column's smallest and largest value; level stretches keep only their ends."""
    low, high = (envelope[f"{measure}_{end}"].to_numpy() for end in ("low", "high"))
    falls = np.append(False, np.diff(low + high) < 0)
    y = np.column_stack([np.where(falls, high, low), np.where(falls, low, high)]).ravel()
    x = np.repeat(envelope["threshold"].to_numpy() + 0.5 / len(envelope), 2)
    x[0], x[-1] = 0, 1
    is_level = (y[1:-1] == y[:-2]) & (y[1:-1] == y[2:])
    keeps = np.concatenate([[True], ~is_level, [True]])
    return x[keeps], y[keeps]


def _baseline(value: float, *says: Word) -> dict:
    line = {"color": BASELINE, "dash": "dash", "width": 1.5}
    shape = {"x0": 0, "x1": 1, "y0": value, "y1": value, "line": line, "layer": "below"}
    return {"shapes": [shape], "words": says}


def _book_marks(key_height: float) -> dict:
    thresholds, accuracies = zip(*BOOK, strict=True)
    marks = {
        "type": "scatter",
        "x": thresholds,
        "y": accuracies,
        "mode": "markers",
        "marker": {"symbol": "diamond-open", "size": 9, "color": BASELINE, "line": {"width": 2}},
        "hovertemplate": "the book, on PASCAL_2007: %{y:.4f} at %{x}<extra></extra>",
    }
    key = Word(0.97, key_height, "\u25c7 the book, other data", BASELINE, "middle left")
    return {"data": [marks], "words": [key]}


def _do_nothing(threshold: float | None, value: float) -> Word:
    """The name of the line of doing nothing, where neither curves nor the words beside the threshold are."""
    left_is_free = threshold is None or MIDDLE <= threshold < TURN or threshold >= HIGH
    at, side = (QUIET, "bottom right") if left_is_free else (1, "bottom left")
    return Word(at, value, f"do nothing {value:.4f}", BASELINE, side)


def _free_heights(values: list[float], gap: float, low: float) -> list[float]:
    """Each value's words at its own height; all in one block below the lowest, where so they would cover curves."""
    heights = spread(values, gap, low)
    crowded = max((value - height for value, height in zip(values, heights, strict=True)), default=0) > gap
    below = min(values, default=low) - gap
    if not crowded or below - len(values) * gap < low:
        return heights
    return spread([below - gap * place for place in _ranks(values)], gap, low)


def _ranks(values: list[float]) -> np.ndarray:
    """The place of each value from the top, 0 for the highest."""
    return np.argsort(np.argsort(-np.asarray(values), kind="stable"), kind="stable")


def _value(threshold: float, height: float, says: str, measure: str) -> Word:
    side = "middle right" if threshold < TURN else "middle left"
    return Word(threshold, height, says, MEASURES[measure]["color"], side)
