"""Predictions from trained runs: `load(run).predict(images)`."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.inference.prediction import Predictor

__all__ = ["load"]


def load(run, device: str = "auto") -> "Predictor":
    """A finished run (an `engine.runs.Run` or its folder), ready to predict. Loads the network now.

    Raises `RunError` or `WeightsError` with one sentence where the run cannot be used.
    """
    from engine.inference.prediction import Predictor

    return Predictor.of(run, device)
