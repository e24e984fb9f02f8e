"""The sections of the report, in the order of reading: reached, data, learning, thresholds, examples, errors, use."""

from importlib.metadata import version

import pandas as pd

from engine import runs, tasks
from engine.data.formats.phrases import counted
from engine.export.bundle.report import (
    data_section,
    gallery,
    label_sections,
    learning_section,
    point_sections,
    reliability,
)
from engine.export.bundle.report.markup import Markup, Tile, joined, tag
from engine.functional.loss_registry import choice
from engine.images.resize import IN_WORDS
from engine.runs import PointPredictions, Predictions, Run, RunError
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

DOES = {
    SINGLE_LABEL: "names the one thing in an image",
    MULTI_LABEL: "names everything in an image that it knows, or nothing",
    POINTS: "points at one place in an image",
}
ERRS = {
    SINGLE_LABEL: "with its surest mistakes",
    MULTI_LABEL: "with its surest mistakes",
    POINTS: "on which it is furthest off",
}


def all_of(run: Run) -> list[Markup]:
    """Every section of a run's report."""
    predictions, table = run.predictions, _images(run)
    return [
        _head(run, predictions, table),
        *data_section.section(run, table),
        *learning_section.section(run),
        *_by_task(run, predictions),
        *reliability.section(run, predictions),
        tag("h2", "Examples"),
        tag(
            "p",
            "Validation images, evenly from all of them, with the run's predictions. " + _legend(run.task),
        ),
        gallery.spread(run, predictions),
        tag("h2", "Where it is wrong"),
        tag("p", f"The validation images {ERRS[run.task]}, the worst first."),
        gallery.worst(run, predictions),
        *_use(run),
    ]


def _images(run: Run) -> pd.DataFrame | None:
    try:
        return run.images
    except RunError:
        return None


def _legend(task: str) -> str:
    if tasks.get(task).has_points:
        return "Ring: the true point. Dot: the predicted one."
    return "“Wrong” was predicted and is not there, “missed” is there and was not predicted."


def _head(run: Run, predictions: Predictions | PointPredictions, table: pd.DataFrame | None) -> Markup:
    trained = (
        "" if table is None else f" It learned from {counted(int((~table['is_valid']).sum()), 'image')} and"
    )
    about = (
        f"A network ({run.config.arch}, {run.config.size} px) that {DOES[run.task]}, trained with "
        f"{choice(run.task, run.config.loss).title}.{trained or ' It'} "
        f"was scored on {len(predictions.fnames):,} others."
    )
    shown = [tag("div", tag("small", name), tag("b", value), tag("small", compared), class_="tile")
             for name, value, compared in _tiles(run, predictions)]  # fmt: skip
    return joined([tag("h1", run.name), tag("p", about), tag("div", *shown, class_="tiles")])


def _tiles(run: Run, predictions: Predictions | PointPredictions) -> list[Tile]:
    if isinstance(predictions, PointPredictions):
        return point_sections.tiles(run, predictions)
    if tasks.get(run.task).allows_several_labels:
        return label_sections.multi_label_tiles(run, predictions)
    return label_sections.single_label_tiles(run, predictions)


def _by_task(run: Run, predictions: Predictions | PointPredictions) -> list[Markup]:
    if isinstance(predictions, PointPredictions):
        return point_sections.points(run, predictions)
    if tasks.get(run.task).allows_several_labels:
        return label_sections.multi_label(run, predictions)
    return label_sections.single_label(run, predictions)


def _use(run: Run) -> list[Markup]:
    command = "pip install onnxruntime numpy pillow\npython predict.py IMAGE_OR_FOLDER... [--csv FILE]"
    inside = (
        "points over -1..1"
        if tasks.get(run.task).has_points
        else "probabilities: the activation of its loss is inside"
    )
    made = ", ".join(f"{name} {version(name)}" for name in ("torch", "fastai"))
    where = " It was imported from a zip." if (run.folder / runs.IMPORTED).is_file() else ""
    return [
        tag("h2", "Use it"),
        tag("p", "The files next to this report are all you need:"),
        tag("pre", command),
        tag("p", f"model.onnx takes any number of images, {run.config.size} x {run.config.size}, and gives {inside}. "
            f"preprocessing.json says how an image must reach it: {IN_WORDS[run.config.resize]}."),
        tag("p", f"Made by Loss Lab with {made}.{where} All images shown are validation images.",
            class_="faint"),
    ]  # fmt: skip
