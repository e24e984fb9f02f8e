"""Every metric at every threshold, exactly: sort the probabilities once, then count along them.

Lowering the threshold changes a prediction only when it passes that prediction's probability. So the counts at all
thresholds are running sums over the sorted probabilities, and an image is wholly right between its highest
absent class and its lowest present one.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from engine.functional.arrays import require_no_nan, require_same_shape, shape_text, to_numpy

Curve = dict[str, np.ndarray]
"""A table by columns: `threshold`, ascending from 0, and metrics that hold from there up to the next row."""

RUNNING = ("accuracy", "skill", "precision", "recall", "f1")
ROWS_IN_CACHE = 1 << 14
PREDICTIONS_IN_CACHE = 1 << 16
BLOCKS_WORTH_THREADS = 32


def threshold_curve(probs, targets, thresholds=None) -> pd.DataFrame:
    """Return the metrics of all N * C yes/no predictions as the threshold moves.

    Columns threshold, accuracy, skill, precision, recall, f1 (the last three over all classes: micro) and
    exact_match (share of images whose predictions are all right). `probs` and `targets` are `(N, C)`.
    `thresholds=None` gives every threshold at which anything changes: 0 and each distinct probability, ascending;
    a row holds from its threshold up to the next one, as strictly above means yes. Otherwise one row per
    given threshold, in the given order. 0 / 0 is NaN. Raises ValueError for probabilities outside [0, 1],
    for targets other than 0 and 1, and for other shapes.
    """
    probs, targets = checked(probs, targets)
    exact = pd.DataFrame(exact_curve(probs, targets), copy=False)
    return exact if thresholds is None else _rows_at(exact, thresholds)


def class_threshold_curves(probs, targets, thresholds=None) -> list[pd.DataFrame]:
    """Return one `threshold_curve` per class, in class order, with the same arguments and errors."""
    probs, targets = checked(probs, targets)
    columns = (slice(index, index + 1) for index in range(probs.shape[1]))
    return [threshold_curve(probs[:, column], targets[:, column], thresholds) for column in columns]


def best_threshold(curve: pd.DataFrame, metric: str = "accuracy") -> float:
    """Return the threshold at which a metric of an exact curve is largest.

    `curve` comes from `threshold_curve` with `thresholds=None`. Where the largest value holds over a stretch of
    thresholds the middle of the widest stretch is returned, the farthest from any prediction that would change.
    Raises ValueError for an unknown metric, or where it is NaN at every threshold.
    """
    known = [str(column) for column in curve if column != "threshold"]
    if metric not in known:
        raise ValueError(f"metric is {metric!r}; expected one of {', '.join(known)}.")
    values = curve[metric].to_numpy()
    if np.isnan(values).all():
        raise ValueError(
            f"{metric} is NaN at every threshold; expected a class that has positives: leave it out."
        )
    return middle_of_best(curve["threshold"].to_numpy(), values)


def middle_of_best(starts, values) -> float:
    """Return the middle of the widest stretch of thresholds where the largest value holds; not all may be NaN.

    `values` hold from their `starts`, ascending, up to the next start; the last one up to 1.
    """
    best = np.flatnonzero(values == np.fmax.reduce(values))
    gaps = np.flatnonzero(np.diff(best) > 1)
    opens, closes = best[np.append(0, gaps + 1)], best[np.append(gaps, -1)]
    ends = np.append(starts, starts.dtype.type(1))[closes + 1]
    widest = np.argmax(ends - starts[opens])
    low, high = starts[opens[widest]], ends[widest]
    middle = low + (high - low) / 2
    return float(middle if middle < high else low)


def exact_curve(probs, is_positive) -> Curve:
    """Return the columns of `threshold_curve`; the arguments have been `checked`."""
    keys = sorted_keys(probs, is_positive)
    thresholds, columns = _metrics_along(keys, probs.dtype)
    columns["exact_match"] = _exact_match_along(thresholds, probs, is_positive)
    return {"threshold": thresholds, **columns}


def sorted_keys(probs, is_positive) -> np.ndarray:
    """Sort probabilities as integers whose lowest bit is the target.

    The bit patterns of floats in [0, 1] order as integers do, and their sign bit is free. Sorting such keys is
    several times faster than an argsort and two look-ups. An extra 0 comes first, so that a position is the number
    of predictions before it and threshold 0 has a row; a key above all others comes last.
    """
    integer = np.uint32 if probs.dtype == np.float32 else np.uint64
    keys = np.empty(probs.size + 2, dtype=integer)
    keys[0], keys[-1] = 0, np.iinfo(integer).max
    inner = keys[1:-1]
    np.left_shift(probs.ravel().view(integer), integer(1), out=inner)
    inner |= is_positive.ravel()
    inner.sort()
    return keys


def _metrics_along(keys, dtype) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The distinct probabilities, ascending, and the metrics from each of them up to the next."""
    parts = blocks(keys.size - 1, ROWS_IN_CACHE)
    rows, positives = np.array(in_blocks(parts, lambda block: _count_rows_and_positives(keys, block))).T
    row_starts, positives_before = (np.cumsum(counts) - counts for counts in (rows, positives))
    thresholds, columns = np.empty(rows.sum(), dtype=dtype), np.empty((len(RUNNING), rows.sum()))
    totals = keys.size - 2, positives.sum()

    def fill(block, start, count, before) -> None:
        ends = ends_of_ties(keys, block)
        here = slice(start, start + count)
        thresholds[here] = (keys[block][ends] >> keys.dtype.type(1)).view(dtype)
        positives_no = np.cumsum(lowest_bit(keys[block]), dtype=np.int64)[ends] + before
        tp = np.subtract(totals[1], positives_no, dtype=np.float64)
        yes = np.subtract(totals[0], ends + block.start, dtype=np.float64)
        fill_metrics(columns[:, here], tp, yes, *totals)

    in_blocks(parts, fill, row_starts, rows, positives_before)
    return thresholds, dict(zip(RUNNING, columns, strict=True))


