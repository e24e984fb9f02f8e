"""Argument checks and reductions that all losses share."""

import math
from types import ModuleType
from typing import Literal

from engine.functional.arrays import (
    Array,
    require_not_empty,
    require_same_shape,
    shape_text,
    to_float,
    together,
)

Reduction = Literal["mean", "sum", "none"]


def floats(**named: Array) -> tuple:
    xp, *arrays = together(**named)
    return xp, *(to_float(array, xp) for array in arrays)


def same_shape(predictions: Array, targets: Array) -> tuple[ModuleType, Array, Array]:
    xp, predictions, targets = floats(predictions=predictions, targets=targets)
    require_same_shape("predictions", predictions, "targets", targets)
    return xp, predictions, targets


def labelled(logits: Array, targets: Array) -> tuple[ModuleType, Array, Array]:
    xp, logits, targets = floats(logits=logits, targets=targets)
    require_same_shape("logits", logits, "targets", targets)
    if not bool(xp.all((targets >= 0) & (targets <= 1))):
        raise ValueError(
            "targets holds numbers outside [0, 1]; expected 1 where the class is present and 0 where it is not: "
            "encode the labels first."
        )
    return xp, logits, xp.astype(targets, logits.dtype)


def one_hot(logits: Array, target_index: Array) -> tuple[ModuleType, Array, Array]:
    xp, logits, target_index = together(logits=logits, target_index=target_index)
    logits = to_float(logits, xp)
    if tuple(target_index.shape) != tuple(logits.shape[:-1]) or logits.ndim == 0:
        raise ValueError(
            f"target_index has shape {shape_text(target_index)} but logits has shape {shape_text(logits)}; "
            f"expected {tuple(logits.shape[:-1])}, one class index per image: "
            f"several labels at once need binary_cross_entropy."
        )
    require_not_empty("logits", logits)
    classes = logits.shape[-1]
    if not xp.isdtype(target_index.dtype, "integral"):
        raise ValueError(
            f"target_index holds {target_index.dtype}; expected whole numbers 0 to {classes - 1}."
        )
    if not bool(xp.all((target_index >= 0) & (target_index < classes))):
        raise ValueError(
            f"target_index holds a class outside 0 to {classes - 1}; expected the index of a label in the "
            f"vocabulary: use label_encoding.class_index."
        )
    return xp, logits, target_index[..., None] == xp.arange(classes, device=target_index.device)


def require(name: str, value: object, is_valid: bool, expected: str) -> None:
    if not is_valid:
        raise ValueError(f"{name} is {value!r}; expected {expected}.")


def count(array: Array) -> int:
    return math.prod(array.shape)


def image_count(logits: Array) -> int:
    """The number of images in logits (..., C)."""
    return math.prod(logits.shape[:-1])


def reduce(terms: Array, reduction: Reduction, xp: ModuleType) -> Array:
    if reduction == "none":
        return terms
    if reduction == "mean":
        return xp.mean(terms)
    if reduction == "sum":
        return xp.sum(terms)
    raise ValueError(f'reduction is {reduction!r}; expected "mean", "sum" or "none".')
