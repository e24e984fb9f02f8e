"""Stepping through a lesson's states with the arrow keys, in the presentation mode."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from pages.parts.shared import present_mode

_CSS = """
nav {position: fixed; right: 1rem; bottom: 1rem; z-index: 1000; display: flex; gap: .5rem; align-items: center;
  font-size: .8rem; padding: .35rem .75rem; border-radius: 2rem; color: var(--st-text-color);
  background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color)}
button {font: inherit; color: inherit; background: none; border: 0; cursor: pointer; padding: .2rem .5rem;
  border-radius: .25rem}
button:focus-visible {outline: 2px solid var(--st-primary-color)}
button:disabled {opacity: .35; cursor: default}
"""
_HTML = """<nav aria-label="Steps of this lesson">
<button type="button" class="back" aria-label="Previous step">←</button>
<span class="says" role="status"></span><button type="button" class="on" aria-label="Next step">→</button>
<button type="button" class="leave">Leave</button></nav>"""
_SCRIPT = Path(__file__).with_name("presenting.js").read_text(encoding="utf-8")
_BAR = st.components.v2.component("presenting", html=_HTML, css=_CSS, js=_SCRIPT)


def step_through(steps: Sequence[tuple[str, Mapping[str, str]]]) -> None:
    """In the presentation mode, let the arrow keys step through states of the page; call it outside of fragments.

    Each step has a label and the parameters of its address; a parameter that is left out has its default. Each step is
    one entry of the browser's history, and shows what a link to that state would show.
    """
    if not present_mode.is_on():
        return
    mode = {present_mode.PARAMETER: present_mode.ON}
    data = [{"label": label, "query": urlencode({**state, **mode})} for label, state in steps]
    _BAR(key="presenting", data={"steps": data}, height="content")
