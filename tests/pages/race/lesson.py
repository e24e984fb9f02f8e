"""What the tests of lesson 6 share: the race as the engine runs it, and what the page shows."""

import numpy as np

from engine.data import formats
from engine.experiments import loss_race
from engine.experiments.loss_race import Course, RaceConfig, train_heads
from engine.functional.loss_registry import choices
from engine.tasks import MULTI_LABEL
from engine.training import features
from pages.parts.race import shown_losses
from tests.lesson_data import button, chart, open_page

PAGE = "6_Loss_race"
NAMES = [one.short for one in choices(MULTI_LABEL)]
FIRST = ["BCE", "CE", "focal"]
"""The losses that race at first, in the order of all losses."""


def shown(**address: str):
    """The race over labels after the guess, with what the address holds."""
    app = open_page(PAGE, **address)
    return button(app, "Show me").click().run()


def drawings(**address: str):
    return shown(kind="Drawings", **address)


def title(app) -> str:
    """The title of the first chart."""
    bold = [one.value.replace("\\", "") for one in app.markdown if one.value.startswith("**")]
    return next(text for text in bold if "leads" in text or "A tie" in text)


def course_of(task: str, folder) -> Course:
    dataset = formats.load(folder, task)
    return Course.of(dataset, features.of_dataset(dataset))


def default_lanes(task: str):
    return tuple(lane for lane in loss_race.lanes(task) if lane.name in shown_losses.DEFAULT[task])


def raced(task: str, folder, **changes):
    """The races of the three seeds that the page should have run, by the engine itself, and their course."""
    course = course_of(task, folder)
    return races_over(RaceConfig(task, **changes), course), course


def races_over(config: RaceConfig, course: Course):
    seeds = range(config.seed, config.seed + 3)
    return train_heads.run_seeds(config, course, seeds, default_lanes(config.task))


def mean_scores(races, course, metric: str, threshold: float = 0.5) -> list[float]:
    """Each loss's score at the end, the mean of the seeds."""
    by_seed = [
        loss_race.label_scores(race, course, threshold, loss_race.mean_average_precisions(race, course))
        .groupby("lane", sort=False)
        .last()[metric]
        for race in races
    ]
    return np.mean(by_seed, axis=0).tolist()


def ends(app, place: int = 0) -> list[float]:
    """Where the lines of a chart end; bands are no lines."""
    return [float(trace.y[-1]) for trace in chart(app, place).data if trace.fill is None]
