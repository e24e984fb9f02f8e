"""Every measure at every threshold, exactly: sort the probabilities once, then count along them.

Lowering the threshold changes an answer only when it passes that answer's probability. So the counts at all
thresholds are running sums over the sorted probabilities, and a picture is wholly right between its highest
absent class and its lowest present one.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from engine.arrays import require_same_shape, shape_text, to_numpy

RUNNING = ("accuracy", "skill", "precision", "recall", "f1")
ROWS_IN_CACHE = 1 << 14
BLOCKS_WORTH_THREADS = 32


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


def _exact_curve(probs, is_positive) -> pd.DataFrame:
    keys = _sorted_keys(probs, is_positive)
    thresholds, columns = _measures_along(keys, probs.dtype)
    columns["exact_match"] = _exact_match_along(thresholds, probs, is_positive)
    return pd.DataFrame({"threshold": thresholds, **columns}, copy=False)


def _sorted_keys(probs, is_positive) -> np.ndarray:
    """Sort probabilities as whole numbers that carry the target along in their lowest bit.

    The bit patterns of floats in [0, 1] rank as whole numbers do, and their sign bit is free. Sorting such keys is
    several times faster than an argsort and two look-ups. One more 0 stands in front, so that a place is the
    number of answers before it and threshold 0 has a row; a key above all stands behind.
    """
    integer = np.uint32 if probs.dtype == np.float32 else np.uint64
    keys = np.empty(probs.size + 2, dtype=integer)
    keys[0], keys[-1] = 0, np.iinfo(integer).max
    answers = keys[1:-1]
    np.left_shift(probs.ravel().view(integer), integer(1), out=answers)
    answers |= is_positive.ravel()
    answers.sort()
    return keys


def _measures_along(keys, dtype) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Distinct probabilities, ascending, and the measures from each of them up to the next."""
    blocks = _blocks(keys.size - 1, ROWS_IN_CACHE)
    rows, positives = np.array(_for_each(blocks, lambda block: _count_rows_and_positives(keys, block))).T
    row_starts, positives_before = (np.cumsum(counts) - counts for counts in (rows, positives))
    thresholds, columns = np.empty(rows.sum(), dtype=dtype), np.empty((len(RUNNING), rows.sum()))
    totals = keys.size - 2, positives.sum()

    def fill(block, start, count, before) -> None:
        ends = _ends_of_ties(keys, block)
        here = slice(start, start + count)
        thresholds[here] = (keys[block][ends] >> keys.dtype.type(1)).view(dtype)
        positives_no = np.cumsum(_lowest_bit(keys[block]), dtype=np.int64)[ends] + before
        _fill_measures(columns[:, here], ends + block.start, positives_no, *totals)

    _for_each(blocks, fill, row_starts, rows, positives_before)
    return thresholds, dict(zip(RUNNING, columns, strict=True))


def _count_rows_and_positives(keys, block) -> tuple[int, int]:
    return len(_ends_of_ties(keys, block)), np.count_nonzero(_lowest_bit(keys[block]))


def _ends_of_ties(keys, block) -> np.ndarray:
    """Where in the block a run of equal probabilities ends: the next key differs above the lowest bit."""
    return np.flatnonzero(keys[block] ^ keys[block.start + 1 : block.stop + 1] > 1)


def _lowest_bit(keys) -> np.ndarray:
    return keys & keys.dtype.type(1)


@np.errstate(invalid="ignore", divide="ignore")
def _fill_measures(columns, answers_no, positives_no, answers, positives) -> None:
    accuracy, skill, precision, recall, f1 = columns
    tp = np.subtract(positives, positives_no, dtype=np.float64)
    yes = np.subtract(answers, answers_no, dtype=np.float64)
    right = 2 * tp - yes + (answers - positives)
    np.divide(right, answers, out=accuracy)
    np.divide(2 * tp - yes, positives or np.nan, out=skill)
    np.divide(tp, yes, out=precision)
    np.divide(tp, positives, out=recall)
    np.divide(2 * tp, yes + positives, out=f1)


def _exact_match_along(thresholds, probs, is_positive) -> np.ndarray:
    """Share of pictures wholly right at each threshold: (highest absent class) <= threshold < (lowest present one)."""
    becomes_right, becomes_wrong = np.empty((2, len(probs)), dtype=probs.dtype)

    def fill(rows) -> None:
        np.max(np.where(is_positive[rows], -np.inf, probs[rows]), axis=1, out=becomes_right[rows])
        np.min(np.where(is_positive[rows], probs[rows], np.inf), axis=1, out=becomes_wrong[rows])

    _for_each(_blocks(len(probs), max(1, ROWS_IN_CACHE // probs.shape[1])), fill)
    ever_right = becomes_right < becomes_wrong
    gained = np.searchsorted(thresholds, np.sort(becomes_right[ever_right]))
    lost = np.searchsorted(thresholds, np.sort(becomes_wrong[ever_right]))
    return _running_share(gained, lost, thresholds.size, len(probs))


def _running_share(gained, lost, rows, whole) -> np.ndarray:
    """Share, on each of `rows` rows, of what has been gained at or before it and not yet lost; both are sorted."""
    places = np.concatenate([gained, lost])
    order = np.argsort(places, kind="stable")
    heights = np.cumsum(np.where(order < gained.size, 1, -1))
    edges = np.concatenate([[0], places[order], [rows]])
    return np.repeat(np.append(0, heights) / whole, np.diff(edges))


def _blocks(size: int, block: int) -> list[slice]:
    return [slice(start, min(start + block, size)) for start in range(0, size, block)]


def _for_each(blocks: list[slice], call, *more) -> list:
    """Call for each block, small enough for a core's cache; on all cores where it pays, as NumPy needs no lock."""
    if len(blocks) < BLOCKS_WORTH_THREADS:
        return list(map(call, blocks, *more))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(call, blocks, *more))


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
