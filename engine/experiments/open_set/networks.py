"""The four networks of the exercise: single-label and multi-label, with and without images of no animal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from engine import tasks
from engine.data.formats import Dataset
from engine.experiments.open_set.scenes import ANIMALS, TRAIN_NONE, TRAIN_ONE, targets
from engine.functional import loss_registry
from engine.functional.decisions import decide
from engine.tasks import MULTI_LABEL, SINGLE_LABEL

NOTHING = "none"
"""The extra class of a single-label network trained with images of no animal."""

THRESHOLD = 0.5
ONES, NONES = 120, 60
"""The number of training images with and without animals for each network."""


@dataclass(frozen=True)
class Kind:
    """One of the four: its name, its task, and whether images without animals are among its training images."""

    name: str
    task: str
    has_nothing: bool

    @property
    def vocab(self) -> tuple[str, ...]:
        """The labels it can predict; a single-label network needs an extra class for no animal."""
        return (*ANIMALS, NOTHING) if self.has_nothing and tasks.get(self.task).has_one_label else ANIMALS


KINDS = (
    Kind("single-label", SINGLE_LABEL, False),
    Kind("single-label, with a class “none”", SINGLE_LABEL, True),
    Kind("multi-label", MULTI_LABEL, False),
    Kind("multi-label, with images of no class", MULTI_LABEL, True),
)


@dataclass(frozen=True)
class Network:
    """A trained head on the features of the backbone for drawings: `weights` (F, C), `biases` (C,), float32."""

    kind: Kind
    weights: np.ndarray
    biases: np.ndarray

    def probs(self, features: np.ndarray) -> np.ndarray:
        """Probabilities (N, C) over the kind's vocabulary for features (N, F)."""
        logits = np.asarray(features, np.float32) @ self.weights + self.biases
        task = tasks.get(self.kind.task)
        return np.asarray(loss_registry.choice(task.name, task.losses[0]).predictions(logits))

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Predictions (N, 3) of 0 and 1 for the three animals: the likeliest class, or all above the threshold."""
        return predictions(self.kind, self.probs(features))


def predictions(kind: Kind, probs: np.ndarray) -> np.ndarray:
    """The predictions (N, 3) for probabilities (N, C)."""
    return decide(kind.task, probs, THRESHOLD)[:, : len(ANIMALS)].astype(np.uint8)


def train(kind: Kind, features: Mapping[str, np.ndarray], seed: int, nones: int = NONES) -> Network:
    """Train one network on two thirds of the generated images, which the seed chooses.

    `features` holds (N, F) for `TRAIN_ONE` and `TRAIN_NONE`. The seed also decides the initial weights and the order.
    """
    from engine.experiments.label_review import cross_validation
    from engine.experiments.loss_race import Course
    from engine.experiments.loss_race.train_heads import run

    rng = np.random.default_rng(seed)
    ones = _even_choice(rng, len(features[TRAIN_ONE]))
    nothing = rng.permutation(len(features[TRAIN_NONE]))[: nones if kind.has_nothing else 0]
    train_features = np.concatenate([features[TRAIN_ONE][ones], features[TRAIN_NONE][nothing]]).astype(
        np.float32
    )
    image_labels = [targets(TRAIN_ONE, at) for at in ones] + [_nothing(kind)] * len(nothing)
    course = Course.of(_dataset(kind, image_labels), train_features)
    race = run(
        cross_validation.config(kind.task, len(image_labels), seed),
        course,
        (cross_validation.lane(kind.task),),
    )
    weights = race.weights[0] / course.deviation[:, None]
    return Network(kind, weights, race.biases[0] - course.mean @ weights)


def _even_choice(rng: np.random.Generator, count: int) -> np.ndarray:
    """Two thirds of the images, equally many of each animal."""
    by_animal = [rng.permutation(np.arange(at, count, 3))[: ONES // 3] for at in range(3)]
    return np.concatenate(by_animal)


def _nothing(kind: Kind) -> tuple[str, ...]:
    return (NOTHING,) if NOTHING in kind.vocab else ()


def _dataset(kind: Kind, image_labels: list[tuple[str, ...]]) -> Dataset:
    table = pd.DataFrame({"fname": [str(at) for at in range(len(image_labels))], "is_valid": False})
    table["labels"] = pd.Series(image_labels, dtype=object)
    return Dataset("none of these", kind.task, Path(), table, kind.vocab)
