"""Answers as rows of a table: one run and many picture files, the unreadable ones told apart."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from engine.data.csv_writer import answers_csv
from engine.functional.coordinates import to_px
from engine.images import ImageError, image_size
from engine.inference import predict
from engine.inference.predict import LabelAnswer, PointAnswer
from engine.jobs import access
from engine.jobs.atomic_write import write_text
from engine.runs import Run


def answer_files(run_folder: Path, pictures: Iterable[str]) -> tuple[list[dict], list[str]]:
    """A row for each readable picture, and a sentence for each that is not.

    Raises `engine.runs.RunError` or `engine.training.weights.WeightsError` where the run cannot answer at all.
    """
    model = predict.load(Run(run_folder))
    rows, problems = [], []
    for name in pictures:
        try:
            file = access.authorize(name, ImageError)
            size_wh, answer = image_size(file), model.predict_files([file])[0]
        except ImageError as error:
            problems.append(str(error))
            continue
        rows.append({"fname": name} | row(answer, size_wh))
    return rows, problems


def row(answer: LabelAnswer | PointAnswer, size_wh: tuple[int, int]) -> dict[str, object]:
    """An answer's cells: the labels and every probability, or the point in pixels of a picture of that size.

    The size is the file's own; a very large picture is looked at smaller.
    """
    if isinstance(answer, PointAnswer):
        x, y = to_px(answer.point_unit.astype(float), size_wh)
        return {"x_px": round(float(x), 2), "y_px": round(float(y), 2)}
    probs = {f"p({label})": round(float(p), 6) for label, p in zip(answer.vocab, answer.probs, strict=True)}
    return {"labels": " ".join(answer.labels)} | probs


def save_csv(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write rows to a CSV file, whole, that is safe to open in a spreadsheet."""
    write_text(path, answers_csv(list(rows)))
