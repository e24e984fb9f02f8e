"""A table with a point for each image: fname, x, y; in pixels, shares of the image, percent, or -1..1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import compress
from statistics import median

from engine.data.formats.assumptions import AS_SAID, AmbiguousError
from engine.data.formats.bad_rows import set_aside
from engine.data.formats.evidence import Evidence
from engine.data.formats.parsed_source import ParsedSource, Problem, Row
from engine.data.formats.phrases import some
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.source import Source
from engine.data.formats.tables import headings
from engine.data.formats.tables.cells import is_missing, number
from engine.data.formats.tables.columns import Columns
from engine.data.formats.tables.image_table import (
    merge_equal_rows,
    names_matched,
    rows_of,
    split_rows,
    table_with,
)
from engine.data.formats.tables.named_points import keep_named_points
from engine.functional.coordinates import to_px
from engine.images import ImageError, image_size

MEASURED = 40
"""How many images are measured to tell percent from pixels."""
LEAST_POINTS = 5


def find(source: Source) -> Evidence | None:
    """The table of images with x and y, and the unit that these seem to be in."""
    columns = _columns(source)
    if columns is None:
        return None
    unit, why = _unit(source, columns)
    x, y = columns.title(columns.x), columns.title(columns.y)
    says = f"{columns.table.title} has a column of images and the columns {x} and {y}."
    return Evidence((says, why, names_matched(source, columns)), unit=unit, table=columns.table.path)


def read(source: Source, options: ReadOptions) -> ParsedSource:
    """One row for each image, its point in the unit that was given or that the numbers suggest."""
    columns = _columns(source)
    assert columns is not None
    parsed = rows_of(source, columns)
    parsed.unit, why = (options.units, AS_SAID) if options.units else _unit(source, columns)
    parsed.assume("units", parsed.unit, why, "units")
    if not options.units:
        fnames = [row.fname for row in parsed.rows]
        parsed.unit_without = lambda gone: _unit(source, columns, [name not in gone for name in fnames])[0]
    strange, empty = [], []
    has_thousands = _has_thousands([*columns.cells(columns.x), *columns.cells(columns.y)])
    points = list(zip(columns.cells(columns.x), columns.cells(columns.y), strict=True))
    of_row = {id(row): point for row, point in zip(parsed.rows, points, strict=True)}
    keep_named_points(parsed, columns, options.keypoint)
    for row in parsed.rows:
        x, y = of_row[id(row)]
        if is_missing(x) and is_missing(y):
            empty.append(row)
            continue
        try:
            if has_thousands and "," in f"{x}{y}":
                raise ValueError
            row.point_px = number(x), number(y)
        except ValueError:
            strange.append((row.fname, f"“{x}”, “{y}” in {row.where}"))
    if strange:
        says = lambda told: f"x and y must be numbers, in {parsed.unit}: {some(told)}."  # noqa: E731
        parsed.problems.append(Problem("number", tuple(strange), says))
    split_rows(parsed, columns)
    _leave_out(parsed, empty)
    merge_equal_rows(parsed)
    return parsed


def _has_thousands(cells: Sequence[str]) -> bool:
    """Whether commas may stand between thousands: next to numbers without one, all have three digits behind theirs."""
    written = [cell for cell in cells if not is_missing(cell)]
    with_comma = [cell for cell in written if "," in cell]
    in_threes = all(re.fullmatch(r"-?\d{1,3}(,\d{3})+", cell) for cell in with_comma)
    return 0 < len(with_comma) < len(written) and in_threes


def _leave_out(parsed: ParsedSource, empty: Sequence[Row]) -> None:
    """Set images aside whose x and y are both empty, since their points are still to be placed.

    Where no row has a point, they are a problem instead.
    """
    gone = {id(row) for row in empty}
    kept = [row for row in parsed.rows if id(row) not in gone]
    have_points = {row.fname for row in kept}
    told = tuple((row.fname, row.where) for row in empty if row.fname not in have_points)
    if told and not kept:
        parsed.problems.append(
            Problem("no point", told, lambda told: f"No image has a point; x and y are empty: {some(told)}.")
        )
        return
    parsed.rows = kept
    if told:
        says = lambda told: f"{set_aside(len(told))} Without x and y: {some(told)}."  # noqa: E731
        parsed.set_aside.append(Problem("no point", told, says))


def _columns(source: Source) -> Columns | None:
    """The first table with x and y."""
    columns = table_with(source, lambda columns: columns.x is not None)
    if columns is None:
        _ask_for_pairs(source)
    return columns


def _ask_for_pairs(source: Source) -> None:
    """Tables such as face landmarks name several points: which one is meant, only a person knows.

    Only asked where no table holds labels, unless points were said.
    """
    if source.options.format != "points" and table_with(source, _has_labels):
        return
    for table in source.tables:
        pairs = headings.pairs([headings.normal(heading) for heading in table.header])
        if len(pairs) > 1 and source.options.format in (None, "points"):
            both = [{"x_column": x, "y_column": y} for x, y in pairs.values()]
            raise AmbiguousError(
                f"{table.title} holds {len(pairs)} points for each image: {some([*pairs])}.",
                ("x_column", "y_column"),
                both,
            )


def _has_labels(columns: Columns) -> bool:
    return columns.labels is not None or bool(columns.classes)


def in_pixels(point: tuple[float, float], unit: str, size_wh: tuple[int, int]) -> tuple[float, float]:
    """A point in pixels of its own image, from any of `engine.data.formats.read_options.UNITS`.

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


