"""Tables with a row for each of several points of an image, which another column names, such as “nose” and “tail”."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.objects.keypoint_option import BOX, chosen
from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.phrases import counted, quoted, some
from engine.data.formats.record import DatasetError
from engine.data.formats.tables.cells import is_number
from engine.data.formats.tables.columns import Columns

MOST_NAMES = 200


def keep_named_points(parsed: ParsedSource, columns: Columns, keypoint: str | None) -> None:
    """Keep the rows of the point that the option `keypoint` names, where images have rows for several points.

    Images without that point are left out, which is noted. Raises `AmbiguousError` where no point was named, and
    `DatasetError` for a name that is not there. Tables with a row for each image stay as they are.
    """
    at = _name_column(columns)
    if at is None or keypoint == BOX:
        return
    cells = columns.cells(at)
    names = list(dict.fromkeys(cell for cell in cells if cell))
    if keypoint is None:
        raise AmbiguousError(
            f"{columns.table.title} holds several points for each image, named by {columns.title(at)}:"
            f" {some(quoted(names))}.",
            ["keypoint"],
            [{"keypoint": name} for name in names],
        )
    place = chosen(names, keypoint)
    if place is None:
        raise DatasetError(f"There is no keypoint “{keypoint}”; the keypoints are {some(quoted(names))}.")
    every = {row.fname for row in parsed.rows}
    parsed.rows = [row for row, cell in zip(parsed.rows, cells, strict=True) if cell == names[place]]
    without = sorted(every - {row.fname for row in parsed.rows})
    if without:
        parsed.notes.append(
            f"Left out: {counted(len(without), 'image')} without “{names[place]}”: {some(without)}."
        )
    parsed.assume("point", names[place], f"{columns.title(at)} names the points", "keypoint")


def _name_column(columns: Columns) -> int | None:
    """The column that names the points of an image: no two rows of an image have the same name in it."""
    images = columns.cells(columns.image)
    if len(set(images)) == len(images):
        return None
    others = [at for at in range(len(columns.names)) if at not in columns.used]
    candidates = others if columns.labels is None else [columns.labels, *others]
    return next((at for at in candidates if _names_points(columns.cells(at), images)), None)


def _names_points(cells: Sequence[str], images: Iterable[str]) -> bool:
    names = set(cells)
    are_words = not all(is_number(name) for name in names if name)
    pairs = set(zip(images, cells, strict=True))
    return are_words and 1 < len(names) <= MOST_NAMES and len(pairs) == len(cells)
