"""Predict images with a trained run: with its own thresholds, and points in each image's own pixels.

Networks exported to ONNX predict without torch (see `engine.inference.onnx_backend`); else torch is loaded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from engine import tasks
from engine.functional import loss_registry
from engine.functional.coordinates import to_px
from engine.functional.decisions import decide
from engine.images.resize import to_square
from engine.inference import onnx_backend
from engine.inference.onnx_backend import Compiled
from engine.inference.torch_backend import TorchNetwork
from engine.runs import Run, RunError
from engine.training import familiarity
from engine.training.familiarity import Familiarity, FamiliarityError

if TYPE_CHECKING:
    import torch

BATCH_SIZE = 32
"""The network gets at most so many images at once."""


@dataclass(frozen=True)
class LabelPrediction:
    """The labels predicted for one image, with the `logits` and `probs` (C,) that they follow from.

    Several labels: every label whose probability is strictly above its threshold. A single label: the most
    probable one; `thresholds` is then None. `is_familiar` says whether the image is like those of training and
    `ood_score` how strange it is, the higher the stranger; both are None where the run cannot judge that.
    """

    vocab: tuple[str, ...]
    logits: np.ndarray
    probs: np.ndarray
    thresholds: np.ndarray | None
    labels: list[str]
    is_familiar: bool | None = None
    ood_score: float | None = None


@dataclass(frozen=True)
class PointPrediction:
    """The predicted point (2,), in the image's own pixels and over -1..1; the rest as in `LabelPrediction`."""

    point_px: np.ndarray
    point_unit: np.ndarray
    is_familiar: bool | None = None
    ood_score: float | None = None


class Model:
    """A run's network, ready to predict. Safe to share: predicting changes nothing.

    It predicts with `compiled`, where there is one; the network of torch is then loaded only if it is asked for.
    """

    def __init__(self, run: Run, torch_network: TorchNetwork, compiled: Compiled | None = None):
        self.run, self.config, self.vocab = run, run.config, run.vocab
        self._task, self._torch_network = tasks.get(self.config.task), torch_network
        self._backend: TorchNetwork | Compiled = compiled or torch_network
        self.temperatures, self.familiarity = run.temperatures, _familiarity_of(run)

    @property
    def network(self) -> "torch.nn.Sequential":
        """The network of torch, loaded if it was not needed before."""
        return self._torch_network.network

    @property
    def device(self) -> "torch.device":
        """The device that `network` lies on."""
        return self._torch_network.device

    @property
    def is_batch_invariant(self) -> bool:
        """Whether an image's prediction is the same to the last bit, however many are predicted with it."""
        return self._backend.is_batch_invariant

    def outputs(self, images: Sequence[Image.Image]) -> np.ndarray:
        """Raw outputs (N, n_out) for upright RGB images: logits, or points over -1..1."""
        return self.outputs_of_squares([self._square(image) for image in images])

    def outputs_of_squares(self, squares: Sequence[np.ndarray]) -> np.ndarray:
        """The same for squares (size, size, 3) uint8."""
        if not len(squares):
            return np.empty((0, self._task.output_count(self.vocab)), np.float32)
        return np.concatenate([self._backend.outputs(batch) for batch in _batches(squares)])

    def predict(self, images: Sequence[Image.Image]) -> list[LabelPrediction] | list[PointPrediction]:
        """One prediction for each upright RGB image, in order."""
        return self.predict_squares(
            [self._square(image) for image in images], [image.size for image in images]
        )

    def predict_squares(
        self, squares: Sequence[np.ndarray], sizes_wh: Sequence[tuple[int, int]]
    ) -> list[LabelPrediction] | list[PointPrediction]:
        """The same for squares (size, size, 3) uint8 of images of these sizes (width, height)."""
        if self.familiarity is None or not len(squares):
            return self._predictions(self.outputs_of_squares(squares), sizes_wh)
        outputs, features = self._outputs_and_features(squares)
        predictions = self._predictions(outputs, sizes_wh)
        if features is None:
            return predictions
        scores = self.familiarity.score(features)
        return [
            replace(prediction, is_familiar=bool(score <= self.familiarity.threshold), ood_score=float(score))
            for prediction, score in zip(predictions, scores, strict=True)
        ]

    def features(self, squares: Sequence[np.ndarray]) -> np.ndarray | None:
        """The features (N, F) by which this run calls images familiar; None where its network does not give them."""
        return self._outputs_and_features(squares)[1]

    def _outputs_and_features(self, squares: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray | None]:
        batches = [self._backend.outputs_and_features(batch) for batch in _batches(squares)]
        outputs = np.concatenate([raw for raw, _ in batches])
        known = [features for _, features in batches if features is not None]
        return outputs, np.concatenate(known) if len(known) == len(batches) else None

    def _predictions(self, outputs: np.ndarray, sizes_wh: Sequence[tuple[int, int]]) -> list:
        if self._task.has_points:
            return [_point(unit, size) for unit, size in zip(outputs, sizes_wh, strict=True)]
        has_thresholds = self._task.allows_several_labels
        thresholds = np.array(list(self.run.thresholds.values())) if has_thresholds else None
        return [self._labels(logits, thresholds) for logits in outputs]

    def _square(self, image: Image.Image) -> np.ndarray:
        return to_square(image, self.config.size, self.config.resize)

    def _probs(self, logits: np.ndarray) -> np.ndarray:
        """The calibrated probabilities of these logits."""
        calibrated = logits if self.temperatures is None else logits / self.temperatures
        return loss_registry.choice(self.config.task, self.config.loss).predictions(calibrated)

    def _labels(self, logits: np.ndarray, thresholds: np.ndarray | None) -> LabelPrediction:
        probs = self._probs(logits)
        is_predicted = decide(self.config.task, probs, thresholds)
        labels = [label for label, yes in zip(self.vocab, is_predicted, strict=True) if yes]
        return LabelPrediction(self.vocab, logits, probs, thresholds, labels)


def _batches(squares: Sequence[np.ndarray]) -> Iterator[Sequence[np.ndarray]]:
    for start in range(0, len(squares), BATCH_SIZE):
        yield squares[start : start + BATCH_SIZE]


def _familiarity_of(run: Run) -> Familiarity | None:
    try:
        return familiarity.load(run.folder)
    except FamiliarityError as error:
        raise RunError(f"The run {run.name!r} cannot tell which images are familiar: {error}") from error


def _point(unit: np.ndarray, size_wh: tuple[int, int]) -> PointPrediction:
    return PointPrediction(to_px(unit.astype(float), np.asarray(size_wh)), unit)


def load(run: Run, device: str = "auto") -> Model:
    """A finished run's network; it predicts with the run's thresholds as they are at that moment.

    `device` is "auto", "cpu" or "cuda"; with "auto" a network exported to ONNX predicts where there is one, else torch.

    Raises `RunError` or `WeightsError` with one sentence where the run is cut off or its weights do not fit.
    """
    compiled = onnx_backend.find(run) if device == "auto" else None
    torch_network = TorchNetwork(run, device)
    if compiled is None:
        _ = torch_network.network  # loaded now, so that its problems are reported now
    return Model(run, torch_network, compiled)
