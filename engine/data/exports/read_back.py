"""Whether an export would be read as the same record, found from its texts before any image is copied."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from engine import tasks
from engine.data.archives.names import UnsafeName, is_junk, is_wanted, safe_name
from engine.data.exports.export_format import Contents, ExportError, ExportFormat
from engine.data.formats import Dataset, DatasetError, checks
from engine.data.formats.detect_format import parse_source
from engine.data.formats.files.file_index import Listing
from engine.data.formats.images.check_names import name_problems
from engine.data.formats.label_notes import text_problems
from engine.data.formats.parsed_source import ParsedSource, Row
from engine.data.formats.phrases import some
from engine.data.formats.source import Source
from engine.data.formats.tables.point_columns import in_pixels

PRECISION_PX = 1e-5
"""How far a point may move that a format keeps as a share of the image."""


def require_same(dataset: Dataset, made: Contents, target: ExportFormat) -> None:
    """Raise `ExportError` where an import would refuse the export or make another record of it.

    Groups are compared where the format keeps them.
    """
    if unsafe := [f"“{name}”" for name in [*made.images, *made.texts] if not _may_be_unpacked(name)]:
        raise ExportError(
            f"“{target.short_title}” cannot hold {some(unsafe)}: no archive may have such a name; choose another"
            " format."
        )
    try:
        found = _read(made, dataset.task)
    except DatasetError as error:
        raise ExportError(
            f"“{target.short_title}” cannot hold this dataset; read back, it would say: {error.problems[0]}"
        ) from error
    rows = {row.fname: row for row in found.rows}
    records = {row["fname"]: row for row in dataset.table.to_dict("records")}
    differing = {
        fname: rows.get(name)
        for name, fname in made.images.items()
        if not _is_same(records[fname], rows.get(name), found.unit, target.keeps_groups)
    }
    if differing:
        raise ExportError(
            f"“{target.short_title}” cannot hold {_what(differing, records)}, which would not read back as it is;"
            " choose another format, or rename it."
        )


def _what(differing: dict[str, Row | None], records: dict[str, dict]) -> str:
    """The labels that got lost, or where none did, the images that differ."""
    lost = {
        label
        for fname, read in differing.items()
        for label in (records[fname].get("labels", ()) if read else ())
        if read and label not in read.labels
    }
    if lost:
        return f"the label {some([f'“{label}”' for label in sorted(lost)])}"
    return some([f"“{fname}”" for fname in differing])


def _may_be_unpacked(name: str) -> bool:
    try:
        return safe_name(name) == name and is_wanted(name) and not is_junk(name)
    except UnsafeName:
        return False


def _read(made: Contents, task: str) -> ParsedSource:
    """What the texts say of the images, which are not needed for it. Raises `DatasetError` as an import would."""
    with tempfile.TemporaryDirectory() as folder:
        for inside in {os.path.dirname(name) for name in made.texts}:
            os.makedirs(os.path.join(folder, inside), exist_ok=True)
        for name, text in made.texts.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(text.encode("utf-8"))
        listing = Listing(Path(folder), tuple(sorted([*made.texts, *made.images])))
        found = parse_source(Source(Path(folder), listing), task, 0.2)
    problems = [*found.problems, *text_problems(found), *name_problems(found), *checks.part_problems(found)]
    if tasks.get(task).has_labels:
        vocab = tuple(sorted({label for row in found.rows for label in row.labels}))
        problems += checks.spelling_problems(found.rows) + checks.vocab_problems(vocab, task, found.rows)
    if problems:
        raise DatasetError([str(problem) for problem in problems])
    return found


def _is_same(row: dict, read: Row | None, unit: str, with_groups: bool) -> bool:
    if read is None or read.is_valid is None or read.is_valid != bool(row["is_valid"]):
        return False
    if with_groups and (row.get("group") or None) != (read.group or None):
        return False
    if "x" not in row:
        return read.labels == tuple(row["labels"])
    if read.point_px is None:
        return False
    point = in_pixels(read.point_px, unit, (row["width"], row["height"]))
    return all(abs(point[at] - row[axis]) <= PRECISION_PX for at, axis in enumerate(("x", "y")))
