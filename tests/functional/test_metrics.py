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
        got = metrics.measures(probs, targets, threshold)
        assert got == pytest.approx(measures_by_hand(probs, targets, threshold))
        said = (probs > threshold).astype(int)
        assert got["precision"] == pytest.approx(sk.precision_score(targets, said, average="micro"))
        assert got["recall"] == pytest.approx(sk.recall_score(targets, said, average="micro"))
        assert got["f1"] == pytest.approx(sk.f1_score(targets, said, average="micro"))
        assert got["exact_match"] == pytest.approx(sk.accuracy_score(targets, said))


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


# -- at every threshold ----------------------------------------------------------------------------


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_exact_curve_equals_counting_by_hand_at_every_row_and_between(ties, dtype):
    probs, targets = some_answers(n=15, c=4, ties=ties, dtype=dtype)
    curve = metrics.threshold_curve(probs, targets)
    assert list(curve) == ["threshold", *MEASURES]
    starts = curve["threshold"].to_numpy()
    assert starts.tolist() == np.unique(np.append(probs.ravel(), dtype(0))).tolist()
    ends = np.append(starts[1:], dtype(1))
    for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
        for threshold in {start, start + (end - start) / 2}:
            expected = measures_by_hand(probs, targets, threshold)
            assert curve.loc[row, MEASURES].to_dict() == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(("n", "c"), [(3000, 30), (3000, 200)])  # the second is shared among the cores
def test_exact_curve_of_many_answers_equals_the_measures_at_random_rows(n, c):
    probs, targets = some_answers(n=n, c=c, dtype=np.float32)
    curve = metrics.threshold_curve(probs, targets)
    assert curve["threshold"].tolist() == np.unique(np.append(probs, np.float32(0))).tolist()
    for row in np.random.default_rng(0).integers(0, len(curve), 25):
        expected = metrics.measures(probs, targets, curve["threshold"][row])
        assert curve.loc[row, MEASURES].to_dict() == pytest.approx(expected, nan_ok=True, abs=1e-12)


def test_curve_of_columns_of_another_array_and_of_minus_zero():
    probs, targets = some_answers(n=30)
    transposed = np.ascontiguousarray(probs.T).T
    expected = metrics.threshold_curve(probs, targets)
    pd.testing.assert_frame_equal(metrics.threshold_curve(transposed, targets), expected)
    signed = metrics.threshold_curve([[-0.0, 0.5], [0.0, 1.0]], [[1, 0], [0, 1]])
    assert signed["threshold"].tolist() == [0, 0.5, 1]


def test_curve_starts_with_all_yes_and_ends_with_nothing():
    probs, targets = some_answers()
    probs = probs * 0.5 + 0.2
    curve = metrics.threshold_curve(probs, targets)
    first, last = curve.iloc[0], curve.iloc[-1]
    assert first["threshold"] == 0 and first["accuracy"] == pytest.approx(metrics.all_yes_accuracy(targets))
    assert first["recall"] == 1
    assert last["accuracy"] == pytest.approx(metrics.do_nothing_accuracy(targets))
    assert last["skill"] == pytest.approx(0) and last["recall"] == 0 and math.isnan(last["precision"])


def test_given_thresholds_come_back_in_their_order_and_equal_accuracy_multi():
    probs, targets = some_answers(dtype=np.float32, ties=True)
    thresholds = [0.9, 0.2, 0.5, 0.0, 1.0, 0.2]
    curve = metrics.threshold_curve(probs, targets, thresholds)
    assert curve["threshold"].tolist() == pytest.approx(thresholds)
    expected = [metrics.accuracy_multi(probs, targets, threshold) for threshold in thresholds]
    assert curve["accuracy"].tolist() == pytest.approx(expected)
    expected = [metrics.exact_match(probs, targets, threshold) for threshold in thresholds]
    assert curve["exact_match"].tolist() == pytest.approx(expected)


def test_curve_takes_torch_tensors_with_gradients():
    probs, targets = some_answers()
    on_torch = metrics.threshold_curve(torch.tensor(probs, requires_grad=True), torch.tensor(targets).float())
    pd.testing.assert_frame_equal(on_torch, metrics.threshold_curve(probs, targets))


def test_targets_all_no_and_all_yes():
    probs, _ = some_answers(n=5, c=2)
    nothing_there = metrics.threshold_curve(probs, np.zeros((5, 2), int))
    assert nothing_there["recall"].isna().all() and nothing_there["skill"].isna().all()
    assert nothing_there["exact_match"].iloc[-1] == 1
    everything_there = metrics.threshold_curve(probs, np.ones((5, 2), int))
    assert everything_there["exact_match"].iloc[0] == 1 and everything_there["exact_match"].iloc[-1] == 0


