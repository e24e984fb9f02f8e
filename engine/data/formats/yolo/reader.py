"""YOLO: a text file for each image, with a line for each object: class, then a box in shares of the image.

A line may go on with keypoints, or hold an outline instead of a box. The names of the classes stand in data.yaml,
classes.txt or obj.names; without them, classes are called by their numbers. (Ultralytics, Darknet)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from engine.data.formats.evidence import Evidence
from engine.data.formats.files.text_file import read_text
from engine.data.formats.images.sidecars import sidecars
from engine.data.formats.objects.lone_objects import keep_lone_objects, wants_points
from engine.data.formats.parsed_source import ParsedSource, Problem, Row
from engine.data.formats.phrases import counted, some
from engine.data.formats.source import Source
from engine.data.formats.yolo.config import Config, config_of, unknown_classes
from engine.data.formats.yolo.labels import Line, Point, Shape, looks_like_shares, point_of, read_lines
from engine.data.formats.yolo.shape import shape_of
from engine.data.formats.yolo.splits import split_images

TRIED = 20


@dataclass
class Texts:
    """The objects of each image, and the images whose text file cannot be read, with the reason."""

    objects: dict[str, list[Line]] = field(default_factory=dict)
    unread: list[tuple[str, str]] = field(default_factory=list)


def find(source: Source) -> Evidence | None:
    """Text files that bear the names of images and hold a class and numbers between 0 and 1 on each line."""
    pairs = text_files(source)
    if not pairs or not _look_alike(source, list(pairs.values())):
        return None
    says = f"{counted(len(pairs), 'image')} of {len(source.images):,} have a text file of the same name"
    config = config_of(source)
    named = f"“{config.names_file}” names {counted(len(config.names), 'class', 'classes')}."
    numbered = "No classes.txt or data.yaml names the classes, so their numbers are their names."
    told = named if config.names_file else numbered
    return Evidence((f"{says} with a class and a box on each line, as in YOLO.", told))


def read(source: Source, task: str, keypoint: str | None = None) -> ParsedSource:
    """One row for each image, labelled by the classes of its objects; an image without a text file has none.

    For points, where an image has exactly one object: the keypoint that is meant, else the middle of the box. An image
    whose text file cannot be read is set aside.
    """
    parsed, config, pairs = (
        ParsedSource(source.listing, unit="fractions"),
        config_of(source),
        text_files(source),
    )
    parsed.files_read |= {*pairs.values(), *config.files}
    texts = _read_texts(source, pairs)
    if wants_points(task):
        parsed.problems += config.keypoint_problems
        has_keypoint = _add_points(parsed, texts, config, keypoint, pairs)
    else:
        parsed.problems += config.name_problems
        parsed.notes += config.name_notes
        _add_labels(parsed, texts, config, pairs)
    _tell_unread(parsed, texts.unread, len(pairs))
    bare = len(source.images) - len(pairs)
    if bare:
        parsed.notes.append(
            f"{counted(bare, 'image')} without a text file count as images without an object."
        )
    split_images(parsed, source, config)
    if wants_points(task):
        keep_lone_objects(parsed, "a keypoint" if has_keypoint else "the middle of the box", "keypoint")
    return parsed


def text_files(source: Source) -> dict[str, str]:
    """The text file of each image: where YOLO looks for it, in labels/ for images/, else the nearest of its name."""
    texts = [name for name in source.listing.names if name.lower().endswith(".txt")]
    if not texts:
        return {}
    known, nearest = set(texts), sidecars(source.images, texts)
    return {
        image: mirrored if (mirrored := _mirrored(image)) in known else nearest[image]
        for image in source.images
        if _mirrored(image) in known or image in nearest
    }


def _mirrored(image: str) -> str:
    """The last folder called "images" becomes "labels", as Ultralytics does it."""
    path = PurePosixPath(image)
    folders = list(path.parts[:-1])
    if "images" in folders:
        folders[len(folders) - 1 - folders[::-1].index("images")] = "labels"
    return "/".join([*folders, f"{path.stem}.txt"])


def _look_alike(source: Source, files: list[str]) -> bool:
    """Whether most of the files tried can be read, and some hold an object."""
    tried = files[:: max(1, len(files) // TRIED)]
    read = [lines for name in tried if (lines := _lines_or_none(source.listing.folder / name)) is not None]
    return any(read) and 2 * len(read) >= len(tried)


def _lines_or_none(path: Path) -> list[Line] | None:
    try:
        lines = read_lines(read_text(path)[0])
    except (ValueError, OSError):
        return None
    return lines if looks_like_shares(lines) else None


def _read_texts(source: Source, pairs: dict[str, str]) -> Texts:
    texts = Texts()
    for image in source.images:
        file = pairs.get(image)
        try:
            texts.objects[image] = read_lines(read_text(source.listing.folder / file)[0]) if file else []
        except (ValueError, OSError) as error:
            texts.unread.append((image, f"“{file}” ({error})"))
    return texts


def _add_labels(parsed: ParsedSource, texts: Texts, config: Config, pairs: dict[str, str]) -> None:
    numbers = {line.kind for lines in texts.objects.values() for line in lines}
    parsed.problems += unknown_classes(config, numbers)
    for image, lines in texts.objects.items():
        labels = dict.fromkeys(config.names.get(line.kind) or str(line.kind) for line in lines)
        parsed.rows.append(
            Row(image, pairs.get(image, image), tuple(labels), _middle_of_lone_box(lines, config))
        )


def _middle_of_lone_box(lines: list[Line], config: Config) -> Point | None:
    """Where the only object of an image is, if it is anywhere: it may suggest the task."""
    try:
        shape = Shape(has_boxes=config.keypoints is not None)
        return point_of(lines[0], shape) if len(lines) == 1 else None
    except ValueError:
        return None


def _add_points(
    parsed: ParsedSource, texts: Texts, config: Config, keypoint: str | None, pairs: dict[str, str]
) -> bool:
    """A row with a point for each image; returns whether the point is a keypoint."""
    lone = {image: lines[0] for image, lines in texts.objects.items() if len(lines) == 1}
    every = [line for lines in texts.objects.values() for line in lines]
    shape = shape_of(parsed, every, config, keypoint)
    unlabelled = []
    for image in texts.objects:
        row = Row(image, pairs.get(image, image))
        try:
            row.point_px = point_of(lone[image], shape) if image in lone else None
        except ValueError as error:
            texts.unread.append((image, f"“{row.where}” ({error})"))
            continue
        if image in lone and row.point_px is None:
            unlabelled.append((image, image))
            continue
        parsed.rows.append(row)
    if unlabelled:
        says = lambda told: f"Set aside, since the keypoint is not labelled: {some(told)} ({len(told):,})."  # noqa: E731
        parsed.set_aside.append(Problem("keypoint not labelled", tuple(unlabelled), says))
    return shape.keypoint is not None


def _tell_unread(parsed: ParsedSource, unread: list[tuple[str, str]], files: int) -> None:
    """Some files are set aside; where most cannot be read, nothing is."""
    if not unread:
        return
    says = lambda told: f"{counted(len(told), 'text file')} cannot be read: {some(told)}."  # noqa: E731
    problem = Problem("unread text file", tuple(unread), says)
    (parsed.problems if 2 * len(unread) > files else parsed.set_aside).append(problem)
