"""Lesson 5: what the ring, the crosshair and the line stand for, drawn in their colours."""

import streamlit as st

from engine.plots.style import PREDICTION, TRUTH

_STYLE = """<style>
.marks {display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0; list-style: none;
  font-size: .875rem}
.marks li {display: flex; align-items: center; gap: .4rem; margin: 0}
.marks svg {width: 22px; height: 22px; flex: none}
</style>"""


def html(point: str) -> str:
    """The legend as HTML; `point` is what the points are."""
    ring = f'<circle cx="11" cy="11" r="7" fill="none" stroke="{TRUTH}" stroke-width="2.5"/>'
    cross = f'<path d="M2 11h6M14 11h6M11 2v6M11 14v6" stroke="{PREDICTION}" stroke-width="2.5"/>'
    line = f'<path d="M3 19L19 3" stroke="{PREDICTION}" stroke-width="2.5"/>'
    rows = ((ring, f"true {point}"), (cross, f"predicted {point}"), (line, "error"))
    items = "".join(
        f'<li><svg viewBox="0 0 22 22" aria-hidden="true">{mark}</svg>{says}</li>' for mark, says in rows
    )
    return f'{_STYLE}<ul class="marks" aria-label="Marks">{items}</ul>'


def show(point: str) -> None:
    """Show the legend."""
    st.html(html(point))
