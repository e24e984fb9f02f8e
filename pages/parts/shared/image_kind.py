"""The switch between photographs, drawings and the visitor's own runs at the top of a page, in the page's address."""

import streamlit as st

from pages.parts.shared import runs, streamlit_internals

PHOTOGRAPHS, DRAWINGS, YOUR_RUNS = "Photographs", "Drawings", "Your runs"
_KEYS = ("kind", "images")
_CHOSEN = "chosen_image_kind"
"""Where the session keeps the kind that the visitor chose on any page."""


def choose(default: str = PHOTOGRAPHS, key: str = "kind", own_task: str | None = None) -> str:
    """`PHOTOGRAPHS` or `DRAWINGS`, or `YOUR_RUNS` where the visitor has runs of `own_task` that are ready.

    The address comes first, then what the visitor chose on another page of this session, then `default`: photographs
    on every page but one that says why. An address that names one of the visitor's runs, and no kind, means
    `YOUR_RUNS`; one that names any other run means `DRAWINGS`, which the bundled runs know.
    """
    own = runs.own_titles(own_task) if own_task else []
    kinds = [PHOTOGRAPHS, DRAWINGS, *([YOUR_RUNS] if own else [])]
    if st.session_state.get(key) not in (None, *kinds):
        del st.session_state[key]
    if (
        key not in st.session_state
        and key not in st.query_params
        and not streamlit_internals.came_by_history()
    ):
        wanted = st.session_state.get(_CHOSEN)
        if own_task and (run := st.query_params.get("run")):
            wanted = YOUR_RUNS if run in own else DRAWINGS
        if wanted in kinds and wanted != default:
            st.session_state[key] = st.query_params[key] = wanted
    kind = st.segmented_control(
        "Images",
        kinds,
        default=default,
        required=True,
        key=key,
        bind="query-params",
        on_change=_keep,
        args=(key,),
    )
    if kind != default:
        st.session_state[_CHOSEN] = kind
    return kind


def _keep(key: str) -> None:
    """Remember what was pressed, and forget what the other pages' switch stood at."""
    st.session_state[_CHOSEN] = st.session_state[key]
    for other in _KEYS:
        if other != key:
            st.session_state.pop(other, None)
