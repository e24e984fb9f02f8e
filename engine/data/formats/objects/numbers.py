"""Numbers from untrusted files."""

from __future__ import annotations

import math
from typing import Any


def finite(value: Any) -> float:
    """A finite number. Raises ValueError for anything else.

    >>> finite("2.5")
    2.5
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{value!r} is not a number")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not a number")
    return number
