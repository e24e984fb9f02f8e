"""A trained run answers pictures, with its own thresholds and in each picture's own pixels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import nn

from engine import learners, loss_choices, weights
from engine.points import to_px
from engine.preprocess import to_batch
from engine.runs import Run
from engine.squeezing import squeeze
from engine.tasks import POINTS, SINGLE_LABEL


@dataclass(frozen=True)
class LabelAnswer:
    """What a run says of one picture: `logits` and `probs` (C,), and the labels it answers.

    Several labels: every label whose probability is strictly above its threshold. A single label: the most
    probable one; `thresholds` is then None.
    """

    vocab: tuple[str, ...]
    logits: np.ndarray
    probs: np.ndarray
    thresholds: np.ndarray | None
    labels: list[str]


@dataclass(frozen=True)
class PointAnswer:
    """Where a run sees the point: (2,) in the picture's own pixels, and over -1..1."""

    point_px: np.ndarray
    point_unit: np.ndarray


class Model:
    """A run's network, ready to answer. Safe to share: answering changes nothing."""

    def __init__(self, run: Run, network: nn.Module, device: str = "auto"):
        self.run, self.config, self.vocab, self.network = run, run.config, run.vocab, network
        self.device = learners.pick_device(device)
        self.network.eval().requires_grad_(False).to(self.device, memory_format=torch.channels_last)

    def outputs(self, pictures: Sequence[Image.Image], batch_size: int = 32) -> np.ndarray:
        """Raw outputs (N, n_out): logits, or points over -1..1."""
        batches = []
        with torch.inference_mode():
            for start in range(0, len(pictures), batch_size):
                squeezed = [
                    squeeze(picture, self.config.size) for picture in pictures[start : start + batch_size]
                ]
                batch = to_batch(squeezed).to(self.device, memory_format=torch.channels_last)
                batches.append(self.network(batch).float().cpu().numpy())
        return np.concatenate(batches) if batches else np.empty((0, len(self.vocab) or 2), np.float32)

    def predict(self, pictures: Sequence[Image.Image]) -> list[LabelAnswer] | list[PointAnswer]:
        """One answer for each upright RGB picture, in order."""
        outputs = self.outputs(pictures)
        if self.config.task == POINTS:
            sizes = [picture.size for picture in pictures]
            return [_point(unit, size) for unit, size in zip(outputs, sizes, strict=True)]
        if self.config.task == SINGLE_LABEL:
            return [self._single_label(logits) for logits in outputs]
        thresholds = np.array(list(self.run.thresholds.values()))
        return [self._multi_label(logits, thresholds) for logits in outputs]

    def _probs(self, logits: np.ndarray) -> np.ndarray:
        return loss_choices.choice(self.config.task, self.config.loss).answers(logits)

    def _single_label(self, logits: np.ndarray) -> LabelAnswer:
        probs = self._probs(logits)
        return LabelAnswer(self.vocab, logits, probs, None, [self.vocab[int(probs.argmax())]])

    def _multi_label(self, logits: np.ndarray, thresholds: np.ndarray) -> LabelAnswer:
        probs = self._probs(logits)
        labels = [label for label, yes in zip(self.vocab, probs > thresholds, strict=True) if yes]
        return LabelAnswer(self.vocab, logits, probs, thresholds, labels)


def _point(unit: np.ndarray, size_wh: tuple[int, int]) -> PointAnswer:
    return PointAnswer(to_px(unit.astype(float), np.asarray(size_wh)), unit)


def load(run: Run, device: str = "auto") -> Model:
    """A finished run's network; it answers with the run's thresholds as they are at that moment.

    `device` is "auto", "cpu" or "cuda".

    Raises `RunError` or `WeightsError` with one sentence where the run is cut off or its weights do not fit.
    """
    network = learners.build_model(run.config, n_out=len(run.vocab) or 2)
    weights.load(network, run.folder / "weights.safetensors")
    return Model(run, network, device)
