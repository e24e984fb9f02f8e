"""Keys of the whole page: a component of our own that listens while no field is typed into.

A key has the name that browsers give it, letters small: "1", "b", "Enter", "Backspace", "ArrowLeft"; Shift is told
for keys that write nothing ("Shift+ArrowLeft"), Ctrl and Command are both "Ctrl" ("Ctrl+z").
"""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import streamlit as st

_SCRIPT = Path(__file__).with_name("page_keys.js").read_text(encoding="utf-8")
_LISTENER = st.components.v2.component("page_keys", js=_SCRIPT)


def listen(key: str, watched: Collection[str], on_press: Callable[[list[str]], None]) -> None:
    """Call `on_press` with the watched keys that were pressed since it was last called, in order.

    It is called before the page (or the fragment that this stands in) runs again. Put it at the end of what it
    belongs to: it shows nothing. `key` names the listener; one page may have several.
    """

    def told() -> None:
        pressed, st.session_state[f"{key}_echo"] = pressed_since(
            st.session_state[key].get("pressed"), watched, st.session_state.get(f"{key}_echo", 0)
        )
        if pressed:
            on_press(pressed)

    data = {"watched": sorted(watched), "echo": st.session_state.get(f"{key}_echo", 0)}
    _LISTENER(key=key, data=data, on_pressed_change=told)


def pressed_since(event: Any, watched: Collection[str], echo: float) -> tuple[list[str], float]:
    """The watched keys in what a browser told that came after number `echo`, and the number to go on from.

    What is no list of key presses counts as none.
    """
    try:
        presses = [(float(press["n"]), press["key"]) for press in event["presses"]]
    except (TypeError, KeyError, ValueError):
        return [], echo
    new = [(number, name) for number, name in presses if number > echo]
    known = [name for _, name in new if isinstance(name, str) and name in watched]
    return known, max([echo, *(number for number, _ in new)])
