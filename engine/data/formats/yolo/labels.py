"""The lines of a YOLO text file: a class, then a box, a box with keypoints, or an outline, in shares of the image."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

TOLERANCE = 0.05
"""How far outside 0..1 a number may lie that a labelling tool has rounded; it is moved to the edge."""

SHORTEST_OUTLINE = 6
BOX = 4

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """One object: its class, its numbers as they stand, and its line in the file, counted from 1."""

    kind: int
    numbers: tuple[float, ...]
    at: int


@dataclass(frozen=True)
class Shape:
    """What the numbers of every line are.

    `keypoint` is the place of the keypoint that is meant, from 0, and `size` how many numbers each has: 3 with a
    visibility. Without one, an even number of six or more is an outline, unless `has_boxes` says that a box is first.
    """

    has_boxes: bool = False
    keypoint: int | None = None
    size: int = 2


def read_lines(text: str) -> list[Line]:
    """The objects of one file. Raises ValueError for a line that is not a class and at least four numbers.

    >>> read_lines("2 0.5 0.25 0.1 0.1")
    [Line(kind=2, numbers=(0.5, 0.25, 0.1, 0.1), at=1)]
    """
    return [_line(line, at) for at, line in enumerate(text.splitlines(), 1) if line.strip()]


def _line(line: str, at: int) -> Line:
    words = line.split()
    try:
        kind, numbers = float(words[0]), tuple(float(word) for word in words[1:])
    except ValueError as error:
        raise ValueError(f"line {at} is not a class and numbers") from error
    if not (kind.is_integer() and 0 <= kind < 2**31):
        raise ValueError(f"line {at} begins with “{words[0]}”, which is not the number of a class")
    if len(numbers) < BOX or not all(map(math.isfinite, numbers)):
        raise ValueError(f"line {at} is not a class and at least four numbers")
    return Line(int(kind), numbers, at)


def looks_like_shares(lines: Iterable[Line]) -> bool:
    """Whether the first two numbers of every object are shares of the image."""
    return all(_is_share(number) for line in lines for number in line.numbers[:2])


def point_of(line: Line, shape: Shape) -> Point | None:
    """The point of an object in shares of the image; None for a keypoint that is not labelled.

    That is the keypoint which is meant, else the middle of the box, or of the box around an outline. Numbers slightly
    outside the image are moved to its edge. Raises ValueError for one further out, or a keypoint that is not there.

    >>> point_of(Line(0, (0.5, 0.5, 0.4, 0.4, 0.25, 0.3), 1), Shape(keypoint=0))
    (0.25, 0.3)
    """
    if shape.keypoint is not None:
        return _keypoint(line, shape)
    if not shape.has_boxes and len(line.numbers) >= SHORTEST_OUTLINE and len(line.numbers) % 2 == 0:
        xs, ys = ([_share(number, line) for number in line.numbers[axis::2]] for axis in (0, 1))
        return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    return _share(line.numbers[0], line), _share(line.numbers[1], line)


def _keypoint(line: Line, shape: Shape) -> Point | None:
    assert shape.keypoint is not None
    start = BOX + shape.keypoint * shape.size
    numbers = line.numbers[start : start + shape.size]
    if len(numbers) < shape.size:
        raise ValueError(f"line {line.at} has no keypoint {shape.keypoint + 1}")
    x, y = numbers[:2]
    if (shape.size == 3 and not numbers[2]) or (x, y) == (0, 0) or min(x, y) < -TOLERANCE:
        return None
    return _share(x, line), _share(y, line)


def _share(number: float, line: Line) -> float:
    if not _is_share(number):
        raise ValueError(f"line {line.at} has {number:g}, which is not between 0 and 1")
    return min(1.0, max(0.0, number))


def _is_share(number: float) -> bool:
    return -TOLERANCE <= number <= 1 + TOLERANCE
