"""What a source says of training, validation and test, applied to its rows where it may not say it of all."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.phrases import counted
from engine.data.formats.splits.column import divide
from engine.data.formats.tables.cells import TEST, TRAIN, VALID


def split_rows(parsed: ParsedSource, parts: Sequence[str | None], said_by: str) -> None:
    """Divide the rows by the part that each belongs to: `TRAIN`, `VALID`, `TEST`, or None where nothing says it.

    Test rows are unused, or validate where nothing else does. Rows of no part are for training where there is a
    validation part; where nothing is for training, the split is left to chance. `said_by` names what says it.
    """
    known = set(parts) - {None}
    has_training = bool({TRAIN, None} & set(parts))
    if has_training and (VALID in known or {TRAIN, TEST} <= known):
        if alone := list(parts).count(None):
            parsed.notes.append(f"Used for training, because no part is named: {counted(alone, 'image')}.")
        divide(parsed, [part or TRAIN for part in parts], said_by)
    elif TEST in known:
        _leave_test_out(parsed, parts)


def _leave_test_out(parsed: ParsedSource, parts: Sequence[str | None]) -> None:
    pairs = list(zip(parsed.rows, parts, strict=True))
    left_out = [row.fname for row, part in pairs if part == TEST]
    parsed.for_testing += left_out
    parsed.rows = [row for row, part in pairs if part != TEST]
    parsed.notes.append(f"Left out: {counted(len(left_out), 'image')} for testing.")
    if not parsed.rows:
        parsed.problems.append(
            "Every image is for testing, so none is left to train on; choose the training images."
        )
