"""Races in a process of their own, with the scores that no threshold changes; it loads torch, this one need not."""

from dataclasses import replace

import numpy as np
import pandas as pd

from engine.jobs.worker import RACES
from engine.race.config import RaceConfig
from engine.race.course import Course
from engine.race.finished import Race
from engine.race.lanes import lanes

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
