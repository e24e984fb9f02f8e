"""The scores to beat, by hand."""

import numpy as np

from engine.data.checks import check
from tests.data.checks.small_datasets import (
    labelled,
    pointed,
)


def test_the_score_to_beat_several_labels_by_hand(home):
    rows = [(f"{n}.jpg", "dog" if n < 5 else "", False) for n in range(8)]
    rows += [("8.jpg", "dog cat", True), ("9.jpg", "dog", True), ("10.jpg", "", True)]
    beaten = check(labelled(home / "set", rows), "multi-label").baselines
    assert [one.value for one in beaten] == [f"{3 / 6:.4f}", f"{4 / 6:.4f}"]  # 3 yes of 3 pictures x 2 labels
    assert (
        "“dog”" in beaten[1].says and "66.7% of the yes/no decisions right, 16.7% more than" in beaten[1].says
    )
    assert beaten[0].says == "never predicts any label; that gets 50.0% of the yes/no decisions right"


def test_the_score_to_beat_one_label_by_hand(home):
    rows = [(f"{n}.jpg", "dog" if n < 3 else "cat", False) for n in range(5)]
    rows += [(f"{n}.jpg", "dog" if n < 6 else "cat", True) for n in range(5, 9)]
    (one,) = check(labelled(home / "set", rows), "single-label").baselines
    assert (one.name, one.value) == ("accuracy", "0.2500") and "“dog”" in one.says


def test_the_score_to_beat_points_by_hand(home):
    rows = [
        ("a.jpg", 10, 20, False),
        ("b.jpg", 30, 20, False),
        ("c.jpg", 20, 23, True),
        ("d.jpg", 24, 20, True),
    ]
    rows += [("e.jpg", 26, 28, True)]
    (one,) = check(pointed(home / "set", rows), "points").baselines
    off = np.hypot(
        24 - 20, 20 - 20
    )  # the middle one of three distances to the training points' mean, (20, 20)
    assert one.value == f"{off:.1f} px" and one.says.startswith(f"{100 * off / 64:.1f}% of the width")
