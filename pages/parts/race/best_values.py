"""Stars for the best values of a column."""

from collections.abc import Sequence

import numpy as np

from engine.experiments.loss_race import level_with_best


def starred(
    values: Sequence[float], form: str, margins: np.ndarray | None = None, is_high_best: bool = True
) -> list[str]:
    """Each value (K,) as text, with a star where it is the best as shown or no further from it than its margin (K, K).

    No value has one where all that are known are level: nothing is won then. The last value is that of no network,
    which has one only where no head is better as shown. NaN is a dash.
    """
    numbers = np.array(values, float)
    shown = ["—" if np.isnan(number) else form.format(number) for number in numbers]
    is_known = ~np.isnan(numbers)
    if not is_known.any():
        return shown
    margins = np.zeros((len(numbers),) * 2) if margins is None else margins
    best = np.nanargmax(numbers) if is_high_best else np.nanargmin(numbers)
    is_level = level_with_best(numbers, margins, is_high_best) | [text == shown[best] for text in shown]
    if is_level[is_known].all():
        return shown
    is_level[-1] = shown[-1] == shown[best]
    return [f"★ {text}" if has else text for text, has in zip(shown, is_level, strict=True)]
