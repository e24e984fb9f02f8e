"""The column of labels where no heading names it: the only one whose cells could be labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.phrases import some
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.tables import cells as cell_kinds
from engine.data.formats.tables import headings

if TYPE_CHECKING:
    from engine.data.formats.tables.columns import Columns

LONGEST_LABEL = 60
MOST_WORDS = 12


def likely_label_column(columns: Columns, places: list[int], options: ReadOptions) -> int | None:
    """The place of the only column that could hold labels, or None. Raises `AmbiguousError` where several could."""
    likely = [at for at in places if _may_hold_labels(columns, at)]
    likely = [at for at in likely if len(set(columns.cells(at))) > 1] or likely
    if len(likely) > 1:
        titles = some([columns.title(at) for at in likely])
        raise AmbiguousError(
            f"{len(likely)} columns of {columns.table.title} could hold the labels: {titles}.",
            ("label_columns",),
            [{"label_columns": (columns.table.header[at].strip(),)} for at in likely],
        )
    if likely:
        columns.assume(
            "label column", likely[0], "the only column whose cells repeat like labels", "label_columns"
        )
        return likely[0]
    return None


def _may_hold_labels(columns: Columns, at: int) -> bool:
    """Whether values repeat, are short, and are neither measures nor texts."""
    if not columns.names[at] or columns.names[at] in (*headings.DESCRIBING, *headings.GROUP, *headings.IMAGE):
        return False
    in_pairs = {name for pair in headings.pairs(columns.names).values() for name in pair}
    if headings.without_box(columns.names[at]) in headings.DESCRIBING or columns.names[at] in in_pairs:
        return False
    if columns.names[at].startswith("unnamed"):
        return False
    if columns.names[at] in headings.SPLIT and cell_kinds.may_be_split(columns.cells(at)):
        return False
    filled = [cell for cell in columns.cells(at) if not cell_kinds.is_missing(cell)]
    different = set(filled)
    if not filled or (len(different) == len(filled) and len(filled) > 2):
        return _words_repeat(filled)
    if any(len(cell) > LONGEST_LABEL and not cell.startswith("[") for cell in different):
        return False
    is_measure = all(cell_kinds.is_number(cell) for cell in different) and any(
        "." in cell for cell in different
    )
    return not (is_measure and len(different) > 2)


def _words_repeat(filled: list[str]) -> bool:
    """Whether cells that all differ are combinations of the same few labels."""
    words = [word for cell in filled for word in cell.replace("|", " ").replace(",", " ").split()]
    most = max((len(cell.split()) for cell in filled), default=0)
    return len(words) >= 2 * len(set(words)) > 2 and most <= MOST_WORDS
