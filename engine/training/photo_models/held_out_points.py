"""The points model's held-out predictions for images with a face: numbers only, stored so that lesson 5 can show them.

`python -m engine.training.photo_models.held_out_points --coco PATH --faces PATH` predicts again, with the same folds as
the fitting, and writes `held_out_points.csv`; the fitted model is not changed. It takes some minutes on two cores.
"""

import csv
import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from engine.images import open_image
from engine.jobs.atomic_write import write_text
from engine.training.photo_models import command, files, sources

FNAME = "held_out_points.csv"
COLUMNS = (
    "person", "fold", "is_crop", "width", "height", "true_x", "true_y", "predicted_x", "predicted_y", "face_prob",
)  # fmt: skip


@dataclass(frozen=True)
class HeldOutPoint:
    """One image with a face, and the prediction of a head that was fitted without its person and its fold.

    Attributes:
        person: the person it shows.
        fold: the fold that it was held out in.
        is_crop: whether it is the original face crop; otherwise the crop was pasted into a photograph.
        size_wh: width and height of the image in pixels.
        true, predicted: the point (x, y) between the eyes, as fractions of the width and the height.
        face_prob: the predicted probability that there is a face.
    """

    person: str
    fold: int
    is_crop: bool
    size_wh: tuple[int, int]
    true: tuple[float, float]
    predicted: tuple[float, float]
    face_prob: float


def write(points: Sequence[HeldOutPoint], folder: Path = files.FOLDER) -> None:
    """Write `held_out_points.csv`, a row for each image."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for point in points:
        shares = [f"{share:.4f}" for share in (*point.true, *point.predicted)]
        row = [point.person, point.fold, int(point.is_crop), *point.size_wh, *shares]
        table.writerow([*row, f"{point.face_prob:.4f}"])
    write_text(folder / FNAME, text.getvalue())


def read(folder: Path | None = None) -> list[HeldOutPoint]:
    """The stored predictions. Raises `PhotoModelError` where the file is missing or damaged."""
    path = (folder or files.FOLDER) / FNAME
    try:
        with open(path, newline="", encoding="utf-8") as opened:
            points = [_of_row(row) for row in csv.DictReader(opened)]
    except FileNotFoundError as error:
        raise files.missing(path) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise files.damaged(path) from error
    if not points:
        raise files.damaged(path)
    return points


def _of_row(row: dict[str, str]) -> HeldOutPoint:
    numbers = {name: float(row[name]) for name in COLUMNS[3:]}
    shares = (numbers["true_x"], numbers["true_y"], numbers["face_prob"])
    is_consistent = (
        all(map(isfinite, numbers.values()))
        and min(numbers["width"], numbers["height"]) >= 1
        and all(0 <= share <= 1 for share in shares)
        and row["is_crop"] in ("0", "1")
    )
    if not is_consistent:
        raise ValueError("a number is impossible")
    return HeldOutPoint(
        row["person"],
        int(row["fold"]),
        row["is_crop"] == "1",
        (int(row["width"]), int(row["height"])),
        (numbers["true_x"], numbers["true_y"]),
        (numbers["predicted_x"], numbers["predicted_y"]),
        numbers["face_prob"],
    )


def main(arguments: list[str] | None = None) -> int:
    """Predict and write. Returns the exit status."""
    from engine.training.photo_models import fit_point

    parser = command.parser("engine.training.photo_models.held_out_points", __doc__, files.FOLDER)
    command.add_faces(parser)
    options = parser.parse_args(arguments)
    datasets = command.read_datasets(options)
    if datasets is None:
        return 2
    photographs, faces = datasets
    try:
        sources.check_faces(photographs, faces)
    except sources.SourceError as error:
        print(error, file=sys.stderr)
        return 2
    backgrounds = [open_image(path) for path in photographs.without(["person"])]
    write(fit_point.held_out(faces, backgrounds), options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
