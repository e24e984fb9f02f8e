"""Images with the labels that pass the thresholds, and what became of each label.

The images are sent once, as the background of numbered frames; a move of the slider sends only the labels.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from engine.functional.label_changes import GAINED, KEPT, LOST, MISSED, count_changes, label_changes
from engine.runs import Predictions
from pages.parts.shared import label_chips, thumbnails

_LONGEST = 320
SHOWN_ON_PHONES = 4
_STYLE = f"""
.gallery {{display: grid; grid-template-columns: repeat(4, 1fr); gap: .8rem}}
.gallery > div {{min-width: 0}}
.gallery .place {{height: 7rem; display: flex; align-items: flex-end; margin-bottom: .4rem; font-size: .8rem}}
.gallery .frame {{width: min(100%, calc(7rem * var(--ratio))); aspect-ratio: var(--ratio); border-radius: .5rem;
  background: center / cover}}
.signs {{font-size: .875rem; color: light-dark(#595d6e, #c3c6cc); margin: 0}}
@media (max-width: 640px) {{
  .gallery {{grid-template-columns: repeat(2, 1fr); gap: .6rem}}
  .gallery .place {{height: 5.5rem}} .gallery .frame {{width: min(100%, calc(5.5rem * var(--ratio)))}}
  .gallery > :nth-child(n + {SHOWN_ON_PHONES + 1}) {{display: none}}
}}
"""
SIGNS = (
    f"{label_chips.SIGNS[KEPT]} still named, {label_chips.SIGNS[GAINED]} newly named, {label_chips.SIGNS[LOST]} no "
    f"longer named, {label_chips.SIGNS[MISSED]} missed at both thresholds. Blue is right, red is wrong."
)


@dataclass(frozen=True)
class GalleryImage:
    """An image under the slider: where it is, its probabilities (C,), and its targets (C,) of 0 or 1."""

    path: Path
    probs: np.ndarray
    targets: np.ndarray


def send(images: Sequence[GalleryImage]) -> None:
    """Send the images themselves; call it once, outside of what the slider redraws."""
    frames = (_background(place, shown.path) for place, shown in enumerate(images) if shown.path.exists())
    st.html(f"<style>{_STYLE}{''.join(frames)}</style>")


def show(
    images: Sequence[GalleryImage], vocab: tuple[str, ...], in_use: np.ndarray, chosen: np.ndarray
) -> None:
    """Show images with their labels at the chosen thresholds (C,), against those now in use (C,)."""
    cells = []
    for place, shown in enumerate(images):
        changes = label_changes(_passes(shown.probs, in_use), _passes(shown.probs, chosen), shown.targets)
        draw = _frame(place, shown, vocab) if shown.path.exists() else _gone(shown.path)
        chips = label_chips.chips(changes, vocab, shown.probs)
        cells.append(f'<div><div class="place">{draw}</div>{chips}</div>')
    st.html(f'<div class="gallery">{"".join(cells)}</div><p class="signs">{SIGNS}</p>')


def in_all(predictions: Predictions, in_use: np.ndarray, chosen: np.ndarray, counted: str) -> str:
    """What becomes of the labels of all images at the chosen thresholds, in a sentence; `counted` names the images."""
    before, now = _passes(predictions.probs, in_use), _passes(predictions.probs, chosen)
    return _in_all(count_changes(before, now, predictions.targets), counted)


def _passes(probs: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    return probs > thresholds.astype(probs.dtype)


def _background(place: int, path: Path) -> str:
    """The image as the background of its frame, which has its proportions: none has bars next to it."""
    jpeg = thumbnails.jpeg(path, _LONGEST)
    width, height = Image.open(BytesIO(jpeg)).size
    source = f"url(data:image/jpeg;base64,{base64.b64encode(jpeg).decode()})"
    return f".gallery .frame-{place} {{--ratio: {width / height:.4f}; background-image: {source}}}\n"


def _frame(place: int, shown: GalleryImage, vocab: tuple[str, ...]) -> str:
    labels = [label for label, is_there in zip(vocab, shown.targets, strict=True) if is_there]
    alt = f"An image that shows {', '.join(labels) or 'none of the labels'}"
    return f'<div class="frame frame-{place}" role="img" aria-label="{escape(alt)}"></div>'


def _gone(path: Path) -> str:
    return f"<small>{escape(path.name)} is no longer where the run found it.</small>"


def _in_all(counts: dict[str, tuple[int, int]], counted: str) -> str:
    (kept, kept_right), (gained, gained_right), (lost, lost_right) = (counts[k] for k in (KEPT, GAINED, LOST))
    return (
        f"In {counted}, compared with the model's own thresholds: "
        f"**{_labels(kept)} kept**{_of_them(kept, kept_right, 'wrong')}, "
        f"**{gained} gained**{_of_them(gained, gained_right, 'wrong')}, "
        f"**{lost} lost**{_of_them(lost, lost_right, 'of them right')}."
    )


def _of_them(count: int, right: int, says: str) -> str:
    """How many of some labels were no right decision, in parentheses; nothing where there are none at all."""
    return f" ({count - right} {says})" if count else ""


def _labels(count: int) -> str:
    return f"{count:,} label{'s' * (count != 1)}"
