"""Which column of a table is for what. The cells decide before the headings; every decision is an assumption.

The image column is the one whose cells name most of the images that are there. Columns of 0 and 1 among others of 0
and 1 are classes, whatever they are called. Where two columns are equally likely, `AmbiguousError` names the flag.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from engine.data.formats.assumptions import AmbiguousError, Assumption
from engine.data.formats.files.file_index import Listing
from engine.data.formats.phrases import some
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.tables import cells as cell_kinds
from engine.data.formats.tables import headings
from engine.data.formats.tables.image_column import image_column
from engine.data.formats.tables.label_columns import likely_label_column
from engine.data.formats.tables.text_table import TextTable

NONE = "none"
NOT_READ = "columns not read"
LEAST_CLASSES = 2


@dataclass
class Columns:
    """The places of the columns of a table: `image`, `labels` or `classes`, `x` and `y`, `group`, `split`, and
    `presence` (0 says that the label of its row is not there); None where there is no such column.

    `is_object_table` says that each row is one object, since it has a box; `assumptions` are the decisions.
    """

    table: TextTable
    image: int
    labels: int | None = None
    classes: tuple[int, ...] = ()
    x: int | None = None
    y: int | None = None
    group: int | None = None
    split: int | None = None
    presence: int | None = None
    is_object_table: bool = False
    assumptions: list[Assumption] = field(default_factory=list)
    _cells: dict[int, list[str]] = field(default_factory=dict, repr=False)

    @cached_property
    def names(self) -> list[str]:
        """The headings in their usual form."""
        return [headings.normal(heading) for heading in self.table.header]

    def title(self, at: int | None) -> str:
        """The heading of a column as sentences show it; "" where there is no such column."""
        if at is None:
            return ""
        return f"“{self.table.header[at].strip() or '(no name)'}”"

    def cells(self, at: int | None) -> list[str]:
        """The cells of a column; "" everywhere where there is no such column."""
        if at is None:
            return [""] * len(self.table.rows)
        if at not in self._cells:
            self._cells[at] = self.table.cells_at(at)
        return self._cells[at]

    @property
    def used(self) -> set[int]:
        """The places of all columns that are read."""
        places = (
            self.image,
            self.labels,
            self.x,
            self.y,
            self.group,
            self.split,
            self.presence,
            *self.classes,
        )
        return {at for at in places if at is not None}

    def assume(self, what: str, at: int, evidence: str, option: str) -> None:
        """Record which column is taken for what."""
        self.assumptions.append(Assumption(what, self.title(at), evidence, option))


def columns_of(table: TextTable, listing: Listing, options: ReadOptions) -> Columns:
    """What each column is for. Raises `DatasetError` for a table without a column of images, or for a flag that names
    no column, and `AmbiguousError` where two readings are equally likely."""
    image, evidence = image_column(table, listing, options)
    columns = Columns(table, image)
    columns.assume("image column", image, evidence, "image_column")
    others = [at for at, name in enumerate(table.header) if at != image and (name.strip() or table.rows)]
    binary = [at for at in others if table.header[at].strip() and cell_kinds.is_yes_or_no(columns.cells(at))]
    columns.split = _split(columns, others, binary, options)
    binary = [at for at in binary if at != columns.split]
    columns.is_object_table = any(
        box <= {*columns.names, *map(headings.without_box, columns.names)} for box in headings.BOXES
    )
    _targets(columns, others, binary, options)
    columns.group = _group(columns, others, options)
    _presence(columns, binary)
    _say_what_is_not_read(columns)
    return columns


def _targets(columns: Columns, others: list[int], binary: list[int], options: ReadOptions) -> None:
    """Find the labels, the classes, or x and y."""
    table = columns.table
    if options.x_column and options.y_column:
        columns.x = table.place_of(options.x_column, "--x-column")
        columns.y = table.place_of(options.y_column, "--y-column")
    if options.label_columns:
        given = [table.place_of(heading, "--label-column") for heading in options.label_columns]
        columns.labels, columns.classes = (given[0], ()) if len(given) == 1 else (None, tuple(given))
        return
    labels = _known_labels(columns, others, binary)
    if labels is None and len(binary) >= LEAST_CLASSES and options.format not in ("points", "cells", "rows"):
        almost = [
            at
            for at in others
            if at != columns.split
            and table.header[at].strip()
            and cell_kinds.is_almost_yes_or_no(columns.cells(at))
        ]
        classes = sorted({*binary, *almost})
        columns.classes = tuple(classes)
        says = f"{len(binary)} columns hold 0 and 1 only: {some([table.header[at].strip() for at in binary])}"
        if spoiled := [table.header[at].strip() for at in classes if at not in binary]:
            says += f"; almost only: {some(spoiled)}"
        columns.assumptions.append(Assumption("classes", f"{len(classes)} columns", says, "label_columns"))
    elif labels is not None:
        columns.labels = labels
        columns.assume("label column", labels, "by its heading", "label_columns")
    if columns.x is None:
        _points(columns)
    if columns.labels is None and not columns.classes and columns.x is None:
        left = [at for at in others if at not in columns.used]
        columns.labels = likely_label_column(columns, left, options)


def _known_labels(columns: Columns, others: list[int], binary: list[int]) -> int | None:
    """The column that a heading calls labels; but one of 0 and 1 among others of 0 and 1 is a class like these."""
    places = [at for at in _called_labels(columns) if at in others and at != columns.split]
    at = places[0] if places else None
    return None if at in binary and len(binary) > LEAST_CLASSES else at


def _called_labels(columns: Columns) -> list[int]:
    """The columns that headings call labels, the most usual first, then keys inside of objects in JSON."""
    inner = [headings.normal(one.rpartition(".")[2]) if "." in one else "" for one in columns.table.header]
    usual = (*headings.SEVERAL_LABELS, *headings.ONE_LABEL)
    found = [names.index(name) for names in (columns.names, inner) for name in usual if name in names]
    return list(dict.fromkeys(found))


def _points(columns: Columns) -> None:
    x, y = headings.first(columns.names, headings.X), headings.first(columns.names, headings.Y)
    pairs = list(headings.pairs(columns.names).values())
    if (x is None or y is None) and len(pairs) == 1:
        x, y = (columns.names.index(name) for name in pairs[0])
    if x is None or y is None or {x, y} & {*columns.classes, columns.labels, columns.image}:
        return
    columns.x, columns.y = x, y
    columns.assume("x column", x, "by its heading", "x_column")
    columns.assume("y column", y, "by its heading", "y_column")


def _split(columns: Columns, others: list[int], binary: list[int], options: ReadOptions) -> int | None:
    """The column that says which rows are for training, validation and test."""
    if options.split_column:
        if options.split_column == NONE:
            return None
        return columns.table.place_of(options.split_column, "--split-column")
    if columns.table.part_column is not None:
        return columns.table.part_column
    taken = {columns.table.place_of(one, "--label-column") for one in options.label_columns}
    for at in others:
        cells, name = columns.cells(at), columns.names[at]
        if at in taken or name not in headings.SPLIT:
            continue
        if name in headings.SURE_SPLIT or cell_kinds.names_parts(cells):
            columns.assume("split", at, "by its heading and its cells", "split_column")
            return at
        if at not in binary and name in ("valid", "validation", "split") and _mostly_parts(cells):
            return at
        if at in binary and name in ("valid", "validation", "split"):
            like = [
                one
                for one in binary
                if one != at and cell_kinds.style(columns.cells(one)) == cell_kinds.style(cells)
            ]
            if like:
                raise AmbiguousError(
                    f"{columns.title(at)} of {columns.table.title} holds 0 and 1 like {len(like)} other "
                    "columns: it may be a class, or mark the images for validation.",
                    ("split_column", "label_columns"),
                    [{"split_column": columns.table.header[at].strip()}, {"split_column": NONE}],
                )
            columns.assume("split", at, "by its heading; 1 is for validation", "split_column")
            return at
    labels = _called_labels(columns)
    for at in others:
        if at not in taken and (at not in labels or len(labels) > 1):
            said = {cell_kinds.PARTS.get(cell) for cell in cell_kinds.present(columns.cells(at))}
            if None not in said and cell_kinds.TRAIN in said and len(said) > 1:
                columns.assume("split", at, "its cells are the names of parts", "split_column")
                return at
    return None


def _mostly_parts(cells: list[str]) -> bool:
    """Whether most cells name a part, so that the others are mistakes."""
    known = cell_kinds.PARTS.keys() | cell_kinds.YES | cell_kinds.NO
    filled = [cell for cell in cells if cell]
    return bool(filled) and 2 * sum(cell.casefold() in known for cell in filled) >= len(filled)


def _group(columns: Columns, others: list[int], options: ReadOptions) -> int | None:
    """The column of groups, unless it is a class."""
    if options.group_column:
        is_none = options.group_column == NONE
        return None if is_none else columns.table.place_of(options.group_column, "--group-column")
    free = {at for at in others if at not in columns.used}
    at = headings.first([name if at in free else "" for at, name in enumerate(columns.names)], headings.GROUP)
    if at is not None:
        columns.assume("group", at, "images of one group stay in one part", "group_column")
    return at


def _presence(columns: Columns, binary: list[int]) -> None:
    """The column in which 0 says that the label of its row is not there, as Open Images has it.

    Besides one of a usual heading it is the only one of 0 and 1 where every image has a row for every label.
    """
    free = [at for at in binary if at not in columns.used]
    if columns.labels is None or not free:
        return
    at = headings.first(
        [name if at in free else "" for at, name in enumerate(columns.names)], headings.PRESENCE
    )
    if at is None and len(free) == 1 and _has_every_pair(columns):
        at = free[0]
    if at is not None:
        columns.presence = at
        says = f"{columns.title(at)} is 0 or 1; a row with 0 means that the label is absent"
        columns.assumptions.append(Assumption("presence", columns.title(at), says))


def _has_every_pair(columns: Columns) -> bool:
    """Whether each image is named with each of several labels, so that the rows alone say nothing."""
    pairs = set(zip(columns.cells(columns.image), columns.cells(columns.labels), strict=True))
    images, labels = {image for image, _ in pairs}, {label for _, label in pairs}
    return len(labels) > 1 and len(images) > 1 and len(pairs) == len(images) * len(labels)


def _say_what_is_not_read(columns: Columns) -> None:
    names = columns.table.header
    left = [names[at].strip() for at in range(len(names)) if at not in columns.used and names[at].strip()]
    if left:
        says = "no other use was found for them"
        columns.assumptions.append(Assumption(NOT_READ, some(left), says, "label_columns"))
