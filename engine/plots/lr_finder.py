"""The figure of a learning rate search: the loss over the rate, and each rule's suggestion."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.plots.style import BASELINE, CURRENT, PREDICTION, RIGHT, layout
from engine.plots.text_trace import Word, words

HEIGHT = 380
_ROOM_ABOVE = 0.55
"""How much higher than the curve the chart is, as a share of the curve's height: space for the rules' names."""


def curve(
    tries: pd.DataFrame, suggestions: Mapping[str, float], in_form: float | None = None, loss: str = "loss"
) -> go.Figure:
    """Draw the tries of a search: `tries` holds lr, loss and smooth for every batch; the first suggestion stands out.

    `in_form` is the rate that the form holds; `loss` is the loss's title.
    """
    lrs, smooth = tries["lr"].to_numpy(float), tries["smooth"].to_numpy(float)
    low, high = _heights(smooth, tries["loss"].to_numpy(float))
    top = high + (high - low) * _ROOM_ABOVE if suggestions else high
    data = [
        _line("each batch", lrs, tries["loss"], BASELINE, 1),
        _line("running mean", lrs, smooth, RIGHT, 3),
        *_now(in_form, low, high),
        *_marks(suggestions, lrs, smooth, high, top),
    ]
    figure = go.Figure(data, layout(_title(suggestions, tries), "learning rate", loss, HEIGHT))
    figure.update_layout(showlegend=False)
    figure.update_xaxes(type="log", dtick=1, exponentformat="power", range=[-7, 1])
    figure.update_yaxes(range=[low - (high - low) * 0.06, top])
    return figure


def _title(suggestions: Mapping[str, float], tries: pd.DataFrame) -> str:
    if not suggestions:
        return f"The loss at learning rates up to {tries['lr'].iloc[-1]:.2g}, so far"
    rule, rate = next(iter(suggestions.items()))
    lowest = tries["lr"].iloc[int(np.nanargmin(tries["smooth"].to_numpy(float)))]
    return f"{rule.capitalize()} suggests {rate:g}; the running mean of the loss is lowest at {lowest:.2g}"


def _heights(smooth: np.ndarray, losses: np.ndarray) -> tuple[float, float]:
    """Between which losses the curve is worth seeing: what it does after it ran away is not."""
    smooth, losses = smooth[np.isfinite(smooth)], losses[np.isfinite(losses)]
    if not len(smooth):
        return 0.0, 1.0
    low, start = float(losses.min()), float(smooth[: max(1, len(smooth) // 2)].max())
    high = min(float(smooth.max()), start + (start - low) * 0.3)
    return low, max(high, low + abs(low) * 0.01 + 1e-9)


def _now(rate: float | None, low: float, high: float) -> list[dict]:
    """The form's current rate."""
    if not rate:
        return []
    line = _line("in the form", [rate, rate], [low, high], CURRENT, 2)
    line |= {
        "line": {"color": CURRENT, "width": 2, "dash": "dash"},
        "hoverinfo": "skip",
        "hovertemplate": None,
    }
    return [line, words([Word(rate, low, f"now {rate:g}", CURRENT, f"middle {_away(rate)}")])]


def _marks(suggestions: Mapping[str, float], lrs, smooth, high: float, top: float) -> list[dict]:
    """A stem from the curve up to each rule's name; the names are in separate lines, so that none overlap."""
    traces, names = [], []
    first = next(iter(suggestions), None)
    steps = np.linspace(high + (top - high) * 0.15, top - (top - high) * 0.12, max(len(suggestions), 1))
    by_rate = sorted(suggestions.items(), key=lambda suggestion: suggestion[1])
    for level, (rule, rate) in zip(steps, by_rate, strict=False):
        colour = PREDICTION if rule == first else BASELINE
        at = float(np.interp(np.log(rate), np.log(lrs), smooth))
        traces.append(
            {
                "type": "scatter", "mode": "lines+markers", "x": [rate, rate], "y": [at, level], "hoverinfo": "skip",
                "line": {"color": colour, "width": 1.5, "dash": "dot"},
                "marker": {"size": [11 if rule == first else 8, 0], "color": colour},
            }
        )  # fmt: skip
        names.append(Word(rate, level, f"{rule} {rate:g}", colour, f"middle {_away(rate)}"))
    return [*traces, words(names)] if names else []


def _away(rate: float) -> str:
    return "left" if np.log10(rate) > -5 else "right"


def _line(name: str, x, y, colour: str, width: float) -> dict:
    return {
        "type": "scatter", "mode": "lines", "x": np.asarray(x, float), "y": np.asarray(y, float), "name": name,
        "line": {"color": colour, "width": width},
        "hovertemplate": f"{name}: %{{y:.4g}} at %{{x:.2g}}<extra></extra>",
    }  # fmt: skip
