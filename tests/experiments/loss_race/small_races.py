"""Small courses, and races over them, that several tests share."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from engine.data.formats import Dataset
from engine.experiments import loss_race
from engine.experiments.loss_race import Course, RaceConfig, train_heads
from engine.tasks import MULTI_LABEL, POINTS

VOCAB = ("bear", "cat", "dog")
SIZE_WH = (640, 480)


def labels_course(train: int = 90, valid: int = 60, inputs: int = 24) -> Course:
    """Features from which each class can be predicted, but not easily."""
    rng = np.random.default_rng(0)
    targets = (rng.random((train + valid, len(VOCAB))) < 0.3).astype(int)
    features = (
        targets @ rng.normal(0, 1, (len(VOCAB), inputs)) + rng.normal(0, 0.7, (train + valid, inputs)) + 3
    )
    table = pd.DataFrame(
        {
            "fname": [f"{at}.jpg" for at in range(train + valid)],
            "labels": [tuple(np.array(VOCAB)[row == 1]) for row in targets],
            "is_valid": np.arange(train + valid) >= train,
        }
    )
    return Course.of(Dataset("tiny", MULTI_LABEL, Path("."), table, VOCAB), features.astype(np.float32))


def points_course(train: int = 90, valid: int = 60, inputs: int = 24) -> Course:
    """Features from which the point can be predicted; images are not square."""
    rng = np.random.default_rng(1)
    unit = rng.uniform(-0.8, 0.8, (train + valid, 2))
    features = unit @ rng.normal(0, 1, (2, inputs)) + rng.normal(0, 0.1, (train + valid, inputs))
    px = (unit + 1) * np.array(SIZE_WH) / 2
    table = pd.DataFrame(
        {
            "fname": [f"{at}.jpg" for at in range(train + valid)],
            "x": px[:, 0],
            "y": px[:, 1],
            "is_valid": np.arange(train + valid) >= train,
            "width": SIZE_WH[0],
            "height": SIZE_WH[1],
        }
    )
    return Course.of(Dataset("tiny", POINTS, Path("."), table), features.astype(np.float32))


COURSES = {MULTI_LABEL: labels_course(), POINTS: points_course()}


CONFIGS = {
    MULTI_LABEL: RaceConfig(MULTI_LABEL, lr=0.01, epochs=6, batch_size=32),
    POINTS: RaceConfig(POINTS, lr=0.01, epochs=6, batch_size=32),
}


def run_race(task: str, **changes):
    return train_heads.run(replace(CONFIGS[task], **changes), COURSES[task])


def final_scores(finished, course, metric, threshold=0.5):
    scores = loss_race.label_scores(
        finished, course, threshold, loss_race.mean_average_precisions(finished, course)
    )
    return scores.groupby("lane").last()[metric]
