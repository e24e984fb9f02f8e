"""Groups of similar images: every image once, the largest group first, the same for the same features."""

from itertools import chain

import numpy as np

from engine.functional.similar_groups import DISTANCE, DISTANCE_OF_FEW, FEW, MOST_IN_GROUP, groups


def clusters(sizes, seed=0):
    rng = np.random.default_rng(seed)
    centres = np.eye(len(sizes), 32)
    rows = [centres[at] + rng.normal(0, 0.02, 32) for at, size in enumerate(sizes) for _ in range(size)]
    return np.array(rows, np.float32)


def test_what_is_alike_is_together_and_the_largest_comes_first():
    found = groups(clusters([3, 7, 1]))
    assert found == [list(range(3, 10)), [0, 1, 2], [10]]


def test_every_row_is_in_one_group_and_large_groups_are_cut():
    found = groups(clusters([MOST_IN_GROUP + 5]))
    assert [len(rows) for rows in found] == [MOST_IN_GROUP, 5]
    assert sorted(chain(*found)) == list(range(MOST_IN_GROUP + 5))


def test_none_one_and_blank_rows():
    assert groups(np.zeros((0, 4))) == []
    assert groups(np.ones((1, 4))) == [[0]]
    assert sorted(chain(*groups(np.zeros((3, 4))))) == [0, 1, 2]


def test_few_images_may_differ_more_within_a_group():
    angle = np.arccos(1 - (DISTANCE + DISTANCE_OF_FEW) / 2)
    pair = np.array([[1.0, 0.0], [np.cos(angle), np.sin(angle)]])
    assert groups(pair) == [[0, 1]] and groups(pair, DISTANCE) == [[0], [1]]
    others = np.repeat([[-1.0, 0.0]], FEW, axis=0)
    assert [0] in groups(np.vstack([pair, others])) and [1] in groups(np.vstack([pair, others]))
