"""Validation pictures with the labels that pass the thresholds, and what became of each label.

The pictures are sent once, as the background of numbered frames; a move of the slider sends only the labels.
"""

import base64
from html import escape
from pathlib import Path

import numpy as np
import streamlit as st

from engine.label_changes import GAINED, KEPT, LOST, count_changes, label_changes, least_sure
from engine.runs import Predictions, Run
from pages.parts import label_chips, runs, thumbnails

SHOWN = 10
_SIZE_WH = (320, 240)
_STYLE = """
.gallery {display: grid; grid-template-columns: repeat(auto-fill, minmax(9.25rem, 1fr)); gap: .8rem}
.gallery .frame {aspect-ratio: 4 / 3; border-radius: .5rem; background: rgba(128,128,128,.25) center / cover;
  margin-bottom: .4rem; font-size: .8rem}
"""


def send(run: Run, said: Predictions) -> None:
    """Send the pictures themselves; call it once, outside of what the slider draws anew."""
    frames = (_frame(place, path) for place, (_, path) in enumerate(_pictures(run, said)) if path.exists())
    st.html(f"<style>{_STYLE}{''.join(frames)}</style>")


def show(run: Run, said: Predictions, chosen: np.ndarray) -> None:
    """Show the least sure pictures with their labels at the chosen thresholds, against those now in use."""
    in_use = np.array(list(run.thresholds.values()), said.probs.dtype)
    before, now = said.probs > in_use, said.probs > chosen.astype(said.probs.dtype)
    st.markdown(_in_all(count_changes(before, now, said.targets)))
    draw = _name if runs.pictures_stayed(run) else _picture
    cells = "".join(
        f"<div>{draw(place, path)}"
        f"{label_chips.chips(label_changes(before[at], now[at], said.targets[at]), said.vocab, said.probs[at])}</div>"
        for place, (at, path) in enumerate(_pictures(run, said))
    )
    st.html(f'<div class="gallery">{cells}</div>')


def _pictures(run: Run, said: Predictions) -> list[tuple[int, Path]]:
    return [(int(at), run.picture(said.fnames[at])) for at in least_sure(said.probs, SHOWN)]


def _frame(place: int, path: Path) -> str:
    jpeg = base64.b64encode(thumbnails.padded(path, _SIZE_WH)).decode()
    return f".gallery .frame-{place} {{background-image: url(data:image/jpeg;base64,{jpeg})}}\n"


def _picture(place: int, path: Path) -> str:
    gone = "" if path.exists() else "This picture is no longer where the run found it."
    return f'<div class="frame frame-{place}" role="img" aria-label="{escape(path.name)}">{gone}</div>'


def _name(place: int, path: Path) -> str:
    return f"<div><small>{escape(path.name)}</small></div>"


def _in_all(counts: dict[str, tuple[int, int]]) -> str:
    (kept, kept_right), (gained, gained_right), (lost, lost_right) = (counts[k] for k in (KEPT, GAINED, LOST))
    return (
        f"In all pictures, against the thresholds now in use: **{kept} labels kept** ({kept - kept_right} wrong), "
        f"**{gained} gained** ({gained - gained_right} wrong), **{lost} lost** ({lost - lost_right} wrong to lose)."
    )
