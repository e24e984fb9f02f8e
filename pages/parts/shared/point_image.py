"""A picture to click on: a component of our own, so that clicks and keys of the page go together (no frame between).

Python sends it a picture, where the marks stand and constant texts; text from outside is never read as mark-up.
"""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from engine.plots.style import PREDICTION, TRUTH

_CSS = f"""
.frame {{position: relative; line-height: 0; cursor: crosshair; user-select: none; -webkit-user-select: none;
  margin: 0 auto}}
.frame img {{width: 100%; border-radius: .5rem}}
.mark {{position: absolute; box-sizing: border-box; transform: translate(-50%, -50%); border-radius: 50%;
  pointer-events: none}}
.mark.chosen {{width: 26px; height: 26px; border: 4px solid {TRUTH};
  box-shadow: 0 0 0 1.5px #fff, inset 0 0 0 1.5px #fff}}
.mark.proposed {{width: 16px; height: 16px; background: {PREDICTION}; border: 2px solid #fff}}
"""
_SCRIPT = Path(__file__).with_name("point_image.js").read_text(encoding="utf-8")
_PICTURE = st.components.v2.component("point_image", html='<div class="frame"></div>', css=_CSS, js=_SCRIPT)

Share = tuple[float, float]
"""A place in a picture as shares of its width and height, from its upper left corner."""


def show(
    key: str,
    jpeg: bytes,
    name: str,
    chosen: Share | None,
    proposed: Share | None,
    on_point: Callable[[str, Share], None],
) -> None:
    """Show a picture with its chosen point as a ring and a proposed one as a disc.

    A click calls `on_point` with the name of the picture that was clicked on and the place.
    """

    def told() -> None:
        clicked = clicked_at(st.session_state[key].get("clicked"))
        if clicked and clicked[0] > st.session_state.get(f"{key}_taken", 0):
            st.session_state[f"{key}_taken"] = clicked[0]
            on_point(*clicked[1:])

    source = "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
    data = {"source": source, "name": name, "chosen": chosen, "proposed": proposed}
    _PICTURE(key=key, data=data, on_clicked_change=told)


def clicked_at(event: Any) -> tuple[float, str, Share] | None:
    """A click's number, picture and place as a browser told them, held inside the picture; None where it is none."""
    try:
        number, name, x, y = float(event["n"]), event["name"], float(event["x"]), float(event["y"])
    except (TypeError, KeyError, ValueError):
        return None
    if not isinstance(name, str) or x != x or y != y:
        return None
    return number, name, (min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))
