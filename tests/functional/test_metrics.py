import math
import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn import metrics as sk

from engine.functional import metrics
from tests.functional.yes_no_predictions import metrics_by_hand, random_predictions


@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.5, 0.9, 1.0])
def test_accuracy_multi_equals_fastai_and_torchmetrics(threshold):
    from fastai.metrics import accuracy_multi
    from torchmetrics.functional.classification import multilabel_accuracy

    probs, targets = (torch.tensor(a) for a in random_predictions(dtype=np.float32))
    ours = metrics.accuracy_multi(probs, targets, threshold)
    assert ours == pytest.approx(float(accuracy_multi(probs, targets, thresh=threshold, sigmoid=False)))
    theirs = multilabel_accuracy(probs, targets, num_labels=6, threshold=threshold, average="micro")
    assert ours == pytest.approx(float(theirs))


def test_strictly_above_the_threshold_means_yes():
    assert metrics.accuracy_multi([[0.5]], [[1]], 0.5) == 0
    assert metrics.accuracy_multi([[0.5]], [[0]], 0.5) == 1
    assert metrics.accuracy_multi([[np.nextafter(0.5, 1)]], [[1]], 0.5) == 1
    assert metrics.accuracy_multi(np.array([[0.2]], np.float32), [[0]], 0.2) == 1
    assert metrics.accuracy_multi(torch.tensor([[0.2]]), torch.tensor([[0]]), 0.2) == 1
    assert metrics.accuracy_multi([[0.0]], [[1]], 0.0) == 0


def test_all_metrics_by_hand_and_by_scikit_learn():
    probs, targets = random_predictions()
    for threshold in (0.1, 0.33, 0.5, 0.8):
        ours = metrics.all_metrics(probs, targets, threshold)
        assert ours == pytest.approx(metrics_by_hand(probs, targets, threshold))
        is_predicted = (probs > threshold).astype(int)
        assert ours["precision"] == pytest.approx(sk.precision_score(targets, is_predicted, average="micro"))
        assert ours["recall"] == pytest.approx(sk.recall_score(targets, is_predicted, average="micro"))
        assert ours["f1"] == pytest.approx(sk.f1_score(targets, is_predicted, average="micro"))
        assert ours["exact_match"] == pytest.approx(sk.accuracy_score(targets, is_predicted))


def test_confusion_counts_equal_scikit_learn_with_a_threshold_per_class():
    probs, targets = random_predictions()
    thresholds = np.linspace(0.1, 0.6, 6)
    table = metrics.confusion_counts(probs, targets, thresholds)
    theirs = sk.multilabel_confusion_matrix(targets, probs > thresholds)
    assert table["true_positives"].tolist() == theirs[:, 1, 1].tolist()
    assert table["false_positives"].tolist() == theirs[:, 0, 1].tolist()
    assert table["false_negatives"].tolist() == theirs[:, 1, 0].tolist()
    assert table["true_negatives"].tolist() == theirs[:, 0, 0].tolist()
    on_torch = metrics.confusion_counts(torch.tensor(probs), torch.tensor(targets), torch.tensor(thresholds))
    pd.testing.assert_frame_equal(table, on_torch)


def test_predicting_nothing_and_predicting_everything():
    _, targets = random_predictions()
    zeros, ones = np.zeros(targets.shape), np.ones(targets.shape)
    assert metrics.do_nothing_accuracy(targets) == metrics.accuracy_multi(zeros, targets)
    assert metrics.all_yes_accuracy(targets) == metrics.accuracy_multi(ones, targets)


def test_skill_runs_from_predicting_nothing_to_all_right():
    _, targets = random_predictions()
    assert metrics.skill(metrics.do_nothing_accuracy(targets), targets) == 0
    assert metrics.skill(1.0, targets) == pytest.approx(1)
    assert metrics.skill(0.5, targets) < 0
    assert math.isnan(metrics.skill(1.0, [[0, 0]]))


