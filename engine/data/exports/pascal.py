"""PASCAL_2007 as fastai has it: train.csv with fname, labels and is_valid; images in train/."""

from __future__ import annotations

from engine.data.exports.csv_text import common_columns, csv_text
from engine.data.exports.export_format import Contents, ExportFormat
from engine.data.exports.layout import placed, short_names
from engine.data.formats import Dataset


def contents(dataset: Dataset) -> Contents:
    """Labels are separated by spaces, as in PASCAL_2007; by bars where a label has a space in it."""
    names = short_names(dataset)
    columns = {"fname": names, "labels": _joined(dataset), **common_columns(dataset)}
    return Contents({"train.csv": csv_text(columns)}, placed(dataset, [f"train/{name}" for name in names]))


def _joined(dataset: Dataset) -> list[str]:
    rows = dataset.table["labels"]
    if any(" " in label for label in dataset.vocab):
        return ["".join(f"{label}|" for label in labels) for labels in rows]
    return [" ".join(labels) for labels in rows]


PASCAL = ExportFormat(
    "pascal",
    "PASCAL_2007 (CSV)",
    "A table with a row for each image: its file, its labels, and whether it is for validation; images in `train/`."
    " The book's own code reads this.",
    contents,
    keeps_groups=True,
)
