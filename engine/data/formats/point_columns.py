"""A table with a point for each picture: fname, x, y; in pixels, shares of the picture, percent, or -1..1."""

from __future__ import annotations

import math
from statistics import median

from engine.data.formats.image_table import names_found, rows_of, table_with
from engine.data.formats.match import Evidence
from engine.data.formats.parsed_source import Found, Problem
from engine.data.formats.phrases import some
from engine.data.formats.read_options import How
from engine.data.formats.source import Source
from engine.data.formats.text_table import TextTable
from engine.functional.coordinates import to_px
from engine.images import ImageError, image_size

COLUMNS = ("fname", "x", "y")
MEASURED = 40
"""How many pictures are measured to tell percent from pixels."""
LEAST_POINTS = 5


def find(source: Source) -> Evidence | None:
    """The table of pictures with x and y, and the unit that these seem to be in."""
    table = table_with(source, *COLUMNS)
    if table is None:
        return None
    unit, why = _unit(source, table)
    says = f"“{table.path.name}” has a column of pictures and the columns x and y."
    return Evidence((says, why, names_found(source, table)), unit=unit, table=table.path)


def read(source: Source, how: How) -> Found:
    """One row for each picture. Without a unit, points are pixels, and shares of the picture are a problem."""
    table = table_with(source, *COLUMNS)
    found = rows_of(source, table)
    found.unit = how.unit or "pixels"
    strange = []
    for row, x, y in zip(found.rows, table.cells("x"), table.cells("y"), strict=True):
        try:
            row.point_px = _number(x), _number(y)
        except ValueError:
            strange.append((row.fname, f"“{x}”, “{y}” in {row.where}"))
    if strange:
        says = lambda told: f"x and y must be numbers, in {found.unit}: {some(told)}."  # noqa: E731
        found.problems.append(Problem("number", tuple(strange), says))
    if not _has_sizes(table):
        _refuse_to_guess(found, how)
    return found


def in_pixels(point: tuple[float, float], unit: str, size_wh: tuple[int, int]) -> tuple[float, float]:
    """A point in pixels of its own picture, from any of `engine.data.formats.read_options.UNITS`.

    >>> in_pixels((50, 25), "percent", (640, 480))
    (320.0, 120.0)
    """
    if unit == "pixels":
        return point
    if unit == "-1..1":
        x, y = to_px(list(point), size_wh)
        return float(x), float(y)
    whole = 100 if unit == "percent" else 1
    return point[0] * size_wh[0] / whole, point[1] * size_wh[1] / whole


def _refuse_to_guess(found: Found, how: How) -> None:
    points = [row.point_px for row in found.rows if row.point_px]
    if how.unit is None and points and all(abs(value) <= 1 for point in points for value in point):
        found.problems.append(
            "Every x and y lies between -1 and 1, so they look like shares of the picture; give them in pixels."
        )
        for row in found.rows:
            row.point_px = None


def _has_sizes(table: TextTable) -> bool:
    return {"width", "height"} <= {heading.strip().casefold() for heading in table.header}


def _number(cell: str) -> float:
    text = cell.removesuffix("%")
    if text.count(",") == 1 and "." not in text:  # a decimal comma, as much of Europe writes it
        text = text.replace(",", ".")
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(cell)
    return value


def _unit(source: Source, table: TextTable) -> tuple[str, str]:
    """The unit by its heading, by percent signs, or by the range of the numbers; and the reason as a sentence."""
    xs, ys = ([_or_none(cell) for cell in table.cells(name)] for name in "xy")
    values = [value for value in (*xs, *ys) if value is not None]
    headings = " ".join(table.header[table.column(name)].casefold() for name in "xy")
    if _has_sizes(table):
        return (
            "pixels",
            "The width and height of each picture stand beside x and y, so they are taken as pixels.",
        )
    if "percent" in headings:
        return "percent", "The headings call x and y percent."
    if any(cell.endswith("%") for cell in table.cells("x")):
        return "percent", "x and y bear percent signs."
    if not values:
        return "pixels", "No x or y is a number."
    low, high = min(values), max(values)
    lie = f"x and y lie between {low:g} and {high:g}"
    if low >= 0 and high <= 1:
        return "fractions", f"{lie}, so they are taken as fractions of the picture's sides."
    if low >= -1 and high <= 1:
        return "-1..1", f"{lie}, so they are taken to run from -1 to 1 between the picture's edges."
    shorter = _usual_shorter_side(source, table) if low >= 0 and high <= 100 else 0
    if shorter > 200 and len(values) >= 2 * LEAST_POINTS and high > 50:
        return (
            "percent",
            f"{lie} in pictures of about {shorter:.0f} pixels, so they are taken as percent of the sides.",
        )
    return "pixels", f"{lie}, so they are taken as pixels."


def _or_none(cell: str) -> float | None:
    try:
        return _number(cell)
    except ValueError:
        return None


def _usual_shorter_side(source: Source, table: TextTable) -> float:
    found = rows_of(source, table)
    there = [row.fname for row in found.rows if row.fname in source.listing.known]
    sides = []
    for fname in there[:: max(1, len(there) // MEASURED)]:
        try:
            sides.append(min(image_size(source.listing.folder / fname)))
        except ImageError:
            continue
    return median(sides) if sides else 0
