"""One formula for NumPy arrays and torch tensors: finding their common library, and plain complaints.

The formulas are written on the Python array API standard (data-apis.org/array-api), which array-api-compat
makes both libraries speak. Nothing here imports torch; it is used only where a torch tensor was handed in.
"""

import sys

import array_api_compat
import numpy as np


def together(**named) -> tuple:
    """Return the array library that the named arrays share, then each of them as an array of it.

    Lists and numbers follow the arrays beside them, on the same device; alone they become NumPy arrays.
    Mixing NumPy arrays and torch tensors is a ValueError that names both.
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


def np_namespace():
    """Return NumPy itself, which speaks the standard from version 2 on; wrapping it would import all of its rooms."""
    return np


def _plain_tensor(value, xp, device):
    if not array_api_compat.is_torch_array(value):
        return xp.asarray(value, device=device)
    torch = sys.modules["torch"]
    return value if type(value) is torch.Tensor else value.as_subclass(torch.Tensor)


def to_float(array, xp):
    """Return the array itself if it holds real numbers with fractions, otherwise a copy that does."""
    is_real = array.dtype.kind == "f" if xp is np else xp.isdtype(array.dtype, "real floating")
    if is_real:
        return array
    if not xp.isdtype(array.dtype, ("bool", "integral")):
        raise ValueError(f"expected an array of numbers, but it holds {array.dtype}; convert it first.")
    return xp.astype(array, xp.asarray(0.5).dtype)


def to_numpy(values) -> np.ndarray:
    """Return the values as a NumPy array; a torch tensor leaves its gradient and its device behind."""
    return np.asarray(values.detach().cpu() if array_api_compat.is_torch_array(values) else values)


def shape_text(array) -> str:
    """Return an array's shape as people write it, such as "(3, 20)"."""
    return str(tuple(array.shape))


def require_same_shape(name, array, other_name, other) -> None:
    """Raise a ValueError unless both arrays have one and the same shape, with something in it."""
    if tuple(array.shape) != tuple(other.shape):
        raise ValueError(
            f"{other_name} has shape {shape_text(other)} but {name} has shape {shape_text(array)}; "
            f"expected the same shape: give one number in {other_name} for each in {name}."
        )
    require_not_empty(name, array)


def require_not_empty(name, array) -> None:
    """Raise a ValueError if there is nothing in the array."""
    if 0 in array.shape:
        raise ValueError(
            f"{name} is empty, of shape {shape_text(array)}; expected at least one number: "
            f"check that the selection it was made from is not empty."
        )
