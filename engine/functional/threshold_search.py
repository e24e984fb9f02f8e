"""The threshold that reaches a wanted recall or precision at the lowest cost in the other."""

import numpy as np
import pandas as pd

STEP = 0.01
RECALL, PRECISION = "recall", "precision"


def grid() -> np.ndarray:
    """The thresholds 0, 0.01, ..., 1."""
    return np.round(np.arange(0, 1 + STEP / 2, STEP), 2)


def threshold_with(curve: pd.DataFrame, metric: str, at_least: float) -> float | None:
    """The threshold of a `threshold_curve` that reaches a recall or a precision of `at_least`; None where none does.

    Recall falls as the threshold rises, so the highest such threshold keeps most precision; for precision it is the
    lowest, which keeps most recall. Raises ValueError for another metric, and for a value outside [0, 1].
    """
    if metric not in (RECALL, PRECISION):
        raise ValueError(f"metric is {metric!r}; expected {RECALL} or {PRECISION}.")
    if not 0 <= at_least <= 1:
        raise ValueError(f"at_least is {at_least}; expected a number from 0 to 1.")
    reached = curve.loc[curve[metric] >= at_least, "threshold"]
    if reached.empty:
        return None
    return float(reached.max() if metric == RECALL else reached.min())
