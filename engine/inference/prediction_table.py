"""Predictions as rows of a table."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from engine import tasks
from engine.data.csv_writer import csv_text, safe_cell
from engine.data.formats.phrases import counted
from engine.functional.coordinates import to_px
from engine.inference.image_stream import PredictedImage
from engine.inference.predict import LabelPrediction, PointPrediction
from engine.jobs.atomic_write import write_text
from engine.jobs.output_files import OutputError
from engine.runs import Run

FAMILIAR = "familiar"
"""The column that says whether an image is like those of training."""
FAMILIAR_CELLS = {True: "yes", False: "no", None: ""}
"""What stands in that column; empty where it is not known."""


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
    """An image file's row: its name, the cells of its prediction, and whether the image is like those of training.

    The last cell is "yes" or "no"; a no makes the prediction a guess. It is empty where the run cannot tell.
    """
    cells = {"fname": image.fname} | row(image.prediction, image.size_wh)
    return cells | {FAMILIAR: FAMILIAR_CELLS[image.prediction.is_familiar]}


def columns(run: Run) -> list[str]:
    """The columns that `file_row` fills for this run."""
    if tasks.get(run.task).has_points:
        return ["fname", "x_px", "y_px", FAMILIAR]
    return ["fname", "labels", *(f"p({label})" for label in run.vocab), FAMILIAR]


def guesses(rows: Sequence[Mapping[str, object]]) -> str:
    """One sentence on how many of these files' predictions are guesses; "" where none is.

    >>> guesses([{"familiar": "no"}, {"familiar": "yes"}])
    '1 of 2 images is unlike the training images: its prediction is a guess.'
    """
    count = sum(row[FAMILIAR] == FAMILIAR_CELLS[False] for row in rows)
    if not count:
        return ""
    verb, whose = (
        ("is", "its prediction is a guess") if count == 1 else ("are", "their predictions are guesses")
    )
    return f"{count:,} of {counted(len(rows), 'image')} {verb} unlike the training images: {whose}."


def check_csv(path: Path, run: Run) -> None:
    """Raise `OutputError` for a file that is there and holds something other than predictions of such a run."""
    if not path.is_file():
        return
    with open(path, newline="", encoding="utf-8-sig", errors="replace") as opened:
        header = next(csv.reader(opened), [])
    if header and header != [*map(str, map(safe_cell, columns(run)))]:
        raise OutputError(f"{path} exists already and holds no predictions of this run: name another file.")


def save_csv(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write rows to a CSV file, whole, that is safe to open in a spreadsheet."""
    write_text(path, csv_text(list(rows)))
