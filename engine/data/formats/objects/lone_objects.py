"""Points of images that have exactly one object: where it is."""

from __future__ import annotations

from engine import tasks
from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.phrases import counted, some


def wants_points(task: str) -> bool:
    """Whether a task needs the places of objects, and not their names."""
    return tasks.get(task).has_points


def keep_lone_objects(parsed: ParsedSource, means: str = "the middle of the box", option: str = "") -> None:
    """Keep the rows with a point, those of images with exactly one object, and say what the point `means`."""
    rows = [row for row in parsed.rows if row.point_px]
    without = [row.fname for row in parsed.rows if not row.point_px]
    if without and not rows:
        parsed.problems.append(
            f"No image has exactly one object that has a place, so none has a point: {some(without)}."
        )
    elif without:
        count = counted(len(without), "image")
        parsed.notes.append(
            f"Left out: {count} without exactly one object that has a place: {some(without)}."
        )
    if rows:
        parsed.assume("point", means, "an image with exactly one object has one point", option)
    parsed.rows = rows
