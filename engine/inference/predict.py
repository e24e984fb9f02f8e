"""A trained run answers pictures, with its own thresholds and in each picture's own pixels.

Compiled networks answer without torch (see `engine.inference.onnx_backend`); torch is loaded where there is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from engine import tasks
from engine.functional import loss_registry
from engine.functional.coordinates import to_px
from engine.functional.decisions import decide
from engine.images import Source, image_size, open_square
from engine.images.resize import to_square
from engine.inference import onnx_backend
from engine.inference.onnx_backend import Compiled
from engine.inference.torch_backend import HeldNetwork
from engine.runs import Run, RunError
from engine.training import familiarity
from engine.training.familiarity import Familiarity, FamiliarityError


@dataclass(frozen=True)
class LabelAnswer:
    """What a run says of one picture: `logits` and `probs` (C,), and the labels it answers.

    Several labels: every label whose probability is strictly above its threshold. A single label: the most
    probable one; `thresholds` is then None. `is_familiar` says whether the picture is like those of training and
    `ood_score` how strange it is, the higher the stranger; both are None where the run does not know.
    """

    vocab: tuple[str, ...]
    logits: np.ndarray
    probs: np.ndarray
    thresholds: np.ndarray | None
    labels: list[str]
    is_familiar: bool | None = None
    ood_score: float | None = None


@dataclass(frozen=True)
class PointAnswer:
    """Where a run sees the point: (2,) in the picture's own pixels, and over -1..1; the rest as in `LabelAnswer`."""

    point_px: np.ndarray
    point_unit: np.ndarray
    is_familiar: bool | None = None
    ood_score: float | None = None


class Model:
    """A run's network, ready to answer. Safe to share: answering changes nothing."""

    def __init__(self, run: Run, held: HeldNetwork, faster: Compiled | None = None):
        self.run, self.config, self.vocab = run, run.config, run.vocab
        self._task, self._held, self._faster = tasks.get(self.config.task), held, faster
        self.temperatures, self.familiarity = run.temperatures, _familiarity_of(run)

    @property
    def network(self):
        """The `torch.nn.Module`, loaded if it was not needed before."""
        return self._held.network

    @property
    def device(self):
        """The `torch.device` that `network` lies on."""
        return self._held.device

    def outputs(self, pictures: Sequence[Image.Image], batch_size: int = 32) -> np.ndarray:
        """Raw outputs (N, n_out): logits, or points over -1..1."""
        return self._outputs([self._square(one) for one in pictures], batch_size)

    def _outputs(self, squares: Sequence[np.ndarray], batch_size: int = 32) -> np.ndarray:
        answering = self._faster or self._held
        starts = range(0, len(squares), batch_size)
        batches = [answering.outputs(squares[start : start + batch_size]) for start in starts]
        return (
            np.concatenate(batches)
            if batches
            else np.empty((0, self._task.output_count(self.vocab)), np.float32)
        )

    def predict(self, pictures: Sequence[Image.Image]) -> list[LabelAnswer] | list[PointAnswer]:
        """One answer for each upright RGB picture, in order."""
        return self.predict_squares([self._square(one) for one in pictures], [one.size for one in pictures])

    def predict_files(self, sources: Sequence[Source]) -> list[LabelAnswer] | list[PointAnswer]:
        """The same for image files (bytes, binary files or paths), decoded no larger than the network needs.

        Points are in pixels of the upright file. Raises `ImageError` for the first file that cannot be read.
        """
        squares = [open_square(one, self.config.size, self.config.resize) for one in sources]
        sizes = [image_size(one) if self._task.has_points else (0, 0) for one in sources]
        return self.predict_squares(squares, sizes)

    def predict_squares(
        self, squares: Sequence[np.ndarray], sizes_wh: Sequence[tuple[int, int]]
    ) -> list[LabelAnswer] | list[PointAnswer]:
        """The same for squares (size, size, 3) uint8 of images of these sizes (width, height)."""
        if self.familiarity is None or not len(squares):
            return self._answers(self._outputs(squares), sizes_wh)
        outputs, features = self._outputs_and_features(squares)
        answers = self._answers(outputs, sizes_wh)
        if features is None:
            return answers
        scores = self.familiarity.score(features)
        return [
            replace(answer, is_familiar=bool(score <= self.familiarity.threshold), ood_score=float(score))
            for answer, score in zip(answers, scores, strict=True)
        ]

    def features(self, squares: Sequence[np.ndarray]) -> np.ndarray | None:
        """The features (N, F) by which this run calls images familiar; None where its network does not give them."""
        return self._outputs_and_features(squares)[1]

    def _outputs_and_features(
        self, squares: Sequence[np.ndarray], batch_size: int = 32
    ) -> tuple[np.ndarray, np.ndarray | None]:
        answering = self._faster or self._held
        batches = [
            answering.outputs_and_features(squares[start : start + batch_size])
            for start in range(0, len(squares), batch_size)
        ]
        outputs = np.concatenate([raw for raw, _ in batches])
        known = [features for _, features in batches if features is not None]
        return outputs, np.concatenate(known) if len(known) == len(batches) else None

    def _answers(self, outputs: np.ndarray, sizes_wh: Sequence[tuple[int, int]]) -> list:
        if self._task.has_points:
            return [_point(unit, size) for unit, size in zip(outputs, sizes_wh, strict=True)]
        has_thresholds = self._task.allows_several_labels
        thresholds = np.array(list(self.run.thresholds.values())) if has_thresholds else None
        return [self._labels(logits, thresholds) for logits in outputs]

    def _square(self, picture: Image.Image) -> np.ndarray:
        return to_square(picture, self.config.size, self.config.resize)

    def _probs(self, logits: np.ndarray) -> np.ndarray:
        """What the logits mean after calibration."""
        calibrated = logits if self.temperatures is None else logits / self.temperatures
        return loss_registry.choice(self.config.task, self.config.loss).predictions(calibrated)

    def _labels(self, logits: np.ndarray, thresholds: np.ndarray | None) -> LabelAnswer:
        probs = self._probs(logits)
        is_predicted = decide(self.config.task, probs, thresholds)
        labels = [label for label, yes in zip(self.vocab, is_predicted, strict=True) if yes]
        return LabelAnswer(self.vocab, logits, probs, thresholds, labels)


def _familiarity_of(run: Run) -> Familiarity | None:
    try:
        return familiarity.load(run.folder)
    except FamiliarityError as error:
        raise RunError(f"The run {run.name!r} cannot tell which images are familiar: {error}") from error


def _point(unit: np.ndarray, size_wh: tuple[int, int]) -> PointAnswer:
    return PointAnswer(to_px(unit.astype(float), np.asarray(size_wh)), unit)


def load(run: Run, device: str = "auto") -> Model:
    """A finished run's network; it answers with the run's thresholds as they are at that moment.

    `device` is "auto", "cpu" or "cuda"; with "auto" a compiled network answers where there is one, else torch.

    Raises `RunError` or `WeightsError` with one sentence where the run is cut off or its weights do not fit.
    """
    faster = onnx_backend.find(run) if device == "auto" else None
    held = HeldNetwork(run, device)
    if faster is None:
        _ = held.network  # now, so that what is wrong is told now
    return Model(run, held, faster)
