"""Every measure at every threshold, exactly: sort the probabilities once, then count along them.

Lowering the threshold changes an answer only when it passes that answer's probability. So the counts at all
thresholds are running sums over the sorted probabilities, and a picture is wholly right between its highest
absent class and its lowest present one.
"""

import numpy as np
import pandas as pd

from engine.arrays import require_same_shape, shape_text, to_numpy


def threshold_curve(probs, targets, thresholds=None) -> pd.DataFrame:
    """Return the measures of all N * C yes/no answers as the threshold moves.

    Columns threshold, accuracy, skill, precision, recall, f1 (the last three over all classes: micro) and
    exact_match (share of pictures all of whose answers are right). `probs` and `targets` are `(N, C)`.
    `thresholds=None` gives every threshold at which anything changes: 0 and each distinct probability, ascending;
    a row holds from its threshold up to the next one, as strictly above means yes. Otherwise one row for each
    given threshold, in the given order. What is 0 / 0 is NaN. Raises ValueError for probabilities outside [0, 1],
    for targets other than 0 and 1, and for other shapes.
    """
    probs, targets = _checked(probs, targets)
    exact = _exact_curve(probs, targets)
    return exact if thresholds is None else _rows_at(exact, thresholds)


def class_threshold_curves(probs, targets, thresholds=None) -> list[pd.DataFrame]:
    """Return one `threshold_curve` for each class, in class order, with the same arguments and errors."""
    probs, targets = _checked(probs, targets)
    columns = (slice(place, place + 1) for place in range(probs.shape[1]))
    return [threshold_curve(probs[:, column], targets[:, column], thresholds) for column in columns]


def best_threshold(curve: pd.DataFrame, measure: str = "accuracy") -> float:
    """Return the threshold at which a measure of an exact curve is largest.

    `curve` comes from `threshold_curve` with `thresholds=None`. Where the largest value holds over a stretch of
    thresholds the middle of the widest stretch is returned, the farthest from any answer that would change.
    Raises ValueError for an unknown measure, or where it is NaN at every threshold.
    """
    if measure == "threshold" or measure not in curve:
        known = ", ".join(column for column in curve if column != "threshold")
        raise ValueError(f"measure is {measure!r}; expected one of {known}.")
    starts, values = curve["threshold"].to_numpy(), curve[measure].to_numpy()
    if np.isnan(values).all():
        raise ValueError(
            f"{measure} is NaN at every threshold; expected a class that has positives: leave it out."
        )
    is_best = values == np.nanmax(values)
    ends = np.append(starts[1:], starts.dtype.type(1))
    opens = np.flatnonzero(is_best & ~np.append(False, is_best[:-1]))
    closes = np.flatnonzero(is_best & ~np.append(is_best[1:], False))
    widest = np.argmax(ends[closes] - starts[opens])
    low, high = starts[opens[widest]], ends[closes[widest]]
    middle = low + (high - low) / 2
    return float(middle if middle < high else low)


def best_thresholds(probs, targets, measure: str = "f1") -> np.ndarray:
    """Return for each class the threshold at which a measure is largest; `(C,)`, NaN where it has no value."""
    curves = class_threshold_curves(probs, targets)
    return np.array([np.nan if c[measure].isna().all() else best_threshold(c, measure) for c in curves])


def _exact_curve(probs, targets) -> pd.DataFrame:
    values, is_positive = _sorted_answers(probs, targets)
    last_of_tie = np.append(values[1:] != values[:-1], True)
    ends = np.flatnonzero(last_of_tie)
    thresholds = values[ends]
    answers_no, positives_no = ends + 1, np.cumsum(is_positive)[ends]
    if thresholds[0] > 0:
        thresholds, answers_no, positives_no = (
            np.insert(a, 0, 0) for a in (thresholds, answers_no, positives_no)
        )
    return _columns(thresholds, answers_no, positives_no, values.size, int(is_positive.sum()), probs, targets)


def _sorted_answers(probs, targets):
    order = np.argsort(probs, axis=None)
    return probs.ravel()[order], targets.ravel()[order]


def _columns(thresholds, answers_no, positives_no, answers, positives, probs, targets) -> pd.DataFrame:
    tp = positives - positives_no
    yes = answers - answers_no
    right = tp + answers_no - positives_no
    present = positives or np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        return pd.DataFrame(
            {
                "threshold": thresholds,
                "accuracy": right / answers,
                "skill": (right - (answers - positives)) / present,
                "precision": tp / yes,
                "recall": tp / present,
                "f1": 2 * tp / (yes + positives),
                "exact_match": _exact_match_along(thresholds, probs, targets),
            }
        )


def _exact_match_along(thresholds, probs, targets) -> np.ndarray:
    """Share of pictures wholly right at each threshold: those with (highest absent) <= threshold < (lowest present)."""
    becomes_right = np.where(targets, -np.inf, probs).max(axis=1)
    becomes_wrong = np.where(targets, probs, np.inf).min(axis=1)
    ever_right = becomes_right < becomes_wrong
    gained = np.searchsorted(thresholds, becomes_right[ever_right])
    lost = np.searchsorted(thresholds, becomes_wrong[ever_right])
    size = len(thresholds) + 1
    change = np.bincount(gained, minlength=size) - np.bincount(lost, minlength=size)
    return np.cumsum(change[:-1]) / len(probs)


def _rows_at(exact: pd.DataFrame, thresholds) -> pd.DataFrame:
    starts = exact["threshold"].to_numpy()
    wanted = np.atleast_1d(to_numpy(thresholds)).astype(starts.dtype)
    if wanted.ndim != 1 or not ((wanted >= 0) & (wanted <= 1)).all():
        raise ValueError("thresholds holds numbers outside [0, 1]; expected a list of thresholds in [0, 1].")
    rows = exact.iloc[np.searchsorted(starts, wanted, side="right") - 1].reset_index(drop=True)
    return rows.assign(threshold=wanted)


def _checked(probs, targets) -> tuple[np.ndarray, np.ndarray]:
    probs, targets = to_numpy(probs), to_numpy(targets)
    if probs.ndim != 2:
        raise ValueError(f"probs has shape {shape_text(probs)}; expected (N, C), one row for each picture.")
    require_same_shape("probs", probs, "targets", targets)
    if probs.dtype not in (np.float32, np.float64):
        probs = probs.astype(np.float64)
    low, high = probs.min(), probs.max()
    if not (low >= 0 and high <= 1):
        raise ValueError(
            f"probs runs from {low:.6g} to {high:.6g}; expected probabilities in [0, 1]: apply the sigmoid first."
        )
    is_positive = targets == 1
    if targets.dtype != bool and not np.array_equal(is_positive, targets != 0):
        raise ValueError(
            "targets holds other numbers than 0 and 1; expected yes or no: encode the labels first."
        )
    return probs, is_positive
