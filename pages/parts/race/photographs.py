"""The loss race over photographs: the same curves as over drawings, and predictions for the example photographs."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image

from engine.data import example_photographs
from engine.experiments import loss_race
from engine.experiments.loss_race import Course, Race, RaceConfig
from engine.experiments.loss_race import photographs as photograph_race
from engine.experiments.loss_race.photographs import GRID, POOLED, PhotographCourse
from engine.functional import label_encoding
from engine.functional.constant_predictions import mean_point_px
from engine.functional.coordinates import pixel_distance, to_px
from engine.images import open_image
from engine.images.drawing import to_jpeg
from engine.inference import photo_showcase
from engine.plots import race as figures
from engine.tasks import MULTI_LABEL, POINTS
from pages.parts.race import data, predictions, train_link
from pages.parts.race import labels as race_labels
from pages.parts.race import points as race_points
from pages.parts.race.data import Raced
from pages.parts.race.predictions import HeadPredictions
from pages.parts.shared import choose_image, page, thumbnails
from pages.parts.shared.text import plain

PREFIX = "photo_"
SEES = {"Pooled features": POOLED, "7 × 7 grid": GRID}
_TWO = ("photographer.jpg", "rocket.jpg")
_SIDE = 480


@dataclass(frozen=True)
class _Seen:
    """An image with its features (F,), and its labels where they are known."""

    name: str
    source: bytes
    features: np.ndarray
    present: tuple[str, ...] | None


@st.fragment
def labels(photographs: PhotographCourse) -> None:
    """Everything about the race over labels; a moved slider redraws only this."""
    over = photographs.course
    raced, config, scores = race_labels.curves_and_controls(over, photograph_race.start(MULTI_LABEL), PREFIX)
    page.image_first()
    st.markdown(_few(over))
    train_link.show(MULTI_LABEL, raced.race.lanes, is_photographs=True)
    st.header(f"One photograph, {len(raced.race.lanes)} predictions")
    st.markdown(race_labels.CHIPS)
    st.html(predictions.STYLE)
    for column, fname in zip(st.columns(2, gap="large"), _TWO, strict=True):
        if fname in photographs.examples:
            with column:
                _predicted(raced, over, config, _example(photographs, fname))
    st.subheader("Another photograph, or one of yours")
    _chosen(raced, photographs, config)
    race_labels.results(raced, over, scores, config.threshold)


def _few(over: Course) -> str:
    train, valid = len(over.train_targets), len(over.valid_targets)
    counts = dict(zip(over.valid.vocab, over.train_targets.sum(axis=0).astype(int), strict=True))
    rarest = sorted((count, label) for label, count in counts.items())[:4]
    few = ", ".join(f"{plain(label)} {count}" for count, label in rarest)
    most = max(counts, key=counts.__getitem__)
    return (
        f"**{train} photographs to train on, {valid} to validate.** They are COCO 2017's (annotations CC BY 4.0); only "
        f"their features are shipped, not the images. Most labels are rare among the training images ({few}), while "
        f"{plain(most)} is in {counts[most]}. So differences of a few hundredths between losses mean little here."
    )


def _example(photographs: PhotographCourse, fname: str) -> _Seen:
    source = (example_photographs.FOLDER / fname).read_bytes()
    return _Seen(fname, source, photographs.examples[fname], example_photographs.LABELS[fname])


def _predicted(raced: Raced, over: Course, config: RaceConfig, seen: _Seen) -> None:
    """An example photograph over what each head predicts for it."""
    says = f"In it: {', '.join(seen.present or ()) or 'none of the labels'} ({seen.name})"
    small = thumbnails.padded(example_photographs.FOLDER / seen.name, race_labels.MOUNT_WH)
    st.image(small, width="stretch", caption=plain(says), alt=plain(says))
    _words(raced, over, config, seen)


def _words(raced: Raced, over: Course, config: RaceConfig, seen: _Seen) -> None:
    probs, present = _probs(raced, over, seen)
    st.html(
        predictions.as_chips(
            HeadPredictions(raced.race.lanes, probs, present, over.valid.vocab, config.threshold)
        )
    )


def _probs(raced: Raced, over: Course, seen: _Seen) -> tuple[np.ndarray, np.ndarray | None]:
    """The probabilities (H, C), and which labels are there (C,) where that is known."""
    present = None if seen.present is None else label_encoding.encode(seen.present, over.valid.vocab)
    return raced.race.predictions(over.standardised(seen.features)), present


def _chosen(raced: Raced, photographs: PhotographCourse, config: RaceConfig) -> None:
    own = choose_image.upload("race_photograph")
    titles = {title: fname for fname, title in photo_showcase.TITLES.items() if fname in photographs.examples}
    if own is None:
        title = st.pills(
            "Or an example",
            list(titles),
            default=photo_showcase.TITLES["astronaut.jpg"],
            required=True,
            key="race_example",
            bind="query-params",
        )
        seen = _example(photographs, titles[title])
    else:
        features = data.looked_at_photograph(own.content)
        if features is None:
            return
        seen = _Seen(own.name, own.content, features, None)
    over = photographs.course
    left, right = st.columns(2, gap="large")
    says = plain(seen.name)
    left.image(thumbnails.jpeg(seen.source), width="stretch", caption=says, alt=says)
    with right:
        _words(raced, over, config, seen)
    probs, present = _probs(raced, over, seen)
    st.html(
        predictions.as_table(
            HeadPredictions(raced.race.lanes, probs, present, over.valid.vocab, config.threshold)
        )
    )
    st.caption("Every probability of every head. ● is in the image; a frame is a yes at the threshold.")


@st.fragment
def points() -> None:
    """Everything about the race over points; a moved slider redraws only this."""
    chosen = st.segmented_control(
        "What the heads see",
        list(SEES),
        default=next(iter(SEES)),
        required=True,
        key="sees",
        bind="query-params",
    )
    sees = SEES[chosen]
    photographs = data.photographs(POINTS, sees)
    if photographs is None:
        return
    over = photographs.course
    raced, baseline_px = race_points.curves_and_controls(
        over, photograph_race.start(POINTS), f"{PREFIX}point_"
    )
    finished = raced.race
    last = raced.scores.groupby("lane", sort=False).last()["median_error_px"].to_numpy()
    training_px = loss_race.point_training_errors_px(finished, over)[last.argmin()]
    st.markdown(what_it_sees(sees, float(last.min()), float(training_px), baseline_px))
    train_link.show(POINTS, finished.lanes, is_photographs=True)
    _heads(finished, photographs, sees)
    race_points.results(raced, over, baseline_px)
    width, height = np.median(over.valid.sizes_wh(), axis=0)
    people = len(set(over.valid.table["group"]))
    st.markdown(
        f"Trained on {len(over.train_targets)} face crops, validated on {len(over.valid_targets)} of {people} other "
        "people: so few that other people would move each error by some pixels. Errors are in pixels of the crops, "
        f"{width:.0f} x {height:.0f} in the median. "
        f"{race_points.RANGES_AND_LOSSES}"
    )
    st.caption("Faces: Udacity's P1_Facial_Keypoints (MIT); their features are shipped, the images are not.")


def what_it_sees(sees: str, best_px: float, training_px: float, baseline_px: float) -> str:
    """Why the features decide more than the loss does, with the errors that show it."""
    errors = (
        f"On people it has not seen, the best head is off by **{best_px:.1f} px**, always predicting the mean point "
        f"by **{baseline_px:.1f} px** (medians). On its training faces that head is off by {training_px:.1f} px"
    )
    if sees == POOLED:
        return (
            "Pooled features are means over the whole image: they keep what is in it and forget where. No loss can "
            f"restore that, so the heads mostly learn the training faces by heart. {errors}. "
            "Switch to the grid to compare."
        )
    return (
        "The grid keeps a mean for each of 7 × 7 parts of the image, so a head can tell where something is. "
        f"{errors}. The losses and the steps are the same as with pooled features."
    )


def _heads(finished: Race, photographs: PhotographCourse, sees: str) -> None:
    """The example heads with each head's point, and the visitor's own photograph."""
    kept = race_points.chosen_lanes(finished)
    columns = st.columns(3)
    for column, (fname, features) in zip(columns, photographs.examples.items(), strict=False):
        image = example_photographs.head_of(fname)
        truth_px = np.array(example_photographs.POINTS_PX[fname]) - example_photographs.HEADS_PX[fname][:2]
        points_px = _points_px(finished, photographs.course, features, image)[kept]
        off = pixel_distance(points_px, np.tile(truth_px, (len(kept), 1)))
        mean_off = pixel_distance(_mean_px(photographs.course, image), truth_px)
        says = (
            f"{photo_showcase.TITLES[fname]}, {image.width} px wide: {off.min():.1f} to {figures.in_px(off.max())} off "
            f"(mean point: {figures.in_px(mean_off)})"
        )
        column.image(
            _marked(image, truth_px, points_px, finished, kept),
            width="stretch",
            caption=plain(says),
            alt=says,
        )
    with columns[-1]:
        own = choose_image.upload("race_face")
        own_features = None if own is None else data.looked_at_photograph(own.content, sees)
        if own is not None and own_features is not None:
            image = open_image(own.source)
            points_px = _points_px(finished, photographs.course, own_features, image)[kept]
            says = plain(f"{own.name}: the predictions, no true point")
            st.image(_marked(image, None, points_px, finished, kept), width="stretch", caption=says, alt=says)
        else:
            st.caption("A portrait works best: one face, with head and shoulders, like the training images.")
    st.html(race_points.legend(finished, kept, "true point, marked by hand"))
    st.caption(
        "Both heads were cut out by hand, so how near the mean point comes depends on the cut. The table below counts "
        "faces that were not chosen."
    )


def _points_px(finished: Race, over: Course, features: np.ndarray, image: Image.Image) -> np.ndarray:
    """Each head's point (H, 2) in pixels of the image."""
    return to_px(finished.predictions(over.standardised(features)).astype(float), np.array(image.size))


def _mean_px(over: Course, image: Image.Image) -> np.ndarray:
    """The mean training point (x, y) in pixels of the image."""
    train = over.train
    return mean_point_px(train.points_px(), train.sizes_wh(), np.array([image.size]))[0]


def _marked(
    image: Image.Image, truth_px: np.ndarray | None, points_px: np.ndarray, finished: Race, kept: list[int]
) -> bytes:
    scale = _SIDE / image.width
    shown = image.resize((_SIDE, max(1, round(image.height * scale))), Image.Resampling.LANCZOS)
    scaled = None if truth_px is None else truth_px * scale
    return to_jpeg(race_points.with_every_point(shown, scaled, points_px * scale, finished, kept))
