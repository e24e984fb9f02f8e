"""The curves of several runs over each other, each with its name at its end."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.figures.heights import spread
from engine.figures.points import plain_html
from engine.figures.style import BASELINE, RUNS, layout
from engine.figures.training import is_lower_better, line, named

_DASHES = ("solid", "dash", "dot")
_LONGEST_NAME = 14
_PX_A_LETTER = 7.5
_LOG_FROM = 30
"""Curves whose highest value is so many times the lowest are drawn on a logarithmic scale."""


def colour(place: int) -> str:
    """The colour of the run at a place among those compared."""
    return RUNS[place % len(RUNS)]


def letter(place: int) -> str:
    """What the run at a place among those compared is called where there is little room: A, B, ..."""
    return chr(ord("A") + place)


def together(
    histories: Mapping[str, pd.DataFrame],
    column: str,
    baselines: Mapping[str, float] | None = None,
    reference: tuple[str, pd.DataFrame] | None = None,
) -> go.Figure:
    """Draw one column of several runs' histories over each other, a line and a letter for each run.

    `baselines` are what needs no network, by what to call them; `reference` is a published history after its name.
    """
    baselines = baselines or {}
    data, names = [], []
    for place, (name, history) in enumerate(histories.items()):
        dash = _DASHES[place // len(RUNS) % len(_DASHES)]
        data.append(line(plain_html(name), history["epoch"], history[column], colour(place), dash=dash))
        names.append(f"<b>{letter(place)}</b> {plain_html(_short(name))}")
    if reference:
        data.append(line(reference[0], reference[1]["epoch"], reference[1][column], BASELINE, dash="dot"))
        names.append(plain_html(reference[0]))
    values = np.concatenate([*(one["y"] for one in data), list(baselines.values())])
    values = values[np.isfinite(values)]
    is_log = bool(values.min() > 0 and values.max() > _LOG_FROM * values.min())
    shared = layout(_title(histories, column), "epoch", named(column) + ", logarithmic" * is_log, 400)
    figure = go.Figure(
        data, shared | {"showlegend": False, "margin": shared["margin"] | {"r": _room_for(names)}}
    )
    low, high = np.log10([values.min(), values.max()]) if is_log else (values.min(), values.max())
    reach = low - 0.04 * (high - low or 1), high + 0.06 * (high - low or 1)
    figure.update_yaxes(range=reach, zeroline=False, type="log" if is_log else "linear")
    _name_ends(figure, names, reach, is_log)
    for says, level in baselines.items():
        _add_baseline(figure, says, level, is_log)
    return figure


def _name_ends(figure: go.Figure, names: list[str], reach: tuple[float, float], is_log: bool) -> None:
    ends = [float(np.log10(one.y[-1]) if is_log else one.y[-1]) for one in figure.data]
    heights = spread(
        [end if np.isfinite(end) else reach[0] for end in ends], (reach[1] - reach[0]) * 0.065, reach[0]
    )
    for one, name, height in zip(figure.data, names, heights, strict=True):
        figure.add_annotation(
            x=1, xref="paper", xshift=6, y=height, text=name, showarrow=False, xanchor="left",
            font={"color": one.line.color},
        )  # fmt: skip


def _add_baseline(figure: go.Figure, says: str, level: float, is_log: bool) -> None:
    figure.add_shape(
        type="line", xref="paper", x0=0, x1=1, y0=level, y1=level,
        line={"color": BASELINE, "dash": "dash", "width": 1.5},
    )  # fmt: skip
    figure.add_annotation(
        xref="paper", x=0, xanchor="left", y=float(np.log10(level)) if is_log else level, yanchor="bottom",
        text=plain_html(says), showarrow=False, font={"color": BASELINE},
    )  # fmt: skip


def _room_for(names: list[str]) -> int:
    """Pixels on the right for the longest name, mark-up not counted."""
    return 16 + round(_PX_A_LETTER * max(len(name.replace("<b>", "").replace("</b>", "")) for name in names))


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def _title(histories: Mapping[str, pd.DataFrame], column: str) -> str:
    ends = {name: float(history[column].iloc[-1]) for name, history in histories.items()}
    lowest = is_lower_better(column)
    best = (min if lowest else max)(ends, key=ends.get)
    says = f"{named(column)} {ends[best]:.4g}"
    if len(ends) == 1:
        return f"{best} ends with {says}"
    return f"{best} ends {'lowest' if lowest else 'highest'}: {says}"
