"""Which of several keypoints is the point: the option `keypoint`."""

from __future__ import annotations

from collections.abc import Sequence

BOX = "box"
"""The value of the option that takes the middle of the box or outline, and no keypoint."""


def chosen(names: Sequence[str], keypoint: str | None) -> int | None:
    """The place of the keypoint that is meant by its name or by its number from 1; the first by default.

    None where there is no such keypoint.

    >>> chosen(["nose", "tail"], "tail"), chosen(["nose", "tail"], "1"), chosen(["nose", "tail"], None)
    (1, 0, 0)
    """
    if keypoint is None:
        return 0
    if keypoint in names:
        return list(names).index(keypoint)
    at = int(keypoint) - 1 if keypoint.isdecimal() else -1
    return at if 0 <= at < len(names) else None
