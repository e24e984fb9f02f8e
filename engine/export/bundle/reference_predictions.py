"""Validation images that a bundle is verified on, and the predictions of the run itself for them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from engine.images import ImageError, open_image
from engine.inference.predict import LabelPrediction, Model
from engine.runs import Run

CHECK = "check"
PROVED_ON = 16


@dataclass(frozen=True)
class Evidence:
    """Image files, opened, with their predictions (N, n): probabilities, or points over -1..1."""

    files: list[Path]
    images: list[Image.Image]
    predictions: np.ndarray


def gather(run: Run, model: Model) -> Evidence:
    """The predictions of `model` for validation images of the run that are available.

    Of an imported run these are the few that came with it. Empty where there is none.
    """
    opened = _opened(_spread([run.image_path(fname) for fname in run.predictions.fnames]))
    opened = opened or _opened(sorted((run.folder / CHECK).glob("*.png")))
    return Evidence(list(opened), list(opened.values()), predictions(model, list(opened.values())))


def predictions(model: Model, images: list[Image.Image]) -> np.ndarray:
    """(N, n): probabilities, or points over -1..1, as float64."""
    return np.array(
        [
            prediction.probs if isinstance(prediction, LabelPrediction) else prediction.point_unit
            for prediction in model.predict(images)
        ],
        float,
    )


def _spread(files: list[Path]) -> list[Path]:
    """At most `PROVED_ON` files that are there, evenly from first to last."""
    there = [file for file in files if file.is_file()]
    places = np.unique(np.linspace(0, len(there) - 1, min(PROVED_ON, len(there))).astype(int))
    return [there[place] for place in places]


def _opened(files: list[Path]) -> dict[Path, Image.Image]:
    opened = {}
    for file in files:
        try:
            opened[file] = open_image(file)
        except ImageError:
            continue
    return opened
