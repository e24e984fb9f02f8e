"""The score to beat: the best on the validation part without looking at any image.

As for a run: the best constant prediction, chosen on the training images and scored on the validation images.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine import tasks
from engine.data.formats.parsed_source import Row
from engine.functional import label_encoding, metrics
from engine.functional.constant_predictions import majority_predictions, mean_point_px, most_frequent_class
from engine.functional.coordinates import pixel_distance
from engine.tasks import MULTI_LABEL, SINGLE_LABEL


@dataclass(frozen=True)
class Baseline:
    """One score to beat: `name` of the metric, `value` as it is shown, and `says`, how it is reached."""

    name: str
    value: str
    says: str


def baselines(rows: list[Row], task: str, sizes: Mapping[str, tuple[int, int]]) -> list[Baseline]:
    """The scores to beat, the best known first; none where a part is empty."""
    if tasks.get(task).has_points:
        rows = [row for row in rows if row.fname in sizes]
    train, valid = ([row for row in rows if bool(row.is_valid) == part] for part in (False, True))
    if not train or not valid:
        return []
    if tasks.get(task).has_points:
        return _of_the_mean_point(train, valid, sizes)
    vocab = tuple(sorted({label for row in rows for label in row.labels}))
    if not vocab:
        return []
    train_targets, targets = (
        label_encoding.encode_all([row.labels for row in part], vocab) for part in (train, valid)
    )
    return _OF_LABELS[task](train_targets, targets, vocab)


def _of_the_commonest(
    train_targets: np.ndarray, targets: np.ndarray, vocab: tuple[str, ...]
) -> list[Baseline]:
    chosen = most_frequent_class(train_targets)
    says = f"always predicts “{vocab[chosen]}”, the most frequent label of the training images"
    return [Baseline("accuracy", f"{targets[:, chosen].mean():.4f}", says)]


def _of_saying_the_same(
    train_targets: np.ndarray, targets: np.ndarray, vocab: tuple[str, ...]
) -> list[Baseline]:
    nothing = metrics.do_nothing_accuracy(targets)
    without_labels = f"never predicts any label; {_right_in_words(nothing, nothing)}"
    told = [Baseline("accuracy_multi", f"{nothing:.4f}", without_labels)]
    usual = majority_predictions(train_targets)
    if usual.any():
        always = np.tile(usual.astype(float), (len(targets), 1))
        score = metrics.accuracy_multi(always, targets)
        named = ", ".join(f"“{label}”" for label, is_usual in zip(vocab, usual, strict=True) if is_usual)
        says = f"always predicts {named}, which most training images have; {_right_in_words(score, nothing)}"
        told.append(Baseline("accuracy_multi", f"{score:.4f}", says))
    return told


def _right_in_words(score: float, nothing: float) -> str:
    """What an accuracy_multi means, compared with that of predicting nothing."""
    right = f"that gets {score:.1%} of the yes/no decisions right"
    if score == nothing:
        return f"{right}, as no validation image has a label" if nothing == 1 else right
    return f"{right}, {abs(score - nothing):.1%} {'more' if score > nothing else 'fewer'} than predicting nothing"


_OF_LABELS = {SINGLE_LABEL: _of_the_commonest, MULTI_LABEL: _of_saying_the_same}


def _of_the_mean_point(
    train: list[Row], valid: list[Row], sizes: Mapping[str, tuple[int, int]]
) -> list[Baseline]:
    (train_px, points_px), (train_wh, sizes_wh) = (
        [np.array([told(row) for row in part], float) for part in (train, valid)]
        for told in (lambda row: row.point_px, lambda row: sizes[row.fname])
    )
    misses = pixel_distance(mean_point_px(train_px, train_wh, sizes_wh), points_px)
    of_width = 100 * misses / sizes_wh[:, 0]
    says = (
        f"{np.median(of_width):.1f}% of the width, by always predicting the mean point of the training images"
    )
    return [Baseline("median error", f"{np.median(misses):.1f} px", says)]
