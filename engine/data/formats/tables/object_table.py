"""A table with a row for each object and its box, as TensorFlow, Roboflow and Open Images write it, read for points.

For labels it is a table with a row for each label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.data.formats.evidence import Evidence
from engine.data.formats.objects.lone_objects import keep_lone_objects
from engine.data.formats.objects.numbers import finite
from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.source import Source
from engine.data.formats.tables.columns import Columns
from engine.data.formats.tables.headings import without_box
from engine.data.formats.tables.image_table import names_matched, rows_of, split_rows, table_with

CORNERS = (
    ("x_min", "y_min", "x_max", "y_max"),
    ("xmin", "ymin", "xmax", "ymax"),
    ("x1", "y1", "x2", "y2"),
    ("left", "top", "right", "bottom"),
)
SIDES = ("bbox_x", "bbox_y", "bbox_width", "bbox_height")
LARGEST_SHARE = 1.0


def find(source: Source) -> Evidence | None:
    """A table with a box in each row: its corners, or its left, top, width and height."""
    columns = table_with(source, _has_box)
    if columns is None:
        return None
    says = f"Each row of {columns.table.title} is an object with its box."
    return Evidence((says, names_matched(source, columns)), table=columns.table.path)


def read(source: Source) -> ParsedSource:
    """One row for each image with exactly one object, whose point is the middle of its box.

    Corners that all lie between 0 and 1 are shares of the image.
    """
    columns = table_with(source, _has_box)
    assert columns is not None
    boxes = _boxes(columns)
    parsed = rows_of(source, columns)
    fnames = [row.fname for row in parsed.rows]
    parsed.unit = _unit(boxes)
    parsed.unit_without = lambda gone: _unit(
        [box for box, fname in zip(boxes, fnames, strict=True) if fname not in gone]
    )
    parsed.assume(
        "units", parsed.unit, f"the largest corner is {max((max(box) for box in boxes if box), default=0):g}"
    )
    for row, box in zip(parsed.rows, boxes, strict=True):
        row.point_px = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) if box else None
    counts = Counter(row.fname for row in parsed.rows)
    split_rows(parsed, columns)
    several = {fname for fname, count in counts.items() if count > 1}
    kept = {row.fname: row for row in parsed.rows}
    for fname in several & kept.keys():
        kept[fname].point_px = None
    parsed.rows = list(kept.values())
    keep_lone_objects(parsed)
    return parsed


def _unit(boxes: Sequence[Sequence[float] | None]) -> str:
    """Fractions where no corner is larger than 1."""
    is_share = all(number <= LARGEST_SHARE for box in boxes if box for number in box)
    return "fractions" if is_share else "pixels"


def _corners(columns: Columns) -> tuple[int, ...] | None:
    """The places of the columns of the corners: left, top, right, bottom."""
    for headings in (columns.names, [without_box(name) for name in columns.names]):
        for names in CORNERS:
            if all(name in headings for name in names):
                return tuple(headings.index(name) for name in names)
    return None


def _sides(columns: Columns) -> tuple[int, ...] | None:
    """The places of the columns of a box's left, top, width and height."""
    if all(name in columns.names for name in SIDES):
        return tuple(columns.names.index(name) for name in SIDES)
    return None


def _has_box(columns: Columns) -> bool:
    return _corners(columns) is not None or _sides(columns) is not None


def _boxes(columns: Columns) -> list[list[float] | None]:
    """Left, top, right and bottom in each row, None where they are no numbers."""
    places, sides = _corners(columns), _sides(columns)
    boxes = [_numbers([cells[at] for at in places or sides or ()]) for _, cells in columns.table.rows]
    if places:
        return boxes
    return [[box[0], box[1], box[0] + box[2], box[1] + box[3]] if box else None for box in boxes]


def _numbers(cells: Sequence[str]) -> list[float] | None:
    try:
        return [finite(cell) for cell in cells]
    except ValueError:
        return None
