"""Validation images in the report: some from all of them, and those where the run errs most."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from engine import tasks
from engine.export.bundle.report.markup import Markup, image, tag
from engine.functional.point_metrics import error_table
from engine.images import ImageError, fit, open_image, to_jpeg
from engine.plots.image_overlays import with_points
from engine.runs import PointPredictions, Predictions, Run

SHOWN = 8
SIDE = 320
STAYED = "The images stayed where the run was made, so none can be shown here."


def spread(run: Run, predictions: Predictions | PointPredictions) -> Markup:
    """A few validation images, evenly from first to last, with the predictions of the run."""
    there = _at_hand(run, predictions, range(len(predictions.fnames)))
    if not there:
        return tag("p", STAYED)
    places = np.unique(np.linspace(0, len(there) - 1, min(SHOWN, len(there))).astype(int))
    return _gallery(run, predictions, [there[place] for place in places])


def worst(run: Run, predictions: Predictions | PointPredictions) -> Markup:
    """The images on which it errs most, the worst first."""
    order = _worst_first(run, predictions)
    if not order:
        return tag("p", "Every prediction for a validation image is right.")
    there = _at_hand(run, predictions, order)[:SHOWN]
    return _gallery(run, predictions, there) if there else tag("p", STAYED)


def _worst_first(run: Run, predictions: Predictions | PointPredictions) -> list[int]:
    if isinstance(predictions, PointPredictions):
        return np.argsort(-error_table(predictions)["error_share"].to_numpy(), kind="stable").tolist()
    wrong = predictions.decisions(run.thresholds) != (predictions.targets == 1)
    surest = (np.abs(predictions.probs - predictions.targets) * wrong).max(axis=1)
    return [int(at) for at in np.argsort(-surest, kind="stable") if surest[at] > 0]


def _at_hand(run: Run, predictions: Predictions | PointPredictions, order: Sequence[int]) -> list[int]:
    return [int(at) for at in order if run.image_path(predictions.fnames[at]).is_file()]


def _gallery(run: Run, predictions: Predictions | PointPredictions, places: Sequence[int]) -> Markup:
    cell: Callable = _point_cell if isinstance(predictions, PointPredictions) else _label_cell
    return tag("div", *(cell(run, predictions, at) for at in places), class_="gallery")


def _label_cell(run: Run, predictions: Predictions, at: int) -> Markup:
    yes, there = predictions.decisions(run.thresholds)[at], predictions.targets[at] == 1
    classes = zip(predictions.vocab, predictions.probs[at], yes, there, strict=True)
    chips = [
        _chip(label, float(prob), bool(is_predicted), bool(is_there))
        for label, prob, is_predicted, is_there in classes
        if is_predicted or is_there
    ]
    if not chips and tasks.get(run.task).allows_several_labels:
        chips = [tag("span", "nothing, correctly", class_="chip none")]
    name = Path(predictions.fnames[at]).name
    return tag(
        "div",
        _shown(run, predictions.fnames[at], name),
        tag("div", *chips, class_="chips"),
        tag("small", name),
    )


def _chip(label: str, prob: float, is_predicted: bool, is_there: bool) -> Markup:
    if is_predicted and is_there:
        return tag("span", f"{label} {prob:.2f}", class_="chip right")
    word, kind = ("wrong", "wrong") if is_predicted else ("missed", "missed")
    return tag("span", f"{label} {prob:.2f} {word}", class_=f"chip {kind}")


def _point_cell(run: Run, predictions: PointPredictions, at: int) -> Markup:
    row, name = error_table(predictions).iloc[at], Path(predictions.fnames[at]).name
    says = f"{row['error_px']:.1f} px off, {row['error_share']:.1%} of the width"

    def draw(opened):
        seen = np.array(opened.size) / predictions.sizes_wh[at]
        truth, predicted = predictions.targets_px[at] * seen, predictions.points_px[at] * seen
        return with_points(opened, truth_px=truth, predicted_px=predicted, width=SIDE)

    shown = _shown(run, predictions.fnames[at], f"{name}, {says}", draw)
    return tag("div", shown, tag("div", says), tag("small", name))


def _shown(run: Run, fname: str, says: str, draw: Callable | None = None) -> Markup:
    try:
        opened = open_image(run.image_path(fname))
    except ImageError as error:
        return tag("p", str(error))
    return image(to_jpeg(draw(opened) if draw else fit(opened, SIDE), quality=80), says)
