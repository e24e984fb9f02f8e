"""What a finished race over labels shows, in sentences made from the numbers on the screen."""

import numpy as np
import pandas as pd

from engine.experiments.loss_race import Course, Lane, Race, Standings
from engine.experiments.loss_race.standings import PARTS
from engine.functional import metrics
from engine.functional.threshold_curves import best_threshold, threshold_curve
from engine.plots.race_titles import INVERTED, METRICS, capital, front, names_of
from engine.plots.signed import signed

MOVED = ("focal", "asymmetric")
"""Losses whose probabilities lie elsewhere than the shares of right predictions."""
_NEAR = 0.005


def sentences(race: Race, over: Course, standings: Standings, threshold: float) -> list[str]:
    """One Markdown sentence or two for each finding; `race` is that of the first seed."""
    lanes = {lane.loss.name: (at, lane) for at, lane in enumerate(standings.lanes)}
    lines = [leaders(standings)]
    if INVERTED in lanes:
        lines.append(inverted(race, lanes[INVERTED][0], standings))
    if "cross_entropy" in lanes:
        last = standings.ends.iloc[lanes["cross_entropy"][0]]
        lines.append(cross_entropy(last, threshold, len(over.valid.vocab)))
    lines += [moved_threshold(race, over, *lanes[name], threshold) for name in MOVED if name in lanes]
    nothing = metrics.do_nothing_accuracy(over.valid_targets)
    lines.append(
        f"Predicting nothing scores an accuracy_multi of {nothing:.4f}. Skill is measured from there."
    )
    return lines


def leaders(standings: Standings) -> str:
    """Who leads by each metric, or ties, and by which metrics no loss clearly beats the baseline."""
    clauses = []
    for metric, name in METRICS.items():
        level, baseline_name = standings.baselines[metric]
        in_front = front(standings.at_end(metric), level, standings.margins[metric])
        who = names_of(in_front.group, len(standings.lanes)) if in_front.is_tie else in_front.group[0].short
        notes = ["tie"] * in_front.is_tie
        if in_front.side(in_front.group[0]) <= 0:
            notes.append(f"no clear gain over {baseline_name}")
        told = f"{who} ({', '.join(notes)})" if notes else who
        clauses.append(f"{capital(name)}: {told}.")
    return f"**In the lead.** {' '.join(clauses)}"


def inverted(race: Race, at: int, standings: Standings) -> str:
    """Whether the inverted loss fell, and what its ranking is worth compared with chance."""
    metric = "mean_average_precision"
    value, chance = float(standings.ends[metric].iloc[at]), standings.baselines[metric][0]
    steps = race.step_losses[at]
    tenth = max(1, len(steps) // 10)
    first, end = f"{steps[:tenth].mean():.3g}", f"{steps[-tenth:].mean():.3g}"
    moved = "fell" if float(end) < float(first) else "rose"
    own = f"Its own loss stayed at {end}" if first == end else f"Its own loss {moved} from {first} to {end}"
    ap = f"its mean average precision is {value:.3f}, and chance is {chance:.3f}"
    if np.isnan(value):
        return f"**The inverted loss cannot be ranked here.** {own}."
    if abs(value - chance) <= standings.margins[metric][at, -1]:
        return f"**The inverted loss ranks no better than chance.** {own}; {ap}."
    if value > chance:
        return f"**The inverted loss is above chance here.** {own}; {ap}."
    return f"**The inverted loss learned to be wrong.** {own}; {ap}. It ranks the images that show a class *last*."


def cross_entropy(last: pd.Series, threshold: float, classes: int) -> str:
    """How many labels softmax allows at this threshold, and its exact match by the number of labels."""
    most = most_labels(threshold, classes)
    some = {0: "no label", 1: "only one label"}.get(most, f"at most {most} labels")
    passing = f"all {classes} labels" if most >= classes else some
    parts = [f"{last[part]:.3f} with {part}" for part in PARTS if not pd.isna(last[part])]
    return (
        f"**Cross-entropy's probabilities add up to 1.** So {passing} can pass a threshold of {threshold:.2f} in one "
        f"image. Its exact match is {', '.join(parts)}."
    )


def most_labels(threshold: float, classes: int) -> int:
    """How many probabilities that sum to 1 can lie strictly above a threshold."""
    if threshold <= 0:
        return classes
    return min(classes, max(0, int(np.ceil(round(1 / threshold, 9))) - 1))


def moved_threshold(race: Race, over: Course, at: int, lane: Lane, threshold: float) -> str:
    """A head's skill at the threshold on the screen next to the most that any threshold gives on these images."""
    probs = lane.predictions(race.valid_raw[-1, at]).astype(float)
    curve = threshold_curve(probs, over.valid_targets)
    skill = metrics.all_metrics(probs, over.valid_targets, threshold)["skill"]
    best, most = best_threshold(curve), float(curve["skill"].max())
    name = capital(lane.loss.title)
    here = f"At {threshold:.2f} its skill is {signed(skill, '.3f')}"
    if most - skill <= _NEAR:
        return (
            f"**{name} loss: this threshold suits it.** {here}; no other threshold gives more than "
            f"{most:.3f}."
        )
    return (
        f"**{name} loss: another threshold suits it better.** {here}. At {best:.2f} it would be "
        f"{most:.3f}, the highest on these images."
    )
