"""Validation pictures in the report: some from all of them, and those where the run errs most."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from engine import tasks
from engine.export.bundle.report.markup import Markup, picture, tag
from engine.functional.point_metrics import error_table
from engine.images import ImageError, fit, open_image, to_jpeg
from engine.plots.overlays import with_points
from engine.runs import PointPredictions, Predictions, Run

SHOWN = 8
SIDE = 320
STAYED = "The pictures stayed where the run was made, so none can be shown here."


def spread(run: Run, said: Predictions | PointPredictions) -> Markup:
    """A few validation pictures, evenly from first to last, with what the run answers."""
    there = _at_hand(run, said, range(len(said.fnames)))
    places = np.unique(np.linspace(0, len(there) - 1, min(SHOWN, len(there))).astype(int)) if there else []
    return _gallery(run, said, [there[place] for place in places]) if there else tag("p", STAYED)


def worst(run: Run, said: Predictions | PointPredictions) -> Markup:
    """The pictures on which it errs most, the worst first."""
    order = _worst_first(run, said)
    if not order:
        return tag("p", "Every answer to a validation picture is right.")
    there = _at_hand(run, said, order)[:SHOWN]
    return _gallery(run, said, there) if there else tag("p", STAYED)


def _worst_first(run: Run, said: Predictions | PointPredictions) -> list[int]:
    if isinstance(said, PointPredictions):
        return np.argsort(-error_table(said)["error_share"].to_numpy(), kind="stable").tolist()
    wrong = said.decisions(run.thresholds) != (said.targets == 1)
    surest = (np.abs(said.probs - said.targets) * wrong).max(axis=1)
    return [int(at) for at in np.argsort(-surest, kind="stable") if surest[at] > 0]


def _at_hand(run: Run, said: Predictions | PointPredictions, order: Sequence[int]) -> list[int]:
    return [int(at) for at in order if run.picture(said.fnames[at]).is_file()]


def _gallery(run: Run, said: Predictions | PointPredictions, places: Sequence[int]) -> Markup:
    cell: Callable = _point_cell if isinstance(said, PointPredictions) else _label_cell
    return tag("div", *(cell(run, said, at) for at in places), class_="gallery")


def _label_cell(run: Run, said: Predictions, at: int) -> Markup:
    yes, there = said.decisions(run.thresholds)[at], said.targets[at] == 1
    chips = [
        _chip(label, float(prob), bool(is_said), bool(is_there))
        for label, prob, is_said, is_there in zip(said.vocab, said.probs[at], yes, there, strict=True)
        if is_said or is_there
    ]
    if not chips and tasks.get(run.task).allows_several_labels:
        chips = [tag("span", "nothing, rightly", class_="chip none")]
    name = Path(said.fnames[at]).name
    return tag(
        "div", _shown(run, said.fnames[at], name), tag("div", *chips, class_="chips"), tag("small", name)
    )


def _chip(label: str, prob: float, is_said: bool, is_there: bool) -> Markup:
    if is_said and is_there:
        return tag("span", f"{label} {prob:.2f}", class_="chip right")
    word, kind = ("wrong", "wrong") if is_said else ("missed", "missed")
    return tag("span", f"{label} {prob:.2f} {word}", class_=f"chip {kind}")


def _point_cell(run: Run, said: PointPredictions, at: int) -> Markup:
    row, name = error_table(said).iloc[at], Path(said.fnames[at]).name
    says = f"{row['error_px']:.1f} px off, {row['error_share']:.1%} of the width"

    def draw(opened):
        seen = np.array(opened.size) / said.sizes_wh[at]
        truth, found = said.targets_px[at] * seen, said.points_px[at] * seen
        return with_points(opened, truth_px=truth, predicted_px=found, width=SIDE)

    shown = _shown(run, said.fnames[at], f"{name}, {says}", draw)
    return tag("div", shown, tag("div", says), tag("small", name))


def _shown(run: Run, fname: str, says: str, draw: Callable | None = None) -> Markup:
    try:
        opened = open_image(run.picture(fname))
    except ImageError as error:
        return tag("p", str(error))
    return picture(to_jpeg(draw(opened) if draw else fit(opened, SIDE), quality=80), says)
