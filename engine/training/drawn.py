"""How an image was made, drawn or photographed: one direction in the texture of the backbone for photographs.

The direction is fitted once, on photographs and drawings that no run needs to have seen (outlier exposure: Hendrycks,
Mazeika and Dietterich, "Deep Anomaly Detection with Outlier Exposure", ICLR 2019), by
`python -m engine.training.fit_drawn`. A run compares the images it is asked about with its own training images along
this direction, so that it serves runs on photographs and runs on drawings alike (`engine.training.familiarity`).
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from engine import paths
from engine.training.backbones import PHOTOGRAPHS, Backbone

SLOPE, MARGIN = 5.0, 2.25
"""Beyond `MARGIN` robust standard deviations towards the other kind, each one more adds `SLOPE` to a score."""
MOST_MIXED = 0.05
"""Where a larger share of training images lies beyond the margin, a run is at home in both kinds."""

FILE = paths.SAMPLE_DATA / "weights" / "drawn.safetensors"
WEIGHT, BIAS = "weight", "bias"
_TO_STANDARD_DEVIATION, _LEAST_SPREAD = 1.4826, 1e-3


@dataclass(frozen=True)
class Direction:
    """`weight` (T,) and `bias`, for the texture (T) of an image; the logit is positive for drawings."""

    weight: np.ndarray
    bias: float

    def logits(self, texture: np.ndarray) -> np.ndarray:
        """The logit (M,) that each image is a drawing, by textures (M, T)."""
        return np.asarray(texture, float) @ self.weight + self.bias


@dataclass(frozen=True)
class OtherKind:
    """How far images lie from a run's training images towards the other kind: `weight` (T,) and `bias` give robust
    standard deviations from the median training image.
    """

    weight: np.ndarray
    bias: float

    def excess(self, texture: np.ndarray) -> np.ndarray:
        """What the textures (M, T) of images add to their scores, (M,); 0 within the margin."""
        beyond = np.asarray(texture, float) @ self.weight + self.bias - MARGIN
        return SLOPE * np.maximum(beyond, 0)


def fit(direction: Direction, texture: np.ndarray) -> OtherKind | None:
    """Fit to the textures (N, T) of training images: the other kind is drawings where most of them are photographs.

    None where the training images are of both kinds. What lies farther from the other kind than they do adds nothing.
    """
    logits = direction.logits(texture)
    centre = float(np.median(logits))
    spread = max(_TO_STANDARD_DEVIATION * float(np.median(np.abs(logits - centre))), _LEAST_SPREAD)
    sign = -1 if centre > 0 else 1
    found = OtherKind(sign * direction.weight / spread, sign * (direction.bias - centre) / spread)
    return found if (found.excess(texture) > 0).mean() <= MOST_MIXED else None


def of(backbone: Backbone | None) -> Direction | None:
    """The direction for a backbone's texture; None for any but the one for photographs, or without the file."""
    return _read(FILE) if backbone == PHOTOGRAPHS and FILE.is_file() else None


@lru_cache(maxsize=1)
def _read(file: Path) -> Direction:
    tensors = load_file(file)
    return Direction(tensors[WEIGHT].astype(float), float(tensors[BIAS][0]))