def test_class_curves_are_the_curves_of_the_columns():
    probs, targets = some_answers()
    curves = metrics.class_threshold_curves(probs, targets)
    assert len(curves) == 6
    for place, curve in enumerate(curves):
        pd.testing.assert_frame_equal(curve, metrics.threshold_curve(probs[:, [place]], targets[:, [place]]))


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_best_threshold_reaches_the_best_value(measure, dtype):
    for seed in range(5):
        probs, targets = some_answers(seed, n=12, dtype=dtype)
        curve = metrics.threshold_curve(probs, targets)
        best = metrics.best_threshold(curve, measure)
        assert metrics.measures(probs, targets, best)[measure] == pytest.approx(curve[measure].max())


def test_best_threshold_is_the_middle_of_the_widest_stretch():
    probs, targets = np.array([[0.1], [0.2], [0.8], [0.9]]), np.array([[0], [0], [1], [1]])
    assert metrics.best_threshold(metrics.threshold_curve(probs, targets)) == pytest.approx(0.5)


def test_of_several_best_stretches_the_widest_is_taken():
    probs, targets = np.array([[0.1], [0.2], [0.3], [0.8]]), np.array([[0], [1], [0], [1]])
    curve = metrics.threshold_curve(probs, targets)
    best = curve[curve["accuracy"] == curve["accuracy"].max()]
    assert best["threshold"].tolist() == [0.1, 0.3]  # from 0.1 to 0.2, and from 0.3 to 0.8
    assert metrics.best_threshold(curve) == pytest.approx(0.55)


def test_best_threshold_between_neighbouring_floats():
    low = np.float32(0.5)
    high = np.nextafter(low, np.float32(1))
    probs, targets = np.array([[low], [high]]), np.array([[0], [1]])
    best = metrics.best_threshold(metrics.threshold_curve(probs, targets))
    assert metrics.accuracy_multi(probs, targets, best) == 1


def test_best_thresholds_for_each_class_beat_the_global_one():
    probs, targets = some_answers()
    targets[:, 3] = 0
    each = metrics.best_thresholds(probs, targets, "f1")
    assert each.shape == (6,) and not np.isnan(each[[0, 1, 2, 4, 5]]).any()
    only = [0, 1, 2, 4, 5]
    one = metrics.best_threshold(metrics.threshold_curve(probs[:, only], targets[:, only]), "f1")
    for place in only:
        column = probs[:, [place]], targets[:, [place]]
        reached, of_one = (metrics.measures(*column, threshold)["f1"] for threshold in (each[place], one))
        assert reached >= of_one


def test_best_thresholds_are_nan_where_a_class_has_no_value():
    each = metrics.best_thresholds([[0.3, 0.4]], [[1, 0]], "recall")
    assert each[0] == pytest.approx(0.15) and np.isnan(each[1])


# -- bad input -------------------------------------------------------------------------------------

ONE = [[1]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: metrics.accuracy_multi([[1.5]], [[1]]),
            r"probs runs from 1.5 to 1.5.*apply the sigmoid first",
        ),
        (lambda: metrics.accuracy_multi([[np.nan]], [[1]]), "probs runs from nan.*apply the sigmoid first"),
        (lambda: metrics.accuracy_multi([[0.5]], [[2]]), "targets holds other numbers than 0 and 1"),
        (lambda: metrics.accuracy_multi([[0.5]], [[1, 0]]), r"targets has shape \(1, 2\)"),
        (lambda: metrics.accuracy_multi([0.5], [1]), r"targets has shape \(1,\); expected \(N, C\)"),
        (lambda: metrics.accuracy_multi(np.zeros((0, 3)), np.zeros((0, 3))), "probs is empty"),
        (lambda: metrics.accuracy_multi([[0.5]], [[1]], [0.1, 0.2]), r"threshold has shape \(2,\)"),
        (lambda: metrics.accuracy([[0.5, 0.5]], [[1, 0]]), "several labels at once need accuracy_multi"),
        (lambda: metrics.average_precision([[0.5]], [[2]]), "targets holds other numbers"),
        (lambda: metrics.do_nothing_accuracy([1, 0]), r"targets has shape \(2,\)"),
    ],
)
def test_bad_input_is_named_with_its_fix(call, message):
    with pytest.raises(ValueError, match=message):
        call()
