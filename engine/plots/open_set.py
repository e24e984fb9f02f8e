"""Figures of the exercise "none of these": how many images without animals a network needs, and their cost."""

import pandas as pd
import plotly.graph_objects as go
from pandas.core.groupby import DataFrameGroupBy, SeriesGroupBy

from engine import tasks
from engine.experiments.open_set.networks import KINDS, Kind
from engine.plots.style import SIGMOID, SOFTMAX, layout
from engine.tasks import MULTI_LABEL, SINGLE_LABEL

QUESTIONS = {
    "neither_nothing": "Neither animal: predicts nothing",
    "one_right": "One animal: predicts just that one",
    "two_both": "Two animals: predicts both",
}
"""The title of each figure, by its column of `engine.experiments.open_set.table`."""

_LINES = {SINGLE_LABEL: ("one label", SOFTMAX), MULTI_LABEL: ("several labels", SIGMOID)}
_APART = 0.25
_ABOVE, _BELOW = 13, -13
"""Pixels between the end of a line and its name."""


def point(table: pd.DataFrame) -> str:
    """One sentence that sums up the three figures."""
    without, least = _share(table, 0), min(n for n in table["nones"] if n > 0)
    return (
        f"Several labels alone rarely predict nothing ({without:.0%} of images); "
        f"{least} images without animals raise that to {_share(table, least):.0%}"
    )


def doses(table: pd.DataFrame, question: str) -> go.Figure:
    """Draw the share of right predictions for one of `QUESTIONS` over the number of images without animals.

    `table` is that of `engine.experiments.open_set.table`; lines are means over the seeds, bars standard deviations.
    """
    positions = {count: position for position, count in enumerate(sorted(table["nones"].unique()))}
    by_count = {task: _of_task(table, task)[question] for task in _LINES}
    shared = layout(QUESTIONS[question], "training images without animals", "share of images", 280)
    across = {
        "tickvals": list(positions.values()),
        "ticktext": [str(count) for count in positions],
        "range": [-0.3, len(positions) - 0.6],
        "zeroline": False,
    }
    up = {
        "range": [-0.05, 1.19],
        "tickvals": [0, 0.25, 0.5, 0.75, 1],
        "tickformat": ".0%",
        "zeroline": False,
    }
    return go.Figure(
        [_line(by_count[task], task, positions) for task in _LINES],
        shared
        | {
            "xaxis": shared["xaxis"] | across,
            "yaxis": shared["yaxis"] | up,
            "annotations": _names(
                {task: shares.mean().iloc[-1] for task, shares in by_count.items()}, len(positions)
            ),
            "showlegend": False,
        },
    )


def _of_task(table: pd.DataFrame, task: str) -> DataFrameGroupBy:
    names = [kind.name for kind in KINDS if kind.task == task]
    return table[table["network"].isin(names)].groupby("nones")


def _line(shares: SeriesGroupBy, task: str, positions: dict[int, int]) -> dict:
    name, colour = _LINES[task]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [positions[count] for count in shares.mean().index],
        "y": shares.mean().to_list(),
        "error_y": {"array": shares.std().fillna(0).to_list(), "thickness": 1, "width": 3},
        "name": name,
        "line": {"color": colour, "width": 2.5},
        "hovertemplate": f"{name}: %{{y:.1%}}<extra></extra>",
    }


def _names(ends: dict[str, float], count: int) -> list[dict]:
    """The name of each line at its end: above it, but below the lower line where both ends are close."""
    lower = min(ends, key=ends.__getitem__)
    is_close = max(ends.values()) - ends[lower] < _APART
    return [
        {
            "text": _LINES[task][0],
            "font": {"color": _LINES[task][1]},
            "x": count - 1,
            "y": end,
            "xanchor": "right",
            "yshift": _BELOW if task == lower and is_close else _ABOVE,
            "showarrow": False,
        }
        for task, end in ends.items()
    ]


def _share(table: pd.DataFrame, nones: int) -> float:
    """The share of images of neither for which the multi-label network predicts nothing."""
    several: list[Kind] = [kind for kind in KINDS if tasks.get(kind.task).allows_several_labels]
    kind = next(kind for kind in several if kind.has_nothing == (nones > 0))
    rows = table[(table["network"] == kind.name) & (table["nones"] == nones)]
    return float(rows["neither_nothing"].mean())
