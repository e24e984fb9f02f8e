"""Threshold curves at the edges of narrow bins, and in full inside the few bins where a maximum may lie.

Bin k holds the probabilities in ((k - 1) / BINS, k / BINS], so the counts above an edge are exact. As the threshold
rises through a bin, true and false positives fall from the counts at its left edge to those at its right one, which
bounds every metric that rises with the former and falls with the latter.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from engine.functional.threshold_curves import (
    RUNNING,
    Curve,
    ends_of_ties,
    fill_metrics,
    lowest_bit,
    sorted_keys,
)

BINS = 1 << 14
"""A power of two, so that multiplying by it never rounds and every edge is a float."""

TOLERANCE = 1 / 2048
"""How far a curve may leave its known outline: half a pixel of a chart 1,000 pixels high."""

BLOCK = 1 << 16
_BOUNDED = [at for at, metric in enumerate(RUNNING) if metric != "recall"]
"""The metrics that a bin bounds: each rises with the true positives and falls with the false ones."""


def counting_curves(probs, is_positive) -> tuple[Curve, Curve]:
    """Return recall's curve, and that of the other counting metrics, with the rows that matter.

    Each row is a row of the exact curve, or its value at the edge of a bin; every stretch where a metric is largest
    is there in full. The arguments have been `checked`.
    """
    flat, is_positive = probs.ravel(), is_positive.ravel()
    positives = flat[np.flatnonzero(is_positive)]
    counts = _above_edges(flat), _above_edges(positives)
    totals = flat.size, positives.size
    at_edges = _metrics(counts[1], counts[0], *totals)
    selected = _undecided(at_edges, counts, totals)
    others = _rows_inside(flat, is_positive, selected, counts, totals)
    return _recall(positives, at_edges), _merged(at_edges, *others)


def _edges(dtype) -> np.ndarray:
    return np.arange(BINS + 1, dtype=dtype) / dtype.type(BINS)


def _bins(values) -> np.ndarray:
    return np.ceil(values * values.dtype.type(BINS)).astype(np.intp)


def _above_edges(values) -> np.ndarray:
    """How many values lie above each edge, (BINS + 1,)."""

    def count(part) -> np.ndarray:
        blocks = (part[start : start + BLOCK] for start in range(0, part.size, BLOCK))
        return sum(
            (np.bincount(_bins(block), minlength=BINS + 1) for block in blocks), np.zeros(BINS + 1, int)
        )

    return values.size - np.cumsum(sum(_in_parts(values, count)))


def _in_parts(values, call) -> list:
    """Call for consecutive parts of the values, one per core where that pays."""
    cores = os.cpu_count() or 1
    if values.size < 8 * BLOCK or cores == 1:
        return [call(values)]
    with ThreadPoolExecutor(cores) as pool:
        return list(pool.map(call, np.array_split(values, cores)))


def _metrics(tp, yes, total, positives) -> np.ndarray:
    columns = np.empty((len(RUNNING), len(tp)))
    fill_metrics(columns, tp.astype(np.float64), yes.astype(np.float64), total, positives)
    return columns


def _undecided(at_edges, counts, totals) -> np.ndarray:
    """Which bins to sort, (BINS + 1,) bool: those that may hold a maximum, or values outside their edges' values."""
    yes, tp = counts
    fp, selected = yes - tp, np.zeros(BINS + 1, bool)
    high = _metrics(tp[:-1], tp[:-1] + fp[1:], *totals)[_BOUNDED]
    low = _metrics(tp[1:], tp[1:] + fp[:-1], *totals)[_BOUNDED]
    left, right = at_edges[_BOUNDED, :-1], at_edges[_BOUNDED, 1:]
    best = np.fmax.reduce(at_edges[_BOUNDED], axis=1, keepdims=True)
    outside = np.fmax(high - np.fmax(left, right), np.fmin(left, right) - low)
    changes = (yes[:-1] != yes[1:]) & (low != high)
    selected[1:] = (changes & ((np.fmax(high, left) >= best) | (outside > TOLERANCE))).any(axis=0)
    return selected


def _rows_inside(flat, is_positive, selected, counts, totals) -> tuple[np.ndarray, np.ndarray]:
    """The distinct probabilities in the selected bins, ascending, and the metrics from each up to the next."""
    yes, tp = counts
    places = _positions_inside(flat, selected)
    keys = sorted_keys(flat[places], is_positive[places])[1:]
    ends = ends_of_ties(keys, slice(0, keys.size - 1))
    thresholds = (keys[ends] >> keys.dtype.type(1)).view(flat.dtype)
    left = _bins(thresholds) - 1
    yes_skipped, tp_skipped = (_above_skipped(above, selected)[left] for above in (yes, tp))
    tp_passed = np.cumsum(lowest_bit(keys[:-1]), dtype=np.int64)[ends]
    return thresholds, _metrics(tp_skipped - tp_passed, yes_skipped - (ends + 1), *totals)


def _above_skipped(above, selected) -> np.ndarray:
    """The values above each edge and those in selected bins below it: where a count along those bins starts."""
    inside = np.where(selected[1:], above[:-1] - above[1:], 0)
    return above[:-1] + np.cumsum(inside) - inside


def _positions_inside(flat, selected) -> np.ndarray:
    """The positions of the values of the selected bins; most values lie below all of them and are skipped quickly."""
    numbers = np.flatnonzero(selected)
    if not numbers.size:
        return numbers
    lowest = flat.dtype.type((numbers[0] - 1) / BINS)

    def positions_in(part) -> np.ndarray:
        positions = []
        for start in range(0, part.size, BLOCK):
            above = np.flatnonzero(part[start : start + BLOCK] > lowest)
            positions.append(above[selected[_bins(part[start + above])]] + start)
        return np.concatenate(positions)

    parts = _in_parts(flat, positions_in)
    starts = np.cumsum([0] + [part.size for part in np.array_split(flat, len(parts))])
    return np.concatenate([part + start for part, start in zip(parts, starts, strict=False)])


def _recall(positives, at_edges) -> Curve:
    """Recall at the edges and at the smallest positive above 0, where it first falls."""
    edges, recall = _edges(positives.dtype), at_edges[RUNNING.index("recall")]
    above = positives[positives > 0]
    if above.size:
        first = above.min()
        place = np.searchsorted(edges, first)
        edges = np.insert(edges, place, first)
        recall = np.insert(recall, place, np.count_nonzero(above > first) / positives.size)
    return {"threshold": edges, "recall": recall}


def _merged(at_edges, thresholds, inside) -> Curve:
    """Rows at the edges and rows inside bins together, ascending."""
    edges = _edges(thresholds.dtype)
    places = np.searchsorted(thresholds, edges)
    rows = np.insert(inside[_BOUNDED], places, at_edges[_BOUNDED], axis=1)
    merged = {"threshold": np.insert(thresholds, places, edges)}
    return merged | {RUNNING[at]: row for at, row in zip(_BOUNDED, rows, strict=True)}
