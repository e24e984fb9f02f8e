"""Races in a process of their own, with the scores that no threshold changes; it loads torch, this one need not."""

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
    """The process has not been told this course, or no longer keeps it."""


def run(config: RaceConfig, course: Course, name: str) -> tuple[Race, np.ndarray | pd.DataFrame]:
    """What `training.run` and `mean_average_precisions` give, for points `point_scores` in the place of the latter.

    `name` tells the course from others: under one name there is one course.
    """
    try:
        finished, scores = RACES.call("run", config, name)
    except UnknownCourse:
        RACES.call("keep", name, course)
        finished, scores = RACES.call("run", config, name)
    return replace(finished, lanes=lanes(config.task)), scores  # what equals these is only what is made here
