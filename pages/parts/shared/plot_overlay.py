"""Marks over a chart as plain HTML, at their places in the chart's own units. All texts are escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from engine.plots.overlay_marks import Marks, Panel, panel

if TYPE_CHECKING:
    import plotly.graph_objects as go

STYLE = """
[class*="st-key-marked_"] {position: relative}
[class*="st-key-marked_"] > :has(.marks) {position: absolute; inset: 0; pointer-events: none}
.marks > div {position: absolute}
.marks i, .marks b {position: absolute; white-space: nowrap}
.marks .upright {width: 2.5px; height: 100%; transform: translateX(-50%)}
.marks .dot {border-radius: 50%; border: 1.5px solid #fff; box-sizing: border-box;
  transform: translate(-50%, 50%)}
.marks b {font-size: 12px; font-weight: 400; line-height: 1; padding: 0 .5rem; -webkit-text-stroke: 4px
  light-dark(#fff, #161513); paint-order: stroke; stroke-linejoin: round}
.marks b {transform: translate(var(--aside, 0), var(--down, 0))}
.marks .curtain {left: calc(var(--from) + (var(--to) - var(--from)) * var(--played, 1)); right: 0; top: 0; height: 100%;
  background: light-dark(#fff, #161513); opacity: calc(.88 * var(--is-playing, 0)); border-left: 2px solid
  light-dark(#31333f, #e6eaf1)}
:is(.st-key-marked_progress, .st-key-marked_point_progress, .st-key-marked_threshold_curves, .st-key-training,
  .st-key-point_training) .annotation-text {fill: light-dark(#31333f, #e6eaf1) !important}
.marks .left {--aside: -100%} .marks .middle {--down: 50%} .marks .bottom {--down: 100%}
"""


def html(figure: go.Figure, marks: Sequence[Marks]) -> str:
    """The marks as they stand on the figure, which is as high as its layout says."""
    panels = "".join(_panel(panel(figure, marks_of_panel.axis), marks_of_panel) for marks_of_panel in marks)
    return f'<div class="marks">{panels}</div>'


def _panel(where: Panel, marks: Marks) -> str:
    drawn = [
        f'<i class="upright" style="left:{where.across(line.x):.3%};background:{line.colour}"></i>'
        for line in marks.uprights
    ]
    drawn += [
        f'<i class="dot" style="{_at(where, dot)};background:{dot.colour};width:{dot.size}px;height:{dot.size}px"></i>'
        for dot in marks.dots
    ]
    drawn += [
        f'<b class="{word.side}" style="{_at(where, word)};color:{word.colour}">{escape(word.text)}</b>'
        for word in marks.words
    ]
    if marks.curtain is not None:
        ends = f"--from:{where.across(marks.curtain.start):.3%};--to:{where.across(marks.curtain.end):.3%}"
        drawn.append(f'<i class="curtain" style="{ends}"></i>')
    place = f"left:{where.left}px;right:{where.right}px;top:{where.top:.1f}px;height:{where.height:.1f}px"
    return f'<div style="{place}">{"".join(drawn)}</div>'


def _at(where: Panel, mark) -> str:
    return f"left:{where.across(mark.x):.3%};bottom:{where.up(mark.y):.3%}"
