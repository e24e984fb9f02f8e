"""Heads of Quick runs: penalties chosen by cross-validation without leakage, and a blur inside the weights."""

import numpy as np
import pytest

from engine.functional.logistic_regression import SOFTMAX, LogisticProblem
from engine.tasks import MULTI_LABEL, SINGLE_LABEL
from engine.training.quick import label_head, point_head


def features_of(targets, noise, seed=0):
    rng = np.random.default_rng(seed)
    return targets @ rng.normal(size=(targets.shape[1], 40)) + noise * rng.normal(size=(len(targets), 40))


def some_targets(count=60, seed=0):
    return (np.random.default_rng(seed).random((count, 3)) > 0.6).astype(float)


def test_the_penalty_has_the_lowest_cross_validated_loss():
    targets = some_targets()
    head = label_head.fit(features_of(targets, 2.0), targets, np.arange(60) % 5, MULTI_LABEL)
    assert head.penalty == min(head.tried, key=head.tried.get)
    scaled = [penalty * 40 / 2560 for penalty in label_head.PENALTIES]
    assert list(head.tried) == pytest.approx(scaled[: len(head.tried)])


def test_its_held_out_logits_are_those_of_a_slow_loop():
    classes = np.eye(3)[np.arange(60) % 3]
    x, fold_of = features_of(classes, 2.0), np.arange(60) // 3 % 5
    head = label_head.fit(x, classes, fold_of, SINGLE_LABEL)
    for fold in range(5):
        train, test = fold_of != fold, fold_of == fold
        mean, deviation = x[train].mean(0), x[train].std(0) + 1e-3
        model = LogisticProblem((x[train] - mean) / deviation, classes[train], SOFTMAX).fit(head.penalty)
        expected = model.logits((x[test] - mean) / deviation)
        np.testing.assert_allclose(head.held_out_logits[test], expected, atol=2e-3)


def test_nothing_of_a_group_reaches_its_own_predictions():
    """Labels that are random but the same within a group are learned by heart across folds, and not with whole ones."""
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(30), 4)
    targets = rng.integers(0, 2, (30, 1)).astype(float)[groups]
    x = rng.normal(size=(30, 40))[groups] + 0.1 * rng.normal(size=(120, 40))
    leaking = label_head.fit(x, targets, np.arange(120) % 4, MULTI_LABEL)
    whole = label_head.fit(x, targets, groups % 5, MULTI_LABEL)
    assert min(leaking.tried.values()) < 0.4 < 0.6 < min(whole.tried.values())
    changed = targets.copy()
    changed[groups % 5 == 2] = 1 - changed[groups % 5 == 2]
    other = label_head.fit(x, changed, groups % 5, MULTI_LABEL)
    if other.penalty == whole.penalty:
        same = groups % 5 == 2
        np.testing.assert_array_equal(other.held_out_logits[same], whole.held_out_logits[same])


@pytest.mark.parametrize("balance", [False, True])
def test_the_cross_validated_loss_is_a_mean_over_classes_as_the_validation_loss_is(balance):
    """Three classes with the same targets have the loss of one."""
    one = (np.arange(60) % 2)[:, None].astype(float)
    x, folds = features_of(one, 2.0), np.arange(60) // 2 % 5
    single, three = (
        label_head.fit(x, targets, folds, MULTI_LABEL, balance) for targets in (one, np.tile(one, 3))
    )
    assert three.tried == pytest.approx(single.tried, rel=1e-3)


def test_balancing_raises_the_logits_of_a_rare_class():
    targets = (np.random.default_rng(0).random((200, 1)) > 0.95).astype(float)
    x, folds = features_of(targets, 5.0), np.arange(200) % 5
    plain, balanced = (label_head.fit(x, targets, folds, MULTI_LABEL, balance=b) for b in (False, True))
    assert (x @ balanced.weight.T + balanced.bias).mean() > (x @ plain.weight.T + plain.bias).mean() + 0.5


def grids_of(points, seed=0):
    """(N, 2, 6, 6): a bump where the point is, and noise."""
    rng = np.random.default_rng(seed)
    at = (points + 1) / 2 * 5
    rows, columns = np.mgrid[:6, :6]
    bumps = np.exp(-((columns - at[:, :1, None]) ** 2 + (rows - at[:, 1:, None]) ** 2) / 2)
    return np.stack([bumps, 0.2 * rng.normal(size=bumps.shape)], axis=1).astype(np.float32)


@pytest.fixture
def points():
    return np.random.default_rng(5).uniform(-0.8, 0.8, (60, 2))


def test_the_blur_is_part_of_the_weights(points):
    """The same head on grids that are blurred, and a head that was given the blurred weights on grids as they are."""
    from engine.functional import ridge

    grids = grids_of(points)
    head = point_head.fit(grids, points, np.arange(60) % 5)
    blurred = point_head.blurred(grids).reshape(60, -1)
    unit = point_head._mean_squared_length(ridge.gram(blurred, blurred))
    model = ridge.fit_ridge(blurred, points, head.penalty * unit)
    on_blurred = blurred @ model.weight.T + model.bias
    np.testing.assert_allclose(grids.reshape(60, -1) @ head.weight.T + head.bias, on_blurred, atol=1e-4)
    assert np.abs(on_blurred - points).mean() < 0.1


def test_the_blur_is_symmetric():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 1, 3, 7, 5))
    assert (point_head.blurred(a) * b).sum() == pytest.approx((a * point_head.blurred(b)).sum(), rel=1e-4)


def test_mirrored_images_teach_a_head_that_mirrors(points):
    one_side = np.column_stack([-np.abs(points[:, 0]), points[:, 1]])
    grids, unseen = grids_of(one_side), grids_of(one_side)[..., ::-1]
    with_mirrored = point_head.fit(grids, one_side, np.arange(60) % 5, grids[..., ::-1])
    found = unseen.reshape(60, -1) @ with_mirrored.weight.T + with_mirrored.bias
    assert np.abs(found - one_side * (-1, 1)).mean() < 0.1
    assert with_mirrored.held_out_points.shape == (60, 2)


def test_an_image_and_its_mirror_are_in_one_fold(points):
    """Otherwise an image's own target would reach its prediction through the mirrored copy."""
    grids = np.repeat(np.random.default_rng(1).normal(size=(60, 2, 6, 6)), 1, axis=0)
    symmetric = (grids + grids[..., ::-1]).astype(np.float32)
    centred = points * (0, 1)
    head = point_head.fit(symmetric, centred, np.arange(60) % 5, symmetric[..., ::-1])
    assert min(head.tried.values()) > 0.8 * (centred**2).mean()


def test_mirrored_images_take_part_only_where_they_help():
    """The middle of two marks is also the middle in the mirror image; the left one is the right one there."""
    rng = np.random.default_rng(0)
    grids = 0.3 * rng.normal(size=(80, 2, 6, 12)).astype(np.float32)
    left, row = rng.integers(0, 9, 80), rng.integers(0, 6, 80)
    grids[np.arange(80), 0, row, left] += 5
    grids[np.arange(80), 0, row, left + 3] += 5
    y, fold_of, mirrored = row / 2.5 - 1, np.arange(80) % 5, grids[..., ::-1]
    for shift, helps in ((1.5, True), (0.0, False)):
        points = np.stack([(left + shift + 0.5) / 6 - 1, y], axis=1)
        head, without = (point_head.fit(grids, points, fold_of, also) for also in (mirrored, None))
        assert head.uses_mirrored == helps and not without.uses_mirrored
        assert min(head.tried.values()) <= min(without.tried.values())
    np.testing.assert_allclose(head.weight, without.weight)
