"""The race over points: the error in pixels at each epoch, images with every head's predictions, and who won."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from engine.experiments import loss_race
from engine.experiments.loss_race import Course, Race, RaceConfig, seeds
from engine.functional.coordinates import pixel_distance
from engine.functional.point_metrics import frame_of
from engine.images import open_image
from engine.images.drawing import draw_points, to_jpeg
from engine.plots import race as figures
from engine.plots.race_titles import point_title
from engine.plots.style import TRUTH
from engine.tasks import POINTS
from pages.parts.race import best_values, controls, data, shown_losses, train_link
from pages.parts.race.data import RacedPoints
from pages.parts.shared import charts, page, tables
from pages.parts.shared.text import plain

SHOWN = 3
SHOWN_WH = (480, 360)
ROOM = 1.6
LEAST = 0.4
_PX = "{:.1f} px"
STARS = (
    "★ marks the smallest error of a column, and errors that tie with it. Where all tie there is no star. Errors are "
    "means of three seeds."
)
BANDS = (
    "Each line is the mean of three seeds, its band the lowest to the highest. A tie means that another seed or other "
    "validation images could reverse the order."
)
RANGES_AND_LOSSES = (
    "Without `y_range` a prediction can leave the image: see the worst error and the share outside.",
    "With `y_range` every prediction stays inside. The sigmoid's flat ends slow the learning of points near the edge.",
    "Mean absolute error pulls as hard at 1 px as at 100 px, so a few large misses weigh less.",
    "Huber loss switches from squared to absolute at 5% of a side.",
)


@dataclass(frozen=True)
class Shown:
    """The race over points on the screen, and the median error of always predicting the mean point."""

    config: RaceConfig
    raced: RacedPoints
    baseline_px: float


@st.fragment
def show(over: Course) -> None:
    """Everything about the race over drawn heads; a moved slider redraws only this."""
    shown = curves_and_controls(over)
    page.image_first()
    _images(shown.raced.race, over)
    width, height = frame_of(over.valid.sizes_wh())
    evidence(
        shown, over, f"Errors are in pixels of the images, {width} × {height} here.", is_photographs=False
    )


def evidence(shown: Shown, over: Course, note: str, is_photographs: bool, prefix: str = "point_") -> None:
    """The tabs below: each loss's errors, the training losses, and real training; kept in the address."""
    st.header("Evidence")
    errors, training, real = st.tabs(
        ["Errors", "Training losses", "Train for real"], key=f"{prefix}evidence", bind=controls.URL
    )
    race = shown.raced.race
    if errors.open:
        with errors:
            tables.show(winners(shown.raced, over, shown.baseline_px))
            st.caption(STARS)
            st.markdown(note)
            st.markdown("\n".join(f"- {sentence}" for sentence in RANGES_AND_LOSSES))
    if training.open:
        with training:
            charts.show(
                figures.training_curves(race.step_losses, race.lanes, race.config.epochs),
                key="point_training",
            )
    if real.open:
        with real:
            train_link.show(POINTS, loss_race.lanes(POINTS), is_photographs)


def curves_and_controls(over: Course, start: RaceConfig | None = None, prefix: str = "point_") -> Shown:
    """Draw the curves over the sliders (see `controls.points`); return what is shown."""
    lanes = shown_losses.choose(POINTS, f"{prefix}losses")
    place = st.container()
    config = controls.points(start, prefix)
    raced, baseline_px = data.points(config, over, lanes), loss_race.point_baseline_px(over)
    curves = figures.bands(raced.scores, raced.race.lanes, "median_error_px")
    title = point_title({lane: curve.end for lane, curve in curves.items()}, baseline_px, raced.margins)
    with place:
        charts.show_marked(
            figures.point_progress(curves, baseline_px), [], title, title, key="point_progress"
        )
        st.caption(BANDS)
    return Shown(config, raced, baseline_px)


def _images(finished: Race, over: Course) -> None:
    kept = list(range(len(finished.lanes)))
    predicted_px, truth_px = loss_race.point_predictions_px(finished, over), over.valid.points_px()
    for column, at in zip(st.columns(SHOWN), _spread(predicted_px, truth_px), strict=False):
        off = pixel_distance(predicted_px[:, at], np.repeat(truth_px[[at]], len(kept), axis=0))
        distances = f"{off.min():.1f} to {figures.in_px(off.max())}"
        column.image(
            _marked(over, finished, predicted_px[:, at], at, kept),
            width="stretch",
            caption=plain(f"{distances} off, seen close up"),
            alt=f"A drawn head, close up, with its true centre; the predictions are {distances} off.",
        )
    st.html(legend(finished, kept))


