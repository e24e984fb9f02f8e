"""Figures of the exercise "none of these": how many pictures of nothing a network needs, and what they cost."""

import pandas as pd
import plotly.graph_objects as go

from engine import tasks
from engine.experiments.open_set.networks import KINDS, Kind
from engine.plots.style import SIGMOID, SOFTMAX, layout
from engine.tasks import MULTI_LABEL, SINGLE_LABEL

QUESTIONS = {
    "neither_nothing": "Neither: names nothing",
    "one_right": "One: names just that one",
    "two_both": "Two: names both",
}
"""What is asked, by the column of `engine.experiments.open_set.table` that answers it; a figure each."""

_LINES = {SINGLE_LABEL: ("one label", SOFTMAX), MULTI_LABEL: ("several labels", SIGMOID)}
_APART = 0.25
_ABOVE, _BELOW = 13, -13
"""Pixels between the end of a line and its name."""


def point(table: pd.DataFrame) -> str:
    """Say in one sentence what the three figures show together."""
    without, least = _share(table, 0), min(n for n in table["nones"] if n > 0)
    return (
        f"Several labels alone do not make it say nothing ({without:.0%} of pictures); "
        f"{least} pictures of nothing do most of it ({_share(table, least):.0%})"
    )


def doses(table: pd.DataFrame, question: str) -> go.Figure:
    """Draw the share of right answers to one of `QUESTIONS` over the number of pictures of nothing.

    `table` is that of `engine.experiments.open_set.table`; a line is the mean over its seeds, a bar their deviation.
    """
    places = {count: place for place, count in enumerate(sorted(table["nones"].unique()))}
    answered = {task: _of_task(table, task)[question] for task in _LINES}
    shared = layout(QUESTIONS[question], "pictures of nothing", "share of pictures", 280)
    across = {
        "tickvals": list(places.values()),
        "ticktext": [str(count) for count in places],
        "range": [-0.3, len(places) - 0.6],
        "zeroline": False,
    }
    up = {
        "range": [-0.05, 1.19],
        "tickvals": [0, 0.25, 0.5, 0.75, 1],
        "tickformat": ".0%",
        "zeroline": False,
    }
    return go.Figure(
        [_line(answered[task], task, places) for task in _LINES],
        shared
        | {
            "xaxis": shared["xaxis"] | across,
            "yaxis": shared["yaxis"] | up,
            "annotations": _names({task: one.mean().iloc[-1] for task, one in answered.items()}, len(places)),
            "showlegend": False,
        },
    )


def _of_task(table: pd.DataFrame, task: str):
    names = [kind.name for kind in KINDS if kind.task == task]
    return table[table["network"].isin(names)].groupby("nones")


def _line(answered, task: str, places: dict[int, int]) -> dict:
    name, colour = _LINES[task]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [places[count] for count in answered.mean().index],
        "y": answered.mean().to_list(),
        "error_y": {"array": answered.std().fillna(0).to_list(), "thickness": 1, "width": 3},
        "name": name,
        "line": {"color": colour, "width": 2.5},
        "hovertemplate": f"{name}: %{{y:.1%}}<extra></extra>",
    }


def _names(ends: dict[str, float], count: int) -> list[dict]:
    """The name of each line at its end: above it, but below the lower line where both ends lie close together."""
    lower = min(ends, key=ends.get)
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
    """The share of pictures of neither to which the network of several labels says nothing."""
    several: list[Kind] = [kind for kind in KINDS if tasks.get(kind.task).allows_several_labels]
    kind = next(kind for kind in several if kind.has_nothing == (nones > 0))
    rows = table[(table["network"] == kind.name) & (table["nones"] == nones)]
    return float(rows["neither_nothing"].mean())
