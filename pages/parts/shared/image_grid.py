"""Many small pictures of which some are ticked: a component of our own, since a page of checkboxes is slow and long.

Python sends it pictures and plain words; text from outside is never read as mark-up.
"""

import base64
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

_CSS = """
.grid {display: grid; grid-template-columns: repeat(auto-fill, minmax(128px, 1fr)); gap: .5rem}
button {all: unset; box-sizing: border-box; cursor: pointer; border-radius: .5rem; overflow: hidden; position: relative;
  border: 3px solid transparent; background: none; display: flex;
  flex-direction: column}
button:focus-visible {outline: 3px solid var(--st-primary-color); outline-offset: 1px}
button[aria-checked="true"] {border-color: var(--st-primary-color)}
button img {width: 100%; aspect-ratio: 4 / 3; object-fit: contain; display: block}
button .says {font: 13px/1.25 var(--st-font, sans-serif); color: var(--st-text-color); padding: .2rem .4rem .3rem;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap}
button .says.faint {opacity: .85; font-style: italic}
button .tick {position: absolute; top: 4px; left: 4px; width: 20px; height: 20px; border-radius: 5px;
  box-sizing: border-box; border: 2px solid #fff; background: #0006; color: #fff; font: 700 14px/16px sans-serif;
  text-align: center}
button[aria-checked="true"] .tick {background: var(--st-primary-color)}
"""
_SCRIPT = Path(__file__).with_name("image_grid.js").read_text(encoding="utf-8")
_GRID = st.components.v2.component("image_grid", html='<div class="grid"></div>', css=_CSS, js=_SCRIPT)


@dataclass(frozen=True)
class Cell:
    """One small picture: its name, its JPEG, the words under it, and whether those are only a proposal."""

    name: str
    jpeg: bytes
    says: str
    is_faint: bool = False


def show(
    key: str, cells: Sequence[Cell], ticked: Collection[str], on_tick: Callable[[set[str]], None]
) -> None:
    """Show the pictures; whenever one is ticked or unticked, `on_tick` is called with the names of all that are."""

    def told() -> None:
        ticks = ticked_names(st.session_state[key].get("ticked"), {cell.name for cell in cells})
        if ticks and ticks[0] > st.session_state.get(f"{key}_taken", 0):
            st.session_state[f"{key}_taken"] = ticks[0]
            on_tick(ticks[1])

    data = {"cells": [_told(cell) for cell in cells], "ticked": [c.name for c in cells if c.name in ticked]}
    _GRID(key=key, data=data, on_ticked_change=told)


def ticked_names(event: Any, shown: Collection[str]) -> tuple[float, set[str]] | None:
    """The number of a change, and the names in it that are really shown; None where a browser told no such thing."""
    try:
        names = {name for name in event["names"] if isinstance(name, str) and name in shown}
        return float(event["n"]), names
    except (TypeError, KeyError, ValueError):
        return None


def _told(cell: Cell) -> dict:
    source = "data:image/jpeg;base64," + base64.b64encode(cell.jpeg).decode()
    return {"name": cell.name, "source": source, "says": cell.says, "isFaint": cell.is_faint}
