"""What the API replies, as the OpenAPI page describes it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from engine import tasks
from engine.functional.coordinates import to_px
from engine.inference.predict import LabelPrediction, Model, PointPrediction


class Familiarity(BaseModel):
    """How much the image is like those of training; both are null where the run cannot tell."""

    is_familiar: bool | None = Field(description="false: the prediction is a guess")
    ood_score: float | None = Field(description="out-of-distribution score; the higher, the stranger")


class LabelsReply(Familiarity):
    """The labels predicted for an image."""

    labels: list[str] = Field(description="every label above its threshold, or the one most probable")
    probabilities: dict[str, float] = Field(description="label -> calibrated probability, 0 to 1")
    thresholds: dict[str, float] | None = Field(description="label -> threshold; null for a single label")


class PointReply(Familiarity):
    """The point predicted in an image."""

    x_px: float = Field(description="from the left edge of the upright image, in its own pixels")
    y_px: float = Field(description="from the top edge")
    width_px: int
    height_px: int


class HealthReply(BaseModel):
    """What is served. It is sent once the network is loaded."""

    status: str
    run: str
    task: str
    labels: list[str] = Field(description="empty where the run predicts a point")
    image_size: int = Field(description="the side of the square that the network sees, in pixels")


class Problem(BaseModel):
    """One sentence about what is wrong, and how to fix it."""

    detail: str


def reply(
    prediction: LabelPrediction | PointPrediction, size_wh: tuple[int, int]
) -> LabelsReply | PointReply:
    """A prediction for an image of that size, as it is sent."""
    familiar, score = prediction.is_familiar, prediction.ood_score
    if isinstance(prediction, PointPrediction):
        x, y = map(float, to_px(prediction.point_unit.astype(float), size_wh))
        width, height = size_wh
        return PointReply(
            x_px=x, y_px=y, width_px=width, height_px=height, is_familiar=familiar, ood_score=score
        )
    return LabelsReply(
        labels=prediction.labels,
        probabilities=_by_label(prediction.vocab, prediction.probs),
        thresholds=None
        if prediction.thresholds is None
        else _by_label(prediction.vocab, prediction.thresholds),
        is_familiar=familiar,
        ood_score=score,
    )


def health(model: Model) -> HealthReply:
    """What a loaded model is."""
    return HealthReply(
        status="ok",
        run=model.run.name,
        task=model.config.task,
        labels=[] if tasks.get(model.config.task).has_points else list(model.vocab),
        image_size=model.config.size,
    )


def _by_label(vocab, values) -> dict[str, float]:
    return {label: float(value) for label, value in zip(vocab, values, strict=True)}
