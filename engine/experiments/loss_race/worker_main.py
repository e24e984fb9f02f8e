"""The worker of the races: `engine.experiments.loss_race.worker_client` starts and calls it."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from engine.experiments.loss_race import train_heads
from engine.experiments.loss_race.config import RaceConfig
from engine.experiments.loss_race.heads import lanes
from engine.experiments.loss_race.result import Race
from engine.experiments.loss_race.scores import mean_average_precisions, point_scores
from engine.experiments.loss_race.task_data import Course
from engine.experiments.loss_race.worker_client import COURSES_KEPT, UnknownCourse
from engine.jobs.worker import serve_calls
from engine.tasks import MULTI_LABEL, POINTS


class Races:
    """Runs races over the task data that it has been sent, of which it keeps the `COURSES_KEPT` latest."""

    def __init__(self) -> None:
        self._courses: dict[str, Course] = {}

    def keep(self, name: str, course: Course) -> None:
        """Keep a course under its name; the oldest is dropped if there are too many."""
        self._courses[name] = course
        if len(self._courses) > COURSES_KEPT:
            self._courses.pop(next(iter(self._courses)))

    def run(
        self, config: RaceConfig, name: str, seeds: Sequence[int], lane_names: Sequence[str]
    ) -> list[tuple[Race, np.ndarray | pd.DataFrame]]:
        """Race some lanes from each seed over the course of that name, with scores. Raises `UnknownCourse`."""
        if name not in self._courses:
            raise UnknownCourse(name)
        course = self._courses[name]
        raced = tuple(lane for lane in lanes(config.task) if lane.name in lane_names)
        races = train_heads.run_seeds(config, course, seeds, raced)
        return [(finished, _SCORES[config.task](finished, course)) for finished in races]


_SCORES: dict[str, Callable[[Race, Course], np.ndarray | pd.DataFrame]] = {
    MULTI_LABEL: mean_average_precisions,
    POINTS: point_scores,
}


if __name__ == "__main__":
    races = Races()
    serve_calls({"keep": races.keep, "run": races.run})
