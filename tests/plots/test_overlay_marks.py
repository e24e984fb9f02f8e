"""Marks find their places on a figure that stands still, in whatever part of it their axes are."""

import plotly.graph_objects as go
import pytest

from engine.plots.overlay_marks import Dot, Marks, Upright, panel, stands_still
from engine.plots.style import layout
from engine.plots.text_trace import Word
from pages.parts.shared import plot_overlay

TWO = stands_still(
    layout("a title", "x", "y", 600)
    | {
        "xaxis": {"range": [-4, 4]},
        "yaxis": {"range": [0, 10], "domain": [0.6, 1]},
        "xaxis2": {"range": [0, 1], "anchor": "y2"},
        "yaxis2": {"range": [-1, 1], "domain": [0, 0.25]},
    }
)
FIGURE = go.Figure(layout=TWO)


def test_a_figure_that_stands_still_makes_no_room_for_what_is_drawn():
    assert FIGURE.layout.title.text is None
    assert not any(FIGURE.layout[axis].automargin for axis in ("xaxis", "yaxis", "xaxis2", "yaxis2"))


def test_panels_stand_where_plotly_draws_them():
    inside = 600 - FIGURE.layout.margin.t - FIGURE.layout.margin.b
    above, below = panel(FIGURE), panel(FIGURE, "2")
    assert above.top == FIGURE.layout.margin.t
    assert above.height == pytest.approx(0.4 * inside)
    assert below.top + below.height == pytest.approx(600 - FIGURE.layout.margin.b)
    assert below.height == pytest.approx(0.25 * inside)


def test_places_are_shares_of_the_ranges():
    assert panel(FIGURE).across(-2) == 0.25
    assert panel(FIGURE).up(7.5) == 0.75
    assert panel(FIGURE, "2").up(0) == 0.5


def test_every_mark_is_drawn_at_its_place_and_no_text_is_markup():
    marks = Marks((Upright(2, "red"),), (Dot(0, 5, "blue"),), (Word(-4, 0, "<b>", "green", "middle left"),))
    html = plot_overlay.html(FIGURE, [marks])
    assert 'class="upright" style="left:75.000%;background:red"' in html
    assert 'class="dot" style="left:50.000%;bottom:50.000%;background:blue' in html
    assert 'class="middle left" style="left:0.000%;bottom:0.000%;color:green">&lt;b&gt;</b>' in html
