"""Validation pictures on which a take-away is proved, and what the run itself answers to them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from engine import tasks
from engine.images import ImageError, open_image
from engine.runs import Run

CHECK = "check"
PROVED_ON = 16


@dataclass(frozen=True)
class Evidence:
    """Picture files, opened, with the answers (N, n) to them: probabilities, or points over -1..1."""

    files: list[Path]
    pictures: list[Image.Image]
    answers: np.ndarray


def gather(run: Run, model) -> Evidence:
    """What `model` (of `engine.inference.predict`) answers to validation pictures of the run that are at hand.

    Of an imported run these are the few that came with it. Empty where there is none.
    """
    opened = _opened(_spread([run.picture(fname) for fname in run.predictions.fnames]))
    opened = opened or _opened(sorted((run.folder / CHECK).glob("*.png")))
    return Evidence(list(opened), list(opened.values()), answers(model, list(opened.values())))


def answers(model, pictures: list[Image.Image]) -> np.ndarray:
    """(N, n): probabilities, or points over -1..1, as float64."""
    found = model.predict(pictures)
    name = "point_unit" if tasks.get(model.config.task).has_points else "probs"
    return np.array([getattr(answer, name) for answer in found], float)


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
