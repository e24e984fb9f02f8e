"""Draw augmentations with plain tensors: fastai's own types cost more than the arithmetic on a few small matrices."""

from collections.abc import Callable
from functools import partial

import torch

WRITTEN_FOR = {"fastai": "2.8.12", "torch": "2.15.0"}
REMOVE_WHEN = "fastai draws the matrices of its batch transforms without its tensor types"


def with_plain_draws(transforms: list) -> list:
    """The same batch transforms of fastai; what they draw for each batch is computed with plain tensors."""
    for transform in transforms:
        transform.before_call = partial(_without_types, transform.before_call)
    return transforms


def _without_types(draw: Callable, *batch, **options) -> None:
    with torch._C.DisableTorchFunctionSubclass():
        draw(*batch, **options)
