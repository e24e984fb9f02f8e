"""What a training run is asked to do: one frozen record, checked when made, saved as JSON."""

import dataclasses
import json
import math
from dataclasses import dataclass
from typing import Any

from engine import paths, tasks
from engine.tasks import CROP, METHODS, SQUISH

PHOTOGRAPHS, DRAWINGS, IMAGENET, NO_WEIGHTS = "photographs", "drawings", "imagenet", "none"
WEIGHTS = (PHOTOGRAPHS, DRAWINGS, IMAGENET, NO_WEIGHTS)
"""`photographs` and `drawings` are the backbones that need no network; see `engine.training.backbones`."""

ARCHS = {
    PHOTOGRAPHS: "tf_efficientnet_lite0",
    DRAWINGS: "resnet18",
    IMAGENET: "resnet18",
    NO_WEIGHTS: "resnet18",
}
"""The architecture of each kind of weights where none is named."""

DEFAULT_SIZE, PHOTOGRAPH_SIZE, PHOTOGRAPH_POINT_SIZE = 128, 224, 256
"""Side in pixels where none is named: photographs need more detail than drawings, and points more than labels."""

QUICK, BETTER, CUSTOM = "quick", "better", "custom"
RECIPES = (QUICK, BETTER, CUSTOM)
"""`quick` fits a head on the frozen backbone's features, `better` fine-tunes from there, `custom` is fastai's
`fine_tune` with the epochs and rates that were asked for."""

LINEAR_HEAD, GRID_HEAD, FASTAI_HEAD = "linear", "grid", "fastai"
USUAL_WEIGHT_DECAY = 0.01  # of fastai's Adam

_FILLED_IN: Any = None
"""The default of a field that construction fills in, so that it never stays None."""