def _spread(predicted_px: np.ndarray, truth_px: np.ndarray) -> list[int]:
    """Pictures that the best head finds well, middling and worst."""
    errors = np.stack([pixel_distance(points_px, truth_px) for points_px in predicted_px])
    ranked = np.argsort(errors[np.median(errors, axis=1).argmin()], kind="stable")
    return [
        int(at) for at in ranked[np.linspace(0, len(ranked) - 1, min(SHOWN, len(ranked))).round().astype(int)]
    ]


def _marked(over: Course, finished: Race, points_px: np.ndarray, at: int, kept: list[int]) -> bytes:
    """A validation image with its true and its predicted points, seen close up."""
    image, size_wh = open_image(over.valid.paths()[at]), over.valid.sizes_wh()[at]
    seen = np.asarray(image.size) / size_wh
    truth_px = over.valid.points_px()[at]
    box = close_up(np.vstack([truth_px, points_px[kept]]), size_wh)
    shown = image.resize(SHOWN_WH, box=tuple(np.array(box) * np.tile(seen, 2)))
    corner, scale = np.array(box[:2]), SHOWN_WH[0] / (box[2] - box[0])
    return to_jpeg(
        with_every_point(
            shown, (truth_px - corner) * scale, (points_px[kept] - corner) * scale, finished, kept
        )
    )


def with_every_point(
    shown: Image.Image, truth_px: np.ndarray | None, points_px: np.ndarray, finished: Race, kept: list[int]
) -> Image.Image:
    """The truth as a ring where it is known, and the point (len(kept), 2) of each head that is kept.

    Discs are heads with `y_range`, small rings those without.
    """
    if truth_px is not None:
        shown = draw_points(shown, [truth_px], TRUTH, "ring", 16)
    for place, point in zip(kept, points_px, strict=True):
        lane = finished.lanes[place]
        shown = draw_points(shown, [point], figures.colour(lane), "disc" if lane.y_range else "ring", 7)
    return shown


def close_up(points_px: np.ndarray, size_wh) -> tuple[float, float, float, float]:
    """The part of a picture (left, top, right, bottom) that holds these points with some room about them.

    It has the proportions of what is shown, is at least 0.4 of the picture's width where that fits in.
    """
    width, height = map(float, size_wh)
    inside = np.clip(points_px, 0, [width, height])
    low, high = inside.min(axis=0), inside.max(axis=0)
    ratio = SHOWN_WH[0] / SHOWN_WH[1]
    wide = max(ROOM * (high[0] - low[0]), ROOM * (high[1] - low[1]) * ratio, LEAST * width)
    wide = min(wide, width, height * ratio)
    tall = wide / ratio
    left = float(np.clip((low[0] + high[0] - wide) / 2, 0, width - wide))
    top = float(np.clip((low[1] + high[1] - tall) / 2, 0, height - tall))
    return left, top, left + wide, top + tall


def legend(finished: Race, kept: list[int], truth_says: str = "true centre") -> str:
    """What colours and shapes of `with_every_point` mean, as HTML."""
    entries = "".join(
        f'<span style="white-space:nowrap"><span style="color:{figures.colour(finished.lanes[at])}">'
        f"{'●' if finished.lanes[at].y_range else '○'}</span> {finished.lanes[at].short}</span>"
        for at in kept
    )
    truth = f'<span style="white-space:nowrap"><span style="color:{TRUTH}">◯</span> {truth_says}</span>'
    return f'<div style="display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.875rem">{truth}{entries}</div>'


def winners(raced: RacedPoints, over: Course, baseline_px: float) -> pd.DataFrame:
    """Each head (rows) at the end: its median and worst error and the share of predictions outside, as `STARS` says."""
    medians, worst, outside = (
        seeds.last_of(raced.scores, name).mean(axis=0)
        for name in ("median_error_px", "worst_error_px", "outside")
    )
    medians_px = [*medians, baseline_px]
    width = np.median(over.valid.sizes_wh()[:, 0])
    return pd.DataFrame(
        {
            "median error": best_values.starred(medians_px, _PX, raced.margins, is_high_best=False),
            "worst error": best_values.starred([*worst, np.nan], _PX, is_high_best=False),
            "points outside the image": [f"{share:.0%}" for share in [*outside, 0.0]],
            "median, of the width": [f"{px / width:.1%}" for px in medians_px],
        },
        index=[*(lane.title for lane in raced.race.lanes), "always the mean point"],
    )
