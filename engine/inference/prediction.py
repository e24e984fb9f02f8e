"""What a run predicts for an image, in the form that scripts use."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from engine.images import open_image
from engine.inference import predict
from engine.inference.predict import LabelPrediction, Model, PointPrediction
from engine.runs import Run


@dataclass(frozen=True)
class Prediction:
    """One image's prediction.

    Attributes:
        labels: the predicted labels; empty for points.
        probs: label -> calibrated probability; empty for points.
        point_px: (2,) x and y in the image's own pixels; None for labels.
        is_familiar: whether the image is like those of training; None where the run has no familiarity file.
        ood_score: how strange it is, the higher the stranger; None likewise.
    """

    labels: list[str] = field(default_factory=list)
    probs: dict[str, float] = field(default_factory=dict)
    point_px: np.ndarray | None = None
    is_familiar: bool | None = None
    ood_score: float | None = None


class Predictor:
    """A run's network. Safe to share: predicting changes nothing."""

    def __init__(self, model: Model):
        self.model = model

    @classmethod
    def of(cls, run: Run | Path | str, device: str = "auto") -> "Predictor":
        return cls(predict.load(run if isinstance(run, Run) else Run(run), device))

    def predict(self, images: Sequence[Image.Image | Path | str | bytes]) -> list[Prediction]:
        """One prediction for each image, in order; files are opened first. Raises `ImageError`."""
        opened = [image if isinstance(image, Image.Image) else open_image(_source(image)) for image in images]
        return [_prediction(prediction) for prediction in self.model.predict(opened)]


def _source(image: Path | str | bytes) -> Path | bytes:
    return Path(image) if isinstance(image, str) else image


def _prediction(of: LabelPrediction | PointPrediction) -> Prediction:
    if isinstance(of, PointPrediction):
        return Prediction(point_px=of.point_px, is_familiar=of.is_familiar, ood_score=of.ood_score)
    probs = {label: float(prob) for label, prob in zip(of.vocab, of.probs, strict=True)}
    return Prediction(of.labels, probs, is_familiar=of.is_familiar, ood_score=of.ood_score)
