"""What the column of a split says about each row: training, validation, test, or nothing that can be understood."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data.formats.parsed_source import ParsedSource, Problem, Row
from engine.data.formats.phrases import counted, some
from engine.data.formats.tables.cells import NO, TEST, TRAIN, VALID, YES, is_missing, part_named

_WHERE_YES = {"is_train": TRAIN, "is_training": TRAIN, "is_test": TEST}
_WHERE_NO = {"is_train": VALID, "is_training": VALID}
_PARTITION = {"0": TRAIN, "1": VALID, "2": TEST}


def apply_split(parsed: ParsedSource, cells: Sequence[str], heading: str, title: str) -> None:
    """Divide rows by the cells of a split column; an empty cell is training.

    Test rows are kept apart. Where no row is for validation, those for test validate, which is noted. Cells that say
    none of this are a problem; where no other row is for validation, they may be those that are. `heading` is in its
    usual form, `title` as the table has it.
    """
    parts = [_part(cell, heading) for cell in cells]
    if heading == "partition" and {cell for cell in cells if cell} == {"0", "1", "2"}:
        parts = [_PARTITION.get(cell, TRAIN) for cell in cells]
    strange = tuple(
        (row.fname, f"“{cell}” in {row.where}")
        for row, cell, part in zip(parsed.rows, cells, parts, strict=True)
        if part is None
    )
    if strange:
        must = f"{title} must contain train, valid or test, or True or False (--split-column)"
        says = lambda told: f"{must}: {some(told)}."  # noqa: E731
        kind = "part" if VALID in parts else "unknown part"
        parsed.problems.append(Problem(kind, strange, says))
    divide(parsed, [part or TRAIN for part in parts], title)


def divide(parsed: ParsedSource, parts: Sequence[str], said_by: str) -> None:
    """Divide rows into the parts; test rows are kept apart, or validate where nothing else does."""
    rows = list(zip(parsed.rows, parts, strict=True))
    parsed.has_split = True
    tests = [row for row, part in rows if part == TEST]
    if tests and VALID not in parts and TRAIN in parts:
        note = f"{counted(len(tests), 'test image')} used for validation, because {said_by} names no validation images."
        parsed.notes.append(note)
        parsed.assume("split", "test is used as validation", note, "split_column")
        parts = [VALID if part == TEST else part for part in parts]
        rows, tests = list(zip(parsed.rows, parts, strict=True)), []
    if tests:
        parsed.notes.append(f"Left out: {counted(len(tests), 'image')} for testing.")
        parsed.for_testing += [row.fname for row in tests]
    parsed.rows = [_in_part(row, part) for row, part in rows if part != TEST]


def _in_part(row: Row, part: str) -> Row:
    row.is_valid = part == VALID
    return row


def _part(cell: str, heading: str) -> str | None:
    said = cell.casefold()
    if part := part_named(cell):
        return part
    if said in YES:
        return _WHERE_YES.get(heading, VALID)
    if said in NO or is_missing(cell):
        return _WHERE_NO.get(heading, TRAIN) if not is_missing(cell) else TRAIN
    return None
