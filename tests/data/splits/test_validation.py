"""The default split: labels spread evenly, groups whole, nothing that cannot be learned, repeatable."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.splits import stratify, validation
from engine.data.splits.validation import AT_RANDOM, BY_GROUP, BY_LABEL, GROUPS_BY_LABEL, LEAST_CACHED, choose


def split_of(labels, groups=None, share=0.2, seed=0):
    return choose(labels, groups or [None] * len(labels), share, seed)


def test_a_single_label_divides_to_the_image():
    labels = [(name,) for name, count in (("a", 100), ("b", 20), ("c", 10)) for _ in range(count)]
    split = split_of(labels)
    assert split.way == BY_LABEL
    chosen = Counter(label for (label,), part in zip(labels, split.is_valid, strict=True) if part)
    assert chosen == {"a": 20, "b": 4, "c": 2}


def test_rare_labels_of_several_are_in_both_parts_where_chance_would_miss_them():
    rng = np.random.default_rng(0)
    chances = {"often": 0.6, "half": 0.3, "rare": 0.04, "rarer": 0.02}
    labels = [tuple(name for name, p in chances.items() if rng.random() < p) for _ in range(400)]
    for seed in range(5):
        split = split_of(labels, seed=seed)
        assert split.is_valid.sum() == 80
        for name in chances:
            has = np.array([name in found for found in labels])
            assert split.is_valid[has].mean() == pytest.approx(0.2, abs=0.09)


def test_a_label_with_one_image_stays_in_training():
    labels = [("a",), ("b",)] * 10 + [("once",), ("a", "once too")]
    for seed in range(20):
        assert not split_of(labels, share=0.5, seed=seed).is_valid[-2:].any()


def test_whole_groups_and_their_labels_as_evenly_as_possible():
    """20 people with 10 images each, half of them with dogs alone: both labels must be in validation."""
    groups = [f"person {at // 10}" for at in range(200)]
    labels = [("dog",) if at < 100 else ("cat",) for at in range(200)]
    for seed in range(10):
        split = split_of(labels, groups, seed=seed)
        assert split.way == GROUPS_BY_LABEL and split.is_valid.sum() == 40
        assert (split.is_valid.reshape(20, 10).std(axis=1) == 0).all()
        assert 10 <= split.is_valid[:100].sum() <= 30


def test_groups_of_one_image_each_are_no_groups():
    labels = [("a",)] * 40 + [("b",)] * 10
    split = split_of(labels, [str(at) for at in range(50)])
    assert split.way == BY_LABEL and split.is_valid[40:].sum() == 2


def test_points_are_chosen_at_random_or_by_group():
    none = [()] * 50
    assert split_of(none).way == AT_RANDOM and split_of(none).is_valid.sum() == 10
    grouped = split_of(none, [f"series {at % 5}" for at in range(50)])
    assert grouped.way == BY_GROUP and grouped.is_valid.sum() == 10


def test_one_group_is_split_after_all():
    split = split_of([("a",)] * 10, ["only"] * 10)
    assert split.way == BY_LABEL and split.is_valid.sum() == 2


def test_an_image_without_a_group_does_not_join_a_group_of_its_number():
    assert len(set(choose([(), ()], ["0", None], 0.5, seed=0).is_valid)) == 2


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.99])
@pytest.mark.parametrize("groups", [[None] * 2, ["a", "b"], ["a"] * 9 + ["b"], [None, "a", "a", None]])
def test_it_never_takes_all_or_none(share, groups):
    assert 0 < choose([()] * len(groups), groups, share, seed=3).is_valid.sum() < len(groups)


LABELS = st.sets(st.sampled_from("abcde"), max_size=3).map(lambda some: tuple(sorted(some)))
GROUP = st.none() | st.sampled_from("uvwxyz")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(LABELS, GROUP), min_size=2, max_size=60), st.floats(0.05, 0.6), st.integers(0, 5))
def test_whatever_is_split(images, share, seed):
    """Neither part is empty, no group is in both, the same seed gives the same, and labels can be learned."""
    labels, groups = [found for found, _ in images], [group for _, group in images]
    split = choose(labels, groups, share, seed)
    assert 0 < split.is_valid.sum() < len(images)
    assert (choose(labels, groups, share, seed).is_valid == split.is_valid).all()
    if len(set(groups)) > 1:
        for group in set(groups) - {None}:
            assert len({part for part, own in zip(split.is_valid, groups, strict=True) if own == group}) == 1
    if all(group is None for group in groups) and split.is_valid.sum() > 1:
        for name in "abcde":
            has = np.array([name in found for found in labels])
            assert not has.any() or not split.is_valid[has].all()


def test_the_seed_matters():
    labels = [("a",), ("b",)] * 50
    assert (split_of(labels, seed=0).is_valid != split_of(labels, seed=1).is_valid).any()


def test_a_large_split_is_computed_once_and_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path))
    labels = [("a",), ("b",), ("a", "b")] * LEAST_CACHED
    groups = [None] * len(labels)
    first = choose(labels, groups, 0.2, 0)
    monkeypatch.setattr(stratify, "_stratified", lambda *what: pytest.fail("computed again"))
    assert (choose(labels, groups, 0.2, 0).is_valid == first.is_valid).all()
    for changed in ((labels[1:], groups[1:], 0.2, 0), (labels, groups, 0.3, 0), (labels, groups, 0.2, 1)):
        with pytest.raises(pytest.fail.Exception):
            choose(*changed)


def test_of_far_too_many_labels_the_most_frequent_ones_are_spread_evenly(monkeypatch):
    monkeypatch.setattr(validation, "MOST_CELLS", 200)
    lists = [["often" if at % 2 else "too", f"rare {at}", f"rarer {at}"] for at in range(100)]
    counts, _ = validation.counts_of(lists, np.arange(100))
    assert counts.shape == (100, 2) and counts.sum() == 100
    chosen = validation.choose(lists, [None] * 100, 0.2, 0)
    assert chosen.way == validation.BY_LABEL
    assert sum(one[0] == "often" for one, valid in zip(lists, chosen.is_valid, strict=True) if valid) == 10
