"""Where each loss stands after the last epoch: scores over the seeds, baselines, and what counts as a difference."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.experiments.loss_race import scores as race_scores
from engine.experiments.loss_race import seeds, uncertainty
from engine.experiments.loss_race.heads import Lane
from engine.experiments.loss_race.result import Race
from engine.experiments.loss_race.task_data import Course

METRICS = ("several_labels", "exact_match", "mean_average_precision", "skill")
PARTS = ("no label", "one label", "several labels")
"""Exact match by the number of labels of an image, columns of `scores.by_labels`."""


@dataclass(frozen=True)
class Standings:
    """A finished race over labels at one threshold.

    Attributes:
        lanes: the H losses.
        scores: those of each seed and epoch, as `seeds.joined` has them.
        ends: (H rows), the mean over the seeds after the last epoch, by `METRICS` and `PARTS`.
        baselines: by metric, the value and the name of a prediction that needs no network.
        margins: by metric and part, (H + 1, H + 1), how far apart two lanes, or a lane and the baseline, must be.
    """

    lanes: tuple[Lane, ...]
    scores: pd.DataFrame
    ends: pd.DataFrame
    baselines: dict[str, tuple[float, str]]
    margins: dict[str, np.ndarray]

    def at_end(self, metric: str) -> dict[Lane, float]:
        """Each lane's score by a metric after the last epoch."""
        return dict(zip(self.lanes, self.ends[metric].astype(float), strict=True))


def label_standings(
    races: Sequence[Race],
    rankings: Sequence[np.ndarray],
    ranking_margins: np.ndarray,
    course: Course,
    threshold: float,
) -> Standings:
    """The standings of races from several seeds; `rankings` are each race's `mean_average_precisions`.

    `ranking_margins` are those of the first race over resampled images.
    """
    by_seed = [
        race_scores.label_scores(race, course, threshold, ranking)
        for race, ranking in zip(races, rankings, strict=True)
    ]
    scores = seeds.joined(by_seed)
    ends = {metric: seeds.last_of(scores, metric) for metric in METRICS}
    parts = np.stack([race_scores.by_labels(race, course, threshold).to_numpy() for race in races])
    ends |= {part: parts[..., at] for at, part in enumerate(PARTS)}
    over_images = uncertainty.label_margins(races[0], course, threshold)
    over_images["mean_average_precision"] = ranking_margins
    return Standings(
        races[0].lanes,
        scores,
        pd.DataFrame({name: values.mean(axis=0) for name, values in ends.items()}),
        {metric: baseline(metric, course.valid_targets) for metric in METRICS},
        {name: seeds.margins(values, over_images[name]) for name, values in ends.items()},
    )


def baseline(metric: str, targets: np.ndarray) -> tuple[float, str]:
    """The value of a metric that needs no network, and its name."""
    if metric == "mean_average_precision":
        return race_scores.chance_average_precision(targets), "chance"
    if metric == "exact_match":
        return race_scores.nothing_right(targets), "predicting nothing"
    return 0.0, "predicting nothing"
