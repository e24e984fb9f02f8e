"""Ready-to-use models for photographs, offline and without torch: `load("multi-label").predict([image])`.

They know photographs only. What each was fitted on and how good it is stands in its JSON file (`PhotoModel.settings`)
and in sample_data/README.md.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from PIL import Image

from engine.jobs.thread_map import in_threads
from engine.training.backbones import LOGITS, PHOTOGRAPHS
from engine.training.photo_models import files, graphs, point_head, sizing
from engine.training.photo_models.files import PhotoModelError
from engine.training.photo_models.groups import MORE_GROUPS, SCENE_GROUPS

__all__ = ["PhotoModel", "PhotoModelError", "PhotoPrediction", "load"]

SINGLE_LABEL, MULTI_LABEL, POINTS = "single-label", "multi-label", "points"
FACE = "face"
_TOP = 5
_LOADING = Lock()


@dataclass(frozen=True)
class PhotoPrediction:
    """What a model predicts for one image.

    Attributes:
        labels: the predicted labels, the most probable first: one for single-label, those above their thresholds for
            multi-label, none for points.
        probs: label -> probability: the five most probable for single-label, all labels for multi-label, the
            probability that there is a face for points.
        logits: label -> calibrated logit, whose sigmoid is the probability; for multi-label only.
        point_px: (x, y) in pixels of the image; None where no face was found, and for the other tasks.
        is_familiar: False where the prediction is a guess: no class is probable, no label is above its threshold, or
            no face was found.
        ood_score: 1 minus the highest probability, 0 to 1.
        thresholds: label -> the probability above which it is named; none for single-label.
        guess_below: the probability below which a single label is a guess; None for the other tasks.
    """

    labels: tuple[str, ...]
    probs: dict[str, float] = field(default_factory=dict)
    logits: dict[str, float] = field(default_factory=dict)
    point_px: tuple[float, float] | None = None
    is_familiar: bool = True
    ood_score: float = 0.0
    thresholds: dict[str, float] = field(default_factory=dict)
    guess_below: float | None = None


class PhotoModel(ABC):
    """A model for photographs. Threads may share it. `settings` are those of its JSON file."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.task: str = settings["task"]
        self.vocab: tuple[str, ...] = tuple(settings.get("vocab", ()))

    def predict(self, images: Sequence[Image.Image]) -> list[PhotoPrediction]:
        """One prediction for each image. Raises `WeightsError` where a backbone's package is not installed."""
        return [self.predict_one(image if image.mode == "RGB" else image.convert("RGB")) for image in images]

    def label_probs(self, image: Image.Image) -> dict[str, float]:
        """Label of the multi-label model -> probability; raises `PhotoModelError` but for the single-label model."""
        raise PhotoModelError(f"The {self.task} model has no label_probs: load the {SINGLE_LABEL} one.")

    @abstractmethod
    def predict_one(self, image: Image.Image) -> PhotoPrediction:
        """The prediction for one upright RGB image."""


class _SingleLabel(PhotoModel):
    """ImageNet's 1,000 classes, by the backbone's own classifier."""

    def __init__(self, folder: Path) -> None:
        super().__init__(files.read(folder, SINGLE_LABEL))
        self._session = graphs.open_session(graphs.single_label())

    def predict_one(self, image: Image.Image) -> PhotoPrediction:
        probs = self.all_probs(image)
        top = np.argsort(-probs, kind="stable")[:_TOP]
        highest = float(probs[top[0]])
        return PhotoPrediction(
            (self.vocab[top[0]],),
            {self.vocab[index]: float(probs[index]) for index in top},
            is_familiar=highest >= self.settings["least_probability"],
            ood_score=1 - highest,
            guess_below=self.settings["least_probability"],
        )

    def all_probs(self, image: Image.Image) -> np.ndarray:
        """The softmax over all 1,000 classes, (1000,), for one upright RGB image."""
        squares = [sizing.middle(image, PHOTOGRAPHS.size)]
        logits = graphs.run(self._session, squares, [LOGITS])[0][0] / self.settings["temperature"]
        probs = np.exp(logits - logits.max())
        return probs / probs.sum()

    def label_probs(self, image: Image.Image) -> dict[str, float]:
        """Label of the multi-label model -> the sum of the probabilities of its ImageNet classes.

        A person is no class of ImageNet and is left out.
        """
        probs = self.all_probs(image)
        return {
            label: float(probs[list(group.members)].sum())
            for label, group in {**SCENE_GROUPS, **MORE_GROUPS}.items()
            if label != "person"
        }


