"""Images as an annotation tool describes them, made into rows: labels, places of objects, and parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from engine.data.formats.images.locate_images import place_images
from engine.data.formats.objects.lone_objects import keep_lone_objects, wants_points
from engine.data.formats.parsed_source import ParsedSource, Problem, Row
from engine.data.formats.phrases import counted, some
from engine.data.formats.source import Source
from engine.data.formats.splits.folders import divide_by_folders
from engine.data.formats.splits.rows import split_rows

Point = tuple[float, float]


@dataclass
class Annotated:
    """One image of an annotation file.

    Attributes: `name` and `where` as the file has them; `labels`, each once, in order; `objects`, the place of each,
    None where it is not numbers; `part`, what the file says of the split; `file`, the annotation file; `fault`, why its
    labels cannot be used, "" where they can; `is_labelled`, whether it was annotated.
    """

    name: str
    where: str
    file: str
    labels: tuple[str, ...] = ()
    objects: list[Point | None] = field(default_factory=list)
    part: str | None = None
    fault: str = ""
    is_labelled: bool = True


def parsed_images(
    source: Source, images: Sequence[Annotated], task: str, unit: str = "pixels"
) -> ParsedSource:
    """A row for each labelled image.

    An image with a fault is set aside, unless all have one: then it is a problem.
    """
    parsed = ParsedSource(source.listing, unit=unit)
    parsed.files_read |= {image.file for image in images}
    kept = [image for image in images if image.is_labelled and (wants_points(task) or not image.fault)]
    parsed.rows = [Row(image.name, image.where, image.labels, _point(image)) for image in kept]
    homes = {PurePosixPath(image.file).parent.as_posix().removeprefix(".") for image in images}
    place_images(parsed, homes.pop() if len(homes) == 1 else "")
    _tell_left_out(parsed, images, task)
    if any(image.part for image in kept):
        split_rows(parsed, [image.part for image in kept], "the annotation file")
    else:
        divide_by_folders(parsed)
    if wants_points(task):
        keep_lone_objects(parsed, "the place of the object: its point, or the middle of its box or outline")
    return parsed


def _point(image: Annotated) -> Point | None:
    return image.objects[0] if len(image.objects) == 1 else None


def _tell_left_out(parsed: ParsedSource, images: Sequence[Annotated], task: str) -> None:
    waiting = [image.name for image in images if not image.is_labelled]
    if waiting and len(waiting) == len(images):
        parsed.problems.append(f"No image is annotated ({len(waiting):,}); predictions alone are not read.")
    elif waiting:
        unplaced = ParsedSource(parsed.listing, [Row(name) for name in waiting])
        place_images(unplaced, parsed.place)
        parsed.waiting = [row.fname for row in unplaced.rows]
        parsed.notes.append(
            f"Left out: {counted(len(waiting), 'image')} without annotations: {some(waiting)}."
        )
    faulty = [(image.name, f"{image.where} ({image.fault})") for image in images if image.fault]
    if faulty and not wants_points(task):
        says = lambda told: f"{counted(len(told), 'image')} set aside: {some(told)}."  # noqa: E731
        problem = Problem("unusable labels", tuple(faulty), says)
        (parsed.set_aside if parsed.rows else parsed.problems).append(problem)


def middle(points: Sequence[Point]) -> Point:
    """The middle of the box around some points.

    >>> middle([(0, 0), (4, 2), (1, 1)])
    (2.0, 1.0)
    """
    xs, ys = zip(*points, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def unique(labels: Sequence[str]) -> tuple[str, ...]:
    """The labels, stripped, each once, without empty ones."""
    return tuple(dict.fromkeys(stripped for label in labels if (stripped := label.strip())))
