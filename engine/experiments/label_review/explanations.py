"""Why a label or point looks wrong, in two or three plain sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

UNSEEN = "Models that never saw this image"
TOO_FEW = "Too few images have these labels to judge this one."


class Doubt(NamedTuple):
    """One label in doubt: its probability here, what is usual for it, and whether it is given."""

    label: str
    probability: float
    usual: float
    is_given: bool


def of_labels(doubts: Sequence[Doubt]) -> str:
    """The sentences for labels; the likeliest to be wrong first."""
    first, *others = doubts
    rest = [f"{_sureness(doubt, first)} {_named(doubt)}" for doubt in others]
    phrases = _joined([f"{_percent(first.probability)} sure that it shows {_named(first)}", *rest])
    usual = _joined([_percent(doubt.usual) for doubt in doubts])
    having = "this label" if not others else "these labels"
    return f"{UNSEEN} are {phrases}. Where images have {having}, they are {usual} sure on average."


def of_point(distance_px: float, usual_px: float, times: float) -> str:
    """The sentences for a point: its distance from where it is expected, and what is usual there."""
    return (
        f"Models that never saw this image put the point {distance_px:.0f} px away. Half of the points in that region "
        f"are within {usual_px:.0f} px. This one is {times:.1f} times the usual spread away."
    )


def _named(doubt: Doubt) -> str:
    return f"“{doubt.label}” ({'labelled' if doubt.is_given else 'not labelled'})"


def _sureness(doubt: Doubt, first: Doubt) -> str:
    """The probability of a further label; "only" where it is far below that of the first."""
    only = "only " if doubt.probability < first.probability / 2 else ""
    return f"{only}{_percent(doubt.probability)} sure of"


def _joined(parts: Sequence[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def _percent(share: float) -> str:
    return "under 1%" if 0 <= share < 0.005 else f"{share:.0%}"
