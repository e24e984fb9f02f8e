"""Answers as rows of a table: one run and many picture files, the unreadable ones told apart."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from engine import predict
from engine.answers_csv import answers_csv
from engine.files import write_text
from engine.images import ImageError, open_image
from engine.predict import LabelAnswer, PointAnswer
from engine.runs import Run


def answer_files(run_folder: Path, pictures: Iterable[str]) -> tuple[list[dict], list[str]]:
    """A row for each readable picture, and a sentence for each that is not.

    Raises `engine.runs.RunError` or `engine.weights.WeightsError` where the run cannot answer at all.
    """
    model = predict.load(Run(run_folder))
    rows, problems = [], []
    for name in pictures:
        try:
            picture = open_image(Path(name))
        except ImageError as error:
            problems.append(str(error))
            continue
        rows.append({"fname": name} | row(model.predict([picture])[0]))
    return rows, problems


def row(answer: LabelAnswer | PointAnswer) -> dict[str, object]:
    """An answer's cells: the labels and every probability, or the point in the picture's pixels."""
    if isinstance(answer, PointAnswer):
        return {"x": round(float(answer.point_px[0]), 2), "y": round(float(answer.point_px[1]), 2)}
    probs = {f"p({label})": round(float(p), 6) for label, p in zip(answer.vocab, answer.probs, strict=True)}
    return {"labels": " ".join(answer.labels)} | probs


def save_csv(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write rows to a CSV file, whole, that is safe to open in a spreadsheet."""
    write_text(path, answers_csv(list(rows)))
