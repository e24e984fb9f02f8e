"""Races in a worker process, with the scores that don't depend on a threshold; only the worker loads torch."""

from dataclasses import replace

import numpy as np
import pandas as pd

from engine.experiments.loss_race.config import RaceConfig
from engine.experiments.loss_race.heads import lanes
from engine.experiments.loss_race.result import Race
from engine.experiments.loss_race.task_data import Course
from engine.jobs.worker import RACES

COURSES_KEPT = 4


class UnknownCourse(LookupError):
    """The worker has not received this course, or no longer keeps it."""


def run(config: RaceConfig, course: Course, name: str) -> tuple[Race, np.ndarray | pd.DataFrame]:
    """Return the race of `train_heads.run`, and `mean_average_precisions`, or `point_scores` for points.

    `name` identifies the course: the same name always means the same course.
    """
    try:
        finished, scores = RACES.call("run", config, name)
    except UnknownCourse:
        RACES.call("keep", name, course)
        finished, scores = RACES.call("run", config, name)
    return replace(
        finished, lanes=lanes(config.task)
    ), scores  # lanes are only equal to those of this process
