"""The score to beat: what somebody reaches on the validation part who never looks at a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine import labels, metrics
from engine.datasets.found import Row
from engine.points import pixel_distance, to_px, to_unit
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
        return _of_the_mean_point(train, valid, sizes)
    vocab = tuple(sorted({label for row in rows for label in row.labels}))
    if not vocab:
        return []
    return (
        _of_the_commonest(train, valid) if task == SINGLE_LABEL else _of_saying_the_same(train, valid, vocab)
    )


def _of_the_commonest(train: list[Row], valid: list[Row]) -> list[Baseline]:
    counts = Counter(label for row in train for label in row.labels)
    commonest = max(sorted(counts), key=counts.get)
    right = sum(commonest in row.labels for row in valid) / len(valid)
    return [
        Baseline("accuracy", f"{right:.4f}", f"always says “{commonest}”, the commonest label in training")
    ]


def _of_saying_the_same(train: list[Row], valid: list[Row], vocab: tuple[str, ...]) -> list[Baseline]:
    targets = labels.encode_all([row.labels for row in valid], vocab)
    nothing = metrics.do_nothing_accuracy(targets)
    told = [Baseline("accuracy_multi", f"{nothing:.4f}", "never says any label; this is a skill of 0")]
    usual = labels.encode_all([row.labels for row in train], vocab).mean(axis=0) > 0.5
    if usual.any():
        always = np.tile(usual.astype(float), (len(valid), 1))
        score = metrics.accuracy_multi(always, targets)
        named = ", ".join(f"“{label}”" for label, is_usual in zip(vocab, usual, strict=True) if is_usual)
        says = f"always says {named}, which most training pictures have; a skill of {metrics.skill(score, targets):.4f}"
        told.append(Baseline("accuracy_multi", f"{score:.4f}", says))
    return told


def _of_the_mean_point(
    train: list[Row], valid: list[Row], sizes: Mapping[str, tuple[int, int]]
) -> list[Baseline]:
    """As the network sees it: the mean place in pictures squeezed to -1..1, then in each picture's own pixels."""
    points, wh = _points(train, sizes)
    mean = to_unit(points, wh).mean(axis=0)
    truth, wh = _points(valid, sizes)
    misses = pixel_distance(to_px(np.tile(mean, (len(truth), 1)), wh), truth)
    of_width = 100 * misses / wh[:, 0]
    says = (
        f"{np.median(of_width):.1f} % of the width, by always pointing at the mean point of the training part"
    )
    return [Baseline("median error", f"{np.median(misses):.1f} px", says)]


def _points(rows: list[Row], sizes: Mapping[str, tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([row.point_px for row in rows], float), np.array(
        [sizes[row.fname] for row in rows], float
    )
