"""The race of the losses: one frozen body, one seed, the same batches; each head is trained with another loss."""

from engine.race.config import LIMITS, RaceConfig
from engine.race.course import Course
from engine.race.lanes import Lane, lanes
from engine.race.scores import (
    by_labels,
    chance_average_precision,
    class_average_precisions,
    label_scores,
    mean_average_precisions,
    nothing_right,
    point_answers_px,
    point_baseline_px,
    point_scores,
)
from engine.race.training import SMALL, Race, run

__all__ = [
    "LIMITS",
    "SMALL",
    "Course",
    "Lane",
    "Race",
    "RaceConfig",
    "by_labels",
    "chance_average_precision",
    "class_average_precisions",
    "label_scores",
    "lanes",
    "mean_average_precisions",
    "nothing_right",
    "point_answers_px",
    "point_baseline_px",
    "point_scores",
    "run",
]
