"""YOLO: a text file for each picture, with a line for each object: class, then the box in shares of the picture.

A line is "class x-middle y-middle width height". The names of the classes stand in classes.txt, obj.names, or under
`names` in data.yaml; without them, classes are called by their numbers. (Ultralytics, Darknet)
"""

from __future__ import annotations

import math
from pathlib import Path, PurePosixPath

import yaml

from engine.data.formats.match import Evidence
from engine.data.formats.parsed_source import Found, Problem, Row
from engine.data.formats.phrases import counted, some
from engine.data.formats.record import DatasetError
from engine.data.formats.sidecars import sidecars
from engine.data.formats.source import Source
from engine.data.formats.split_folders import divide_by_folders
from engine.data.formats.voc import keep_lone_objects
from engine.tasks import POINTS

NAME_FILES = ("classes.txt", "obj.names", "_darknet.labels", "labels.names")
MOST_BYTES = 1024**2
TRIED = 20


def find(source: Source) -> Evidence | None:
    """Text files that bear the names of pictures and hold a class and numbers between 0 and 1 on each line."""
    pairs = sidecars(source.pictures, _texts(source))
    if not pairs or not _look_alike(source, list(pairs.values())):
        return None
    says = f"{counted(len(pairs), 'picture')} of {len(source.pictures):,} have a text file of the same name"
    names, file = _class_names(source)
    told = f"The names of {counted(len(names), 'class', 'classes')} stand in “{file}”." if file else (
        "No classes.txt or data.yaml names the classes, so they are called by their numbers."
    )  # fmt: skip
    return Evidence((f"{says} with a class and a box on each line, as YOLO has it.", told))


def read(source: Source, task: str) -> Found:
    """One row for each picture, labelled by the classes of its objects; a picture without a text file has none.

    For points, the middle of the box, where a picture has exactly one object.
    """
    found, pairs = Found(source.listing, unit="fractions"), sidecars(source.pictures, _texts(source))
    names, _ = _class_names(source)
    unread: list[tuple[str, str]] = []
    for picture in source.pictures:
        _add_row(found, picture, pairs.get(picture), names, unread)
    if unread:
        says = lambda told: f"{counted(len(told), 'text file')} cannot be read: {some(told)}."  # noqa: E731
        found.problems.append(Problem("unread text file", tuple(unread), says))
    bare = len(source.pictures) - len(pairs)
    if bare:
        found.notes.append(
            f"{counted(bare, 'picture')} without a text file count as pictures without an object."
        )
    divide_by_folders(found)
    if task == POINTS:
        keep_lone_objects(found)
    return found


def read_objects(text: str) -> list[tuple[int, tuple[float, float]]]:
    """The class and the middle (x, y) in shares of the picture, of each line.

    A line of more numbers is an outline, or a box with keypoints: the middle is that of the outline's own box, or of
    the box. Raises ValueError for a line that is none.

    >>> read_objects("2 0.5 0.25 0.1 0.1")
    [(2, (0.5, 0.25))]
    """
    return [_object(line, at) for at, line in enumerate(text.splitlines(), 1) if line.strip()]


def _object(line: str, at: int) -> tuple[int, tuple[float, float]]:
    words = line.split()
    try:
        kind, numbers = int(words[0]), [float(word) for word in words[1:]]
    except ValueError as error:
        raise ValueError(f"line {at} is not a class and numbers") from error
    if kind < 0 or len(numbers) < 4 or not all(map(math.isfinite, numbers)):
        raise ValueError(f"line {at} is not a class and at least four numbers")
    if not all(0 <= number <= 1 for number in numbers[:4]):
        raise ValueError(f"line {at} has a number that is not between 0 and 1")
    if len(numbers) >= 6 and len(numbers) % 2 == 0 and len(numbers) != 5:
        xs, ys = numbers[::2], numbers[1::2]
        return kind, ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    return kind, (numbers[0], numbers[1])


def _texts(source: Source) -> list[str]:
    return [name for name in source.listing.names if name.lower().endswith(".txt")]


def _look_alike(source: Source, files: list[str]) -> bool:
    """Whether most of the files tried can be read, and some hold an object."""
    tried = files[:: max(1, len(files) // TRIED)]
    read = [
        objects for name in tried if (objects := _objects_or_none(source.listing.folder / name)) is not None
    ]
    return any(read) and 2 * len(read) >= len(tried)


def _objects_or_none(path: Path) -> list | None:
    try:
        return read_objects(_text(path))
    except (ValueError, OSError):
        return None


def _add_row(found: Found, picture: str, file: str | None, names: list[str], unread: list) -> None:
    row = Row(picture, file or picture)
    try:
        objects = read_objects(_text(found.folder / file)) if file else []
        row.labels = tuple(dict.fromkeys(_name_of(kind, names) for kind, _ in objects))
    except (ValueError, OSError) as error:
        unread.append((picture, f"“{file}” ({error})"))
        return
    if len(objects) == 1:
        row.point_px = objects[0][1]
    found.rows.append(row)


def _name_of(kind: int, names: list[str]) -> str:
    if not names:
        return str(kind)
    if kind >= len(names):
        raise ValueError(f"class {kind}, and there are only {len(names)}")
    return names[kind]


def _text(path: Path) -> str:
    if path.stat().st_size > MOST_BYTES:
        raise ValueError("it has more than 1 MB")
    return path.read_text(encoding="utf-8-sig")


def _class_names(source: Source) -> tuple[list[str], str]:
    """The names of the classes in their order, and the file that holds them; none and "" without one."""
    for name in sorted(source.listing.names, key=lambda one: one.count("/")):
        last = PurePosixPath(name).name.lower()
        try:
            if last in NAME_FILES:
                lines = _text(source.listing.folder / name).splitlines()
                return [line.strip() for line in lines if line.strip()], name
            if last.endswith((".yaml", ".yml")) and (names := _yaml_names(source.listing.folder / name)):
                return names, name
        except (OSError, UnicodeDecodeError, ValueError) as error:
            raise DatasetError(
                f"“{name}”, which should name the classes, cannot be read: {error}."
            ) from error
    return [], ""


def _yaml_names(path: Path) -> list[str]:
    """What stands under `names`: a list, or numbers with names. Nothing is ever built from a tag."""
    try:
        held = yaml.safe_load(_text(path))
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("it is not plain YAML") from error
    names = held.get("names") if isinstance(held, dict) else None
    if isinstance(names, dict):
        if not all(isinstance(key, int) for key in names) or sorted(names) != list(range(len(names))):
            raise ValueError("its names are not numbered from 0")
        names = [names[at] for at in range(len(names))]
    if names is None:
        return []
    if not isinstance(names, list) or not all(isinstance(one, str | int | float | bool) for one in names):
        raise ValueError("its names are not a list of words")
    return [str(one) for one in names]
