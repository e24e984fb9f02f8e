"""Example photographs to click and pasted ones, in a component of our own; both are checked as uploads are."""

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from engine.inference import uploads
from engine.inference.photo_showcase import ShowcasePhotograph
from pages.parts.predict.predict_uploads import File
from pages.parts.shared import thumbnails

MOST_MB = 20
MOST_BYTES = MOST_MB * 1024**2
"""Largest pasted image; larger files can be dropped."""

KEY, PASTED, PICKED, REFUSED = "photo_intake", "photos_pasted", "photo_example", "photo_refused"
_SIDE = 240
_CSS = """
.examples {display: grid; grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); gap: .5rem; max-width: 46rem;
  align-items: start}
button {font: inherit; font-size: .8125rem; color: inherit; background: none; border: 2px solid transparent;
  padding: .2rem; border-radius: .5rem; cursor: pointer; text-align: left; line-height: 1.3}
button img {width: 100%; aspect-ratio: 4 / 3; object-fit: cover; border-radius: .35rem; display: block;
  margin-bottom: .2rem}
button:hover {border-color: var(--st-border-color)}
button[aria-pressed="true"] {border-color: var(--st-primary-color)}
button:focus-visible {outline: 2px solid var(--st-primary-color); outline-offset: 2px}
"""
_SCRIPT = Path(__file__).with_name("photo_intake.js").read_text(encoding="utf-8")
_INTAKE = st.components.v2.component(
    "photo_intake", html='<div class="examples"></div>', css=_CSS, js=_SCRIPT
)


def show(examples: Sequence[ShowcasePhotograph], chosen: str | None) -> None:
    """Thumbnails of the examples, `chosen` marked; pasted photographs are kept in the session."""
    cells = [
        {"name": example.fname, "title": example.title, "source": _source(example.path)}
        for example in examples
    ]
    _INTAKE(
        key=KEY,
        data={"examples": cells, "chosen": chosen, "most": MOST_BYTES},
        on_picked_change=_pick,
        on_pasted_change=_paste,
    )


def pasted() -> list[File]:
    """The photographs that were pasted in this visit, in order."""
    return list(st.session_state.get(PASTED, []))


def forget_pasted() -> None:
    """Remove them."""
    st.session_state.pop(PASTED, None)


def refusal() -> str | None:
    """Why the last pasted image was refused, once."""
    return st.session_state.pop(REFUSED, None)


def received(event: Any, number: int) -> File | str:
    """A pasted image as a file, or one sentence on why it is none. Nothing that a browser sent is trusted."""
    content = event.get("content") if isinstance(event, dict) else None
    if not isinstance(content, str):
        return f"The pasted image is larger than {MOST_MB} MB: save it as a file and drop that."
    if len(content) > MOST_BYTES * 4 // 3 + 4:
        return f"The pasted image is larger than {MOST_MB} MB: save it as a file and drop that."
    try:
        return File(f"pasted {number}", base64.b64decode(content, validate=True))
    except binascii.Error:
        return "The pasted image is incomplete: paste it again."


def _pick() -> None:
    event = st.session_state[KEY].get("picked")
    if isinstance(event, dict) and isinstance(event.get("name"), str):
        st.session_state[PICKED] = event["name"]
        forget_pasted()


def _paste() -> None:
    event = st.session_state[KEY].get("pasted")
    if event is None:
        return
    known = pasted()
    if len(known) >= uploads.MAX_FILES:
        st.session_state[REFUSED] = f"At most {uploads.MAX_FILES} images: remove the pasted ones first."
        return
    file = received(event, len(known) + 1)
    if isinstance(file, str):
        st.session_state[REFUSED] = file
    else:
        st.session_state[PASTED] = [*known, file]


def _source(path: Path) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(thumbnails.jpeg(path, _SIDE)).decode()