class ConfigError(ValueError):
    """A configuration that cannot be trained; the message lists every problem."""


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides a training run; two runs with equal records train alike.

    Values that are left out are filled in on construction, so that the record says what is used.

    Attributes:
        task: What to predict: single-label, multi-label or points.
        data: A folder or table of images (relative to the project if inside it), or the name of a dataset in the
            library, or of one that fastai downloads.
        recipe: quick, better or custom; by default quick, unless a flag needs training by epochs, such as `epochs`,
            `lr`, another loss, or the weights imagenet or none.
        arch: Name of a torchvision or timm architecture; by default the one of the weights.
        weights: The weights to start from: photographs, drawings, imagenet or none; by default drawings for the
            bundled drawings, photographs for other data, and imagenet for other architectures.
        size: Side of the square that the network sees, in pixels.
        resize: How an image becomes that square: squish (all of it) or crop (its middle); points are never cropped.
        epochs: Epochs that train all layers; with the recipe `better`, `None` chooses by the number of images.
        freeze_epochs: Epochs before those, with the backbone frozen; `None` is 1, or 0 for a random backbone.
        lr: fastai's `base_lr`; `None` is 3e-3, or 1e-3 for the recipe `better`.
        batch_size: Images per step; `None` is 64, or chosen by the number of images for the recipe `better`.
        loss: A loss of the task; by default the one that fastai picks. An unknown name lists them.
        y_range: (low, high) that predictions are squeezed into, `()` for none; `None` is (-1, 1) for points with the
            recipe `custom`, and none otherwise.
        augment: Whether every batch shows its images flipped, rotated, zoomed and relit at random.
        balance: Whether rare classes count as much as frequent ones (labels only).
        threshold: A probability strictly above it means yes (multi-label only).
        hidden: Width of the layer between backbone and prediction (fastai's `lin_ftrs`); 0 is a linear head.
        dropout: Dropout before the last layer (fastai's `ps`); `None` is fastai's 0.5 for labels, 0 for points.
        weight_decay: fastai's `wd`; the recipe quick uses a penalty instead.
        seed: Seeds the head, the order of images, the augmentation and, without `split_seed`, a random split.
        split_seed: Seeds a random split, so that runs with different seeds validate on the same images.
        within_training: Whether to validate on training images and leave the validation split unseen, as a sweep does.
        device: "auto", "cpu" or "cuda".
        tensorboard: Whether to write losses and metrics for TensorBoard too, which must be installed.
    """

    task: str
    data: str
    recipe: str = ""
    arch: str = ""
    weights: str = ""
    size: int = _FILLED_IN
    resize: str = SQUISH
    epochs: int | None = None
    freeze_epochs: int = _FILLED_IN
    lr: float = _FILLED_IN
    batch_size: int | None = None
    loss: str = ""
    y_range: tuple[float, float] | tuple[()] = _FILLED_IN
    augment: bool = _FILLED_IN
    balance: bool = False
    threshold: float = 0.5
    hidden: int = _FILLED_IN
    dropout: float = _FILLED_IN
    weight_decay: float = USUAL_WEIGHT_DECAY
    seed: int = 0
    split_seed: int | None = None
    within_training: bool = False
    device: str = "auto"
    tensorboard: bool = False

    def __post_init__(self) -> None:
        for name, value in self._filled_in().items():
            object.__setattr__(self, name, value)
        problems = [*self._type_problems()] or [*self._value_problems()]
        if problems:
            raise ConfigError("; ".join(problems))

    @property
    def head(self) -> str:
        """The kind of head: what fastai puts on a body, one linear layer, or one that sees the grid of features."""
        if self.recipe == CUSTOM:
            return FASTAI_HEAD
        return GRID_HEAD if self._has_points else LINEAR_HEAD

    @property
    def planned_epochs(self) -> int:
        """`epochs`, once known. Raises `ConfigError` before the recipe `better` has chosen them."""
        return _planned("epochs", self.epochs)

    @property
    def planned_batch_size(self) -> int:
        """`batch_size`, once known. Raises `ConfigError` before the recipe `better` has chosen it."""
        return _planned("batch_size", self.batch_size)

    @property
    def _has_points(self) -> bool:
        return tasks.problem_with(self.task) is None and tasks.get(self.task).has_points

    @property
    def _losses(self) -> tuple[str, ...]:
        """The losses of the task; just this one while the task is unknown, which is a problem of its own."""
        return tasks.get(self.task).losses if tasks.problem_with(self.task) is None else (self.loss,)

    def _asks_for_custom(self, weights: str) -> bool:
        """Whether something is set that only training by epochs can do."""
        of_epochs = ("epochs", "freeze_epochs", "lr", "batch_size", "augment", "hidden", "dropout", "y_range")
        return (
            weights not in (PHOTOGRAPHS, DRAWINGS)
            or any(getattr(self, name) is not None for name in of_epochs)
            or self.loss not in ("", self._losses[0])
            or self.weight_decay != USUAL_WEIGHT_DECAY
            or self.tensorboard
        )

    def _filled_in(self) -> dict[str, Any]:
        """A value for every field that was left out."""
        weights = self.weights or _weights_for(self.arch, self.data)
        recipe = self.recipe or (CUSTOM if self._asks_for_custom(weights) else QUICK)
        filled = {
            "weights": weights,
            "recipe": recipe,
            "arch": self.arch or ARCHS.get(weights, ""),
            "size": self.size if self.size is not None else _size_for(weights, self._has_points),
            "loss": self.loss or self._losses[0],
        }
        for name, value in _DEFAULTS.get(recipe, _DEFAULTS[CUSTOM]).items():
            if getattr(self, name) is None:
                filled[name] = value
        if recipe not in (QUICK, BETTER) and self.freeze_epochs is None:
            filled["freeze_epochs"] = 0 if weights == NO_WEIGHTS else 1
        if self.dropout is None:
            filled["dropout"] = 0.0 if self._has_points or recipe != CUSTOM else 0.5
        if self.y_range is None:
            filled["y_range"] = (-1.0, 1.0) if self._has_points and recipe == CUSTOM else ()
        elif isinstance(self.y_range, list):
            filled["y_range"] = tuple(self.y_range)
        return filled

    def _type_problems(self):
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            wanted = _ACCEPTED.get(field.type, field.type)
            is_flag = wanted is bool
            if isinstance(value, bool) != is_flag or not isinstance(value, wanted):
                yield f"{field.name} should be {_TYPE_NAMES.get(field.type, 'another type')}, but is {value!r}"

    def _value_problems(self):
        if problem := tasks.problem_with(self.task):
            yield problem
        for name, options in _OPTIONS.items():
            value = getattr(self, name)
            problem = f"{name} should be one of {', '.join(options)}, but is {value!r}"
            yield from _unless(value in options, problem)
        yield from _unless(
            self.resize != CROP or not self._has_points,
            f"resize should be {SQUISH} for points: cropping could cut off the point",
        )
        yield from _unless(
            self.loss in self._losses,
            f"loss should be one of {', '.join(self._losses)} for {self.task}, but is {self.loss!r}",
        )
        yield from _unless(
            self.y_range == () or (self._has_points and _is_range(self.y_range)),
            f"y_range should be empty, or (low, high) with low < high for points, but is {self.y_range!r}",
        )
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            problem = f"{name} should be {low} to {high}, but is {value!r}"
            yield from _unless(value is None or low <= value <= high, problem)
        yield from self._recipe_problems()

    def _recipe_problems(self):
        backbone_arch = ARCHS.get(self.weights) if self.weights in (PHOTOGRAPHS, DRAWINGS) else None
        yield from _unless(
            self.recipe != CUSTOM or (self.epochs or 0) + (self.freeze_epochs or 0) > 0,
            "epochs and freeze_epochs are both 0: nothing to train",
        )
        yield from _unless(
            self.recipe == CUSTOM or backbone_arch is not None,
            f"the recipe {self.recipe} needs the weights {PHOTOGRAPHS} or {DRAWINGS}: choose those, or name epochs",
        )
        yield from _unless(
            self.recipe != QUICK or not (self.epochs or self.freeze_epochs),
            "the recipe quick trains no epochs: leave epochs out, or choose the recipe better or custom",
        )
        yield from _unless(
            self.recipe == CUSTOM or self.loss == self._losses[0],
            f"the recipe {self.recipe} has the loss that fastai picks: choose the recipe custom for {self.loss}",
        )
        yield from _unless(
            self.recipe == CUSTOM or (self.hidden == 0 and self.y_range == ()),
            f"the recipe {self.recipe} has a linear head: leave hidden and y_range out, or choose the recipe custom",
        )
        yield from _unless(
            backbone_arch in (None, self.arch),
            f"the weights {self.weights} are for {backbone_arch} only: choose weights imagenet or none for {self.arch}",
        )
        yield from _unless(
            self.weights != NO_WEIGHTS or not self.freeze_epochs,
            "with weights none the backbone is random and must not be frozen: set freeze_epochs to 0",
        )
        problem = "balance is for labels: points have no classes"
        yield from _unless(not self.balance or not self._has_points, problem)

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


_DEFAULTS: dict[str, dict[str, Any]] = {
    QUICK: {"epochs": 0, "freeze_epochs": 0, "lr": 3e-3, "batch_size": 64, "augment": False, "hidden": 0},
    BETTER: {"freeze_epochs": 0, "lr": 1e-3, "augment": True, "hidden": 0},
    CUSTOM: {"epochs": 3, "lr": 3e-3, "batch_size": 64, "augment": True, "hidden": 512},
}
"""What is filled in for each recipe where the field is left out."""

_PAIR = tuple[float, float] | tuple[()]
_ACCEPTED: dict[Any, Any] = {float: float | int, _PAIR: tuple}
"""What a field takes where `isinstance` cannot tell by its type."""

_TYPE_NAMES: dict[Any, str] = {
    str: "text", int: "a whole number", int | None: "a whole number", float: "a number",
    bool: "true or false", _PAIR: "a pair of numbers",
}  # fmt: skip

_DEVICES = ("auto", "cpu", "cuda")
_OPTIONS = {"recipe": RECIPES, "weights": WEIGHTS, "resize": METHODS, "device": _DEVICES}
_RANGES = {
    "size": (16, 1024),
    "epochs": (0, 1000),
    "freeze_epochs": (0, 1000),
    "lr": (1e-8, 10.0),
    "batch_size": (2, 4096),
    "threshold": (0.0, 1.0),
    "hidden": (0, 8192),
    "dropout": (0.0, 0.99),
    "weight_decay": (0.0, 10.0),
    "seed": (0, 2**32 - 1),
    "split_seed": (0, 2**32 - 1),
}


def _weights_for(arch: str, data: str) -> str:
    """The weights to start from where none are named."""
    suited = DRAWINGS if paths.is_generated_sample(data) else PHOTOGRAPHS
    if arch in ("", ARCHS[suited]):
        return suited
    return IMAGENET


def _size_for(weights: str, has_points: bool) -> int:
    if weights != PHOTOGRAPHS:
        return DEFAULT_SIZE
    return PHOTOGRAPH_POINT_SIZE if has_points else PHOTOGRAPH_SIZE


def _planned(name: str, value: int | None) -> int:
    if value is None:
        raise ConfigError(f"{name} is unknown until the recipe {BETTER} has counted the training images")
    return value


def _is_range(pair: tuple[float, ...]) -> bool:
    are_numbers = all(isinstance(value, float | int) and math.isfinite(value) for value in pair)
    return len(pair) == 2 and are_numbers and pair[0] < pair[1]


def _unless(holds: bool, problem: str):
    if not holds:
        yield problem