class _MultiLabel(PhotoModel):
    """Several labels, from grouped ImageNet classes in many windows of the image and from features.

    The backbones work at the same time: while one resizes the image or waits for a slow thread, the other computes.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(files.read(folder, MULTI_LABEL))
        arrays = files.read_arrays(folder, self.settings)
        self._score_weight, self._bias = arrays["score_weight"], arrays["bias"]
        self._feature_weight = arrays["feature_weight"]
        self._feature_labels = arrays["feature_labels"]
        self._thresholds = np.asarray(self.settings["thresholds"])
        self._sessions = [
            (graphs.open_session(graphs.several_labels(arrays["group_weights"], graphs.backbone(name))), area)
            for name, area in self.settings["backbones"].items()
        ]

    def predict_one(self, image: Image.Image) -> PhotoPrediction:
        def outputs_of(part: tuple[Any, int]) -> list[np.ndarray]:
            session, area = part
            return graphs.run(session, [sizing.proportional(image, area)], [graphs.SCORES, graphs.MEAN])

        outputs = list(in_threads(outputs_of, self._sessions))
        logits = np.mean([scores[0] for scores, _ in outputs], axis=0) * self._score_weight + self._bias
        logits[self._feature_labels] += (
            np.concatenate([mean[0] for _, mean in outputs]) @ self._feature_weight
        )
        logits = logits / self.settings["temperature"]
        probs = 1 / (1 + np.exp(-logits))
        order = np.argsort(-probs, kind="stable")
        labels = tuple(self.vocab[index] for index in order if probs[index] > self._thresholds[index])
        return PhotoPrediction(
            labels,
            dict(zip(self.vocab, map(float, probs), strict=True)),
            dict(zip(self.vocab, map(float, logits), strict=True)),
            is_familiar=bool(labels),
            ood_score=1 - float(probs.max()),
            thresholds=dict(zip(self.vocab, map(float, self._thresholds), strict=True)),
        )


class _Points(PhotoModel):
    """The point between the eyes on portraits, where a face fills at least a quarter of the image's side."""

    def __init__(self, folder: Path) -> None:
        super().__init__(files.read(folder, POINTS))
        arrays = files.read_arrays(folder, self.settings)
        self._session = graphs.open_session(graphs.point(arrays["weight"], arrays["bias"]))

    def predict_one(self, image: Image.Image) -> PhotoPrediction:
        pixels = sizing.proportional(image, self.settings["area"])
        cells = graphs.run(self._session, [pixels], [graphs.CELLS])[0]
        probs, points = point_head.decode(cells, *(length // graphs.STRIDE for length in pixels.shape[:2]))
        prob = float(probs[0])
        is_found = prob > self.settings["threshold"]
        x, y = points[0] * image.size
        return PhotoPrediction(
            (),
            {FACE: prob},
            point_px=(float(x), float(y)) if is_found else None,
            is_familiar=is_found,
            ood_score=1 - prob,
            thresholds={FACE: self.settings["threshold"]},
        )


_MODELS: dict[str, type] = {SINGLE_LABEL: _SingleLabel, MULTI_LABEL: _MultiLabel, POINTS: _Points}


def load(task: str, folder: Path | None = None) -> PhotoModel:
    """The model of a task, loaded once and shared; `folder` holds its files, by default the bundled ones.

    Raises ValueError for another task, `PhotoModelError` where a file is missing or damaged, and `WeightsError` where
    a backbone's package is not installed.
    """
    if task not in _MODELS:
        raise ValueError(f"The task should be one of {', '.join(_MODELS)}, but is {task!r}.")
    with _LOADING:
        return _loaded(task, folder or files.FOLDER)


@lru_cache(maxsize=len(_MODELS))
def _loaded(task: str, folder: Path) -> PhotoModel:
    model: PhotoModel = _MODELS[task](folder)
    return model
