"""Random yes/no predictions, and their metrics by slow loops."""

import math

import numpy as np

METRICS = ["accuracy", "skill", "precision", "recall", "f1", "exact_match"]


def random_predictions(seed=0, n=40, c=6, ties=False, dtype=np.float64):
    rng = np.random.default_rng(seed)
    targets = (rng.random((n, c)) < 0.25).astype(np.uint8)
    probs = np.clip(0.3 * targets + rng.beta(1, 2, (n, c)) * 0.7, 0, 1)
    return (np.round(probs, 1) if ties else probs).astype(dtype), targets


def counts_by_hand(probs, targets, threshold):
    tp = fp = fn = tn = whole = 0
    for prob_row, target_row in zip(probs, targets, strict=True):
        all_right = True
        for prob, target in zip(prob_row, target_row, strict=True):
            is_predicted = bool(prob > threshold)
            tp += is_predicted and target == 1
            fp += is_predicted and target == 0
            fn += not is_predicted and target == 1
            tn += not is_predicted and target == 0
            all_right = all_right and is_predicted == (target == 1)
        whole += all_right
    return tp, fp, fn, tn, whole


def metrics_by_hand(probs, targets, threshold):
    tp, fp, fn, tn, whole = counts_by_hand(probs, targets, threshold)
    total = tp + fp + fn + tn
    accuracy, nothing = (tp + tn) / total, (fp + tn) / total
    ratio = lambda part, total: part / total if total else math.nan  # noqa: E731
    return {
        "accuracy": accuracy,
        "skill": ratio(accuracy - nothing, 1 - nothing),
        "precision": ratio(tp, tp + fp),
        "recall": ratio(tp, tp + fn),
        "f1": ratio(2 * tp, 2 * tp + fp + fn),
        "exact_match": whole / len(probs),
    }
