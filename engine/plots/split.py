"""How a split distributes the labels, as a figure."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from engine.plots.style import BASELINE, CURRENT, RIGHT, titled

MOST_LABELS = 30
NEAR = 0.015


def shares(table: pd.DataFrame, wanted: float) -> go.Figure:
    """The validation share of each label as a dot, and the requested share as a line.

    `table` comes from `engine.data.splits.report`; its first row stands for all images. With many labels those
    farthest from `wanted` (0..1) are shown.
    """
    everything, labels = table.iloc[:1], table.iloc[1:]
    if len(labels) > MOST_LABELS:
        farthest = (labels["share"] - wanted).abs().nlargest(MOST_LABELS).index
        labels = labels[labels.index.isin(farthest)]
    shown = pd.concat([everything, labels])[::-1]
    figure = go.Figure(
        go.Scatter(
            x=100 * shown["share"],
            y=[str(name) for name in shown.index],
            mode="markers",
            marker={"size": 11, "color": [RIGHT] * len(labels) + [CURRENT]},
            customdata=shown[["training", "validation"]].to_numpy(),
            hovertemplate="%{y}: %{x:.1f}% (%{customdata[0]} training, %{customdata[1]} validation)<extra></extra>",
        )
    )
    figure.add_vline(x=100 * wanted, line={"color": BASELINE, "dash": "dot"})
    height = 110 + 24 * len(shown)
    titled(figure, _point(labels, wanted), "share for validation (%)", "", height)
    figure.update_yaxes(type="category", title=None)
    figure.update_xaxes(rangemode="tozero")
    return figure


def _point(labels: pd.DataFrame, wanted: float) -> str:
    if labels.empty:
        return f"{wanted:.0%} of the images were asked for"
    misses = (labels["share"] - wanted).abs()
    if misses.max() < NEAR:
        return f"Every label comes within {100 * NEAR:g} points of the {wanted:.0%} asked for"
    worst = int(misses.argmax())
    label, share = labels.index[worst], labels["share"].iloc[worst]
    return f"“{label}” is farthest from the {wanted:.0%} asked for: {share:.0%}"
