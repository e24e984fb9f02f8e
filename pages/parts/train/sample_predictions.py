"""A handful of validation images with what the run predicts for them after its last epoch."""

from html import escape
from io import BytesIO

import numpy as np
import streamlit as st
from PIL import Image

from engine.data.formats.phrases import counted
from engine.functional import coordinates
from engine.functional.decisions import decide
from engine.functional.label_changes import label_changes
from engine.functional.loss_registry import choice
from engine.images import ImageError
from engine.images.drawing import to_jpeg
from engine.plots.image_overlays import with_points
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from pages.parts.shared import label_chips, thumbnails
from pages.parts.train import alt_texts

SHOWN = 6
_WIDTH = 320
_STYLE = """<style>
.watched {display: grid; grid-template-columns: repeat(6, 1fr); gap: .8rem}
@media (max-width: 1100px) {.watched {grid-template-columns: repeat(3, 1fr)}}
@media (max-width: 640px) {.watched {grid-template-columns: repeat(2, 1fr)}}
.watched > div {min-width: 0}
.watched img {width: 100%; aspect-ratio: 4 / 3; object-fit: contain; object-position: left; margin-bottom: .3rem}
</style>"""


def show(run: Run) -> None:
    """Show the watched images under the last finished epoch; nothing before the first."""
    watched = run.watched
    if watched.empty:
        return
    epoch = watched["epoch"].max()
    rows = watched[watched["epoch"] == epoch].head(SHOWN)
    truth = run.images.set_index("fname")
    outputs = rows[[name for name in rows if name not in ("fname", "epoch")]].to_numpy(float)
    predictions = choice(run.task, run.config.loss).predictions(outputs)
    cell = _CELLS[run.task]
    cells = [
        cell(run, fname, truth.loc[fname], predicted)
        for fname, predicted in zip(rows["fname"], predictions, strict=True)
    ]
    st.markdown(f"**Predictions for {counted(len(cells), 'validation image')} after epoch {int(epoch)}**")
    st.html(f'{label_chips.STYLE}{_STYLE}<div class="watched">{"".join(cells)}</div>')


def _label_cell(run: Run, fname: str, truth, probs: np.ndarray) -> str:
    vocab = run.vocab
    there = np.isin(vocab, truth["labels"].split("|"))
    predicted = decide(run.task, probs, run.config.threshold)
    try:
        jpeg = thumbnails.jpeg(run.image_path(fname), _WIDTH)
    except (ImageError, OSError):
        return f"<div>{escape(fname)} is missing.</div>"
    changes = label_changes(predicted, predicted, there)
    alt = alt_texts.labelled([label for label in truth["labels"].split("|") if label])
    return f"<div>{thumbnails.tag(jpeg, alt)}{label_chips.chips(changes, vocab, probs)}</div>"


def _point_cell(run: Run, fname: str, truth, prediction: np.ndarray) -> str:
    size = np.array([truth["width"], truth["height"]], float)
    true_px, predicted_px = truth[["x", "y"]].to_numpy(float), coordinates.to_px(prediction, size)
    try:
        image = Image.open(BytesIO(thumbnails.jpeg(run.image_path(fname), _WIDTH)))
    except (ImageError, OSError):
        return f"<div>{escape(fname)} is missing.</div>"
    seen = np.array(image.size) / size
    drawn = with_points(image, truth_px=true_px * seen, predicted_px=predicted_px * seen, width=_WIDTH)
    off = float(coordinates.pixel_distance(predicted_px, true_px))
    return f"<div>{thumbnails.tag(to_jpeg(drawn), alt_texts.pointed(off))}<div>{off:.1f} px off</div></div>"


_CELLS = {SINGLE_LABEL: _label_cell, MULTI_LABEL: _label_cell, POINTS: _point_cell}
