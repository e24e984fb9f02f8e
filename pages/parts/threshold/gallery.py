"""Images with the labels that pass the thresholds, and what became of each label.

The pictures are sent once, as the background of numbered frames; a move of the slider sends only the labels.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
import streamlit as st

from engine.functional.label_changes import GAINED, KEPT, LOST, count_changes, label_changes
from engine.runs import Predictions
from pages.parts.shared import label_chips, thumbnails

_SIZE_WH = (320, 240)
_STYLE = """
.gallery {display: grid; grid-template-columns: repeat(auto-fill, minmax(9.25rem, 1fr)); gap: .8rem}
.gallery .frame {aspect-ratio: 4 / 3; border-radius: .5rem; background: rgba(128,128,128,.25) center / cover;
  margin-bottom: .4rem; font-size: .8rem}
"""


@dataclass(frozen=True)
class GalleryImage:
    """An image under the slider: where it is, its probabilities (C,), and its targets (C,) of 0 or 1."""

    path: Path
    probs: np.ndarray
    targets: np.ndarray


def send(images: Sequence[GalleryImage]) -> None:
    """Send the images themselves; call it once, outside of what the slider redraws."""
    frames = (_frame(place, shown.path) for place, shown in enumerate(images) if shown.path.exists())
    st.html(f"<style>{_STYLE}{''.join(frames)}</style>")


def show(
    images: Sequence[GalleryImage], vocab: tuple[str, ...], in_use: np.ndarray, chosen: np.ndarray
) -> None:
    """Show images with their labels at the chosen thresholds (C,), against those now in use (C,)."""
    cells = []
    for place, shown in enumerate(images):
        changes = label_changes(_passes(shown.probs, in_use), _passes(shown.probs, chosen), shown.targets)
        draw = _picture(place, shown.path) if shown.path.exists() else _gone(shown.path)
        cells.append(f"<div>{draw}{label_chips.chips(changes, vocab, shown.probs)}</div>")
    st.html(f'<div class="gallery">{"".join(cells)}</div>')


def in_all(predictions: Predictions, in_use: np.ndarray, chosen: np.ndarray, counted: str) -> str:
    """What becomes of the labels of all images at the chosen thresholds, in a sentence; `counted` names the images."""
    before, now = _passes(predictions.probs, in_use), _passes(predictions.probs, chosen)
    return _in_all(count_changes(before, now, predictions.targets), counted)


def _passes(probs: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    return probs > thresholds.astype(probs.dtype)


def _frame(place: int, path: Path) -> str:
    jpeg = base64.b64encode(thumbnails.padded(path, _SIZE_WH)).decode()
    return f".gallery .frame-{place} {{background-image: url(data:image/jpeg;base64,{jpeg})}}\n"


def _picture(place: int, path: Path) -> str:
    return f'<div class="frame frame-{place}" role="img" aria-label="{escape(path.name)}"></div>'


def _gone(path: Path) -> str:
    says = f"{escape(path.name)} is no longer where the run found it."
    return f'<div class="frame"><small>{says}</small></div>'


def _in_all(counts: dict[str, tuple[int, int]], counted: str) -> str:
    (kept, kept_right), (gained, gained_right), (lost, lost_right) = (counts[k] for k in (KEPT, GAINED, LOST))
    return (
        f"In {counted}, against the thresholds now in use: **{kept} labels kept** ({kept - kept_right} wrong), "
        f"**{gained} gained** ({gained - gained_right} wrong), **{lost} lost** ({lost - lost_right} wrong to lose)."
    )
