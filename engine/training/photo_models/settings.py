"""What the JSON of a model for photographs has to hold, so that nothing that reads it fails later."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from engine.training.backbones.registry import PHOTOGRAPHS, PHOTOGRAPHS_LARGE
from engine.training.photo_models.groups import CLASSES

BACKBONES: Mapping[str, tuple[str, ...]] = {
    SINGLE_LABEL: (PHOTOGRAPHS.name,),
    MULTI_LABEL: (PHOTOGRAPHS.name, PHOTOGRAPHS_LARGE.name),
    POINTS: (PHOTOGRAPHS.name,),
}
"""The backbones of each task, in the order in which their features are concatenated."""
DIGEST = "arrays_sha256"
"""The setting that ties a JSON file to the arrays that it was written with."""
_LEAST_AREA, _LARGEST_AREA = 160 * 160, 1024 * 1024
"""In pixels: `sizing.proportional` makes images of at least five cells of 32 px a side."""
_HOTTEST = 100.0
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FEATURES, _CHANNELS = 1280, 112
"""Of the backbones: the features of the last layer, and the channels of the grid that points are found on."""


def are_valid(task: str, settings: Mapping[str, Any]) -> bool:
    """Whether all settings that a task's model needs are there, of the right types, and fit together."""
    needed: dict[str, Callable[[Any], bool]] = {
        "backbones": lambda areas: _are_backbones(areas, BACKBONES[task]),
        **_NEEDED[task],
    }
    if not all(name in settings and is_valid(settings[name]) for name, is_valid in needed.items()):
        return False
    return "thresholds" not in needed or len(settings["thresholds"]) == len(settings["vocab"])


def shapes(settings: Mapping[str, Any]) -> dict[str, tuple[int | str, ...]]:
    """The shape of each array; a name stands for a length that is the same wherever it occurs."""
    return _SHAPES[settings["task"]](settings)


def _shapes_of_labels(settings: Mapping[str, Any]) -> dict[str, tuple[int | str, ...]]:
    count = len(settings["vocab"])
    return {
        "group_weights": (count, CLASSES),
        "score_weight": (count,),
        "bias": (count,),
        "feature_weight": (_FEATURES * len(settings["backbones"]), "labels with features"),
        "feature_labels": ("labels with features",),
    }


_SHAPES: Mapping[str, Callable[[Mapping[str, Any]], dict[str, tuple[int | str, ...]]]] = {
    MULTI_LABEL: _shapes_of_labels,
    POINTS: lambda _: {"weight": (3, _CHANNELS, 3, 3), "bias": (3,)},
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_share(value: Any) -> bool:
    return _is_number(value) and 0 <= value <= 1


def _is_temperature(value: Any) -> bool:
    return _is_number(value) and 0 < value <= _HOTTEST


def _is_area(value: Any) -> bool:
    return isinstance(value, int) and _LEAST_AREA <= value <= _LARGEST_AREA


def _are_backbones(value: Any, names: tuple[str, ...]) -> bool:
    return isinstance(value, dict) and tuple(value) == names and all(map(_is_area, value.values()))


def _are_shares(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_share, value))


def _is_vocab(value: Any) -> bool:
    """Whether it is a list of different names, at least one."""
    are_names = isinstance(value, list) and all(isinstance(name, str) and name.strip() for name in value)
    return are_names and 0 < len(value) == len(set(value))


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


_NEEDED: Mapping[str, Mapping[str, Callable[[Any], bool]]] = {
    SINGLE_LABEL: {
        "vocab": lambda value: _is_vocab(value) and len(value) == CLASSES,
        "temperature": _is_temperature,
        "least_probability": _is_share,
    },
    MULTI_LABEL: {
        "vocab": _is_vocab,
        "temperature": _is_temperature,
        "thresholds": _are_shares,
        DIGEST: _is_digest,
    },
    POINTS: {"threshold": _is_share, "area": _is_area, DIGEST: _is_digest},
}
