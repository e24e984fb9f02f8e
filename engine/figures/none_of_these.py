"""Figure of the exercise "none of these": how many pictures of nothing a network needs, and what they cost."""

import pandas as pd
import plotly.graph_objects as go

from engine.figures.style import SIGMOID, SOFTMAX, layout
from engine.none_of_these.networks import KINDS, Kind
from engine.tasks import MULTI_LABEL

_DASHES = {"neither_nothing": "solid", "one_right": "dot", "two_both": "dash"}
_WORDS = {
    "neither_nothing": "neither: nothing",
    "one_right": "one: right",
    "two_both": "two: both",
}


def doses(table: pd.DataFrame) -> go.Figure:
    """Draw the share of right answers to neither, one and two animals over the number of pictures of nothing.

    `table` is that of `engine.none_of_these.table`; a line is the mean over its seeds, a bar their deviation.
    """
    counts = sorted(table["nones"].unique())
    places = {count: place for place, count in enumerate(counts)}
    traces = [
        _line(table, task, measure, places)
        for task in dict.fromkeys(kind.task for kind in KINDS)
        for measure in _DASHES
    ]
    shared = layout(
        _title(table), "pictures of nothing, beside 120 of animals", "share answered rightly", 400
    )
    across = {
        "tickvals": list(places.values()),
        "ticktext": [str(count) for count in counts],
        "zeroline": False,
    }
    return go.Figure(
        traces,
        shared
        | {
            "xaxis": shared["xaxis"] | across,
            "yaxis": shared["yaxis"] | {"range": [-0.03, 1.05], "tickformat": ".0%", "zeroline": False},
            "legend": {"orientation": "h", "y": -0.28},
        },
    )


def _line(table: pd.DataFrame, task: str, measure: str, places: dict[int, int]) -> dict:
    of_task = table[table["network"].isin([kind.name for kind in KINDS if kind.task == task])]
    grouped = of_task.groupby("nones")[measure]
    colour = SIGMOID if task == MULTI_LABEL else SOFTMAX
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [places[count] for count in grouped.mean().index],
        "y": grouped.mean().to_list(),
        "error_y": {"array": grouped.std().fillna(0).to_list(), "thickness": 1, "width": 3},
        "name": f"{task}, {_WORDS[measure]}",
        "line": {"color": colour, "dash": _DASHES[measure], "width": 2.5},
        "hovertemplate": f"{task}, {_WORDS[measure]}: %{{y:.1%}}<extra></extra>",
    }


def _title(table: pd.DataFrame) -> str:
    several = [kind for kind in KINDS if kind.task == MULTI_LABEL]
    without, least = _share(table, several[0], 0), min(n for n in table["nones"] if n > 0)
    return (
        f"Several labels alone do not make it say nothing ({without:.0%} of pictures); "
        f"{least} pictures of nothing do most of it ({_share(table, several[1], least):.0%})"
    )


def _share(table: pd.DataFrame, kind: Kind, nones: int) -> float:
    rows = table[(table["network"] == kind.name) & (table["nones"] == nones)]
    return float(rows["neither_nothing"].mean())
