"""Races in a worker process, with the scores that don't depend on a threshold; only the worker loads torch."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from engine.experiments.loss_race.config import RaceConfig
from engine.experiments.loss_race.heads import Lane, lanes
from engine.experiments.loss_race.result import Race
from engine.experiments.loss_race.task_data import Course
from engine.jobs.worker import RACES

COURSES_KEPT = 4


class UnknownCourse(LookupError):
    """The worker has not received this course, or no longer keeps it."""


Raced = tuple[Race, np.ndarray | pd.DataFrame]
"""A race with its `mean_average_precisions`, or its `point_scores` for points."""


def run(config: RaceConfig, course: Course, name: str) -> Raced:
    """Return the race of `train_heads.run`, with its scores; `name` as for `run_seeds`."""
    return run_seeds(config, course, name, (config.seed,), lanes(config.task))[0]


def run_seeds(
    config: RaceConfig, course: Course, name: str, seeds: Sequence[int], race_lanes: Sequence[Lane]
) -> list[Raced]:
    """Return the races of `train_heads.run_seeds`, each with its scores.

    `name` identifies the course: the same name always means the same course.
    """
    asked = (config, name, tuple(seeds), tuple(lane.name for lane in race_lanes))
    try:
        races = RACES.call("run", *asked)
    except UnknownCourse:
        RACES.call("keep", name, course)
        races = RACES.call("run", *asked)
    # lanes are only equal to those of this process
    return [(replace(race, lanes=tuple(race_lanes)), scores) for race, scores in races]
