"""Titles of the loss race: who leads by a metric, or who ties, next to a prediction that needs no network."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from engine.experiments.loss_race.heads import Lane
from engine.experiments.loss_race.uncertainty import level_with_best
from engine.plots.signed import signed

METRICS = {
    "several_labels": "exact match on images with several labels",
    "exact_match": "exact match",
    "mean_average_precision": "mean average precision",
    "skill": "skill",
}
"""The metrics of the race over labels, columns of its scores, with the names that people read."""
INVERTED = "binary_cross_entropy_as_printed"
MOST_LISTED = 3
"""A title gives the value of each loss up to this many, and a range for more."""
_NUMBERS = {3: "three", 4: "four", 5: "five", 6: "six"}


class Front(NamedTuple):
    """The lanes that tie for the best score, best first, and each lane's place relative to the baseline.

    `side` is 1 where a lane is better than the baseline, 0 where the difference is within the margin, else -1.
    """

    group: list[Lane]
    side: Callable[[Lane], int]

    @property
    def is_tie(self) -> bool:
        """Whether no single lane leads."""
        return len(self.group) > 1


def front(
    ends: Mapping[Lane, float],
    baseline: float,
    margins: np.ndarray | None = None,
    digits: int = 2,
    is_high_best: bool = True,
) -> Front:
    """Who is in front by a metric. Scores tie where they look alike when rounded, or differ by less than their margin.

    `margins` (H + 1, H + 1) have the baseline in the last row; without them only what looks alike ties.
    """
    lanes = list(ends)
    values = np.round([*ends.values(), baseline], digits)
    margins = np.zeros((len(values), len(values))) if margins is None else margins
    sign = 1 if is_high_best else -1
    ties = level_with_best(values[:-1], margins[:-1, :-1] + 1e-9, is_high_best)
    group = sorted((lanes[at] for at in np.flatnonzero(ties)), key=lambda lane: -sign * ends[lane])

    def side(lane: Lane) -> int:
        at = lanes.index(lane)
        gap = sign * (values[at] - values[-1])
        return 0 if not abs(gap) > margins[at, -1] + 1e-9 else int(np.sign(gap))

    return Front(group or lanes, side)


def label_title(
    ends: Mapping[Lane, float], metric: str, baseline: tuple[float, str], margins: np.ndarray | None = None
) -> str:
    """Who leads by a metric, or who ties; never a leader within the margins. `baseline` is its value and its name."""
    level, baseline_name = baseline
    in_front = front(ends, level, margins)
    best, name = in_front.group[0], METRICS[metric]
    if in_front.is_tie:
        values = _between([ends[lane] for lane in in_front.group], "{:.2f}")
        title = f"A tie: {names_of(in_front.group, len(ends))} reach {values} {name}"
    else:
        title = f"{capital(best.loss.title)} leads with {ends[best]:.2f} {name}"
    if (side := in_front.side(best)) <= 0:
        comparison = "no clear gain over" if side == 0 else "worse than"
        return f"{title}, {comparison} {baseline_name} ({level:.2f})"
    behind = {lane: end for lane, end in ends.items() if lane not in in_front.group}
    return f"{title}; {_listed(behind, in_front, baseline)}" if behind else title


def point_title(ends: Mapping[Lane, float], baseline_px: float, margins: np.ndarray | None = None) -> str:
    """The loss with the smallest error, or those that tie, next to always predicting the mean point."""
    in_front = front(ends, baseline_px, margins, 1, is_high_best=False)
    best = in_front.group[0]
    who = (
        f"A tie: {names_of(in_front.group, len(ends))} put"
        if in_front.is_tie
        else f"{capital(best.title)} leads and puts"
    )
    title = f"{who} half the points within {_between([ends[lane] for lane in in_front.group], '{:.1f}')} px"
    no_gain = {1: "", 0: ", no clear difference", -1: ", less than every loss"}[in_front.side(best)]
    return f"{title}; the mean point is off by {baseline_px:.1f} px{no_gain}"


def names_of(group: Sequence[Lane], count: int) -> str:
    """The short names of some of `count` lanes in a sentence; all of them are "all three losses"."""
    if len(group) == count and count > 1:
        return "both losses" if count == 2 else f"all {_NUMBERS.get(count, count)} losses"
    return joined([lane.short for lane in group])


def joined(words: Sequence[str]) -> str:
    """Words as a list in a sentence: a; a and b; a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def capital(title: str) -> str:
    """The title with a capital at its start, the rest unchanged."""
    return title[0].upper() + title[1:]


def _listed(behind: Mapping[Lane, float], in_front: Front, baseline: tuple[float, str]) -> str:
    """The scores of those behind, and where the inverted loss is relative to the baseline."""
    level, name = baseline
    says = {
        lane: f"{'the inverted loss' if lane.loss.name == INVERTED else lane.short} {_number(end)}"
        for lane, end in sorted(behind.items(), key=lambda item: -np.nan_to_num(item[1], nan=-np.inf))
    }
    inverted = next((lane for lane in behind if lane.loss.name == INVERTED), None)
    if inverted is not None and not np.isnan(behind[inverted]):
        place = {-1: "below", 0: "no clear difference to", 1: "above"}[in_front.side(inverted)]
        says[inverted] += f" ({place} {name}, {level:.2f})"
    if len(behind) <= MOST_LISTED:
        return joined(list(says.values()))
    kept = [end for lane, end in behind.items() if lane is not inverted]
    return joined([f"the others {_between(kept, '{:.2f}')}", *([says[inverted]] if inverted else [])])


def _number(value: float) -> str:
    return "without a value" if np.isnan(value) else signed(value, ".2f")


def _between(values: Sequence[float], form: str) -> str:
    low, high = form.format(np.nanmin(values)), form.format(np.nanmax(values))
    return low if low == high else f"{low} to {high}"
