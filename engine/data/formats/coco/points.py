"""The point of each image that COCO files list: a keypoint, or the middle of a box."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

from engine.data.formats.coco.file import (
    Annotation,
    are_no_triples,
    keypoint_of,
    labelled_keypoints,
    middle_of,
)
from engine.data.formats.coco.rows import Placed
from engine.data.formats.objects.keypoint_option import BOX, chosen
from engine.data.formats.objects.lone_objects import keep_lone_objects
from engine.data.formats.parsed_source import ParsedSource, Problem
from engine.data.formats.phrases import some
from engine.data.formats.record import DatasetError


def place_points(parsed: ParsedSource, rows: Placed, names: list[str], keypoint: str | None) -> None:
    """Give each row with exactly one annotation its point, and leave the others out.

    Without the option the point is the first keypoint that is labelled in any image, the same one everywhere. An image
    where it is not labelled, or where numbers are missing, is set aside.
    """
    lone = {row.fname: image.objects[0] for row, image, _ in rows if len(image.objects) == 1}
    at, name = _which(list(lone.values()), names, keypoint)
    broken, unlabelled = [], []
    for row, image, _ in rows:
        if row.fname not in lone:
            continue
        one = lone[row.fname]
        if keypoint != BOX and are_no_triples(one.keypoints):
            broken.append((row.fname, image.where))
            continue
        try:
            row.point_px = middle_of(one) if at is None else keypoint_of(one, at)
        except ValueError:
            broken.append((row.fname, image.where))
            continue
        if row.point_px is None and at is not None and one.keypoints:
            unlabelled.append((row.fname, image.where))
    _set_aside(parsed, "box of no numbers", "images whose box or keypoints are not numbers", broken)
    _set_aside(
        parsed, "keypoint not labelled", f"images where the keypoint “{name}” is not labelled", unlabelled
    )
    keep_lone_objects(
        parsed, f"the keypoint “{name}”" if at is not None else "the middle of the box", "keypoint"
    )


def middles_of_lone_boxes(rows: Placed) -> None:
    """Give each row with exactly one annotation the middle of its box, where it has one: it may suggest the task."""
    for row, image, _ in rows:
        if len(image.objects) == 1:
            with suppress(ValueError):
                row.point_px = middle_of(image.objects[0])


def _which(lone: list[Annotation], names: list[str], keypoint: str | None) -> tuple[int | None, str]:
    """The place and name of the keypoint that is meant; None for the middle of the box."""
    counts = sum((labelled_keypoints(one) for one in lone), Counter())
    if keypoint == BOX or not (counts or keypoint):
        return None, ""
    every = names or [str(at) for at in range(1, max(counts, default=0) + 2)]
    at = min(counts) if keypoint is None else chosen(every, keypoint)
    if at is None:
        raise DatasetError(
            f"There is no keypoint “{keypoint}”; the keypoints are {', '.join(every)}, or “{BOX}”."
        )
    return at, every[at] if at < len(every) else str(at + 1)


def _set_aside(parsed: ParsedSource, kind: str, what: str, told: list[tuple[str, str]]) -> None:
    if not told:
        return
    says = lambda phrases: f"Set aside: {what} ({len(phrases):,}): {some(phrases)}."  # noqa: E731
    problem = Problem(kind, tuple(told), says)
    names = {fname for fname, _ in told}
    parsed.rows = [row for row in parsed.rows if row.fname not in names]
    (parsed.set_aside if any(row.point_px for row in parsed.rows) else parsed.problems).append(problem)
