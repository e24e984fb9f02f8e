"""Settings of many runs against what they reached: parallel coordinates."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.figures.style import layout
from engine.figures.training import is_lower_better, named

_LOGARITHMIC = "lr"
_MOST_TICKS = 6


def parallel(found: pd.DataFrame) -> go.Figure:
    """Draw a line for each run through its settings to what it reached, which colours it.

    `found` comes from `runs_table.settings_and_results`: a row for each run, best first, the measure last.
    """
    measure = found.columns[-1]
    reached = found[measure].to_numpy(float)
    line = {"color": reached, "colorscale": "Cividis", "reversescale": is_lower_better(measure)}
    shared = layout(_title(found, measure), "", "", 400) | {"margin": {"l": 56, "r": 56, "t": 64, "b": 24}}
    del shared["xaxis"], shared["yaxis"]
    axes = [_axis(name, found[name]) for name in found]
    return go.Figure([{"type": "parcoords", "line": line, "dimensions": axes}], shared)


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
    ticks = np.unique(numbers)
    if name == _LOGARITHMIC:
        return {
            "label": f"{name} (log)", "values": np.log10(numbers), "tickvals": np.log10(ticks),
            "ticktext": [f"{tick:g}" for tick in ticks],
        }  # fmt: skip
    few = {"tickvals": ticks} if len(ticks) <= _MOST_TICKS else {}
    return {"label": named(name), "values": numbers} | few


def _title(found: pd.DataFrame, measure: str) -> str:
    says = "lowest" if is_lower_better(measure) else "highest"
    return (
        f"{found.index[0]} has the {says} {named(measure)} of {len(found)} runs: {found[measure].iloc[0]:.4g}"
    )