def test_the_books_score_is_a_third_of_the_way_from_predicting_nothing():
    targets = np.zeros((1000, 20), dtype=np.uint8)
    targets.ravel()[:1458] = 1  # 1.458 labels per image over 20 classes
    assert metrics.do_nothing_accuracy(targets) == pytest.approx(0.9271)
    assert metrics.skill(0.9516, targets) == pytest.approx(1 / 3, abs=0.005)


def test_single_label_accuracy_equals_fastai():
    from fastai.metrics import accuracy

    rng = np.random.default_rng(0)
    scores, index = torch.tensor(rng.normal(size=(50, 4))), torch.tensor(rng.integers(0, 4, 50))
    assert metrics.accuracy(scores, index) == pytest.approx(float(accuracy(scores, index)))
    assert metrics.accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1]) == 0.5


@pytest.mark.parametrize("ties", [False, True])
def test_average_precision_equals_scikit_learn_and_torchmetrics(ties):
    from torchmetrics.functional.classification import multilabel_average_precision

    probs, targets = random_predictions(ties=ties)
    ours = metrics.average_precision(probs, targets)
    assert ours == pytest.approx(sk.average_precision_score(targets, probs, average=None))
    theirs = multilabel_average_precision(torch.tensor(probs), torch.tensor(targets).int(), 6, average=None)
    assert ours == pytest.approx(theirs.numpy(), rel=1e-5)
    assert metrics.average_precision(torch.tensor(probs), torch.tensor(targets)) == pytest.approx(ours)


def test_average_precision_by_hand():
    # Best first: yes, no, yes: at ranks 1 and 3, with precisions 1 and 2/3.
    assert metrics.average_precision([[0.9], [0.8], [0.7]], [[1], [0], [1]]) == pytest.approx(
        [(1 + 2 / 3) / 2]
    )


def test_a_class_without_positives_is_nan_and_the_mean_leaves_it_out():
    probs, targets = random_predictions()
    targets[:, 2] = 0
    by_class = metrics.average_precision(probs, targets)
    assert np.isnan(by_class).tolist() == [False, False, True, False, False, False]
    assert metrics.mean_average_precision(probs, targets) == pytest.approx(np.delete(by_class, 2).mean())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert math.isnan(metrics.mean_average_precision(probs, np.zeros_like(targets)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: metrics.accuracy_multi([[1.5]], [[1]]),
            r"probs runs from 1.5 to 1.5.*apply the sigmoid first",
        ),
        (lambda: metrics.accuracy_multi([[0.5]], [[1]], threshold=np.nan), r"threshold is NaN"),
        (lambda: metrics.accuracy_multi([[np.nan]], [[1]]), r"probs holds 1 NaN \(not a number\)"),
        (lambda: metrics.accuracy([[np.nan, 0.5]], [1]), r"scores holds 1 NaN \(not a number\)"),
        (lambda: metrics.average_precision([[np.nan]], [[1]]), r"probs holds 1 NaN \(not a number\)"),
        (lambda: metrics.accuracy_multi([[0.5]], [[2]]), "targets holds numbers other than 0 and 1"),
        (lambda: metrics.accuracy_multi([[0.5]], [[1, 0]]), r"targets has shape \(1, 2\)"),
        (lambda: metrics.accuracy_multi([0.5], [1]), r"targets has shape \(1,\); expected \(N, C\)"),
        (lambda: metrics.accuracy_multi(np.zeros((0, 3)), np.zeros((0, 3))), "probs is empty"),
        (lambda: metrics.accuracy_multi([[0.5]], [[1]], [0.1, 0.2]), r"threshold has shape \(2,\)"),
        (lambda: metrics.accuracy([[0.5, 0.5]], [[1, 0]]), "several labels at once need accuracy_multi"),
        (lambda: metrics.average_precision([[0.5]], [[2]]), "targets holds numbers other"),
        (lambda: metrics.do_nothing_accuracy([1, 0]), r"targets has shape \(2,\)"),
    ],
)
def test_bad_input_is_named_with_its_fix(call, message):
    with pytest.raises(ValueError, match=message):
        call()
