"""The settings of a race: a frozen record, validated on construction."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine import tasks
from engine.config import ConfigError
from engine.tasks import MULTI_LABEL

RACED = tuple(task.name for task in tasks.ALL if len(task.losses) > 1)
"""The tasks with losses to compare."""

LIMITS = {
    "lr": (1e-5, 1.0),
    "epochs": (1, 60),
    "batch_size": (8, 4096),
    "weight_decay": (0.0, 10.0),
    "threshold": (0.0, 1.0),
    "seed": (0, 2**32 - 1),
}
"""The valid range of each number; a page may offer less, never more."""


@dataclass(frozen=True)
class RaceConfig:
    """All settings of a race; on the same images, equal settings give equal results.

    Attributes:
        task: one of `RACED`.
        lr: the learning rate of Adam, the same for all heads and at every step.
        epochs: how often each training image is used.
        batch_size: images per step.
        weight_decay: AdamW's, on the weights and not on the biases.
        threshold: a probability strictly above it means yes; it only affects scores, not the training.
        seed: seeds the initial weights that all heads share, and the order of the images.
    """

    task: str = MULTI_LABEL
    lr: float = 3e-4
    epochs: int = 12
    batch_size: int = 64
    weight_decay: float = 0.01
    threshold: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise ConfigError("; ".join(problems))

    def _problems(self) -> Iterator[str]:
        if self.task not in RACED:
            yield f"task should be {' or '.join(RACED)}, but is {self.task!r}"
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            wanted = int if isinstance(low, int) else float | int
            if isinstance(value, bool) or not isinstance(value, wanted):
                yield f"{name} should be a number from {low} to {high}, but is {value!r}"
            elif not low <= value <= high:
                yield f"{name} should be {low} to {high}, but is {value!r}"

    def for_training(self) -> "RaceConfig":
        """The settings without those that don't affect training: equal ones mean the same trained heads."""
        return replace(self, threshold=0.5)
