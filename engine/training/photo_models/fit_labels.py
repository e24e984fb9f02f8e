"""Fit the multi-label model for photographs, and measure it by cross-validation."""

from typing import Any

import numpy as np

from engine.functional.metrics import average_precision
from engine.images import open_image
from engine.training.photo_models import folds, graphs, labels_head, logistic, sizing
from engine.training.photo_models.groups import MORE_GROUPS, SCENE_GROUPS, weights
from engine.training.photo_models.labels_head import LabelsHead
from engine.training.photo_models.sources import Photographs

_GOOD, _FEW = 0.75, 4
"""Further labels are kept where their groups alone rank at least `_FEW` positives this well (average precision)."""
_RESAMPLES = 1000


def fit(photographs: Photographs) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The settings and arrays of the model, as `files.write` takes them."""
    groups = {**SCENE_GROUPS, **{k: v for k, v in MORE_GROUPS.items() if k in photographs.names}}
    scores, features = _scores_and_features(photographs, weights(list(groups.values())))
    vocab = [*SCENE_GROUPS, *_rankable_labels(list(groups), scores, photographs)]
    columns = [list(groups).index(label) for label in vocab]
    scores, targets = scores[:, columns], photographs.of(vocab)
    head = labels_head.fit(scores, features, targets)
    settings: dict[str, Any] = {
        "vocab": vocab,
        "scene_vocab": list(SCENE_GROUPS),
        "thresholds": [round(float(threshold), 3) for threshold in head.thresholds],
        "temperature": round(head.temperature, 4),
        "backbones": {backbone.name: area for backbone, area in graphs.SEVERAL_LABELS_AREAS.items()},
        "fitted_on": f"{len(targets)} photographs of COCO 2017 (annotations CC BY 4.0)",
        "positives": dict(zip(vocab, map(int, targets.sum(0)), strict=True)),
        "measured": _measured(scores, features, targets, vocab),
    }
    with_features = np.flatnonzero(np.abs(head.feature_weight).sum(0))
    arrays: dict[str, np.ndarray] = {
        "group_weights": weights([groups[label] for label in vocab]).astype(np.float16),
        "score_weight": head.score_weight.astype(np.float32),
        "bias": head.bias.astype(np.float32),
        "feature_weight": head.feature_weight[:, with_features].astype(np.float16),
        "feature_labels": with_features.astype(np.int32),
    }
    return settings, arrays


def _scores_and_features(
    photographs: Photographs, group_weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Group scores (N, K), averaged over the backbones, and their concatenated features (N, D)."""
    scores, features = [], []
    for backbone, area in graphs.SEVERAL_LABELS_AREAS.items():
        session = graphs.open_session(graphs.several_labels(group_weights, backbone))
        rows = [
            graphs.run(session, [sizing.proportional(open_image(path), area)], [graphs.SCORES, graphs.MEAN])
            for path in photographs.paths
        ]
        scores.append(np.concatenate([row[0] for row in rows]))
        features.append(np.concatenate([row[1] for row in rows]))
    return np.mean(scores, axis=0), np.concatenate(features, axis=1)


def _rankable_labels(labels: list[str], scores: np.ndarray, photographs: Photographs) -> list[str]:
    targets = photographs.of(labels)
    precisions = average_precision(scores, targets)
    return [
        label
        for label, precision, positives in zip(labels, precisions, targets.sum(0), strict=True)
        if label in MORE_GROUPS and positives >= _FEW and precision >= _GOOD
    ]


def held_out_logits(photographs: Photographs, vocab: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Held-out logits (N, K) for photographs and their targets (N, K), for the labels of a fitted model."""
    groups = {**SCENE_GROUPS, **MORE_GROUPS}
    scores, features = _scores_and_features(photographs, weights([groups[label] for label in vocab]))
    targets = photographs.of(vocab)
    return held_out(scores, features, targets)[0], targets


def held_out(scores: np.ndarray, features: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logits and predictions (N, K) of each image, from a head and thresholds fitted without its fold."""
    fold = folds.of_labels(targets)
    logits, predicted = np.zeros(targets.shape), np.zeros(targets.shape, bool)
    for at in range(folds.FOLDS):
        test = fold == at
        head: LabelsHead = labels_head.fit(scores[~test], features[~test], targets[~test])
        logits[test] = head.logits(scores[test], features[test])
        predicted[test] = 1 / (1 + np.exp(-logits[test])) > head.thresholds
    return logits, predicted


def _measured(
    scores: np.ndarray, features: np.ndarray, targets: np.ndarray, vocab: list[str]
) -> dict[str, Any]:
    logits, predicted = held_out(scores, features, targets)
    scenes = slice(0, len(SCENE_GROUPS))
    precisions = average_precision(logits, targets)
    hits = (predicted & (targets > 0))[:, scenes].sum()
    rate = np.clip(targets.mean(0), 1e-6, 1)
    low, high = _interval(logits[:, scenes], targets[:, scenes])
    return {
        "protocol": "5-fold cross-validation; feature scales, temperature and thresholds chosen inside the other folds",
        "scene_mean_average_precision": round(float(precisions[scenes].mean()), 3),
        "scene_mean_average_precision_95": [round(low, 3), round(high, 3)],
        "groups_alone": round(float(average_precision(scores, targets)[scenes].mean()), 3),
        "chance": round(float(targets[:, scenes].mean()), 3),
        "average_precision": {k: round(float(v), 3) for k, v in zip(vocab, precisions, strict=True)},
        "scene_precision": round(float(hits / max(1, predicted[:, scenes].sum())), 3),
        "scene_recall": round(float(hits / targets[:, scenes].sum()), 3),
        "loss": round(float(logistic.loss(logits, targets).mean()), 4),
        "loss_of_constant": round(float(logistic.loss(np.log(rate / (1 - rate)), targets).mean()), 4),
    }


def _interval(logits: np.ndarray, targets: np.ndarray) -> tuple[float, float]:
    """95% bootstrap interval over images; classes without positives in a resample are left out of its mean."""
    rng = np.random.default_rng(0)
    means = []
    for _ in range(_RESAMPLES):
        rows = rng.integers(len(targets), size=len(targets))
        rows_targets = targets[rows]
        present = rows_targets.any(0)
        means.append(average_precision(logits[rows][:, present], rows_targets[:, present]).mean())
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
