"""Label review: confident learning and residuals by hand, judges that saw nothing of it, the samples' errors."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import paths
from engine.data import formats
from engine.data.splits.folds import folds
from engine.experiments.label_review import chance_curve, cross_validation, explanations, found_curve, rank
from engine.experiments.label_review.confident_learning import judge, judge_each
from engine.experiments.label_review.effect_of_fixes import difference
from engine.experiments.label_review.explanations import Doubt
from engine.experiments.label_review.residuals import far
from engine.plots import review as figures
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from engine.training import features
from tests.experiments.label_review.datasets import labels_set

FIXED = settings(deadline=None, max_examples=60, derandomize=True)


# --- confident learning -----------------------------------------------------------------------------------------


def test_confident_learning_by_hand():
    """Thresholds: cat (0.9 + 0.8 + 0.1) / 3 = 0.6, dog (0.7 + 0.5) / 2 = 0.6; the third cat is a confident dog."""
    probs = [[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.3, 0.7], [0.5, 0.5]]
    found = judge(np.array(probs), np.array([0, 0, 0, 1, 1]))
    np.testing.assert_allclose(found.thresholds, [0.6, 0.6])
    assert found.seen.tolist() == [0, 0, 1, 1, -1]
    assert found.joint.tolist() == [[2, 1], [0, 1]]
    assert found.is_wrong.tolist() == [False, False, True, False, False]
    np.testing.assert_allclose(found.margin, [0.3, 0.2, -0.5, 0.1, -0.1])


def by_the_paper(probs, given, classes):
    """Equations 1 and 2 of Northcutt et al. 2021 word by word, with loops."""
    thresholds = {}
    for j in range(classes):
        own = [row[j] for row, label in zip(probs, given, strict=True) if label == j]
        if own:
            thresholds[j] = sum(own) / len(own)
    seen = []
    for row in probs:
        reached = [j for j in thresholds if row[j] >= thresholds[j]]
        seen.append(max(reached, key=lambda j: (row[j], -j)) if reached else -1)
    joint = [[0] * classes for _ in range(classes)]
    for label, other in zip(given, seen, strict=True):
        if other >= 0:
            joint[label][other] += 1
    return thresholds, seen, joint


@FIXED
@given(st.integers(1, 5), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_confident_learning_equals_the_papers_equations(classes, count, seed):
    rng = np.random.default_rng(seed)
    probs, given_ = rng.dirichlet(np.ones(classes), count), rng.integers(0, classes, count)
    found = judge(probs, given_)
    thresholds, seen, joint = by_the_paper(probs.tolist(), given_.tolist(), classes)
    assert np.flatnonzero(~np.isnan(found.thresholds)).tolist() == sorted(thresholds)
    assert [found.thresholds[j] for j in thresholds] == pytest.approx(list(thresholds.values()))
    assert (found.seen.tolist(), found.joint.tolist()) == (seen, joint)
    assert (found.is_wrong == ((found.seen >= 0) & (found.seen != given_))).all()


def test_several_labels_are_judged_class_by_class():
    rng = np.random.default_rng(0)
    probs, targets = rng.random((40, 3)), rng.integers(0, 2, (40, 3))
    for at, one in enumerate(judge_each(probs, targets)):
        alone = judge(np.stack([1 - probs[:, at], probs[:, at]], axis=1), targets[:, at])
        np.testing.assert_array_equal(one.seen, alone.seen)
        np.testing.assert_array_equal(one.joint, alone.joint)


def test_a_class_with_too_few_pictures_is_not_judged():
    probs = np.array([[0.9, 0.1, 0.0]] * 6 + [[0.1, 0.9, 0.0]] * 6 + [[0.99, 0.01, 0.0]])
    found = judge(probs, np.array([0] * 6 + [1] * 6 + [2]), least=5)
    assert np.isnan(found.thresholds[2]) and np.isnan(found.margin[-1])
    assert not found.is_wrong.any() and found.joint[2].sum() == 0


# --- residuals --------------------------------------------------------------------------------------------------


def test_residuals_by_hand():
    """Four points expected at one place, off by 0, 1, 2 and 9: the last one's neighbours have median 1, MAD 1."""
    expected = np.zeros((4, 2))
    given_ = np.array([[0, 0], [1, 0], [2, 0], [9, 0]], float)
    found = far(expected, given_, neighbours=3)
    assert found.near.shape == (4, 3) and 3 not in found.near[3]
    deviation_of_all = 1.4826 * np.median(np.abs(given_[:, 0] - 1.5))
    spread = max(1.4826, 0.5 * deviation_of_all)
    assert found.z[3] == pytest.approx((9 - 1) / spread)


