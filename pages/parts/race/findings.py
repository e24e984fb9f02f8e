"""What a finished race over labels shows, in sentences made from the numbers on the screen."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.experiments.loss_race import Course, Lane, Race
from engine.functional import metrics
from engine.functional.threshold_curves import best_threshold, threshold_curve
from engine.plots import race as figures

BY_LABELS = ("no label", "one label", "several labels")
MOVED = ("focal", "asymmetric")
"""Losses whose probabilities lie elsewhere than the shares of right predictions."""
_NEAR = 0.005


def sentences(
    race: Race,
    over: Course,
    last: pd.DataFrame,
    threshold: float,
    baselines: Mapping[str, tuple[float, str]],
    margins: Mapping[str, np.ndarray],
) -> list[str]:
    """One Markdown sentence or two for each finding.

    `last` has a row for each lane with the metrics and `BY_LABELS`; `baselines` and `margins` are by metric.
    """
    lanes = {lane.loss.name: (at, lane) for at, lane in enumerate(race.lanes)}
    lines = [leaders(race.lanes, last, baselines, margins)]
    if figures.INVERTED in lanes:
        measure = "mean_average_precision"
        lines.append(
            inverted(race, lanes[figures.INVERTED][0], last[measure], baselines[measure][0], margins[measure])
        )
    if "cross_entropy" in lanes:
        lines.append(cross_entropy(last.iloc[lanes["cross_entropy"][0]], threshold, len(over.valid.vocab)))
    lines += [
        moved_threshold(race, over, *lanes[name], float(last["skill"].iloc[lanes[name][0]]), threshold)
        for name in MOVED
        if name in lanes
    ]
    nothing = metrics.do_nothing_accuracy(over.valid_targets)
    lines.append(
        f"Predicting nothing scores an accuracy_multi of {nothing:.4f} here. Skill counts from there."
    )
    return lines


def leaders(
    lanes: tuple[Lane, ...],
    last: pd.DataFrame,
    baselines: Mapping[str, tuple[float, str]],
    margins: Mapping[str, np.ndarray],
) -> str:
    """Who leads by each metric, or is level in front, and by which metrics no head clearly beats the baseline."""
    clauses = []
    for measure, name in figures.METRICS.items():
        ends = dict(zip(lanes, last[measure].astype(float), strict=True))
        who, is_level, is_better = figures.leaders(ends, baselines[measure][0], margins[measure])
        notes = ["level"] * is_level + [f"not clearly better than {baselines[measure][1]}"] * (not is_better)
        clauses.append(f"{name}: {who} ({', '.join(notes)})" if notes else f"{name}: {who}")
    return f"**In front.** By {'; by '.join(clauses)}."


def inverted(race: Race, at: int, ranking: pd.Series, chance: float, margins: np.ndarray) -> str:
    """Whether the inverted loss fell, and what its ranking is worth compared with chance."""
    value, steps = float(ranking.iloc[at]), race.step_losses[at]
    tenth = max(1, len(steps) // 10)
    first, end = f"{steps[:tenth].mean():.3g}", f"{steps[-tenth:].mean():.3g}"
    moved = "fell" if float(end) < float(first) else "rose"
    own = f"Its own loss stayed at {end}" if first == end else f"Its own loss {moved} from {first} to {end}"
    ap = f"its mean average precision is {value:.3f}, chance {chance:.3f}"
    if np.isnan(value):
        return f"**The inverted loss cannot be ranked here.** {own}."
    if abs(value - chance) <= margins[at, -1]:
        return f"**The inverted loss is level with chance here.** {own}; {ap}."
    if value > chance:
        return f"**The inverted loss is above chance here.** {own}; {ap}."
    return f"**The inverted loss learned to be wrong.** {own}; {ap}. It ranks the images that show a class *last*."


def cross_entropy(last: pd.Series, threshold: float, classes: int) -> str:
    """How many labels softmax allows at this threshold, and its exact match by the number of labels."""
    most = most_labels(threshold, classes)
    some = {0: "no label", 1: "only one label"}.get(most, f"at most {most} labels")
    passing = f"all {classes} labels" if most >= classes else some
    parts = [f"{last[part]:.3f} with {part}" for part in BY_LABELS if not pd.isna(last[part])]
    return (
        f"**Cross-entropy's probabilities sum to 1.** So {passing} can pass a threshold of {threshold:.2f} in one "
        f"image. Its exact match is {', '.join(parts)}."
    )


def most_labels(threshold: float, classes: int) -> int:
    """How many probabilities that sum to 1 can lie strictly above a threshold."""
    if threshold <= 0:
        return classes
    return min(classes, max(0, int(np.ceil(round(1 / threshold, 9))) - 1))


def moved_threshold(race: Race, over: Course, at: int, lane: Lane, skill: float, threshold: float) -> str:
    """A head's skill at the threshold on the screen next to the most that any threshold gives on these images."""
    probs = lane.predictions(race.valid_raw[-1, at]).astype(float)
    curve = threshold_curve(probs, over.valid_targets)
    best = best_threshold(curve)
    most = float(curve["skill"].max())
    name = lane.loss.title[0].upper() + lane.loss.title[1:]
    here = f"At {threshold:.2f} its skill is {skill:.3f}"
    if most - skill <= _NEAR:
        return f"**{name} loss: this threshold suits it.** {here}; no other gives more than {most:.3f}."
    return (
        f"**{name} loss: another threshold suits it better.** {here}; at {best:.2f} it would be {most:.3f}, the most "
        "on these images."
    )