def _count_rows_and_positives(keys, block) -> tuple[int, int]:
    return len(ends_of_ties(keys, block)), int(np.count_nonzero(lowest_bit(keys[block])))


def ends_of_ties(keys, block) -> np.ndarray:
    """Where in the block a run of equal probabilities ends: the next key differs above the lowest bit."""
    return np.flatnonzero(keys[block] ^ keys[block.start + 1 : block.stop + 1] > 1)


def lowest_bit(keys) -> np.ndarray:
    return keys & keys.dtype.type(1)


@np.errstate(invalid="ignore", divide="ignore")
def fill_metrics(columns, tp, yes, total, positives) -> None:
    """Write the metrics of `RUNNING`, (M, rows), from the counts of true positives and of positive predictions."""
    accuracy, skill, precision, recall, f1 = columns
    gain = 2 * tp - yes
    np.divide(gain + (total - positives), total, out=accuracy)
    np.divide(gain, positives or np.nan, out=skill)
    np.divide(tp, yes, out=precision)
    np.divide(tp, positives, out=recall)
    np.divide(2 * tp, yes + positives, out=f1)


def exact_match_curve(probs, is_positive) -> Curve:
    """Return exact_match at threshold 0 and wherever it changes; the arguments have been `checked`."""
    becomes_right, becomes_wrong = _right_between(probs, is_positive)
    inside = [becomes_right[becomes_right > 0], becomes_wrong[becomes_wrong <= 1]]
    thresholds = np.unique(np.concatenate([np.zeros(1, probs.dtype), *inside]))
    share = _share_right(thresholds, becomes_right, becomes_wrong, len(probs))
    return {"threshold": thresholds, "exact_match": share}


def _exact_match_along(thresholds, probs, is_positive) -> np.ndarray:
    return _share_right(thresholds, *_right_between(probs, is_positive), len(probs))


def _share_right(thresholds, becomes_right, becomes_wrong, whole) -> np.ndarray:
    gained = np.searchsorted(thresholds, np.sort(becomes_right))
    lost = np.searchsorted(thresholds, np.sort(becomes_wrong))
    return _running_share(gained, lost, thresholds.size, whole)


