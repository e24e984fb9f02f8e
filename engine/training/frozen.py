"""Runs whose head alone learns, on features of unchanged images by a backbone that stays as it is."""

from engine.config import CUSTOM, DRAWINGS, PHOTOGRAPHS, TrainConfig


def keeps_features(config: TrainConfig) -> bool:
    """Whether a run never changes what its body computes, so that all it needs are features, computed once."""
    return (
        config.recipe == CUSTOM
        and config.epochs == 0
        and not config.augment
        and config.weights in (PHOTOGRAPHS, DRAWINGS)
    )
