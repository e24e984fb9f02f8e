"""What a source says of training, validation and test, applied to its rows."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data.formats.parsed_source import Found
from engine.data.formats.phrases import counted
from engine.data.formats.split_folders import TEST, TRAIN, VALID, part_of


def split_rows(found: Found, parts: Sequence[str | None], evidence: str) -> None:
    """Divide the rows by the part that each belongs to: `TRAIN`, `VALID`, `TEST`, or None where nothing says it.

    Test rows take no part. Where there is training and test but no validation, test is the validation part. Rows of no
    part are for training where there is a validation part. `evidence` is a phrase on where the parts come from.
    """
    known = set(parts) - {None}
    if not known:
        return
    if TEST in known and known >= {TRAIN} and VALID not in known:
        parts = [VALID if part == TEST else part for part in parts]
        found.assume("split", "test images are used for validation", f"{evidence} and name no validation part")
    _leave_test_out(found, parts, evidence)
    kept = [part for part in parts if part != TEST]
    found.has_split = VALID in kept and kept.count(VALID) < len(kept)
    if not found.has_split:
        return
    for row, part in zip(found.rows, kept, strict=True):
        row.is_valid = part == VALID
    found.assume("split", f"{counted(kept.count(VALID), 'image')} for validation", evidence)
    if alone := kept.count(None):
        found.notes.append(f"For training, since nothing says their part: {counted(alone, 'image')}.")


def split_by_folders(found: Found) -> None:
    """The same by the folders that the images lie in."""
    split_rows(found, [part_of(row.fname) for row in found.rows], "the names of the folders say it")


def _leave_test_out(found: Found, parts: Sequence[str | None], evidence: str) -> None:
    pairs = list(zip(found.rows, parts, strict=True))
    left_out = [row.fname for row, part in pairs if part == TEST]
    if not left_out:
        return
    found.for_testing += left_out
    found.rows = [row for row, part in pairs if part != TEST]
    found.notes.append(f"Left out: {counted(len(left_out), 'image')} for testing ({evidence}).")
    if not found.rows:
        found.problems.append(
            "Every image is for testing, so there is nothing to train on; choose the training images."
        )
