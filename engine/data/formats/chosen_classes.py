"""The classes that a person chose (`ReadOptions.classes`), in every format."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.phrases import some
from engine.data.formats.record import DatasetError


def keep_classes(parsed: ParsedSource, classes: Sequence[str]) -> None:
    """Drop labels of other classes from the rows, and note a chosen class that no image has.

    Without `classes` nothing changes. Raises `DatasetError` where no image has any of them: a slip in every name
    would otherwise leave a dataset without labels.
    """
    if not classes:
        return
    labels = {label for row in parsed.rows for label in row.labels}
    for row in parsed.rows:
        row.labels = tuple(label for label in row.labels if label in classes)
    missing = [f"“{name}”" for name in classes if name not in labels]
    if len(missing) == len(classes):
        others = f" The labels are: {some(sorted(labels))}." if labels else ""
        raise DatasetError(f"No image has the label {some(missing)} (--classes): check the spelling.{others}")
    if missing:
        parsed.notes.append(f"No image has the label {some(missing)} (--classes).")
