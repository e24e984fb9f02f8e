"""The forms in which a data set can be exported; each export is read back before it is offered."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.data.exports.coco import coco
from engine.data.exports.layout import Contents
from engine.data.exports.tables import pascal_2007, points_table
from engine.data.formats import Dataset, DatasetError
from engine.data.formats.detect_format import parse_source
from engine.data.formats.files.file_index import Listing
from engine.data.formats.parsed_source import Row
from engine.data.formats.phrases import some
from engine.data.formats.source import Source
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL


class ExportError(ValueError):
    """A data set cannot be exported so; one sentence that says why and what to do."""


@dataclass(frozen=True)
class ExportForm:
    """A form: what a person calls it, which tasks it serves, and what makes its contents."""

    title: str
    tasks: tuple[str, ...]
    make: Callable[[Dataset], Contents]


FORMS = {
    "pascal": ExportForm("PASCAL_2007: train.csv", (SINGLE_LABEL, MULTI_LABEL), pascal_2007),
    "points": ExportForm("Points: points.csv", (POINTS,), points_table),
    "coco": ExportForm("COCO: JSON", (SINGLE_LABEL, MULTI_LABEL, POINTS), coco),
}


def forms_for(task: str) -> list[str]:
    """The names of the forms that serve a task, the usual one first."""
    return [name for name, form in FORMS.items() if task in form.tasks]


def contents(dataset: Dataset, form: str) -> Contents:
    """What is to be written, proved to read back as the same record. Raises `ExportError` where it would not."""
    if dataset.task not in FORMS[form].tasks:
        raise ExportError(f"“{FORMS[form].title}” does not hold {dataset.task}; choose another form.")
    made = FORMS[form].make(dataset)
    try:
        found = _read_back(made, dataset.task)
    except DatasetError as error:
        raise ExportError(
            f"“{FORMS[form].title}” cannot hold this data set; read back, it would say: {error.problems[0]}"
        ) from error
    lost = _differing(dataset, made, found)
    if lost:
        raise ExportError(
            f"“{FORMS[form].title}” cannot hold {some(lost)}: such a name or label would not read back as it is;"
            " choose another form, or rename it."
        )
    return made


def _read_back(made: Contents, task: str) -> dict[str, Row]:
    """The rows by the pictures' names in the zip, read from the texts alone: pictures are not needed for it."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in made.texts.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        listing = Listing(Path(folder), tuple(sorted([*made.texts, *made.images])))
        found = parse_source(Source(Path(folder), listing), task, 0.2)
    if found.problems:
        raise DatasetError([str(problem) for problem in found.problems])
    return {row.fname: row for row in found.rows}


def _differing(dataset: Dataset, made: Contents, found: dict[str, Row]) -> list[str]:
    rows = zip(made.images, dataset.table.to_dict("records"), strict=True)
    return [f"“{row['fname']}”" for name, row in rows if not _is_same(row, found.get(name))]


def _is_same(row: dict, read: Row | None) -> bool:
    if read is None or bool(read.is_valid) != bool(row["is_valid"]):
        return False
    if (row.get("group") or None) != (read.group or None):
        return False
    if "x" in row:
        return read.point_px == (float(row["x"]), float(row["y"]))
    return read.labels == tuple(row["labels"])
