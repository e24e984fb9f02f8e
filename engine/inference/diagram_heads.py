"""One image, three heads, three losses: what each head predicts for it, and the loss against the image's own target.

Made from stored predictions, so that no network is loaded. Each head's loss is the mean over its outputs: for a single
label the negative logarithm of one probability, for several labels the mean over all of them, for points the mean of
two squared differences in -1..1.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.functional import coordinates, losses
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

SMALLEST_PROB = 5e-5
"""Stored probabilities have four digits; one that was rounded to 0 or 1 is moved by half of the last."""

NEAR_SHARE = 0.06
"""A point is right where it is no farther from the marked one than this share of the image's longer side."""

BARS = 3


@dataclass(frozen=True)
class Head:
    """What one head makes of an image.

    Attributes: `task`; `bars`, pairs of label and probability, the highest first; `prediction` in words; `is_right`;
    `target` in words; `loss`, None where the image has no target for this task; `working`, how the loss comes about.
    """

    task: str
    bars: tuple[tuple[str, float], ...]
    prediction: str
    is_right: bool
    target: str
    loss: float | None
    working: str


def single_label(probs: Mapping[str, float], target: str | None, why_none: str) -> Head:
    """The head with softmax and cross-entropy; `target` is None where no label is right, and `why_none` says why."""
    bars = _highest(probs)
    predicted = bars[0][0]
    if target is None:
        return Head(SINGLE_LABEL, bars, predicted, False, "no class is right", None, why_none)
    prob = max(probs.get(target, 0.0), SMALLEST_PROB)
    loss = -math.log(prob)
    working = f"−log {prob:.4g} = {loss_text(loss)}"
    return Head(SINGLE_LABEL, bars, predicted, predicted == target, target, loss, working)


def multi_label(probs: Mapping[str, float], predicted: Sequence[str], target: Sequence[str]) -> Head:
    """The head with sigmoids and binary cross-entropy; `predicted` are the labels above their thresholds."""
    clipped = np.clip(list(probs.values()), SMALLEST_PROB, 1 - SMALLEST_PROB)
    present = np.array([label in target for label in probs])
    terms = -np.log(np.where(present, clipped, 1 - clipped))
    loss = float(terms.mean())
    largest = list(probs)[int(terms.argmax())]
    working = f"mean of {len(terms)}; most from {largest}: {terms.max():.2f}"
    return Head(
        MULTI_LABEL,
        _highest(probs),
        listed(predicted) or "none of them",
        set(predicted) == set(target),
        listed(target) or "none of them",
        loss,
        working,
    )


def point(
    predicted_px: Sequence[float] | None,
    target_px: Sequence[float] | None,
    size_wh: tuple[int, int],
    face_prob: float | None = None,
) -> Head:
    """The head with two numbers and the mean squared error; `None` is no face, predicted or marked."""
    bars = () if face_prob is None else (("face", face_prob),)
    says = "no face" if predicted_px is None else f"x {predicted_px[0]:.0f}, y {predicted_px[1]:.0f} px"
    if target_px is None:
        return Head(
            POINTS, bars, says, predicted_px is None, "no face to point at", None, "no target, no loss"
        )
    target = f"x {target_px[0]:.0f}, y {target_px[1]:.0f} px"
    if predicted_px is None:
        return Head(POINTS, bars, says, False, target, None, "no point, no loss")
    off = float(coordinates.pixel_distance(np.array(predicted_px), np.array(target_px)))
    predicted_unit, target_unit = (
        coordinates.to_unit(np.array([at], float), np.array(size_wh)) for at in (predicted_px, target_px)
    )
    loss = float(losses.mean_squared_error(predicted_unit, target_unit))
    is_right = off <= NEAR_SHARE * max(size_wh)
    return Head(POINTS, bars, says, is_right, target, loss, f"{off:.0f} px off")


def listed(labels: Sequence[str]) -> str:
    """Labels as people say them: "bear, cat and dog"; "" for none."""
    if len(labels) < 2:
        return "".join(labels)
    return f"{', '.join(labels[:-1])} and {labels[-1]}"


def loss_text(loss: float | None) -> str:
    """A loss with two digits that count, such as "0.05", "1.8" and "0.0038"; a dash where there is none."""
    if loss is None:
        return "–"
    return f"{loss:.2g}" if loss < 10 else f"{loss:.0f}"


def _highest(probs: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(probs.items(), key=lambda pair: -pair[1])[:BARS])
