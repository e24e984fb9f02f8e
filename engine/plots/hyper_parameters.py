"""Settings of many runs and their metric: parallel coordinates."""

import math
import textwrap

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.data.formats.phrases import counted
from engine.plots.names import is_lower_better, named
from engine.plots.style import BCE, CURRENT, layout

LOGARITHMIC = ("lr", "weight_decay")
"""The settings whose values span decades; one that is 0 somewhere has an ordinary axis."""
_WIDEST_LABEL = 11
"""Letters in a line of an axis title."""
_CLOSEST_TICKS = 0.06
"""Ticks closer than this share of the axis would overlap."""


def parallel(runs: pd.DataFrame, noun: str = "run") -> go.Figure:
    """Draw a line per run through its settings to its metric, which sets its colour.

    `runs` comes from `runs_table.settings_and_results`: a row for each run, best first, the metric last. `noun` is
    what the title calls a row.
    """
    metric = runs.columns[-1]
    values = runs[metric].to_numpy(float)
    worse_to_better = [[0, CURRENT], [1, BCE]]
    line = {"color": values, "colorscale": worse_to_better, "reversescale": is_lower_better(metric)}
    shared = layout(_title(runs, metric, noun), "", "", 420) | {
        "margin": {"l": 90, "r": 90, "t": 40, "b": 64}
    }
    del shared["xaxis"], shared["yaxis"]
    axes = [_axis(str(name), values) for name, values in runs.items()]
    lines = {"type": "parcoords", "line": line, "dimensions": axes, "labelside": "bottom"}
    return go.Figure([lines | {"tickfont": {"size": 12}, "labelfont": {"size": 13}}], shared)


def in_words(value: object) -> str:
    """A setting's value as text; one that is not set is "none"."""
    if _is_unset(value):
        return "none"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return " to ".join(f"{end:g}" for end in value) or "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _axis(name: str, values: pd.Series) -> dict:
    """One axis: a scale for numbers, else a tick for each thing that was chosen."""
    if not all(
        isinstance(value, int | float | np.number) and not isinstance(value, bool) and not _is_unset(value)
        for value in values
    ):
        chosen = sorted({in_words(value) for value in values})
        indices = [chosen.index(in_words(value)) for value in values]
        return {
            "label": _label(name),
            "values": indices,
            "tickvals": list(range(len(chosen))),
            "ticktext": chosen,
        }
    numbers = values.to_numpy(float)
    is_log = name in LOGARITHMIC and bool((numbers > 0).all())
    positions = np.log10(numbers) if is_log else numbers
    ticks = _ticks(positions, numbers, digits=2 if is_log else 4)
    return {"label": _label(name, is_log), "values": positions} | ticks


def _label(name: str, is_log: bool = False) -> str:
    """The title of an axis in short lines: many axes stand next to each other."""
    return "<br>".join(textwrap.wrap(named(name) + " (log)" * is_log, _WIDEST_LABEL, break_long_words=False))


def _is_unset(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _ticks(positions: np.ndarray, numbers: np.ndarray, digits: int) -> dict:
    """A tick at every value that occurs, lowest and highest first, as far as there is room."""
    reach = float(np.ptp(positions)) or 1.0
    ticks: list[int] = []
    order = np.argsort(positions, kind="stable")
    for at in [order[-1], *order]:
        if all(abs(positions[at] - positions[other]) > _CLOSEST_TICKS * reach for other in ticks):
            ticks.append(at)
    ticks.sort(key=lambda at: positions[at])
    return {"tickvals": positions[ticks], "ticktext": [f"{numbers[at]:.{digits}g}" for at in ticks]}


def _title(runs: pd.DataFrame, metric: str, noun: str) -> str:
    rank = "lowest" if is_lower_better(metric) else "highest"
    count = counted(len(runs), noun)
    return f"{runs.index[0]} has the {rank} {named(metric)} of {count}: {runs[metric].iloc[0]:.4g}"
