"""How every page begins and ends: its title, its goal, its terms, and the matching fastai code."""

import importlib
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from pages.parts.shared import (
    address,
    chart_text,
    gc_freeze,
    glossary,
    page_tools,
    plot_overlay,
    present_mode,
    rerun_order,
    sidebar,
    streamlit_internals,
    tables,
    unexpected,
    visitor,
)
from pages.parts.shared import code as shared_code
from pages.parts.shared.streamlit_internals import (
    CAPTIONS,
    CHOSEN_OF_SEVERAL,
    MAIN_BLOCK,
    PRIMARY_BUTTONS,
    SEGMENTS,
)

APP = "Loss Lab"
HEAD_START_SECONDS = 0.8
TALL = "tall_"
"""How the key of a container begins whose image leaves room on a phone for what is decided about it."""
KEYS = "keys_"
"""How the key of a container begins that explains keys: a device without a keyboard does not show it."""
_HEAVY = "engine.plots.style"
_SEEN = "a_picture_was_seen"
_STYLE = f"""
{MAIN_BLOCK} {{padding-top: 3rem}}
{CAPTIONS} {{color: light-dark(#63666f, #a3a5a9); opacity: 1}}
:is({PRIMARY_BUTTONS}, {CHOSEN_OF_SEVERAL}) {{color: light-dark(#fff, #101820)}}
@media (hover: none) and (pointer: coarse) {{
  [class*="st-key-{KEYS}"] {{display: none}}
}}
@media (max-width: 640px) {{
  :has(> {SEGMENTS}) {{flex-wrap: wrap; mask-image: none}}
  {SEGMENTS} {{margin: 0 .25rem 0 0; border-radius: .5rem}}
  [class*="st-key-{TALL}"] img {{max-height: 45vh; width: auto !important}}
  {SEGMENTS}:not([data-selected="true"]) {{border-color: rgba(128,128,128,.45) !important}}
}}
.js-plotly-plot .main-svg {{background: transparent !important}}
.js-plotly-plot :is(.bg, .legend > .bg) {{fill: transparent !important}}
.js-plotly-plot :is([class$="tick"] > text, text[class$="title"], text.legendtext) {{
  fill: light-dark(#595d6e, #e6eaf1) !important}}
.js-plotly-plot :is(.annotation-text, .textpoint text) {{
  paint-order: stroke; stroke: light-dark(#fff, #161513); stroke-width: 4px; stroke-linejoin: round}}
"""


def begin(title: str, goal: str, terms: Sequence[str] = (), tab: str | None = None, note: str = "") -> None:
    """Set the page up, say what it is for, and offer the glossary's definitions of some terms. Call it first.

    `tab` is its name in the browser's tab, where that is not the title; `note` stands small below the goal.
    """
    name = title if title == APP else f"{tab or title} · {APP}"
    st.set_page_config(page_title=name, layout="wide", initial_sidebar_state=sidebar.WIDTH_PX)
    presented = present_mode.STYLE if present_mode.is_on() else ""
    st.html(
        f"<style>{_STYLE}{chart_text.style()}{tables.STYLE}{plot_overlay.STYLE}{sidebar.STYLE}{presented}</style>"
    )
    visitor.begin()
    unexpected.begin()
    address.drop_empty()
    rerun_order.begin()
    streamlit_internals.keep_made_downloads()
    streamlit_internals.limit_headers()
    streamlit_internals.forget_uploads_of_other_pages(title)
    sidebar.show(title)
    st.title(title)
    st.markdown(goal)
    if note:
        st.caption(note)
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        if terms:
            with st.popover("Terms on this page", type="tertiary", icon=":material/menu_book:"):
                st.markdown(glossary.define(*terms))
        page_tools.show()


@contextmanager
def charts_loading(are_first: bool = True) -> Iterator[None]:
    """While the page imports what is heavy, let the browser load what draws charts.

    Only the first visit to a fresh server needs it: an empty chart stands below the title until the imports are done.
    Where charts are not what the page shows first, `are_first` is False: loading them would make its images late.
    pandas comes first, whole: Plotly takes it from `sys.modules`, where another visitor's thread may have begun it.
    """
    place = st.empty()  # also on later visits, or all that follows would have another place on the page
    importlib.import_module("pandas")
    if _HEAVY in sys.modules or not are_first:
        yield
        return
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
        with rerun_order.waiting():
            time.sleep(HEAD_START_SECONDS)


def fastai_code(code: str) -> None:
    """Show the fastai code that does what the page shows; by now everything that the page needs is loaded."""
    with shared_code.collapsed(code):
        pass
    gc_freeze.set_aside()
