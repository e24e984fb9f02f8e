"""An image and what runs predict for it, as a card."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from engine.images import to_jpeg
from engine.inference.diagram_heads import listed
from engine.inference.uploads import UploadPredictions, point_in
from engine.runs import Run
from engine.tasks import POINTS, SINGLE_LABEL
from pages.parts.predict import explain, model_names, prediction_cards
from pages.parts.predict.prediction_cards import ImageCard, ModelPrediction, alt, highest
from pages.parts.shared import thumbnails


def show(uploads: Sequence[UploadPredictions], by_title: Mapping[str, Run]) -> None:
    """The images' cards, and what the thresholds on them mean."""
    cards = [card(upload, by_title) for upload in uploads]
    st.html(prediction_cards.html(cards))
    if any(prediction.thresholds for card in cards for prediction in card.predictions):
        st.caption(prediction_cards.ABOUT_THRESHOLDS)


def card(upload: UploadPredictions, by_title: Mapping[str, Run]) -> ImageCard:
    """The card of one image."""
    predictions = in_words(upload, by_title)
    image = explain.with_all_points(upload, dict(by_title))
    tag = thumbnails.tag(to_jpeg(image.convert("RGB")), alt(upload.name, predictions))
    return ImageCard(upload.name, tag, predictions, _notice(upload))


def _notice(upload: UploadPredictions) -> str:
    if not upload.is_strange:
        return ""
    what = "the prediction is a guess" if len(upload.predictions) == 1 else "all predictions are guesses"
    return f"Unlike the training images, so {what}."


def in_words(upload: UploadPredictions, by_title: Mapping[str, Run]) -> list[ModelPrediction]:
    """Each run's prediction, marked as a guess where the run knows no such images."""
    return [
        ModelPrediction(
            model_names.of_run(by_title[title]),
            by_title[title].task,
            _words(by_title[title].task, prediction, upload.size_wh),
            _probs(prediction),
            is_guess=title in upload.strange_to,
            thresholds=_thresholds(prediction),
        )
        for title, prediction in upload.predictions.items()
    ]


def _probs(prediction) -> tuple[tuple[str, float], ...]:
    vocab = getattr(prediction, "vocab", ())
    return highest(dict(zip(vocab, prediction.probs, strict=True))) if len(vocab) else ()


def _thresholds(prediction) -> dict[str, float]:
    thresholds = getattr(prediction, "thresholds", None)
    return {} if thresholds is None else dict(zip(prediction.vocab, map(float, thresholds), strict=True))


def _words(task: str, prediction, size_wh: tuple[int, int]) -> str:
    words: dict[str, Callable[[], str]] = {
        POINTS: lambda: "x {:.0f}, y {:.0f} px".format(*point_in(size_wh, prediction)),
        SINGLE_LABEL: lambda: str(prediction.labels[0]),
    }
    return words.get(task, lambda: listed(prediction.labels) or "none of its labels")()
