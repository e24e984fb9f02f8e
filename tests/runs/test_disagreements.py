"""Where runs disagree: by hand on small answers, by file, at each run's own thresholds."""

import json

import numpy as np
import pytest
from scipy.special import logit

from engine import runs
from engine.config import TrainConfig
from engine.runs import PointPredictions, Predictions, Run
from engine.runs.disagreements import chance, disagreements
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

VOCAB = ("bear", "cat")
NAMES = ("1.jpg", "2.jpg", "3.jpg")


def _labels(folder, probs, truth, fnames=NAMES, task=MULTI_LABEL, vocab=VOCAB, data="x") -> Run:
    _begin(folder, TrainConfig(task, data), vocab)
    probs = np.array(probs, np.float32)
    logits = np.log(probs) if task == SINGLE_LABEL else logit(probs)
    said = Predictions(list(fnames), logits.astype(np.float32), np.array(truth, np.uint8), tuple(vocab), task)
    runs.save_predictions(folder, said)
    return Run(folder)


def _points(folder, points_px, truth_px) -> Run:
    _begin(folder, TrainConfig(POINTS, "x"), ())
    sizes = np.full((3, 2), (640, 480), float)
    answers, truth = np.array(points_px, float), np.array(truth_px, float)
    runs.save_predictions(folder, PointPredictions(list(NAMES), answers, truth, sizes, [""] * 3))
    return Run(folder)


def _begin(folder, config, vocab) -> None:
    folder.mkdir()
    (folder / "config.json").write_text(config.to_json())
    (folder / "vocab.json").write_text(json.dumps(vocab))


TRUTH = [[1, 0], [1, 1], [0, 0]]


def test_the_labels_that_flip_are_found_and_the_most_different_picture_comes_first(tmp_path):
    first = _labels(tmp_path / "a", [[0.9, 0.1], [0.9, 0.8], [0.2, 0.1]], TRUTH)
    second = _labels(tmp_path / "b", [[0.8, 0.1], [0.1, 0.3], [0.7, 0.1]], TRUTH)
    found = disagreements([first, second])
    assert found.fnames == ["2.jpg", "3.jpg", "1.jpg"]
    assert found.flips.tolist() == [[True, True], [True, False], [False, False]]
    assert found.predicted[:, 0].tolist() == [[True, True], [False, False]]
    assert found.truth.tolist() == [[True, True], [False, False], [True, False]]
    assert found.right_where_flipped == [3, 0]
    np.testing.assert_allclose(found.probs[1, 0], [0.1, 0.3], rtol=1e-5)


def test_of_equally_many_flips_the_most_distant_probabilities_come_first(tmp_path):
    first = _labels(tmp_path / "a", [[0.4, 0.1], [0.1, 0.1], [0.5, 0.1]], TRUTH)
    second = _labels(tmp_path / "b", [[0.6, 0.1], [0.9, 0.1], [0.5, 0.1]], TRUTH)
    assert disagreements([first, second]).fnames == ["2.jpg", "1.jpg", "3.jpg"]


def test_each_run_answers_at_its_own_thresholds(tmp_path):
    probs = [[0.6, 0.1]] * 3
    first, second = _labels(tmp_path / "a", probs, TRUTH), _labels(tmp_path / "b", probs, TRUTH)
    assert not disagreements([first, second]).flips.any()
    second.save_thresholds({"bear": 0.7})
    found = disagreements([first, second])
    assert found.flips.tolist() == [[True, False]] * 3
    assert found.predicted[:, 0, 0].tolist() == [True, False]


def test_three_runs_flip_where_any_two_differ(tmp_path):
    told = ([0.9, 0.1], [0.9, 0.1], [0.1, 0.1])
    three = [_labels(tmp_path / str(n), [probs] * 3, TRUTH) for n, probs in enumerate(told)]
    found = disagreements(three)
    assert found.flips.tolist() == [[True, False]] * 3
    assert found.right_where_flipped == [2, 2, 1]


def test_a_single_label_is_the_most_probable_one(tmp_path):
    first = _labels(tmp_path / "a", [[0.4, 0.6], [0.9, 0.1]], [[0, 1], [1, 0]], ("1", "2"), SINGLE_LABEL)
    second = _labels(tmp_path / "b", [[0.6, 0.4], [0.8, 0.2]], [[0, 1], [1, 0]], ("1", "2"), SINGLE_LABEL)
    found = disagreements([first, second])
    assert found.fnames == ["1", "2"]
    assert found.predicted.tolist() == [[[False, True], [True, False]], [[True, False], [True, False]]]
    assert found.right_where_flipped == [2, 0]


