"""Lesson 5: what the ring, the crosshair and the line stand for, drawn in their colours."""

import streamlit as st

from engine.plots.style import PREDICTION, TRUTH

_STYLE = f"""<style>
.marks[aria-label] {{display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0; list-style: none;
  font-size: .875rem}}
.marks li {{display: flex; align-items: center; gap: .4rem; margin: 0}}
.marks li::before {{content: ""; width: 1.1rem; height: 1.1rem; flex: none}}
.marks .truth::before {{box-sizing: border-box; border: .16rem solid {TRUTH}; border-radius: 50%}}
.marks .prediction::before {{background:
  linear-gradient({PREDICTION}, {PREDICTION}) 50% 50% / 100% .16rem no-repeat,
  linear-gradient({PREDICTION}, {PREDICTION}) 50% 50% / .16rem 100% no-repeat}}
.marks .error::before {{background: linear-gradient({PREDICTION}, {PREDICTION}) 50% 50% / 100% .16rem no-repeat;
  transform: rotate(-45deg)}}
</style>"""


def html(point: str) -> str:
    """The legend as HTML; `point` is what the points are."""
    rows = (("truth", f"true {point}"), ("prediction", f"predicted {point}"), ("error", "error"))
    items = "".join(f'<li class="{name}">{label}</li>' for name, label in rows)
    return f'{_STYLE}<ul class="marks" aria-label="Marks">{items}</ul>'


def show(point: str) -> None:
    """Show the legend."""
    st.html(html(point))
