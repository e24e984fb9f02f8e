"""The curves of several runs in one figure, each with its letter at its end."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.plots import metric_range
from engine.plots.names import is_lower_better, named
from engine.plots.points import plain_html
from engine.plots.style import BASELINE, RUNS, layout
from engine.plots.training import line

_DASHES = ("solid", "dash", "dot")
_PX_A_LETTER = 20
_TICKS = [digit * 10.0**power for power in range(-7, 5) for digit in (1, 2, 5)]
_EVERY_EPOCH = 12
"""Up to this many epochs each has a tick; by default the axis would repeat the same epoch."""
_LOG_FROM = 30
"""Curves whose highest value is at least this many times the lowest have a logarithmic scale."""


def colour(place: int) -> str:
    """The colour of the run at a position among those compared."""
    return RUNS[place % len(RUNS)]


def letter(place: int) -> str:
    """The letter of the run at a position among those compared: A, B, ..."""
    return chr(ord("A") + place)


def together(
    histories: Mapping[str, pd.DataFrame],
    column: str,
    baselines: Mapping[str, float] | None = None,
    reference: tuple[str, pd.DataFrame] | None = None,
    same_data: bool = True,
) -> go.Figure:
    """Draw one column of several runs' histories, a line and a letter per run.

    `baselines` are values of constant predictions by name; `reference` is a published history after its name.
    The title names the best run only where all ran on the `same_data`: other data has another baseline.
    """
    baselines = baselines or {}
    data = [
        line(plain_html(name), history["epoch"], history[column], colour(place), dash=_dash(place))
        for place, (name, history) in enumerate(histories.items())
    ]
    if reference:
        data.append(line(reference[0], reference[1]["epoch"], reference[1][column], BASELINE, dash="dot"))
    values = np.concatenate([*(curve["y"] for curve in data), list(baselines.values())])
    scale = _Scale.of(values[np.isfinite(values)], not is_lower_better(column))
    y_title = named(column) + ", logarithmic" * scale.is_log
    figure = go.Figure(
        data, layout(_title(histories, column, same_data), "epoch", y_title, 400) | {"showlegend": False}
    )
    figure.update_yaxes(range=scale.reach, zeroline=False, type="log" if scale.is_log else "linear")
    if scale.is_log:
        figure.update_yaxes(tickvals=_TICKS, ticktext=[f"{tick:g}" for tick in _TICKS])
    longest = max(len(history) for history in histories.values())
    figure.update_xaxes(tickformat="d", dtick=1 if longest <= _EVERY_EPOCH else None)
    _add_letters(figure, len(histories), scale)
    if reference:
        _add_word(figure, reference[0], data[-1]["x"][-1], scale.at(data[-1]["y"][-1]), is_below=True)
    for what, level in baselines.items():
        figure.add_hline(level, line={"color": BASELINE, "dash": "dash", "width": 1.5})
        _add_word(figure, what, 1, scale.at(level), not is_lower_better(column), xref="paper")
    return figure


class _Scale(NamedTuple):
    """Whether the axis is logarithmic, and its range, in logarithms if so."""

    is_log: bool
    reach: tuple[float, float]

    @classmethod
    def of(cls, values: np.ndarray, is_share: bool) -> "_Scale":
        is_log = bool(values.min() > 0 and values.max() > _LOG_FROM * values.min())
        if not is_log:
            low, high = metric_range.around(values, is_share)
            return cls(is_log, (low, high))
        low, high = (float(np.log10(value)) for value in (values.min(), values.max()))
        room = 0.06 * (high - low or 1)
        return cls(is_log, (low - room, high + room))

    def at(self, value: float) -> float:
        """A value's position on the axis; NaN is at the bottom."""
        place = float(np.log10(value) if self.is_log else value)
        return place if np.isfinite(place) else self.reach[0]


def _dash(place: int) -> str:
    return _DASHES[place // len(RUNS) % len(_DASHES)]


def _add_letters(figure: go.Figure, runs: int, scale: _Scale) -> None:
    """Each run's letter at the end of its line; those that would overlap are side by side."""
    near = 0.06 * (scale.reach[1] - scale.reach[0])
    taken: list[tuple[float, float]] = []
    for place, curve in enumerate(figure.data[:runs]):
        x, y = float(curve.x[-1]), scale.at(curve.y[-1])
        neighbours = sum(x == other_x and abs(y - other_y) < near for other_x, other_y in taken)
        taken.append((x, y))
        figure.add_annotation(
            x=x, y=y, xshift=_PX_A_LETTER * (neighbours + 0.6), text=f"<b>{letter(place)}</b>", showarrow=False,
            font={"color": colour(place), "size": 16},
        )  # fmt: skip


def _add_word(figure: go.Figure, text: str, x: float, y: float, is_below: bool, xref: str = "x") -> None:
    figure.add_annotation(
        xref=xref, x=x, xanchor="right", y=y, yanchor="top" if is_below else "bottom", text=plain_html(text),
        showarrow=False, font={"color": BASELINE},
    )  # fmt: skip


def _title(histories: Mapping[str, pd.DataFrame], column: str, same_data: bool) -> str:
    if not same_data:
        return f"{named(column)} of {len(histories)} runs on different data"
    ends = {name: float(history[column].iloc[-1]) for name, history in histories.items()}
    lowest = is_lower_better(column)
    best = (min if lowest else max)(ends, key=ends.__getitem__)
    value = f"{named(column)} {ends[best]:.4g}"
    if len(ends) == 1:
        return f"{best} ends with {value}"
    return f"{best} ends {'lowest' if lowest else 'highest'}: {value}"
