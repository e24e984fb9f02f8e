"""All images of a dataset, the most doubtful first, each with what is given, what is seen, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.data.formats import Dataset
from engine.data.formats.phrases import some
from engine.experiments.label_review import explanations, model_check, noise
from engine.experiments.label_review.confident_learning import LEAST_KNOWN, judge, judge_each
from engine.experiments.label_review.explanations import Doubt
from engine.experiments.label_review.model_check import Judges
from engine.experiments.label_review.residuals import FAR, NEIGHBOURS, far
from engine.functional import label_encoding
from engine.functional.coordinates import pixel_distance, to_px, to_unit
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

MOST_DOUBTS = 3
"""So many labels are named in one sentence."""


@dataclass(frozen=True)
class Ranking:
    """The images of a dataset, the most doubtful first.

    Attributes:
        task: "single-label", "multi-label" or "points".
        vocab: the labels; () for points.
        table: a row an image: `fname`, `is_valid`, `looks_wrong` (bool), `doubt` (the higher, the more doubtful),
            `why` (a sentence); for labels `given` and `seen` (tuples of str); for points `x`, `y` (given), `seen_x`,
            `seen_y`, `width`, `height`, in pixels.
        probs: (N, C) out-of-sample probabilities in the order of `table`; (N, 0) for points.
        notes: what could not be judged, a sentence each.
        judges: how good the models are that contradict the labels.
    """

    task: str
    vocab: tuple[str, ...]
    table: pd.DataFrame
    probs: np.ndarray
    notes: tuple[str, ...] = ()
    judges: Judges | None = None


def rank(dataset: Dataset, predictions: np.ndarray) -> Ranking:
    """Rank a dataset's images by out-of-sample answers: probabilities (N, C), or points over -1..1 (N, 2).

    Those that look wrong come first (confident learning for labels, residuals for points), and among them, as among
    the others, the most doubtful. As many look wrong as there is noise (`noise.py`), and none where the models are too
    close to guessing (`model_check.py`).
    """
    judged = {MULTI_LABEL: _several, SINGLE_LABEL: _single, POINTS: _points}[dataset.task]
    about = model_check.check(dataset, np.asarray(predictions, float))
    table, notes = judged(dataset, predictions)
    table["looks_wrong"] &= about.is_fit
    table.insert(0, "fname", dataset.table["fname"].to_numpy())
    table.insert(1, "is_valid", dataset.table["is_valid"].to_numpy(bool))
    order = np.lexsort((-table["doubt"].to_numpy(), ~table["looks_wrong"].to_numpy()))
    probs = np.asarray(predictions)[order, : len(dataset.vocab)]
    ranked = table.iloc[order].reset_index(drop=True)
    return Ranking(dataset.task, dataset.vocab, ranked, probs, tuple(notes), about)


def _several(dataset: Dataset, probs: np.ndarray) -> tuple[pd.DataFrame, list[str]]:
    targets = dataset.targets()
    by_class = judge_each(probs, targets, LEAST_KNOWN)
    usual = np.array([judged.thresholds[1] for judged in by_class])
    margins = np.nan_to_num(np.stack([judged.margin for judged in by_class], axis=1), nan=np.inf)
    wrong = np.stack([judged.is_wrong for judged in by_class], axis=1)
    seen = np.where(wrong, 1 - targets, np.where(np.isnan(usual), targets, probs > 0.5))
    whys = [
        _why(dataset.vocab, usual, *row) for row in zip(probs, targets, seen != targets, margins, strict=True)
    ]
    doubt = -margins.min(axis=1)
    against = np.where(targets == 1, 1 - probs, probs)
    sureness = np.where(wrong, against, 0.0).max(axis=1, initial=0.0)
    table = _labels_table(dataset, noise.flagged(np.any(wrong, axis=1), sureness, doubt), doubt, whys)
    table["seen"] = pd.Series(
        [tuple(label_encoding.decode(row, dataset.vocab)) for row in seen], dtype=object
    )
    return table, _unknown(dataset, usual)


def _why(vocab, usual, probs, given, doubted, margins) -> str:
    """The labels seen otherwise, the most doubtful first; where none is, the one that fits worst."""
    if not np.isfinite(margins).any():
        return explanations.TOO_FEW
    places = np.flatnonzero(doubted) if doubted.any() else [int(margins.argmin())]
    first = sorted(places, key=lambda at: margins[at])[:MOST_DOUBTS]
    return explanations.of_labels([Doubt(vocab[at], probs[at], usual[at], bool(given[at])) for at in first])


def _single(dataset: Dataset, probs: np.ndarray) -> tuple[pd.DataFrame, list[str]]:
    given = dataset.targets().argmax(axis=1)
    judged = judge(probs, given, LEAST_KNOWN)
    likeliest = np.where(np.isnan(judged.thresholds), -1.0, probs).argmax(axis=1)
    is_judged = ~np.isnan(judged.margin)
    seen = np.where(is_judged, np.where(judged.seen >= 0, judged.seen, likeliest), given)
    doubt = np.where(is_judged, -judged.margin, -np.inf)
    whys = [
        _single_why(dataset.vocab, probs[at], judged.thresholds, given[at], seen[at])
        for at in range(len(given))
    ]
    sureness = 1 - np.asarray(probs, float)[np.arange(len(given)), given]
    table = _labels_table(dataset, noise.flagged(judged.is_wrong, sureness, doubt), doubt, whys)
    table["seen"] = pd.Series([(dataset.vocab[at],) for at in seen], dtype=object)
    return table, _unknown(dataset, judged.thresholds)


def _single_why(vocab, probs, usual, given: int, seen: int) -> str:
    if np.isnan(usual[given]):
        return explanations.TOO_FEW
    places = dict.fromkeys((seen, given))
    return explanations.of_labels([Doubt(vocab[at], probs[at], usual[at], at == given) for at in places])


def _points(dataset: Dataset, expected: np.ndarray) -> tuple[pd.DataFrame, list[str]]:
    sizes, given = dataset.sizes_wh(), dataset.points_px()
    off = far(expected, to_unit(given, sizes), NEIGHBOURS)
    seen = to_px(np.asarray(expected, float), sizes)
    distance = pixel_distance(given, seen)
    usual = np.median((distance / sizes[:, 0])[off.near], axis=1) * sizes[:, 0]
    table = pd.DataFrame(
        {
            "looks_wrong": noise.farthest(off.z, FAR),
            "doubt": off.z,
            "why": [explanations.of_point(*numbers) for numbers in zip(distance, usual, off.z, strict=True)],
            **{name: given[:, at] for at, name in enumerate(("x", "y"))},
            **{name: seen[:, at] for at, name in enumerate(("seen_x", "seen_y"))},
            **{name: sizes[:, at] for at, name in enumerate(("width", "height"))},
        }
    )
    return table, []


def _labels_table(dataset: Dataset, looks_wrong, doubt, whys) -> pd.DataFrame:
    given = [tuple(labels) for labels in dataset.table["labels"]]
    return pd.DataFrame(
        {
            "looks_wrong": looks_wrong,
            "doubt": doubt,
            "why": whys,
            "given": pd.Series(given, dtype=object),
        }
    )


def _unknown(dataset: Dataset, usual: np.ndarray) -> list[str]:
    few = [label for label, threshold in zip(dataset.vocab, usual, strict=True) if np.isnan(threshold)]
    return [f"Not reviewed, because fewer than {LEAST_KNOWN} images have it: {some(few)}."] if few else []
