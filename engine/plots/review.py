"""Figures of the label review: errors found by a ranking, and the effect of relabelling."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from engine.data.formats.phrases import counted
from engine.experiments.label_review.recall_curve import chance_curve, found_curve
from engine.plots import metric_range
from engine.plots.style import BASELINE, CURRENT, RIGHT, layout

AFTER = RIGHT
SHOWN_TIMES = 4
"""The curve is drawn up to this multiple of the number of wrong labels; beyond it is flat."""


def ranking_curve(is_wrong: Sequence[bool]) -> go.Figure:
    """The number of known wrong labels among the first images of the ranking; a dashed line for a random order.

    `is_wrong` (N,) is in the order of the ranking. A mark stands at twice as many images as there are wrong ones.
    """
    curve, wrong = found_curve(is_wrong), int(np.sum(is_wrong))
    chance = chance_curve(len(is_wrong), wrong)
    last = min(len(is_wrong), SHOWN_TIMES * max(wrong, 1))
    at = min(2 * wrong, len(is_wrong))
    title = (
        f"The first {at} of {len(is_wrong)} images contain {curve[at]} of the "
        f"{counted(wrong, 'wrong label')}; in random order, {chance[at]:.1f}"
    )
    counts = np.arange(last + 1)
    across = {"range": [0, last * 1.02], "zeroline": False, "rangemode": "nonnegative"}
    up = {"range": [0, wrong * 1.1 + 0.5], "zeroline": False}
    shared = layout(title, "images reviewed, most doubtful first", "wrong labels found", 340)
    words = [
        _word(last, chance[last], "in random order", BASELINE, -14),
        _word(last, curve[last], "most doubtful first", RIGHT, -14),
    ]
    mark = {"x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper"}
    return go.Figure(
        [
            _line(counts, chance[: last + 1], BASELINE, "dash", "in random order"),
            _line(counts, curve[: last + 1], RIGHT, "solid", "most doubtful first"),
        ],
        shared
        | {
            "showlegend": False,
            "xaxis": shared["xaxis"] | across,
            "yaxis": shared["yaxis"] | up,
            "annotations": words,
            "shapes": [mark | {"line": {"color": CURRENT, "width": 2}, "layer": "below"}],
        },
    )


def before_and_after(
    metric: str, values: Mapping[str, Sequence[float]], title: str, is_share: bool
) -> go.Figure:
    """The metric of heads on the same images, trained before and after relabelling: a dot per seed.

    `values` has `before` and `after` (one number per seed each, the same seeds); lines join the same seed. `is_share`:
    the metric lies between 0 and 1.
    """
    before, after = np.asarray(values["before"], float), np.asarray(values["after"], float)
    x: list[str | None] = []
    y: list[float | None] = []
    for first, second in zip(before, after, strict=True):
        x += ["before", "after", None]
        y += [first, second, None]
    dots = [
        {
            "type": "scatter", "mode": "markers", "x": [name] * len(dots_y), "y": dots_y, "cliponaxis": False,
            "marker": {"size": 11, "color": colour}, "hovertemplate": f"{name}: %{{y:.4f}}<extra></extra>",
        }
        for name, dots_y, colour in (("before", before, BASELINE), ("after", after, AFTER))
    ]  # fmt: skip
    lines = {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip",
        "line": {"color": BASELINE, "width": 1},
    }  # fmt: skip
    shared = layout(title, "", metric, 280)
    reach = metric_range.around([*before, *after], is_share)
    up = {"yaxis": shared["yaxis"] | {"range": reach}}
    return go.Figure([lines, *dots], shared | up | {"showlegend": False})


def _line(x: np.ndarray, y: np.ndarray, colour: str, dash: str, name: str) -> dict:
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "name": name,
        "line": {"color": colour, "dash": dash, "width": 3 if dash == "solid" else 1.5},
        "hovertemplate": f"{name}: %{{y:.3g}} wrong labels in the first %{{x}} images<extra></extra>",
    }  # fmt: skip


def _word(x: float, y: float, text: str, colour: str, shift: int) -> dict:
    return {
        "x": x, "y": y, "text": text, "showarrow": False, "xanchor": "right", "yshift": shift,
        "font": {"color": colour},
    }  # fmt: skip
