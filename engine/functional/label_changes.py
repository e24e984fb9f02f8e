"""How an image's predicted labels change when thresholds move: kept, gained, lost or missed, right or wrong."""

from dataclasses import dataclass

import numpy as np

KEPT, GAINED, LOST, MISSED = "kept", "gained", "lost", "missed"


@dataclass(frozen=True)
class LabelChange:
    """One label of one image: its index in the vocabulary, its change, and whether the new prediction is right."""

    class_index: int
    change: str
    is_right: bool


def label_changes(before, now, present) -> list[LabelChange]:
    """List the change of each label that is predicted before or now, or is present.

    `before`, `now` and `present` are `(C,)` booleans: the predictions at the old thresholds, at the new ones, and the
    truth. "missed" is a present label that neither prediction has. Right means that the new prediction is true.
    """
    return [
        LabelChange(index, _change(bool(was), bool(is_now)), bool(is_now) == bool(is_present))
        for index, (was, is_now, is_present) in enumerate(zip(before, now, present, strict=True))
        if was or is_now or is_present
    ]


def _change(was: bool, is_now: bool) -> str:
    if is_now:
        return KEPT if was else GAINED
    return LOST if was else MISSED


def count_changes(before, now, targets) -> dict[str, tuple[int, int]]:
    """Count each kind of change in all `(N, C)` predictions: how many there are, and how many of them are right.

    >>> count_changes([[1, 0, 0]], [[1, 1, 0]], [[1, 0, 1]])
    {'kept': (1, 1), 'gained': (1, 0), 'lost': (0, 0), 'missed': (1, 0)}
    """
    before, now, targets = (np.asarray(array).astype(bool) for array in (before, now, targets))
    masks = {KEPT: before & now, GAINED: ~before & now, LOST: before & ~now, MISSED: ~before & ~now & targets}
    right = now == targets
    return {change: (int(mask.sum()), int((mask & right).sum())) for change, mask in masks.items()}


def least_sure(probs, count: int) -> np.ndarray:
    """Return the rows of the `count` images with the probability nearest to 0.5, the least certain first."""
    return np.argsort(np.abs(np.asarray(probs) - 0.5).min(axis=1), kind="stable")[:count]