@FIXED
@given(st.integers(5, 40), st.floats(-3, 3), st.floats(0.5, 4), st.integers(0, 2**32 - 1))
def test_a_bias_that_all_share_is_no_alarm_and_the_scale_does_not_count(count, shift, scale, seed):
    rng = np.random.default_rng(seed)
    expected = rng.uniform(-1, 1, (count, 2))
    given_ = expected + rng.normal(0, 0.1, (count, 2))
    z = far(expected, given_).z
    np.testing.assert_allclose(far(expected, given_ + shift).z, z, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(far(expected * scale, given_ * scale).z, z, rtol=1e-6, atol=1e-6)


def test_what_is_usual_in_a_region_counts_there():
    """0.2 off is far where points are 0.01 off, and nothing special where they are 0.3 off."""
    rng = np.random.default_rng(0)
    expected = np.concatenate([rng.normal(-0.8, 0.02, (60, 2)), rng.normal(0.8, 0.02, (60, 2))])
    noise = np.concatenate([rng.normal(0, 0.01, (60, 2)), rng.normal(0, 0.3, (60, 2))])
    noise[0] = noise[60] = 0.2
    z = far(expected, expected + noise).z
    assert z[0] == z[:60].max() and z[0] > 3 * z[60]


# --- folds ------------------------------------------------------------------------------------------------------


@FIXED
@given(st.lists(st.integers(0, 8), min_size=2, max_size=60), st.integers(0, 100))
def test_groups_stay_whole_and_every_fold_leaves_something_to_learn_from(groups, seed):
    names = [f"person {group}" for group in groups]
    fold_of = folds(labels_set([("a",)] * len(names), groups=names), seed)
    assert fold_of.shape == (len(names),) and len(set(fold_of)) >= 2
    if len(set(names)) > 1:
        for name in names:
            assert len({fold for fold, of in zip(fold_of, names, strict=True) if of == name}) == 1
    np.testing.assert_array_equal(fold_of, folds(labels_set([("a",)] * len(names), groups=names), seed))


def test_every_label_is_spread_over_the_folds():
    rng = np.random.default_rng(0)
    labels = [tuple(label for label in "abc" if rng.random() < 0.3) for _ in range(100)]
    labels[:5] = [("rare",)] * 5
    fold_of = folds(labels_set(labels), seed=3)
    assert sorted(fold_of[:5]) == [0, 1, 2, 3, 4]


def test_one_picture_cannot_be_reviewed():
    with pytest.raises(ValueError, match="At least two images"):
        folds(labels_set([("a",)]), seed=0)


# --- judges that never saw the picture --------------------------------------------------------------------------


def test_nothing_is_learned_from_the_picture_itself():
    """Random features and labels: who had seen a picture would know its labels by heart."""
    rng = np.random.default_rng(0)
    seen = rng.normal(size=(80, 400)).astype(np.float32)
    labels = [("a",) if rng.random() < 0.5 else () for _ in range(80)]
    dataset = labels_set([*labels[:-1], ("a",)])
    probs = cross_validation.predictions(dataset, seen)[:, 0]
    known_by_heart = cross_validation.head(
        replace(dataset, table=pd.concat([dataset.table] * 2, ignore_index=True)),
        np.concatenate([seen, seen]), np.arange(160) >= 80, seed=0,
    )[:, 0]  # fmt: skip
    right = dataset.targets()[:, 0] == 1
    assert ((known_by_heart > 0.5) == right).mean() >= 0.95
    assert 0.3 < ((probs > 0.5) == right).mean() < 0.7


def test_nobody_is_judged_by_a_head_that_knows_their_group():
    """The features tell the person, the label is the person's own: only pictures of the same person could tell it."""
    rng = np.random.default_rng(0)
    person = np.repeat(np.arange(12), 8)
    seen = (np.eye(12)[person] * 6 + rng.normal(size=(96, 12))).astype(np.float32)
    labels = [("even",) if one % 2 == 0 else ("odd",) for one in person]
    alone = cross_validation.predictions(labels_set(labels), seen)
    whole = cross_validation.predictions(labels_set(labels, groups=[str(one) for one in person]), seen)
    truth = labels_set(labels).targets()
    assert ((alone > 0.5) == truth).mean() > 0.9
    assert ((whole > 0.5) == truth).mean() < 0.7


def test_progress_ends_at_one():
    told = []
    cross_validation.predictions(labels_set([("a",), ("b",)] * 10), np.eye(20, dtype=np.float32), told.append)
    assert told == sorted(told) and told[-1] == 1


# --- ranking ----------------------------------------------------------------------------------------------------


def test_a_swapped_label_comes_first_and_says_why():
    labels = [("bear",), ("dog",)] * 10
    dataset = labels_set(labels)
    probs = np.where(dataset.targets() == 1, 0.9, 0.05)
    probs[0] = [0.02, 0.97]
    found = rank(dataset, probs)
    first = found.table.iloc[0]
    assert (first.fname, first.given, first.seen, first.looks_wrong) == ("0.jpg", ("bear",), ("dog",), True)
    assert first.why == (
        "Models that never saw this image are 97% sure that it shows “dog” (not labelled) and only 2% sure of "
        "“bear” (labelled). Where images have these labels, they are 90% and 81% sure on average."
    )
    assert found.table["looks_wrong"].sum() == 1
    np.testing.assert_allclose(found.probs[0], [0.02, 0.97])


def test_a_missing_label_is_seen():
    labels = [("bear", "dog"), ("dog",), ()] * 8
    dataset = labels_set(labels)
    probs = np.where(dataset.targets() == 1, 0.9, 0.05)
    probs[2, 0] = 0.95
    first = rank(dataset, probs).table.iloc[0]
    assert (first.fname, first.given, first.seen) == ("2.jpg", (), ("bear",))


def test_single_labels_name_the_other_class():
    dataset = labels_set([("a",), ("b",), ("c",)] * 8, SINGLE_LABEL)
    probs = np.where(dataset.targets() == 1, 0.8, 0.1)
    probs[4] = [0.05, 0.05, 0.9]
    found = rank(dataset, probs).table
    assert (found.iloc[0].fname, found.iloc[0].seen, found["looks_wrong"].sum()) == ("4.jpg", ("c",), 1)
    assert "“c”" in found.iloc[0].why and "“b”" in found.iloc[0].why


@pytest.mark.parametrize("task", [SINGLE_LABEL, MULTI_LABEL])
def test_a_rare_label_is_left_alone_and_a_note_says_so(task):
    dataset = labels_set([("a",), ("b",)] * 8 + [("zebra",)], task)
    probs = np.where(dataset.targets() == 1, 0.9, 0.05)
    probs[-1] = [0.05, 0.05, 0.01]
    found = rank(dataset, probs)
    assert not found.table["looks_wrong"].any()
    assert found.table.set_index("fname").loc["16.jpg", "seen"] == ("zebra",)
    assert found.notes == ("Not reviewed, because fewer than 5 images have it: zebra.",)


def test_a_label_is_named_as_it_is():
    said = explanations.of_labels([Doubt("<b>=1+1", 0.001, 0.5, True)])
    assert said == (
        "Models that never saw this image are under 1% sure that it shows “<b>=1+1” (labelled). "
        "Where images have this label, they are 50% sure on average."
    )


def test_found_curve_and_chance():
    assert found_curve([True, False, True, True]).tolist() == [0, 1, 1, 2, 3]
    np.testing.assert_allclose(chance_curve(4, 3), [0, 0.75, 1.5, 2.25, 3])
    figure = figures.ranking_curve([True, False, True, False] + [False] * 20)
    assert "first 4 of 24 images contain 2 of the 2 wrong labels" in figure.layout.title.text


# --- the samples ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scenes():
    dataset = formats.load(paths.SCENES, MULTI_LABEL)
    return dataset, np.array(features.of_dataset(dataset))


def known_wrong() -> dict[str, tuple[str, ...]]:
    table = pd.read_csv(paths.SCENES / "wrong_labels.csv")
    return {f"train/{row.fname}": tuple(row.right.split()) for row in table.itertuples()}


@pytest.mark.parametrize("task", [MULTI_LABEL, SINGLE_LABEL])
def test_the_samples_wrong_labels_come_first(scenes, task):
    """At least 80% of the k wrong labels of these pictures are among the first 2 k; in fact all of them."""
    every, seen = scenes
    rows = {fname: at for at, fname in enumerate(every.table["fname"])}
    dataset = formats.load(paths.SCENES, task)
    seen = seen[[rows[fname] for fname in dataset.table["fname"]]]
    found = rank(dataset, cross_validation.predictions(dataset, seen)).table
    is_wrong = found["fname"].isin(known_wrong()).to_numpy()
    k = is_wrong.sum()
    assert k >= 12
    assert found_curve(is_wrong)[2 * k] >= 0.8 * k
    right = [set(known_wrong()[row.fname]) == set(row.seen) for row in found[is_wrong].itertuples()]
    assert np.mean(right) >= 0.8


def test_mending_the_samples_makes_heads_better_and_is_measured_on_the_same_pictures(scenes):
    dataset, seen = scenes
    mended = [
        known_wrong().get(fname, said)
        for fname, said in zip(dataset.table["fname"], dataset.table["labels"], strict=True)
    ]
    after = replace(dataset, table=dataset.table.assign(labels=pd.Series(mended, dtype=object)))
    found = difference(dataset, after, seen, seeds=3)
    assert (found["changed"], found["validation"], found["seeds"]) == (16, 160, 3)
    ranking = found["measures"]["mean_average_precision"]
    assert np.mean(ranking["after"]) > np.mean(ranking["before"]) > 5 * ranking["baseline"]


def test_moved_points_come_first(scenes):
    """8 points of half the sample heads, moved by a fifth of the width: 80% of them within the first 16."""
    dataset = formats.load(paths.HEADS, POINTS)
    dataset = replace(dataset, table=dataset.table.iloc[::2].reset_index(drop=True))
    seen = np.array(features.of_dataset(dataset))
    rng = np.random.default_rng(0)
    moved = rng.choice(len(dataset.table), 8, replace=False)
    places, sizes = dataset.points_px().copy(), dataset.sizes_wh()
    angle = rng.uniform(0, 2 * np.pi, 8)
    places[moved] += 0.2 * 320 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    places = np.clip(places, 0, sizes)
    wrong = replace(dataset, table=dataset.table.assign(x=places[:, 0], y=places[:, 1]))
    found = rank(wrong, cross_validation.predictions(wrong, seen)).table
    is_wrong = found["fname"].isin(dataset.table["fname"].iloc[moved]).to_numpy()
    assert found_curve(is_wrong)[16] >= 0.8 * 8
    first = found.iloc[0]
    assert "usual spread" in first.why and 0 <= first.seen_x <= first.width
