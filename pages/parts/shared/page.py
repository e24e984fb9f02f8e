"""How every page begins and ends: its title, its goal, its terms, and the matching fastai code."""

import importlib
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from pages.parts.shared import chart_text, gc_freeze, glossary, plot_overlay, tables, visitor
from pages.parts.shared import code as shared_code
from pages.parts.shared.streamlit_internals import CAPTIONS, FIRST_PAGE_LINK, MAIN_BLOCK

APP = "Loss Lab"
HEAD_START_SECONDS = 0.8
_HEAVY = "engine.plots.style"
_SEEN = "a_picture_was_seen"
_STYLE = f"""
{MAIN_BLOCK} {{padding-top: 3rem}}
{FIRST_PAGE_LINK} {{font-size: 0}}
{FIRST_PAGE_LINK}::after {{content: "Home"; font-size: .875rem}}
{CAPTIONS} {{color: light-dark(#63666f, #a3a5a9); opacity: 1}}
.js-plotly-plot .main-svg {{background: transparent !important}}
.js-plotly-plot :is(.bg, .legend > .bg) {{fill: transparent !important}}
.js-plotly-plot :is([class$="tick"] > text, text[class$="title"], text.legendtext) {{
  fill: light-dark(#595d6e, #e6eaf1) !important}}
.js-plotly-plot :is(.annotation-text, .textpoint text) {{
  paint-order: stroke; stroke: light-dark(#fff, #161513); stroke-width: 4px; stroke-linejoin: round}}
"""


def begin(title: str, goal: str, terms: Sequence[str] = ()) -> None:
    """Set the page up, say what it is for, and offer the glossary's definitions of some terms. Call it first."""
    name = title if title == APP else f"{title} · {APP}"
    st.set_page_config(page_title=name, layout="wide", initial_sidebar_state=220)
    st.html(f"<style>{_STYLE}{chart_text.style()}{tables.STYLE}{plot_overlay.STYLE}</style>")
    visitor.begin()
    st.title(title)
    st.markdown(goal)
    if terms:
        with st.popover("Terms on this page", type="tertiary", icon=":material/menu_book:"):
            st.markdown(glossary.define(*terms))


@contextmanager
def charts_loading() -> Iterator[None]:
    """While the page imports what is heavy, let the browser load what draws charts.

    Only the first visit to a fresh server needs it: an empty chart stands below the title until the imports are done.
    pandas comes first, whole: Plotly takes it from `sys.modules`, where another visitor's thread may have begun it.
    """
    importlib.import_module("pandas")
    if _HEAVY in sys.modules:
        yield
        return
    place = st.empty()
    place.plotly_chart(
        {"data": [{"type": "scatter"}], "layout": {"height": 360}}, config={"displayModeBar": False}
    )
    yield
    place.empty()


def image_first() -> None:
    """Call it after a lesson's first picture: on a first visit the rest waits a moment.

    The browser needs that moment to load what draws charts; whatever arrives meanwhile would be laid out before the
    picture and make it late.
    """
    if not st.session_state.get(_SEEN):
        st.session_state[_SEEN] = True
        time.sleep(HEAD_START_SECONDS)


def fastai_code(code: str, says: str = "The same in fastai") -> None:
    """Show the fastai code that does what the page shows; by now everything that the page needs is loaded."""
    st.subheader(says)
    shared_code.show(code)
    gc_freeze.set_aside()
