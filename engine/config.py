"""What a training run is asked to do: one frozen record, checked when made, saved as JSON."""

import dataclasses
import json
import math
from dataclasses import dataclass
from typing import Any

from engine.resizing import CROP, METHODS, SQUISH
from engine.tasks import LOSSES, POINTS, TASKS

WEIGHTS = ("bundled", "imagenet", "none")
BUNDLED_ARCH = "resnet18"


class ConfigError(ValueError):
    """A configuration that cannot be trained; the message lists every problem."""


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides a training run; two runs with equal records train alike.

    Attributes:
        task: one of `TASKS`.
        data: a folder or table of pictures (relative to the project where it lies inside it), or the name
            of a data set that fastai downloads.
        arch: name of a torchvision or timm architecture.
        weights: where the body starts from, one of `WEIGHTS`.
        size: side of the square, in pixels, that the network sees.
        resize: how a picture becomes that square, one of `engine.resizing.METHODS`; points are never cropped.
        epochs: epochs with all layers training.
        freeze_epochs: epochs before those, with the body frozen; `None` is 1, or 0 for a random body.
        lr: fastai's `base_lr`.
        batch_size: pictures per step.
        loss: one of `LOSSES` for the task; empty is the one that fastai picks.
        y_range: (low, high) that the answers are squeezed into, `()` for none; `None` is (-1, 1), that of the
            rescaled coordinates, for points, and none for labels.
        augment: whether pictures are flipped, turned, zoomed and relit anew for every batch.
        threshold: a probability strictly above it means yes (multi-label only).
        hidden: width of the layer between body and answer (fastai's `lin_ftrs`); 0 is none, a linear head.
        dropout: dropout before the answer (fastai's `ps`); `None` is fastai's 0.5 for labels, 0 for points.
        seed: seeds the head, the order of pictures, the augmentation and a random split.
        device: "auto", "cpu" or "cuda".
        tensorboard: whether losses and measures are also written for TensorBoard, which must be installed.
    """

    task: str
    data: str
    arch: str = BUNDLED_ARCH
    weights: str = "bundled"
    size: int = 128
    resize: str = SQUISH
    epochs: int = 3
    freeze_epochs: int | None = None
    lr: float = 3e-3
    batch_size: int = 64
    loss: str = ""
    y_range: tuple | None = None
    augment: bool = True
    threshold: float = 0.5
    hidden: int = 512
    dropout: float | None = None
    seed: int = 0
    device: str = "auto"
    tensorboard: bool = False

    def __post_init__(self) -> None:
        if self.freeze_epochs is None:
            object.__setattr__(self, "freeze_epochs", 0 if self.weights == "none" else 1)
        if self.dropout is None:
            object.__setattr__(self, "dropout", 0.0 if self.task == POINTS else 0.5)
        if not self.loss and self.task in LOSSES:
            object.__setattr__(self, "loss", LOSSES[self.task][0])
        if self.y_range is None:
            object.__setattr__(self, "y_range", (-1.0, 1.0) if self.task == POINTS else ())
        elif isinstance(self.y_range, list):
            object.__setattr__(self, "y_range", tuple(self.y_range))
        problems = [*self._type_problems()] or [*self._value_problems()]
        if problems:
            raise ConfigError("; ".join(problems))

    def _type_problems(self):
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            wanted = float | int if field.type is float else field.type
            if isinstance(value, bool) != (wanted is bool) or not isinstance(value, wanted):
                yield f"{field.name} should be a {getattr(wanted, '__name__', wanted)}, but is {value!r}"

    def _value_problems(self):
        yield from _unless(
            self.task in TASKS, f"task should be one of {', '.join(TASKS)}, but is {self.task!r}"
        )
        yield from _unless(
            self.weights in WEIGHTS, f"weights should be one of {', '.join(WEIGHTS)}, but is {self.weights!r}"
        )
        yield from _unless(
            self.device in ("auto", "cpu", "cuda"),
            f"device should be auto, cpu or cuda, but is {self.device!r}",
        )
        yield from _unless(
            self.resize in METHODS, f"resize should be one of {', '.join(METHODS)}, but is {self.resize!r}"
        )
        yield from _unless(
            self.resize != CROP or self.task != POINTS,
            f"resize should be {SQUISH} for points: cropping could cut the point away",
        )
        losses = LOSSES.get(self.task, (self.loss,))
        yield from _unless(
            self.loss in losses,
            f"loss should be one of {', '.join(losses)} for {self.task}, but is {self.loss!r}",
        )
        yield from _unless(
            self.y_range == () or (self.task == POINTS and _is_range(self.y_range)),
            f"y_range should be empty, or (low, high) with low < high for points, but is {self.y_range!r}",
        )
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            yield from _unless(low <= value <= high, f"{name} should be {low} to {high}, but is {value!r}")
        yield from _unless(
            self.epochs + self.freeze_epochs > 0, "epochs and freeze_epochs are both 0: nothing to train"
        )
        yield from _unless(
            self.weights != "bundled" or self.arch == BUNDLED_ARCH,
            f"the bundled weights are for {BUNDLED_ARCH} only: choose weights imagenet or none for {self.arch}",
        )
        yield from _unless(
            self.weights != "none" or self.freeze_epochs == 0,
            "with weights none the body is random and must not be frozen: set freeze_epochs to 0",
        )

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "TrainConfig":
        """Read a record back; raises `ConfigError` for anything but an object with just the known keys."""
        try:
            record: Any = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ConfigError("the configuration is not valid JSON") from error
        if not isinstance(record, dict):
            raise ConfigError("the configuration should be a JSON object")
        known = {field.name for field in dataclasses.fields(cls)}
        problems = [f"unknown key {key!r}" for key in record if key not in known]
        problems += [f"missing key {key!r}" for key in ("task", "data") if key not in record]
        if problems:
            raise ConfigError("; ".join(problems))
        return cls(**record)


_RANGES = {
    "size": (16, 1024),
    "epochs": (0, 1000),
    "freeze_epochs": (0, 1000),
    "lr": (1e-8, 10.0),
    "batch_size": (2, 4096),
    "threshold": (0.0, 1.0),
    "hidden": (0, 8192),
    "dropout": (0.0, 0.99),
    "seed": (0, 2**32 - 1),
}


def _is_range(pair: tuple) -> bool:
    numbers = all(isinstance(value, float | int) and math.isfinite(value) for value in pair)
    return len(pair) == 2 and numbers and pair[0] < pair[1]


def _unless(holds: bool, problem: str):
    if not holds:
        yield problem
