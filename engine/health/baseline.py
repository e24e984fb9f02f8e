"""The score to beat: what somebody reaches on the validation part who never looks at a picture.

As beside a run: the best constant answer to these very pictures, a little better than any known beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine import labels, metrics
from engine.datasets.found import Row
from engine.point_errors import mean_centre
from engine.points import pixel_distance
from engine.tasks import POINTS, SINGLE_LABEL


@dataclass(frozen=True)
class Baseline:
    """One score to beat: `name` of the measure, `value` as it is shown, and `says`, how it is reached."""

    name: str
    value: str
    says: str


def baselines(rows: list[Row], task: str, sizes: Mapping[str, tuple[int, int]]) -> list[Baseline]:
    """The scores to beat, the best known first; none where a part is empty."""
    if task == POINTS:
        rows = [row for row in rows if row.fname in sizes]
    train, valid = ([row for row in rows if bool(row.is_valid) == part] for part in (False, True))
    if not train or not valid:
        return []
    if task == POINTS:
        return _of_the_mean_point(valid, sizes)
    vocab = tuple(sorted({label for row in rows for label in row.labels}))
    if not vocab:
        return []
    targets = labels.encode_all([row.labels for row in valid], vocab)
    if task == SINGLE_LABEL:
        return [_of_the_commonest(targets, vocab)]
    return _of_saying_the_same(train, targets, vocab)


def _of_the_commonest(targets: np.ndarray, vocab: tuple[str, ...]) -> Baseline:
    commonest = vocab[targets.sum(axis=0).argmax()]
    says = f"always says “{commonest}”, the commonest label of the validation part"
    return Baseline("accuracy", f"{metrics.most_frequent_accuracy(targets):.4f}", says)


def _of_saying_the_same(train: list[Row], targets: np.ndarray, vocab: tuple[str, ...]) -> list[Baseline]:
    nothing = metrics.do_nothing_accuracy(targets)
    told = [Baseline("accuracy_multi", f"{nothing:.4f}", "never says any label; this is a skill of 0")]
    usual = labels.encode_all([row.labels for row in train], vocab).mean(axis=0) > 0.5
    if usual.any():
        always = np.tile(usual.astype(float), (len(targets), 1))
        score = metrics.accuracy_multi(always, targets)
        named = ", ".join(f"“{label}”" for label, is_usual in zip(vocab, usual, strict=True) if is_usual)
        says = f"always says {named}, which most training pictures have; a skill of {metrics.skill(score, targets):.4f}"
        told.append(Baseline("accuracy_multi", f"{score:.4f}", says))
    return told


def _of_the_mean_point(valid: list[Row], sizes: Mapping[str, tuple[int, int]]) -> list[Baseline]:
    points_px = np.array([row.point_px for row in valid], float)
    sizes_wh = np.array([sizes[row.fname] for row in valid], float)
    misses = pixel_distance(mean_centre(points_px, sizes_wh), points_px)
    of_width = 100 * misses / sizes_wh[:, 0]
    says = f"{np.median(of_width):.1f} % of the width, by always pointing at the mean point of the validation part"
    return [Baseline("median error", f"{np.median(misses):.1f} px", says)]
