"""Images as an annotation tool describes them, made into rows: labels, places of objects, and parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.images.locate_images import place_images
from engine.data.formats.objects.keypoint_option import BOX, chosen
from engine.data.formats.objects.lone_objects import keep_lone_objects, wants_points
from engine.data.formats.parsed_source import ParsedSource, Problem, Row
from engine.data.formats.phrases import counted, quoted, some
from engine.data.formats.record import DatasetError
from engine.data.formats.source import Source
from engine.data.formats.splits.folders import divide_by_folders
from engine.data.formats.splits.rows import split_rows

Point = tuple[float, float]
MOST_OFFERED = 50
"""So many names of points are offered to choose from."""


@dataclass
class Annotated:
    """One image of an annotation file.

    Attributes: `name` and `where` as the file has them; `labels`, each once, in order; `objects`, the place of each,
    None where it is not numbers, and `object_names`, the label of each; `part`, what the file says of the split;
    `file`, the annotation file; `fault`, why its labels cannot be used, "" where they can; `is_labelled`, whether it
    was annotated.
    """

    name: str
    where: str
    file: str
    labels: tuple[str, ...] = ()
    objects: list[Point | None] = field(default_factory=list)
    part: str | None = None
    fault: str = ""
    is_labelled: bool = True
    object_names: list[str] = field(default_factory=list)


def parsed_images(
    source: Source, images: Sequence[Annotated], task: str, unit: str = "pixels"
) -> ParsedSource:
    """A row for each labelled image.

    An image with a fault is set aside, unless all have one: then it is a problem. For points, the option `keypoint`
    names the object that is the point; raises `AmbiguousError` where most images have several objects of other names.
    """
    parsed = ParsedSource(source.listing, unit=unit)
    parsed.files_read |= {image.file for image in images}
    kept = [image for image in images if image.is_labelled and (wants_points(task) or not image.fault)]
    wanted = _keypoint(kept, source.options.keypoint) if wants_points(task) else None
    place = _point if wants_points(task) else _place_that_suggests
    parsed.rows = [Row(image.name, image.where, image.labels, place(image, wanted)) for image in kept]
    homes = {PurePosixPath(image.file).parent.as_posix().removeprefix(".") for image in images}
    place_images(parsed, homes.pop() if len(homes) == 1 else "")
    _tell_left_out(parsed, images, task)
    if any(image.part for image in kept):
        split_rows(parsed, [image.part for image in kept], "the annotation file")
    else:
        divide_by_folders(parsed)
    if wants_points(task):
        means = f"“{wanted}”" if wanted else "the object"
        keep_lone_objects(
            parsed, f"the place of {means}: its point, or the middle of its box or outline", "keypoint"
        )
    return parsed


def _keypoint(images: Sequence[Annotated], keypoint: str | None) -> str | None:
    """The name of the objects that are the point; None where any object is, if it is the only one of its image.

    Raises `DatasetError` where there is none of the name that was said.
    """
    names = list(dict.fromkeys(name for image in images for name in image.object_names if name))
    if keypoint == BOX:
        return None
    if keypoint is None:
        several = sum(_has_named_points(image) for image in images)
        if 2 * several <= sum(bool(image.objects) for image in images):
            return None
        raise AmbiguousError(
            f"{counted(several, 'image')} have several points: {some(quoted(names))}.",
            ["keypoint"],
            [{"keypoint": name} for name in names[:MOST_OFFERED]],
        )
    at = chosen(names, keypoint)
    if at is None:
        there = f"the names of objects are {some(quoted(names))}" if names else "no object has a name"
        raise DatasetError(f"There is no object “{keypoint}”; {there}.")
    return names[at]


def _has_named_points(image: Annotated) -> bool:
    """Whether an image has several objects, each of another name, as the landmarks of a face have."""
    names = image.object_names
    return len(names) == len(image.objects) > 1 and len(set(names)) == len(names) and all(names)


def _place_that_suggests(image: Annotated, wanted: str | None) -> Point | None:
    """The place of the only object, or of the first of several points: it may suggest the task."""
    return image.objects[0] if _has_named_points(image) else _point(image, wanted)


def _point(image: Annotated, wanted: str | None = None) -> Point | None:
    """The place of the only object, or of the only one of the name that is `wanted`."""
    places = image.objects
    if wanted is not None:
        places = [place for place, name in zip(places, image.object_names, strict=True) if name == wanted]
    return places[0] if len(places) == 1 else None


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
