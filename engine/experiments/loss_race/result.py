"""A finished race: its curves, its predictions, and its heads."""

from dataclasses import dataclass

import numpy as np

from engine.experiments.loss_race.config import RaceConfig
from engine.experiments.loss_race.heads import Lane


@dataclass(frozen=True)
class Race:
    """A finished race of H heads over S steps and E epochs.

    Attributes:
        step_losses: (H, S), each head's loss on each batch, before the step.
        valid_raw: (E + 1, H, N, C) float32, the heads' raw outputs for the validation part before the first epoch and
            after each.
        weights: (H, F, C), `biases`: (H, C), the final heads, for the course's standardised features.
        watched_raw: (E + 1, H, M, C), as `valid_raw` for the course's watched images.
    """

    config: RaceConfig
    lanes: tuple[Lane, ...]
    step_losses: np.ndarray
    valid_raw: np.ndarray
    weights: np.ndarray
    biases: np.ndarray
    watched_raw: np.ndarray

    def raw(self, standardised: np.ndarray) -> np.ndarray:
        """The heads' raw outputs (H, C) for one image's standardised features (F,)."""
        return np.einsum("f,hfc->hc", standardised, self.weights) + self.biases

    def predictions(self, standardised: np.ndarray) -> np.ndarray:
        """Each head's prediction (H, C) for one image: probabilities, or a point over -1..1."""
        return self._predictions(self.raw(standardised))

    def valid_predictions(self, at: int, epoch: int = -1) -> np.ndarray:
        """The same for the validation image in row `at`, after an epoch."""
        return self._predictions(self.valid_raw[epoch, :, at])

    def watched_predictions(self, at: int, epoch: int = -1) -> np.ndarray:
        """The same for the watched image `at`."""
        return self._predictions(self.watched_raw[epoch, :, at])

    def _predictions(self, raw: np.ndarray) -> np.ndarray:
        return np.stack([lane.predictions(numbers) for lane, numbers in zip(self.lanes, raw, strict=True)])
