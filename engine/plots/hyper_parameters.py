"""Settings of many runs against what they reached: parallel coordinates."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.plots.style import BCE, CURRENT, layout
from engine.plots.training import is_lower_better, named

_LOGARITHMIC = "lr"
_CLOSEST_TICKS = 0.06
"""Ticks nearer to each other than this share of the axis would cover each other."""


def parallel(found: pd.DataFrame) -> go.Figure:
    """Draw a line for each run through its settings to what it reached, which colours it.

    `found` comes from `runs_table.settings_and_results`: a row for each run, best first, the measure last.
    """
    measure = found.columns[-1]
    reached = found[measure].to_numpy(float)
    worse_to_better = [[0, CURRENT], [1, BCE]]
    line = {"color": reached, "colorscale": worse_to_better, "reversescale": is_lower_better(measure)}
    shared = layout(_title(found, measure), "", "", 420) | {"margin": {"l": 90, "r": 40, "t": 40, "b": 48}}
    del shared["xaxis"], shared["yaxis"]
    axes = [_axis(name, found[name]) for name in found]
    lines = {"type": "parcoords", "line": line, "dimensions": axes, "labelside": "bottom"}
    return go.Figure([lines | {"tickfont": {"size": 12}, "labelfont": {"size": 13}}], shared)


def in_words(value: object) -> str:
    """A setting as people read it."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return " to ".join(f"{end:g}" for end in value) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _axis(name: str, values: pd.Series) -> dict:
    """One axis: a scale for numbers, else a tick for each thing that was chosen."""
    if not all(
        isinstance(value, int | float | np.number) and not isinstance(value, bool) for value in values
    ):
        chosen = sorted({in_words(value) for value in values})
        places = [chosen.index(in_words(value)) for value in values]
        return {
            "label": named(name),
            "values": places,
            "tickvals": list(range(len(chosen))),
            "ticktext": chosen,
        }
    numbers = values.to_numpy(float)
    is_log = name == _LOGARITHMIC
    places = np.log10(numbers) if is_log else numbers
    return {"label": named(name) + " (log)" * is_log, "values": places} | _ticks(places, numbers)


def _ticks(places: np.ndarray, numbers: np.ndarray) -> dict:
    """A tick at every value that occurs, lowest and highest first, as far as there is room."""
    reach, kept = float(np.ptp(places)) or 1.0, []
    order = np.argsort(places, kind="stable")
    for at in [order[-1], *order]:
        if all(abs(places[at] - places[other]) > _CLOSEST_TICKS * reach for other in kept):
            kept.append(at)
    kept.sort(key=lambda at: places[at])
    return {"tickvals": places[kept], "ticktext": [f"{numbers[at]:.4g}" for at in kept]}


def _title(found: pd.DataFrame, measure: str) -> str:
    says = "lowest" if is_lower_better(measure) else "highest"
    return (
        f"{found.index[0]} has the {says} {named(measure)} of {len(found)} runs: {found[measure].iloc[0]:.4g}"
    )
