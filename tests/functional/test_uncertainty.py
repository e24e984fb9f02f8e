"""How uncertain a network is, against the definitions by hand and SciPy's entropy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy as scipy_entropy

from engine.functional import uncertainty

PROB = st.floats(0, 1)


def test_entropy_is_scipys_in_units_of_the_largest():
    probs = np.random.default_rng(0).dirichlet(np.ones(5), size=20)
    expected = [scipy_entropy(row, base=5) for row in probs]
    assert uncertainty.entropy(probs) == pytest.approx(expected)
    assert uncertainty.entropy(np.full((1, 5), 0.2)) == pytest.approx([1])
    assert uncertainty.entropy([[1.0], [1.0]]).tolist() == [0, 0]


def test_yes_no_entropy_by_hand():
    def bits(p):
        return -sum(q * math.log2(q) for q in (p, 1 - p) if q)

    rows = [[0.1, 0.5, 1.0], [0.9, 0.0, 0.3]]
    assert uncertainty.yes_no_entropy(rows) == pytest.approx([sum(map(bits, row)) / 3 for row in rows])


def test_margin_is_what_separates_the_first_two():
    assert uncertainty.margin([[0.1, 0.7, 0.2], [0.4, 0.2, 0.4]]) == pytest.approx([0.5, 1.0])


def test_the_threshold_of_each_class_counts_not_one_half():
    near_half, near_its_own = [0.5, 0.9], [0.21, 0.01]
    first, second = uncertainty.threshold_margin([near_half, near_its_own], [0.2, 0.1])
    assert second > first
    assert uncertainty.threshold_margin([[0.0], [0.2], [1.0]], [0.2]) == pytest.approx([0, 1, 0])
    assert np.isfinite(uncertainty.threshold_margin([[0.0], [1.0]], [0.0])).all()


@given(st.lists(st.tuples(PROB, PROB, PROB), min_size=1, max_size=8))
def test_every_score_lies_between_0_and_1_and_is_1_only_where_nothing_is_certain(rows):
    probs = np.array(rows)
    for scores in (
        uncertainty.yes_no_entropy(probs),
        uncertainty.margin(probs),
        uncertainty.threshold_margin(probs, [0.5, 0.2, 0.9]),
    ):
        assert scores.shape == (len(rows),)
        assert ((scores >= -1e-9) & (scores <= 1 + 1e-9)).all()


def test_a_point_that_moves_with_the_mirror_is_certain():
    points = np.array([[0.4, -0.2], [0.0, 0.0]])
    assert uncertainty.mirror_disagreement(points, points * [-1, 1]).tolist() == [0, 0]
    assert uncertainty.mirror_disagreement([[0.4, 0.0]], [[0.4, 0.0]]) == pytest.approx([0.4])


def test_logits_are_refused():
    with pytest.raises(ValueError, match="sigmoid"):
        uncertainty.entropy([[3.0, -1.0]])
