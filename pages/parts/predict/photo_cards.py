"""A photograph and what the three models for photographs predict, as a card."""

from collections.abc import Mapping

from engine.images import draw_point, fit, open_image, to_jpeg
from engine.inference import photo_models
from engine.inference.diagram_heads import listed
from engine.inference.photo_models import PhotoPrediction
from engine.plots.style import PREDICTION
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from pages.parts.predict import model_names
from pages.parts.predict.predict_uploads import File
from pages.parts.predict.prediction_cards import ABOUT_THRESHOLDS, ImageCard, ModelPrediction, alt, highest
from pages.parts.shared import thumbnails

SIDE = 900
UNFAMILIAR = (
    "A guess: no label is above its threshold, no class is probable, and there is no face. "
    "The models may not know what this is."
)


def card(file: File, by_task: Mapping[str, PhotoPrediction]) -> ImageCard:
    """The card of one photograph. Raises `ImageError` for what is no image."""
    predictions = in_words(by_task)
    opened = open_image(file.source)
    small = fit(opened, SIDE)
    point = by_task[POINTS].point_px
    if point is not None:
        small = draw_point(small, [small.width / opened.width * value for value in point], PREDICTION)
    tag = thumbnails.tag(to_jpeg(small), alt(file.name, predictions))
    is_familiar = any(by_task[task].is_familiar for task in by_task)
    return ImageCard(file.name, tag, predictions, "" if is_familiar else UNFAMILIAR)


def in_words(by_task: Mapping[str, PhotoPrediction]) -> list[ModelPrediction]:
    """Every model's prediction, with its highest probabilities."""
    several, single, point = by_task[MULTI_LABEL], by_task[SINGLE_LABEL], by_task[POINTS]
    return [
        ModelPrediction(
            model_names.PHOTOGRAPHS[MULTI_LABEL],
            MULTI_LABEL,
            listed(several.labels) or "none of its labels",
            highest(several.probs),
            thresholds=several.thresholds,
        ),
        ModelPrediction(
            model_names.PHOTOGRAPHS[SINGLE_LABEL],
            SINGLE_LABEL,
            single.labels[0],
            highest(single.probs),
            is_guess=not single.is_familiar,
        ),
        ModelPrediction(
            model_names.PHOTOGRAPHS[POINTS],
            POINTS,
            _place(point.point_px),
            ((photo_models.FACE, point.probs[photo_models.FACE]),),
            thresholds=point.thresholds,
        ),
    ]


def explanation(by_task: Mapping[str, PhotoPrediction]) -> str:
    """When something is named, and when that is a guess, in two sentences."""
    return (
        f"{ABOUT_THRESHOLDS} *{model_names.PHOTOGRAPHS[SINGLE_LABEL]}* always names a class; "
        f"below {by_task[SINGLE_LABEL].guess_below:.2g} it is a guess."
    )


def _place(point_px: tuple[float, float] | None) -> str:
    if point_px is None:
        return "no face"
    return f"between the eyes at x {point_px[0]:.0f}, y {point_px[1]:.0f} px"
