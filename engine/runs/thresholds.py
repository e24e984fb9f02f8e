"""Thresholds of a run: one probability for each label."""

import math
from collections.abc import Mapping

from engine.runs.errors import RunError


def checked(thresholds: Mapping[str, float], vocab: tuple[str, ...]) -> dict[str, float]:
    """The same thresholds as floats. Raises `RunError` for unknown labels and for anything but numbers in [0, 1]."""
    problems = [f"{label!r} is not one of its labels" for label in thresholds if label not in vocab]
    problems += [
        f"the threshold of {label!r} should be a number from 0 to 1, but is {value!r}"
        for label, value in thresholds.items()
        if not _is_share(value)
    ]
    if problems:
        raise RunError(f"These thresholds do not fit the run: {'; '.join(problems)}.")
    return {label: float(value) for label, value in thresholds.items()}


def _is_share(value: object) -> bool:
    return (
        not isinstance(value, bool)
        and isinstance(value, int | float)
        and 0 <= value <= 1
        and math.isfinite(value)
    )