def _right_between(probs, is_positive) -> tuple[np.ndarray, np.ndarray]:
    """Where images become wholly right and wrong again as the threshold rises, for those that are ever right.

    That is from the highest probability of an absent class, included, or 0, to the lowest of a present one; above 1
    where no class is present. Compares the floats' bit patterns as integers, which is twice as fast.
    """
    integer = np.int32 if probs.dtype == np.float32 else np.int64
    bits = probs.view(integer)
    above_one: np.ndarray = np.ones(1, probs.dtype).view(integer)
    above_one += 1
    becomes_right, until_wrong = np.empty((2, len(probs)), dtype=integer)

    def fill(rows) -> None:
        np.max(bits[rows] * ~is_positive[rows], axis=1, out=becomes_right[rows])
        np.max((above_one - bits[rows]) * is_positive[rows], axis=1, out=until_wrong[rows])

    in_blocks(blocks(len(probs), max(1, PREDICTIONS_IN_CACHE // probs.shape[1])), fill)
    becomes_wrong = above_one - until_wrong
    ever = becomes_right < becomes_wrong
    return becomes_right[ever].view(probs.dtype), becomes_wrong[ever].view(probs.dtype)


def _running_share(gained, lost, rows, whole) -> np.ndarray:
    """Share, on each of `rows` rows, of what has been gained at or before it and not yet lost; both are sorted."""
    places = np.concatenate([gained, lost])
    order = np.argsort(places, kind="stable")
    heights = np.cumsum(np.where(order < gained.size, 1, -1))
    edges = np.concatenate([[0], places[order], [rows]])
    return np.repeat(np.append(0, heights) / whole, np.diff(edges))


def blocks(size: int, block: int) -> list[slice]:
    """Return consecutive slices of at most `block` that cover `size` places."""
    return [slice(start, min(start + block, size)) for start in range(0, size, block)]


def in_blocks(parts: list[slice], call, *more) -> list:
    """Call for each block, small enough for a core's cache; on all cores where it pays (NumPy releases the GIL)."""
    if len(parts) < BLOCKS_WORTH_THREADS:
        return list(map(call, parts, *more))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(call, parts, *more))


def _rows_at(exact: pd.DataFrame, thresholds) -> pd.DataFrame:
    starts = exact["threshold"].to_numpy()
    wanted = np.atleast_1d(to_numpy(thresholds)).astype(starts.dtype)
    if wanted.ndim != 1 or not ((wanted >= 0) & (wanted <= 1)).all():
        raise ValueError("thresholds holds numbers outside [0, 1]; expected a list of thresholds in [0, 1].")
    rows = exact.iloc[np.searchsorted(starts, wanted, side="right") - 1].reset_index(drop=True)
    return rows.assign(threshold=wanted)


def checked(probs, targets) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities as floats without minus zeros, and targets as booleans; raises as `threshold_curve`."""
    probs, targets = to_numpy(probs), to_numpy(targets)
    if probs.ndim != 2:
        raise ValueError(f"probs has shape {shape_text(probs)}; expected (N, C), one row per image.")
    require_same_shape("probs", probs, "targets", targets)
    if probs.dtype not in (np.float32, np.float64):
        probs = probs.astype(np.float64)
    is_positive = targets if targets.dtype == bool else targets == 1
    if targets.dtype != bool and np.count_nonzero(targets) != np.count_nonzero(is_positive):
        raise ValueError(
            "targets holds numbers other than 0 and 1; expected yes or no: encode the labels first."
        )
    return _probabilities(probs), is_positive


def _probabilities(probs) -> np.ndarray:
    """The bit patterns of floats from 0 to 1 are the smallest, so a single maximum validates most arrays."""
    integer = np.uint32 if probs.dtype == np.float32 else np.uint64
    if probs.view(integer).max() <= np.ones(1, probs.dtype).view(integer)[0]:
        return probs
    require_no_nan("probs", probs, np)
    low, high = probs.min(), probs.max()
    if not (low >= 0 and high <= 1):
        raise ValueError(
            f"probs runs from {low:.6g} to {high:.6g}; expected probabilities in [0, 1]: apply the sigmoid first."
        )
    return np.abs(probs)
