"""Why a label or point looks wrong, in one plain sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

UNSEEN = "Models that never saw this image"
TOO_FEW = "Too few images have its labels to judge it."


class Doubt(NamedTuple):
    """One label in doubt: its probability here, what is usual for it, and whether it is given."""

    label: str
    probability: float
    usual: float
    is_given: bool


def of_labels(doubts: Sequence[Doubt]) -> str:
    """The sentence for labels; the likeliest to be wrong first."""
    return f"{UNSEEN} give {'; '.join(_said(doubt) for doubt in doubts)}."


def of_point(distance_px: float, usual_px: float, times: float) -> str:
    """The sentence for a point: its distance from where it is expected, and what is usual there."""
    return (
        f"The point is {distance_px:.0f} px from where models that never saw this image put it. Half the points in "
        f"that region are within {usual_px:.0f} px, so this is {times:.1f} times the usual spread."
    )


def _said(doubt: Doubt) -> str:
    usually = f"{_percent(doubt.usual)} is typical"
    state = f"labelled; {usually}" if doubt.is_given else f"not labelled; where it is, {usually}"
    return f"“{doubt.label}” {_percent(doubt.probability)} ({state})"


def _percent(share: float) -> str:
    return "under 1%" if 0 <= share < 0.005 else f"{share:.0%}"
