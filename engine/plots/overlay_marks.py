"""Marks that move over a fixed chart: moving a slider does not redraw the whole chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from engine.plots.text_trace import Word

if TYPE_CHECKING:
    import plotly.graph_objects as go

LEFT, RIGHT, ABOVE, BELOW = 64, 16, 8, 52


class Dot(NamedTuple):
    """A round mark at (x, y); `size` is its diameter in pixels."""

    x: float
    y: float
    colour: str
    size: float = 12


class Upright(NamedTuple):
    """A line at x from the lower to the upper edge."""

    x: float
    colour: str


class Curtain(NamedTuple):
    """Covers the panel to the right of a place that moves from x = `start` to x = `end` as `--at` goes from 0 to 1."""

    start: float
    end: float


@dataclass(frozen=True)
class Marks:
    """What is marked on one pair of a figure's axes: x and y, or those of another number ("2")."""

    uprights: tuple[Upright, ...] = ()
    dots: tuple[Dot, ...] = ()
    words: tuple[Word, ...] = ()
    axis: str = ""
    curtain: Curtain | None = None


class Panel(NamedTuple):
    """Where a pair of axes stands in its figure, in pixels from the figure's edges, and the ranges it shows."""

    left: float
    right: float
    top: float
    height: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def across(self, x: float) -> float:
        """The share of the width at which x stands."""
        return (x - self.x_range[0]) / (self.x_range[1] - self.x_range[0])

    def up(self, y: float) -> float:
        """The share of the height at which y stands."""
        return (y - self.y_range[0]) / (self.y_range[1] - self.y_range[0])


def stands_still(layout: dict) -> dict:
    """The layout without a title, with margins that do not depend on what is drawn: so marks find their places."""
    margin = {"l": LEFT, "r": RIGHT, "t": ABOVE, "b": BELOW}
    axes = {name: axis | {"automargin": False} for name, axis in layout.items() if name[1:5] == "axis"}
    untitled = {name: part for name, part in layout.items() if name != "title"}
    return untitled | axes | {"margin": margin, "dragmode": False}


def panel(figure: go.Figure, axis: str = "") -> Panel:
    """The panel of the axes of that number; the figure's layout comes from `stands_still`, its ranges are given."""
    page, x, y = figure.layout, figure.layout[f"xaxis{axis}"], figure.layout[f"yaxis{axis}"]
    height = page.height - page.margin.t - page.margin.b
    low, high = y.domain or (0, 1)
    return Panel(
        page.margin.l,
        page.margin.r,
        page.margin.t + (1 - high) * height,
        (high - low) * height,
        tuple(x.range),
        tuple(y.range),
    )
