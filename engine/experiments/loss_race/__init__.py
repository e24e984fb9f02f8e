"""The loss race: one frozen body, one seed, the same batches; each head is trained with a different loss.

`train_heads.run` runs a race in this process, `worker_client.run` in a worker. Only the former loads torch.
"""

from engine.experiments.loss_race.config import LIMITS, RaceConfig
from engine.experiments.loss_race.heads import Lane, lanes
from engine.experiments.loss_race.result import Race
from engine.experiments.loss_race.scores import (
    by_labels,
    chance_average_precision,
    class_average_precisions,
    label_scores,
    mean_average_precisions,
    nothing_right,
    point_baseline_px,
    point_predictions_px,
    point_scores,
    point_training_errors_px,
)
from engine.experiments.loss_race.seeds import Band, seeds_from
from engine.experiments.loss_race.standings import Standings, label_standings
from engine.experiments.loss_race.task_data import Course
from engine.experiments.loss_race.uncertainty import (
    label_margins,
    level_with_best,
    point_margins,
    ranking_margins,
)

__all__ = [
    "LIMITS",
    "Band",
    "Course",
    "Lane",
    "Race",
    "RaceConfig",
    "Standings",
    "by_labels",
    "chance_average_precision",
    "class_average_precisions",
    "label_margins",
    "label_scores",
    "label_standings",
    "lanes",
    "level_with_best",
    "mean_average_precisions",
    "nothing_right",
    "point_baseline_px",
    "point_margins",
    "point_predictions_px",
    "point_scores",
    "point_training_errors_px",
    "ranking_margins",
    "seeds_from",
]
