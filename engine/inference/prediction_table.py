"""Predictions as rows of a table."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from engine import tasks
from engine.data.csv_writer import csv_text
from engine.functional.coordinates import to_px
from engine.inference.image_stream import PredictedImage
from engine.inference.predict import LabelPrediction, PointPrediction
from engine.jobs.atomic_write import write_text
from engine.runs import Run


def row(prediction: LabelPrediction | PointPrediction, size_wh: tuple[int, int]) -> dict[str, object]:
    """A prediction's cells: the labels and every probability, or the point in pixels of an image of that size.

    The size is the file's own; a very large image is decoded smaller.
    """
    if isinstance(prediction, PointPrediction):
        x, y = to_px(prediction.point_unit.astype(float), size_wh)
        return {"x_px": round(float(x), 2), "y_px": round(float(y), 2)}
    cells: dict[str, object] = {"labels": " ".join(prediction.labels)}
    for label, prob in zip(prediction.vocab, prediction.probs, strict=True):
        cells[f"p({label})"] = round(float(prob), 6)
    return cells


def file_row(image: PredictedImage) -> dict[str, object]:
    """An image file's row: its name, then the cells of its prediction."""
    return {"fname": image.fname} | row(image.prediction, image.size_wh)


def columns(run: Run) -> list[str]:
    """The columns that `row` fills for this run."""
    if tasks.get(run.task).has_points:
        return ["x_px", "y_px"]
    return ["labels", *(f"p({label})" for label in run.vocab)]


def save_csv(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write rows to a CSV file, whole, that is safe to open in a spreadsheet."""
    write_text(path, csv_text(list(rows)))
