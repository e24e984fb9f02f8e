"""A race that has been run: its curves, its answers, and its heads."""

from dataclasses import dataclass

import numpy as np

from engine.experiments.loss_race.config import RaceConfig
from engine.experiments.loss_race.heads import Lane


@dataclass(frozen=True)
class Race:
    """A finished race of H heads over S steps and E epochs.

    Attributes:
        step_losses: (H, S), each head's own loss on each batch, before the step.
        valid_raw: (E + 1, H, N, C) float32, the heads' raw numbers for the validation part before the first epoch and
            after each.
        weights: (H, F, C), `biases`: (H, C), the heads at the end, on the course's standardised features.
    """

    config: RaceConfig
    lanes: tuple[Lane, ...]
    step_losses: np.ndarray
    valid_raw: np.ndarray
    weights: np.ndarray
    biases: np.ndarray

    def raw(self, standardised: np.ndarray) -> np.ndarray:
        """The heads' raw numbers (H, C) for one picture's standardised features (F,)."""
        return np.einsum("f,hfc->hc", standardised, self.weights) + self.biases

    def answers(self, standardised: np.ndarray) -> np.ndarray:
        """What each head answers (H, C) to one picture: probabilities, or a point over -1..1."""
        return self._answers(self.raw(standardised))

    def valid_answers(self, at: int, epoch: int = -1) -> np.ndarray:
        """The same for the validation picture in row `at`, as after an epoch."""
        return self._answers(self.valid_raw[epoch, :, at])

    def _answers(self, raw: np.ndarray) -> np.ndarray:
        return np.stack([lane.answers(numbers) for lane, numbers in zip(self.lanes, raw, strict=True)])
