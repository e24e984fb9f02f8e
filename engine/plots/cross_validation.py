"""How a Quick run chose its regularization: the cross-validated loss of every penalty."""

import pandas as pd
import plotly.graph_objects as go

from engine.plots.style import PREDICTION, RIGHT, layout

HEIGHT = 280


def penalties(tried: pd.DataFrame, loss: str) -> go.Figure:
    """Draw `tried` (penalty, cross_validated_loss, is_chosen), the chosen one marked; `loss` is the axis title."""
    figure = go.Figure(layout=layout(_title(tried), "penalty (log scale)", f"cross-validated {loss}", HEIGHT))
    x, y = tried["penalty"].to_numpy(float), tried["cross_validated_loss"].to_numpy(float)
    hover = "penalty %{x:.3g}: loss %{y:.4g}<extra></extra>"
    figure.add_scatter(
        x=x, y=y, mode="lines+markers", line={"color": RIGHT, "width": 2.5}, hovertemplate=hover,
        showlegend=False,
    )  # fmt: skip
    chosen = tried[tried["is_chosen"].astype(bool)]
    if len(chosen):
        figure.add_scatter(
            x=chosen["penalty"].to_numpy(float), y=chosen["cross_validated_loss"].to_numpy(float),
            mode="markers+text", text=["chosen"], textposition="top center", showlegend=False,
            marker={"color": PREDICTION, "size": 13, "symbol": "diamond"}, textfont={"color": PREDICTION},
            hovertemplate=hover, cliponaxis=False,
        )  # fmt: skip
    figure.update_xaxes(type="log", dtick=1, exponentformat="power")
    spread = float(y.max() - y.min()) or abs(float(y.max())) or 1.0
    figure.update_yaxes(range=[float(y.min()) - 0.08 * spread, float(y.max()) + 0.2 * spread])
    return figure


def _title(tried: pd.DataFrame) -> str:
    chosen = tried[tried["is_chosen"].astype(bool)]
    if not len(chosen):
        return f"{len(tried)} penalties were cross-validated inside the training images"
    penalty, least = float(chosen["penalty"].iloc[0]), float(chosen["cross_validated_loss"].iloc[0])
    return f"Penalty {penalty:.3g} has the lowest cross-validated loss, {least:.3g}, of {len(tried)} tried"
