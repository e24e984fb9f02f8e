"""A table of points: points.csv with fname, x and y in pixels of the upright image; images in images/."""

from __future__ import annotations

from engine.data.exports.csv_text import common_columns, csv_text
from engine.data.exports.export_format import Contents, ExportFormat
from engine.data.exports.layout import placed, short_names
from engine.data.exports.limitations import turned_images
from engine.data.formats import Dataset


def contents(dataset: Dataset) -> Contents:
    """The table; width and height stand next to x and y, so that these are never taken for fractions."""
    names, table = short_names(dataset), dataset.table
    columns = {"fname": names, "x": table["x"].tolist(), "y": table["y"].tolist(), **common_columns(dataset)}
    columns |= {side: table[side].tolist() for side in ("width", "height")}
    images = placed(dataset, [f"images/{name}" for name in names])
    return Contents({"points.csv": csv_text(columns)}, images, tuple(turned_images(dataset)))


POINTS_TABLE = ExportFormat(
    "points",
    "Table of points (CSV)",
    "A table with a row for each image: its file, x and y in its pixels, whether it is for validation, and its size;"
    " images in `images/`.",
    contents,
    keeps_groups=True,
)