def test_pictures_are_found_by_file_and_labels_by_name(tmp_path):
    """The second run saw other pictures in another order, and knows its labels in another order and one more."""
    first = _labels(tmp_path / "a", [[0.9, 0.1], [0.2, 0.3], [0.1, 0.9]], TRUTH)
    second = _labels(
        tmp_path / "b", [[0.8, 0.7, 0.1], [0.1, 0.5, 0.9], [0.6, 0.6, 0.6]], [[0, 0, 0], [0, 1, 1], [1, 1, 1]],
        ("3.jpg", "1.jpg", "9.jpg"), vocab=("cat", "dog", "bear"),
    )  # fmt: skip
    found = disagreements([first, second])
    assert found.vocab == VOCAB and sorted(found.fnames) == ["1.jpg", "3.jpg"]
    at = found.fnames.index("1.jpg")
    np.testing.assert_allclose(found.probs[:, at], [[0.9, 0.1], [0.9, 0.1]], rtol=1e-5)
    assert found.truth_differs == 0


def test_other_truths_are_counted(tmp_path):
    probs = [[0.6, 0.1]] * 3
    first = _labels(tmp_path / "a", probs, TRUTH)
    second = _labels(tmp_path / "b", probs, [[0, 0], [1, 1], [0, 0]])
    assert disagreements([first, second]).truth_differs == 1
    one = _points(tmp_path / "c", [[1, 1]] * 3, [[5, 5]] * 3)
    other = _points(tmp_path / "d", [[1, 1]] * 3, [[5, 5], [5, 6], [5, 5]])
    assert disagreements([one, other]).truth_differs == 1


def test_points_come_farthest_apart_first_in_pixels(tmp_path):
    truth = [[100, 100], [200, 100], [300, 300]]
    first = _points(tmp_path / "a", [[100, 100], [200, 100], [300, 300]], truth)
    second = _points(tmp_path / "b", [[103, 104], [200, 100], [360, 380]], truth)
    third = _points(tmp_path / "c", [[100, 101], [200, 101], [300, 301]], truth)
    found = disagreements([first, second])
    assert found.fnames == ["3.jpg", "1.jpg", "2.jpg"]
    assert found.apart_px.tolist() == [100, 5, 0]
    assert found.errors_px.tolist() == [[0, 0, 0], [100, 5, 0]]
    assert disagreements([first, second, third]).nearest_counts == [3, 0, 0]
    np.testing.assert_allclose(disagreements([first, third]).apart_px, [1, 1, 1])
    np.testing.assert_allclose(disagreements([second, third]).apart_px, [np.hypot(60, 79), np.hypot(3, 3), 1])


def test_without_a_common_picture_there_is_nothing_to_compare(tmp_path):
    first = _labels(tmp_path / "a", [[0.6, 0.1]] * 3, TRUTH)
    others = _labels(tmp_path / "b", [[0.6, 0.1]] * 3, TRUTH, ("4.jpg", "5.jpg", "6.jpg"))
    elsewhere = _labels(tmp_path / "c", [[0.6, 0.1]] * 3, TRUTH, data=str(tmp_path))
    strangers = _labels(tmp_path / "d", [[0.6, 0.1]] * 3, TRUTH, vocab=("p", "q"))
    assert [disagreements([first, one]) for one in (others, elsewhere, strangers)] == [None, None, None]


def test_one_run_or_two_tasks_are_refused(tmp_path):
    first, point = (
        _labels(tmp_path / "a", [[0.6, 0.1]] * 3, TRUTH),
        _points(tmp_path / "b", [[1, 1]] * 3, [[1, 1]] * 3),
    )
    for few in ([first], [first, point]):
        with pytest.raises(ValueError, match="two runs or more of one task"):
            disagreements(few)


def test_chance_is_the_exact_sign_test():
    """Ten to nothing happens twice in 2 ** 10 to equals; five to five always."""
    assert chance(10, 0) == pytest.approx(2 / 2**10)
    assert chance(0, 10) == chance(10, 0)
    assert chance(5, 5) == 1 and chance(0, 0) == 1
