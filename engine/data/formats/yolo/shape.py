"""What the numbers of YOLO lines mean where a point is wanted: the box, an outline, or one of several keypoints."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.objects.keypoint_option import BOX, chosen
from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.record import DatasetError
from engine.data.formats.yolo.config import Config
from engine.data.formats.yolo.labels import BOX as NUMBERS_OF_BOX
from engine.data.formats.yolo.labels import SHORTEST_OUTLINE, Line, Shape


def shape_of(parsed: ParsedSource, lines: Sequence[Line], config: Config, keypoint: str | None) -> Shape:
    """The shape of all lines of a set; `keypoint` is the option that a person gave.

    `kpt_shape` in data.yaml decides. Without it, lines that are all equally long can be outlines with as many corners,
    or boxes with keypoints: raises `AmbiguousError`. Raises `DatasetError` for a keypoint that is not there.
    """
    if keypoint == BOX:
        return Shape(has_boxes=config.keypoints is not None)
    count, size = config.keypoints or _without_a_word(lines, keypoint)
    if not count:
        return Shape()
    names = config.keypoint_names or tuple(str(at) for at in range(1, count + 1))
    at = chosen(names[:count], keypoint)
    if at is None:
        told = ", ".join(names[:count])
        raise DatasetError(f"There is no keypoint “{keypoint}”; the keypoints are {told}, or “{BOX}”.")
    parsed.notes.append(f"Each object has {count} keypoint{'s' * (count > 1)}; the point is “{names[at]}”.")
    return Shape(keypoint=at, size=size)


def _without_a_word(lines: Sequence[Line], keypoint: str | None) -> tuple[int, int]:
    """The number of keypoints and the numbers of each, (0, 0) without keypoints."""
    lengths = {len(line.numbers) for line in lines}
    if len(lengths) != 1 or (length := lengths.pop()) < SHORTEST_OUTLINE:
        return 0, 0
    more = length - NUMBERS_OF_BOX
    if more % 3 == 0 and all(number in (0, 1, 2) for line in lines for number in line.numbers[6::3]):
        return more // 3, 3
    if more % 2:
        return 0, 0
    if keypoint is None:
        raise AmbiguousError(
            f"Every line has {length} numbers after the class: they can be an outline of {length // 2} corners, or a"
            f" box with {more // 2} keypoint{'s' * (more > 2)}. Write kpt_shape: [{more // 2}, 2] into data.yaml if"
            f" they are keypoints; “{BOX}” takes the middle of the outline.",
            ["keypoint"],
            [{"keypoint": name} for name in (BOX, *map(str, range(1, more // 2 + 1)))],
        )
    return more // 2, 2
