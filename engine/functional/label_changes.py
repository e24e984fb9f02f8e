"""What becomes of a picture's labels when its thresholds move: kept, gained, lost or missed, right or wrong."""

from dataclasses import dataclass

import numpy as np

KEPT, GAINED, LOST, MISSED = "kept", "gained", "lost", "missed"


@dataclass(frozen=True)
class LabelChange:
    """One label of one picture: its place in the vocabulary, what became of it, and whether that is right."""

    place: int
    change: str
    is_right: bool


def label_changes(before, now, present) -> list[LabelChange]:
    """List what became of each label that is answered before or now, or is present.

    `before`, `now` and `present` are `(C,)` of yes and no: the answers at the old thresholds, at the new ones, and
    the truth. "missed" is a present label that neither answer has. Right means that the new answer is the truth.
    """
    return [
        LabelChange(place, _change(bool(was), bool(is_now)), bool(is_now) == bool(there))
        for place, (was, is_now, there) in enumerate(zip(before, now, present, strict=True))
        if was or is_now or there
    ]


def _change(was: bool, is_now: bool) -> str:
    if is_now:
        return KEPT if was else GAINED
    return LOST if was else MISSED


def count_changes(before, now, targets) -> dict[str, tuple[int, int]]:
    """Count over all `(N, C)` answers, for each kind of change, how many there are and how many of them are right.

    >>> count_changes([[1, 0, 0]], [[1, 1, 0]], [[1, 0, 1]])
    {'kept': (1, 1), 'gained': (1, 0), 'lost': (0, 0), 'missed': (1, 0)}
    """
    before, now, targets = (np.asarray(array).astype(bool) for array in (before, now, targets))
    masks = {KEPT: before & now, GAINED: ~before & now, LOST: before & ~now, MISSED: ~before & ~now & targets}
    right = now == targets
    return {change: (int(mask.sum()), int((mask & right).sum())) for change, mask in masks.items()}


def least_sure(probs, count: int) -> np.ndarray:
    """Return the places of the `count` pictures that have an answer nearest to a half, the least sure first."""
    return np.argsort(np.abs(np.asarray(probs) - 0.5).min(axis=1), kind="stable")[:count]
