"""A sweep's trials: their values in order, what each setting does, and which settings matter."""

import math
from collections.abc import Iterable, Mapping

import pandas as pd
import plotly.graph_objects as go

from engine.plots import metric_range
from engine.plots.hyper_parameters import LOGARITHMIC, in_words
from engine.plots.names import is_lower_better, named
from engine.plots.style import BASELINE, CURRENT, RIGHT, layout

HEIGHT = 320
MOST_DECADES = 3
_ROOM = 1.15
"""The axis of shares reaches so many times as far as the longest bar: its words stand beyond it."""
_MARK = 0.05
"""The share of the axis that the upper half of a mark takes."""


def history(trials: pd.DataFrame, metric: str, baseline: float | None, is_over: bool = False) -> go.Figure:
    """Draw the value of every trial (`trial`, `value`) and the best so far (`best`), with the baseline."""
    figure = go.Figure(
        layout=layout(_title(trials, metric, baseline, is_over), "trial", named(metric), HEIGHT)
    )
    numbers = trials["trial"].to_numpy(int)
    figure.add_scatter(
        x=numbers, y=trials["value"].to_numpy(float), mode="markers", name="trial",
        marker={"color": RIGHT, "size": 9}, hovertemplate="trial %{x}: %{y:.4g}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=numbers, y=trials["best"].to_numpy(float), mode="lines", name="best so far",
        line={"color": CURRENT, "width": 2, "shape": "hv"}, hoverinfo="skip",
    )  # fmt: skip
    _add_baseline(figure, baseline)
    _reach(figure, [*trials["value"], *([] if baseline is None else [baseline])], metric)
    figure.update_xaxes(tickformat="d", dtick=max(1, len(trials) // 10))
    return figure


def one_setting(trials: pd.DataFrame, name: str, metric: str, baseline: pd.Series | None) -> go.Figure:
    """Draw the value of every trial over one setting, with the baseline as a mark of its own."""
    title = f"{named(metric).capitalize()} of {len(trials)} trials by {named(name)}"
    figure = go.Figure(layout=layout(title, named(name), named(metric), HEIGHT))
    is_number = pd.api.types.is_numeric_dtype(trials[name]) and not pd.api.types.is_bool_dtype(trials[name])
    figure.add_scatter(
        x=_shown(trials[name], is_number), y=trials["value"].to_numpy(float), mode="markers", name="trial",
        marker={"color": RIGHT, "size": 9}, text=[f"trial {number}" for number in trials["trial"]],
        hovertemplate="%{text}: %{x}, %{y:.4g}<extra></extra>",
    )  # fmt: skip
    if baseline is not None:
        at = _shown(pd.Series([baseline[name]]), is_number)
        figure.add_scatter(
            x=at, y=[float(baseline["value"])], mode="markers", name="baseline",
            marker={"color": BASELINE, "size": 13, "symbol": "diamond"},
            hovertemplate="baseline: %{y:.4g}<extra></extra>",
        )  # fmt: skip
    _reach(figure, [*trials["value"], *([] if baseline is None else [float(baseline["value"])])], metric)
    figure.update_xaxes(type="log" if name in LOGARITHMIC else "linear" if is_number else "category")
    if name in LOGARITHMIC:
        ticks = _log_ticks(trials[name])
        figure.update_xaxes(tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks])
    return figure


def importances(shares: Mapping[str, float]) -> go.Figure:
    """Draw how much of the differences between trials each setting explains, the most important one on top."""
    ordered = sorted(shares.items(), key=lambda item: item[1])
    names, values = [named(name) for name, _ in ordered], [share for _, share in ordered]
    title = f"{values[-1]:.0%} of the differences between trials come from the {names[-1]}"
    figure = go.Figure(layout=layout(title, "share explained", "", 110 + 36 * len(names)))
    figure.add_bar(
        x=values, y=names, orientation="h", marker={"color": RIGHT}, text=[f"{value:.0%}" for value in values],
        textposition="outside", cliponaxis=False, hovertemplate="%{y}: %{x:.0%}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(tickformat=".0%", range=[0, _ROOM * max(values)])
    return figure


def _log_ticks(values: pd.Series) -> list[float]:
    """Ticks at 1, 2 and 5 of each decade, or at 1 alone where there are many; Plotly writes the others too small.

    >>> _log_ticks(pd.Series([0.0004, 0.02]))
    [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05]
    """
    lowest, highest = (math.floor(math.log10(end)) for end in (values.min(), values.max()))
    steps = (1, 2, 5) if highest - lowest < MOST_DECADES else (1,)
    return [float(f"{step}e{decade}") for decade in range(lowest, highest + 1) for step in steps]


def _shown(values: pd.Series, is_number: bool) -> list:
    return [float(value) if is_number else in_words(value) for value in values]


def _add_baseline(figure: go.Figure, baseline: float | None) -> None:
    if baseline is not None:
        figure.add_hline(y=baseline, line={"color": BASELINE, "width": 2, "dash": "dash"})
        figure.add_scatter(
            x=[None],
            y=[None],
            mode="lines",
            name="baseline",
            line={"color": BASELINE, "width": 2, "dash": "dash"},
        )


def _reach(figure: go.Figure, values: Iterable[float], metric: str) -> None:
    """Let the axis end where the metric does, with room for whole marks."""
    low, high = metric_range.around(values, is_share=not is_lower_better(metric))
    figure.update_yaxes(range=[low, high + _MARK * (high - low)])


def _title(trials: pd.DataFrame, metric: str, baseline: float | None, is_over: bool) -> str:
    if trials.empty:
        return "No trial has ended yet"
    best = float(trials["best"].iloc[-1])
    rank = "lowest" if is_lower_better(metric) else "highest"
    compared = "" if baseline is None else f", and the baseline has {baseline:.4g}"
    return f"The {rank} {named(metric)} {'' if is_over else 'so far '}is {best:.4g}{compared}"
