"""Small buttons in plain HTML: "Copy link", "Present", and "Copy" above code. They need no run of the script."""

from pathlib import Path

import streamlit as st

from pages.parts.shared import present_mode

_CSS = """
.tools {display: flex; flex-wrap: wrap; gap: .25rem 1rem; min-height: 2rem; align-items: center}
button {font: inherit; font-size: .875rem; color: var(--st-link-color); background: none; border: 0; padding: .25rem 0;
  cursor: pointer; border-radius: .25rem}
button:hover {text-decoration: underline}
button:focus-visible {outline: 2px solid var(--st-primary-color); outline-offset: 2px}
.status {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)}
"""
_HERE = Path(__file__)
_SCRIPT = "\n".join(
    _HERE.with_name(name).read_text(encoding="utf-8") for name in ("arrival.js", "page_tools.js")
)
"""Every page shows these buttons: so their script is also where every page's history is looked after."""
_TOOLS = st.components.v2.component("page_tools", html='<div class="tools"></div>', css=_CSS, js=_SCRIPT)


def show() -> None:
    """Buttons that copy the address of this very state of the page, and that start or end a presentation."""
    is_on = present_mode.is_on()
    mode = ("leave", "Leave the presentation") if is_on else ("present", "Present")
    buttons = [("copy", "Copy link"), mode]
    _TOOLS(
        key="page_tools",
        data={"buttons": [{"kind": kind, "label": label} for kind, label in buttons]},
        width="content",
        height="content",
    )


def copy_code(code: str, key: str) -> None:
    """A button that copies Python code."""
    _TOOLS(key=key, data={"buttons": [{"kind": "copy", "label": "Copy code", "text": code}]}, width="content")
