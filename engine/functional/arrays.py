"""One formula for NumPy arrays and torch tensors: their common array library, and checks with clear messages.

The formulas use the Python array API standard (data-apis.org/array-api), which array-api-compat provides for both
libraries. Nothing here imports torch; it is only used where a torch tensor is passed in.
"""

import sys
from types import ModuleType
from typing import Any

import array_api_compat
import numpy as np

Array = Any
"""A NumPy array or a torch tensor; arguments may also be numbers and lists. No static type covers both libraries."""


def together(**named: Array) -> tuple:
    """Return the array library that the named arrays share, then each of them as an array of it.

    Numbers and lists become tensors on the same device where another argument is a tensor, and NumPy arrays otherwise.
    Raises ValueError, naming both, where NumPy arrays and torch tensors are mixed.
    """
    if all(type(value) is np.ndarray for value in named.values()):
        return np_namespace(), *named.values()
    tensors = [name for name, value in named.items() if array_api_compat.is_torch_array(value)]
    arrays = [name for name, value in named.items() if isinstance(value, np.ndarray)]
    if tensors and arrays:
        raise ValueError(
            f"{tensors[0]} is a torch tensor but {arrays[0]} is a NumPy array; "
            f"expected both from one library: use torch.as_tensor({arrays[0]})."
        )
    if not tensors:
        return np_namespace(), *(np.asarray(value) for value in named.values())
    xp = array_api_compat.array_namespace(named[tensors[0]])
    device = named[tensors[0]].device
    return xp, *(_plain_tensor(value, xp, device) for value in named.values())


def np_namespace() -> ModuleType:
    """Return NumPy itself, which follows the standard since version 2; a wrapper would import all its submodules."""
    return np


def _plain_tensor(value: Array, xp: ModuleType, device: Any) -> Array:
    if not array_api_compat.is_torch_array(value):
        return xp.asarray(value, device=device)
    torch = sys.modules["torch"]
    return value if type(value) is torch.Tensor else value.as_subclass(torch.Tensor)


def to_float(array: Array, xp: ModuleType) -> Array:
    """Return the array itself if its type is floating-point, otherwise a floating-point copy."""
    is_real = array.dtype.kind == "f" if xp is np else xp.isdtype(array.dtype, "real floating")
    if is_real:
        return array
    if not xp.isdtype(array.dtype, ("bool", "integral")):
        raise ValueError(f"expected an array of numbers, but it holds {array.dtype}; convert it first.")
    return xp.astype(array, xp.asarray(0.5).dtype)


def to_numpy(values: Array) -> np.ndarray:
    """Return the values as a NumPy array; a torch tensor is detached and moved to the CPU."""
    return np.asarray(values.detach().cpu() if array_api_compat.is_torch_array(values) else values)


def shape_text(array: Array) -> str:
    """Return an array's shape as text, such as "(3, 20)"."""
    return str(tuple(array.shape))


def require_same_shape(name: str, array: Array, other_name: str, other: Array) -> None:
    """Raise ValueError unless both arrays have the same shape and are not empty."""
    if tuple(array.shape) != tuple(other.shape):
        raise ValueError(
            f"{other_name} has shape {shape_text(other)} but {name} has shape {shape_text(array)}; "
            f"expected the same shape: give one number in {other_name} for each in {name}."
        )
    require_not_empty(name, array)


def require_no_nan(name: str, array: Array, xp: ModuleType) -> None:
    """Raise ValueError if any value is NaN (not a number): it ranks differently in every library."""
    if count := int(xp.sum(xp.astype(array != array, xp.int64))):
        raise ValueError(
            f"{name} holds {count:,} NaN (not a number); expected a number for each class: "
            f"check that the loss stayed finite while the model was trained."
        )


def require_not_empty(name: str, array: Array) -> None:
    """Raise ValueError if the array is empty."""
    if 0 in array.shape:
        raise ValueError(
            f"{name} is empty, of shape {shape_text(array)}; expected at least one number: "
            f"check that the selection it was made from is not empty."
        )