def _has_sizes(columns: Columns) -> bool:
    return {"width", "height"} <= set(columns.names)


def _unit(source: Source, columns: Columns, is_used: Sequence[bool] | None = None) -> tuple[str, str]:
    """The unit by its heading, by percent signs, or by the range of the numbers; and the reason as a sentence.

    `is_used` says for each row whether its numbers count; by default all do.
    """
    used = is_used or [True] * len(columns.table.rows)
    cells = [*compress(columns.cells(columns.x), used), *compress(columns.cells(columns.y), used)]
    values = [value for cell in cells if (value := _or_none(cell)) is not None]
    titles = f"{columns.title(columns.x)} {columns.title(columns.y)}".casefold()
    if _has_sizes(columns):
        return (
            "pixels",
            "The width and height of each image are next to x and y, so these are taken as pixels.",
        )
    if "percent" in titles:
        return "percent", "The headings call x and y percent."
    if any(cell.endswith("%") for cell in columns.cells(columns.x)):
        return "percent", "x and y have percent signs."
    if not values:
        return "pixels", "No x or y is a number."
    low, high = min(values), max(values)
    lie = f"x and y lie between {low:g} and {high:g}"
    if low >= 0 and high <= 1:
        return "fractions", f"{lie}, so they are taken as fractions of the image's sides."
    if low >= -1 and high <= 1:
        return "-1..1", f"{lie}, so they are taken to run from -1 to 1 between the image's edges."
    shorter = _usual_shorter_side(source, columns) if low >= 0 and high <= 100 else 0
    if shorter > 200 and len(values) >= 2 * LEAST_POINTS and high > 50:
        return (
            "percent",
            f"{lie} in images of about {shorter:.0f} pixels, so they are taken as percent of the sides.",
        )
    return "pixels", f"{lie}, so they are taken as pixels."


def _or_none(cell: str) -> float | None:
    try:
        return number(cell)
    except ValueError:
        return None


def _usual_shorter_side(source: Source, columns: Columns) -> float:
    parsed = rows_of(source, columns)
    there = [row.fname for row in parsed.rows if row.fname in source.listing.known]
    sides = []
    for fname in there[:: max(1, len(there) // MEASURED)]:
        try:
            sides.append(min(image_size(source.listing.folder / fname)))
        except ImageError:
            continue
    return median(sides) if sides else 0
